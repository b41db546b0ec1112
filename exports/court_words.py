"""What the check of a file found, in words that a court would use: one sentence first, then what follows from it.

The same finding as values, and in the words of a command line, is in `verdicts.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exports.verdicts import (
    REPORT_SEALED_HERE,
    SEALED_HERE_AND_KNOWN,
    SEALED_HERE_AND_UNKNOWN,
    Result,
    SealedBy,
    Verdict,
    named,
    plain,
)
from exports.verify_trust import NOBODY
from meetings.calendar import local
from meetings.register import Entry
from meetings.spelling import spell_day

PROVES_NOT = (
    "A seal shows that the file is as it was sealed. It does not show that what the file says is true.",
    "It is the seal of an organisation, not anybody’s personal signature. Who signed or confirmed the text, and how,"
    " stands in the sign-off table inside the file, and the seal covers that table.",
    "Document properties (title, author and dates that a computer shows beside a file) are not part of it.",
    "Word’s own message that a file is signed is not enough: Word accepts files to which something was added."
    " This check does not.",
    "Editing and saving a file in Word removes or breaks its seal. A correction is a new version made in Accord.",
    "A demonstration certificate proves nothing to anybody outside.",
)
"""What people must be told of seals."""


class Tone(StrEnum):
    """How an answer is shown: good (green), doubt (amber), bad (red)."""

    GOOD = "good"
    DOUBT = "doubt"
    BAD = "bad"


MEANINGS = (
    (
        "Sealed by",
        "The organisation whose key made the seal, as its certificate names it: a council or a police force, never one"
        " person.",
    ),
    (
        "Trusted here",
        "An authority that this installation was told to believe vouches for the certificate; the certificate was made"
        " for such seals, its days and its key are sound, and nothing here says that it was revoked.",
    ),
    (
        "It says that it was sealed on",
        "A claim: the time that the signer wrote into the seal. Whoever holds the key can write any time there.",
    ),
    (
        "Time stamp",
        "A second signature, by an authority for time stamps that is believed apart from signers. It shows that the"
        " seal stood at that moment.",
    ),
    ("Revoked", "The authority withdrew the certificate, for instance because the key was stolen."),
    ("Demonstration", "A seal for training, which proves nothing to anybody outside."),
    (
        "By another way",
        "By telephone, on paper or in person: not in the message that brought the file, which whoever forged the file"
        " could have forged too.",
    ),
)
"""What the words of the answer mean, as the page says it."""


@dataclass(frozen=True)
class Answer:
    """The answer to somebody who checked a file: a heading, a sentence, and sentences that follow.

    It is good only if the file is unchanged, its seals are trusted and more than a demonstration, and its text is in
    force as far as is known.
    """

    heading: str
    sentence: str
    more: tuple[str, ...]
    tone: Tone

    @property
    def is_good(self) -> bool:
        """Whether a reader may rely on the file."""
        return self.tone is Tone.GOOD


def at_length(moment: datetime) -> str:
    """Return a moment as a sentence says it, on a British clock.

    >>> at_length(datetime.fromisoformat("2026-11-27T09:15:00+00:00"))
    '27 November 2026 at 09:15'
    """
    shown = local(moment)
    return f"{spell_day(shown.date())} at {shown:%H:%M}"


def and_list(words: Sequence[str]) -> str:
    """Return words as a sentence lists them.

    >>> and_list(["one", "two", "three"])
    'one, two and three'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def court_words(result: Result, entry: Entry | None) -> Answer:
    """Return the answer in words; without an entry the register could not be asked."""
    by = _by(result.seals)
    more: list[str] = []
    if result.verdict is Verdict.NOT_SIGNED:
        heading, sentence = "Not sealed", "This file bears no seal."
        more.append("Nothing in it shows who made it, or whether it was changed since.")
        if not result.is_word:
            more.append("A data file is sealed by a second file beside it, whose name ends in .jws: choose that too.")
    elif result.verdict is Verdict.CHANGED:
        heading = "Changed"
        sentence = f"This file has been changed since it was sealed{by}."
        more.append(f"What no longer fits the seal: {named(result.parts, result.paper)}. Do not rely on this file.")
    elif result.is_packed_anew:
        heading = "Packed anew"
        sentence = f"This file was sealed{by}, but then packed anew by another program."
        more.append(
            "The parts themselves are as they were sealed, the file is not: not every program need find in it what this"
            " check found. Ask for the file as it was given out."
        )
    elif result.verdict is Verdict.NOT_COVERED:
        heading = "Something was added"
        sentence = f"This file was sealed{by}, but something was added to it that the seal does not cover."
        more.append(f"What is not covered: {named(result.parts, result.paper)}. Do not rely on this file.")
    else:
        heading = _unchanged(result, entry)
        sentence = f"This file has not changed since it was sealed{by}."
        more += _on(result.seals)
        more += [*(_claimed(result) if entry is None or entry.file is None else []), *_of_signers(result)]
    if entry is not None:
        more += _of_register(result, entry)
    return Answer(heading, sentence, tuple(more), _tone(result, entry))


