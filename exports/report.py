"""The report on a check of files: a sealed Word file in plain English, one page for each file, for a court.

It says what the check found (`court_words.py`) and how to repeat it. Of a record it holds no more than reference and
version, and who approved the text as far as the file's own reader may know. What a file says of itself, its name
included, is shown plain and cut, so that it can neither mislead nor push anything off the page.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import ceil
from pathlib import Path

from exports.court_words import Answer, Tone, and_list, at_length, court_words
from exports.issued import sealed_word_file
from exports.keys import Seal
from exports.seal_list import Says
from exports.unzip import NotReadable
from exports.verdicts import Result, SealedBy, Verdict, plain
from exports.verify_trust import called, fingerprint_of
from exports.word import ALARM, GAP, cell, field, page_break, paragraph, read_text, row, run, table, write_package
from meetings.register import Approval, Entry, Register
from meetings.store import Made, Unreachable
from meetings.vocabulary import Agency, Audience, SignoffAnswer

PAPER = "Report"
"""What the list of who seals calls it."""
TITLE = "Report on the check of a file"
DEMONSTRATION = "Demonstration: this report is sealed with a demonstration key and proves nothing to anybody outside."
COULD_NOT = "Could not be checked"
SAYS_NOTHING = "So this report does not say whether the file was changed, or who made it."
REGISTER_CLOSED = "The register here cannot be written, and nothing sealed leaves that it does not know."
NOT_ASKED = "It could not be asked, so it is not known here whether a later version exists."
NOT_KNOWN = "It does not know this file."
KNOWS_WHAT_IS_SEALED = "It does not know this very file, but it knows what is sealed in it."

NO_SEAL = "Nobody: there is no seal."
NOBODY_KNOWN = "It cannot be told: no seal in the file holds any more."
AS_IT_SAYS = "As the file says; its seal no longer fits the file."

HOW_WORD = (
    "A seal holds a fingerprint (a SHA-256 hash: a number that changes when anything changes) of every part of the file"
    " and of how the parts belong together; each was worked out anew and compared, and anything that the seal does not"
    " cover was looked for.",
    "The seal itself was checked with the public key in its certificate, and the certificate against the authorities"
    " that are trusted here, its dates and what is known of revoked ones.",
)
HOW_DATA = (
    "The signature in the file beside it holds a fingerprint (a SHA-256 hash: a number that changes when anything"
    " changes) of this file; it was worked out anew and compared.",
    HOW_WORD[1].replace("The seal itself", "The signature itself"),
)
HOW_NOT_SIGNED = (
    "The file was read from end to end, and a seal was looked for: there is none in it.",
    "Without a seal there is nothing to compare the file with, so nothing more could be checked.",
)
HOW_NOT_READ = ("The program refused to read the file, for the reason above.", "Nothing in it was believed.")
"""How the check was done, in two sentences."""

PROVES_NOT = (
    "That a file is as it was sealed does not show that what it says is true. The seal is an organisation’s, nobody’s"
    " personal signature: who approved the text stands in the sign-off table inside the file. The title, author and"
    " dates that a computer shows beside a file are not part of it. Word’s own message that a file is signed is not"
    " enough. A demonstration certificate proves nothing to anybody outside."
)
"""`PROVES_NOT` of the page of the check, in the room that a page on paper has."""

LONGEST_NAME = 100
LONGEST_SENTENCE = 4_000
_TAIL = 40
_HASH = re.compile("[0-9a-f]{64}")
MOST_MARKS = 2
"""Characters of a file's name that are shown, and accents on one letter: a stack of them covers what stands above."""

_LABEL, _SAID = 1900, 7966
_POINTS = 20
"""Twentieths of a point in a point."""
ROOM = 710
"""Points of height that a page may use by our reckoning. A4 has 734 between the margins; fonts differ."""


class CannotReport(Exception):
    """A report cannot be written; the sentence says why."""


@dataclass(frozen=True)
class Checked:
    """One file that was checked: its name as it was given, and what was found or why it could not be checked."""

    file: str
    found: Result | NotReadable

    @property
    def entry(self) -> Entry | None:
        """What the register answered; nothing if it could not be asked."""
        asked = None if isinstance(self.found, NotReadable) else self.found.register
        return asked.entry if asked else None


