"""Makes what the tests of seals need: authorities, keys, a sealed file with every kind of part, and changes to it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from exports.keys import ORGANISATION, KeyFile, Signer
from exports.opc import parse, zipped
from exports.papers import word_file
from exports.seal_docx import comment_of, seal
from exports.seal_list import Says
from tests.copying import a_copy
from tests.makers import a_discussion

PASSPHRASE = "river-otter-lamp"
FROZEN = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)


class Authority:
    """An authority that issues certificates, by default from the year before the text was frozen."""

    def __init__(self, name: str = "Test authority") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (
            self._begun(self.name, self.key.public_key(), FROZEN - 365 * DAY, FROZEN + 3650 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def _begun(self, name: x509.Name, key: Any, since: datetime, until: datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
        )

    def issue(
        self,
        name: str,
        key: Any,
        since: datetime = FROZEN - 300 * DAY,
        until: datetime = FROZEN + 300 * DAY,
        **more: Any,
    ) -> x509.Certificate:
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "GB"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, 'Marsh, "Fell" & Brook'),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
            ]
        )
        begun = self._begun(subject, key.public_key(), since, until)
        for extension in more.get("extensions", ()):
            begun = begun.add_extension(extension, critical=True)
        return begun.sign(self.key, hashes.SHA256())

    def signer(self, name: str = "Marsh Council", kind: str = "rsa", role: str = ORGANISATION, **more: Any) -> KeyFile:
        key = a_key(kind)
        return KeyFile(self.issue(name, key, **more), (self.certificate,), role, key)

    def likeness(self, signer: KeyFile) -> KeyFile:
        """Return a signer whose certificate has the very subject of another's, and a key of its own."""
        key = a_key("rsa 9")
        begun = self._begun(signer.certificate.subject, key.public_key(), FROZEN - 300 * DAY, FROZEN + 300 * DAY)
        return KeyFile(begun.sign(self.key, hashes.SHA256()), (self.certificate,), signer.role, key)


def a_key(kind: str) -> Any:
    """Return a new key of that kind; an RSA key (`rsa`, `rsa 2` …) is made once, since making one is slow."""
    return _rsa(kind) if kind.startswith("rsa") else ec.generate_private_key(ec.SECP256R1())


@cache
def _rsa(kind: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def the_authority() -> Authority:
    return Authority()


def a_p12(path: Path, signer: KeyFile, passphrase: str = PASSPHRASE) -> Path:
    """Write a signer into a PKCS#12 file."""
    encryption = BestAvailableEncryption(passphrase.encode())
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", signer.key, signer.certificate, signer.chain, encryption)
    )
    return path


def a_time_stamping_certificate(authority: Authority, key: Any, years: float = 5) -> x509.Certificate:
    """Return a certificate for time stamps, from yesterday on: `openssl ts` stamps with the true time."""
    extended = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    today = datetime.now(UTC)
    return authority.issue(
        "Time stamps", key, since=today - DAY, until=today + years * 365 * DAY, extensions=[extended]
    )


# ── Revocation ───────────────────────────────────────────────────────────────────────────────────────────────────


def a_list(
    authority: Authority,
    *revoked: tuple[x509.Certificate, datetime, x509.ReasonFlags | None],
    since: datetime = FROZEN,
    until: datetime = FROZEN + 30 * DAY,
    lost_since: datetime | None = None,
    key: Any = None,
) -> x509.CertificateRevocationList:
    """Return a list of revoked certificates (CRL) of an authority."""
    begun = x509.CertificateRevocationListBuilder().issuer_name(authority.name).last_update(since).next_update(until)
    for certificate, at, reason in revoked:
        one = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(at)
        if reason is not None:
            one = one.add_extension(x509.CRLReason(reason), critical=False)
        if lost_since is not None:
            one = one.add_extension(x509.InvalidityDate(lost_since.replace(tzinfo=None)), critical=False)
        begun = begun.add_revoked_certificate(one.build())
    return begun.sign(key or authority.key, hashes.SHA256())


def an_answer(
    authority: Authority,
    certificate: x509.Certificate,
    *,
    at: datetime = FROZEN,
    until: datetime | None = None,
    revoked: datetime | None = None,
    responder: tuple[x509.Certificate, Any] | None = None,
) -> ocsp.OCSPResponse:
    """Return an answer of an OCSP responder: of the authority itself, or of one with a certificate of its own."""
    own, key = responder or (authority.certificate, authority.key)
    begun = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=certificate,
            issuer=authority.certificate,
            algorithm=hashes.SHA1(),  # what nearly every responder uses to name a certificate
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=at,
            next_update=until,
            revocation_time=revoked,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, own)
    )
    return (begun.certificates([own]) if responder else begun).sign(key, hashes.SHA256())


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────

