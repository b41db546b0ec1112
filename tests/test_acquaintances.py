"""Professionals of earlier meetings: who is remembered, who never is, and how they are offered."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from meetings.acquaintances import MOST_OFFERED, Acquaintance, met_in
from meetings.contract import build_document
from meetings.desk import administrator
from meetings.stages import NotReady
from tests.makers import (
    NOW,
    a_discussion,
    a_liaison_officer,
    a_paediatrician,
    a_professional,
    a_sergeant,
    a_teacher,
    an_adult,
    an_id,
)


@pytest.fixture
def keep(desk):
    """Keep a discussion with these professionals, held on that day."""

    def import_one(number, *professionals, day="2027-02-03", **more):
        meeting = {"started_at": f"{day}T10:00:00+00:00"}
        document = a_discussion(
            id=an_id(number), ref=f"SD-2027-1{number:03}", professionals=list(professionals), meeting=meeting, **more
        )
        return desk.import_document(json.dumps(document).encode(), administrator())[0]

    return import_one


@pytest.fixture(autouse=True)
def later(clock):
    clock.set("2027-06-01T12:00:00+00:00")


def _names(found):
    return [one.name or one.organisation for one in found]


def _met(**changes):
    return _names(met_in(build_document(a_discussion(**changes))))


# ── Who is remembered ────────────────────────────────────────────────────────────────────────────────────────────


def test_professionals_and_their_organisations_are_remembered_with_what_is_known_of_them():
    contact = {"phone": "01632 960100", "out_of_hours": "01632 960299", "email": "sam@wexmere.example"}
    document = build_document(a_discussion(professionals=[a_sergeant(contact=contact)]))
    assert sorted(met_in(document), key=lambda one: one.name) == [
        Acquaintance("", "police", "Wexmere Police"),
        Acquaintance(
            "Sam Ode",
            "police",
            "Wexmere Police",
            "Detective Sergeant",
            "DS",
            "01632 960100",
            "01632 960299",
            "sam@wexmere.example",
        ),
    ]


def test_nobody_of_the_family_is_remembered_nor_a_professional_who_is_family_here():
    assert not {"Robin Marsh", "Lena Marsh", "Jo Marsh"} & set(_met())
    aunt = a_teacher(name="Lena  MARSH")
    assert _met(adults=[an_adult()], professionals=[aunt]) == ["Alder Lane Primary School"]


def test_a_group_and_somebody_without_a_name_are_not_remembered():
    team = a_sergeant(kind="group", name="Response team B", organisation="")
    nobody = a_paediatrician(name="", organisation="")
    assert _met(professionals=[team, nobody]) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"fii": {"restricted_to": ["t1"]}},
        {"concerns": ["fii"]},
        {"marking": {"tier": "OFFICIAL", "code": "C"}},
        {"marking": {"tier": "OFFICIAL", "conditions": "Not to be shared further"}},
    ],
)
def test_a_record_that_only_some_may_read_feeds_nothing(keep, desk, changes):
    assert _met(**changes) == []
    keep(1, a_sergeant(), **changes)
    assert desk.store.people_met("Sam") == []


# ── When, and which of two ───────────────────────────────────────────────────────────────────────────────────────


def test_whoever_took_part_is_offered_once_a_record_is_imported_or_final(keep, desk, clock, recorder):
    assert desk.store.people_met("Sam") == []
    keep(1, a_sergeant())
    assert _names(desk.store.people_met("Sam")) == ["Sam Ode"]

    clock.set(NOW.isoformat())
    document = a_discussion(id=an_id(2), ref="SD-2027-1002")
    reference = desk.import_document(json.dumps(document).encode(), administrator())[0]
    row = {"name": "Nia Bell", "agency": "police", "presence": "named"}
    desk.add_row(reference, "professionals", recorder, row)
    assert desk.store.people_met("Nia") == []
    desk.finalise(reference, recorder)
    assert _names(desk.store.people_met("Nia")) == ["Nia Bell"]


def test_a_finalisation_that_fails_remembers_nobody(desk, keep, recorder):
    reference = keep(1, a_sergeant())
    desk.add_row(reference, "professionals", recorder, {"name": "Nia Bell", "agency": "police"})
    with pytest.raises(NotReady):
        desk.finalise(reference, recorder)
    assert desk.store.people_met("Nia") == []


def test_the_newest_meeting_says_what_is_known_whatever_order_records_come_in(keep, desk):
    keep(1, a_sergeant(role="Detective Constable", grade="DC"), day="2027-01-05")
    keep(2, a_sergeant(contact={"phone": "01632 960100"}), day="2027-03-05")
    keep(3, a_sergeant(role="Trainee", grade="PC"), day="2026-12-05")
    (met,) = desk.store.people_met("Ode")
    assert (met.role, met.grade, met.phone) == ("Detective Sergeant", "DS", "01632 960100")


def test_a_meeting_still_to_come_does_not_hold_back_every_later_one(keep, desk):
    keep(1, a_sergeant(role="Trainee"), day="9999-12-31")
    keep(2, a_sergeant(), day="2027-05-31")
    desk._now.set("2027-06-02T12:00:00+00:00")
    keep(3, a_sergeant(role="Detective Inspector"), day="2027-06-02")
    assert [one.role for one in desk.store.people_met("Ode")] == ["Detective Inspector"]


def test_the_same_name_at_another_agency_is_somebody_else(keep, desk):
    keep(1, a_sergeant(name="Ann Ward"), day="2027-01-05")
    keep(2, a_professional(name="Ann Ward"), day="2027-02-05")
    keep(3, a_professional(name="ANN WARD"), day="2027-03-05")
    found = desk.store.people_met("ann ward")
    assert [(one.name, one.agency) for one in found] == [("ANN WARD", "social_care"), ("Ann Ward", "police")]


# ── How they are found ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("zo", ["Zofia Żółkiewska-O’Rourke"]),
        ("ZOLK", ["Zofia Żółkiewska-O’Rourke"]),
        ("zofia orou", ["Zofia Żółkiewska-O’Rourke"]),
        ("zolkiewskaorourkeandmore", []),
        ("Żółkiewska-O’R", ["Zofia Żółkiewska-O’Rourke"]),
        ("isik", ["Gülşen Işık"]),
        ("IŞIK gül", ["Gülşen Işık"]),
        ("عبد", ["عبد الرحمن"]),
        ("zofia ward", []),
        ("z", []),
        ("", []),
        ("%", []),
        ("__", []),
        ("' or 1=1 --", []),
        ("\x00zo", ["Zofia Żółkiewska-O’Rourke"]),
        ("x" * 5_000, []),
        ("zo " * 2_000, ["Zofia Żółkiewska-O’Rourke"]),
    ],
)
def test_people_are_offered_by_the_beginnings_of_their_names(keep, desk, query, found):
    keep(
        1,
        a_professional(name="Zofia Żółkiewska-O’Rourke"),
        a_sergeant(name="Gülşen Işık"),
        a_teacher(name="عبد الرحمن"),
    )
    assert _names(desk.store.people_met(query)) == found


def test_at_most_ten_are_offered_newest_first(keep, desk):
    for number in range(1, 14):
        keep(number, a_sergeant(name=f"Sam Ode{chr(96 + number)}"), day=f"2027-01-{number:02}")
    found = desk.store.people_met("ode")
    assert len(found) == MOST_OFFERED
    assert _names(found)[:2] == ["Sam Odem", "Sam Odel"]
    assert _names(desk.store.people_met("sam odea")) == ["Sam Odea"]


def test_organisations_are_offered_apart_from_people(keep, desk):
    keep(1, a_sergeant(), a_teacher())
    assert _names(desk.store.organisations_met("alder")) == ["Alder Lane Primary School"]
    assert desk.store.people_met("alder") == []


def test_looking_somebody_up_reads_the_index_and_no_whole_table(desk):
    newest = datetime.fromisoformat("2027-05-01T12:00:00+00:00")
    with desk.store.writing() as connection:
        for number in range(400):
            one = Acquaintance(f"Sam Ode {number}", "police", f"Force {number}", "Detective Sergeant")
            desk.store.keep_met(connection, [one], newest - timedelta(days=number))
    statements = []
    sa.event.listen(desk.store.engine, "before_cursor_execute", lambda *given: statements.append((given[2], given[3])))
    assert _names(desk.store.people_met("ode"))[0] == "Sam Ode 0"
    statement, parameters = statements[-1]
    with desk.store.reading() as connection:
        if desk.store.is_sqlite:
            plan = str(connection.exec_driver_sql(f"explain query plan {statement}", parameters).all())
            assert "USING INDEX ix_acquaintance_prefix" in plan
            assert "SCAN acquaintance" not in plan
        else:
            connection.exec_driver_sql("set local enable_seqscan = off")
            plan = str(connection.exec_driver_sql(f"explain {statement}", parameters).all())
            assert "ix_acquaintance_prefix" in plan


def test_two_records_with_the_same_people_are_kept_at_once(desk, store):
    people = [Acquaintance(f"Person {number}", "police", "Force") for number in range(40)]
    at = datetime.fromisoformat("2027-05-01T12:00:00+00:00")
    problems = []

    def keep(mine):
        try:
            for _ in range(5):
                with store.writing() as connection:
                    store.keep_met(connection, mine, at)
        except sa.exc.SQLAlchemyError as problem:
            problems.append(problem)

    threads = [threading.Thread(target=keep, args=(mine,)) for mine in (people, people[::-1])]
    if store.is_sqlite:  # in memory there is one connection for all
        threads = threads[:1]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert problems == []
    assert len(store.people_met("person")) == MOST_OFFERED


# ── The door ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_door_offers_people_and_organisations_to_recorders(app, browser, clock):
    clock.set("2027-06-01T12:00:00+00:00")
    people = [a_liaison_officer(name="Ode Reed", contact={"phone": "01632 960100"})]
    document = a_discussion(professionals=people)
    app.extensions["accord"].import_document(json.dumps(document).encode(), administrator())
    browser.sign_in("pclo")
    response = browser.client.get("/people?q=wexm")
    assert response.json == {
        "people": [],
        "organisations": [{"organisation": "Wexmere Police", "agency": "police", "agency_label": "Police"}],
    }
    response = browser.client.get("/people?q=ode+re")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json["people"] == [
        {
            "name": "Ode Reed",
            "agency": "police",
            "agency_label": "Police",
            "organisation": "Wexmere Police",
            "role": "Police Conference Liaison Officer",
            "grade": "Police staff band D",
            "phone": "01632 960100",
            "out_of_hours": "",
            "email": "",
        }
    ]
    for hostile in ("", "?q=", "?q=%00", "?q=%ff%fe", f"?q={'a' * 3_000}", "?q=%5B%5D&q=x", "?x=1"):
        assert browser.client.get(f"/people{hostile}").json == {"people": [], "organisations": []}


def test_an_officer_is_offered_nobody(browser):
    browser.sign_in("officer")
    assert browser.get("/people?q=ode").status == 403


def test_the_quick_line_offers_who_was_met_before(app, at_work, clock, recorder):
    clock.set("2027-06-01T12:00:00+00:00")
    desk = app.extensions["accord"]
    at_work.sign_in("pclo")
    desk.import_document(json.dumps(a_discussion(professionals=[a_sergeant()])).encode(), administrator())
    reference = desk.start(recorder)
    page = at_work.get(f"/records/{reference}/steps/people")
    page = at_work.post(f"/records/{reference}/quick", {"line": "p Sam", "do": "read"})
    button = page.soup.find("button", string="Sam Ode, Detective Sergeant (police, Wexmere Police)")
    form = button.find_parent("form")
    assert page.fields(form)["line"] == ["p Sam Ode, Detective Sergeant, DS, police, at Wexmere Police"]
