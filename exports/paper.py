"""A Word file drawn from a document: its parts in their order, and the proof that every recorded text is in it.

What a kind of document puts first is in `minutes.py` and `briefing.py`. How a paragraph or a table is written is in
`word.py`; how an answer stands in words is in `spelling.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from exports.actions import actions_json
from exports.copies import Copy
from exports.word import (
    ALARM,
    GAP,
    SHADE,
    WIDTH,
    cell,
    contents,
    field,
    heading,
    lines,
    paragraph,
    read_text,
    row,
    run,
    table,
    write_package,
)
from meetings.audience import HOLDS, HOLDS_OF_ONE_CHILD, marking_words
from meetings.calendar import AT_ONCE
from meetings.documents import Professional, Supersedes, kind_of
from meetings.facts import answering, answers_that_count
from meetings.guides import Block
from meetings.parts import Layout, layout_of, value_at
from meetings.questions import Field, Kind, flat_fields
from meetings.rules import CATALOGUE, fill
from meetings.seal import SHORT_HASH, approval_id
from meetings.spelling import answers, spell_instant, spell_utc, spell_value
from meetings.vocabulary import ActionStatus, Agency, DocumentStatus, LineKind, Presence, SignoffAnswer, SignoffAs

Json = dict[str, Any]
Sections = tuple[tuple[str, tuple[Block, ...]], ...]
"""A paper from first to last: each section with the parts of the document that stand in it."""

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
"""What the reader of a final copy must know of its seal; between the two stands who approved the text, if anybody."""
APPROVED_ABOVE = "Who approved the text stands in the table above. Neither is a personal signature."
NOBODY_SIGNED = "It is not a personal signature, and nobody has signed this version."

REPLACED = flat_fields(Supersedes)["version"].question.label
NO_NAME = "No name recorded"
EXTRACT = "extract for one child"
"""What a paper that holds one child's part calls itself."""

_PRESENCES = (Presence.ATTENDED, Presence.CONSULTED, Presence.INVITED_ABSENT, Presence.NAMED)
_GRID = (2500, 2433, 2500, 2433)
"""Label, answer, label, answer: a long answer takes all after its label."""
SHORT = 26
SHORT_LABEL = 50
"""Characters up to which an answer, and its label, may share a row with another."""
_SIGNED = (2900, 3366, 1500, 2100)
"""Who, what, when, and over which text."""
MADE_ELSEWHERE = "imported with the record, not made here"
"""Source: contract, command line, import."""
NO_ANSWER = "Asked to approve; no answer when this copy was made"
"""Of an agency. Whoever confirmed as chair or for police has not answered for the agency by that."""
FEWEST_IN_COLUMNS = 2
MOST_COLUMNS = 4
FEW_DETAILS = 3
"""Details of an action up to which they stand in its own column; more go over the whole width below it."""
SIGNS_OF_A_LINE = 95
"""Characters that stand on one line of a table, over its whole width."""
SIGNS_OF_A_FOOT = 85
"""Characters that stand at the foot of a page beside the number of the page."""
CONTACT = "contact/"
"""How the paths of telephone and e-mail begin."""
ROWS_OF_A_CARD = 12
"""What is recorded about a person, a place or an event stays on one page, up to so many rows."""
SHORT_IN_COLUMNS = 70
"""A list is printed in columns from so many rows, up to so many questions, if no answer is longer than this."""


class PaperIncomplete(Exception):
    """A recorded text is not in the Word file that was drawn; `missing` names where it stands in the record."""

    def __init__(self, missing: list[str]) -> None:
        """Carry the places of the record whose text is missing."""
        super().__init__(f"The Word file was not given out: it lacks what is recorded at {', '.join(missing)}.")
        self.missing = missing


# ── The order in which rows stand ────────────────────────────────────────────────────────────────────────────────


def rows_in_order(name: str, rows: list[tuple[str, Json]]) -> list[tuple[str, Json]]:
    """Return the rows of a list, each with its place, as they stand in the minutes."""
    if name == "information/lines":
        first: dict[str | None, int] = {}
        for number, (_, one) in enumerate(rows):
            first.setdefault(one.get("agency"), number)
        return sorted(rows, key=lambda pair: first[pair[1].get("agency")])
    if name == "earlier_actions":
        return sorted(rows, key=lambda pair: BECAME.index(became(pair[1])))
    if name == "professionals":
        return sorted(rows, key=lambda pair: _PRESENCES.index(Presence.of(pair[1].get("presence", "named"))))
    return rows