# ── Words of strangers ───────────────────────────────────────────────────────────────────────────────────────────


def shown(words: str, most: int) -> str:
    r"""Return words as the page may show them: in one line, without what acts or stacks, and no longer than so much.

    >>> shown("minutes\u202excod.exe", 40), shown("a\u0301\u0301\u0301\u0301b", 40), shown("a" * 9, 5)
    ('minutes�xcod.exe', 'á́b', 'aaaaa …')
    """
    found: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", words):
        kind = unicodedata.category(letter)[0]
        marks = marks + 1 if kind == "M" else 0
        if marks < MOST_MARKS:
            found.append("�" if kind in "CZ" and letter != " " else letter)
        if len(found) > most:
            return f"{''.join(found[:most]).rstrip()} …"
    return "".join(found)


def abridged(words: str, brevity: Brevity) -> str:
    """Return a sentence with its long words cut, and if it is long itself, without its middle."""
    one = " ".join(
        word if len(word) <= brevity.word or _HASH.fullmatch(word) else f"{word[: brevity.word]}…"
        for word in shown(words, LONGEST_SENTENCE).split(" ")
    )
    if len(one) <= brevity.letters:
        return one
    return f"{one[: brevity.letters - _TAIL].rstrip()} … {one[-_TAIL:].lstrip()}"


def shown_name(file: str) -> str:
    """Return the name of a file, without its folder, as the page shows it, and how much of it is missing."""
    name = Path(file).name or file
    cut = shown(name, LONGEST_NAME)
    return f"{cut} (the first {LONGEST_NAME} of {len(name):,} characters)" if len(name) > LONGEST_NAME else cut


def shown_path(file: str) -> str:
    """Return where a file is, as a line of the command line says it: a name need not be text."""
    return file.encode("utf-8", "backslashreplace").decode()


# ── Room on a page ───────────────────────────────────────────────────────────────────────────────────────────────

_ROW = 6.0
"""Points between two rows of the table."""
_STYLES = {"Title": (18.0, 3.0), "Subtitle": (12.0, 7.0), "Band": (11.0, 22.0), "Heading2": (12.0, 15.0),
           "Heading3": (10.5, 11.0), "": (10.5, 5.0), "Cell": (9.5, 0.0)}  # fmt: skip
"""Of each style in the template: the size of its letters, and the room above and below, in points."""


@dataclass(frozen=True)
class Drawn:
    """Something on the page, and how high it is, in points."""

    xml: str
    height: float


_WIDTHS = {
    letter: thousandths / 1000
    for thousandths, letters in {
        222: "ijl'‘’", 278: " !,./:;I[]ft|·", 333: "()-r", 355: '"', 500: "ckszvxyJ",
        556: "0123456789abdeghnopquL?_#$–", 611: "FTZ+=<>", 667: "ABEKPSVXY&", 722: "CDHNRUw",
        778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1015: "@",
    }.items()
    for letter in letters
}  # fmt: skip
"""How wide the letters of Arial are, in sizes. Source: the metrics of Helvetica, which it shares."""


def _width(text: str) -> float:
    """Return how wide a text is, in sizes of its letters; of letters of other scripts rather too much than too little.

    >>> round(_width("A page"), 3)
    3.169
    """
    wide = {letter: 1.1 if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in set(text)} | _WIDTHS
    return sum(wide[letter] for letter in text)


def _para(text: str, style: str = "Cell", *, bold: bool = False, width: int = _LABEL + _SAID, color: str = "") -> Drawn:
    size, around = _STYLES[style]
    # A word that does not fit goes to the next line, so lines are not filled to their end.
    count = ceil(_width(text) * size * (1.1 if bold else 1.0) / (width / _POINTS * 0.95)) or 1
    return Drawn(paragraph(run(text, bold=bold, color=color), style), count * size * 1.24 + around)


def _said(texts: Iterable[str]) -> Drawn:
    drawn = [_para(text, width=_SAID - 170) for text in texts]
    return Drawn("".join(one.xml for one in drawn), sum(one.height for one in drawn))


