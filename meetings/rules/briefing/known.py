"""Rules about what is known: people, checks, absences, and the officer card."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from meetings.documents import Adult, Child
from meetings.folding import is_filled
from meetings.rules.machinery import BriefingCase, Gate, Level, Places, rule
from meetings.vocabulary import BirthKind, LineKind, PlanStatus

OLD_ENOUGH = 10
"""Age from which a child can be charged with an offence, and markers are asked for. Source: the contract's rule."""


def size_of_card(card: Sequence[str] | None) -> tuple[int, int]:
    """Return how many lines and words an officer card has; an entry of several lines counts as several."""
    lines = [line for entry in card or () for line in entry.splitlines() if is_filled(line)]
    return len(lines), sum(len(line.split()) for line in lines)


def _people(case: BriefingCase) -> Iterator[tuple[str, Child | Adult]]:
    for number, child in enumerate(case.document.children or ()):
        yield f"/children/{number}", child
    for number, adult in enumerate(case.document.adults or ()):
        yield f"/adults/{number}", adult


def _may_be_dangerous(person: Child | Adult, case: BriefingCase) -> bool:
    """Whether somebody is old enough for markers, or may be."""
    if isinstance(person, Child) and person.kind is BirthKind.UNBORN:
        return False
    start, born = case.document.validity.from_, person.born_on
    if start is None or born is None:
        return True
    day = start.date()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) >= OLD_ENOUGH


def _is_being_checked(person: Child | Adult, case: BriefingCase) -> bool:
    named = re.compile(rf"(?<!\w){re.escape(person.id)}(?!\w)")
    for check in case.document.information.checks.outstanding or ():
        words = check.text or ""
        if person.id in (check.about or ()) or named.search(words) or (person.name and person.name in words):
            return True
    return False


@rule(
    "IIM-INF-01",
    "/information",
    "Write the summary and why it matters now.",
    gate=Gate.ISSUE,
    source="JESIP briefing (jesip.org.uk/briefing) (What? So what? What might?)",
)
def what_is_known_and_why_it_matters_now_are_written(case: BriefingCase) -> Places:
    for name in ("summary", "why_now"):
        if getattr(case.document.information, name) is None:
            yield f"/information/{name}"


@rule(
    "IIM-INF-02",
    "/children",
    "Add the child or unborn baby this is about.",
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A)",
    urgent=True,
)
def there_is_a_child_it_is_about(case: BriefingCase) -> Places:
    if not case.document.children:
        yield "/children"


@rule(
    "IIM-INF-03",
    "/children/*/born_on",
    "Give the date of birth or due date, or say why it is not known.",
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A); IX/3841/20 (mother 'considered to be overdue')",
)
def the_birth_of_every_child_is_dated(case: BriefingCase) -> Places:
    for number, child in enumerate(case.document.children or ()):
        if child.kind is BirthKind.BORN and child.born_on is None and child.born_on_text is None:
            yield f"/children/{number}/born_on"
        if child.kind is BirthKind.UNBORN and child.due_on is None and child.due_on_text is None:
            yield f"/children/{number}/due_on"


@rule(
    "IIM-INF-04",
    "/children/*/mother",
    "Add the mother as a person of her own and link her.",
    gate=Gate.ISSUE,
    source="London CP Procedures: missing families / unborn",
)
def the_mother_of_an_unborn_baby_is_a_person_of_her_own(case: BriefingCase) -> Places:
    for place, child in case.unborn():
        if child.mother not in case.people:
            yield f"{place}/mother"


@rule(
    "IIM-INF-05",
    "/children/*/plan",
    "Say whether each child is on a child protection plan: yes, no, or not yet known.",
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A)",
)
def each_child_is_on_a_plan_or_not(case: BriefingCase) -> Places:
    waits = bool(case.document.information.checks.outstanding)
    for number, child in enumerate(case.document.children or ()):
        if child.plan.status is None or (child.plan.status is PlanStatus.NOT_KNOWN and not waits):
            yield f"/children/{number}/plan/status"


@rule(
    "IIM-INF-06",
    "/children/*/voice",
    "Write what life is like for this child, in the child's words if you can.",
    gate=Gate.ISSUE,
    source="HMIC West Mercia 2013",
)
def every_child_has_a_voice(case: BriefingCase) -> Places:
    for number, child in enumerate(case.document.children or ()):
        if child.kind is BirthKind.BORN and child.voice is None:
            yield f"/children/{number}/voice"


