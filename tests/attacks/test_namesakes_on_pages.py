"""Namesakes and twins on pages and on paper: whoever reads a name knows which of the two it is."""

from __future__ import annotations

import json

import pytest

from exports.copies import Copy
from exports.minutes import Minutes
from exports.paper import docx
from exports.word import read_text
from forms.asking import called
from meetings.audience import reader
from meetings.contract import build_document
from meetings.desk import administrator
from meetings.documents import DISCUSSION
from meetings.namesakes import names_of
from meetings.outline import outline
from meetings.profiles import DEFAULT_PROFILE, profile
from tests.copying import a_copy
from tests.makers import a_child, a_discussion, an_adult, an_outcome, an_unborn_baby


def a_discussion_about(*children):
    adults = a_discussion()["adults"]
    ids = [one["id"] for one in children]
    outcomes = [an_outcome(child=one) for one in ids]
    adults = [{**one, **({"parent_of": ids} if "parent_of" in one else {})} for one in adults]
    return a_discussion(children=list(children), outcomes=outcomes, adults=adults)


TWINS = (an_unborn_baby(id="c1", subject=True), an_unborn_baby(id="c2", subject=True))
COUSINS = (
    a_child(id="c1", name="Ali Hassan", born_on="2018-05-04"),
    a_child(id="c2", name="Ali  hassan", born_on="2020-06-05"),
)


def copy_of(document, who, child=None):
    return Copy(document, reader(who), profile(DEFAULT_PROFILE), (), "0" * 64, child=child)


def text_of(document, who="full", child=None):
    return read_text(docx(Minutes(copy_of(document, who, child))))


def test_minutes_tell_twins_apart_in_every_table_and_heading():
    text = text_of(a_discussion_about(*TWINS))
    for number in (1, 2):
        assert text.count(f"Unborn baby Marsh ({number} of 2)") >= 3  # decisions in short, the child, the decision
    assert text.count("Unborn baby Marsh") == text.count(" of 2)")


def test_minutes_tell_namesakes_apart_by_the_date_of_birth():
    text = text_of(a_discussion_about(*COUSINS))
    assert "Ali Hassan (born 4 May 2018)" in text
    assert "Ali  hassan (born 5 June 2020)" in text


def test_a_copy_that_holds_no_date_of_birth_tells_by_number():
    names = copy_of(a_discussion_about(*COUSINS), "decisions").names
    assert (names["c1"], names["c2"]) == ("Ali Hassan (1 of 2)", "Ali  hassan (2 of 2)")


def test_a_letter_to_a_parent_says_nothing_of_the_birth_or_the_name_of_another_child():
    document = a_discussion_about(*COUSINS)
    mother = document["adults"][0]["id"]
    document["telling"] = [{"adult": mother, "tell": "all", "text": "We met."}]
    document["adults"][0]["parent_of"] = ["c2"]
    document["adults"][0].pop("parental_responsibility_for", None)
    names = copy_of(document, f"parent:{mother}").names
    assert "c1" not in names
    assert names["c2"] == "Ali  hassan"
    document["adults"][0]["parent_of"] = ["c1", "c2"]
    names = copy_of(document, f"parent:{mother}").names
    assert (names["c1"], names["c2"]) == ("Ali Hassan (1 of 2)", "Ali  hassan (2 of 2)")


def test_an_extract_says_which_of_the_two_it_is_about():
    copy = copy_of(a_discussion_about(*TWINS), "full", child="c2")
    assert Minutes(copy).name_of_file().endswith("Unborn baby Marsh (2 of 2)")


def test_a_text_in_words_and_a_document_call_people_alike():
    document = a_discussion_about(*TWINS)
    names = names_of(build_document(document))
    said = [entry.title for chapter in outline(document, DISCUSSION) for entry in chapter.entries]
    assert {names["c1"], names["c2"]} <= set(said)
    assert names["c1"] == "Unborn baby Marsh (1 of 2)"


@pytest.mark.parametrize("place", ["steps/actions", "children/c2", "read-back", "steps/decisions"])
def test_pages_tell_twins_apart(desk, at_work, place):
    reference, _ = desk.import_document(json.dumps(a_discussion_about(*TWINS)).encode(), administrator())
    page = at_work.get(f"/records/{reference}/{place}")
    assert page.status == 200
    assert "Unborn baby Marsh (2 of 2)" in page.text


def test_the_page_of_a_child_is_titled_with_what_tells_the_child_apart(desk, at_work):
    reference, _ = desk.import_document(json.dumps(a_discussion_about(*COUSINS)).encode(), administrator())
    page = at_work.get(f"/records/{reference}/children/c2")
    assert "<title>Ali  hassan (born 5 June 2020), " in page.text


def test_two_who_were_given_one_id_each_keep_the_own_name():
    document = a_discussion(adults=[an_adult(id="c1", name="Lena Marsh")])
    text = read_text(docx(Minutes(a_copy(document))))
    assert text.count("Robin Marsh") > 1
    assert "Lena Marsh" in text
    whole = build_document(document)
    assert [called(one, whole) for one in (*whole.children, *whole.adults)] == ["Robin Marsh", "Lena Marsh"]