def _unchanged(result: Result, entry: Entry | None) -> str:
    if not result.is_trusted:
        is_unknown = all(NOBODY in one.reason for one in result.signers if not one.trusted)
        return f"Unchanged, but the signer is not {'known' if is_unknown else 'trusted'} here"
    if result.is_demonstration:
        return "Unchanged, but the seal is a demonstration"
    return "Unchanged, but not in the register here" if _is_doubtful(result, entry) else "Unchanged"


def _is_doubtful(result: Result, entry: Entry | None) -> bool:
    """Whether the register should know a file by what it says of itself, or by its seal, and does not."""
    if entry is None or entry.version is not None or entry.report is not None:
        return False
    return bool(entry.sealed_here) or result.ref is not None


def _tone(result: Result, entry: Entry | None) -> Tone:
    if result.verdict is not Verdict.UNCHANGED:
        return Tone.BAD
    is_in_force = entry is None or not (entry.superseded_by or entry.withdrawn)
    is_sound = result.exit_code == 0 and not result.is_demonstration and not _is_doubtful(result, entry)
    return Tone.GOOD if is_sound and is_in_force else Tone.DOUBT


def _claimed(result: Result) -> list[str]:
    if result.ref is None or result.version is None:
        return []
    return [f"Whoever sealed it says that it is version {result.version} of {plain(result.ref)}."]


def _by(seals: Sequence[SealedBy]) -> str:
    known = [_called(one) for one in seals if one.trusted]
    claimed = [f"somebody under the name of ‘{_called(one)}’" for one in seals if not one.trusted]
    return f" by {and_list(list(dict.fromkeys([*known, *claimed])))}" if seals else ""


def _called(one: SealedBy) -> str:
    return plain(one.called or one.name)


def _on(seals: Sequence[SealedBy]) -> list[str]:
    """Say when it was sealed, and whether that is more than a claim."""
    one = next((one for one in seals if one.at), None)
    if one is None or one.at is None:
        return []
    doubt = ", a claim that no trusted time stamp confirms" if one.is_claim else ""
    return [f"It says that it was sealed on {at_length(datetime.fromisoformat(one.at))}{doubt}."]


def _of_signers(result: Result) -> list[str]:
    said = []
    unknown = [one for one in result.signers if NOBODY in one.reason]
    if unknown:
        said.append(
            "Who that is cannot be confirmed here: no authority that is trusted here stands behind the certificate."
            " Anybody can make a certificate in any name."
        )
    said += [
        f"The signer under the name of ‘{_called(one)}’ is not trusted here: {one.reason}."
        for one in result.signers
        if one.reason and one not in unknown
    ]
    said += dict.fromkeys(note for one in result.signers for note in one.notes)
    if result.is_demonstration:
        said.append("The seal is a demonstration: it proves nothing to anybody outside this installation.")
    if not result.lists_seals:
        said.append("It does not list who sealed it, so a further seal may have been removed without a trace.")
    if others := [_called(one) for one in result.signers if not one.is_whole and one.is_listed]:
        said.append(f"It was also signed by {and_list(others)}, for a part of the file only.")
    if others := [_called(one) for one in result.signers if not one.is_listed]:
        said.append(
            f"It also bears a signature of {and_list(others)}, whom its list of who sealed it does not name:"
            " that signature adds nothing to the seal."
        )
    for one in result.signers:
        if one.stamped_at is not None and one.stamp_trusted:
            said.append(
                "A time stamp of an authority that is trusted here shows that the seal stood on"
                f" {at_length(one.stamped_at)}."
            )
            break
        if one.stamped_at is not None:
            said.append(
                f"It bears a time stamp of {at_length(one.stamped_at)} that is not trusted: {one.stamp_reason}."
            )
            break
    if result.evidence is not None:
        said.append(result.evidence.sentence)
    if result.weak:
        said.append(f"The seal rests on {and_list(result.weak)}, a method that can be broken today.")
    return said


def _of_register(result: Result, entry: Entry) -> list[str]:
    file = entry.file
    if entry.report is not None:
        return [REPORT_SEALED_HERE]
    if file is None and entry.version is None:
        return _unknown(result, entry) if result.verdict is Verdict.UNCHANGED else []
    if file is not None and file.is_draft:
        draft = f"It is a draft of version {file.version} of {file.reference}, given out on {at_length(file.at)}."
        return [draft, *([f"The final version {entry.superseded_by} followed."] if entry.superseded_by else [])]
    of = f" of {file.reference}" if file is not None else ""
    if file is None:
        said = [SEALED_HERE_AND_KNOWN]
    else:
        said = [f"The register here knows it, byte for byte: it was given out on {at_length(file.at)}."]
    if entry.superseded_by and entry.superseded_at:
        on = at_length(entry.superseded_at)
        said.append(
            f"It is version {entry.version}{of}, which was superseded by version {entry.superseded_by} on {on}."
        )
    else:
        said.append(f"It is version {entry.version}{of}, the latest.")
    if entry.withdrawn:
        said.append("The record was withdrawn.")
    return said


def _unknown(result: Result, entry: Entry) -> list[str]:
    if entry.sealed_here:
        return [SEALED_HERE_AND_UNKNOWN]
    said = ["The register here does not know this file, so it cannot say whether a newer version exists."]
    return said if result.ref is None else [f"It names record {plain(result.ref)}, which was not sealed here.", *said]
