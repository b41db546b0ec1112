"""What breaks each rule, and what only comes near: changes to the complete record, a row each."""

from __future__ import annotations

from dataclasses import dataclass

from tests.makers import (
    ABSENT,
    Json,
    a_child,
    a_discussion,
    a_line,
    a_professional,
    a_safe_place,
    a_sergeant,
    an_action,
    an_id,
    an_outcome,
    an_unborn_baby,
    changed,
)

UNBORN: Json = {
    "/children/-": an_unborn_baby(subject=True, reason=ABSENT),
    "/outcomes/-": an_outcome(
        child="c2",
        harm=["EMO"],
        voice={"seen": "not_applicable"},
        medical={"needed": "no", "reason": "Unborn"},
        interview={"decision": "not_applicable"},
    ),
    "/professionals/2/profession": "midwife",
    "/outcomes/0/harm": ["EMO"],
    "/outcomes/0/medical": {"needed": "no", "reason": "Nothing to examine"},
}
"""The baby is decided about too, and everything that this asks for is there."""

TURNED_DOWN: Json = {
    "/outcomes/0/threshold": "not_met",
    "/outcomes/0/decision/code": "s47_not_required_assess",
    "/outcomes/0/instead": "Child in need assessment",
    "/referral/agency": "voluntary",
    "/professionals/-": a_professional(id="t6", name="Noor Vale", agency="voluntary", presence="consulted"),
    "/outcomes/0/feedback": {"by": "t1", "to": "t6", "due_at": "2027-02-04T17:00:00+00:00", "text": "What we do"},
}
"""Section 47 is not required, and the referrer, who was not there, gets an answer."""

EARLIER = a_discussion(
    id=an_id(2),
    ref="SD-2027-0290",
    meeting={
        "type": "initial",
        "mode": "video",
        "started_at": "2027-01-27T10:00:00+00:00",
        "ended_at": "2027-01-27T10:40:00+00:00",
        "chair": "t1",
    },
    actions=[an_action(1, ref="SD-2027-0290-A01"), an_action(2, ref="SD-2027-0290-A02", owner="t2")],
)
"""A discussion a week before about the same boy."""

RECONVENED: Json = {
    "/previous": {"ref": "SD-2027-0290"},
    "/meeting/type": "review",
    "/outcomes/0/decision/code": "s47_continue",
    "/referral/received_at": "2027-01-26T15:10:00+00:00",
    "/earlier_actions": [
        {"ref": "SD-2027-0290-A01", "status": "done"},
        {"ref": "SD-2027-0290-A02", "status": "in_progress"},
    ],
}
"""The boy is discussed again; every action of the earlier discussion has its status."""

SIBLING: Json = {
    "/children/-": a_child(id="c3", name="Wren Marsh", born_on="2021-11-30", links=[]),
    "/outcomes/-": an_outcome(
        child="c3",
        harm=["EMO"],
        medical={"needed": "no", "reason": "Seen and well; paediatrician agrees"},
        interview={"decision": "no", "reason": "Five years old, saw nothing"},
    ),
}
"""His sister, five, is decided about too."""

MISSING: Json = {
    "/missing": {"people": ["c1"], "now": True, "level": "high", "alerts": ["Ports", "Hospitals"]},
    "/children/0/last_seen_at": "2027-02-02T18:00:00+00:00",
    "/links/-": {"kind": "missing_person", "value": "MP/27/118"},
    "/actions/0/text": "Visit home; make the briefing",
}
"""The boy is missing now, and the search has what it needs."""

REPEATEDLY_MISSING: Json = {
    "/missing": {
        "people": ["c1"],
        "now": False,
        "response": "SD-2027-0311-A01",
        "episodes": [
            {
                "person": "c1",
                "started_at": f"2027-01-0{day}T20:00:00+00:00",
                "ended_at": f"2027-01-0{day}T23:00:00+00:00",
                "return_interview": {"status": "completed", "on": f"2027-01-0{day + 3}"},
            }
            for day in (1, 4, 6)
        ],
    }
}
"""Three absences in a month; one action assesses them together."""

PROTECTED: Json = {
    "/outcomes/0/immediate_safety": [{"action": "s46_police_protection", "text": "Stays on the ward"}],
    "/professionals/-": a_sergeant(id="t6", name="Hana Bligh", role="Inspector", grade="Inspector", presence="named"),
    "/police_protection": [
        {
            "child": "c1",
            "exercised_at": "2027-02-03T02:00:00+00:00",
            "by": "t2",
            "place": "Children's ward, Wexmere General",
            "police_station": False,
            "child_seen_at": "2027-02-03T01:50:00+00:00",
            "designated_officer": "t6",
            "designated_officer_told_at": "2027-02-03T02:20:00+00:00",
            "authorities_told": [{"organisation": "Wexmere Council", "at": "2027-02-03T02:30:00+00:00"}],
            "child_told": "That he stays here tonight, and why",
            "wishes": "Wants his mother",
            "parents_told_at": "2027-02-03T02:40:00+00:00",
            "expires_at": "2027-02-06T02:00:00+00:00",
        }
    ],
}
"""A constable took the boy into police protection in the night."""