@rule(
    "IIM-INF-07",
    "/information",
    "List addresses, vehicles, associates and phones, or leave the list empty to say none known.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="College of Policing APP Operations: briefing and debriefing",
)
def addresses_vehicles_associates_and_telephones_were_asked_for(case: BriefingCase) -> Places:
    if case.document.places is None:
        yield "/places"
    for name in ("vehicles", "associates", "phones"):
        if getattr(case.document.information, name) is None:
            yield f"/information/{name}"


@rule(
    "IIM-INF-08",
    "/adults/*/markers",
    "Record each person's warning markers. Write 'none' only after checks; if not checked, list it as outstanding.",
    gate=Gate.ISSUE,
    source="College of Policing APP Operations: briefing and debriefing; HMICFRS 2017 (officers not given "
    "intelligence before attending)",
    parameters=("checks_required",),
)
def warning_markers_were_checked_for_everybody(case: BriefingCase) -> Places:
    for place, person in _people(case):
        if person.markers is None and _may_be_dangerous(person, case) and not _is_being_checked(person, case):
            yield f"{place}/markers"
    done = {one.check for one in case.document.information.checks.done or ()}
    if not done.issuperset(case.profile["checks_required"]):
        yield "/information/checks/done"


@rule(
    "IIM-INF-09",
    "/information/lines",
    "Grade each intelligence line and give it handling code P or C.",
    gate=Gate.ISSUE,
    source="APP Intelligence management: 3x5x2 intelligence report",
)
def intelligence_is_graded(case: BriefingCase) -> Places:
    for number, line in enumerate(case.document.information.lines or ()):
        if line.kind is LineKind.INTELLIGENCE:
            for name in ("grade", "code"):
                if getattr(line, name) is None:
                    yield f"/information/lines/{number}/{name}"


@rule(
    "IIM-INF-10",
    "/missing/analysis",
    "Write what the earlier absences show: pattern, places, return interviews.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="HMIC West Mercia 2013",
    parameters=("earlier_episodes_to_analyse",),
)
def earlier_absences_are_analysed(case: BriefingCase) -> Places:
    missing = case.document.missing
    most = case.profile["earlier_episodes_to_analyse"]
    if missing.earlier_episodes is not None and missing.earlier_episodes >= most and missing.analysis is None:
        yield "/missing/analysis"


@rule(
    "IIM-INF-11",
    "/information/summary",
    "Cut the summary to {summary_max} characters.",
    level=Level.INFO,
    gate=Gate.ISSUE,
    source="JESIP briefing (jesip.org.uk/briefing) ('Brevity is important')",
    parameters=("summary_max",),
)
def the_summary_is_short(case: BriefingCase) -> Places:
    if len(case.document.information.summary or "") > case.profile["summary_max"]:
        yield "/information/summary"


@rule(
    "IIM-INF-12",
    "/information/checks",
    "Nothing to do: the checks still outstanding are shown on the face.",
    level=Level.INFO,
    gate=Gate.ISSUE,
    source="APP National decision model",
)
def no_check_is_outstanding(case: BriefingCase) -> Places:
    if case.document.information.checks.outstanding:
        yield "/information/checks/outstanding"


@rule(
    "IIM-INF-13",
    "/adults/*/last_seen_at",
    "Record when each missing person, and the mother of an unborn baby, was last seen in person, apart "
    "from the last call.",
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A) (telephone contact maintained while away)",
)
def each_missing_person_was_last_seen_at_some_time(case: BriefingCase) -> Places:
    if not case.document.missing.now:
        return
    unborn = {child.id for _, child in case.unborn()}
    mothers = [child.mother for _, child in case.unborn() if child.mother in case.people]
    places = {person.id: place for place, person in _people(case)}
    for local_id in dict.fromkeys([*mothers, *(case.document.missing.people or ())]):
        person = case.people.get(local_id or "")
        if local_id in places and local_id not in unborn and getattr(person, "last_seen_at", None) is None:
            yield f"{places[local_id]}/last_seen_at"


@rule(
    "IIM-INF-14",
    "/officer_card",
    "Write the officer card: at most {officer_card_lines} lines.",
    gate=Gate.ISSUE,
    source="Own requirement; JESIP ('brevity is important')",
    parameters=("officer_card_lines", "officer_card_words"),
    urgent=True,
)
def the_officer_card_can_be_read_at_night(case: BriefingCase) -> Places:
    lines, words = size_of_card(case.document.officer_card)
    if lines == 0 or lines > case.profile["officer_card_lines"] or words > case.profile["officer_card_words"]:
        yield "/officer_card"