# ── What stands on a page ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Brevity:
    """How much is told where there is more than fits: signers, approvals, sentences, their letters, those of a word."""

    signers: int
    approvals: int
    sentences: int
    letters: int
    word: int
    style: str = "Cell"
    """How the sentences around the table are drawn."""
    is_short: bool = True


EVER_SHORTER = (
    Brevity(4, 10, 14, 500, 200, "", is_short=False),
    Brevity(4, 10, 14, 500, 200, is_short=False),
    Brevity(2, 5, 9, 300, 40),
    Brevity(1, 3, 7, 200, 24),
    Brevity(1, 1, 4, 140, 24),
    Brevity(1, 1, 1, 80, 12),
)
"""Tried in turn until the page holds it."""
SHORTENED = "This page is shortened: the command ‘verify’ and the page /verify show the answer whole."


def _few(texts: Sequence[str], most: int, one: str) -> list[str]:
    """Return the first few texts, and how many more there are of what one of them is called."""
    more = len(texts) - most
    return [*texts[:most], *([f"And {more} more {one}{'' if more == 1 else 's'}."] if more > 0 else [])]


def _how(found: Result | NotReadable) -> tuple[str, str]:
    if isinstance(found, NotReadable):
        return HOW_NOT_READ
    if found.verdict is Verdict.NOT_SIGNED:
        return HOW_NOT_SIGNED
    return HOW_WORD if found.is_word else HOW_DATA


def _answer(checked: Checked) -> Answer:
    if isinstance(checked.found, NotReadable):
        return Answer(COULD_NOT, str(checked.found), (SAYS_NOTHING,), Tone.BAD)
    return court_words(checked.found, checked.entry)


def _file(checked: Checked) -> list[str]:
    said = [shown_name(checked.file)]
    if not isinstance(checked.found, NotReadable):
        said += [f"{checked.found.size:,} bytes. Its fingerprint (SHA-256):", checked.found.sha256]
    return said


def _signer(one: SealedBy) -> list[str]:
    """Return who a signer is, whether it is trusted, and what is known of the time."""
    trusted = "Trusted here" if one.trusted else "Not trusted here"
    why = f": {one.reason}" if one.reason else ""
    part = ", for a part of the file only" if one.is_listed else ", not on the list of who seals"
    # On a line of its own: however long a name is, it pushes nothing of this away.
    said = [f"{plain(one.called or one.name)}{'' if one.is_whole else part}", f"{trusted}{why}."]
    if one.at:
        none = "" if one.stamped_at else " There is no time stamp in the seal."
        said.append(f"Time claimed by the signer: {_moment(one.at)}.{none}")
    if one.stamped_at:
        doubt = "" if one.stamp_trusted else "not "
        said.append(f"Time stamp: {at_length(one.stamped_at)}, by an authority that is {doubt}trusted here.")
    return [*said, f"Certificate: {one.certificate_sha256}"]


def _moment(text: str) -> str:
    return at_length(datetime.fromisoformat(text))


def _sealed_by(found: Result, brevity: Brevity) -> list[str]:
    if not found.signers:
        return [NO_SEAL if found.verdict is Verdict.NOT_SIGNED else NOBODY_KNOWN]
    said = ["\n".join(_signer(one)) for one in found.signers]
    lines = [line for one in _few(said, brevity.signers, "signature") for line in one.split("\n")]
    return [AS_IT_SAYS, *lines] if found.verdict is Verdict.CHANGED else lines


def _record(found: Result, entry: Entry | None) -> list[str]:
    file = entry.file if entry else None
    if file is not None and not file.is_draft:
        return [f"{file.reference}, version {file.version}, by the register here."]
    if found.ref is None:
        return []
    reader = next((f"; copy: {one.label}" for one in Audience if one == found.audience), "")
    is_whole = found.verdict is Verdict.UNCHANGED
    whose = "As whoever sealed it says." if is_whole else "As the file says; nothing of it can be relied on."
    return [f"{found.ref}, version {found.version}{reader}. {whose}"]


