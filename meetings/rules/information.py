"""Rules about what each agency said, how it is marked, and on what basis it is shared."""

from __future__ import annotations

from datetime import date

from meetings.documents import Discussion, Line
from meetings.facts import held_on, received_on
from meetings.rules.machinery import Case, Gate, Places, rule
from meetings.vocabulary import Agency, Audience, Concern, HandlingCode, LineKind, Presence, Profession

BRINGS_NO_INFORMATION = frozenset({Agency.LEGAL, Agency.LADO, Agency.OTHER})
"""Agencies that advise; nobody waits for a line of theirs."""


def _tells_something(line: Line) -> bool:
    was_checked = line.by is not None and (line.at is not None or line.on is not None)
    return line.text is not None or (line.kind is LineKind.NOTHING_HELD and was_checked)


@rule(
    "SD-040",
    "/information/lines",
    "Record what this agency said, or that its records were checked and hold nothing.",
    source="Leeds; Wales ('any information shared'); HMIC West Mercia 2013 (unclear what was discussed)",
)
def each_agency_said_something_or_holds_nothing(case: Case) -> Places:
    if silent_agencies(case.document):
        yield "/information/lines"


def silent_agencies(document: Discussion) -> set[Agency]:
    """Return the agencies that took part, or gave information, and of which no line says what they hold."""
    told = {line.agency for line in document.information.lines or () if _tells_something(line)}
    return {
        one.agency
        for one in document.professionals or ()
        if (one.presence is Presence.ATTENDED or one.gave_information)
        and one.agency is not None
        and one.agency not in BRINGS_NO_INFORMATION
        and one.agency not in told
    }


def _gaps_in_marking(line: Line) -> list[str]:
    gaps = [] if line.kind is not None else ["kind"]
    if line.restricted is not None:
        if line.restricted.reason is None:
            gaps.append("restricted/reason")
        if not (line.restricted.audiences or line.restricted.people):
            gaps.append("restricted/audiences")
        if Audience.PARENT in (line.restricted.audiences or ()):
            gaps.append("restricted/audiences")
    return gaps


@rule(
    "SD-041",
    "/information/lines",
    "Mark each line: fact, opinion, third party, intelligence or nothing held, and say why a restricted line is "
    "restricted.",
    source="Norfolk 3.2 (distinguish fact and opinion); GMP police-information guidance; Wales redaction",
)
def each_line_is_marked(case: Case) -> Places:
    for number, line in enumerate(case.document.information.lines or ()):
        for gap in _gaps_in_marking(line):
            yield f"/information/lines/{number}/{gap}"


@rule(
    "SD-042",
    "/sharing",
    "Record the legal basis, and whether the family was told or asked. Consent is not needed to protect a child.",
    source="Bedford/Cumbria (must record reasons when permission not sought); DfE 7 golden rules",
)
def sharing_has_a_basis(case: Case) -> Places:
    sharing = case.document.sharing
    if sharing.consent_sought is None:
        yield "/sharing/consent_sought"
    if sharing.basis is None:
        yield "/sharing/basis"
    if sharing.consent_sought is False and sharing.reason is None:
        yield "/sharing/reason"


def _paediatric_opinions(document: Discussion) -> list[date]:
    """Return the days of the opinions that paediatricians gave."""
    found = []
    for line in document.information.lines or ():
        by = document.professional(line.by)
        day = line.at.date() if line.at else line.on
        is_opinion = line.kind is LineKind.OPINION and line.text is not None and day is not None
        if is_opinion and day and by is not None and by.profession is Profession.PAEDIATRICIAN:
            found.append(day)
    return found


@rule(
    "SD-118",
    "/information/lines",
    "Get a paediatric opinion today and record it.",
    source="Bedford; Bury; Bradford protocols",
    needs=("history:earlier_meetings",),
)
def a_paediatrician_saw_the_injured_baby_at_once(case: Case) -> Places:
    if not case.concerns(Concern.NON_MOBILE_INJURY):
        return
    received, held = received_on(case.document), held_on(case.document)
    opinions = [day for document in (*case.earlier, case.document) for day in _paediatric_opinions(document)]
    if received is None or held is None or not any((received - day).days <= 1 and day <= held for day in opinions):
        yield "/information/lines"


@rule(
    "SD-130",
    "/information/lines",
    "Grade this intelligence and restrict it, or take it out.",
    gate=Gate.CIRCULATE,
    source="College of Policing, intelligence report (3x5x2)",
)
def intelligence_is_graded_and_kept_close(case: Case) -> Places:
    for number, line in enumerate(case.document.information.lines or ()):
        if line.kind is not LineKind.INTELLIGENCE:
            continue
        for name in ("grade", "code"):
            if getattr(line, name) is None:
                yield f"/information/lines/{number}/{name}"
        if line.code is HandlingCode.C and line.restricted is None:
            yield f"/information/lines/{number}/restricted"
