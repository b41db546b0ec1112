"""Detached signatures (JWS) over the data files: RFC 7515, with the payload as it is (RFC 7797), by the seal's key."""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives import hashes

from exports.keys import Signer
from exports.verify_json import ALGORITHMS, as_base64url
from meetings.seal import canonical


def detached_jws(content: bytes, signer: Signer, at: datetime) -> bytes:
    """Return a detached JWS over the exact bytes of a file. The certificate is named by its SHA-256, not carried.

    `at` is the time that the signature claims (`sealing_time`), as `iat`: the claimed signing time of ETSI
    TS 119 182-1 (JAdES), where it took the place of `sigT` in May 2025.
    A header with a whole chain in it is longer than some readers take (512 bytes).
    """
    fingerprint = signer.certificate.fingerprint(hashes.SHA256())
    names = {f"{kind}-{digest}": name for name, (kind, digest) in ALGORITHMS.items()}
    header = {
        "alg": names[signer.algorithm],
        "b64": False,
        "crit": ["b64"],
        "iat": int(at.timestamp()),
        "kid": fingerprint.hex(),
        "typ": "JOSE",
        "x5t#S256": as_base64url(fingerprint),
    }
    protected = as_base64url(canonical(header))
    made = signer.sign(f"{protected}.".encode() + content)
    return f"{protected}..{as_base64url(made)}".encode()
