"""Rules about what is to be achieved, and how: steps, standing instructions, powers and their limits."""

from __future__ import annotations

import re

from meetings.rules.machinery import BriefingCase, Gate, Level, Places, rule
from meetings.vocabulary import ActionKind, ReferenceKind

SERIOUS = ("serious injury", "serious bodily injury")
"""The harm that must be feared before police may enter without a warrant (PACE 1984 s17(1)(e))."""
EMERGENCY_ORDER = re.compile(r"(?<!\w)epo(?!\w)|emergency protection")


@rule(
    "IIM-INT-01",
    "/intention/primary",
    "Write the one thing to achieve in {intention_max} characters or fewer.",
    gate=Gate.ISSUE,
    source="JESIP briefing (jesip.org.uk/briefing)",
    parameters=("intention_max",),
)
def there_is_one_thing_to_achieve(case: BriefingCase) -> Places:
    primary = case.document.intention.primary
    if primary is None or len(primary) > case.profile["intention_max"]:
        yield "/intention/primary"


@rule(
    "IIM-INT-02",
    "/intention/objectives",
    "Cut the objectives to {objectives_max}.",
    level=Level.INFO,
    gate=Gate.ISSUE,
    source="JESIP briefing (jesip.org.uk/briefing)",
    parameters=("objectives_max",),
)
def the_objectives_are_few(case: BriefingCase) -> Places:
    if len(case.document.intention.objectives or ()) > case.profile["objectives_max"]:
        yield "/intention/objectives"


@rule(
    "IIM-MET-01",
    "/method/lead",
    "Name the lead agency.",
    gate=Gate.ISSUE,
    source="JESIP briefing (jesip.org.uk/briefing)",
)
def an_agency_leads(case: BriefingCase) -> Places:
    if case.document.method.lead is None:
        yield "/method/lead"


@rule(
    "IIM-MET-02",
    "/actions",
    "Add one standing instruction: if you meet them, do this.",
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A)",
    urgent=True,
)
def officers_know_what_to_do_if_they_meet_them(case: BriefingCase) -> Places:
    if not any(
        one.kind is ActionKind.STANDING_INSTRUCTION and one.trigger is not None for one in case.document.actions or ()
    ):
        yield "/actions"


@rule(
    "IIM-MET-03",
    "/method/if_refused_entry",
    "Write what to do if nobody opens or entry is refused.",
    gate=Gate.ISSUE,
    source="Home Office Circular 17/2008 (policeprofessional.com summary); Syed v DPP [2010] EWHC 81 (Admin); "
    "Baker v CPS [2009] EWHC 299 (Admin); SCIE",
)
def officers_know_what_to_do_if_entry_is_refused(case: BriefingCase) -> Places:
    if case.document.method.if_refused_entry is None:
        yield "/method/if_refused_entry"


@rule(
    "IIM-MET-04",
    "/method/powers",
    "State that section 46 cannot protect the baby until it is born. A mother under 18 can be protected herself.",
    hard=True,
    gate=Gate.ISSUE,
    source="Children Act 1989 s46 ('child'); Surrey SCB pre-birth procedure",
    nations=("England", "Wales"),
)
def nobody_relies_on_police_protection_before_birth(case: BriefingCase) -> Places:
    if any(case.unborn()) and not any(one.usable_now is False for _, one in case.powers("s46")):
        yield "/method/powers"


@rule(
    "IIM-MET-05",
    "/method/powers",
    "Print both sides: fear of death or serious injury inside is enough; worry about welfare is not enough.",
    gate=Gate.ISSUE,
    source="Syed v DPP [2010] EWHC 81 (Admin); Baker v CPS [2009] EWHC 299 (Admin); SCIE",
    nations=("England", "Wales"),
)
def both_sides_of_the_power_to_enter_are_printed(case: BriefingCase) -> Places:
    for place, one in case.powers("s17(1)(e)"):
        limits = " ".join((one.limits or "").casefold().split())
        if "not enough" not in limits or not any(words in limits for words in SERIOUS):
            yield f"{place}/limits"


@rule(
    "IIM-MET-06",
    "/method",
    "Write 'police protection': there is no such order.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="Home Office Circular 17/2008 (policeprofessional.com summary); East Riding procedures",
)
def no_text_speaks_of_an_order_that_there_is_not(case: BriefingCase) -> Places:
    for passage in case.texts:
        if "police protection order" in " ".join(passage.folded.split()):
            yield passage.place


@rule(
    "IIM-MET-07",
    "/method/powers",
    "Write when this power may be used and where it stops.",
    gate=Gate.ISSUE,
    source="Own requirement; College of Policing APP, Operations: briefing",
)
def a_usable_power_says_when_and_where_it_stops(case: BriefingCase) -> Places:
    for place, one in case.powers():
        if one.usable_now:
            for name in ("test", "limits"):
                if getattr(one, name) is None:
                    yield f"{place}/{name}"


@rule(
    "IIM-MET-08",
    "/method/powers",
    "An emergency protection order is in force: use it, not section 46, unless there is a compelling reason.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="Langley v Liverpool City Council [2005] EWCA Civ 1173",
    nations=("England", "Wales"),
)
def an_emergency_protection_order_comes_first(case: BriefingCase) -> Places:
    words = (
        " ".join(f"{link.value or ''} {link.text or ''}".casefold().split())
        for link in case.document.links or ()
        if link.kind is ReferenceKind.COURT_ORDER
    )
    if any(EMERGENCY_ORDER.search(one) for one in words):
        for place, one in case.powers("s46"):
            if one.usable_now:
                yield place
