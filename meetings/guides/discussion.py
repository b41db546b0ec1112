"""The order of the form of a strategy discussion: which parts stand on which step, under which heading."""

from __future__ import annotations

from meetings import openings as when
from meetings.documents import DISCUSSION
from meetings.guides.blocks import Block, Step

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

HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Analysis", ("threshold", "harm", "factors", "analysis", "protective", "impact")),
    ("Voice of the child", ("voice",)),
    ("Medical", ("medical",)),
    ("Interview", ("interview",)),
    ("Safe from now", ("immediate",)),
    ("Decision", ("decision", "lead", "police_lead", "instead")),
    ("Answer to the referrer", ("feedback",)),
    ("Conference", ("conference",)),
)
"""The headings of a child's page, each with the beginnings of the paths that stand under it."""

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