BECAME = ("Done", "Not possible because circumstances changed", "Not done, or still running")
"""What became of an action of the earlier discussion. Source: domain actions, two kinds of undone are kept apart."""


def became(body: Json) -> str:
    """Return what became of an action of the earlier discussion."""
    ended = {str(ActionStatus.DONE): BECAME[0], str(ActionStatus.CANCELLED): BECAME[1]}
    return ended.get(body.get("status", ""), BECAME[2])


def bodies(layout: Layout, document: Json, block: Block) -> list[tuple[str, Json]]:
    """Return the part or the rows of a block, in the order of the minutes, each with its JSON Pointer."""
    return rows_in_order(block.part, layout.bodies(document, block.part, block.only))


# ── The proof ────────────────────────────────────────────────────────────────────────────────────────────────────

_PROVED = (Kind.WORDS, Kind.TEXT, Kind.DATE, Kind.INSTANT)


def _texts(shape: type, body: Json, pointer: str) -> Iterator[tuple[str, str]]:
    for path, one in flat_fields(shape).items():
        value = value_at(body, path)
        if value is None or not one.asked:
            continue
        if one.kind is Kind.OBJECT:
            for number, inner in enumerate(value):
                yield from _texts(one.type, inner, f"{pointer}/{path}/{number}")
        elif one.kind in _PROVED:
            for item in value if one.many else [value]:
                if str(item).strip():
                    yield f"{pointer}/{path}", spell_value(one, item, str)


def recorded_texts(layout: Layout, sections: Sections, document: Json) -> list[list[tuple[str, str]]]:
    """Return every recorded text and date of a document, part by part in the order of the minutes, with its place."""
    found = []
    for _, blocks in sections:
        for block in blocks:
            for pointer, body in bodies(layout, document, block):
                own = {
                    name: value for name, value in body.items() if layout.inside(block.part, name) not in layout.lists
                }
                found.append(list(_texts(layout.shape_of(block.part), own, pointer)))
    return found


def prove(package: bytes, layout: Layout, sections: Sections, document: Json) -> None:
    """Open a Word file and look for every recorded text, part after part. Raises PaperIncomplete."""
    text = read_text(package)
    start = 0
    missing = []
    for texts in recorded_texts(layout, sections, document):
        end = start
        for place, words in texts:
            found = text.find(words, start)
            if found < 0:
                missing.append(place)
            else:
                end = max(end, found + len(words))
        start = end if len(texts) > 1 else max(start, end)
    if missing:
        raise PaperIncomplete(missing)


# ── Drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def nameless(person: Any) -> str:
    """Return what stands for somebody whose name is not recorded."""
    known = (getattr(person, name, None) for name in ("given_names", "role", "relation"))
    return next((f"{words} ({NO_NAME.lower()})" for words in known if words), NO_NAME)