_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
_APP = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats.org/'
    'officeDocument/2006/extended-properties"><Application>Accord</Application></Properties>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORDPROCESSING = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def parts_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def stripped(package: bytes) -> bytes:
    """Return a sealed file without its seals and without what leads to them; all else stays as it is."""
    parts = {name: one for name, one in parts_of(package).items() if not name.startswith("_xmlsignatures/")}
    parts["_rels/.rels"] = re.sub(rb"<Relationship [^>]*digital-signature/origin[^>]*/>", b"", parts["_rels/.rels"])
    types = re.sub(rb'<(Override|Default) [^>]*(_xmlsignatures|"sigs")[^>]*/>', b"", parts["[Content_Types].xml"])
    return zipped({**parts, "[Content_Types].xml": types})


def with_relationship(parts: dict[str, bytes], file: str, kind: str, target: str, id_: str = "rIdNew") -> None:
    row = f'<Relationship Id="{id_}" Type="{kind}" Target="{target}"/>'
    parts[file] = parts[file].replace(b"</Relationships>", f"{row}</Relationships>".encode())


def with_type(parts: dict[str, bytes], part: str, kind: str) -> None:
    row = f'<Override PartName="/{part}" ContentType="{kind}"/>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", f"{row}</Types>".encode())


@cache
def unsealed() -> bytes:
    """Return minutes with a picture and extended properties: every kind of part that a change may touch."""
    parts = parts_of(word_file(a_copy(a_discussion())))
    parts["word/media/image1.png"] = _PICTURE
    types = parts["[Content_Types].xml"]
    if b'Extension="png"' not in types:
        parts["[Content_Types].xml"] = types.replace(
            b"<Override", b'<Default Extension="png" ContentType="image/png"/><Override', 1
        )
    with_relationship(parts, "word/_rels/document.xml.rels", f"{OFFICE}/image", "media/image1.png", "rIdPicture")
    parts["docProps/app.xml"] = _APP.encode()
    with_type(parts, "docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml")
    with_relationship(parts, "_rels/.rels", f"{OFFICE}/extended-properties", "docProps/app.xml", "rIdApp")
    for name in ("[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"):
        parse(parts[name])
    return zipped(parts)


COMMENT = comment_of("Minutes", "SD-2027-0311", 1, "0f" * 32)
BY = 'Marsh Council of Marsh, "Fell" & Brook'
"""How an answer names the signer of `sealed()`."""
SAYS = Says("Minutes", "SD-2027-0311", 1, "0f" * 32, "full")


def sealed_by(*signers: Signer, says: Says = SAYS, content: bytes | None = None, **more: Any) -> bytes:
    """Return minutes sealed by those signers, with the list of who seals them."""
    drawn = unsealed() if content is None else content
    return seal(drawn, signers, at=FROZEN, comment=COMMENT, says=says, **more)


@cache
def sealed() -> bytes:
    """Return the file that changes are made to."""
    return sealed_by(the_authority().signer())


# ── A time stamp authority ───────────────────────────────────────────────────────────────────────────────────────

_CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/tsa.pem
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
signer_digest = sha256
ess_cert_id_chain = no
"""


@contextmanager
def time_stamp_authority(folder: Path, authority: Authority, kind: str = "rsa", years: float = 5) -> Iterator[str]:
    """Run `openssl ts` behind an address on this machine, and yield the address."""
    import subprocess
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    from tests.servers import needs

    openssl = needs("openssl")
    key = a_key(kind)
    (folder / "tsa.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "tsa.pem").write_bytes(a_time_stamping_certificate(authority, key, years).public_bytes(Encoding.PEM))
    (folder / "serial").write_text("01\n")
    (folder / "ts.cnf").write_text(_CONFIGURATION.format(folder=folder))

    class Stamps(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            command = [openssl, "ts", "-reply", "-config", folder / "ts.cnf", "-queryfile", folder / "query.tsq"]
            done = subprocess.run(command, capture_output=True, check=True)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(done.stdout)

        def log_message(self, *_: Any) -> None:
            """Stay quiet."""

    with HTTPServer(("127.0.0.1", 0), Stamps) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
