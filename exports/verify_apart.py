"""The check of a file in a process of its own, which may take no more than so much time and memory.

The page checks strangers' files: one that was made to do harm ends that process and nothing else. The process knows
no settings, no keys and no database; it gets a file and certificates, and gives back what it found. `main` is that
process.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from exports.budget import NotReadable, TooCostly
from exports.verdicts import Asked, Result, SealedBy, Verdict
from exports.verify import verify
from exports.verify_evidence import Evidence, Stamped
from exports.verify_trust import Trust

SECONDS_OF_WORK = 5
SECONDS_TO_WAIT = 20
BYTES_OF_MEMORY = 400_000_000
"""What the process may take beside what Python takes to start; a check itself asks for a second and 100 MB at most."""

TOO_MUCH = "This file asks for more than a check may cost. Nothing of it was believed."

_Der = x509.Certificate | x509.CertificateRevocationList | ocsp.OCSPResponse

_START = "import sys; sys.path.insert(0, sys.argv[1]); from exports.verify_apart import main; main()"
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "LANG", "LC_ALL")
"""What of the environment a process needs to start; settings and passphrases are not among it."""


def verify_apart(
    content: bytes,
    trust: Trust,
    *,
    jws: bytes | None,
    certificates: Sequence[x509.Certificate],
    now: datetime,
    evidence: bytes | None = None,
) -> Result:
    """Say whether a file is as it was sealed, as `verify` does. Raises NotReadable; TooCostly, if it took too long."""
    moment = now.isoformat().encode()
    given = _frames(content, jws, evidence, moment, _der(certificates), *(_der(one) for one in _kinds(trust)))
    environ = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    command = [sys.executable, "-I", "-B", "-c", _START, str(Path(__file__).resolve().parent.parent)]
    try:
        done = subprocess.run(  # noqa: S603  # our own module, and nothing of the file in the command
            command, input=given, capture_output=True, timeout=SECONDS_TO_WAIT, env=environ, check=False
        )
        found = _read(json.loads(done.stdout)) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError, RecursionError, MemoryError):
        found = None
    if isinstance(found, Result):
        return found
    raise NotReadable(found) if isinstance(found, str) else TooCostly(TOO_MUCH)


# ── What goes in ─────────────────────────────────────────────────────────────────────────────────────────────────


def _kinds(trust: Trust) -> tuple[Sequence[_Der], ...]:
    return trust.signers, trust.stamps, trust.lists, trust.answers


def _der(each: Sequence[_Der]) -> bytes:
    return _frames(*(one.public_bytes(Encoding.DER) for one in each))


def _frames(*pieces: bytes | None) -> bytes:
    """Return pieces one after another, each behind its length; one that is not there has the length -1."""
    return b"".join(b"%d\n%b" % (-1 if one is None else len(one), one or b"") for one in pieces)


def _pieces(given: bytes) -> list[bytes | None]:
    found: list[bytes | None] = []
    at = 0
    while at < len(given):
        end = given.index(b"\n", at) + 1
        length = int(given[at:end])
        at = end + max(0, length)
        found.append(None if length < 0 else given[end:at])
    return found


# ── What comes back ──────────────────────────────────────────────────────────────────────────────────────────────


_VALUES: dict[str, Any] = {one.__name__: one for one in (Verdict, Result, SealedBy, Asked, Evidence, Stamped)}
"""What a check is made of: nothing else comes back."""


def _written(value: Any) -> Any:
    """Return what a check found as JSON holds it: values of a check by the names of their classes and fields."""
    if is_dataclass(value):
        return {"is": type(value).__name__, **{one.name: _written(getattr(value, one.name)) for one in fields(value)}}
    if isinstance(value, Enum):
        return {"is": type(value).__name__, "value": value.value}
    if isinstance(value, datetime):
        return {"is": "datetime", "value": value.isoformat()}
    if isinstance(value, tuple | list):
        return [_written(one) for one in value]
    return value


def _read(value: Any) -> Any:
    """Return what `_written` wrote. Raises ValueError for anything that it does not write."""
    if isinstance(value, list):
        return tuple(_read(one) for one in value)
    if not isinstance(value, dict):
        return value
    rest = {name: _read(one) for name, one in value.items() if name != "is"}
    if value.get("is") == "datetime":
        return datetime.fromisoformat(rest["value"])
    made = _VALUES.get(str(value.get("is")))
    if made is Verdict:
        return Verdict(rest["value"])
    if made is not None:
        try:
            return made(**rest)
        except TypeError:
            raise ValueError("not one of our values") from None
    raise ValueError("not one of our values")


# ── The process itself ───────────────────────────────────────────────────────────────────────────────────────────


def _keep_within_limits() -> None:
    """Ask the system to end this process if it takes too much; where it cannot, whoever waits does."""
    try:
        import resource
    except ImportError:
        return
    taken = 0
    with contextlib.suppress(OSError, ValueError):
        taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    memory = (resource.RLIMIT_AS, (taken or 1_000_000_000) + BYTES_OF_MEMORY)
    time = (resource.RLIMIT_CPU, SECONDS_OF_WORK)
    for kind, limit in (memory, time, (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (limit, limit))


def main() -> None:
    """Check the file that comes in and write what was found."""
    _keep_within_limits()
    content, jws, evidence, moment, *held = _pieces(sys.stdin.buffer.read())
    certificates, signers, stamps, lists, answers = ([one or b"" for one in _pieces(each or b"")] for each in held)
    trust = Trust(
        signers=tuple(map(x509.load_der_x509_certificate, signers)),
        stamps=tuple(map(x509.load_der_x509_certificate, stamps)),
        lists=tuple(map(x509.load_der_x509_crl, lists)),
        answers=tuple(map(ocsp.load_der_ocsp_response, answers)),
    )
    try:
        found: Any = verify(
            content or b"",
            trust,
            jws=jws,
            certificates=[x509.load_der_x509_certificate(one) for one in certificates],
            evidence=evidence,
            now=datetime.fromisoformat((moment or b"").decode()),
        )
    except NotReadable as problem:
        found = str(problem)
    sys.stdout.write(json.dumps(_written(found)))
