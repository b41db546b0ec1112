"""How a field looked, and addresses, are remembered between pages: it never shows, and holds nothing of a record."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask, url_for

from forms import addresses, choosing, fields
from forms.asking import PartForm, _asked_of, room_of
from forms.drawing import NotInFace, drawn
from meetings.desk import Answer, administrator
from meetings.documents import BRIEFING, DISCUSSION
from meetings.guides import GUIDES
from meetings.parts import layout_of
from tests.conftest import SCENARIOS
from tests.makers import a_discussion, an_id, changed

NASTY = "<b>&amp;'\" {{ 7*7 }} \\0 Zoë \u202eabc"
KINDS = (fields.Asked, choosing.Offering, fields.SeveralWordsField)
"""Each says for itself what its face is."""


def _pages(desk, reference):
    record = desk.look(reference, administrator())
    kind = BRIEFING if record.kind is BRIEFING else DISCUSSION
    yield from (f"/records/{reference}/steps/{step.key}" for step in GUIDES[kind])
    if kind is DISCUSSION:
        yield from (f"/records/{reference}/children/{child.id}" for child in record.document.subjects)


def _text(at_work, path):
    return re.sub(r'nonce="[^"]*"|name="(?:csrf_token|once)" value="[^"]*"', "", at_work.client.get(path).text)


@pytest.fixture
def keep(desk):
    return lambda document: desk.import_document(json.dumps(document).encode(), administrator())[0]


def _documents():
    yield from (json.loads((SCENARIOS / one / "meeting-1.json").read_bytes()) for one in ("O1", "O2", "O5"))
    yield json.loads((SCENARIOS.parent / "briefings" / "NMP-IIM-2031-0042.json").read_bytes())
    yield changed(
        a_discussion(),
        {
            "/professionals/0/name": NASTY,
            "/children/0/name": NASTY,
            "/review/reason": NASTY * 9,
            "/outcomes/0/analysis": NASTY + "\n" + NASTY,
        },
    )


def test_every_page_drawn_from_memory_looks_as_one_drawn_anew(desk, at_work, keep, monkeypatch):
    paths = [path for document in _documents() for path in _pages(desk, keep(document))]
    for path in paths:
        at_work.client.get(path)
    remembered = {path: _text(at_work, path) for path in paths}
    for kind in KINDS:
        monkeypatch.setattr(kind, "face", None)
    for path in paths:
        assert _text(at_work, path) == remembered[path], path


def test_a_field_that_could_not_be_read_is_drawn_with_its_problem_also_after_others_without(desk, at_work, keep):
    reference = keep(a_discussion())
    path = f"/records/{reference}/steps/closing"
    at_work.get(path)
    page = at_work.type(path, {"next_at": "31/2/2027 10:00"})
    assert "‘31/2/2027 10:00’ is not a date and time. Use 28/2/2027 10:00." in page.words
    page = at_work.type(path, {"next_at": "28/2/2027 10:00"})
    assert "is not a date and time" not in page.words


def test_words_of_one_record_never_stand_on_a_page_of_another(desk, at_work, keep):
    secret = "Only of the first record"
    first = keep(changed(a_discussion(), {"/review/reason": secret, "/outcomes/0/analysis": secret}))
    second = desk.start(administrator())
    for path in _pages(desk, first):
        at_work.get(path)
    for path in _pages(desk, second):
        assert secret not in at_work.get(path).text, path


def test_people_who_are_named_alike_elsewhere_are_not_offered_here(desk, at_work, keep):
    first = keep(a_discussion())
    second = keep(a_discussion(id=an_id(9), ref="SD-2027-0009"))
    at_work.get(f"/records/{first}/children/c1")
    desk.answer(second, _row(desk, second, "professionals").id, {"name": Answer("Somebody New")}, administrator())
    page = at_work.get(f"/records/{second}/children/c1")
    assert "Somebody New, Team manager" in page.text
    assert "Ada Finch, Team manager" not in page.text
    assert "Somebody New" not in at_work.get(f"/records/{first}/children/c1").text


def _row(desk, reference, name, number=0):
    return desk.look(reference, administrator()).rows(name)[number]


def _remembered(layouts=(BRIEFING, DISCUSSION)):
    """Every field that pages copy, those of rows inside an answer too."""
    for layout in map(layout_of, layouts):
        waiting = [one for name in (*layout.sections, *layout.lists) for one in _asked_of(layout, name).values()]
        for one in waiting:
            yield one
            waiting.extend(getattr(one, "asked_of_row", {}).values())


def _with_secrets():
    document = json.loads((SCENARIOS / "O1" / "meeting-1.json").read_bytes())
    text = json.dumps(document)
    names = {one["name"] for kind in ("children", "adults", "professionals") for one in document[kind]}
    for name in names:
        text = text.replace(name, f"Secret {name}")
    return json.loads(text)


def test_nothing_of_a_record_is_remembered_of_how_its_fields_looked(desk, at_work, keep):
    for one in _remembered():
        one.drawn.clear()
    reference = keep(changed(_with_secrets(), {"/review/reason": "Secret reason", "/outcomes/0/analysis": "Secret"}))
    shown = "".join(at_work.get(path).text for path in _pages(desk, reference))
    assert shown.count("Secret") > 100
    kept = [(one.path, face, looks.between) for one in _remembered() for face, looks in one.drawn.items()]
    assert len(kept) > 50
    assert "Secret" not in str(kept)


def test_what_is_typed_and_shown_leaves_the_fields_that_pages_copy_as_they_were(desk, at_work, keep):
    def state():
        return [{name: repr(value) for name, value in vars(one).items() if name != "drawn"} for one in _remembered()]

    before = state()
    reference = keep(a_discussion())
    for path in _pages(desk, reference):
        page = at_work.get(path)
        if page.soup.find("form", attrs={"data-warns": True}) is None:
            continue
        typed = {name: "31/2/2027 x" for name in page.fields() if ":" in name and not name.startswith("was:")}
        at_work.post(path, {**page.fields(), **typed, "do": "save"})
        at_work.get(path)
    assert state() == before


def test_only_so_many_looks_of_a_question_are_remembered(desk, at_work, keep, monkeypatch):
    monkeypatch.setattr("forms.drawing.MOST_FACES", 2)
    reference = keep(a_discussion())
    for lines in range(1, 9):
        text = "\n".join(["line"] * lines)
        desk.answer(reference, "review", {"reason": Answer(text)}, administrator())
        page = at_work.get(f"/records/{reference}/steps/closing")
        assert page.by_id("review:reason").text.strip() == text
    assert len(_asked_of(layout_of(DISCUSSION), "review")["reason"].drawn) <= 2


def test_a_drawing_that_shows_more_than_a_face_tells_is_refused(app, desk, keep):
    record = desk.look(keep(a_discussion()), administrator())
    form = PartForm("review", record.section("review"), ["reason"], room_of(record, desk.now()))
    form["reason"].drawn.clear()
    with pytest.raises(NotInFace, match="Let `Asked.face` depend on ‘room’, or return None where it says something"):
        drawn(form, lambda field: f"<p>{field.room}</p>")


# ── Addresses ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "values",
    [
        {"reference": "SD-2027-0311", "key": "people"},
        {"reference": "SD-2027-0311/2", "key": "people", "open": "a b&c", "_anchor": "x:y/z ü"},
        {"reference": "SD-2027-0311", "key": "people", "open": ["one", "two"], "_anchor": ""},
        {"reference": "SD-2027-0311", "key": "people", "open": None},
        {"reference": "SD-2027-0311", "key": "people", "before": 1},
        {"reference": "SD-2027-0311", "key": "people", "before": True},
        {"reference": "SD-2027-0311", "key": "people", "_external": True},
        {"reference": "SD-2027-0311", "key": "people", "_external": True, "_scheme": "https", "_anchor": "x"},
    ],
)
def test_a_remembered_address_is_the_one_that_flask_writes(app, values):
    for prefix in ("", "/accord"):
        with app.test_request_context("/", base_url=f"http://localhost{prefix}/"):
            asked = {"_anchor": None, "_method": None, "_scheme": None, "_external": None, **values}
            flasks = Flask.url_for(app, "forms.step", **asked)
            assert [url_for("forms.step", **values), url_for("forms.step", **values)] == [flasks, flasks]


def test_only_so_many_addresses_are_remembered(app, monkeypatch):
    monkeypatch.setattr(addresses, "MOST", 2)
    with app.test_request_context("/"):
        for _ in range(2):
            found = [url_for("forms.record", reference=f"SD-{number}") for number in range(5)]
            assert found == [f"/records/SD-{number}" for number in range(5)]
    assert app._known.cache_info().currsize == 2