class Paper:
    """One drawing: the copy, the names in it, and the headings met so far."""

    sections: Sections = ()
    listed_whole: frozenset[str] = frozenset()
    """Sections whose inner headings stand in the table of contents too."""
    signers: dict[SignoffAs, str] = {SignoffAs.CHAIR: "Chair", SignoffAs.POLICE: "For police"}
    """Who signs a draft by hand, unless it is done already."""
    not_printed: tuple[str, ...] = ()
    """Answers about a person that say nothing on this paper."""

    def __init__(self, copy: Copy) -> None:
        """Draw that copy."""
        self.copy = copy
        self.document = copy.cut
        self.objects = copy.objects
        self.layout = layout_of(kind_of(copy.whole))
        self.headings: list[tuple[int, str, int]] = []

    @cached_property
    def _names(self) -> dict[str, str]:
        return {one.id: one.name or nameless(one) for one in self.objects.people().values()}

    def name(self, local_id: str) -> str:
        """Return the name of a person, or what stands there when nobody has that id."""
        return self._names.get(local_id) or f"‘{local_id}’ (nobody by that name here)"

    def short_name(self, local_id: str) -> str:
        """Return the given names of a child, or the name of anybody."""
        child = next((one for one in self.objects.children or () if one.id == local_id), None)
        return (child.given_names if child else None) or self.name(local_id)

    def heading(self, text: str, level: int = 1) -> str:
        """Return a heading and remember it for the table of contents."""
        self.headings.append((level, text, len(self.headings) + 1))
        return heading(text, level, len(self.headings))

    def rows_of(self, shape: type, body: Json, skip: tuple[str, ...] = ()) -> list[str]:
        """Return rows of label and answer for everything recorded in a part; two short answers share a row.

        What is restricted bears a bar from its first row to its last: no page shows it without.
        """
        return self.paired(answers(shape, body, self.name, skip=skip), bar="restricted" in body)

    def paired(self, answered: Iterable[tuple[str, str, list[str]]], *, bar: bool = False) -> list[str]:
        """Return rows for answers given as path, label and lines; two short answers share a row."""
        rows: list[str] = []
        waiting: tuple[str, list[str]] | None = None
        for path, label, found in answered:
            is_short = len(found) == 1 and len(found[0]) <= SHORT and len(label) <= SHORT_LABEL and "\n" not in found[0]
            if is_short and not path.startswith("restricted"):
                if waiting:
                    rows.append(self.two_pairs(waiting, (label, found), bar=bar))
                    waiting = None
                else:
                    waiting = (label, found)
                continue
            if waiting:
                rows.append(self.pair(waiting[0], lines(waiting[1]), bar=bar))
                waiting = None
            rows.append(self.pair(label, lines(found), bar=bar))
        if waiting:
            rows.append(self.pair(waiting[0], lines(waiting[1]), bar=bar))
        return rows

    def two_pairs(self, first: tuple[str, list[str]], second: tuple[str, list[str]], *, bar: bool = False) -> str:
        """Return a row of two short answers, each beside its label."""
        widths = iter(_GRID)
        cells = []
        for number, (label, found) in enumerate((first, second)):
            cells.append(cell(paragraph(run(label), "CellLabel"), next(widths), bar=bar and number == 0))
            cells.append(cell(lines(found), next(widths)))
        return row(cells)

    def pair(self, label: str, content: str, *, bar: bool = False, shade: str = "") -> str:
        """Return a row of a label and what stands beside it."""
        left = cell(paragraph(run(label), "CellLabel"), _GRID[0], bar=bar, shade=shade)
        return row([left, cell(content, WIDTH - _GRID[0], shade=shade, span=3)])

    def pairs(self, rows: list[str], *, over: str = "", whole: bool = False) -> str:
        """Return rows of label and answer as a table, or nothing; `over` stands above them on every page."""
        return table(_GRID, rows, over=over, whole=whole) if rows else ""

    def group(self, label: str, *, header: bool = False) -> str:
        """Return a shaded row that heads a group of answers; as a header it is repeated on every page."""
        content = cell(paragraph(run(label), "CellLabel", keep=True), WIDTH, shade=SHADE, span=4)
        return row([content], header=header)

    def draw(self, block: Block) -> str:
        """Return everything recorded in one block; empty if there is nothing."""
        if block.part == self.layout.top:
            return self.top(block)
        found = bodies(self.layout, self.document, block)
        if block.part in self.layout.lists:
            if not found:
                return self.asked_none(block)
            draw = self.special().get(block.part)
            return draw(found) if draw else self.cards(block.part, found)
        _, body = found[0]
        rows = self.rows_of(
            self.layout.shape_of(block.part),
            {name: body[name] for name in body if f"{block.part}/{name}" not in self.layout.lists},
        )
        if block.part == "supersedes" and "version" in body:
            rows.insert(0, self.pair(REPLACED, lines([self.replaced(body)])))
        draw_rows = self.card if "restricted" in body else self.pairs
        return self.labelled(block.part, draw_rows(rows)) if rows else ""

    def replaced(self, supersedes: Json) -> str:
        """Return which version this one replaces, and the beginning of the hash of its text."""
        sha = supersedes.get("content_sha256")
        return f"{supersedes['version']}{f', text {sha[:SHORT_HASH]}' if sha else ''}"

    def why_withdrawn(self) -> str:
        """Return why a record was withdrawn or a briefing stood down, in its last version."""
        is_over = self.copy.whole.status is DocumentStatus.WITHDRAWN
        return str(self.document.get("supersedes", {}).get("text", "")) if is_over else ""

    def special(self) -> dict[str, Callable[[list[tuple[str, Json]]], str]]:
        """Return how lists are drawn that have a form of their own."""
        return {
            "professionals": self.professionals,
            "information/lines": self.information,
            "actions": self.actions,
            "exceptions": self.exceptions,
            "children": self.people,
            "adults": self.people,
        }

    def labelled(self, part: str, content: str) -> str:
        """Return what stands in a part under its label, unless the section is headed so already."""
        label = self.layout.label_of(part)
        return content if label == self.headings[-1][1] else paragraph(run(label), "Heading3") + content

    def top(self, block: Block) -> str:
        """Return answers that stand at the top of the record."""
        _, body = bodies(self.layout, self.document, block)[0]
        rows = [
            self.pair(label, lines(found))
            for path, label, found in answers(self.layout.kind.shape, body, self.name)
            if path in block.only
        ]
        return self.pairs(rows)

    def asked_none(self, block: Block) -> str:
        """Return that a list was asked for and there was none, if so."""
        section, _, name = block.part.rpartition("/")
        holder = self.document.get(section, {}) if section else self.document
        none = self.layout.question_of_list(block.part).question.none
        return paragraph(run(f"{none}.")) if name in holder and none else ""

    def cards(self, part: str, found: list[tuple[str, Json]]) -> str:
        """Return a table of label and answer for each row of a list."""
        shape = self.layout.shape_of(part)
        if columns := self.columns(shape, found):
            return self.labelled(part, columns)
        cards = [self.rows_of(shape, body) for _, body in found]
        if all(len(rows) == 1 for rows in cards):
            return self.labelled(part, self.pairs([rows[0] for rows in cards]))
        return self.labelled(part, "".join(self.card(rows) for rows in cards))

    def card(self, rows: list[str]) -> str:
        """Return what is recorded about one person, place or event as a table, on one page if it is no longer."""
        return self.pairs(rows, whole=len(rows) <= ROWS_OF_A_CARD)

    def columns(self, shape: type, found: list[tuple[str, Json]]) -> str:
        """Return rows of a list as one table with a column for each question; nothing where answers are long."""
        answered = [list(answers(shape, body, self.name)) for _, body in found]
        used = {path for row in answered for path, _, _ in row}
        labels = {path: one.question.label for path, one in flat_fields(shape).items() if path in used}
        short = all(
            len(got) == 1 and len(got[0]) <= SHORT_IN_COLUMNS and "\n" not in got[0]
            for one in answered
            for _, _, got in one
        )
        if len(found) < FEWEST_IN_COLUMNS or not 2 <= len(labels) <= MOST_COLUMNS or not short:
            return ""
        widths = tuple(WIDTH // len(labels) for _ in labels)
        rows = []
        for (_, body), one in zip(found, answered, strict=True):
            known = {path: got for path, _, got in one}
            told = [lines(known.get(path, [])) for path in labels]
            bars = ["restricted" in body, *(False for _ in told[1:])]
            rows.append(row(cell(said, width, bar=bar) for said, width, bar in zip(told, widths, bars, strict=True)))
        return table(widths, rows, tuple(labels.values()))

    def people(self, found: list[tuple[str, Json]]) -> str:
        """Return children or adults, each under the name; in one table of names, where the copy holds no more."""
        known = []
        for pointer, body in found:
            shape = self.layout.shape_of(pointer.split("/", 2)[1])
            # Parts of the name are not printed again below it.
            parts = [
                one for one in ("given_names", "family_name") if str(body.get(one, "-")) in str(body.get("name", ""))
            ]
            known.append(
                (
                    body.get("name") or NO_NAME,
                    self.rows_of(shape, body, skip=("name", *parts, *self.not_printed)),
                )
            )
        if not any(rows for _, rows in known):
            return table((WIDTH,), [row([cell(lines([name], bold=True), WIDTH)]) for name, _ in known])
        return "".join(self.heading(name, 2) + self.card(rows) for name, rows in known)

    def professionals(self, found: list[tuple[str, Json]]) -> str:
        """Return who took part, who was consulted, invited or only named."""
        headed: tuple[str, ...] = ("Name", "Agency", "Role and grade", "How")
        widths: tuple[int, ...] = (2700, 3000, 2566, 1600)
        if not any("attendance" in body for _, body in found):
            headed, widths = headed[:3], (3000, 3600, 3266)
        shape = self.layout.shape_of("professionals")
        shown = ("name", "agency", "organisation", "role", "grade", "manager", "presence", "attendance")
        rows = []
        last = None
        for _, body in found:
            presence = Presence.of(body.get("presence", "named"))
            if presence is not last:
                heads = paragraph(run(presence.label), "CellLabel", keep=True)
                rows.append(row([cell(heads, WIDTH, shade=SHADE, span=len(widths))]))
                last = presence
            known = {path: found for path, _, found in answers(shape, body, self.name)}
            told = [
                (path, f"{label}: {'; '.join(got)}") for path, label, got in answers(shape, body, self.name, skip=shown)
            ]
            more = [words for path, words in told if not path.startswith(CONTACT)]
            # An address needs more room than a column has, or it would be broken in the middle.
            reached = [words for path, words in told if path.startswith(CONTACT)]
            if reached and len(on_one_line := " · ".join(reached)) <= SIGNS_OF_A_LINE:
                reached = [on_one_line]
            manager = ["Manager"] if body.get("manager") else []
            first = lines(known.get("name", [NO_NAME]), bold=True) + lines([*manager, *more])
            agency = lines(known.get("organisation", [])) + lines(known.get("agency", []))
            role = lines([*known.get("role", []), *known.get("grade", [])])
            how = lines(known.get("attendance", []))
            rows.append(row(map(cell, (first, agency, role, how), widths), keep=bool(reached)))
            if reached:
                rows.append(row([cell(lines(reached), WIDTH, span=len(widths))]))
        return table(widths, rows, headed)

    def information(self, found: list[tuple[str, Json]]) -> str:
        """Return what each agency brought, agency by agency."""
        widths = (1900, 5666, 2300)
        shape = self.layout.shape_of("information/lines")
        drawn: list[str] = []
        rows: list[str] = []
        agency: str | None = ""
        for _, body in [*found, ("", {"agency": "end"})]:
            if body.get("agency") != agency:
                if rows:
                    drawn.append(table(widths, rows, ("Kind", "What was said", "By")))
                    rows = []
                agency = body.get("agency")
                if agency == "end":
                    break
                drawn.append(self.heading(Agency.of(agency).label if agency else "Agency not recorded", 2))
            known = {path: found for path, _, found in answers(shape, body, self.name)}
            kind = known.get("kind", ["Kind not recorded"])
            said = lines(
                known.get(
                    "text", ["Records checked, nothing held"] if body.get("kind") == LineKind.NOTHING_HELD else []
                )
            )
            if "restricted" in body:
                audience = known.get("restricted/audiences", []) + known.get("restricted/people", [])
                said += paragraph(run(f"Restricted to {', '.join(audience) or 'nobody named'}"), "Restricted")
                said += lines(known.get("restricted/reason", []))
            when = [*known.get("at", []), *known.get("on", []), *known.get("grade", []), *known.get("code", [])]
            rows.append(
                row(
                    [
                        cell(lines(kind), widths[0], bar="restricted" in body),
                        cell(said, widths[1]),
                        cell(lines([*known.get("by", []), *when]), widths[2]),
                    ]
                )
            )
        return "".join(drawn)

    def actions(self, found: list[tuple[str, Json]]) -> str:
        """Return the actions: what, owner, agency, due, for which child."""
        widths = (700, 3766, 2100, 1600, 1700)
        shape = self.layout.shape_of("actions")
        by_path = flat_fields(shape)
        shown = ("text", "owner", "about", "deadline/due_at", "deadline/event", "deadline/within", "kind", "status")
        rows = []
        for number, (_, body) in enumerate(found, start=1):
            ref = str(body.get("ref", ""))
            what = lines([body["text"]] if str(body.get("text", "")).strip() else ["No words recorded"], bold=False)
            kind = body.get("kind")
            more = [f"{by_path['kind'].question.label}: Standing instruction"] if kind == "standing_instruction" else []
            below = ""
            if body.get("status", "open") != "open":
                more.append(f"Status: {spell_value(by_path['status'], body['status'], self.name)}")
            if set(body) - _PLAIN_ACTION:
                details = [
                    f"{label}: {'; '.join(got)}" for _, label, got in answers(shape, body, self.name, skip=shown)
                ]
                if len(details) > FEW_DETAILS:
                    below = " · ".join(details)
                else:
                    more += details
            elif "priority" in body and body["priority"] != "normal":
                more.append(f"Priority: {spell_value(by_path['priority'], body['priority'], self.name)}")
            owner = self.objects.professional(body.get("owner"))
            who = [self.name(body["owner"])] if "owner" in body else ["No owner"]
            agency = [owner.agency.label] if owner and owner.agency else []
            rows.append(
                row(
                    [
                        cell(lines([ref.rpartition("-")[2] or str(number)]), widths[0], bar="restricted" in body),
                        cell(what + lines(more), widths[1]),
                        cell(lines(who, bold=True) + lines(agency), widths[2]),
                        cell(lines(self.due(body.get("deadline", {}), by_path)), widths[3]),
                        cell(lines([", ".join(self.short_name(one) for one in body.get("about", ()))]), widths[4]),
                    ],
                    keep=bool(below),
                )
            )
            if below:
                under = cell(lines([below]), WIDTH - widths[0], span=len(widths) - 1, bar="restricted" in body)
                rows.append(row([cell("", widths[0]), under]))
        own = paragraph(run("Actions of this discussion"), "Heading3") if self.document.get("earlier_actions") else ""
        return own + table(widths, rows, ("No.", "What", "Owner", "Due", "For"))

    def due(self, deadline: Json, by_path: dict[str, Field]) -> list[str]:
        """Return when an action is to be done: a moment, or an event and how long after it."""
        found = []
        for name in ("due_at", "event", "within"):
            if name in deadline:
                said = spell_value(by_path[f"deadline/{name}"], deadline[name], self.name)
                within = "at once" if said == AT_ONCE else f"within {said}"
                found.append(within if name == "within" else f"After: {said}" if name == "event" else said)
        return found or ["No time set"]

    def exceptions(self, found: list[tuple[str, Json]]) -> str:
        """Return the rules that were passed over, with their words, who, grade, reason and time."""
        rows = []
        shape = self.layout.shape_of("exceptions")
        for _, body in found:
            rule = CATALOGUE.get(body["rule"])
            says = fill(rule.says, self.copy.profile, rule.parameters) if rule else ""
            rows.append(self.group(f"{body['rule']}  {says}".strip()))
            rows += self.rows_of(shape, body)
        return self.pairs(rows)

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
        more += ["A later answer of this agency counts instead"] if replaced else []
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
        names = lines(one.name for one in people if one.name)
        cells = [lines([agency.label]) + names, lines([NO_ANSWER]), "", ""]
        return row([cell(content, width) for content, width in zip(cells, _SIGNED, strict=True)])

    def body(self) -> str:
        """Return the whole body."""
        drawn = []
        for title, blocks in self.sections:
            before = len(self.headings)
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
            seal = " ".join((covers, APPROVED_ABOVE if signed else NOBODY_SIGNED, check))
            drawn.append(paragraph(run("Seal: ", bold=True) + run(seal), "Cell"))
        rest = "".join(drawn)
        toc = ""
        first = self.title_block() + self.about_this_copy()
        if pages_of(first + rest) > LONG:
            toc = paragraph(run("Contents"), "Heading3") + contents(self.contents())
        return first + toc + rest

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


_PLAIN_ACTION = frozenset({"id", "ref", "kind", "text", "owner", "about", "deadline", "priority", "status"})
"""An action that holds no more than these is one plain row of the table."""


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
    whole = paper.copy.whole
    return write_package(
        paper.body(),
        header=paper.header(),
        footer=paper.footer(),
        title=paper.name_of_file(),
        author=whole.provenance.organisation or "Accord",
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
