"""The check of a data file against the detached JWS beside it (RFC 7515 with RFC 7797)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from exports.budget import Budget, Cost, NotReadable
from exports.verdicts import LONGEST_WORDS, Result, SealedBy, Verdict, plain
from exports.verify_signer import Signed, judge
from exports.verify_trust import Trust, called, fingerprint_of, fits, name_of, organisation_of, short_name_of

ALGORITHMS = {"RS256": ("rsa", "sha256"), "ES256": ("ecdsa", "sha256")}

LONGEST_JWS = 20_000
"""Ours has about 700 bytes."""

LAST_MOMENT = int(datetime(8999, 12, 31, tzinfo=UTC).timestamp())
"""No clock of a reader shows a time in seconds after that."""


class NoCertificate(NotReadable):
    """The certificate that a JWS names is not at hand."""


def as_base64url(content: bytes) -> str:
    """Return bytes as JWS writes them.

    >>> as_base64url(b"??>")
    'Pz8-'
    """
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class _Twice(ValueError):
    """A header says something twice: two readers could take it differently."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise _Twice
    return dict(pairs)


def _bytes(text: str) -> bytes:
    made = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if as_base64url(made) != text:
        raise ValueError("not the one way to write it")
    return made


def _signed(
    content: bytes, jws: bytes, certificates: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, datetime | None] | None:
    """Return the certificate whose key signed these bytes, and the time that is signed with them (`iat`), or nothing.

    Raises NoCertificate.
    """
    if len(jws) > LONGEST_JWS:
        return None
    try:
        protected, payload, signature = jws.decode("ascii").strip().split(".")
        header, value = json.loads(_bytes(protected), object_pairs_hook=_once), _bytes(signature)
        kind, digest = ALGORITHMS[header["alg"]]
        named = _bytes(header["x5t#S256"])
        plain = payload == "" and header["b64"] is False and header["crit"] == ["b64"]
        at = header.get("iat")
        plain = plain and (at is None or (type(at) is int and 0 <= at <= LAST_MOMENT))
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError):
        return None
    if not plain:
        return None
    certificate = next((one for one in certificates if one.fingerprint(hashes.SHA256()) == named), None)
    if certificate is None:
        raise NoCertificate(
            f"The certificate that signed it is not at hand: put seal.pem beside the file (SHA-256 {named.hex()})."
        )
    if not fits(certificate, kind, digest, value, f"{protected}.".encode() + content):
        return None
    return certificate, None if at is None else datetime.fromtimestamp(at, UTC)


def _says(content: bytes, budget: Budget) -> tuple[str | None, int | None, str | None]:
    """Return reference, version and content hash that an actions file or a record names. Raises TooCostly."""
    budget.spend(Cost.ENTRIES_OF_DATA, sum(map(content.count, (b",", b"[", b"{"))))
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError):
        return None, None, None
    if not isinstance(document, dict):
        return None, None, None
    source, integrity = document.get("from", document), document.get("integrity", {})
    source = source if isinstance(source, dict) else {}
    integrity = integrity if isinstance(integrity, dict) else {}
    ref, version = source.get("ref"), source.get("version")
    digest = source.get("content_sha256", integrity.get("content_sha256"))
    return (
        ref if isinstance(ref, str) and len(ref) <= LONGEST_WORDS and plain(ref) == ref else None,
        version if isinstance(version, int) and not isinstance(version, bool) and 0 < version < 10**9 else None,
        digest if isinstance(digest, str) and _HASH.fullmatch(digest) else None,
    )


_HASH = re.compile(r"[0-9a-f]{64}")


def verify_json(
    content: bytes,
    jws: bytes | None,
    certificates: Sequence[x509.Certificate],
    trust: Trust | Sequence[x509.Certificate],
    name: str = "the file or its signature",
    now: datetime | None = None,
    shown: datetime | None = None,
    budget: Budget | None = None,
) -> Result:
    """Say whether a data file is as it was signed; without its JWS it is not signed. Raises NotReadable.

    `certificates` are those at hand, trusted or not: the one that signed is found among them. A JWS without a signed
    time is judged by the moment of the check.
    """
    trust, now = Trust.of(trust), now or datetime.now(UTC)
    sha256 = hashlib.sha256(content).hexdigest()
    if jws is None:
        return Result(Verdict.NOT_SIGNED, sha256, is_word=False)
    at_hand = (*certificates, *trust.signers)
    found = _signed(content, jws, at_hand)
    if found is None:
        return Result(Verdict.CHANGED, sha256, parts=(name,), is_word=False)
    signer, at = found
    ref, version, content_sha256 = _says(content, budget or Budget())
    judged = judge(Signed(certificate=signer, others=at_hand, claimed=at, shown=shown), trust, now)
    return Result(
        Verdict.UNCHANGED,
        sha256,
        signers=(
            SealedBy(
                subject=name_of(signer),
                name=short_name_of(signer),
                at=at.isoformat().replace("+00:00", "Z") if at else None,
                trusted=judged.trusted,
                called=called(signer),
                organisation=organisation_of(signer),
                certificate_sha256=fingerprint_of(signer),
                reason=judged.reason,
                notes=judged.notes,
                is_checked=judged.is_checked,
            ),
        ),
        ref=ref,
        version=version,
        content_sha256=content_sha256,
        is_word=False,
        digest=sha256,
    )
