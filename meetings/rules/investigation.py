"""Rules about the criminal investigation, legal advice, and a child in custody."""

from __future__ import annotations

from meetings.documents import Child, Custody
from meetings.facts import age_on, has_link
from meetings.rules.machinery import Case, Level, Places, rule
from meetings.vocabulary import Audience, Concern, Decision, ReferenceKind

YOUNGEST_IN_SECURE = 12
"""Police and Criminal Evidence Act 1984 s38(6): no secure place is asked for a younger child."""


@rule(
    "SD-056",
    "/criminal_investigation",
    "Add the crime or non-crime number, the officer in the case and what must not be disclosed.",
    source="Doncaster text of WT2023 (info not shared if it jeopardises police investigation); IOPC 2020 (Child A); "
    "Laming 99 (police exclusively run criminal element)",
)
def a_police_enquiry_has_number_officer_and_limits(case: Case) -> Places:
    investigation = case.document.criminal_investigation
    if investigation.status is None:
        yield "/criminal_investigation/status"
    if not case.any_decision({Decision.S47_JOINT, Decision.POLICE_ONLY}):
        return
    if not has_link(case.document, ReferenceKind.CRIME, ReferenceKind.NON_CRIME):
        yield "/links"
    for name in ("officer_in_case", "do_not_disclose"):
        if getattr(investigation, name) is None:
            yield f"/criminal_investigation/{name}"


@rule(
    "SD-058",
    "/legal_advice",
    "Record whether legal advice was sought; put what it said only in the legal copy.",
    level=Level.WARN,
    source="NSCB; Devon; legal privilege",
)
def legal_advice_is_kept_for_the_legal_copy(case: Case) -> Places:
    advice = case.document.legal_advice
    if advice.sought is None:
        yield "/legal_advice/sought"
    if advice.text is not None:
        restricted = advice.restricted
        if restricted is None or restricted.audiences != [Audience.LEGAL] or restricted.people:
            yield "/legal_advice/restricted"


def _gaps_in_custody(custody: Custody) -> list[str]:
    gaps = [name for name in ("child", "arrested_at", "appropriate_adult_at") if getattr(custody, name) is None]
    if custody.bail_refused_at is not None:
        gaps += [name for name in ("transfer_requested_at", "secure_requested") if getattr(custody, name) is None]
        if custody.answer is None and custody.text is None:
            gaps.append("answer")
    if custody.certificate is None:
        gaps.append("certificate")
    return gaps


@rule(
    "SD-112",
    "/custody",
    "Fill in the transfer request and its answer, the certificate and when the appropriate adult came.",
    source="HMIC West Mercia 2013 (15 h for AA, bail); PACE s38(6) via tri.x; Concordat principles 2-4",
    nations=("England", "Wales"),
)
def a_child_in_custody_is_looked_after(case: Case) -> Places:
    custody = case.document.custody
    if not case.concerns(Concern.CUSTODY) and not case.opens("custody"):
        return
    for gap in _gaps_in_custody(custody):
        yield f"/custody/{gap}"
    child = case.people.get(custody.child or "")
    born_on = child.born_on if isinstance(child, Child) else None
    if born_on is None or custody.arrested_at is None or not custody.secure_requested:
        return
    if age_on(custody.arrested_at.date(), born_on) < YOUNGEST_IN_SECURE:
        yield "/custody/secure_requested"