def _register(entry: Entry | None) -> list[str]:
    if entry is None:
        return [NOT_ASKED]
    if entry.report is not None:
        return [f"A report on a check, sealed here on {at_length(entry.report.at)}."]
    if entry.file is None and entry.version is None:
        return [NOT_KNOWN]
    if entry.file is None:
        said = KNOWS_WHAT_IS_SEALED
    else:
        draft = ", as a draft" if entry.file.is_draft else ""
        said = f"It knows this file, byte for byte: given out on {at_length(entry.file.at)}{draft}."
    if entry.superseded_by:
        on = f" on {at_length(entry.superseded_at)}" if entry.superseded_at else ""
        said += f" Superseded by version {entry.superseded_by}{on}."
    elif entry.latest:
        said += " It is the latest version."
    return [f"{said} The record was withdrawn." if entry.withdrawn else said]


def _approval(one: Approval) -> str:
    agency = Agency.of(one.agency).label if one.agency else ""
    who = ", ".join(filter(None, (one.name, agency)))
    what = SignoffAnswer.of(one.answer).label if one.answer else one.as_.label
    when = f", {_moment(one.at)}" if one.at else ""
    return f"{who}: {what}{when}{' (imported with the record, not made here)' if one.elsewhere else ''}"


@dataclass(frozen=True)
class Maker:
    """Who makes a report: the organisation, its certificate, the moment, the address of its page if it has one."""

    organisation: str
    certificate_sha256: str
    at: datetime
    address: str
    is_demonstration: bool

    def page(self, checked: Checked, number: int, count: int) -> str:
        """Return the page of one file, no longer than a page."""
        every = (self._drawn(checked, number, count, brevity) for brevity in EVER_SHORTER)
        drawn = next(every)
        while drawn.height > ROOM and (shorter := next(every, None)):
            drawn = shorter
        return drawn.xml

    def _drawn(self, checked: Checked, number: int, count: int, brevity: Brevity) -> Drawn:
        which = f"File {number} of {count}, checked on" if count > 1 else "Checked on"
        answer, how = _answer(checked), _how(checked.found)
        pieces = [_para(TITLE, "Title"), _para(f"{which} {at_length(self.at)} (UK time)", "Subtitle")]
        if self.is_demonstration:
            pieces.append(_para(DEMONSTRATION, bold=True, color=ALARM))
        pieces.append(_para(f"Answer: {answer.heading}", "Band" if answer.tone is Tone.BAD else "Heading2"))
        pieces.append(_para(abridged(answer.sentence, brevity), "", bold=True))
        more = [abridged(one, brevity) for one in answer.more]
        pieces += [_para(one, brevity.style) for one in _few(more, brevity.sentences, "sentence")]
        if brevity.is_short:
            pieces.append(_para(SHORTENED, bold=True))
        pieces += [Drawn(GAP, 8), self._details(checked, brevity)]
        for heading, text in (
            ("How it was checked", " ".join(how)),
            ("What a seal does not prove", PROVES_NOT),
            ("How you can check it yourself", self._yourself()),
        ):
            pieces += [_para(heading, "Heading3"), _para(text, brevity.style)]
        return Drawn("".join(one.xml for one in pieces), sum(one.height for one in pieces))

    def _details(self, checked: Checked, brevity: Brevity) -> Drawn:
        rows = [("File", _file(checked)), ("Checked by", [f"{self.organisation}, {_program()}"])]
        if not isinstance(checked.found, NotReadable):
            approvals = list(map(_approval, checked.entry.approvals)) if checked.entry else []
            rows += [
                ("Sealed by", _sealed_by(checked.found, brevity)),
                ("Record", _record(checked.found, checked.entry)),
                ("Register here", _register(checked.entry)),
                ("Text approved by", _few(approvals, brevity.approvals, "approval")),
            ]
        # What the register says is never cut: none of it is in words of strangers.
        whole = _register(checked.entry)
        drawn = [
            (label, _said(said if said == whole else [abridged(one, brevity) for one in said]))
            for label, said in rows
            if said
        ]
        xml = [row([cell(paragraph(run(label), "CellLabel"), _LABEL), cell(one.xml, _SAID)]) for label, one in drawn]
        return Drawn(table((_LABEL, _SAID), xml), sum(one.height + _ROW for _, one in drawn) + 9)

    def _yourself(self) -> str:
        page = f"{self.address}/verify" if self.address else "the page /verify of Accord"
        whom = abridged(self.organisation, EVER_SHORTER[-1])
        return (
            "Work out the SHA-256 of the file that you hold: if it is the one above, it is the file that was checked."
            f" Then repeat the check, without an account: on {page}, or with the single program accord-verify.py from"
            " that page, which needs neither Accord nor a network. This report is sealed too: check it in the same way."
            f" Its certificate has the SHA-256 {self.certificate_sha256}; ask {whom} by telephone or in"
            " person whether that is theirs."
        )