IN_CUSTODY: Json = {
    "/concerns": ["custody"],
    "/custody": {
        "child": "c1",
        "place": "Wexmere custody",
        "arrested_at": "2027-02-02T20:00:00+00:00",
        "appropriate_adult_at": "2027-02-02T21:00:00+00:00",
        "bail_refused_at": "2027-02-03T01:00:00+00:00",
        "transfer_requested_at": "2027-02-03T01:10:00+00:00",
        "secure_requested": True,
        "answer": "No bed tonight",
        "certificate": True,
    },
    "/children/0/born_on": "2015-02-02",
}
"""The boy, twelve on the day of the arrest, is in custody."""

WITH_REASONS: Json = {"/telling/0/reason": "Officer in the case and social care agreed that it is safe"}

MUTILATED: Json = {
    **WITH_REASONS,
    "/concerns": ["fgm"],
    "/fgm": {
        "disclosed_at": "2027-02-01T14:00:00+00:00",
        "reported_by": "t4",
        "reported_at": "2027-02-02T23:59:00+00:00",
        "ref": "CR/2199/27",
    },
}
"""A child told a teacher, who reported it in person by the end of the next working day."""

FABRICATED: Json = {
    **WITH_REASONS,
    "/concerns": ["fii"],
    "/fii": {"consultant": "t3", "restricted_to": ["t1", "t2", "t3", "t4", "t5"]},
}
"""Suspected fabricated illness: the consultant takes part and the readers are listed."""

EXPLOITED: Json = {
    "/concerns": ["exploitation"],
    "/exploitation": {"nrm": {"decision": "refer"}, "mace": {"decision": "wait"}},
}
"""Exploitation: both referrals are decided."""

ALLEGED: Json = {
    "/concerns": ["position_of_trust"],
    "/position_of_trust": {
        "adult": "a2",
        "employer": "Alder Lane Primary",
        "known_at": "2027-02-01T16:00:00+00:00",
        "lado_told_at": "2027-02-02T09:00:00+00:00",
        "lado_told_by": "t1",
    },
    "/professionals/-": a_professional(id="t6", name="Lois Vane", agency="lado", presence="consulted"),
    "/conflicts": {"asked_of_all": True, "entries": [{"by": "t4", "text": "Same school; leaves for that part"}]},
}
"""The father works at the school; the LADO was told and the conflict of interest is recorded."""

RISKY_ADULT: Json = {
    "/concerns": ["risk_to_children"],
    "/risk_to_children": {"adult": "a2"},
    "/professionals/-": a_professional(id="t6", name="Gil Marlow", agency="probation", presence="consulted"),
}
"""The father is managed as a risk to children, and probation was asked."""

CROSS_BORDER: Json = {
    "/concerns": ["cross_border"],
    "/responsibility": {
        "host": "Wexmere Council",
        "home": "Northmoor Council",
        "now": "Northmoor Council",
        "accepted_by": "t1",
        "accepted_at": "2027-02-03T10:30:00+00:00",
        "in_writing": True,
    },
}
"""Two authorities, and the one that is responsible accepted in writing."""

INTERPRETED: Json = {
    "/adults/0/interpreter": "Polish",
    "/adults/0/known_as": ["Magda Marsh"],
    "/interpreting": {
        "needed": True,
        "language": "Polish",
        "mode": "in person",
        "name": "Agnes Wrona",
        "arranged_by": "t1",
        "family_or_friend": False,
    },
}
"""The mother speaks Polish, and an interpreter was there."""

BRUISED_BABY: Json = {"/concerns": ["non_mobile_injury"], "/information/lines/2/on": "2027-02-01"}
"""An injured baby, and a paediatrician gave an opinion the day before the referral."""

CONFERENCE: Json = {
    "/outcomes/0/conference": {
        "needed": "yes",
        "booked_on": "2027-02-24",
        "requested_at": "2027-02-04T16:00:00+00:00",
    }
}
"""The conference is booked for its last day, and was asked for on the next working day."""

SAFE_ADDRESS: Json = {"/places/-": a_safe_place()}
"""A refuge, restricted."""

SERIOUS: Json = {
    "/concerns": ["death_or_serious_injury"],
    "/actions/0/text": "Decide on the notification",
    "/actions/0/deadline/due_at": "2027-02-05T17:00:00+00:00",
}
"""Somebody decides on the serious incident notification in time."""

STILL_COMPLETE: dict[str, tuple[Json, tuple[Json, ...]]] = {
    "nothing is changed": ({}, ()),
    "an unborn baby is a subject too": (UNBORN, ()),
    "his sister is a subject too": (SIBLING, ()),
    "section 47 is turned down": (TURNED_DOWN, ()),
    "the discussion is reconvened": (RECONVENED, (EARLIER,)),
    "the boy is missing": (MISSING, ()),
    "the boy was missing three times": (REPEATEDLY_MISSING, ()),
    "the boy is in police protection": (PROTECTED, ()),
    "the boy is in custody": (IN_CUSTODY, ()),
    "FGM was reported": (MUTILATED, ()),
    "fabricated illness is suspected": (FABRICATED, ()),
    "exploitation is suspected": (EXPLOITED, ()),
    "the father works with children": (ALLEGED, ()),
    "the father is managed as a risk": (RISKY_ADULT, ()),
    "two authorities are concerned": (CROSS_BORDER, ()),
    "an interpreter was there": (INTERPRETED, ()),
    "a baby is bruised": (BRUISED_BABY, ()),
    "a conference is booked": (CONFERENCE, ()),
    "a safe address is restricted": (SAFE_ADDRESS, ()),
    "a child was seriously injured": (SERIOUS, ()),
}


