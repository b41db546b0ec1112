"""Letters about a briefing: to its readers, to whoever must ring the late, to whoever must act on a sighting."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from meetings.desk import administrator
from meetings.issuing import Issuing
from meetings.links import LetterAbout
from meetings.officers import Pages
from meetings.people import Account
from meetings.post import Message, Post
from meetings.vocabulary import Agency
from tests.accounts import signed_up
from tests.makers import recipient_of
from tests.test_briefing_scenarios import read

NAME = "CLC-IIM-2031-0107"
PAGES = Pages("https://accord.example/briefings/x", "https://accord.example/records/x")
SHIFT, PARTNER = "shift@force.example", "a.lund@housing.example"


@pytest.fixture
def approver(store, manager) -> Account:
    """The sergeant of the example, with an address."""
    return _with_address(store, _as_the_sergeant(manager), "sergeant@force.example")


@pytest.fixture
def owner(store, recorder) -> Account:
    """Whoever wrote it, with an address."""
    return _with_address(store, recorder, "lomond@force.example")


@pytest.fixture
def sent(desk, store):
    """Send what is due, and return what left since the last time."""

    def sent() -> list[tuple[LetterAbout, str, str]]:
        box: list[Message] = []
        Post(store, desk.now, box.append).send()
        return sorted((one.letter.about, one.letter.address, one.page) for one in box)

    return sent


@pytest.fixture
def issuing(desk):
    return Issuing(desk)


@pytest.fixture
def draft(desk, clock, owner):
    """A draft whose two recipients have an address."""
    clock.set(read(NAME, ".expected")["now"])
    document = {**read(NAME), "status": "draft"}
    for name in ("signoff", "integrity"):
        document.pop(name, None)
    for one in document["professionals"]:
        if one["id"] in ("p7", "p8"):
            one["contact"] = {"email": {"p7": SHIFT, "p8": PARTNER}[one["id"]]}
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    with desk.store.open(reference, owner, desk.now()) as kept:
        kept.note("meeting:record:started")
    return reference


@pytest.fixture
def issued(desk, issuing, draft, approver):
    sha = desk.look(draft, approver).content_sha256
    issuing.approve(draft, "p2", "DS Wren Ottershaw", sha, approver, open_version_read=True)
    issuing.issue(draft, approver, PAGES)
    return draft


def _as_the_sergeant(account: Account) -> Account:
    return replace(account, name="DS Wren Ottershaw", agency=Agency.POLICE, organisation="Calderwick Constabulary")


def _with_address(store, person: Account, address: str) -> Account:
    known = replace(person, email=address)
    store.keep_account(known, None, demonstration=False)
    return known


def _read(desk, issuing, reference, by, *who):
    record = desk.look(reference, by)
    for one in who:
        account = signed_up(desk.store, record.document, one, name=f"Supervisor {one}")
        issuing.acknowledge(reference, one, record.content_sha256, account)


def test_each_recipient_with_an_address_is_written_to_once_it_is_issued(issued, sent):
    assert sent() == [
        (LetterAbout.TO_READ, PARTNER, PAGES.officer),
        (LetterAbout.TO_READ, SHIFT, PAGES.officer),
    ]
    assert sent() == []


def test_its_owner_and_its_approver_are_written_to_at_the_time_by_which_somebody_has_not_read_it(
    issued, sent, clock, owner, approver
):
    sent()
    clock.set("2031-03-11T14:59:59+00:00")
    assert sent() == []
    for late in ("2031-03-11T15:00:00+00:00", "2031-03-11T16:30:00+00:00"):
        clock.set(late)
        assert sent() == [(LetterAbout.NOT_READ, one.email, PAGES.record) for one in (owner, approver)], late
    assert sent() == []


def test_nobody_is_written_to_about_what_was_read_in_time(desk, issuing, issued, sent, clock, approver):
    sent()
    _read(desk, issuing, issued, approver, "p7", "p8")
    clock.set("2031-03-11T17:00:00+00:00")
    assert sent() == []
    late = [one for one in desk.store.letters_about(issued) if one.about is LetterAbout.NOT_READ]
    assert {one.problem for one in late} == {"Nobody is late: it was read in time, or is no longer in force."}
    assert all(one.is_given_up for one in late)


def test_a_sighting_is_written_to_whoever_must_act_at_once(desk, issuing, issued, sent, owner, approver):
    officer = recipient_of(desk, read(NAME))
    sent()
    issuing.report_sighting(issued, "Kit awake, in the garden", "27 Cooper Mews", officer, PAGES)
    assert sent() == [(LetterAbout.SEEN, one.email, PAGES.record) for one in (owner, approver)]


def test_a_review_writes_to_the_recipients_of_the_new_version(desk, issuing, issued, sent, clock, approver):
    sent()
    clock.set("2031-03-12T12:00:00+00:00")
    again = datetime.fromisoformat("2031-03-14T12:00:00+00:00")
    issuing.review(issued, "p2", "DS Wren Ottershaw", again, approver, None, PAGES)
    assert (LetterAbout.TO_READ, SHIFT, PAGES.officer) in sent()


def test_nobody_is_written_to_whose_address_is_not_known(desk, issuing, draft, store, manager, sent):
    officer = recipient_of(desk, read(NAME))
    manager = _with_address(store, _as_the_sergeant(manager), "")
    sha = desk.look(draft, manager).content_sha256
    issuing.approve(draft, "p2", "DS Wren Ottershaw", sha, manager, open_version_read=True)
    issuing.issue(draft, manager, PAGES)
    assert {address for _, address, _ in sent()} == {SHIFT, PARTNER}
    issuing.report_sighting(draft, "Kit", "", officer, PAGES)
    assert {address for _, address, _ in sent()} == {"lomond@force.example"}, "the approver has none"
