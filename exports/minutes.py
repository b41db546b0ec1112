"""The minutes of a strategy discussion: what stands where, the decision for each child, the letter to a parent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from exports.paper import EXTRACT, Paper
from exports.proof import BECAME, became
from exports.tables import NO_NAME
from exports.word import (
    GAP,
    SHADE,
    WIDTH,
    cell,
    heading,
    lines,
    paragraph,
    row,
    run,
    table,
    written,
)
from meetings.audience import marking_words, may_have
from meetings.calendar import local
from meetings.documents import DISCUSSION, Child, Outcome
from meetings.facts import FGM_REPORT, ChildDates, Clock, clocks, dates_of
from meetings.guides import CONCERNS, Block
from meetings.namesakes import names_of
from meetings.questions import flat_fields
from meetings.spelling import answers, spell_day, spell_instant
from meetings.vocabulary import Audience

Json = dict[str, Any]

TOP = DISCUSSION.top
DECISIONS = "Each child: analysis and decision"
"""Heading of the section that has a part for each child."""
FAMILY = "Adults and places"
DECISIONS_ONLY = {DECISIONS: "Each child: decision", FAMILY: "Adults"}
"""Headings in the copy that holds neither analysis nor places."""

SECTIONS: tuple[tuple[str, tuple[Block, ...]], ...] = (
    (
        "The discussion",
        (
            Block("meeting"),
            Block(TOP, ("title",)),
            Block("provenance"),
            Block("links"),
            Block("previous"),
            Block("supersedes"),
            Block("marking"),
        ),
    ),
    ("Who took part", (Block("professionals"), Block("conflicts"), Block("conflicts/entries"))),
    ("Children", (Block("children"),)),
    (FAMILY, (Block("adults"), Block("places"))),
    ("Referral", (Block("referral"), Block(TOP, ("concerns",)))),
    ("Sharing, interpreting, individual needs", (Block("sharing"), Block("interpreting"), Block(TOP, ("equality",)))),
    ("Information by agency", (Block("information/lines"),)),
    (DECISIONS, (Block("outcomes"),)),
    ("Missing, police protection and other concerns", CONCERNS),
    ("Police, legal, parents", (Block("criminal_investigation"), Block("legal_advice"), Block("telling"))),
    ("Actions", (Block("earlier_actions"), Block("actions"))),
    ("If the plan fails", (Block(TOP, ("contingencies",)),)),
    ("Next discussion", (Block("review"),)),
    ("Dissent", (Block("dissent"), Block("dissent/entries"))),
    ("Rules passed over", (Block("exceptions"),)),
    ("Who gets which copy", (Block("circulation"),)),
)
"""The minutes from first to last: each section with the parts of the record that stand in it."""

_GROUPS_OF_A_CHILD = {
    "voice": "Voice of the child",
    "medical": "Medical",
    "interview": "Interview",
    "immediate_safety": "Safe from now",
    "decision": "Decision",
    "feedback": "Answer to the referrer",
    "conference": "Conference",
}
HIGHLIGHT = "FFF7DF"
EARLIER = ("Reference", "What was agreed", "What became of it", "Now to be done by")
"""Headings of the table of earlier actions."""


def _group_of_a_child(path: str) -> str:
    """Return the heading under which an answer about one child stands; the analysis comes first, without one."""
    group = path.split("/", maxsplit=1)[0]
    return _GROUPS_OF_A_CHILD.get(group, "Leads and what follows" if group in _AFTER_THE_DECISION else "")


_AFTER_THE_DECISION = frozenset({"lead_social_worker", "police_lead", "lead_text", "instead"})


def birth_of(child: Child) -> list[str]:
    """Return when a child was born or is due, if the copy holds it."""
    day = child.born_on or child.due_on
    return [f"{'born' if child.born_on else 'due'} {spell_day(day)}"] if day else []


class Minutes(Paper):
    """The minutes, or the letter to one parent."""

    sections = SECTIONS
    listed_whole = frozenset({DECISIONS, DECISIONS_ONLY[DECISIONS]})

    @property
    def is_letter(self) -> bool:
        """Whether the copy is for a parent or carer, who has what this person is told."""
        return self.copy.reader.audience is Audience.PARENT

    def special(self) -> dict[str, Callable[[list[tuple[str, Json]]], str]]:
        """Return how lists are drawn that have a form of their own."""
        return {**super().special(), "outcomes": self.outcomes, "earlier_actions": self.earlier_actions}

    def headed(self, section: str) -> str:
        """Return the heading of a section in this copy."""
        is_short = self.copy.reader.audience is Audience.DECISIONS
        return DECISIONS_ONLY.get(section, section) if is_short else section

    def name_of_paper(self) -> str:
        """Return what the paper says it is."""
        title = "About your family" if self.is_letter else super().name_of_paper()
        return f"{title}: {EXTRACT}" if self.copy.child else title

    def name_of_file(self) -> str:
        """Return the title of the Word file."""
        names = ", ".join(self.own_name(child.id, child.name) for child in self.objects.subjects if child.name)
        kind = "Letter" if self.is_letter else "Extract of" if self.copy.child else "Minutes of"
        title = f"{kind}{'' if self.is_letter else ' strategy discussion'} {self.objects.ref or ''}"
        return f"{title}: {names}" if names else title

    def body(self) -> str:
        """Return the whole body."""
        return self.letter() if self.is_letter else super().body()

    def outcomes(self, found: list[tuple[str, Json]]) -> str:
        """Return a section for each child: analysis, voice, medical, decision with reasons, who agreed, clocks."""
        drawn = []
        for _, body in found:
            rows: list[str] = []
            for group, answered in groupby(
                answers(Outcome, body, self.name), key=lambda one: _group_of_a_child(one[0])
            ):
                if group:
                    rows.append(self.group(group))
                told = list(answered)
                if told[0][0] == "decision/code":
                    _, label, decided = told.pop(0)
                    rows.append(self.pair(label, lines(decided, bold=True), shade=HIGHLIGHT))
                rows += self.paired(told)
            rows += self.clocks(body["child"])
            over = self.group(self.who(body["child"]), header=True)
            drawn.append(self.heading(self.name(body["child"]), 2) + self.pairs(rows, over=over))
        return "".join(drawn)

    def earlier_actions(self, found: list[tuple[str, Json]]) -> str:
        """Return what became of each action of the earlier discussions: what it was, for whom, and how it stands now.

        Its words are those of the earlier discussion, if that is here and this reader may have them.
        """
        widths, headed = [1900, 3400, 2866, 1700], [*EARLIER]
        if not any(body.get("deadline") for _, body in found):
            widths, headed = [1900, 4300, 3666], headed[:3]
        shape = self.layout.shape_of("earlier_actions")
        held = self.objects.meeting.started_at
        rows, last = [], ""
        for _, body in found:
            if (group := became(body)) != last:
                heads = paragraph(run(group), "CellLabel", keep=True)
                rows.append(row([cell(heads, WIDTH, shade=SHADE, span=len(widths))]))
                last = group
            told = {path: got for path, _, got in answers(shape, body, self.name)}
            words, owner, due = self.agreed_earlier.get(body.get("ref", ""), ("", "", None))
            agreed = lines([words] if words else []) + lines([owner] if owner else [], bold=True)
            now = lines(told.get("text", []))
            if group == BECAME[2]:
                late = [f"Was to be done by {spell_instant(due)}"] if due and held and due < held else []
                now = lines(told.get("status", [])) + lines(late, bold=True) + now
            cells = [lines(told.get("ref", [])), agreed, now]
            if len(widths) > len(cells):
                cells.append(lines(self.due(body["deadline"], flat_fields(shape)) if body.get("deadline") else []))
            rows.append(row(map(cell, cells, widths)))
        return self.labelled("earlier_actions", table(widths, rows, headed))

    @cached_property
    def agreed_earlier(self) -> dict[str, tuple[str, str, datetime | None]]:
        """What each action of the earlier discussions was that this reader may know of: its words, owner and time."""
        found = {}
        for earlier, known in zip(self.copy.discussions, self.copy.known_before, strict=True):
            names = names_of(known)
            for one in earlier.actions or ():
                if one.ref and may_have(one.restricted, self.copy.reader):
                    found[str(one.ref)] = (str(one.text or ""), names.get(str(one.owner), ""), one.deadline.due_at)
        return found

    def who(self, child_id: str) -> str:
        """Return the name of a child with the birth."""
        child = next((one for one in self.objects.children or () if one.id == child_id), None)
        return " · ".join([self.name(child_id), *(self.birth_beside(child) if child else [])])

    def birth_beside(self, child: Child) -> list[str]:
        """Return the birth as it stands beside the name, unless the name says it to tell namesakes apart."""
        return [one for one in birth_of(child) if one not in self.own_name(child.id, child.name or "")]

    def dates(self, child_id: str) -> ChildDates | None:
        """Return the clocks of a child, worked out from all that is not closed to this reader."""
        child = next((one for one in self.copy.known.subjects if one.id == child_id), None)
        return dates_of(child, self.copy.known, self.copy.profile, self.copy.known_before) if child else None

    @cached_property
    def running(self) -> list[Clock]:
        """The clocks that run besides those of section 47, worked out from all that is not closed to this reader."""
        return clocks(self.copy.known, self.copy.profile)

    def clocks(self, child_id: str) -> list[str]:
        """Return the clocks of a child as rows."""
        dates = self.dates(child_id)
        if dates is None or self.copy.reader.audience is Audience.PARENT:
            return []
        named = (
            ("Section 47 started on", dates.s47_start_on),
            ("Conference to be held by", dates.conference_target_on),
            ("Assessment to be finished by", dates.assessment_due_on),
        )
        told = [("", label, [spell_day(day)]) for label, day in named if day is not None]
        told += [
            ("", clock.what, [spell_instant(local(clock.due_at))])
            for clock in self.running
            if clock.child == child_id and clock.due_at is not None
        ]
        rows = self.paired(told)
        return [self.group("Clocks"), *rows] if rows else []

    def title_block(self) -> str:
        """Return what a manager takes in at a glance: what, when, whom, and what was decided for each child."""
        meeting = self.objects.meeting
        drawn = [self.title()]
        rows = []
        if meeting.started_at:
            until = ""
            if meeting.ended_at:
                same_day = meeting.ended_at.date() == meeting.started_at.date()
                until = f" to {meeting.ended_at:%H:%M}" if same_day else f" to {spell_instant(meeting.ended_at)}"
            how = f", {meeting.mode.label.lower()}" if meeting.mode else ""
            rows.append(self.pair("Held", lines([f"{spell_instant(meeting.started_at)}{until}{how}"])))
        if meeting.chair:
            rows.append(self.pair("Chair", lines([self.name(meeting.chair)])))
        if self.objects.review.next_at:
            rows.append(self.pair("Next discussion", lines([spell_instant(self.objects.review.next_at)])))
        if why := self.why_withdrawn():
            rows.append(self.pair("Withdrawn because", lines([why])))
        report = next((one.due_on for one in self.running if one.what == FGM_REPORT), None)
        if report and self.objects.fgm.disclosed_at:
            rows.append(self.pair(f"{FGM_REPORT} by", lines([spell_day(report)])))
        drawn.append(self.pairs(rows))
        drawn.append(self.decision_table())
        return "".join(drawn)

    def decision_table(self) -> str:
        """Return the decision for each child in one table."""
        decided = [(child, self.objects.outcome_of(child.id)) for child in self.objects.subjects]
        conferences = [self.conference(child.id, outcome) for child, outcome in decided]
        widths, headed = [3000, 4066, 2800], ["Child", "Decision", "Conference"]
        if not any(conferences):
            widths, headed = [4000, 5866], ["Child", "Decision"]
        rows = []
        for (child, outcome), conference in zip(decided, conferences, strict=True):
            code = outcome.decision.code if outcome else None
            if self.copy.reader.audience is Audience.PARENT:
                decision = code.label if code else ""
            else:
                decision = code.label if code else "No decision recorded"
            called = self.own_name(child.id, child.name) if child.name else NO_NAME
            name = lines([called], bold=True) + lines(self.birth_beside(child))
            rows.append(row(map(cell, (name, lines([decision], bold=True), lines(conference)), widths)))
        return table(widths, rows, headed) if rows else ""

    def conference(self, child_id: str, outcome: Outcome | None) -> list[str]:
        """Return what is known of the conference for a child."""
        booked = outcome.conference.booked_on if outcome else None
        if booked:
            return [f"Booked for {spell_day(booked)}"]
        if self.copy.reader.audience is Audience.PARENT:
            return []
        dates = self.dates(child_id)
        if dates and dates.conference_target_on:
            return [f"By {spell_day(dates.conference_target_on)}"]
        return [f"Needed: {outcome.conference.needed.label.lower()}"] if outcome and outcome.conference.needed else []

    def letter(self) -> str:
        """Return the copy for a parent: what this adult is told, of which children, what was decided if told all."""
        meeting = self.objects.meeting
        adult = next(iter(self.objects.adults or ()), None)
        rows = [self.pair("Held", lines([spell_instant(meeting.started_at)]))] if meeting.started_at else []
        marking = " ".join(filter(None, (marking_words(self.document), str(self.objects.marking.descriptor or ""))))
        rows.append(self.pair("Marking", lines([marking])))
        children = [self.own_name(child.id, child.name) if child.name else "" for child in self.objects.children or ()]
        rows.append(self.pair("Children", lines(children)))
        rows.append(self.pair("For", lines([self.own_name(adult.id, adult.name) if adult and adult.name else ""])))
        drawn = [self.title(), self.pairs(rows)]
        if self.objects.outcomes:
            drawn.append(self.decision_table())
        told = [str(line.text) for line in self.objects.telling or () if line.text]
        drawn.append(heading("What you are told", 1))
        drawn += [written(words) for words in told or ["Nothing is recorded here."]]
        drawn += [GAP, self.content_hash()]
        return "".join(drawn)