@dataclass(frozen=True)
class Row:
    """What breaks one rule; `also` names the rules that the same gap breaks of necessity."""

    rule: str
    changes: Json
    also: tuple[str, ...] = ()
    earlier: tuple[Json, ...] = ()


SAME_DAY = a_discussion(id=an_id(3), ref="SD-2027-0312")
HOUSING = a_professional(id="t6", name="Tom Ridge", agency="housing", presence="invited_absent")
A_CONSTABLE_NAMED = a_sergeant(id="t6", name="Kit Dunn", role="Detective Constable", grade="DC", presence="named")
COPY_FOR_T6 = {"to": "t6", "audience": "full"}

ROWS = [
    Row("SD-001", {"/children/-": a_child(id="c3", subject=False)}),
    Row("SD-001", {"/children/0/subject": False, "/children/0/reason": "Only heard of"}),
    Row("SD-002", {"/children/0/born_on": ABSENT}),
    Row("SD-002", {"/children/0/due_on": "2027-07-12"}),
    Row("SD-003", {**UNBORN, "/children/1/sex": "F"}),
    Row("SD-003", {**UNBORN, "/children/1/name": "Baby Marsh"}),
    Row("SD-003", {**UNBORN, "/children/1/mother": "a9"}),
    Row("SD-004", {**UNBORN, "/children/1/due_on": "2027-11-10"}),
    Row("SD-005", {"/children/0/links/0/value": "WXM 0012345"}),
    Row("SD-005", {"/children/0/links/0/value": "X" * 21}),
    Row("SD-006", {"/children/0/ethnicity": "NOBT"}),
    Row("SD-006", {"/children/0/disabilities": []}),
    Row("SD-006", {"/children/0/disabilities": ["NONE", "AUT"]}),
    Row("SD-006", {"/children/0/languages": ABSENT}),
    Row("SD-006", {"/interpreting": {}}),
    Row("SD-007", {"/professionals/2/name": "Dr Mína Sorrel"}),
    Row("SD-007", {"/adults/1/other_script": "جو"}),
    Row("SD-010", {"/referral/text": "  "}),
    Row("SD-011", {"/meeting/mode": ABSENT}),
    Row("SD-011", {"/meeting/ended_at": "2027-02-03T09:59:59+00:00"}),
    Row("SD-011", {"/meeting/ended_at": "2027-02-03T12:00:01+00:00"}),
    Row("SD-012", {"/referral/received_at": "2027-02-04T00:00:00+00:00"}),
    Row("SD-013", {"/referral/received_at": "2027-02-01T17:00:00+00:00"}),
    Row(
        "SD-013",
        {**RECONVENED, "/referral/received_at": "2027-01-27T11:00:00+00:00"},
        earlier=(EARLIER,),
    ),
    Row("SD-014", {"/meeting/type": "out_of_hours", "/review/next_at": "2027-02-11T09:00:00+00:00"}),
    Row(
        "SD-014",
        {"/meeting/mode": "telephone", "/professionals/2/presence": "consulted", "/review": {"reason": "None"}},
        also=("SD-021",),
    ),
    Row("SD-020", {"/professionals/2/manager": ABSENT}),
    Row("SD-021", {"/professionals/2/presence": "consulted"}),
    Row("SD-022", {"/professionals/1/grade": "DC"}),
    Row("SD-022", {"/professionals/0/manager": False}, also=("SD-023",)),
    Row("SD-023", {"/meeting/chair": "t2", "/signoff/0/by": "t2"}),
    Row("SD-024", {"/professionals/4/can_commit": False}),
    Row("SD-025", {"/referral/agency": "ambulance"}),
    Row("SD-026", {"/professionals/-": HOUSING, "/circulation/-": COPY_FOR_T6}),
    Row("SD-027", {"/professionals/2/profession": "nurse"}),
    Row("SD-028", {**UNBORN, "/professionals/2/profession": "nurse"}),
    Row("SD-029", {"/children/0/legal_status": ["child_in_need", "s20"]}),
    Row("SD-030", {"/professionals/3/presence": "named", "/referral/agency": "health"}),
    Row("SD-040", {"/information/lines/0/text": ABSENT}),
    Row("SD-040", {"/information/lines/1/at": ABSENT}),
    Row("SD-041", {"/information/lines/0/kind": ABSENT}),
    Row("SD-041", {"/information/lines/0/restricted": {"audiences": ["full"]}}),
    Row("SD-041", {"/information/lines/0/restricted": {"reason": "Informant", "audiences": []}}),
    Row("SD-041", {"/information/lines/0/restricted": {"reason": "Informant", "audiences": ["full", "parent"]}}),
    Row("SD-042", {"/sharing/basis": ABSENT}),
    Row("SD-042", {"/sharing/consent_sought": False}),
    Row("SD-043", {"/outcomes/0/analysis": ABSENT}),
    Row("SD-043", {"/outcomes/0/harm": []}),
    Row("SD-044", {"/outcomes/0/voice": {"seen": "no"}}),
    Row("SD-044", {"/outcomes/0/voice": {"seen": "not_applicable"}}),
    Row("SD-044", {"/outcomes/0/voice/by": ABSENT}),
    Row("SD-045", {"/concerns": ["domestic_abuse"]}),
    Row("SD-046", {"/outcomes/0/medical": {}}),
    Row("SD-046", {"/outcomes/0/medical": {"needed": "no"}}),
    Row("SD-047", {**SIBLING, "/outcomes/1/medical": {"needed": "no"}}),
    Row("SD-047", {**SIBLING, "/outcomes/1/medical": {}}, also=("SD-046",)),
    Row("SD-050", {"/outcomes/0/decision/confirmed": False}),
    Row("SD-050", {"/outcomes/0/decision/agreed_by": []}),
    Row("SD-051", {"/outcomes/0/lead_social_worker": ABSENT}),
    Row("SD-051", {"/outcomes/0/police_lead": ABSENT}),
    Row("SD-052", {**TURNED_DOWN, "/outcomes/0/instead": ABSENT}),
    Row("SD-052", {**TURNED_DOWN, "/outcomes/0/feedback": {"by": "t1", "to": "t6"}}),
    Row("SD-053", {"/outcomes/0/immediate_safety": []}),
    Row("SD-053", {"/outcomes/0/immediate_safety/0/text": ABSENT}),
    Row("SD-054", {"/outcomes/0/decision/code": "adjourn", "/review": {"reason": "To be fixed"}}),
    Row("SD-055", {"/children/0/plan/status": "current"}),
    Row(
        "SD-055",
        {**CONFERENCE, "/children/0/plan/status": "current", "/outcomes/0/decision/code": "s47_continue"},
    ),
    Row("SD-055", {**RECONVENED, "/outcomes/0/decision/code": "s47_joint"}, earlier=(EARLIER,)),
    Row("SD-056", {"/links": []}),
    Row("SD-056", {"/criminal_investigation/status": ABSENT}),
    Row("SD-056", {"/criminal_investigation/officer_in_case": ABSENT}),
    Row("SD-056", {"/criminal_investigation/do_not_disclose": ABSENT}),
    Row("SD-057", {"/outcomes/0/interview": {}}),
    Row("SD-057", {"/outcomes/0/interview/by": []}),
    Row("SD-058", {"/legal_advice": {}}),
    Row("SD-058", {"/legal_advice/text": "Apply tomorrow"}),
    Row(
        "SD-058",
        {"/legal_advice/text": "Apply", "/legal_advice/restricted": {"reason": "x", "audiences": ["legal", "full"]}},
    ),
    Row("SD-060", {"/telling": []}, also=("SD-119",)),
    Row("SD-060", {"/telling/1/reason": ABSENT}, also=("SD-127",)),
    Row("SD-060", {"/telling/0": {"adult": "a1", "tell": "not_yet", "reason": "Not alone", "decided_by": "t1"}}),
    Row("SD-070", {"/actions/0/owner": ABSENT}, also=("SD-072",)),
    Row("SD-070", {"/professionals/3/name": "The Team", "/actions/1/owner": "t4"}, also=("SD-072",)),
    Row("SD-070", {"/professionals/3/name": "T.B.C.", "/actions/1/owner": "t4"}, also=("SD-072",)),
    Row("SD-070", {"/actions/0/deadline": {"event": "When he is found"}}),
    Row("SD-070", {"/actions/0/about": ["c9"]}),
    Row(
        "SD-071",
        {"/professionals/-": A_CONSTABLE_NAMED, "/actions/1/owner": "t6", "/circulation/-": COPY_FOR_T6},
    ),
    Row("SD-072", {"/actions/1/owner": "t4"}),
    Row("SD-073", {**CONFERENCE, "/outcomes/0/conference/booked_on": "2027-02-03"}),
    Row("SD-074", {**RECONVENED, "/earlier_actions/1": ABSENT}, earlier=(EARLIER,)),
    Row("SD-074", {**RECONVENED, "/earlier_actions/1/status": ABSENT}, earlier=(EARLIER,)),
    Row("SD-074", {**RECONVENED, "/earlier_actions": ABSENT}),
    Row("SD-075", {"/contingencies": [" "]}),
    Row("SD-076", {"/review": {}}),
    Row("SD-080", {"/dissent/asked_of_all": False}),
    Row("SD-080", {"/dissent/entries/-": {"by": "t4", "about": "Decision", "text": "Too slow", "resolved": True}}),
    Row("SD-081", {"/signoff/0/by": "t2"}),
    Row("SD-081", {"/signoff/1/by": "t4"}),
    Row("SD-082", {"/signoff/-": {"by": "t5", "as": "sender", "at": "2027-02-05T00:00:00+00:00"}}),
    Row("SD-083", {"/circulation/4": ABSENT}),
    Row("SD-083", {"/professionals/-": A_CONSTABLE_NAMED, "/actions/1/owner": "t6"}, also=("SD-071",)),
    Row("SD-084", {"/status": "final"}),
    Row("SD-085", {}, earlier=(SAME_DAY,)),
    Row("SD-090", {}),
    Row("SD-090", {"/meeting/started_at": ABSENT}, also=("SD-011",)),
    Row("SD-091", {**CONFERENCE, "/outcomes/0/conference/booked_on": "2027-02-25"}),
    Row(
        "SD-091",
        {
            **CONFERENCE,
            "/outcomes/0/conference/booked_on": "2027-02-25",
            "/outcomes/0/conference/reason": "Chair ill",
            "/outcomes/0/conference/agreed_by": ["t1", "t1"],
        },
    ),
    Row("SD-092", {**CONFERENCE, "/outcomes/0/conference/booked_on": "2027-02-06"}),
    Row("SD-093", {**CONFERENCE, "/outcomes/0/conference/requested_at": ABSENT}),
    Row("SD-093", {**CONFERENCE, "/outcomes/0/conference/requested_at": "2027-02-05T00:00:00+00:00"}),
    Row("SD-094", {}),
    Row("SD-100", {**MISSING, "/missing/people": []}),
    Row("SD-100", {**MISSING, "/children/0/last_seen_at": ABSENT}),
    Row("SD-100", {**MISSING, "/missing/level": ABSENT}),
    Row("SD-100", {**MISSING, "/missing/alerts": ABSENT}),
    Row("SD-100", {**MISSING, "/links/1": ABSENT}),
    Row("SD-100", {**MISSING, "/actions/0/text": "Visit home"}),
    Row("SD-101", {**UNBORN, "/children/1/pregnancy/gestation": ABSENT}),
    Row("SD-101", {**UNBORN, "/children/1/due_on": "2027-04-28"}),
    Row(
        "SD-102",
        {**UNBORN, **{name.replace("outcomes/0", "outcomes/1"): value for name, value in CONFERENCE.items()}}
        | {"/outcomes/1/conference/booked_on": "2027-02-19"},
    ),
    Row("SD-103", {**REPEATEDLY_MISSING, "/missing/response": ABSENT}),
    Row("SD-103", {**REPEATEDLY_MISSING, "/missing/response": "SD-2027-0290-A01"}),
    Row("SD-104", {**REPEATEDLY_MISSING, "/missing/episodes/0/return_interview": {}}),
    Row("SD-104", {**REPEATEDLY_MISSING, "/missing/episodes/0/return_interview/on": "2027-01-05"}),
    Row(
        "SD-104",
        {**REPEATEDLY_MISSING, "/missing/episodes/0/return_interview": {"due_at": "2027-01-04T23:00:01+00:00"}},
    ),
    Row("SD-104", {**REPEATEDLY_MISSING, "/missing/episodes/0/return_interview": {"by": "Footsteps"}}),
    Row(
        "SD-104",
        {
            **REPEATEDLY_MISSING,
            "/missing/episodes/0/return_interview": {"status": "offered", "due_at": "2027-01-04T23:00:01+00:00"},
        },
    ),
    Row("SD-105", {"/referral/text": "Form says ‘CSE  Category 2’."}),
    Row("SD-105", {"/exploitation/legacy_label": "Category 3"}),
    Row("SD-106", {**EXPLOITED, "/exploitation/mace": {}}),
    Row("SD-107", {**MUTILATED, "/fgm/ref": ABSENT}),
    Row("SD-107", {**MUTILATED, "/fgm/reported_at": "2027-02-03T00:00:00+00:00"}),
    Row("SD-107", {**MUTILATED, "/fgm": ABSENT}),
    Row("SD-108", {**FABRICATED, "/telling/0/reason": ABSENT}),
    Row("SD-108", {**FABRICATED, "/fii/restricted_to": []}),
    Row("SD-108", {**FABRICATED, "/fii/restricted_to/4": ABSENT}),
    Row("SD-108", {**FABRICATED, "/fii/consultant": "t4"}),
    Row("SD-108", {"/fii": {}}),
    Row("SD-109", {**ALLEGED, "/position_of_trust/employer": ABSENT}),
    Row("SD-109", {**ALLEGED, "/position_of_trust/lado_told_at": "2027-02-03T00:00:00+00:00"}),
    Row("SD-109", {**ALLEGED, "/professionals/5/presence": "named"}),
    Row("SD-109", {**ALLEGED, "/conflicts/entries": []}),
    Row("SD-109", {"/position_of_trust": {}}, also=("SD-121",)),
    Row("SD-110", {**RISKY_ADULT, "/professionals/5/presence": "named"}),
    Row("SD-110", {"/risk_to_children": {}}),
    Row("SD-111", {**PROTECTED, "/police_protection": []}, also=("SD-125",)),
    Row("SD-111", {**PROTECTED, "/police_protection/0/child": "c9"}, also=("SD-124", "SD-125")),
    Row("SD-111", {**PROTECTED, "/police_protection/0/authorities_told/0/at": ABSENT}),
    Row("SD-111", {**PROTECTED, "/police_protection/0/wishes": ABSENT}),
    Row("SD-111", {**PROTECTED, "/police_protection/0/place": "Wexmere Police Station"}),
    Row("SD-111", {**PROTECTED, "/police_protection/0/police_station": True}),
    Row("SD-111", {**PROTECTED, "/professionals/5/grade": "Sergeant"}),
    Row("SD-111", {**PROTECTED, "/police_protection/0/by": "t6"}),
    Row("SD-111", {**PROTECTED, "/police_protection/0/expires_at": "2027-02-06T02:00:01+00:00"}),
    Row("SD-112", {**IN_CUSTODY, "/custody": ABSENT}),
    Row("SD-112", {"/custody": {}}),
    Row("SD-112", {**IN_CUSTODY, "/custody/answer": ABSENT}),
    Row("SD-112", {**IN_CUSTODY, "/custody/certificate": ABSENT}),
    Row("SD-112", {**IN_CUSTODY, "/children/0/born_on": "2015-02-03"}),
    Row("SD-113", {**CROSS_BORDER, "/responsibility/home": ABSENT}),
    Row("SD-113", {**CROSS_BORDER, "/responsibility/in_writing": False}),
    Row("SD-113", {**CROSS_BORDER, "/concerns": [], "/responsibility/accepted_by": ABSENT}),
    Row(
        "SD-114",
        {**CROSS_BORDER, "/children/0/plan/status": "current", "/outcomes/0/decision/code": "s47_continue"},
    ),
    Row("SD-115", {"/concerns": ["child_on_child"]}),
    Row("SD-116", {**SAFE_ADDRESS, "/places/1/restricted/reason": " "}),
    Row("SD-116", {**SAFE_ADDRESS, "/places/1/restricted/audiences": []}),
    Row("SD-116", {**SAFE_ADDRESS, "/places/1/restricted/audiences/-": "partner"}),
    Row("SD-116", {**SAFE_ADDRESS, "/contingencies/0": "Post goes to zz998 qt."}),
    Row("SD-116", {**SAFE_ADDRESS, "/review/reason": "Once they are at SORREL  HOUSE"}),
    Row("SD-116", {**SAFE_ADDRESS, "/places/0/text": "18 Elder\nWalk"}),
    Row("SD-117", {**INTERPRETED, "/interpreting/mode": ABSENT}),
    Row("SD-117", {**INTERPRETED, "/interpreting/family_or_friend": ABSENT}),
    Row("SD-117", {**INTERPRETED, "/interpreting/name": "magda  marsh"}),
    Row("SD-117", {**INTERPRETED, "/interpreting": {"needed": False}}),
    Row("SD-118", {**BRUISED_BABY, "/information/lines/2/on": "2027-01-31"}),
    Row("SD-118", {**BRUISED_BABY, "/information/lines/2/kind": "fact"}),
    Row("SD-119", {"/telling/1": ABSENT}),
    Row("SD-120", {"/outcomes/0/analysis": "He Absconded twice."}),
    Row("SD-120", {"/actions/0/text": "Ask for a PPO"}),
    Row("SD-120", {"/adults/1/markers": ["Schedule 1 offender"]}),
    Row("SD-121", {**ALLEGED, "/conflicts/asked_of_all": False}),
    Row("SD-122", {"/outcomes/0/threshold": "not_met"}),
    Row("SD-122", {"/outcomes/0/decision/code": "police_only"}),
    Row("SD-123", {**PROTECTED, "/outcomes/0/decision/code": "police_only", "/outcomes/0/threshold": "not_known"}),
    Row(
        "SD-124",
        {
            **PROTECTED,
            "/police_protection/0/exercised_at": "2027-01-31T12:00:00+00:00",
            "/police_protection/0/expires_at": "2027-02-03T12:00:00+00:00",
        },
    ),
    Row(
        "SD-125",
        {
            **PROTECTED,
            "/police_protection/0/exercised_at": "2027-02-03T10:00:00+00:00",
            "/police_protection/0/expires_at": "2027-02-06T10:00:00+00:00",
        },
    ),
    Row("SD-126", {"/concerns": ["forced_marriage"]}),
    Row("SD-127", {"/adults/0/of_concern": True}),
    Row("SD-127", {"/criminal_investigation/suspects": ["a1"]}),
    Row("SD-128", {"/outcomes/0/immediate_safety/0/basis": ABSENT}),
    Row("SD-128", {"/outcomes/0/immediate_safety/0/agreed_by": []}),
    Row("SD-129", {**SERIOUS, "/actions/0/deadline": {"event": "Death", "within": "P5D"}}),
    Row("SD-130", {"/information/lines/-": a_line(agency="police", by="t2", kind="intelligence", code="P")}),
    Row("SD-130", {"/information/lines/-": a_line(agency="police", kind="intelligence", grade="2B", code="C")}),
    Row("SD-131", {"/professionals/3/organisation": ABSENT}),
    Row("SD-131", {"/professionals/4/grade": ABSENT}),
    Row("SD-132", {"/actions/1/deadline/due_at": "2027-02-08T10:00:01+00:00"}),
    Row("SD-132", {"/actions/0/deadline/due_at": "2027-02-06T10:00:00+00:00"}),
    Row(
        "SD-132",
        {"/actions/0/deadline/due_at": "2027-02-25T10:00:00+00:00", "/review": {"reason": "Next at the conference"}},
    ),
]
"""What breaks each rule."""

