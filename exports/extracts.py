"""One child's part of a record: the Word extract, and the same as data with the values that census and API want.

The official names are those of the children in need census (DfE) and of the DfE children's social care API.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exports.copies import Copy
from meetings.documents import Child, Discussion
from meetings.facts import dates_of, facts, received_on
from meetings.seal import canonical
from meetings.vocabulary import ReferenceKind, YesNoLater

Json = dict[str, Any]

EXTRACT_SCHEMA = "urn:accord:child-extract:1"


def children_of(copy: Copy) -> list[str]:
    """Return the local ids of the children that a record decides about; a briefing decides about none."""
    return [child.id for child in copy.whole.subjects] if isinstance(copy.whole, Discussion) else []


def _la_child_id(child: Child) -> str | None:
    return next((one.value for one in child.links or () if one.kind is ReferenceKind.LA_CHILD_ID), None)


def _filled(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def _census_child(child: Child, document: Discussion) -> Json:
    """Return the child's own values under the names of the census."""
    received = received_on(document)
    return _filled(
        {
            "LAchildID": _la_child_id(child),
            "PersonBirthDate": child.born_on.isoformat() if child.born_on else None,
            "ExpectedPersonBirthDate": child.due_on.isoformat() if child.due_on else None,
            "Sex": str(child.sex) if child.sex else None,
            "Ethnicity": str(child.ethnicity) if child.ethnicity else None,
            "Disabilities": [str(code) for code in child.disabilities] if child.disabilities else None,
            "CINreferralDate": received.isoformat() if received else None,
            "ReferralSource": str(document.referral.source) if document.referral.source else None,
        }
    )


def _api_child(census: Json, started: str | None, needed: YesNoLater | None) -> Json:
    """Return the same under the names of the API; its flag for a conference is the inverse of the census flag."""
    names = {
        "LAchildID": "la_child_id",
        "PersonBirthDate": "date_of_birth",
        "ExpectedPersonBirthDate": "expected_date_of_birth",
        "Sex": "sex",
        "Ethnicity": "ethnicity",
        "Disabilities": "disabilities",
        "CINreferralDate": "referral_date",
        "ReferralSource": "referral_source",
    }
    values = {names[name]: value for name, value in census.items()}
    if started is not None:
        required = needed is not YesNoLater.NO
        values["section_47_assessments"] = [{"start_date": started, "icpc_required_flag": required}]
    return values


def child_document(copy: Copy, child_id: str) -> Json:
    """Return one child's part of a record as data, worked out from what this copy holds. Raises CopyRefused."""
    mine = replace(copy, child=child_id)
    held = mine.objects
    child = held.subjects[0]
    dates = dates_of(child, held, copy.profile, copy.known_before)
    worked_out = facts(held, copy.profile, copy.known_before)["children"][child_id]
    started = dates.s47_start_on.isoformat() if dates.s47_start_on else None
    census = _census_child(child, held)
    source = {name: mine.cut[name] for name in ("schema", "id", "ref", "version", "status") if name in mine.cut}
    return {
        "schema": EXTRACT_SCHEMA,
        "from": {**source, "content_sha256": copy.content_sha256},
        "audience": str(copy.reader.audience),
        "child": child_id,
        **worked_out,
        "census": census,
        "api": _api_child(census, started, dates.outcome.conference.needed if dates.outcome else None),
        "record": {name: value for name, value in mine.cut.items() if name not in ("integrity", "signoff")},
    }


def child_json(copy: Copy, child_id: str) -> bytes:
    """Return one child's part of a record as canonical JSON. Raises CopyRefused."""
    return canonical(child_document(copy, child_id))
