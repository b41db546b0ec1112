"""With many briefings in the store, the pages that officers wait for cost what they cost with few."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace

import pytest
import sqlalchemy as sa

from forms.demonstration import PEOPLE
from meetings.briefing_facts import issued_as, terms_of
from meetings.contract import build_document
from meetings.desk import administrator
from meetings.issuing import Issuing
from tests.makers import let_in, recipient_of
from tests.test_briefing_scenarios import read

NAME = "CLC-IIM-2031-0107"
PAGES = ("/", "/find", "/find?q=arransmore", "/find?q=lathe+street+07700+900222", "/briefings/" + NAME, "/records")


@pytest.fixture
def issued(desk, clock):
    clock.set(read(NAME, ".expected")["now"])
    reference, _ = desk.import_document(json.dumps(read(NAME)).encode(), administrator())
    desk.finalise(reference, administrator())
    Issuing(desk).issue(reference, administrator())
    recipient_of(desk, read(NAME))
    return let_in(desk, reference, PEOPLE[1])


def add_others(desk, number):
    """Add so many issued briefings: other families, never read, each with a sighting."""
    for one in range(number):
        document = {
            **read(NAME),
            "id": f"urn:uuid:{uuid.uuid4()}",
            "ref": f"XX-{number}-{one}",
            "title": f"Other {one}",
        }
        for name in ("signoff", "integrity"):
            document.pop(name, None)
        reference, _ = desk.import_document(json.dumps({**document, "status": "draft"}).encode(), administrator())
        shown = build_document({**document, "children": [], "adults": [], "places": []})
        with desk.store.open(reference, administrator(), desk.now()) as kept:
            kept.issued, kept.terms = replace(issued_as(shown), readers=()), terms_of(shown)
            kept.sightings = [("seen", "")]
            kept.note("meeting:record:issued")


class Statements:
    """What was asked of the database, and how it was answered."""

    def __init__(self, store):
        self.store, self.asked = store, []

    def __enter__(self):
        sa.event.listen(self.store.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_):
        sa.event.remove(self.store.engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, parameters, *_):
        self.asked.append((statement, parameters))


@pytest.mark.parametrize("login", ["officer", "manager", "pclo"])
def test_no_page_asks_the_database_more_often_with_forty_briefings_than_with_one(browser, desk, issued, login):
    browser.sign_in(login)
    counts = []
    for others in (0, 40):
        add_others(desk, others)
        for page in PAGES:  # what is asked once a session is asked before
            browser.client.get(page)
        counted = []
        for page in PAGES:
            with Statements(desk.store) as seen:
                assert browser.client.get(page).status_code == 200
            counted.append((page, len(seen.asked)))
        counts.append(counted)
    assert counts[0] == counts[1]
    assert max(number for _, number in counts[1]) <= 16


def test_every_question_about_briefings_is_answered_by_an_index(browser, desk, issued):
    if not desk.store.is_sqlite:
        pytest.skip("PostgreSQL chooses by size, and these tables are small")
    browser.sign_in("manager")
    with Statements(desk.store) as seen:
        for page in PAGES[:-1]:
            assert browser.client.get(page).status_code == 200
    scans = set()
    with desk.store.reading() as connection:
        for statement, parameters in seen.asked:
            if statement.startswith("SELECT"):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps = [row[3] for row in plan]
                scans |= {one for one in steps if one.startswith("SCAN") or one.endswith("(area_id=?)")}
    # What is gone through whole is what an index has found already: this person's own rows.
    assert {one for one in scans if not one.startswith("SCAN anon_")} == set()


def test_a_list_of_records_goes_on_a_page_further(at_work, desk):
    for number in range(52):
        desk.import_document(
            json.dumps(
                {
                    "schema": "urn:accord:briefing:1",
                    "id": f"urn:uuid:{uuid.uuid4()}",
                    "version": 1,
                    "status": "draft",
                    "title": f"No. {number}",
                }
            ).encode(),
            administrator(),
        )
    home = at_work.get("/")
    assert len(home.soup.select("table.accord-records tbody tr")) == 30
    first = at_work.get("/records")
    assert len(first.soup.select("table.accord-records tbody tr")) == 50
    second = at_work.get("/records?page=2")
    assert len(second.soup.select("table.accord-records tbody tr")) == 2
    for odd in ("/records?page=0", "/records?page=x", "/records?page=99999999999999999999"):
        assert at_work.get(odd).status == 200
