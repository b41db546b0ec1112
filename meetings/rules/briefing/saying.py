"""Rules about what is said to whom, and why the interference with rights is justified."""

from __future__ import annotations

from meetings.documents import Briefing
from meetings.folding import is_filled, plain
from meetings.rules.machinery import BriefingCase, Gate, Level, Places, rule
from meetings.vocabulary import Agency, Article, MissingLevel

REASONS = ("proportionate", "legal", "accountable", "necessary")
"""The four separate reasons (PLAN)."""


def articles(case: BriefingCase) -> set[Article | None]:
    """Return the articles that are listed."""
    return {one.article for one in case.document.human_rights.articles or ()}


@rule(
    "IIM-COM-01",
    "/communications/call_first",
    "Give a police supervisor and the out-of-hours social care number, both answered at night.",
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A); Sussex CP Procedures 8.6.7",
    urgent=True,
)
def two_numbers_are_answered_at_night(case: BriefingCase) -> Places:
    entries = case.document.communications.call_first or []
    answered = {one.agency for one in entries if one.who and one.number}
    if Agency.POLICE not in answered or answered.isdisjoint({Agency.SOCIAL_CARE, Agency.EMERGENCY_DUTY_TEAM}):
        yield "/communications/call_first"
    for number, one in enumerate(entries):
        if one.number is None:
            yield f"/communications/call_first/{number}/number"


@rule(
    "IIM-COM-02",
    "/communications/other_forces",
    "Ring the other force and record contact, time and its reference.",
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A) (hospital in another force area)",
)
def each_other_force_was_told(case: BriefingCase) -> Places:
    for number, one in enumerate(case.document.communications.other_forces or ()):
        for name in ("contact", "told_at", "reference"):
            if getattr(one, name) is None:
                yield f"/communications/other_forces/{number}/{name}"


@rule(
    "IIM-COM-03",
    "/communications/do_not_disclose",
    "Say what must not be told, or check that there is nothing.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
)
def what_must_not_be_told_is_written(case: BriefingCase) -> Places:
    if not any(is_filled(words) for words in case.document.communications.do_not_disclose or ()):
        yield "/communications/do_not_disclose"


@rule(
    "IIM-COM-04",
    "/communications/tell_family",
    "Write what officers may tell the family.",
    gate=Gate.ISSUE,
    source="College of Policing APP Operations: briefing and debriefing",
)
def what_the_family_may_be_told_is_written(case: BriefingCase) -> Places:
    if case.document.communications.tell_family is None:
        yield "/communications/tell_family"


@rule(
    "IIM-HUM-01",
    "/human_rights/articles",
    "For each article say whose right and how it is engaged.",
    gate=Gate.ISSUE,
    source="College of Policing APP Operations: briefing and debriefing",
)
def each_right_that_is_engaged_is_explained(case: BriefingCase) -> Places:
    if not case.document.human_rights.articles:
        yield "/human_rights/articles"
    for number, one in enumerate(case.document.human_rights.articles or ()):
        for name in ("whose", "text"):
            if getattr(one, name) is None:
                yield f"/human_rights/articles/{number}/{name}"


@rule(
    "IIM-HUM-02",
    "/human_rights/articles",
    "Add Article 8: whose right, and how it is engaged.",
    gate=Gate.ISSUE,
    source="Policing and the ECHR handbook",
)
def the_right_to_family_life_is_considered(case: BriefingCase) -> Places:
    if Article.A8 not in articles(case):
        yield "/human_rights/articles"


@rule(
    "IIM-HUM-03",
    "/human_rights",
    "Write four separate reasons: proportionate, legal, accountable, necessary.",
    gate=Gate.ISSUE,
    source="policeprofessional.com 'A test of proportionality'; design choice (confirm locally)",
    parameters=("human_rights_min_chars",),
)
def there_are_four_separate_reasons(case: BriefingCase) -> Places:
    for name in REASONS:
        words = getattr(case.document.human_rights, name) or ""
        if len(plain(words)) < case.profile["human_rights_min_chars"]:
            yield f"/human_rights/{name}"


@rule(
    "IIM-HUM-04",
    "/human_rights/less_intrusive",
    "Say what gentler way was considered and why it is not enough.",
    gate=Gate.ISSUE,
    source="policeprofessional.com 'A test of proportionality' factor (b)",
)
def a_gentler_way_was_considered(case: BriefingCase) -> Places:
    if case.document.human_rights.less_intrusive is None:
        yield "/human_rights/less_intrusive"


@rule(
    "IIM-HUM-05",
    "/human_rights/articles",
    "Consider Article 2 or 3: the risk is high.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
)
def life_and_dignity_are_considered_when_the_risk_is_high(case: BriefingCase) -> Places:
    if case.document.missing.level is MissingLevel.HIGH and articles(case).isdisjoint({Article.A2, Article.A3}):
        yield "/human_rights/articles"


@rule(
    "IIM-HUM-06",
    "/human_rights",
    "Rewrite the four reasons for this case: they match an earlier briefing word for word.",
    level=Level.INFO,
    gate=Gate.ISSUE,
    source="policeprofessional.com (stock phraseology to be deprecated)",
    needs=("history:briefings",),
)
def the_reasons_were_written_for_this_case(case: BriefingCase) -> Places:
    mine = [getattr(case.document.human_rights, name) for name in REASONS]
    if None in mine:
        return
    for other in case.history:
        if not isinstance(other, Briefing) or other.id == case.document.id:
            continue
        if [getattr(other.human_rights, name) for name in REASONS] == mine:
            yield "/human_rights"
