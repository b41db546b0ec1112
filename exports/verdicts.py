"""What a check of a file can find, as values and in words."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Protocol

from exports.part_words import in_words

Json = dict[str, Any]

NOT_PERSONAL = "not a personal signature"
"""Words in the claimed role of a seal: such a signature must cover the whole file."""

DEMONSTRATION_ORGANISATION = "Accord demonstration"
"""Organisation in the certificates of a demonstration authority."""

PACKING = "the way the file is packed"
"""What stands for a file that was packed by another program than the one that sealed it."""
SEALED_HERE_AND_KNOWN = "The register here does not know this very file, but it knows what is sealed in it."
SEALED_HERE_AND_UNKNOWN = (
    "It bears a seal that is used here, but it is not in the register here: it was sealed elsewhere with the same key,"
    " or the register is not whole."
)

REPORT_SEALED_HERE = "It is a report on a check of files, and the register here knows it: it was sealed here."

LONGEST_WORDS = 200
MOST_NAMED = 10
"""How much of a file's own words, and how many of its parts, a sentence repeats."""


class Verdict(str, Enum):
    """The one thing a reader wants to know of a file."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NOT_COVERED = "not_covered"
    NOT_SIGNED = "not_signed"


def as_moment(text: Any) -> datetime | None:
    """Return a time of a file as a moment; nothing if it is none, or none that any clock of a reader could show.

    >>> as_moment("2026-11-26T12:30:00Z"), as_moment("0001-01-01T00:00:00Z")
    (datetime.datetime(2026, 11, 26, 12, 30, tzinfo=datetime.timezone.utc), None)
    """
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if _FIRST_YEAR < found.year < _LAST_YEAR else None
    except (TypeError, ValueError, OverflowError):
        return None


_FIRST_YEAR, _LAST_YEAR = 1900, 9000


def plain(words: str) -> str:
    r"""Return words of a file as a sentence may repeat them: in one line, and nothing in them that acts.

    >>> plain("word/\x1b[2Kdocument.xml")
    'word/�[2Kdocument.xml'
    """
    shown = "".join("�" if unicodedata.category(letter)[0] in "CZ" and letter != " " else letter for letter in words)
    return shown if len(shown) <= LONGEST_WORDS else f"{shown[:LONGEST_WORDS]} …"


def named(words: tuple[str, ...], paper: str | None = None) -> str:
    """Return a few of a file's parts in one line, each in words and once, and how many more there are.

    `paper` is what the file says that it is, as in `part_words.py`.
    """
    each = list(dict.fromkeys(plain(in_words(one, paper)) for one in words))
    more = len(each) - MOST_NAMED
    return ", ".join(each[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True)
class SealedBy:
    """One signer of a file: the subject of the certificate, the time it claims, whether the issuer is trusted.

    `stamped_at` is what a time stamp says, and `stamp_trusted` whether its authority is trusted. `is_whole` is false
    for a person who signed some parts of a file that a seal covers; `is_listed` is false for a signature that the
    file's list of who seals it does not name. `called` is the organisation with the name beside it. `reason` is a
    clause: why it is not trusted; `notes` are sentences that whoever trusts it should know; `is_checked` is whether
    nobody can have revoked it unseen.
    """

    subject: str
    name: str
    at: str | None
    trusted: bool
    stamped_at: datetime | None = None
    stamp_trusted: bool = False
    is_whole: bool = True
    is_listed: bool = True
    called: str = ""
    organisation: str = ""
    certificate_sha256: str = ""
    reason: str = ""
    stamp_reason: str = ""
    notes: tuple[str, ...] = ()
    is_checked: bool = False

    @property
    def is_demonstration(self) -> bool:
        """Whether it proves nothing to anybody outside the installation that made it."""
        return self.organisation == DEMONSTRATION_ORGANISATION

    @property
    def is_claim(self) -> bool:
        """Whether nothing but the signer's word shows when it was sealed."""
        return self.at is not None and not self.stamp_trusted

    def as_line(self) -> Json:
        """Return what is printed of it."""
        line: Json = {"subject": self.subject, "at": self.at, "trusted": self.trusted}
        if self.stamped_at is not None:
            line |= {"stamped_at": self.stamped_at.isoformat(), "stamp_trusted": self.stamp_trusted}
        if self.stamp_reason:
            line["stamp_reason"] = f"{self.stamp_reason[0].upper()}{self.stamp_reason[1:]}."
        if self.reason:
            line["reason"] = f"{self.reason[0].upper()}{self.reason[1:]}."
        if self.notes:
            line["notes"] = list(self.notes)
        return line | {"revocation": "checked" if self.is_checked else "not checked"}


class Evidence(Protocol):
    """What time stamps beside a file show (`verify_evidence.py`)."""

    @property
    def sentence(self) -> str:
        """What they show, in words."""

    def as_json(self) -> Json:
        """What other programs read of them."""


