"""The parts of a record as tables: rows of label and answer, and the lists that have a form of their own.

What stands around them on paper is in `paper.py`; how a table is written is in `word.py`; how an answer stands in words
is in `spelling.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from exports.copies import Copy
from exports.proof import bodies
from exports.word import SHADE, WIDTH, cell, heading, lines, paragraph, row, run, table
from meetings.calendar import AT_ONCE
from meetings.documents import Supersedes, kind_of
from meetings.folding import is_filled
from meetings.guides import Block
from meetings.namesakes import called_as, same_name
from meetings.parts import layout_of
from meetings.questions import Field, flat_fields
from meetings.rules import CATALOGUE, fill
from meetings.seal import SHORT_HASH
from meetings.spelling import answers, spell_value
from meetings.vocabulary import Agency, LineKind, Presence

Json = dict[str, Any]

REPLACED = flat_fields(Supersedes)["version"].question.label
NO_NAME = "No name recorded"
_GRID = (2500, 2433, 2500, 2433)
"""Label, answer, label, answer: a long answer takes all after its label."""
SHORT = 26
SHORT_LABEL = 50
"""Characters up to which an answer, and its label, may share a row with another."""
FEWEST_IN_COLUMNS = 2
MOST_COLUMNS = 4
FEW_DETAILS = 3
"""Details of an action up to which they stand in its own column; more go over the whole width below it."""
SIGNS_OF_A_LINE = 95
"""Characters that stand on one line of a table, over its whole width."""
CONTACT = "contact/"
"""How the paths of telephone and e-mail begin."""
ROWS_OF_A_CARD = 12
"""What is recorded about a person, a place or an event stays on one page, up to so many rows."""
SHORT_IN_COLUMNS = 70
"""A list is printed in columns from so many rows, up to so many questions, if no answer is longer than this."""
_PLAIN_ACTION = frozenset({"id", "ref", "kind", "text", "owner", "about", "deadline", "priority", "status"})
"""An action that holds no more than these is one plain row of the table."""


def nameless(person: Any) -> str:
    """Return what stands for somebody whose name is not recorded."""
    known = (getattr(person, name, None) for name in ("given_names", "role", "relation"))
    return next((f"{words} ({NO_NAME.lower()})" for words in known if words), NO_NAME)


class Tables:
    """One drawing: the copy, the names in it, and the headings met so far."""

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
        called = self.copy.names
        return {one.id: called.get(one.id) or nameless(one) for one in self.objects.people().values()}

    def name(self, local_id: str) -> str:
        """Return the name of a person, or what stands there when nobody has that id."""
        return self._names.get(local_id) or f"‘{local_id}’ (nobody by that name here)"

    def own_name(self, local_id: str, name: str) -> str:
        """Return the name of somebody whose row or line it is, with what tells namesakes apart."""
        return called_as(self.copy.names, local_id, name)

    def short_name(self, local_id: str) -> str:
        """Return the given names of a child, or the name of anybody."""
        children = self.objects.children or ()
        given: str | None = next((one.given_names for one in children if one.id == local_id), None)
        if given and sum(same_name(one.given_names or "") == same_name(given) for one in children) == 1:
            return given
        return self.name(local_id)

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
        return self.labelled(block.part, paragraph(run(f"{none}."))) if name in holder and none else ""

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
                    self.own_name(body["id"], body["name"]) if body.get("name") else NO_NAME,
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
            name = self.own_name(body["id"], body["name"]) if "name" in known else NO_NAME
            first = lines([name], bold=True) + lines([*manager, *more])
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
            what = lines([body["text"]] if is_filled(str(body.get("text", ""))) else ["No words recorded"], bold=False)
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
