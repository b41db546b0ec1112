"""What a check of a file can find, as values and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

Json = dict[str, Any]


class Verdict(str, Enum):
    """The one thing a reader wants to know of a file."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NOT_COVERED = "not_covered"
    NOT_SIGNED = "not_signed"


@dataclass(frozen=True)
class SealedBy:
    """One signer of a file: the subject of the certificate, the time it claims, whether the issuer is trusted."""

    subject: str
    at: str | None
    trusted: bool
    stamped_at: datetime | None = None

    @property
    def name(self) -> str:
        """The shortest name of the signer."""
        parts = dict(one.partition("=")[::2] for one in reversed(self.subject.split(",")))
        return parts.get("CN") or self.subject

    def as_line(self) -> Json:
        """Return what is printed of it."""
        stamp = {"stamped_at": self.stamped_at.isoformat()} if self.stamped_at else {}
        return {"subject": self.subject, "at": self.at, "trusted": self.trusted, **stamp}


@dataclass(frozen=True)
class Result:
    """What the check of one file found. `sha256` is of the file; `content_sha256` is what the seal says of the text."""

    verdict: Verdict
    sha256: str
    signers: tuple[SealedBy, ...] = ()
    weak: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    ref: str | None = None
    version: int | None = None
    content_sha256: str | None = None
    register: Json | None = None
    is_word: bool = field(default=True, repr=False)

    @property
    def is_trusted(self) -> bool:
        """Whether every signer is trusted."""
        return bool(self.signers) and all(one.trusted for one in self.signers)

    @property
    def exit_code(self) -> int:
        """0: unchanged and trusted; 3: unchanged, but not trusted; 1: anything else."""
        if self.verdict is not Verdict.UNCHANGED:
            return 1
        return 0 if self.is_trusted else 3

    def as_line(self, file: str) -> Json:
        """Return the answer as other programs read it."""
        line: Json = {
            "file": file,
            "verdict": self.verdict.value,
            "signers": [one.as_line() for one in self.signers],
            "weak": list(self.weak),
            "parts": list(self.parts),
            "ref": self.ref,
            "version": self.version,
            "content_sha256": self.content_sha256,
        }
        return line if self.register is None else {**line, "register": self.register}

    @property
    def sentence(self) -> str:
        """The answer in words, as one sentence after another."""
        names = " and ".join(one.name for one in self.signers)
        listed = ", ".join(self.parts)
        if self.verdict is Verdict.NOT_SIGNED:
            return "Not signed."
        if self.verdict is Verdict.CHANGED:
            return f"Changed{f' since it was sealed by {names}' if names else ''}: {listed}."
        if self.verdict is Verdict.NOT_COVERED:
            by = f" by {names}" if names else ""
            return f"Signed{by}, but something was added that the seal does not cover: {listed}."
        at = f" at {self.signers[0].at}" if self.signers[0].at else ""
        said = [f"Unchanged since it was sealed by {names}{at}."]
        if doubtful := [one.name for one in self.signers if not one.trusted]:
            said.append(f"But the signer is not trusted: {' and '.join(doubtful)}.")
        if self.weak:
            said.append(f"It uses a weak digest: {', '.join(self.weak)}.")
        if stamps := [one.stamped_at.isoformat() for one in self.signers if one.stamped_at]:
            said.append(f"It bears a time stamp of {stamps[0]}.")
        said += self._register_in_words()
        if self.is_word:
            said.append("Document properties (title, author, dates) are not part of the signature.")
        return " ".join(said)

    def _register_in_words(self) -> list[str]:
        if not self.register:
            return []
        if not self.register.get("known"):
            return ["The register here does not know this file."]
        if self.register.get("withdrawn"):
            return ["The record was withdrawn."]
        if self.register.get("latest"):
            return [f"It is the latest version ({self.version})."]
        by = self.register.get("superseded_by")
        return [f"It is superseded{f' by version {by}' if by else ''}."]