@cache
def _program() -> str:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"with the program Accord, version {project['version']}"


# ── The report as a file ─────────────────────────────────────────────────────────────────────────────────────────


def draw_report(checked: Sequence[Checked], maker: Maker) -> bytes:
    """Return the Word file of a report, not sealed yet; the same input gives the same bytes."""
    count = len(checked)
    pages = [maker.page(one, number, count) for number, one in enumerate(checked, start=1)]
    names = and_list([shown_name(one.file) for one in checked[:3]])
    made = f"Made by {abridged(maker.organisation, EVER_SHORTER[-1])}, {at_length(maker.at)}"
    which = run(made) + "<w:r><w:tab/></w:r>" + run("page ") + field("PAGE", "1") + run(" of ")
    return write_package(
        page_break().join(pages),
        header=paragraph(run("Accord: report on the check of a file"), "Header"),
        footer=paragraph(which + field("NUMPAGES", str(count)), "Footer"),
        title=f"{TITLE}: {names}",
        author=maker.organisation,
        reference="",
        at=maker.at,
    )


def sealed_report(checked: Sequence[Checked], seal: Seal, now: datetime, address: str | None = None) -> Made:
    """Return the report on some files, sealed by the organisation. Raises NoSeal, NoTimeStamp.

    `now` is the moment of the check; the seal claims it, since that is when the text became what it is.
    """
    seal.check(now)
    at = now.replace(microsecond=0)
    certificate = seal.organisation.certificate
    maker = Maker(called(certificate), fingerprint_of(certificate), at, address or "", seal.is_demonstration)
    drawn = draw_report(checked, maker)
    says = Says(PAPER, "", 1, hashlib.sha256(read_text(drawn).encode()).hexdigest(), "")
    return sealed_word_file(drawn, seal, [seal.organisation], says, at)


def place_for(file: str) -> Path:
    """Return where a report can be written. Raises CannotReport: it never takes the place of another file."""
    place, name = Path(file), shown_path(file)
    if place.suffix.lower() != ".docx":
        raise CannotReport(f"A report is a Word file: ‘{name}’ does not end in .docx.")
    try:
        has_folder, is_there = place.parent.is_dir(), place.exists() or place.is_symlink()
    except OSError as problem:
        raise CannotReport(f"‘{name}’ cannot be written: {problem.strerror}.") from None
    if not has_folder:
        raise CannotReport(f"‘{name}’ is in a folder that is not there: make the folder first.")
    if is_there:
        raise CannotReport(f"‘{name}’ is there already, and a report takes the place of no file: give another name.")
    return place


def write_report(place: Path, made: Made, register: Register, now: datetime) -> None:
    """Note a report in the register, if there is one, and write it: whole or not at all. Raises CannotReport."""
    name = shown_path(str(place))
    draft = place.with_name(f".{hashlib.sha256(made.content).hexdigest()}.part")
    try:
        draft.write_bytes(made.content)
        if made.sealing is not None:
            register.note_report(hashlib.sha256(made.content).hexdigest(), made.sealing, now)
        draft.replace(place)
    except OSError as problem:
        raise CannotReport(f"‘{name}’ cannot be written: {problem.strerror}.") from None
    except Unreachable:
        raise CannotReport(REGISTER_CLOSED) from None
    finally:
        draft.unlink(missing_ok=True)
