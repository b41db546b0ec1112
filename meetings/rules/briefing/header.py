"""Rules about the head of a briefing: its trace, marking, validity, approval and recipients."""

from __future__ import annotations

from datetime import timedelta

from meetings.facts import has_link, is_by_hand, is_manager
from meetings.folding import is_filled
from meetings.rules.machinery import BriefingCase, Gate, Level, Places, rule
from meetings.vocabulary import PlanStatus, ReferenceKind, SignoffAs


@rule(
    "IIM-HDR-01",
    "/ref",
    "Give the briefing a reference, a title, the meeting or record it comes from, its author and the time.",
    gate=Gate.ISSUE,
    source="Operational-order guide: each order numbered, referenced, names its preparer; sign-for copies with"
    " return/destroy-by date",
)
def the_briefing_can_be_traced(case: BriefingCase) -> Places:
    document = case.document
    for name in ("ref", "title"):
        if getattr(document, name) is None:
            yield f"/{name}"
    leads_somewhere = any(link.value is not None for link in document.links or ())
    if (document.source is None or document.source.ref is None) and not leads_somewhere:
        yield "/source/ref"
    if case.author not in case.professionals:
        yield "/provenance/recorded_by"
    if document.provenance.recorded_at is None:
        yield "/provenance/recorded_at"


@rule(
    "IIM-HDR-02",
    "/marking",
    "Mark it OFFICIAL and, when sensitive, add at least one handling instruction.",
    hard=True,
    gate=Gate.ISSUE,
    source="Government Security Classifications Policy (gov.uk, upd. 5 Aug 2024)",
    urgent=True,
)
def the_marking_says_how_it_is_handled(case: BriefingCase) -> Places:
    marking = case.document.marking
    if marking.tier is None:
        yield "/marking/tier"
    if marking.sensitive and not any(is_filled(words) for words in marking.handling or ()):
        yield "/marking/handling"


@rule(
    "IIM-HDR-03",
    "/validity",
    "Set start, review and end in that order.",
    gate=Gate.ISSUE,
    source="Operational-order guide: each order numbered, referenced, names its preparer; sign-for copies with"
    " return/destroy-by date; design choice (confirm locally)",
)
def start_review_and_end_come_in_that_order(case: BriefingCase) -> Places:
    validity = case.document.validity
    for name, moment in (("from", validity.from_), ("review_at", validity.review_at), ("until", validity.until)):
        if moment is None:
            yield f"/validity/{name}"
    if validity.from_ and validity.review_at and validity.from_ >= validity.review_at:
        yield "/validity/review_at"
    if validity.review_at and validity.until and validity.review_at > validity.until:
        yield "/validity/until"


@rule(
    "IIM-HDR-04",
    "/signoff",
    "Get a supervisor who did not write it to approve it.",
    hard=True,
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A) (DS supervise PCLOs); Laming recommendations (MPA 2004) recs 93-94",
    urgent=True,
)
def a_supervisor_who_did_not_write_it_approved_it(case: BriefingCase) -> Places:
    approvals = [
        (number, one)
        for number, one in enumerate(case.document.signoff or ())
        if one.as_ is SignoffAs.APPROVER and is_by_hand(one)
    ]
    if not approvals:
        yield "/signoff"
    for number, one in approvals:
        if one.by == case.author or not is_manager(case.professionals.get(one.by or ""), case.profile):
            yield f"/signoff/{number}/by"


@rule(
    "IIM-HDR-05",
    "/circulation",
    "Name who gets it and by when each must say 'read', no later than the review.",
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A); design choice (confirm locally)",
)
def every_recipient_has_a_time_to_acknowledge_it(case: BriefingCase) -> Places:
    if not case.document.circulation:
        yield "/circulation"
    review_at = case.document.validity.review_at
    for number, entry in enumerate(case.document.circulation or ()):
        if entry.acknowledge_by is None or (review_at is not None and entry.acknowledge_by > review_at):
            yield f"/circulation/{number}/acknowledge_by"


@rule(
    "IIM-HDR-06",
    "/validity/until",
    "This briefing has expired; actions still stand. Make a new version.",
    gate=Gate.ISSUE,
    source="Operational-order guide: each order numbered, referenced, names its preparer; sign-for copies with"
    " return/destroy-by date; design choice (confirm locally)",
    needs=("clock",),
)
def nobody_relies_on_it_after_its_end(case: BriefingCase) -> Places:
    until = case.document.validity.until
    if until is None:
        return
    if case.now > until:
        yield "/validity/until"
    for number, one in enumerate(case.document.signoff or ()):
        if one.as_ is SignoffAs.RECIPIENT and one.at is not None and one.at > until:
            yield f"/signoff/{number}/at"


@rule(
    "IIM-HDR-07",
    "/signoff",
    "Ring the recipient who has not confirmed and tell the approver.",
    level=Level.WARN,
    gate=Gate.TRACK,
    source="design choice (confirm locally)",
    needs=("clock",),
)
def every_recipient_has_acknowledged_it_in_time(case: BriefingCase) -> Places:
    read: set[str | None] = {one.by for one in case.document.signoff or () if one.as_ is SignoffAs.RECIPIENT}
    for number, entry in enumerate(case.document.circulation or ()):
        if entry.acknowledge_by is not None and case.now > entry.acknowledge_by and entry.to not in read:
            yield f"/circulation/{number}/acknowledge_by"


@rule(
    "IIM-HDR-08",
    "/supersedes",
    "Name the version this one replaces and say what changed.",
    gate=Gate.ISSUE,
    source="HMIC West Mercia 2013 (duplicate records); design choice (confirm locally)",
)
def a_new_version_says_what_changed(case: BriefingCase) -> Places:
    supersedes = case.document.supersedes
    if case.document.version > 1:
        for name in ("version", "text"):
            if supersedes is None or getattr(supersedes, name) is None:
                yield f"/supersedes/{name}"


@rule(
    "IIM-HDR-09",
    "/validity/until",
    "Shorten it to {briefing_validity_days} days or record the approver's reason.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
    parameters=("briefing_validity_days",),
)
def it_is_not_in_force_for_longer_than_usual(case: BriefingCase) -> Places:
    validity = case.document.validity
    if validity.from_ is None or validity.until is None:
        return
    if validity.until - validity.from_ > timedelta(days=case.profile["briefing_validity_days"]):
        yield "/validity/until"


@rule(
    "IIM-HDR-10",
    "/links",
    "Link the missing-person report.",
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A)",
)
def the_missing_report_is_linked(case: BriefingCase) -> Places:
    if case.document.missing.level is not None and not has_link(case.document, ReferenceKind.MISSING_PERSON):
        yield "/links"


@rule(
    "IIM-HDR-11",
    "/links",
    "Link the child protection plan and the authority that holds it.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="IOPC 2020 (Child A)",
)
def the_child_protection_plan_is_linked(case: BriefingCase) -> Places:
    has_plan = any(child.plan.status is PlanStatus.CURRENT for child in case.document.children or ())
    if has_plan and not has_link(case.document, ReferenceKind.CHILD_PROTECTION_PLAN):
        yield "/links"
