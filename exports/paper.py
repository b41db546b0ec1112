"""A Word file drawn from a document: its parts in their order, and what stands around them and on each page.

What a kind of document puts first is in `minutes.py` and `briefing.py`; how each part is drawn, in `tables.py`; the
proof that every recorded text is there, in `proof.py`; how a paragraph or a table is written, in `word.py`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from exports.actions import actions_json
from exports.copies import Copy
from exports.proof import Sections, prove
from exports.tables import Tables
from exports.word import (
    ALARM,
    GAP,
    cell,
    contents,
    field,
    heading,
    lines,
    paragraph,
    row,
    run,
    table,
    write_package,
)
from meetings.audience import HOLDS, HOLDS_OF_ONE_CHILD, marking_words
from meetings.documents import Professional
from meetings.facts import answering, answers_that_count
from meetings.seal import SHORT_HASH, approval_id
from meetings.sign_offs import how_given
from meetings.spelling import spell_instant, spell_utc
from meetings.vocabulary import Agency, DocumentStatus, SignoffAnswer, SignoffAs

Json = dict[str, Any]

LONG = 5.95
"""Pages, as they are estimated, above which minutes are longer than six and get a table of contents."""
ROWS_OF_A_PAGE = 32
SIGNS_OF_A_PAGE = 3_900
"""What fills a page of minutes: its rows, or what is written in them. LibreOffice's count of pages is the measure."""

_TAG = re.compile("<[^>]*>")
ABOUT_THE_SEAL = (
    "the seal of the organisation covers this file and shows whether it was changed since.",
    "What Word says of the seal is not enough: use “Check a sealed file” in Accord, or the single-file check, which"
    " needs no account. Saving the file in Word breaks the seal.",
)
"""What the reader of a final copy must know of its seal; between the two stands who signed the text, if anybody."""
SIGNED_ABOVE = "It is not a personal signature. Who signed or confirmed the text, and how, stands in the table above."
NOBODY_SIGNED = "It is not a personal signature, and nobody has signed this version."

EXTRACT = "extract for one child"
"""What a paper that holds one child's part calls itself."""

_SIGNED = (2900, 3366, 1500, 2100)
"""Who, what, when, and over which text."""
MADE_ELSEWHERE = "imported with the record, not made here"
"""Source: contract, command line, import."""
NO_ANSWER = "Asked to approve; no answer when this copy was made"
"""Of an agency. Whoever confirmed as chair or for police has not answered for the agency by that."""
SIGNS_OF_A_FOOT = 85
"""Characters that stand at the foot of a page beside the number of the page."""


