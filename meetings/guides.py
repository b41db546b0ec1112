"""The order of the guided form: which parts stand on which step, under which heading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from meetings import openings as when
from meetings.documents import DISCUSSION, Discussion, DocumentKind
from meetings.openings import Opening
from meetings.parts import layout_of


@dataclass(frozen=True)
class Block:
    """One section, one list of rows, or some questions of a part, as it stands on a step.

    `only` names the questions asked here; without it all of the part are. `opening` says when the whole block is
    called for, and `some` when some of its questions are: the key is the beginning of their paths.
    """

    part: str
    only: tuple[str, ...] = ()
    opening: Opening | None = None
    some: Mapping[tuple[str, ...], Opening] = field(default_factory=dict, hash=False)
    kind: DocumentKind = DISCUSSION

    @property
    def is_list(self) -> bool:
        """Whether the block is a list of rows."""
        return self.part in layout_of(self.kind).lists

    def paths(self) -> tuple[str, ...]:
        """Return the flat paths that are asked here."""
        known = layout_of(self.kind).answers_of(self.part)
        return tuple(path for path in (self.only or known) if path in known and known[path].asked)

    def is_called(self, document: Discussion) -> bool:
        """Whether this discussion calls for the block."""
        return self.opening is None or self.opening.calls(document, document)

    def opening_of(self, path: str) -> Opening | None:
        """Return what calls for the question at a path, where it is not asked of everybody."""
        found = (opening for starts, opening in self.some.items() if path.startswith(starts))
        return next(found, None)

    def called(self, document: Discussion, row: Any) -> dict[str, tuple[Opening, bool]]:
        """Return, for each question that waits for something, what for, and whether that is so in this row."""
        verdicts = {id(opening): opening.calls(document, row) for opening in self.some.values()}
        waiting = ((path, self.opening_of(path)) for path in self.paths())
        return {path: (opening, verdicts[id(opening)]) for path, opening in waiting if opening is not None}


@dataclass(frozen=True)
class Step:
    """One page of the guided form."""

    key: str
    title: str
    about: str
    blocks: tuple[Block, ...]
    opening: Opening | None = None

    def is_called(self, document: Discussion) -> bool:
        """Whether this discussion calls for anything that stands on the step."""
        return any(block.is_called(document) for block in self.blocks)


TOP = DISCUSSION.top

CONCERNS = (
    Block("missing", opening=when.MISSING),
    Block("missing/episodes", opening=when.MISSING),
    Block("police_protection", opening=when.POLICE_PROTECTION),
    Block("custody", opening=when.CUSTODY),
    Block("fgm", opening=when.FGM),
    Block("fii", opening=when.FII),
    Block("exploitation", opening=when.EXPLOITATION),
    Block("position_of_trust", opening=when.POSITION_OF_TRUST),
    Block("risk_to_children", opening=when.RISK_TO_CHILDREN),
    Block("responsibility", opening=when.RESPONSIBILITY),
)
"""What a discussion may have to notice; form and minutes keep one order."""

INTERPRETER_DETAILS = ("language", "mode", "name", "arranged_by", "family_or_friend", "text")
LAST_SEEN = ("last_seen_at", "last_contact_at", "description")

OUTCOMES = Block(
    "outcomes",
    some={
        ("impact_of_domestic_abuse",): when.DOMESTIC_ABUSE,
        ("voice/alone", "voice/at", "voice/by", "voice/plan", "voice/reason"): when.SEEN,
        ("medical/needed",): when.BABY_INJURED,
        ("instead",): when.TURNED_DOWN,
    },
)
"""What is decided for one child; every child has a page of its own."""

STEPS: tuple[Step, ...] = (
    Step(
        "open",
        "The discussion",
        "When and how it is held, who chairs, and how this record is marked.",
        (
            Block("meeting"),
            Block(TOP, ("title",)),
            Block("provenance", some={("reason",): when.WRITTEN_LATER}),
            Block("links"),
            Block("previous", opening=when.FOLLOWS_ANOTHER),
            Block("marking"),
        ),
    ),
    Step(
        "people",
        "Who takes part",
        "Everybody who takes part, who was invited and did not, and who is named later as owner or lead.",
        (
            Block("professionals", some={("reason", "tried_at", "gave_information"): when.DID_NOT_TAKE_PART}),
            Block("conflicts"),
            Block("conflicts/entries"),
        ),
    ),
    Step(
        "children",
        "Children",
        "Every child of the household, and of the same parents elsewhere, born or unborn.",
        (
            Block(
                "children",
                some={
                    ("due_on", "mother", "pregnancy/"): when.UNBORN,
                    ("born_on", "school"): when.BORN,
                    ("reason",): when.NOT_DECIDED_ABOUT,
                    (
                        "plan/category",
                        "plan/started_on",
                        "plan/ended_on",
                        "plan/organisation",
                        "plan/last",
                        "plan/next",
                    ): when.ON_A_PLAN,
                    LAST_SEEN: when.MISSING_PERSON,
                },
            ),
        ),
    ),
    Step(
        "adults",
        "Adults and places",
        "Parents, also those who live elsewhere, carers and others who matter; every address.",
        (
            Block("adults", some={LAST_SEEN: when.MISSING_PERSON}),
            Block("places", some={("restricted/",): when.CONFIDENTIAL_ADDRESS}),
        ),
    ),
    Step(
        "referral",
        "Referral and concerns",
        "What set this off, in the referrer's words, and what the discussion must notice.",
        (Block("referral"), Block(TOP, ("concerns",))),
    ),
    Step(
        "sharing",
        "Sharing and interpreting",
        "The basis for sharing information, and what people need in order to understand each other.",
        (
            Block("sharing", some={("reason",): when.CONSENT_NOT_SOUGHT}),
            Block("interpreting", some={INTERPRETER_DETAILS: when.INTERPRETER}),
            Block(TOP, ("equality",)),
        ),
    ),
    Step(
        "information",
        "What each agency brought",
        "One line for each piece of information: fact, opinion, third party; or records checked and nothing held.",
        (Block("information/lines", some={("grade", "code"): when.INTELLIGENCE}),),
    ),
    Step(
        "decisions",
        "Each child: analysis and decision",
        "One page for each child. Nothing is decided for all at once.",
        (OUTCOMES,),
    ),
    Step(
        "concerns",
        "Missing, police protection and other concerns",
        "Only what this discussion calls for.",
        CONCERNS,
    ),
    Step(
        "police",
        "Police, legal, parents",
        "The criminal investigation, legal advice, and who tells each parent what and when.",
        (
            Block("criminal_investigation"),
            Block("legal_advice"),
            Block("telling", some={("withheld", "reason", "decided_by", "review_at"): when.HELD_BACK}),
        ),
    ),
    Step(
        "actions",
        "Actions",
        "First what became of earlier actions; then who will do what by when.",
        (
            Block("earlier_actions", opening=when.EARLIER_ACTIONS),
            Block("actions", some={("trigger",): when.STANDING_INSTRUCTION}),
        ),
    ),
    Step(
        "closing",
        "Contingency, review, dissent",
        "What happens if the plan fails, when you meet again, and whether anybody disagrees.",
        (
            Block(TOP, ("contingencies",)),
            Block("review"),
            Block("dissent"),
            Block("dissent/entries", some={("escalation/",): when.NOT_RESOLVED}),
        ),
    ),
    Step(
        "circulation",
        "Copies and exceptions",
        "Who gets which copy, and any rule a manager has decided to pass over.",
        (Block("circulation"), Block("exceptions"), Block("supersedes", opening=when.REPLACES_A_VERSION)),
    ),
)
"""The steps of a strategy discussion, in the order in which they are offered; they may be filled in any order."""

SHORT_FORM = Step(
    "tonight",
    "Out of hours: what cannot wait",
    "Who spoke, which child, what is known, what keeps the child safe until the offices open, and who does what.",
    (
        Block("meeting", ("type", "mode", "started_at", "ended_at", "convened_by", "chair")),
        Block(
            "professionals",
            (
                "name",
                "agency",
                "organisation",
                "role",
                "grade",
                "manager",
                "presence",
                "attendance",
                "tried_at",
                "contact/phone",
            ),
        ),
        Block("children", ("name", "kind", "born_on", "due_on", "mother", "subject")),
        Block("adults", ("name", "relation", "parent_of", "markers")),
        Block("referral", ("received_at", "source", "text")),
        Block("information/lines", ("agency", "by", "kind", "text")),
        Block("actions", ("text", "owner", "about", "deadline/due_at")),
        Block("review", ("next_at", "reason")),
    ),
    when.OUT_OF_HOURS,
)
"""The form of a telephone call at night: some questions of the steps, on one page; no question stands only here."""


def steps_for(document: Discussion) -> tuple[Step, ...]:
    """Return the steps that are offered for a discussion, the short form first where it was held out of hours."""
    short = SHORT_FORM.opening is not None and SHORT_FORM.opening.calls(document, document)
    return (SHORT_FORM, *STEPS) if short else STEPS


def step(key: str) -> Step:
    """Return the step of that key. Raises KeyError."""
    for one in (*STEPS, SHORT_FORM):
        if one.key == key:
            return one
    raise KeyError(key)


def step_of(part: str, path: str = "") -> Step:
    """Return the step on which a question of a part stands; the first step if it stands on none."""
    for one in STEPS:
        for block in one.blocks:
            if block.part == part and (not block.only or not path or path.split("/", maxsplit=1)[0] in block.only):
                return one
    return STEPS[0]
