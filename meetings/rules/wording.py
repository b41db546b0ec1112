"""Rules about the words themselves: out-of-date terms, and confidential addresses in open text."""

from __future__ import annotations

import re

from meetings.documents import Place
from meetings.rules.machinery import Case, Gate, Level, Places, rule
from meetings.rules.texts import places_given_away
from meetings.vocabulary import Audience

OLD_CATEGORY = re.compile(r"\bcse\s+category\s*[:–-]?\s*[123](?!\d)")

OLD_TERMS = re.compile(
    r"\bpolice\s+protection\s+order|\bppo\b|\bschedule\s+(?:one|1)\s+offen|\bchild\s+prostitut|\babscond",
)
"""There is no such order, no such offender, and no such child."""

SOME_OF_EACH_OLD_TERM = ("ppo", "order", "offen", "prostitut", "abscond")
"""One of these stands in every old term: a quick look before the slow one."""

NEVER_FOR_AN_ADDRESS = frozenset({Audience.PARENT, Audience.DECISIONS, Audience.PARTNER})
"""Copies that may not hold a confidential address."""


@rule(
    "SD-105",
    "/exploitation/legacy_label",
    "Keep the old category as the referrer's words only and describe the risk afresh.",
    level=Level.INFO,
    gate=Gate.ENTRY,
    source="MPS reply to the Police and Crime Committee (2014 categories); 2021 London Child Exploitation protocol "
    "'removal of CSE levels'",
)
def no_old_category_of_exploitation_is_used(case: Case) -> Places:
    if case.document.exploitation.legacy_label is not None:
        yield "/exploitation/legacy_label"
    for passage in case.texts:
        is_in_words = "cse" in passage.folded and OLD_CATEGORY.search(passage.folded)
        if is_in_words and passage.place != "/exploitation/legacy_label":
            yield passage.place


@rule(
    "SD-120",
    "/information/lines",
    "Replace the out-of-date term unless you are quoting somebody.",
    level=Level.INFO,
    gate=Gate.ENTRY,
    source="East Riding ('There is no such thing as a Police Protection Order'); Norfolk",
)
def no_out_of_date_term_is_used(case: Case) -> Places:
    for passage in case.texts:
        if any(word in passage.folded for word in SOME_OF_EACH_OLD_TERM) and OLD_TERMS.search(passage.folded):
            yield passage.place


def _gaps_in_restriction(place: Place) -> list[str]:
    if place.restricted is None:
        return []
    gaps = [] if place.restricted.reason is not None else ["restricted/reason"]
    audiences = place.restricted.audiences or []
    if not (audiences or place.restricted.people) or not NEVER_FOR_AN_ADDRESS.isdisjoint(audiences):
        gaps.append("restricted/audiences")
    return gaps


@rule(
    "SD-116",
    "/places",
    "Take the confidential address out of open text and out of every copy a parent could see.",
    hard=True,
    source="GMP third-party guidance; own requirement",
    parameters=("house_words",),
)
def no_confidential_address_can_be_read(case: Case) -> Places:
    for number, place in enumerate(case.document.places or ()):
        for gap in _gaps_in_restriction(place):
            yield f"/places/{number}/{gap}"
    yield from places_given_away(case.document.places, case.texts, case.profile["house_words"])