class Paper(Tables):
    """A copy on paper: its parts in their order, with what stands before and behind them and on each page."""

    sections: Sections = ()
    listed_whole: frozenset[str] = frozenset()
    """Sections whose inner headings stand in the table of contents too."""
    signers: dict[SignoffAs, str] = {SignoffAs.CHAIR: "Chair", SignoffAs.POLICE: "For police"}
    """Who signs a draft by hand, unless it is done already."""

    def why_withdrawn(self) -> str:
        """Return why a record was withdrawn or a briefing stood down, in its last version."""
        is_over = self.copy.whole.status is DocumentStatus.WITHDRAWN
        return str(self.document.get("supersedes", {}).get("text", "")) if is_over else ""

    def title(self) -> str:
        """Return what the paper is, its reference and version, and every warning."""
        drawn = [paragraph(run(self.name_of_paper()), "Title")]
        under = [self.objects.ref or "", f"version {self.objects.version}"]
        drawn.append(paragraph(run(" · ".join(one for one in under if one)), "Subtitle"))
        return "".join([*drawn, *(paragraph(run(words, bold=True), "Band") for words in self.copy.warnings)])

    def name_of_paper(self) -> str:
        """Return what the paper says it is."""
        return self.layout.kind.label

    def look_for_closed_text(self, package: bytes) -> None:
        """Look in what was drawn for what this reader may not have. Raises CopyRefused."""

    def name_of_file(self) -> str:
        """Return the title of the Word file."""
        raise NotImplementedError

    def title_block(self) -> str:
        """Return what a reader takes in at a glance."""
        raise NotImplementedError

    def sign_offs(self) -> str:
        """Return what each person did to the text and each agency answered; in a draft, places to sign.

        The times are universal, so that what was signed in different places can be put in order. Each row names the
        text by the beginning of its hash; the whole hash stands below.
        """
        signed: list[Json] = self.document.get("signoff", [])
        counting = {id(one) for one in answers_that_count(signed).values()}
        rows = [
            self.sign_off(one, number, replaced="answer" in one and id(one) not in counting)
            for number, one in enumerate(signed)
        ]
        if self.copy.is_draft:
            done = {one.get("as") for one in signed}
            for words in (words for as_, words in self.signers.items() if as_ not in done):
                space = lines(["", ""])
                others = (cell(space, width) for width in _SIGNED[1:])
                rows.append(row([cell(lines([words]) + space, _SIGNED[0]), *others]))
        rows += [self.no_answer(agency, people) for agency, people in self.silent(signed).items()]
        if not rows:
            return ""
        hashes = dict.fromkeys(one["content_sha256"] for one in signed if "content_sha256" in one)
        below = [f"Text {one[:SHORT_HASH]} is {one}" for one in hashes if one != self.copy.content_sha256]
        return table(_SIGNED, rows, ("Agency and name", "What", "When", "Text and number")) + lines(below)

    def sign_off(self, one: Json, number: int, *, replaced: bool) -> str:
        """Return the row of one sign-off."""
        who = self.objects.people().get(one.get("by", ""))
        agency = Agency.of(one["agency"]) if "agency" in one else getattr(who, "agency", None)
        name = lines([self.name(one["by"])] if "by" in one else [], bold=True)
        role = [words for words in (getattr(who, "role", None),) if words]
        said = [SignoffAs.of(one["as"]).label] if "as" in one and "answer" not in one else []
        said += [SignoffAnswer.of(one["answer"]).label] if "answer" in one else []
        whole = self.copy.document["signoff"][number]
        more = [f"About {', '.join(self.name(it) for it in one['about'])}"] if one.get("about") else []
        more += ["About another child"] if whole.get("about") and not one.get("about") else []
        more += [f"Reason: {one['reason']}"] if "reason" in one else []
        more += [one["text"]] if "text" in one else []
        how = how_given(whole, elsewhere=number in self.copy.made_elsewhere)
        more += [how] if how else []
        more += ["Another answer of this agency counts instead"] if replaced else []
        at = [spell_utc(datetime.fromisoformat(one["at"]))] if "at" in one else ["No time given"]
        text = [f"Text {one['content_sha256'][:SHORT_HASH]}" if "content_sha256" in one else "No hash given"]
        text.append(f"No. {approval_id(whole)}")
        elsewhere = [MADE_ELSEWHERE] if number in self.copy.made_elsewhere else []
        return row(
            [
                cell(lines([agency.label] if agency else []) + name + lines(role), _SIGNED[0]),
                cell(lines(said, bold=True) + lines(more), _SIGNED[1]),
                cell(lines(at), _SIGNED[2]),
                cell(lines(text) + lines(elsewhere, bold=True), _SIGNED[3]),
            ]
        )

    def silent(self, signed: list[Json]) -> dict[Agency, list[Professional]]:
        """Return the agencies that are asked about this version and have not answered, with who can."""
        if self.copy.whole.status is not DocumentStatus.FINAL or self.copy.state:
            return {}
        given = answers_that_count(signed)
        return {agency: people for agency, people in answering(self.objects).items() if agency not in given}

    def no_answer(self, agency: Agency, people: list[Professional]) -> str:
        """Return the row of an agency that has not answered."""
        names = lines(self.own_name(one.id, one.name) for one in people if one.name)
        cells = [lines([agency.label]) + names, lines([NO_ANSWER]), "", ""]
        return row([cell(content, width) for content, width in zip(cells, _SIGNED, strict=True)])

    def body(self) -> str:
        """Return the whole body."""
        drawn = []
        for section, blocks in self.sections:
            before = len(self.headings)
            title = self.headed(section)
            self.headings.append((1, title, len(self.headings) + 1))
            content = "".join(self.draw(block) for block in blocks)
            if content:
                drawn.append(heading(title, 1, before + 1) + content)
            else:
                del self.headings[before:]
        if signed := self.sign_offs():
            drawn.append(self.heading("Sign-off") + signed)
        drawn.append(self.slip())
        drawn.append(self.content_hash())
        if not self.copy.is_draft:
            covers, check = ABOUT_THE_SEAL
            seal = " ".join((covers, SIGNED_ABOVE if signed else NOBODY_SIGNED, check))
            drawn.append(paragraph(run("Seal: ", bold=True) + run(seal), "Cell"))
        rest = "".join(drawn)
        toc = ""
        first = self.title_block() + self.about_this_copy()
        if pages_of(first + rest) > LONG:
            toc = paragraph(run("Contents"), "Heading3") + contents(self.contents())
        return first + toc + rest

    def headed(self, section: str) -> str:
        """Return the heading of a section in this copy."""
        return section

    def about_this_copy(self) -> str:
        """Return for whom this copy is, what such a copy holds, and what it leaves out."""
        audience = self.copy.reader.audience
        said = [f"{audience.label}.", HOLDS[audience], *([HOLDS_OF_ONE_CHILD] if self.copy.child else [])]
        return paragraph(run("This copy: ", bold=True) + run(" ".join(said)), "Cell")

    def content_hash(self) -> str:
        """Return the hash of the text, whole and as short as it stands on each page and beside each sign-off."""
        sha = self.copy.content_sha256
        hashed = run("Content hash: ", bold=True) + run(f"{sha} (text {sha[:SHORT_HASH]})")
        return paragraph(hashed, "Cell", keep=not self.copy.is_draft)

    def slip(self) -> str:
        """Return by what this very copy is known: its number, for whom, when, for what."""
        slip = self.copy.slip
        if slip is None:
            return ""
        told = (
            ("Copy", slip.id),
            ("For", slip.recipient),
            ("Taken", spell_instant(slip.at)),
            ("Purpose", slip.purpose),
        )
        rows = [self.pair(label, lines([words])) for label, words in told if words]
        return self.heading("Copy slip") + self.pairs(rows)

    def contents(self) -> list[tuple[int, str, int]]:
        """Return the sections, and the children under the decisions."""
        found, section = [], ""
        for level, text, bookmark in self.headings:
            section = text if level == 1 else section
            if level == 1 or section in self.listed_whole:
                found.append((level, text, bookmark))
        return found

    def header(self) -> str:
        """Return the marking and every warning, as they stand on each page."""
        marking = self.document.get("marking", {})
        words = " ".join(one for one in (marking_words(self.document), marking.get("descriptor", "")) if one)
        drawn = paragraph(run(words), "Header")
        drawn += "".join(paragraph(run(one, color=ALARM), "Header") for one in self.copy.warnings)
        return drawn + GAP

    def footer(self) -> str:
        """Return the marking, reference, version, short hash and page numbers."""
        objects, audience = self.objects, self.copy.reader.audience.label
        for_whom = f"{audience}: {EXTRACT}" if self.copy.child else audience
        left = f"{marking_words(self.document)} · {objects.ref or ''} · v{objects.version} · {for_whom}"
        right = f"text {self.copy.content_sha256[:SHORT_HASH]} · page "
        slip = self.copy.slip
        under = f"Copy {slip.id} for {slip.recipient}, {spell_instant(slip.at)}" if slip else ""
        which = "<w:r><w:tab/></w:r>" + run(right) + field("PAGE", "1") + run(" of ") + field("NUMPAGES", "1")
        # A long reference leaves no room beside it for the number of the page.
        feet = [run(left) + which] if len(left) <= SIGNS_OF_A_FOOT else [run(left), which]
        return "".join(paragraph(runs, "Footer") for runs in [*feet, *([run(under)] if under else [])])


