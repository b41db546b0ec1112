"""The strict check of sealed files: as a function, and as a command line that needs no account and no network.

Only the standard library, `cryptography` and `lxml` stand behind it; `standalone.py` makes one file of it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography import x509

from exports.budget import LARGEST_FILE, LARGEST_LIST_OF_CERTIFICATES, Budget, NotReadable
from exports.verdicts import Json, Result
from exports.verify_docx import verify_docx
from exports.verify_json import verify_json
from exports.verify_trust import NoCertificates, read_folder, read_pem

CERTIFICATES_BESIDE = "seal.pem"
"""The name under which an export writes the seal's certificate beside its files."""

NOT_READABLE = 2

ODD = "This file is put together in a way that no program writes, and cannot be read. Nothing of it was believed."

Register = Callable[[Result], Json | None]
"""Asks the register what it knows of a checked file: `known`, `latest`, `superseded_by`, `withdrawn`, `approvals`."""


def verify(
    content: bytes,
    trust: Sequence[x509.Certificate],
    *,
    jws: bytes | None = None,
    certificates: Sequence[x509.Certificate] = (),
    register: Register | None = None,
) -> Result:
    """Say whether a file is as it was sealed: a Word file, or any other with its detached JWS. Raises NotReadable.

    `trust` are the certificates that are believed; `certificates` are more that may have signed a data file.
    """
    if len(content) > LARGEST_FILE:
        raise NotReadable("The file is larger than any that Accord writes; it was not opened.")
    try:
        result = _verify(content, trust, jws, certificates, Budget())
    except NotReadable:
        raise
    except Exception:  # noqa: BLE001  # whatever a parser makes of a stranger's file, the next file must be judged
        raise NotReadable(ODD) from None
    known = register(result) if register else None
    return result if known is None else replace(result, register=known)


def _verify(
    content: bytes,
    trust: Sequence[x509.Certificate],
    jws: bytes | None,
    certificates: Sequence[x509.Certificate],
    budget: Budget,
) -> Result:
    if content.startswith(b"PK"):
        return verify_docx(content, trust, budget)
    if content.lstrip()[:1] == b"{" or jws is not None:
        return verify_json(content, jws, certificates, trust, budget=budget)
    raise NotReadable("This is neither a Word file nor a data file that Accord writes.")


def verify_file(
    path: Path,
    trust: Sequence[x509.Certificate],
    certificates: Sequence[x509.Certificate] = (),
    register: Register | None = None,
) -> Result:
    """Say whether a file is as it was sealed; a `.json` file with the `.jws` beside it. Raises NotReadable."""
    jws, beside = path.with_name(f"{path.name}.jws"), path.with_name(CERTIFICATES_BESIDE)
    more: list[x509.Certificate] = []
    try:
        content = _read(path)
        signature = _read(jws) if path.suffix == ".json" and jws.exists() else None
        if signature is not None and beside.is_file():
            if beside.stat().st_size > LARGEST_LIST_OF_CERTIFICATES:
                raise NotReadable(f"{beside.name} beside the file is longer than any list of certificates. Remove it.")
            more = read_pem(beside)
    except OSError as problem:
        raise NotReadable(f"The file cannot be read: {problem.strerror}.") from None
    except NoCertificates as problem:
        raise NotReadable(str(problem)) from None
    return verify(content, trust, jws=signature, certificates=[*certificates, *more], register=register)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise NotReadable("The file is larger than any that Accord writes; it was not opened.")
    return content


def trusted_here(instance: Path, *, production: bool) -> list[x509.Certificate]:
    """Return what an installation trusts: the PEM files under `trust/`, and its demonstration authority.

    In production the demonstration authority is not believed. Raises NoCertificates.
    """
    authority = instance / "keys" / "authority.pem"
    demonstration = read_pem(authority) if authority.is_file() and not production else []
    return [*read_folder(instance / "trust"), *demonstration]


def verify_files(
    files: Sequence[str],
    trust: Sequence[x509.Certificate],
    certificates: Sequence[x509.Certificate] = (),
    register: Register | None = None,
) -> int:
    """Print one JSON line for each file, and a sentence on standard error; return the exit code for all of them."""
    codes = []
    for file in files:
        # A file's name need not be text; what of it is none is written as it is in bytes.
        name = file.encode("utf-8", "backslashreplace").decode()
        try:
            result = verify_file(Path(file), trust, certificates, register)
        except NotReadable as problem:
            print(f"{name}: {problem}", file=sys.stderr)  # noqa: T201  # this is a command line
            codes.append(NOT_READABLE)
            continue
        print(result.as_text(file), flush=True)  # noqa: T201  # as above
        print(f"{name}: {result.sentence}", file=sys.stderr, flush=True)  # noqa: T201  # as above
        codes.append(result.exit_code)
    return next(code for code in (NOT_READABLE, 1, 3, 0) if code in codes)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check files from a command line of its own, without an installation."""
    parser = argparse.ArgumentParser(
        description="Say whether sealed minutes, and the data files beside them, are as they were sealed.",
        epilog="Exit codes: 0 unchanged and trusted; 3 unchanged, signer not trusted; 1 changed, not covered or not"
        " signed; 2 not readable.",
    )
    parser.add_argument("--trust", action="append", default=[], metavar="CA.pem", help="certificates to believe")
    parser.add_argument("files", nargs="+", metavar="FILE")
    asked: Any = parser.parse_args(arguments)
    try:
        trust = [one for name in asked.trust for one in read_pem(Path(name))]
    except NoCertificates as problem:
        print(problem, file=sys.stderr)  # noqa: T201  # as above
        return NOT_READABLE
    return verify_files(asked.files, trust)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
