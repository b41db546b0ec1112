"""Text that was pasted: what nobody can see is no answer, and no mark shows words in another order than they stand."""

from __future__ import annotations

import copy
import json
import re
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest

from exports.papers import word_file
from exports.word import read_text, written
from forms.reading import clean
from meetings import contract
from meetings.desk import administrator
from meetings.documents import BRIEFING, DISCUSSION
from meetings.folding import in_order
from meetings.profiles import profile
from meetings.rules import Level, case_of, judge
from tests.copying import a_copy
from tests.makers import a_discussion, changed
from tests.rule_rows import SAFE_ADDRESS

HERE = Path(__file__).parent / "scenarios"
RECORDS = {
    DISCUSSION: (HERE / "strategy" / "O1" / "meeting-1.json", "2026-12-02T16:20:00+00:00"),
    BRIEFING: (HERE / "briefings" / "NMP-IIM-2031-0042.json", "2031-03-01T16:20:00+00:00"),
}
TURNED = "Father said \u202edid not\u202c hit her"
STANDS = "Father said did not hit her"
ARABIC = 'هاجم الأب الأم يوم 3/12/2026 (الساعة 18:30)، وقالت: "لن أعود إلى البيت".'


def texts_of(value, path=""):
    """Yield the place of each free text of a document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts_of(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from texts_of(inner, f"{path}/{number}")
    elif isinstance(value, str) and " " in value:
        yield path


def put(document, path, words):
    made = copy.deepcopy(document)
    *steps, last = (int(one) if one.isdigit() else one for one in path[1:].split("/"))
    inner = made
    for step in steps:
        inner = inner[step]
    inner[last] = words
    return made


def fired(document, now):
    case = case_of(contract.read(document), profile(document["profile"]), datetime.fromisoformat(now), ())
    return {(one.rule, one.level, one.places) for one in judge(case)}


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.name)
def test_a_text_that_nobody_can_see_is_judged_as_one_that_is_not_there(kind):
    path, now = RECORDS[kind]
    document = json.loads(path.read_text(encoding="utf-8"))
    tried = [one for one in texts_of(document) if not one.startswith(("/provenance", "/signoff", "/profile"))]
    unseen = ["\u200b", "\u2060\u00ad", "\ufeff", "\u200e\u200f", "\u2800\u3164"]
    assert len(tried) > 40
    for number, place in enumerate(tried):
        words = unseen[number % len(unseen)]
        assert fired(put(document, place, words), now) == fired(put(document, place, " "), now), place


@pytest.mark.parametrize(
    ("path", "rule"),
    [("/outcomes/0/decision/reason", "SD-050"), ("/actions/0/text", "SD-070"), ("/referral/text", "SD-010"),
     ("/professionals/0/name", "SD-020"), ("/contingencies", "SD-075")],
)  # fmt: skip
def test_an_answer_of_nothing_but_unseen_letters_holds_a_record_back(path, rule):
    document, now = json.loads(RECORDS[DISCUSSION][0].read_text(encoding="utf-8")), RECORDS[DISCUSSION][1]
    for words in ("\u200b", "\u2060", "\u00ad", "\ufeff", "\u200e\u200f", "\u2800"):
        odd = put(document, path, [words] if path == "/contingencies" else words)
        assert rule in {one for one, level, _ in fired(odd, now) if level is Level.BLOCK}


def test_an_address_is_found_in_open_text_though_unseen_letters_or_other_marks_stand_in_it():
    record = changed(a_discussion(), {**SAFE_ADDRESS, "/contingencies/-": "Sorrel\u00a0Ho\u200buse, if need be"})
    found = [places for rule, _, places in fired(record, "2026-12-02T16:20:00+00:00") if rule == "SD-116"]
    assert found == [("/contingencies/1",)]


# ── The order of the letters ─────────────────────────────────────────────────────────────────────────────────────


def minutes_with(*lines):
    changes = {f"/information/lines/{number}/text": words for number, words in enumerate(lines)}
    return word_file(a_copy(changed(a_discussion(), changes)))


def xml_of(package):
    with zipfile.ZipFile(BytesIO(package)) as opened:
        return opened.read("word/document.xml").decode()


@pytest.mark.parametrize("mark", "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\u061c")
def test_minutes_show_words_in_the_order_in_which_they_stand(mark):
    package = minutes_with(f"Father said {mark}did not hit her 3/12 - 18:30")
    assert "Father said did not hit her 3/12 - 18:30" in read_text(package)
    assert mark not in xml_of(package)


def test_what_is_written_from_right_to_left_stands_so_in_the_minutes():
    """Its marks at the end belong at the left end; a Word file says so of the paragraph and of its signs."""
    package = minutes_with(ARABIC)
    (paragraph,) = (one for one in re.findall(r"<w:p>.*?</w:p>", xml_of(package)) if "هاجم" in one)
    assert "<w:bidi/></w:pPr>" in paragraph
    assert all("<w:rtl/>" in one for one in re.findall(r"<w:r>.*?</w:r>", paragraph))
    assert ARABIC in read_text(package)


def test_english_words_in_such_a_line_and_such_words_in_an_english_one_are_marked_apart():
    turned = re.findall(
        r"<w:r>(<w:rPr><w:rtl/></w:rPr>)?<w:t[^>]*>([^<]*)</w:t>", written(f"{ARABIC[:4]} Mill Lane 4.")
    )
    assert [(bool(mark), words) for mark, words in turned] == [(True, "هاجم "), (False, "Mill Lane"), (True, " 4.")]
    english = re.findall(
        r"<w:r>(<w:rPr><w:rtl/></w:rPr>)?<w:t[^>]*>([^<]*)</w:t>", written("She said الأب 18:30 الأم.")
    )
    assert [(bool(mark), words) for mark, words in english] == [
        (False, "She said "), (True, "الأب 18:30 الأم"), (False, ".")
    ]  # fmt: skip


# ── The pages ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def a_draft(app):
    return _desk(app).import_document(json.dumps(a_discussion()).encode(), administrator())[0]


def _desk(app):
    return app.extensions["accord"]


def _with_a_turned_line(app):
    document = changed(a_discussion(status="draft"), {"/referral/text": TURNED, "/contingencies/0": f"{TURNED}\u2028x"})
    document.pop("signoff", None)
    return _desk(app).import_document(json.dumps(document).encode(), administrator())[0]


def test_no_page_shows_words_of_an_imported_record_in_another_order(app, at_work):
    reference = _with_a_turned_line(app)
    for path in ("", "/steps/referral", "/steps/closing", "/read-back", "/history"):
        page = at_work.get(f"/records/{reference}{path}")
        assert page.status == 200
        assert not re.search("[\u202a-\u202e]", page.text)
    assert at_work.get(f"/records/{reference}/steps/referral").fields()["referral:text"] == [STANDS]


def test_a_page_of_an_imported_record_that_is_saved_as_it_came_changes_nothing(app, at_work):
    reference = _with_a_turned_line(app)
    before = _desk(app).look(reference, administrator())
    for step in ("referral", "closing", "actions"):
        at_work.type(f"/records/{reference}/steps/{step}", {})
    after = _desk(app).look(reference, administrator())
    assert after.json == before.json
    assert after.json["referral"]["text"] == TURNED


def test_marks_that_turn_words_round_are_left_out_of_what_is_typed_and_the_page_says_so(app, at_work, a_draft):
    page = at_work.type(f"/records/{a_draft}/steps/referral", {"text": f"{TURNED}, \x93hard\x94"})
    assert _desk(app).look(a_draft, administrator()).json["referral"]["text"] == f"{STANDS}, “hard”"
    assert "2 invisible characters were left out" in page.words


def test_a_reason_that_nobody_can_see_is_no_reason(app, at_work, a_draft):
    page = at_work.type(f"/records/{a_draft}/steps/referral", {"text": "\u200b\u2060"})
    assert "text" not in _desk(app).look(a_draft, administrator()).json.get("referral", {})
    assert "2 invisible characters were left out" in page.words


def test_marks_of_text_that_is_written_from_right_to_left_stay_in_it():
    assert clean(f"\u2067{ARABIC}\u2069\u200f").text == f"\u2067{ARABIC}\u2069\u200f"
    assert in_order(f"\u2067{ARABIC}\u2069\u200f") == f"\u2067{ARABIC}\u2069\u200f"
    assert clean("tel \u206701632 962100\u2069") == clean("tel \u206701632 962100\u2069")
    assert clean("tel \u206701632 962100\u2069").text == "tel 01632 962100"
