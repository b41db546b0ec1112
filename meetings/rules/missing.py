"""Rules about people who are missing, and about repeat absences."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from meetings.documents import Episode
from meetings.facts import has_link
from meetings.rules.machinery import Case, Level, Places, rule
from meetings.vocabulary import ReferenceKind, ReturnInterview


def _places_without_last_seen(case: Case) -> Places:
    if case.document.missing.reason is not None:
        return
    found: dict[str, str] = {one.id: f"/children/{number}" for number, one in enumerate(case.document.children or ())}
    found |= {one.id: f"/adults/{number}" for number, one in enumerate(case.document.adults or ())}
    for local_id in case.document.missing.people or ():
        person = case.people.get(local_id)
        if getattr(person, "last_seen_at", None) is None:
            yield f"{found[local_id]}/last_seen_at" if local_id in found else "/missing/people"


@rule(
    "SD-100",
    "/missing",
    "Add the missing report number, when the person was last seen, the risk level and the alerts, and make the "
    "briefing.",
    source="IOPC IOPC 2020 (Child A); London missing families ch. 5; Sussex 5.6.7",
)
def the_search_can_start(case: Case) -> Places:
    missing = case.document.missing
    if not missing.now:
        return
    if not missing.people:
        yield "/missing/people"
    yield from _places_without_last_seen(case)
    for name in ("level", "alerts"):
        if getattr(missing, name) is None:
            yield f"/missing/{name}"
    if not has_link(case.document, ReferenceKind.MISSING_PERSON):
        yield "/links"
    someone_briefs = any("briefing" in (action.text or "").casefold() for action in case.document.actions or ())
    if not someone_briefs and not has_link(case.document, ReferenceKind.BRIEFING):
        yield "/actions"


def _is_recent(moment: datetime | None, case: Case) -> bool:
    """Whether it was before the meeting, and in the days that count."""
    started_at = case.document.meeting.started_at
    if moment is None or started_at is None or moment > started_at:
        return False
    most: int = case.profile["missing_window_days"]
    return (started_at.date() - moment.date()).days <= most


@rule(
    "SD-103",
    "/missing/response",
    "Add the action that assesses all these absences together and reduces the harm.",
    source="HMIC West Mercia 2013 (missing more than 3 times, no assessment)",
    parameters=("missing_episodes_threshold", "missing_window_days"),
)
def repeat_absences_are_assessed_together(case: Case) -> Places:
    missing = case.document.missing
    recent = [episode for episode in missing.episodes or () if _is_recent(episode.started_at, case)]
    if len(recent) >= case.profile["missing_episodes_threshold"] and not case.is_action(missing.response):
        yield "/missing/response"


def _gap_in_return(episode: Episode, hours: int) -> str | None:
    interview = episode.return_interview
    is_none = interview.status is None and interview.on is None and interview.due_at is None
    if is_none or interview.status is ReturnInterview.NOT_OFFERED or episode.ended_at is None:
        return "return_interview/status"
    returned, most = episode.ended_at, timedelta(hours=hours)
    if interview.on is not None:
        day_begins = datetime.combine(interview.on, time.min, returned.tzinfo)
        return "return_interview/on" if day_begins - returned > most else None
    if interview.due_at is not None and interview.due_at - returned > most:
        return "return_interview/due_at"
    return None


@rule(
    "SD-104",
    "/missing/episodes",
    "Arrange the return interview within {return_interview_hours} hours of the return.",
    level=Level.WARN,
    source="DfE statutory guidance via Missing People ('completed within 72 hours')",
    parameters=("return_interview_hours", "missing_window_days"),
)
def each_return_is_talked_over(case: Case) -> Places:
    children: set[str | None] = {child.id for child in case.document.children or ()}
    for number, episode in enumerate(case.document.missing.episodes or ()):
        if episode.person not in children or not _is_recent(episode.ended_at, case):
            continue
        if gap := _gap_in_return(episode, case.profile["return_interview_hours"]):
            yield f"/missing/episodes/{number}/{gap}"