KEPT = [
    Row("SD-002", {"/children/0/born_on": ABSENT, "/children/0/born_on_text": "About eight"}),
    Row("SD-004", {**UNBORN, "/children/1/due_on": "2027-11-09"}),
    Row("SD-005", {"/children/0/links": [{"kind": "upn", "value": "A 1"}]}),
    Row("SD-005", {"/children/0/links/0/value": "X" * 20}),
    Row("SD-006", {**UNBORN, "/children/1/languages": ABSENT}),
    Row("SD-006", {"/children/0/languages": []}),
    Row(
        "SD-013",
        {"/meeting/started_at": "2027-02-03T10:00:00+00:00", "/referral/received_at": "2027-02-02T00:00:00+00:00"},
    ),
    Row("SD-013", {**RECONVENED, "/referral/received_at": "2026-11-02T09:00:00+00:00"}),
    Row("SD-013", {**RECONVENED, "/referral/received_at": "2027-01-27T10:00:00+00:00"}, earlier=(EARLIER,)),
    Row("SD-014", {"/meeting/type": "out_of_hours", "/review/next_at": "2027-02-10T23:59:00+00:00"}),
    Row("SD-014", {"/meeting/mode": "telephone", "/review": {"reason": "Everybody was on the line"}}),
    Row("SD-014", {**TURNED_DOWN, "/meeting/type": "out_of_hours", "/review": {"reason": "It is over"}}),
    Row("SD-021", {"/professionals/0/agency": "emergency_duty_team"}),
    Row("SD-022", {"/professionals/1/grade": " t/ds "}),
    Row(
        "SD-022",
        {
            "/professionals/1/grade": "DC",
            "/professionals/-": a_sergeant(id="t6", name="Hana Bligh", presence="named"),
            "/signoff/-": {"by": "t6", "as": "manager", "at": "2027-02-03T11:40:00+00:00"},
        },
    ),
    Row("SD-026", {"/professionals/-": {**HOUSING, "gave_information": True}, "/circulation/-": COPY_FOR_T6}),
    Row("SD-026", {"/professionals/-": HOUSING, "/actions/0/about": ["c1", "t6"], "/circulation/-": COPY_FOR_T6}),
    Row("SD-027", {"/professionals/2/presence": "named", "/professionals/2/gave_information": True}),
    Row("SD-030", {"/professionals/3/presence": "named", "/children/0/born_on": "2010-02-03"}),
    Row("SD-030", {"/professionals/3/presence": "named", "/children/0/born_on": "2022-02-04"}),
    Row("SD-030", {"/professionals/3/presence": "named", "/meeting/type": "out_of_hours"}),
    Row("SD-040", {"/professionals/-": a_professional(id="t6", name="Lois Vane", agency="lado")}),
    Row("SD-040", {"/information/lines/1/at": ABSENT, "/information/lines/1/text": "Systems checked, no trace"}),
    Row("SD-041", {"/information/lines/0/restricted": {"reason": "Informant", "people": ["t2"]}}),
    Row("SD-044", {"/outcomes/0/voice": {"seen": "no", "plan": "Tomorrow at school"}}),
    Row("SD-044", {"/outcomes/0/voice": {"seen": "no", "reason": "Abroad with his aunt until Sunday"}}),
    Row("SD-047", {"/outcomes/0/medical": {"needed": "refused"}, **SIBLING, "/outcomes/1/medical": {"needed": "no"}}),
    Row("SD-056", {"/links/0/kind": "non_crime"}),
    Row("SD-057", {**UNBORN, "/outcomes/1/harm": ["PHY"], "/outcomes/1/interview": {}}),
    Row(
        "SD-058",
        {"/legal_advice/text": "Apply", "/legal_advice/restricted": {"reason": "Privilege", "audiences": ["legal"]}},
    ),
    Row("SD-070", {"/actions/0/deadline": {"event": "When he is found", "within": "PT1H"}}),
    Row("SD-071", {"/professionals/-": {**A_CONSTABLE_NAMED, "kind": "group"}, "/actions/1/owner": "t6"}),
    Row("SD-075", {**TURNED_DOWN, "/outcomes/0/decision/code": "s47_not_required_nfa", "/contingencies": []}),
    Row("SD-082", {"/signoff/-": {"by": "t5", "as": "sender", "at": "2027-02-04T23:59:59+00:00"}}),
    Row("SD-083", {"/circulation/4": ABSENT, "/conflicts": {"entries": [{"by": "t5", "text": "Neighbour"}]}}),
    Row("SD-083", {"/circulation/4": ABSENT, "/fii": {"restricted_to": ["t1"]}}),
    Row("SD-085", {"/links/-": {"kind": "strategy_discussion", "value": "SD-2027-0312"}}, earlier=(SAME_DAY,)),
    Row("SD-085", {"/previous": {"id": an_id(3)}}, earlier=(SAME_DAY,)),
    Row("SD-085", {"/children/0/links/0/value": "WXM9"}, earlier=(SAME_DAY,)),
    Row("SD-085", {"/id": an_id(3)}, earlier=(SAME_DAY,)),
    Row("SD-090", {"/outcomes/0/decision/code": "police_only"}),
    Row(
        "SD-091",
        {
            **CONFERENCE,
            "/outcomes/0/conference/booked_on": "2027-02-25",
            "/outcomes/0/conference/reason": "Chair ill",
            "/outcomes/0/conference/agreed_by": ["t1", "t3"],
        },
    ),
    Row("SD-100", {**MISSING, "/children/0/last_seen_at": ABSENT, "/missing/reason": "Never seen since birth"}),
    Row("SD-100", {**MISSING, "/missing/alerts": []}),
    Row("SD-100", {**MISSING, "/actions/0/text": "Visit", "/links/0": {"kind": "briefing", "value": "IIM-1"}}),
    Row("SD-101", {**UNBORN, "/children/1/due_on": "2027-04-29"}),
    Row("SD-101", {**UNBORN, "/children/1/due_on": "2027-04-28", "/actions/0/text": "Make the Birth plan"}),
    Row(
        "SD-103",
        {**REPEATEDLY_MISSING, "/missing/response": ABSENT, "/meeting/started_at": "2027-04-02T10:00:00+01:00"},
    ),
    Row("SD-103", {**REPEATEDLY_MISSING, "/missing/response": ABSENT, "/missing/episodes/2": ABSENT}),
    Row(
        "SD-104", {**REPEATEDLY_MISSING, "/missing/episodes/0/person": "a1", "/missing/episodes/0/return_interview": {}}
    ),
    Row("SD-104", {**REPEATEDLY_MISSING, "/missing/episodes/0/return_interview": {"status": "declined"}}),
    Row(
        "SD-104",
        {**REPEATEDLY_MISSING, "/missing/episodes/0/return_interview": {"due_at": "2027-01-04T23:00:00+00:00"}},
    ),
    Row("SD-105", {"/referral/text": "CSE categories were dropped; CSE category 12"}),
    Row("SD-107", {**MUTILATED, "/fgm": {"text": "At risk only: nobody said it, no signs"}}),
    Row("SD-107", {**MUTILATED, "/fgm/reported_at": "2027-02-09T00:00:00+00:00", "/fgm/text": "Told on leave"}),
    Row("SD-108", {**FABRICATED, "/circulation/0": {"to": "t9", "audience": "decisions"}}),
    Row("SD-109", {**ALLEGED, "/position_of_trust/employer": "Wexmere Swimming Club", "/conflicts/entries": []}),
    Row("SD-110", {**RISKY_ADULT, "/professionals/5/presence": "named", "/risk_to_children/managed_by": "t2"}),
    Row(
        "SD-111",
        {**PROTECTED, "/police_protection/0/wishes": ABSENT, "/police_protection/0/reason": "Four months old"},
    ),
    Row("SD-111", {**PROTECTED, "/professionals/5/grade": "a/di"}),
    Row(
        "SD-113",
        {**CROSS_BORDER, "/responsibility/in_writing": False, "/responsibility/acceptance_action": "SD-2027-0311-A02"},
    ),
    Row("SD-115", {"/concerns": ["child_on_child"], "/links/-": {"kind": "strategy_discussion", "value": "SD-1"}}),
    Row("SD-116", {**SAFE_ADDRESS, "/contingencies/0": "They are in Marshend, near Wexcombe."}),
    Row(
        "SD-116",
        {**SAFE_ADDRESS, "/information/lines/0/text": "At Sorrel House", "/information/lines/0/restricted": {}},
    ),
    Row("SD-116", {**SAFE_ADDRESS, "/criminal_investigation/do_not_disclose": ["Sorrel House"]}),
    Row("SD-116", {"/places/-": a_safe_place(text="Room 9, Wexcombe E1 6AN"), "/review/reason": "On the 16 and later"}),
    Row("SD-118", {**BRUISED_BABY, "/information/lines/2/on": "2027-02-03"}),
    Row(
        "SD-118",
        {**RECONVENED, "/concerns": ["non_mobile_injury"]},
        earlier=(changed(EARLIER, {"/information/lines/2/at": "2027-01-26T21:00:00+00:00"}),),
    ),
    Row("SD-120", {"/contingencies/0": "Ask for support for PPOs' children; an order of protection."}),
    Row("SD-122", {"/outcomes/0/decision/code": "s47_not_required_existing_plan"}),
    Row(
        "SD-123",
        {
            **PROTECTED,
            "/police_protection/0/released_at": "2027-02-03T09:59:59+00:00",
            "/outcomes/0/decision/code": "police_only",
        },
    ),
    Row("SD-124", {**PROTECTED, "/actions": [], "/review/next_at": "2027-02-06T01:59:59+00:00"}),
    Row("SD-125", {**PROTECTED, "/police_protection": [], "/legal_advice/sought": True}),
    Row("SD-127", {"/adults/0/of_concern": True, "/criminal_investigation/status": "closed"}),
    Row("SD-129", {**SERIOUS, "/actions/0/deadline/due_at": "2027-02-10T23:59:00+00:00"}),
    Row("SD-132", {"/actions/1/deadline/due_at": "2027-02-06T10:00:00+00:00"}),
    Row(
        "SD-132",
        {
            "/actions/0/deadline/due_at": "2027-02-25T10:00:00+00:00",
            "/review": {"reason": "None"},
            "/outcomes/0/conference": {"needed": "no", "reason": "Plan review instead"},
        },
    ),
]
"""What comes near to breaking a rule and does not."""


def the_record(row: Row) -> Json:
    """Return the complete record with what this row changes."""
    return changed(a_discussion(), row.changes)
