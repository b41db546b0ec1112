"""Searching: names as people hear, misspell and shorten them, addresses, vehicles and telephones."""

from __future__ import annotations

import json

import pytest

from meetings.desk import administrator
from meetings.documents import DISCUSSION
from meetings.finding import fold, of_address, of_name, of_phone, of_reference, of_vehicle, wanted
from tests.makers import a_discussion, an_id

PEOPLE = {
    "SD-2027-0001": [*of_name("Zofia Żółkiewska-O’Rourke"), *of_phone("07700 900123 (24h, ask for her)")],
    "SD-2027-0002": [*of_name("Hudā Abd al-Raḥmān"), *of_address("Flat 4, 12 Quay Street, Thornmere TH4 2QZ")],
    "SD-2027-0003": [*of_name("Seán Óg Ó Dómhnaill"), *of_vehicle("AB12 CDE")],
    "SD-2027-0004": [*of_name("Gülşen Işık"), *of_name("عبد الرحمن")],
}


@pytest.fixture
def searching(desk):
    for number, (ref, terms) in enumerate(PEOPLE.items(), start=1):
        desk.import_document(json.dumps(a_discussion(id=an_id(100 + number), ref=ref)).encode(), administrator())
        with desk.store.writing() as connection:
            desk.store.keep_terms(
                connection, an_id(100 + number).removeprefix("urn:uuid:"), [*terms, *of_reference(ref)]
            )
    return lambda query: desk.store.found_by(wanted(query), DISCUSSION.name)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zolkiewska", "SD-2027-0001"),
        ("ZOFIA O'ROURKE", "SD-2027-0001"),
        ("orourke", "SD-2027-0001"),
        ("Zof", "SD-2027-0001"),
        ("+44 7700 900 123", "SD-2027-0001"),
        ("07700900123", "SD-2027-0001"),
        ("+44 (0)7700 900123", "SD-2027-0001"),
        ("0044 7700-900-123", "SD-2027-0001"),
        ("07700.900.123", "SD-2027-0001"),
        ("zofia 07700 900123", "SD-2027-0001"),
        ("huda", "SD-2027-0002"),
        ("alrahman", "SD-2027-0002"),
        ("quay street", "SD-2027-0002"),
        ("th42qz", "SD-2027-0002"),
        ("TH4 2QZ", "SD-2027-0002"),
        ("shaun", "SD-2027-0003"),
        ("Domhnall", "SD-2027-0003"),
        ("ab12cde", "SD-2027-0003"),
        ("AB12 CDE", "SD-2027-0003"),
        ("sean ab12 cde", "SD-2027-0003"),
        ("ab12", "SD-2027-0003"),
        ("gulsen isik", "SD-2027-0004"),
        ("عبد", "SD-2027-0004"),
        ("SD-2027-0004", "SD-2027-0004"),
    ],
)
def test_a_record_is_found_by_what_an_officer_has(searching, typed, found):
    assert found in searching(typed)


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "\\", "'; drop table record; --", "zofia quay", "9" * 5_000])
def test_a_search_that_nothing_answers_finds_nothing_and_breaks_nothing(searching, typed):
    assert searching(typed) == []


def test_every_word_of_a_search_narrows_it(searching):
    assert searching("huda quay") == ["SD-2027-0002"]
    assert searching("huda sean") == []


def test_folding_is_for_comparing_and_keeps_other_scripts():
    assert fold("Żółkiewska") == "zolkiewska"
    assert fold("O’Rourke") == "orourke"
    assert fold("IŞIK") == fold("işık") == "isik"
    assert fold("عبد الرحمن") == "عبد الرحمن"