def pages_of(drawn: str) -> float:
    """Return about how many pages a body fills."""
    rows = drawn.count("<w:tr>") / ROWS_OF_A_PAGE
    return rows if rows > LONG else rows + len(_TAG.sub("", drawn)) / SIGNS_OF_A_PAGE


def moment_of(copy: Copy) -> datetime:
    """Return the moment a copy bears in its properties: of freezing, else of recording, else of the discussion."""
    whole = copy.whole
    frozen = whole.integrity.frozen_at if whole.integrity else None
    found = frozen or whole.provenance.recorded_at
    return found or datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def draw(paper: Paper) -> bytes:
    """Return the Word file of a paper, without the proof."""
    return write_package(
        paper.body(),
        header=paper.header(),
        footer=paper.footer(),
        title=paper.name_of_file(),
        author=paper.objects.provenance.organisation or "Accord",
        reference=paper.objects.ref or "",
        at=moment_of(paper.copy),
        actions=None if paper.copy.child else actions_json(paper.copy),
    )


def docx(paper: Paper) -> bytes:
    """Return the Word file of a paper, proved complete. Raises PaperIncomplete, CopyRefused."""
    package = draw(paper)
    prove(package, paper.layout, paper.sections, paper.document)
    paper.look_for_closed_text(package)
    return package
