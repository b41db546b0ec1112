"""Who saw a record and who took which file of it: kept for each look and each copy, chained, never changed."""

from __future__ import annotations

import hashlib
import json

import pytest
import sqlalchemy as sa

from meetings.desk import administrator
from meetings.history import is_unbroken
from meetings.people import NotAllowed
from meetings.store.tables import sharing
from tests.makers import a_discussion


@pytest.fixture
def reference(desk):
    return desk.import_document(json.dumps(a_discussion()).encode(), administrator())[0]


def test_every_file_that_leaves_is_registered_with_its_hash_version_audience_and_who_took_it(app, at_work, desk):
    reference = desk.import_document(json.dumps(a_discussion()).encode(), administrator())[0]
    minutes = at_work.client.get(f"/records/{reference}/minutes.docx?audience=police").data
    found = desk.store.registered(hashlib.sha256(minutes).hexdigest())
    assert (found.reference, found.version, found.audience) == (reference, 1, "police")
    assert found.name.endswith(f"_{reference}_v1_police.docx")
    assert found.who == "Wendell Ashgrove"
    assert desk.store.registered("0" * 64) is None

    page = at_work.get(f"/records/{reference}/who-saw-it")
    assert found.name in page.words
    assert "Police" in page.words


def test_a_look_at_a_record_is_logged_and_typing_in_it_is_not_a_look(app, at_work, desk):
    reference = desk.import_document(json.dumps(a_discussion()).encode(), administrator())[0]
    before = desk.look(reference, administrator()).counter
    at_work.get(f"/records/{reference}")
    at_work.get(f"/records/{reference}/steps/actions")
    lines = desk.sharing(reference, administrator())
    assert [(line.what, line.who) for line in lines] == [("page:seen", "Wendell Ashgrove")]
    assert desk.look(reference, administrator()).counter == before, "looking changes nothing in the record"


def test_the_log_shows_when_a_line_was_changed_or_taken_out(desk, reference, recorder):
    for page in ("record", "officer", "record"):
        desk.note_view(reference, recorder, page, 1)
    assert is_unbroken(desk.store.sharing_of(reference))
    with desk.store.writing() as connection:
        connection.execute(sa.update(sharing).where(sharing.c.number == 2).values(who="Somebody else"))
    assert not is_unbroken(desk.store.sharing_of(reference))
    with desk.store.writing() as connection:
        connection.execute(sa.delete(sharing).where(sharing.c.number == 2))
    assert not is_unbroken(desk.store.sharing_of(reference))


def test_reading_the_log_is_a_permission_of_its_own(desk, reference, officer):
    with pytest.raises(NotAllowed):
        desk.sharing(reference, officer)


def test_a_purpose_that_was_said_is_kept_with_the_copy(desk, reference, recorder):
    source = desk.export(reference, recorder)
    desk.give_out(source, "partner", {"minutes.docx": b"text"}, recorder, purpose="Case conference on Friday")
    (line,) = desk.sharing(reference, recorder)
    assert line.detail["purpose"] == "Case conference on Friday"
