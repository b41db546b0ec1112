"""What calls for a question that is asked only of some: the sentence that says why it is asked now, and its source.

Which questions wait for which opening stands in `guides.py`. Nothing here judges: what is missing is said by `rules/`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from meetings import sources as cite
from meetings.documents import Discussion, Document
from meetings.sources import Source
from meetings.vocabulary import (
    ActionKind,
    BirthKind,
    Concern,
    ImmediateAction,
    LineKind,
    MeetingType,
    PlanStatus,
    Presence,
    ReferenceKind,
    Seen,
    Tell,
)


@dataclass(frozen=True)
class Opening:
    """Why questions are asked that are not asked of everybody.

    `calls` is given the document and the row or section that the questions stand in (the document itself for a whole
    block). `says` tells the recorder why the questions are there now; it is empty where the questions explain
    themselves. `folds` is False for questions that are always in sight, and only explained when called for.
    """

    calls: Callable[[Any, Any], bool]
    says: str
    source: Source
    folds: bool = True


def _concern(*concerns: Concern) -> Callable[[Any, Any], bool]:
    return lambda document, _row: not set(concerns).isdisjoint(_concerns(document))


def _follows_another(document: Discussion, _row: Any) -> bool:
    return document.meeting.type is MeetingType.REVIEW or document.previous is not None


def _somebody_is_missing(document: Document, _row: Any) -> bool:
    linked = any(one.kind is ReferenceKind.MISSING_PERSON for one in document.links or ())
    return linked or bool(document.missing.now) or Concern.MISSING in _concerns(document)


def _concerns(document: Document) -> list[Concern]:
    """Return what a discussion must notice; a briefing is not asked."""
    return (document.concerns or []) if isinstance(document, Discussion) else []


def _is_missing(document: Document, row: Any) -> bool:
    named = document.missing.people
    return row.id in named if named else _somebody_is_missing(document, row)


def _police_protection_is_used(document: Discussion, _row: Any) -> bool:
    measures = (one.action for outcome in document.outcomes or () for one in outcome.immediate_safety or ())
    return ImmediateAction.S46_POLICE_PROTECTION in set(measures)


def _is_allegation(document: Discussion, _row: Any) -> bool:
    return (
        document.meeting.type is MeetingType.ALLEGATION
        or Concern.POSITION_OF_TRUST in (document.concerns or ())
        or any(one.position_of_trust for one in document.adults or ())
    )


def _more_than_one_authority(document: Discussion, _row: Any) -> bool:
    return document.meeting.type is MeetingType.TRANSFER or Concern.CROSS_BORDER in (document.concerns or ())


def _somebody_needs_an_interpreter(document: Discussion, _row: Any) -> bool:
    people = [*(document.children or ()), *(document.adults or ())]
    return bool(document.interpreting.needed) or any(one.interpreter for one in people)


def _child_of_the_row(document: Discussion, row: Any) -> Any:
    return next((child for child in document.children or () if child.id == row.child), None)


def _is_decided_before_birth(document: Discussion, row: Any) -> bool:
    return getattr(_child_of_the_row(document, row), "kind", None) is BirthKind.UNBORN


FOLLOWS_ANOTHER = Opening(
    _follows_another,
    "This discussion follows another: name it, so that its people, clocks and actions are carried on.",
    cite.DONCASTER,
)
EARLIER_ACTIONS = Opening(
    _follows_another,
    "An earlier discussion agreed actions: each gets a status before new ones are agreed.",
    cite.DONCASTER,
)
REPLACES_A_VERSION = Opening(
    lambda document, _row: document.version > 1,
    "This version takes the place of an earlier one: say what changed and why.",
    cite.OWN,
)
WRITTEN_LATER = Opening(
    lambda _document, provenance: provenance.live is False,
    "Written up later: the time and the reason are part of the record.",
    cite.SCOTLAND_2021,
)
CONSENT_NOT_SOUGHT = Opening(
    lambda _document, sharing: sharing.consent_sought is False,
    "Consent was not sought: it is not needed to protect a child, but the reason is recorded.",
    cite.DPA_2018,
)
DID_NOT_TAKE_PART = Opening(
    lambda _document, person: person.presence is Presence.INVITED_ABSENT,
    "Asked, and did not take part: say why, when they were tried, and whether they sent information.",
    cite.MARAC_PRACTICE,
)
UNBORN = Opening(
    lambda _document, child: child.kind is BirthKind.UNBORN,
    "Not born yet: the expected date, the mother, and what happens at the birth are asked now.",
    cite.SURREY,
)
BORN = Opening(lambda _document, child: child.kind is not BirthKind.UNBORN, "", cite.CIN_CENSUS)
NOT_DECIDED_ABOUT = Opening(
    lambda _document, child: child.subject is False,
    "Listed and not decided about: say why, so that no child of the family is overlooked.",
    cite.LEEDS_TIPS,
)
ON_A_PLAN = Opening(
    lambda _document, child: child.plan.status in (PlanStatus.CURRENT, PlanStatus.ENDED),
    "There is, or was, a child protection plan: its category, its dates and who holds it.",
    cite.CIN_CENSUS,
)
MISSING_PERSON = Opening(
    _is_missing,
    "Somebody is missing: a telephone call is not a sighting, so when they were last seen in person is asked apart.",
    cite.IOPC_2020,
)
MISSING = Opening(
    _somebody_is_missing,
    "A child, a parent or the family is or was missing: the search needs a report, a last sighting and a risk level, "
    "and repeat episodes are looked at together.",
    cite.IOPC_2020,
)
POLICE_PROTECTION = Opening(
    _police_protection_is_used,
    "Police protection is what keeps a child safe now: the Act says who must be told, and it ends after 72 hours.",
    cite.CA_S46,
)
CUSTODY = Opening(
    _concern(Concern.CUSTODY),
    "A child is in police custody: after bail is refused the authority must be asked for a place, and its answer "
    "recorded.",
    cite.PACE_S38,
)
FGM = Opening(
    _concern(Concern.FGM),
    "Female genital mutilation is a concern: whoever was told, or saw signs, reports it to police in person.",
    cite.FGM_ACT,
)
FII = Opening(
    _concern(Concern.FII),
    "Illness may be fabricated or induced: the responsible consultant takes part, and the readers are named.",
    cite.SURREY,
)
EXPLOITATION = Opening(
    _concern(Concern.EXPLOITATION),
    "Exploitation is a concern: the national referral mechanism and the panel are each decided on.",
    cite.CE_PROTOCOL,
)
POSITION_OF_TRUST = Opening(
    _is_allegation,
    "Somebody who works with children is accused: the designated officer is told at once, and no colleague decides.",
    cite.LADO_PROCEDURES,
)
RISK_TO_CHILDREN = Opening(
    _concern(Concern.RISK_TO_CHILDREN),
    "An adult who poses a risk to children is involved: whoever manages that adult belongs at the table.",
    cite.HMIC_2013,
)
RESPONSIBILITY = Opening(
    _more_than_one_authority,
    "More than one authority is involved: one accepts the responsibility in writing, until then the host keeps it.",
    cite.LOCAL_PROCEDURES,
)
INTERPRETER = Opening(
    _somebody_needs_an_interpreter,
    "Somebody needs an interpreter, signer or intermediary: never a relative, a friend or a child.",
    cite.DONCASTER,
)
INTELLIGENCE = Opening(
    lambda _document, line: line.kind is LineKind.INTELLIGENCE,
    "Police intelligence: its grade and handling code travel with it.",
    cite.INTELLIGENCE_REPORT,
)
CONFIDENTIAL_ADDRESS = Opening(
    _concern(Concern.DOMESTIC_ABUSE, Concern.HONOUR_BASED_ABUSE, Concern.FORCED_MARRIAGE),
    "Somebody may be looking for this family: an address marked here is left out of every copy that could carry it "
    "to them.",
    cite.GMP_GUIDANCE,
    folds=False,
)
DOMESTIC_ABUSE = Opening(
    _concern(Concern.DOMESTIC_ABUSE),
    "Domestic abuse is a concern: few records say how it affected the child, so it is asked for each one.",
    cite.HMIC_2013,
)
SEEN = Opening(
    lambda document, outcome: (
        outcome.voice.seen is not Seen.NOT_APPLICABLE and not _is_decided_before_birth(document, outcome)
    ),
    "",
    cite.WORKING_TOGETHER,
)
BABY_INJURED = Opening(
    _concern(Concern.NON_MOBILE_INJURY),
    "A baby who cannot move about is injured: a paediatrician gives an opinion the same day.",
    cite.LOCAL_PROCEDURES,
    folds=False,
)
TURNED_DOWN = Opening(
    lambda _document, outcome: outcome.turns_section_47_down,
    "Section 47 enquiries are not started: say what happens instead.",
    cite.LOCAL_PROCEDURES,
)
HELD_BACK = Opening(
    lambda _document, telling: telling.tell not in (None, Tell.ALL),
    "Something is held back: say why, who decided that, and when it is looked at again.",
    cite.SUSSEX,
)
NOT_RESOLVED = Opening(
    lambda _document, entry: entry.resolved is False,
    "Not resolved: the next step, to whom it goes and by when.",
    cite.SUSSEX,
)
STANDING_INSTRUCTION = Opening(
    lambda _document, action: action.kind is ActionKind.STANDING_INSTRUCTION,
    "A standing instruction waits for something to happen: say for what.",
    cite.OWN,
)
OUT_OF_HOURS = Opening(
    lambda document, _row: document.meeting.type is MeetingType.OUT_OF_HOURS,
    "Held out of hours: what cannot wait stands on one page. The other steps are completed when the offices open.",
    cite.LOCAL_PROCEDURES,
)
