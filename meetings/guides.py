"""The order of the guided form: which parts stand on which step, under which heading."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.parts import TOP, answers_of, lists


@dataclass(frozen=True)
class Block:
    """One section, one list of rows, or some questions of a part, as it stands on a step.

    `only` names the questions asked here; without it all of the part are.
    """

    part: str
    only: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        """Whether the block is a list of rows."""
        return self.part in lists()

    def paths(self) -> tuple[str, ...]:
        """Return the flat paths that are asked here."""
        asked = {path for path, one in answers_of(self.part).items() if one.asked}
        return tuple(path for path in (self.only or answers_of(self.part)) if path in asked)


@dataclass(frozen=True)
class Step:
    """One page of the guided form."""

    key: str
    title: str
    about: str
    blocks: tuple[Block, ...]


CONCERNS = (
    Block("missing"),
    Block("missing/episodes"),
    Block("police_protection"),
    Block("custody"),
    Block("fgm"),
    Block("fii"),
    Block("exploitation"),
    Block("position_of_trust"),
    Block("risk_to_children"),
    Block("responsibility"),
)
"""What a discussion may have to notice; form and minutes keep one order."""

STEPS: tuple[Step, ...] = (
    Step(
        "open",
        "The discussion",
        "When and how it is held, who chairs, and how this record is marked.",
        (
            Block("meeting"),
            Block(TOP, ("title",)),
            Block("provenance"),
            Block("links"),
            Block("previous"),
            Block("marking"),
        ),
    ),
    Step(
        "people",
        "Who takes part",
        "Everybody who takes part, who was invited and did not, and who is named later as owner or lead.",
        (Block("professionals"), Block("conflicts"), Block("conflicts/entries")),
    ),
    Step(
        "children",
        "Children",
        "Every child of the household, and of the same parents elsewhere, born or unborn.",
        (Block("children"),),
    ),
    Step(
        "adults",
        "Adults and places",
        "Parents, also those who live elsewhere, carers and others who matter; every address.",
        (Block("adults"), Block("places")),
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
        (Block("sharing"), Block("interpreting"), Block(TOP, ("equality",))),
    ),
    Step(
        "information",
        "What each agency brought",
        "One line for each piece of information: fact, opinion, third party; or records checked and nothing held.",
        (Block("information/lines"),),
    ),
    Step(
        "decisions",
        "Each child: analysis and decision",
        "One page for each child. Nothing is decided for all at once.",
        (Block("outcomes"),),
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
        (Block("criminal_investigation"), Block("legal_advice"), Block("telling")),
    ),
    Step(
        "actions",
        "Actions",
        "First what became of earlier actions; then who will do what by when.",
        (Block("earlier_actions"), Block("actions")),
    ),
    Step(
        "closing",
        "Contingency, review, dissent",
        "What happens if the plan fails, when you meet again, and whether anybody disagrees.",
        (Block(TOP, ("contingencies",)), Block("review"), Block("dissent"), Block("dissent/entries")),
    ),
    Step(
        "circulation",
        "Copies and exceptions",
        "Who gets which copy, and any rule a manager has decided to pass over.",
        (Block("circulation"), Block("exceptions"), Block("supersedes")),
    ),
)
"""The steps of a strategy discussion, in the order in which they are offered; they may be filled in any order."""


def step(key: str) -> Step:
    """Return the step of that key. Raises KeyError."""
    return next(one for one in STEPS if one.key == key) if key in {one.key for one in STEPS} else _unknown(key)


def _unknown(key: str) -> Step:
    raise KeyError(key)


def step_of(part: str, path: str = "") -> Step:
    """Return the step on which a question of a part stands; the first step if it stands on none."""
    for one in STEPS:
        for block in one.blocks:
            if block.part == part and (not block.only or not path or path.split("/", maxsplit=1)[0] in block.only):
                return one
    return STEPS[0]
