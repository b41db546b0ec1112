"""The order of the form of a briefing: its head, people and places, then the letters of IIMARCH."""

from __future__ import annotations

from functools import partial

from meetings import openings as when
from meetings.documents import BRIEFING
from meetings.guides.blocks import Block, Step
from meetings.guides.discussion import LAST_SEEN

TOP = BRIEFING.top
_block = partial(Block, kind=BRIEFING)

STEPS: tuple[Step, ...] = (
    Step(
        "head",
        "Header and trigger",
        "What it is called, what it comes from, how long it is in force, and how it is handled.",
        (
            _block(TOP, ("title",)),
            _block("source"),
            _block("validity"),
            _block("provenance", some={("reason",): when.WRITTEN_LATER}),
            _block("links"),
            _block("marking"),
            _block("supersedes", opening=when.REPLACES_A_VERSION),
        ),
    ),
    Step(
        "people",
        "People",
        "Each child, born or unborn; each adult, the mother of an unborn baby among them; who acts and who decides.",
        (
            _block(
                "children",
                (
                    "kind",
                    "name",
                    "other_script",
                    "known_as",
                    "born_on",
                    "born_on_estimated",
                    "born_on_text",
                    "due_on",
                    "due_on_text",
                    "mother",
                    "sex",
                    "description",
                    "languages",
                    "interpreter",
                    "communication",
                    "legal_status",
                    "legal_status_text",
                    "plan/status",
                    "plan/category",
                    "plan/started_on",
                    "plan/organisation",
                    "plan/next_review_on",
                    "pregnancy/gestation",
                    "pregnancy/place_of_birth",
                    "pregnancy/birth_plan",
                    "pregnancy/maternity_alert",
                    "vulnerabilities",
                    "markers",
                    "voice",
                    "last_seen_at",
                    "last_contact_at",
                    "links",
                    "text",
                ),
                some={
                    ("due_on", "mother", "pregnancy/"): when.UNBORN,
                    ("born_on", "voice", "description"): when.BORN,
                    LAST_SEEN: when.MISSING_PERSON,
                    ("plan/category", "plan/started_on", "plan/organisation", "plan/next"): when.ON_A_PLAN,
                },
            ),
            _block("adults", some={LAST_SEEN: when.MISSING_PERSON}),
            _block(
                "professionals",
                (
                    "kind",
                    "name",
                    "agency",
                    "organisation",
                    "team",
                    "role",
                    "grade",
                    "manager",
                    "contact/phone",
                    "contact/out_of_hours",
                    "contact/email",
                    "text",
                ),
            ),
        ),
    ),
    Step(
        "known",
        "What is known, and where",
        "The summary, why now, where they may be, what was checked and what is not known.",
        (
            _block("information"),
            _block("places", some={("restricted/",): when.CONFIDENTIAL_ADDRESS}),
            _block("information/vehicles"),
            _block("information/phones"),
            _block("information/lines", some={("grade", "code"): when.INTELLIGENCE}),
            _block("information/chronology"),
            _block("missing"),
            _block("missing/episodes"),
        ),
    ),
    Step(
        "intention",
        "Intention and officer card",
        "The one thing to achieve, and what an officer reads first: at most seven lines.",
        (_block("intention"), _block(TOP, ("officer_card",))),
    ),
    Step(
        "method",
        "Method",
        "Who leads, what officers do if they meet them, with which powers, and where the powers stop.",
        (
            _block("method"),
            _block("method/powers"),
            _block("actions", some={("trigger",): when.STANDING_INSTRUCTION}),
            _block(TOP, ("contingencies",)),
        ),
    ),
    Step(
        "administration",
        "Administration",
        "Who owns it, who decides on police protection, where a child would go, and where it is recorded.",
        (_block("administration"),),
    ),
    Step(
        "risk",
        "Risk",
        "Who could be hurt, how likely, how badly, and what stops it. A score never decides.",
        (_block("risk_assessment"), _block("risk_assessment/risks")),
    ),
    Step(
        "communications",
        "Communications",
        "Whom to ring first, what the family may be told, and what nobody may be told.",
        (_block("communications"), _block("communications/call_first"), _block("communications/other_forces")),
    ),
    Step(
        "rights",
        "Human rights",
        "Whose rights are engaged, and four reasons written for this case.",
        (_block("human_rights"), _block("human_rights/articles")),
    ),
    Step(
        "recipients",
        "Recipients and exceptions",
        "Who gets it and by when each must say that it was read; any rule a manager has decided to pass over.",
        (_block("circulation"), _block("exceptions")),
    ),
)
"""The steps of a briefing, in the order in which they are offered; they may be filled in any order."""
