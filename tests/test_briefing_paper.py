"""The Word briefing: enough to act on at once, nothing closed in the open copy, never one for the family."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
import zipfile
from functools import cache

import pytest

from exports.briefing import SHORTEST_CLOSED, BriefingPaper
from exports.commands import copy_of
from exports.issued import Issue
from exports.keys import Seal
from exports.papers import word_file
from exports.word import read_text
from meetings import audience as who
from meetings.audience import CopyRefused, file_name
from meetings.contract import build_document
from meetings.desk import administrator
from meetings.rules.briefing.sharing import closed_in_the_open, closed_texts, squeezed
from meetings.vocabulary import Audience
from tests.copying import a_copy
from tests.sealing import the_authority
from tests.servers import needs, pdf_to_text, word_to_pdf
from tests.test_briefing_scenarios import NAMES, read


@pytest.fixture
def final(desk, clock):
    def make(name):
        clock.set(read(name, ".expected")["now"])
        reference, _ = desk.import_document(json.dumps(read(name)).encode(), administrator())
        desk.finalise(reference, administrator())
        return reference

    return make


@cache
def _seal():
    return Seal(the_authority().signer())


def _files(desk, reference, audience):
    return Issue(copy_of(desk.export(reference, administrator()), audience), _seal).files()


@pytest.mark.parametrize("name", NAMES)
def test_each_copy_holds_what_its_reader_needs_and_not_what_is_closed(desk, final, name):
    reference, expected = final(name), read(name, ".expected")
    for audience, copy in expected["copies"].items():
        if copy.get("refused"):
            with pytest.raises(CopyRefused, match="No copy of it is ever made for the family"):
                _files(desk, reference, f"{audience}:S1")
            continue
        files = _files(desk, reference, audience)
        text = read_text(files["briefing.docx"])
        for words in copy["must_contain"]:
            assert words in text, (audience, words)
        for words in copy["must_not_contain"]:
            assert words not in text, (audience, words)
    for audience, refs in expected["actions_files"].items():
        actions = json.loads(_files(desk, reference, audience)["actions.json"])
        assert [one["ref"] for one in actions["actions"]] == refs


def everything_in(package):
    """Return all that can be read in a package: each part as text of either encoding, unescaped, and what is packed."""
    found = []
    archive = zipfile.ZipFile(io.BytesIO(package))
    for part in archive.namelist():
        raw = archive.read(part)
        texts = [raw.decode("utf-8", "replace"), raw.decode("utf-16", "replace"), part]
        packed = re.findall(rb"[A-Za-z0-9+/=\s]{200,}", raw)
        texts += [base64.b64decode(one + b"===", validate=False).decode("utf-8", "replace") for one in packed]
        found += [html.unescape(re.sub(r"<[^>]+>", " ", one)) for one in texts] + [html.unescape(one) for one in texts]
    return " ".join(" ".join(found).split())


@pytest.mark.parametrize("name", NAMES)
def test_the_open_copy_holds_no_closed_text_in_any_part_of_the_package(desk, final, name):
    reference = final(name)
    closed, opened = _files(desk, reference, "full"), _files(desk, reference, "partner")
    everything = "".join(
        everything_in(one) if one[:2] == b"PK" else one.decode("utf-8", "replace") for one in opened.values()
    )
    full_text = everything_in(closed["briefing.docx"])
    document = build_document(read(name))
    in_the_open = {words for _, words in closed_in_the_open(document)}
    looked_for = 0
    for place, words in closed_texts(document):
        assert " ".join(words.split()) in full_text, f"the closed copy lacks {place}"
        # What stands in open text as well, in an order to keep silent, is for a person to see before issue.
        if len(words) >= SHORTEST_CLOSED and squeezed(words) not in in_the_open:
            assert " ".join(words.split()) not in everything, place
            looked_for += 1
    assert looked_for
    assert hashlib.sha256(closed["briefing.docx"]).digest() != hashlib.sha256(opened["briefing.docx"]).digest()
    assert file_name(read(name), "full", "docx") != file_name(read(name), "partner", "docx")


def test_an_open_copy_that_was_cut_badly_never_leaves(desk, final, monkeypatch):
    reference = final("NMP-IIM-2031-0066")
    monkeypatch.setitem(who._CUTS, Audience.PARTNER, who._whole)
    with pytest.raises(CopyRefused, match="Stop the open copy: it still holds closed text"):
        _files(desk, reference, "partner")


@pytest.mark.parametrize("name", NAMES)
def test_the_first_page_is_enough_to_act_on(desk, final, name):
    document = read(name)
    text = read_text(_files(desk, final(name), "full")["briefing.docx"])
    first = text[: text.index("Header and trigger")]
    for words in [*document["officer_card"], document["intention"]["primary"]]:
        assert words in first
    for call in document["communications"]["call_first"]:
        assert call["number"] in first


def test_what_has_become_of_it_stands_on_every_page(desk, final, clock):
    reference = final(NAMES[0])
    clock.set("2032-01-01T00:00:00+00:00")
    package = zipfile.ZipFile(io.BytesIO(_files(desk, reference, "full")["briefing.docx"]))
    headers = [package.read(part).decode() for part in package.namelist() if part.startswith("word/header")]
    assert any("EXPIRED" in one for one in headers)


def test_a_copy_drawn_twice_has_the_same_bytes(desk, final):
    reference = final(NAMES[0])
    assert _files(desk, reference, "full") == _files(desk, reference, "full")


SENTENCE = "Quite a long sentence that says something an officer at the door may need to know tonight. "


def as_long_as_it_gets(document):
    """Fill everything that stands on the first page."""
    document = json.loads(json.dumps(document))
    document["title"] = "Family of several names " * 5
    document["officer_card"] = [" ".join(["word"] * 14)] * 7
    document["information"] |= {"summary": SENTENCE * 7, "why_now": SENTENCE * 4}
    communications = document["communications"]
    communications |= {"call_first": communications["call_first"] * 2, "tell_family": SENTENCE * 3}
    document["risk_assessment"]["officer_safety"] = SENTENCE * 3
    document["method"]["if_refused_entry"] = SENTENCE * 4
    document["administration"]["accommodation"] = SENTENCE * 2
    for place in document["places"]:
        place["text"] = SENTENCE
    for risk in document["risk_assessment"]["risks"]:
        risk["threat"] = SENTENCE * 2
    for action in document["actions"]:
        action["text"] = SENTENCE * 3
    for article in document["human_rights"]["articles"]:
        article["text"] = SENTENCE * 2
    return document


@pytest.mark.office
def test_card_and_letters_fill_one_page_at_most_whatever_is_written(tmp_path):
    needs("libreoffice")
    files = []
    for name in NAMES:
        for audience in ("full", "partner"):
            files.append(tmp_path / f"{name}_{audience}.docx")
            files[-1].write_bytes(word_file(a_copy(read(name), audience)))
    files.append(tmp_path / "long.docx")
    longest = as_long_as_it_gets(read("NMP-IIM-2031-0042"))
    files[-1].write_bytes(word_file(a_copy({**longest, "status": "draft"}, "full")))
    word_to_pdf(*files)
    for file in files:
        first, second, *_ = pdf_to_text(file.with_suffix(".pdf"))
        assert "Human rights" in first, file.name
        assert "IIMARCH briefing" in first
        assert re.search(r"^\s*(Contents|Officer card)\s*$", second, re.MULTILINE), file.name
        assert "OFFICIAL-SENSITIVE" in first


def test_what_an_officer_acts_on_is_never_cut_short_on_the_first_page(desk, final):
    """Numbers, what must not be told, and what to do on meeting them stand there whole."""
    for name in NAMES:
        document = read(name)
        text = read_text(_files(desk, final(name), "full")["briefing.docx"])
        first = " ".join(text[: text.index("Header and trigger")].split())
        for call in document["communications"]["call_first"]:
            assert call["number"] in first
        for words in document["communications"].get("do_not_disclose", ()):
            assert words in first
        for action in document["actions"]:
            if action["kind"] == "standing_instruction":
                assert action["text"] in first, name
        assert document["intention"]["primary"] in first


@pytest.mark.office
def test_the_address_of_whoever_acts_is_never_broken(tmp_path):
    needs("libreoffice")
    document = read("NMP-IIM-2031-0042")
    address = "oluwaseun.bamgbose-adeyemi@northmere.police.example"
    document["professionals"][0]["contact"]["email"] = address
    file = tmp_path / "briefing.docx"
    file.write_bytes(word_file(a_copy(document)))
    word_to_pdf(file)
    assert address in "".join(pdf_to_text(file.with_suffix(".pdf")))


def test_the_age_of_a_baby_is_said_in_months():
    text = read_text(word_file(a_copy(read("EFP-IIM-2031-0031"))))
    assert "Rowan SELLICK, 4 months\n" in text
    assert "Ash SELLICK, 3\n" in text


def test_what_is_still_to_be_asked_is_named_on_the_first_page():
    text = read_text(word_file(a_copy(read("NMP-IIM-2031-0066"))))
    assert "Not checked yet: phone data application\n" in text[: text.index("Header and trigger")]


def test_a_standing_instruction_is_due_at_once_when_its_moment_comes():
    text = read_text(word_file(a_copy(read("NMP-IIM-2031-0042"))))
    assert "After: Mother located\nat once\n" in text
    assert "within at once" not in text


@pytest.mark.parametrize("state", ["SUPERSEDED by version 2", "STOOD DOWN by version 3", "EXPIRED"])
def test_what_has_become_of_it_stands_above_the_card(state):
    text = read_text(word_file(a_copy({**read("NMP-IIM-2031-0042"), "status": "final"}, state=state)))
    assert state in text[: text.index("Pregnant woman")]


def test_no_reader_of_a_briefing_is_told_how_to_fill_in_a_form_nor_shown_an_empty_column():
    for name in NAMES:
        text = read_text(word_file(a_copy(read(name))))
        assert "(say " not in text
    assert "Number\nNote\n" not in read_text(word_file(a_copy(read("CLC-IIM-2031-0133")))), "no telephone has a note"


def test_how_it_is_handled_stands_whole_on_the_first_page():
    text = read_text(word_file(a_copy(read("NMP-IIM-2031-0042"))))
    first = text[: text.index("Header and trigger")]
    assert "; ".join(read("NMP-IIM-2031-0042")["marking"]["handling"]) in first


def test_a_briefing_says_which_copy_it_is_and_what_that_leaves_out():
    for audience in ("full", "partner"):
        kind = Audience.of(audience)
        said = f"This copy: {kind.label}. {who.HOLDS[kind]}"
        text = read_text(word_file(a_copy(read("CLC-IIM-2031-0107"), audience)))
        assert text.index(said) < text.index("Header and trigger")


def test_the_last_version_of_a_briefing_says_above_its_card_why_it_was_stood_down():
    replaced = {"version": 1, "content_sha256": "ab" * 32, "text": "All were found safe"}
    over = {**read("CLC-IIM-2031-0107"), "status": "withdrawn", "version": 2, "supersedes": replaced}
    text = read_text(word_file(a_copy(over)))
    assert text.index("Why: All were found safe") < text.index(over["officer_card"][0])
    assert "Why: " not in read_text(word_file(a_copy({**over, "status": "final"})))


def test_what_finds_no_room_among_the_letters_is_said_to_stand_in_the_whole_briefing():
    paper = BriefingPaper(a_copy(read("NMP-IIM-2031-0042")))
    shortened = [words for _, said in paper.fitting(paper.lines_above()) for words in said if words.startswith("and ")]
    assert shortened
    assert all(words.endswith(" more, in the whole briefing") for words in shortened), "a printed page stands alone"


def test_a_list_that_was_asked_for_and_is_empty_says_of_what_there_is_none():
    document = read("EFP-IIM-2031-0031")
    document["information"]["phones"] = document["information"]["vehicles"] = []
    text = read_text(word_file(a_copy(document)))
    assert "\nVehicles\nNone known.\n" in text
    assert "\nTelephones\nNone known.\n" in text
