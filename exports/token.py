"""A key that never leaves its hardware: in a token (PKCS#11), named by a URI (RFC 7512), used through python-pkcs11."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from exports.keys import ORGANISATION, NoSeal, in_order, unusable_key
from exports.verify_trust import NoCertificates, fits, read_pem

EXAMPLE = "pkcs11:token=accord;object=seal?module-path=/usr/lib/softhsm/libsofthsm2.so"

_PROBE = b"Is this the key of the certificate?"


class BadToken(Exception):
    """The name of a key in a token cannot be used; the words follow the name of the setting."""


@dataclass(frozen=True)
class TokenAddress:
    """Where a key is: the module that speaks to the token, the labels of token and key, its certificates, the PIN."""

    module: Path
    token: str
    key: str
    certificates: Path
    pin: str | None = field(default=None, repr=False)


def read_uri(uri: str, pin: str | None, certificates: Path) -> TokenAddress:
    """Read the URI of a key (RFC 7512): `token`, `object` and `module-path` are needed. Raises BadToken."""
    scheme, _, rest = uri.partition(":")
    path, _, query = rest.partition("?")
    if scheme != "pkcs11":
        raise BadToken(f"is ‘{uri}’; use an address such as {EXAMPLE}.")
    named = {name: unquote(value) for name, _, value in (one.partition("=") for one in path.split(";"))}
    asked = {name: values[0] for name, values in parse_qs(query, separator="&").items()}
    if "pin-value" in asked or "pin-source" in asked:
        raise BadToken("holds a PIN, which anybody would read there; set ACCORD_SEAL_PIN instead.")
    for wanted, held in (("token", named), ("object", named), ("module-path", asked)):
        if not held.get(wanted):
            raise BadToken(f"names no {wanted}; use an address such as {EXAMPLE}.")
    module = Path(asked["module-path"])
    if not module.is_file():
        raise BadToken(f"names the module ‘{module}’, which is no file.")
    return TokenAddress(module, named["token"], named["object"], certificates, pin)


class TokenKey:
    """A key in a token, as a `Signer`. Each process logs in once; of two who sign at once, one waits."""

    def __init__(
        self, address: TokenAddress, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...], role: str
    ) -> None:
        """Hold the address; the token is not asked yet."""
        self.certificate, self.chain, self.role = certificate, chain, role
        self._address = address
        self._lock = threading.Lock()
        self._held: tuple[int, Any] | None = None

    @property
    def algorithm(self) -> str:
        """`rsa-sha256` or `ecdsa-sha256`, by the kind of key that the certificate names."""
        return "rsa-sha256" if isinstance(self.certificate.public_key(), rsa.RSAPublicKey) else "ecdsa-sha256"

    def sign(self, signed: bytes) -> bytes:
        """Return the signature of the token over SHA-256 of some bytes. Raises NoSeal."""
        import hashlib

        import pkcs11

        with self._lock:
            try:
                key = self._key()
                if self.algorithm == "rsa-sha256":
                    return bytes(key.sign(signed, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
                # r and s, one after the other, is what PKCS#11 gives for ECDSA.
                return bytes(key.sign(hashlib.sha256(signed).digest(), mechanism=pkcs11.Mechanism.ECDSA))
            except pkcs11.exceptions.PKCS11Error as problem:
                self._held = None
                raise NoSeal(
                    f"The token ‘{self._address.token}’ did not sign: {_named(problem)}. Nothing was sealed."
                ) from None

    def _key(self) -> Any:
        """Return the handle of the key in this process: a child of a server must log in anew."""
        if self._held is None or self._held[0] != os.getpid():
            self._held = (os.getpid(), _log_in(self._address))
        return self._held[1]


def _named(problem: Exception) -> str:
    words = f" ({problem})" if str(problem) else ""
    return f"{type(problem).__name__}{words}"


def _log_in(address: TokenAddress) -> Any:
    import pkcs11

    try:
        library = pkcs11.lib(str(address.module))
    except pkcs11.exceptions.PKCS11Error as problem:
        raise NoSeal(f"The module {address.module} cannot be used: {problem}.") from None
    try:
        token = library.get_token(token_label=address.token)
    except pkcs11.exceptions.NoSuchToken:
        raise NoSeal(f"ACCORD_SEAL_PKCS11 names the token ‘{address.token}’, which is not there.") from None
    except pkcs11.exceptions.MultipleTokensReturned:
        raise NoSeal(f"There are several tokens called ‘{address.token}’: give the seal’s another label.") from None
    try:
        session = token.open(user_pin=address.pin)
    except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinLenRange, pkcs11.exceptions.PinInvalid):
        raise NoSeal(f"ACCORD_SEAL_PIN does not open the token ‘{address.token}’.") from None
    except pkcs11.exceptions.PinLocked:
        raise NoSeal(f"The token ‘{address.token}’ is locked: its PIN was wrong too often.") from None
    except pkcs11.exceptions.UserAlreadyLoggedIn:
        session = token.open()
    try:
        return session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=address.key)
    except pkcs11.exceptions.NoSuchKey:
        without = "" if address.pin else " Without ACCORD_SEAL_PIN private keys are not seen."
        raise NoSeal(f"The token ‘{address.token}’ holds no private key called ‘{address.key}’.{without}") from None
    except pkcs11.exceptions.MultipleObjectsReturned:
        raise NoSeal(f"The token ‘{address.token}’ holds several keys called ‘{address.key}’.") from None


def open_token(address: TokenAddress, role: str = ORGANISATION) -> TokenKey:
    """Return the key of an address, once it has shown to be that of its certificate. Raises NoSeal."""
    try:
        __import__("pkcs11")
    except ImportError:
        raise NoSeal(
            "ACCORD_SEAL_PKCS11 needs the package python-pkcs11, which is not installed: pip install python-pkcs11."
        ) from None
    try:
        held = read_pem(address.certificates)
    except NoCertificates as problem:
        raise NoSeal(str(problem)) from None
    if not held:
        raise NoSeal(f"{address.certificates} holds no certificates in PEM form.")
    certificate, *others = held
    public = certificate.public_key()
    if unusable := unusable_key(public):
        raise NoSeal(f"The key of the certificate in {address.certificates} cannot be used: {unusable}.")
    found = TokenKey(address, certificate, in_order(certificate, others), role)
    try:
        probe = found.sign(_PROBE)
    except (OSError, RuntimeError) as problem:
        raise NoSeal(f"The module {address.module} cannot be used: {problem}.") from None
    kind = "rsa" if isinstance(public, rsa.RSAPublicKey) else "ecdsa"
    if not fits(certificate, kind, "sha256", probe, _PROBE):
        raise NoSeal(
            f"The key ‘{address.key}’ in the token ‘{address.token}’ is not that of the first certificate in"
            f" {address.certificates}."
        )
    return found
