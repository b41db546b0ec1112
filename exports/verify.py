"""The strict check of sealed files: as a function, and as a command line that needs no account and no network.

Only the standard library, `cryptography` and `lxml` stand behind it; `standalone.py` makes one file of it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from exports.budget import LARGEST_FILE, LARGEST_LIST_OF_CERTIFICATES, LONGEST_EVIDENCE, Budget, NotReadable
from exports.verdicts import Asked, Result
from exports.verify_docx import verify_docx
from exports.verify_evidence import SUFFIX, judge_evidence
from exports.verify_json import verify_json
from exports.verify_revoked import read_revoked
from exports.verify_trust import NoCertificates, Trust, in_pem, load_certificate, read_folder, read_pem

CERTIFICATES_BESIDE = "seal.pem"
"""The name under which an export writes the seal's certificate beside its files."""

NOT_READABLE = 2

ODD = "This file is put together in a way that no program writes, and cannot be read. Nothing of it was believed."

Register = Callable[[Result], Asked | None]
"""Asks the register what it knows of a checked file: `known`, `latest`, `superseded_by`, `withdrawn`, `approvals`."""


def verify(
    content: bytes,
    trust: Trust | Sequence[x509.Certificate],
    *,
    jws: bytes | None = None,
    certificates: Sequence[x509.Certificate] = (),
    register: Register | None = None,
    evidence: bytes | None = None,
    now: datetime | None = None,
) -> Result:
    """Say whether a file is as it was sealed: a Word file, or any other with its detached JWS. Raises NotReadable.

    `trust` is whom the check believes (bare certificates: signers alone); `certificates` are more that may have signed
    a data file. `evidence` are the time stamps beside the Word file, or beside the JWS. `now` is the time of the check.
    """
    if len(content) > LARGEST_FILE:
        raise NotReadable("The file is larger than any that Accord writes; it was not opened.")
    trust, now = Trust.of(trust), now or datetime.now(UTC)
    try:
        result = _verify(content, trust, jws, certificates, evidence, now)
    except NotReadable:
        raise
    except Exception:  # noqa: BLE001  # whatever a parser makes of a stranger's file, the next file must be judged
        raise NotReadable(ODD) from None
    result = replace(result, size=len(content))
    known = register(result) if register else None
    return result if known is None else replace(result, register=known)


def _verify(
    content: bytes,
    trust: Trust,
    jws: bytes | None,
    certificates: Sequence[x509.Certificate],
    evidence: bytes | None,
    now: datetime,
) -> Result:
    budget = Budget()
    found = None
    if evidence is not None:
        found = judge_evidence(content if jws is None else jws, evidence, trust, now, budget)
    shown = found.shown if found else None
    if content.startswith(b"PK"):
        result = verify_docx(content, trust, now, shown, budget)
    elif content.lstrip()[:1] == b"{" or jws is not None:
        result = verify_json(content, jws, certificates, trust, now=now, shown=shown, budget=budget)
    else:
        raise NotReadable("This is neither a Word file nor a data file that Accord writes.")
    return replace(result, evidence=found)


def verify_file(
    path: Path,
    trust: Trust | Sequence[x509.Certificate],
    certificates: Sequence[x509.Certificate] = (),
    register: Register | None = None,
    now: datetime | None = None,
) -> Result:
    """Say whether a file is as it was sealed; a `.json` file with the `.jws` beside it. Raises NotReadable.

    Time stamps beside the Word file, or beside the `.jws`, are looked at too.
    """
    jws, beside = path.with_name(f"{path.name}.jws"), path.with_name(CERTIFICATES_BESIDE)
    more: list[x509.Certificate] = []
    try:
        content = _read(path)
        signature = _read(jws) if path.suffix == ".json" and jws.exists() else None
        stamped = path if signature is None else jws
        stamps = stamped.with_name(f"{stamped.name}{SUFFIX}")
        evidence = _read(stamps, LONGEST_EVIDENCE) if stamps.is_file() else None
        if signature is not None and beside.is_file():
            if beside.stat().st_size > LARGEST_LIST_OF_CERTIFICATES:
                raise NotReadable(f"{beside.name} beside the file is longer than any list of certificates. Remove it.")
            more = _strangers(_read(beside, LARGEST_LIST_OF_CERTIFICATES), beside)
    except OSError as problem:
        raise NotReadable(f"The file cannot be read: {problem.strerror}.") from None
    except NoCertificates as problem:
        raise NotReadable(str(problem)) from None
    return verify(
        content,
        trust,
        jws=signature,
        certificates=[*certificates, *more],
        register=register,
        evidence=evidence,
        now=now,
    )


