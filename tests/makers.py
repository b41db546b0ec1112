"""Makers: a complete record that keeps every rule, and its parts, as JSON; a test says only what is wrong with it.

Everybody here is invented. The clock of these tests stands at `NOW`, a little after the discussion ended.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from meetings.need_to_know import account_key
from meetings.people import Account

Json = dict[str, Any]

NOW: Final = datetime.fromisoformat("2027-02-03T12:00:00+00:00")
"""The time at which the complete record is judged, unless a test says otherwise."""

ABSENT: Final = object()
"""In `changed`: take away what stands at this place."""


def changed(document: Json, changes: Json) -> Json:
    """Return a copy of the document with other values at these JSON Pointers; `ABSENT` takes away, `-` adds a row.

    Objects on the way that are not there yet are made.
    """
    new = deepcopy(document)
    for pointer, value in changes.items():
        *way, last = pointer.lstrip("/").split("/")
        place: Any = new
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if isinstance(place, list) and last == "-":
            place.append(deepcopy(value))
        elif isinstance(place, list) and value is ABSENT:
            del place[int(last)]
        elif value is ABSENT:
            place.pop(last, None)
        else:
            place[int(last) if isinstance(place, list) else last] = deepcopy(value)
    return new


def _with(complete: Json, changes: Json) -> Json:
    return {name: value for name, value in {**complete, **changes}.items() if value is not ABSENT}


def an_id(number: int) -> str:
    """Return an identifier that ends in this number."""
    return f"urn:uuid:0b3c1a52-6f0e-4d1c-9a57-{number:012d}"


def a_child(**changes: Any) -> Json:
    """A boy of eight who is the subject of the discussion."""
    complete = {
        "id": "c1",
        "kind": "born",
        "name": "Robin Marsh",
        "given_names": "Robin",
        "family_name": "Marsh",
        "born_on": "2018-05-04",
        "sex": "M",
        "ethnicity": "WBRI",
        "disabilities": ["NONE"],
        "languages": ["English"],
        "school": "Alder Lane Primary School",
        "legal_status": ["none"],
        "plan": {"status": "none"},
        "links": [{"kind": "la_child_id", "value": "WXM0012345"}],
        "subject": True,
    }
    return _with(complete, changes)


def an_unborn_baby(**changes: Any) -> Json:
    """His sister, due in the summer: not a subject of the discussion unless a test says so."""
    complete = {
        "id": "c2",
        "kind": "unborn",
        "name": "Unborn baby Marsh",
        "family_name": "Marsh",
        "due_on": "2027-07-12",
        "mother": "a1",
        "sex": "U",
        "ethnicity": "WBRI",
        "disabilities": ["NONE"],
        "plan": {"status": "none"},
        "subject": False,
        "reason": "Pre-birth discussion is booked for April",
        "pregnancy": {"gestation": "17+2", "maternity_alert": "Sent to the regional lead"},
    }
    return _with(complete, changes)


def an_adult(**changes: Any) -> Json:
    """The mother."""
    complete = {
        "id": "a1",
        "name": "Lena Marsh",
        "born_on": "1990-09-17",
        "relation": "mother",
        "parent_of": ["c1"],
        "parental_responsibility_for": ["c1"],
    }
    return _with(complete, changes)


def a_father(**changes: Any) -> Json:
    """The father, whose conduct is in question."""
    return an_adult(**{"id": "a2", "name": "Jo Marsh", "relation": "father", "of_concern": True, **changes})


def a_professional(**changes: Any) -> Json:
    """The team manager of social care, who chairs."""
    complete = {
        "id": "t1",
        "name": "Ada Finch",
        "agency": "social_care",
        "organisation": "Wexmere Council",
        "role": "Team manager",
        "grade": "Team Manager",
        "manager": True,
        "can_commit": True,
        "presence": "attended",
        "attendance": "video",
    }
    return _with(complete, changes)


def a_sergeant(**changes: Any) -> Json:
    """The detective sergeant."""
    complete = {
        "id": "t2",
        "name": "Sam Ode",
        "agency": "police",
        "organisation": "Wexmere Police",
        "role": "Detective Sergeant",
        "grade": "DS",
    }
    return a_professional(**{**complete, **changes})


def a_paediatrician(**changes: Any) -> Json:
    """The paediatrician."""
    complete = {
        "id": "t3",
        "name": "Dr Mina Sorrel",
        "agency": "health",
        "organisation": "Wexmere General",
        "role": "Consultant paediatrician",
        "grade": "Consultant",
        "profession": "paediatrician",
    }
    return a_professional(**{**complete, **changes})


def a_teacher(**changes: Any) -> Json:
    """The safeguarding lead of the school."""
    complete = {
        "id": "t4",
        "name": "Iris Holm",
        "agency": "education",
        "organisation": "Alder Lane Primary School",
        "role": "Designated safeguarding lead",
        "grade": "Deputy head",
    }
    return a_professional(**{**complete, **changes})


def a_liaison_officer(**changes: Any) -> Json:
    """The police conference liaison officer, who records."""
    complete = {
        "id": "t5",
        "name": "Paul Reed",
        "agency": "police",
        "organisation": "Wexmere Police",
        "role": "Police Conference Liaison Officer",
        "grade": "Police staff band D",
        "manager": False,
    }
    return a_professional(**{**complete, **changes})


def a_line(**changes: Any) -> Json:
    """What social care knew."""
    return _with({"agency": "social_care", "by": "t1", "kind": "fact", "text": "Not known before this week."}, changes)


def an_outcome(**changes: Any) -> Json:
    """Section 47 enquiries with police, for the boy."""
    complete = {
        "child": "c1",
        "threshold": "met",
        "harm": ["PHY"],
        "analysis": "One bruise that looks like a grip; the explanation is still to be checked.",
        "protective": "His mother believes him.",
        "voice": {
            "seen": "yes",
            "alone": True,
            "at": "2027-02-02T15:40:00+00:00",
            "by": "t4",
            "text": "'Dad grabbed my arm. I want to stay with Mum.'",
        },
        "medical": {
            "needed": "yes",
            "kind": "child protection medical",
            "at": "2027-02-03T15:00:00+00:00",
            "place": "Wexmere General",
            "consent": "Mother, in writing",
        },
        "interview": {
            "decision": "yes",
            "at": "2027-02-04T10:00:00+00:00",
            "place": "Wexmere interview suite",
            "by": ["t2", "t1"],
        },
        "immediate_safety": [
            {
                "action": "suspect_excluded",
                "text": "Father stays with his brother until the next discussion",
                "basis": "agreement",
                "agreed_by": ["a2"],
            }
        ],
        "decision": {
            "code": "s47_joint",
            "reason": "An injury that a parent may have caused.",
            "by": "t1",
            "agreed_by": ["social_care", "police", "health", "education"],
            "confirmed": True,
        },
        "lead_social_worker": "t1",
        "police_lead": "t2",
        "conference": {"needed": "later"},
    }
    return _with(complete, changes)


def an_action(number: int = 1, **changes: Any) -> Json:
    """A visit that social care will make today."""
    complete = {
        "id": an_id(100 + number),
        "ref": f"SD-2027-0311-A{number:02d}",
        "kind": "task",
        "text": "Visit home and see bedroom",
        "owner": "t1",
        "about": ["c1"],
        "deadline": {"due_at": "2027-02-03T17:00:00+00:00"},
        "priority": "immediate",
        "status": "open",
    }
    return _with(complete, changes)


def a_telling(**changes: Any) -> Json:
    """The mother is told everything."""
    complete = {
        "adult": "a1",
        "tell": "all",
        "by": "t1",
        "at": "2027-02-03T13:00:00+00:00",
        "text": "Enquiry, medical, interview and the agreement",
    }
    return _with(complete, changes)


def a_place(**changes: Any) -> Json:
    """Where the family lives."""
    return _with({"id": "l1", "label": "Home", "text": "7 Teal Row, Wexmere (fictional)", "of": ["c1", "a1"]}, changes)


def a_safe_place(**changes: Any) -> Json:
    """A confidential address, properly restricted."""
    complete = {
        "id": "l2",
        "label": "Safe address",
        "text": "Flat 3, 18 Elder Walk, Sorrel House, Marshend, Wexcombe ZZ99 8QT (fictional)",
        "of": ["a1", "c1"],
        "restricted": {"reason": "Refuge", "audiences": ["full", "police", "social_care"]},
    }
    return _with(complete, changes)


def an_exception(**changes: Any) -> Json:
    """A rule passed over by the manager of social care."""
    complete = {
        "rule": "SD-021",
        "reason": "Cannot be had tonight",
        "by": "t1",
        "grade": "Team Manager",
        "at": "2027-02-03T10:45:00+00:00",
    }
    return _with(complete, changes)


def a_discussion(**changes: Any) -> Json:
    """Return the complete record of a discussion about a bruised boy; `changes` replace what stands at the top.

    Under the profile `england-default`, at `NOW`, it breaks no rule.
    """
    complete: Json = {
        "schema": "urn:accord:strategy-discussion:1",
        "id": an_id(1),
        "ref": "SD-2027-0311",
        "version": 1,
        "status": "draft",
        "profile": "england-default",
        "marking": {"tier": "OFFICIAL", "sensitive": True, "handling": ["Circulation list only"]},
        "links": [{"kind": "crime", "value": "CR/2231/27", "organisation": "Wexmere Police"}],
        "meeting": {
            "type": "initial",
            "mode": "video",
            "started_at": "2027-02-03T10:00:00+00:00",
            "ended_at": "2027-02-03T10:40:00+00:00",
            "convened_by": "t1",
            "chair": "t1",
        },
        "referral": {
            "received_at": "2027-02-02T15:10:00+00:00",
            "source": "2A",
            "referrer": "Alder Lane Primary School",
            "agency": "education",
            "text": "'Dad grabbed my arm.' Bruise seen.",
        },
        "concerns": [],
        "children": [a_child()],
        "adults": [an_adult(), a_father()],
        "professionals": [a_professional(), a_sergeant(), a_paediatrician(), a_teacher(), a_liaison_officer()],
        "places": [a_place()],
        "sharing": {
            "consent_sought": True,
            "basis": "UK GDPR article 6(1)(e); Data Protection Act 2018 schedule 1 paragraph 18",
            "text": "Mother agreed by telephone",
        },
        "information": {
            "lines": [
                a_line(),
                a_line(agency="police", by="t2", kind="nothing_held", text=ABSENT, at="2027-02-03T09:20:00+00:00"),
                a_line(agency="health", by="t3", kind="opinion", text="The bruise fits a grip, not a fall."),
                a_line(agency="education", by="t4", text="Seen at 14:50. Quiet since half-term."),
            ]
        },
        "outcomes": [an_outcome()],
        "criminal_investigation": {
            "status": "open",
            "officer_in_case": "t2",
            "suspects": ["a2"],
            "do_not_disclose": [],
        },
        "legal_advice": {"sought": False, "reason": "Not needed today"},
        "telling": [
            a_telling(),
            a_telling(adult="a2", tell="part", text="The agreement only", reason="Officer in the case agreed to this"),
        ],
        "interpreting": {"needed": False},
        "contingencies": ["If the father comes home: call 999, then the emergency duty team."],
        "dissent": {"asked_of_all": True, "entries": []},
        "actions": [
            an_action(1),
            an_action(2, text="Interview Robin", owner="t2", deadline={"due_at": "2027-02-04T10:00:00+00:00"}),
        ],
        "review": {"next_at": "2027-02-08T10:00:00+00:00", "reason": "After medical and interview"},
        "circulation": [{"to": who, "audience": "full"} for who in ("t1", "t2", "t3", "t4", "t5")],
        "signoff": [
            {"by": "t1", "as": "chair", "at": "2027-02-03T11:20:00+00:00"},
            {"by": "t2", "as": "police", "at": "2027-02-03T11:30:00+00:00"},
        ],
        "provenance": {"recorded_by": "t5", "recorded_at": "2027-02-03T10:40:00+00:00", "live": True},
    }
    return _with(complete, changes)


def let_in(desk: Any, reference: str, *people: Any) -> str:
    """Let people see a whole record, as if each had said that a line of it is wrong: its text stays as it is."""
    key = desk.store.read(reference).key
    with desk.store.writing() as connection:
        for one in people:
            desk.store.let_in(key, account_key(one.id))(connection)
    return reference


def recipient_of(desk: Any, document: Json, login: str = "officer") -> Account:
    """Let somebody with an account be of the police organisation that a briefing goes to; return who that is now."""
    people = {one["id"]: one for one in document["professionals"]}
    listed = (people.get(entry.get("to"), {}) for entry in document["circulation"])
    shift = next(one for one in listed if one.get("kind") in ("group", "post") and one["agency"] == "police")
    person, password_hash, _ = desk.store.find_account(login=login)
    moved = replace(person, organisation=shift["organisation"])
    desk.store.keep_account(moved, password_hash, demonstration=True)
    return moved


def given_to(document: Json, *people: Any, audience: str | None = None) -> Json:
    """Return a document on whose circulation list people with an account stand too, who took no part."""
    named, listed = [], []
    # Whoever is to read a briefing has a time to do so.
    by = [
        {"acknowledge_by": one["acknowledge_by"]} for one in document.get("circulation", ()) if "acknowledge_by" in one
    ]
    for number, one in enumerate(people, 90):
        who: Json = {"id": f"t{number}", "name": one.name, "agency": str(one.agency), "organisation": one.organisation}
        named.append({**who, **({"presence": "named"} if "meeting" in document else {})})
        listed.append({"to": who["id"], **({"audience": audience} if audience else {}), **(by[0] if by else {})})
    lists = {"professionals": named, "circulation": listed}
    return {**document, **{name: [*document.get(name, ()), *rows] for name, rows in lists.items()}}