@dataclass(frozen=True)
class Asked:
    """What the register of an installation knows of a checked file, as other programs read it, and whose seal it bears.

    `sealed_here` is true for a seal of that installation, false for seals of others, and nothing if no seal holds.
    `is_report` is true for a report on a check that was sealed there. `entry` is what the register answered, for those
    who say more of it.
    """

    line: Json
    sealed_here: bool | None = None
    is_report: bool = False
    entry: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Result:
    """What the check of one file found.

    `sha256` and `size` are of the file. `ref`, `version`, `content_sha256`, `audience` and `paper` are what whoever
    sealed it says of it, and no more. `digest` was worked out here over what is sealed: of a Word file all that its
    seals cover but the list of who seals it; of a data file its bytes. There is none of a file that is not as it was
    sealed.
    """

    verdict: Verdict
    sha256: str
    signers: tuple[SealedBy, ...] = ()
    weak: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    ref: str | None = None
    version: int | None = None
    content_sha256: str | None = None
    register: Asked | None = None
    is_word: bool = field(default=True, repr=False)
    digest: str | None = None
    audience: str | None = None
    paper: str | None = None
    lists_seals: bool = True
    evidence: Evidence | None = None
    size: int = field(default=0, repr=False, compare=False)

    @property
    def is_trusted(self) -> bool:
        """Whether every signer is trusted."""
        return bool(self.signers) and all(one.trusted for one in self.signers)

    @property
    def seals(self) -> tuple[SealedBy, ...]:
        """Those who signed the whole file."""
        return tuple(one for one in self.signers if one.is_whole)

    @property
    def is_packed_anew(self) -> bool:
        """Whether the parts are as they were sealed, and only the zip around them is another program's."""
        return self.verdict is Verdict.NOT_COVERED and self.parts == (PACKING,)

    @property
    def is_demonstration(self) -> bool:
        """Whether a seal of it is a demonstration, which proves nothing to anybody outside."""
        return any(one.is_demonstration for one in self.signers)

    @property
    def sealed_by(self) -> str:
        """The names of those who sealed the whole file, each with its organisation."""
        return " and ".join(dict.fromkeys(plain(one.called or one.name) for one in self.seals))

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
        if self.evidence is not None:
            line["evidence"] = self.evidence.as_json()
        return line if self.register is None else {**line, "register": self.register.line}

    def as_text(self, file: str) -> str:
        """Return the answer as one line of JSON, which any file name and any letter in a file leaves whole."""
        line = json.dumps(self.as_line(file), ensure_ascii=False)
        return line.encode("utf-8", "backslashreplace").decode()

    @property
    def sentence(self) -> str:
        """The answer in words, as one sentence after another."""
        names, parts = self.sealed_by, named(self.parts, self.paper)
        if self.verdict is Verdict.NOT_SIGNED:
            return " ".join(["Not signed.", *self._register_in_words()])
        if self.verdict is Verdict.CHANGED:
            return f"Changed{f' since it was sealed by {names}' if names else ''}: {parts}."
        if self.verdict is Verdict.NOT_COVERED:
            by = f" by {names}" if names else ""
            if self.is_packed_anew:
                return (
                    f"Signed{by}, but then packed anew by another program: the parts themselves are as they were"
                    " sealed, the file is not. Ask for the file as it was given out."
                )
            return f"Signed{by}, but something was added that the seal does not cover: {parts}."
        said = [f"Unchanged since it was sealed by {names}."]
        if claim := next((one.at for one in self.seals if one.at), None):
            said.append(f"It says it was sealed at {claim}.")
        said += [*self._claimed(), *self._of_signers()]
        said += self._register_in_words()
        if self.is_word:
            said.append("Document properties (title, author, dates) are not part of the signature.")
        return " ".join(said)

    def _claimed(self) -> list[str]:
        if self.ref is None or self.version is None:
            return []
        return [f"Whoever sealed it says that it is version {self.version} of {plain(self.ref)}."]

    def _of_signers(self) -> list[str]:
        said = []
        for is_listed, words in ((True, "in part,"), (False, "without being on the list of who sealed it,")):
            others = [
                plain(one.called or one.name) for one in self.signers if not one.is_whole and one.is_listed is is_listed
            ]
            if others:
                said.append(f"Also signed, {words} by {' and '.join(others)}.")
        if doubtful := [plain(one.called or one.name) for one in self.signers if not one.trusted]:
            said.append(f"But the signer is not trusted: {' and '.join(doubtful)}.")
        said += [
            f"Why {plain(one.called or one.name)} is not trusted: {one.reason}." for one in self.signers if one.reason
        ]
        said += dict.fromkeys(note for one in self.signers for note in one.notes)
        if self.is_demonstration:
            said.append("It is a demonstration seal, which proves nothing outside the installation that made it.")
        if not self.lists_seals:
            said.append("It does not list who sealed it: a further seal may have been removed.")
        if self.weak:
            said.append(f"It uses a weak digest: {', '.join(self.weak)}.")
        if stamped := next((one for one in self.signers if one.stamped_at), None):
            doubt = "" if stamped.stamp_trusted else f", which is not trusted: {stamped.stamp_reason}"
            said.append(f"It bears a time stamp of {stamped.as_line()['stamped_at']}{doubt}.")
        if self.evidence is not None:
            said.append(self.evidence.sentence)
        return said

    def _register_in_words(self) -> list[str]:
        """Return what the register says of the file; nothing of one that nobody sealed and it does not know."""
        if self.register is None or (self.verdict is Verdict.NOT_SIGNED and not self.register.line["known"]):
            return []
        if self.register.is_report:
            return [REPORT_SEALED_HERE]
        said = self.register.line
        is_told = said["known"] or said["latest"] is not None
        found = [] if said["known"] else ["The register here does not know this file."]
        if self.verdict is Verdict.NOT_SIGNED:
            found = ["The register here knows this file."]
        elif self.register.sealed_here and not said["known"]:
            found = [SEALED_HERE_AND_KNOWN if is_told else SEALED_HERE_AND_UNKNOWN]
        elif self.register.sealed_here is False and self.ref is not None and not said["known"]:
            found.append(f"It names record {plain(self.ref)}, which was not sealed here.")
        if said["withdrawn"]:
            found.append("The record was withdrawn.")
        if said["superseded_by"]:
            found.append(f"It was superseded by version {said['superseded_by']}.")
        elif said["latest"]:
            found.append("It is the latest version.")
        return found