def _strangers(content: bytes, path: Path) -> list[x509.Certificate]:
    """Return certificates that came with a file, but those that are work to try. Raises NoCertificates."""
    try:
        found = in_pem(content)
    except NoCertificates:
        raise NoCertificates(f"{path} holds no certificates in PEM form.") from None
    return [one for one in dict.fromkeys(found) if load_certificate(one.public_bytes(Encoding.DER)) is not None]


def _read(path: Path, largest: int = LARGEST_FILE) -> bytes:
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise NotReadable("The file is larger than any that Accord writes; it was not opened.")
    return content


SIGNERS, STAMPS, REVOKED = "signers", "stamps", "revoked"
"""The folders of what an installation trusts."""


def trusted_here(instance: Path, *, production: bool, folder: Path | None = None) -> Trust:
    """Return what an installation trusts: what lies in a folder, by default `trust/`, and its demonstration authority.

    `signers/` holds authorities of signers and `stamps/` those of time stamps, as PEM files; `revoked/` holds lists of
    revoked certificates (CRL) and answers (OCSP). PEM files beside these folders are authorities of signers too: that
    is where they lay before time stamps had authorities of their own. In production the demonstration authority is not
    believed. Raises NoCertificates.
    """
    at = folder or instance / "trust"
    authority = instance / "keys" / "authority.pem"
    demonstration = read_pem(authority) if authority.is_file() and not production else []
    lists, answers = read_revoked(_files_in(at / REVOKED))
    return Trust(
        signers=(*read_folder(at), *read_folder(at / SIGNERS), *demonstration),
        stamps=tuple(read_folder(at / STAMPS)),
        lists=lists,
        answers=answers,
    )


def _files_in(folder: Path) -> Iterable[Path]:
    if not folder.is_dir():
        return ()
    return sorted(one for one in folder.iterdir() if one.is_file() and not one.name.startswith("."))


def verify_files(
    files: Sequence[str],
    trust: Trust | Sequence[x509.Certificate],
    certificates: Sequence[x509.Certificate] = (),
    register: Register | None = None,
    now: datetime | None = None,
    told: Callable[[str, Result | NotReadable], None] | None = None,
) -> int:
    """Print one JSON line for each file, and a sentence on standard error; return the exit code for all of them.

    `told` is told of each file, by its name, what was found or why it could not be checked.
    """
    codes = []
    for file in files:
        # A file's name need not be text; what of it is none is written as it is in bytes.
        name = file.encode("utf-8", "backslashreplace").decode()
        try:
            result = verify_file(Path(file), trust, certificates, register, now)
        except NotReadable as problem:
            print(f"{name}: {problem}", file=sys.stderr)  # noqa: T201  # this is a command line
            codes.append(NOT_READABLE)
            if told:
                told(file, problem)
            continue
        print(result.as_text(file), flush=True)  # noqa: T201  # as above
        print(f"{name}: {result.sentence}", file=sys.stderr, flush=True)  # noqa: T201  # as above
        codes.append(result.exit_code)
        if told:
            told(file, result)
    return next(code for code in (NOT_READABLE, 1, 3, 0) if code in codes)


def trust_named(here: Trust, signers: Sequence[str], stamps: Sequence[str], revoked: Sequence[str]) -> Trust:
    """Return whom a command line names, each kind in place of what is trusted here. Raises NoCertificates."""
    if signers:
        here = replace(here, signers=tuple(one for name in signers for one in read_pem(Path(name))))
    if stamps:
        here = replace(here, stamps=tuple(one for name in stamps for one in read_pem(Path(name))))
    if revoked:
        lists, answers = read_revoked(map(Path, revoked))
        here = replace(here, lists=lists, answers=answers)
    return here


def main(arguments: Sequence[str] | None = None) -> int:
    """Check files from a command line of its own, without an installation."""
    parser = argparse.ArgumentParser(
        description="Say whether sealed minutes, and the data files beside them, are as they were sealed.",
        epilog="Exit codes: 0 unchanged and trusted; 3 unchanged, signer not trusted; 1 changed, not covered or not"
        " signed; 2 not readable.",
    )
    named: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("--trust", **named, metavar="CA.pem", help="authorities of signers to believe")
    parser.add_argument("--trust-stamps", **named, metavar="CA.pem", help="authorities of time stamps to believe")
    parser.add_argument("--revoked", **named, metavar="CRL", help="lists of revoked certificates, or OCSP answers")
    parser.add_argument("files", nargs="+", metavar="FILE")
    asked: Any = parser.parse_args(arguments)
    try:
        trust = trust_named(Trust(), asked.trust, asked.trust_stamps, asked.revoked)
    except NoCertificates as problem:
        print(problem, file=sys.stderr)  # noqa: T201  # as above
        return NOT_READABLE
    return verify_files(asked.files, trust)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
