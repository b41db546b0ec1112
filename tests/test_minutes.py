"""The Word minutes, read back: complete, in order, the same bytes twice, marked on every page."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import docx
import pytest
from hypothesis import given

from exports import tables, word
from exports.extracts import children_of
from exports.minutes import SECTIONS
from exports.papers import word_file
from exports.proof import PaperIncomplete, prove, recorded_texts
from exports.word import read_text
from meetings import contract
from meetings.audience import HOLDS, CopyRefused
from meetings.documents import DISCUSSION, Restricted
from meetings.parts import layout_of
from meetings.seal import approval_id, content_sha256
from meetings.vocabulary import Audience
from tests.any_record import records, steady
from tests.copying import NAMES, SCENARIOS, a_copy
from tests.makers import a_child, a_discussion, a_place, a_safe_place, an_action
from tests.servers import needs, pdf_to_png, pdf_to_text, word_to_pdf

LAYOUT = layout_of(DISCUSSION)


def _parts(package: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


def _draft(**changes):
    document = a_discussion(status="draft", **changes)
    document.pop("signoff", None)
    return document


def test_every_question_of_the_record_has_its_place_in_the_minutes():
    placed = [
        (block.part, path)
        for _, blocks in SECTIONS
        for block in blocks
        for path in (block.only or LAYOUT.answers_of(block.part))
    ]
    asked = {(part, path) for part in LAYOUT.names() for path, one in LAYOUT.answers_of(part).items() if one.asked}
    assert len(placed) == len(set(placed))
    assert asked <= set(placed)


@pytest.mark.parametrize(("name", "document", "meeting", "history"), SCENARIOS, ids=NAMES)
def test_each_scenario_gives_minutes_that_hold_what_they_must_and_nothing_else(name, document, meeting, history):
    for audience, expected in meeting["copies"].items():
        copy = a_copy(document, audience, history)
        if expected.get("refused"):
            with pytest.raises(CopyRefused):
                word_file(copy)
            continue
        package = word_file(copy)
        text = read_text(package)
        everything = re.sub(r"<[^>]+>", "", "".join(_parts(package).values()))
        for words in expected["must_contain"]:
            assert words in text, (audience, words)
        for words in expected["must_not_contain"]:
            assert words not in text, (audience, words)
            assert words not in everything, (audience, words)


def test_the_same_copy_gives_the_same_bytes():
    for _, document, _, history in SCENARIOS:
        assert word_file(a_copy(document, "full", history)) == word_file(a_copy(document, "full", history))


def test_the_library_opens_what_was_written_and_finds_real_headings():
    document = docx.Document(io.BytesIO(word_file(a_copy(a_discussion()))))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert "Who took part" in headings
    assert "Actions" in headings
    assert document.core_properties.title.startswith("Minutes of strategy discussion SD-")
    assert document.core_properties.language == "en-GB"


def test_nothing_of_a_stock_template_is_left():
    parts = _parts(word_file(a_copy(a_discussion())))
    assert set(parts) == {
        "[Content_Types].xml",
        "_rels/.rels",
        "customXml/_rels/item1.xml.rels",
        "customXml/item1.xml",
        "customXml/itemProps1.xml",
        "docProps/core.xml",
        "word/_rels/document.xml.rels",
        "word/document.xml",
        "word/footer1.xml",
        "word/header1.xml",
        "word/settings.xml",
        "word/styles.xml",
    }
    assert "python-docx" not in "".join(parts.values())


def test_a_title_too_long_for_a_property_is_cut_there_and_whole_on_the_page():
    document = a_discussion(ref="R" * 300)
    document["provenance"]["organisation"] = "Marsh Council " * 30
    package = word_file(a_copy(document))
    properties = docx.Document(io.BytesIO(package)).core_properties
    assert [len(one) for one in (properties.title, properties.author, properties.subject)] == [255] * 3
    assert "R" * 300 in read_text(package)


def test_every_page_says_draft_reference_version_hash_and_number():
    copy = a_copy(_draft())
    parts = _parts(word_file(copy))
    assert "DRAFT" in parts["word/header1.xml"]
    assert "OFFICIAL-SENSITIVE" in parts["word/header1.xml"]
    for words in (copy.document["ref"], "v1", copy.content_sha256[:12], " PAGE ", " NUMPAGES "):
        assert words in parts["word/footer1.xml"]
    assert copy.content_sha256 in read_text(word_file(copy))


def test_a_final_record_without_a_confirmation_says_so_on_every_page():
    document = a_discussion(status="final")
    assert a_copy(document).warnings == []
    document["signoff"] = [one for one in document["signoff"] if one["as"] != "police"]
    assert "NOT CONFIRMED by police" in _parts(word_file(a_copy(document)))["word/header1.xml"]
    document["signoff"] = []
    assert "NOT CONFIRMED by the chair or police" in _parts(word_file(a_copy(document)))["word/header1.xml"]


def test_sign_offs_that_came_with_the_record_say_so_on_every_page_and_beside_each():
    copy = a_copy(a_discussion(status="final"), made_elsewhere=frozenset({0}))
    package = word_file(copy)
    assert "imported with the record, not made here" in _parts(package)["word/header1.xml"]
    assert read_text(package).count("imported with the record, not made here") == 2


def test_a_table_repeats_its_header_and_splits_no_row():
    xml = _parts(word_file(a_copy(a_discussion())))["word/document.xml"]
    assert xml.count("<w:tblHeader/>") >= 3
    assert xml.count("<w:tr>") == xml.count("<w:cantSplit/>")


def test_long_minutes_have_contents_and_short_ones_have_none():
    assert "TOC \\o" not in _parts(word_file(a_copy(a_discussion())))["word/document.xml"]
    many = a_discussion(actions=[an_action(number) for number in range(1, 200)])
    assert "TOC \\o" in _parts(word_file(a_copy(many)))["word/document.xml"]


@pytest.mark.parametrize(
    "words",
    [
        "Smith & Sons <risk high>",
        "{{ 7*7 }} {% for %}",
        "two\nlines\tand a tab",
        "Zoë İpek Ọ̀ṣun Żółkiewski-O’Rourke Ó Dómhnaill-D'Souza",
        "  spaces at both ends  ",
        "عبد الرحمن آدم",
        "mixed عبد الرحمن and (شرف) 12",
        "‘’“”—…\u200d\u200e𝒵",
        "None",
    ],
)
def test_text_is_in_the_minutes_code_point_for_code_point(words):
    document = a_discussion()
    document["outcomes"][0]["analysis"] = words
    document["children"][0]["name"] = words
    text = read_text(word_file(a_copy(document)))
    assert text.count(words) >= 2


def test_names_written_from_right_to_left_are_marked_so_and_nothing_is_added():
    document = a_discussion(children=[a_child(other_script="هدى عبد الرحمن")])
    xml = _parts(word_file(a_copy(document)))["word/document.xml"]
    assert re.search(r'<w:rPr>(?:(?!</w:rPr>).)*<w:rtl/></w:rPr><w:t xml:space="preserve">هدى عبد الرحمن</w:t>', xml)
    assert "\u2067" not in xml


def test_minutes_that_lack_a_recorded_text_are_not_given_out(monkeypatch):
    document = a_discussion()
    owner = document["outcomes"][0]["decision"]["reason"]
    honest = word.lines
    monkeypatch.setattr(tables, "lines", lambda texts, **more: honest([one for one in texts if one != owner], **more))
    with pytest.raises(PaperIncomplete) as refused:
        word_file(a_copy(document))
    assert refused.value.missing == ["/outcomes/0/decision/reason"]
    assert str(refused.value) == (
        "The Word file was not given out: it lacks what is recorded at /outcomes/0/decision/reason."
    )


def test_minutes_whose_parts_stand_in_another_order_are_not_given_out():
    document = a_discussion()
    package = word_file(a_copy(document))
    other = a_discussion()
    other["information"]["lines"].reverse()
    assert (
        recorded_texts(LAYOUT, SECTIONS, document) != recorded_texts(LAYOUT, SECTIONS, other)
        or len(document["information"]["lines"]) < 2
    )
    prove(package, LAYOUT, SECTIONS, document)
    document["outcomes"][0]["analysis"], document["referral"]["text"] = (
        document["referral"]["text"],
        document["outcomes"][0]["analysis"],
    )
    with pytest.raises(PaperIncomplete):
        prove(package, LAYOUT, SECTIONS, document)


@steady
@given(records())
def test_whatever_can_be_read_can_be_printed_whole(document):
    document["profile"] = "england-default"
    word_file(a_copy(document))


def _tables(package):
    """Return the words of each table, row by row."""
    return [
        [[cell.text for cell in row.cells] for row in one.rows] for one in docx.Document(io.BytesIO(package)).tables
    ]


def test_a_copy_has_no_column_nor_heading_under_which_nothing_stands():
    decisions = _tables(word_file(a_copy(a_discussion(), "decisions")))
    assert ["Name", "Agency", "Role and grade"] in [one[0] for one in decisions]
    assert [[one["name"]] for one in a_discussion()["adults"]] in decisions
    assert ["Child", "Decision"] in [one[0] for one in _tables(word_file(a_copy(a_discussion(), "parent:a1")))]


def test_a_copy_never_says_that_nothing_is_recorded_where_it_leaves_something_out():
    _, document, _, history = next(one for one in SCENARIOS if one[0].startswith("O2"))
    for audience, held in (("police", True), ("partner", False), ("legal", False)):
        text = read_text(word_file(a_copy(document, audience, history)))
        assert ("Saltmarsh House" in text) is held
        assert "No address recorded" not in text


@pytest.mark.parametrize("audience", ["full", "police", "social_care", "legal", "partner", "decisions"])
def test_every_copy_says_what_it_leaves_out_in_the_same_words_whether_or_not_something_is(audience):
    said = f"This copy: {Audience.of(audience).label}. {HOLDS[Audience.of(audience)]}"
    for _, document, _, history in SCENARIOS:
        assert read_text(word_file(a_copy(document, audience, history))).count(said) == 1


def test_what_is_restricted_bears_a_bar_in_every_row_and_is_not_torn_apart_by_a_page():
    hidden = {"reason": "Source in danger", "audiences": ["legal"]}
    places = [a_safe_place(restricted=hidden, text="A refuge, whose name is much longer than half a row"), a_place()]
    advice = {"sought": True, "by": "t1", "text": "Advice", "restricted": hidden}
    document = a_discussion(places=places, legal_advice=advice, referral={"text": "An open word"})
    xml = _parts(word_file(a_copy(document, "legal")))["word/document.xml"]
    tables = re.findall(r"<w:tbl>.*?</w:tbl>", xml)
    for words, restricted in (("A refuge, whose", True), (">Advice<", True), ("An open word", False)):
        (mine,) = (one for one in tables if words in one)
        rows = re.findall(r"<w:tr>.*?</w:tr>", mine)
        assert [word.ALARM in one for one in rows] == [restricted] * len(rows), words
        if restricted:
            assert ["<w:keepNext/>" in one for one in rows] == [*(True for _ in rows[1:]), False], words


def test_a_letter_says_that_an_agency_was_missing_and_not_which():
    document = a_discussion()
    for one in document["professionals"]:
        if one["agency"] == "health":
            one["presence"] = "invited_absent"
    letter = "".join(_parts(word_file(a_copy(document, "parent:a1"))).values())
    assert "INQUORATE: nobody took part from an agency that was needed" in letter
    assert "Health" not in letter


def test_a_version_says_which_one_it_replaces_and_a_withdrawn_one_at_the_top_why():
    replaced = {"version": 1, "content_sha256": "ab" * 32, "text": "Recorded for the wrong family"}
    later = a_discussion(status="final", version=2, supersedes=replaced)
    assert "Version replaced\n1, text abababababab\n" in read_text(word_file(a_copy(later)))
    assert "Withdrawn because" not in read_text(word_file(a_copy(later)))
    withdrawn = a_discussion(status="withdrawn", version=2, supersedes=replaced)
    text = read_text(word_file(a_copy(withdrawn)))
    assert text.index("Withdrawn because\nRecorded for the wrong family") < text.index("The discussion")
    letter = read_text(word_file(a_copy(withdrawn, "parent:a1")))
    assert "Recorded for the wrong family" not in letter


def test_a_sealed_version_that_nobody_signed_says_what_the_seal_is_and_that_nobody_signed():
    withdrawn = a_discussion(status="withdrawn")
    del withdrawn["signoff"]
    text = read_text(word_file(a_copy(withdrawn)))
    assert "Seal: the seal of the organisation covers this file" in text
    assert "nobody has signed this version" in text
    assert "the table above" not in text


def test_a_draft_has_no_place_to_sign_for_somebody_who_has_confirmed_already():
    document = a_discussion(status="draft")
    document["signoff"] = [one for one in document["signoff"] if one["as"] == "chair"]
    text = read_text(word_file(a_copy(document)))
    assert "For police\n" in text
    assert "\nChair\n\n" not in text
    assert "\nChair\n\n" in read_text(word_file(a_copy(_draft())))


def test_the_actions_name_a_child_by_the_given_names_in_the_copy_of_the_decisions_too():
    document = a_discussion(children=[a_child(given_names="Robin")])
    for audience in ("full", "decisions"):
        (table,) = (one for one in _tables(word_file(a_copy(document, audience))) if one[0][0] == "No.")
        assert {row[-1] for row in table[1:]} == {"Robin"}


def test_the_copy_of_the_decisions_has_no_heading_for_analysis_or_places():
    def headings(audience):
        opened = docx.Document(io.BytesIO(word_file(a_copy(a_discussion(), audience))))
        return [one.text for one in opened.paragraphs if one.style.name == "Heading 1"]

    assert {"Each child: decision", "Adults"} <= set(headings("decisions"))
    assert {"Each child: analysis and decision", "Adults and places"} <= set(headings("full"))


def test_whether_somebody_is_a_manager_stands_with_the_name_and_not_with_how_they_took_part():
    (table,) = (one for one in _tables(word_file(a_copy(a_discussion()))) if one[0][:2] == ["Name", "Agency"])
    named = {row[0].split("\n")[0]: row for row in table}
    chair = named["Ada Finch"]
    assert chair[0].split("\n")[1] == "Manager"
    assert "Manager" not in chair[3]


def test_somebody_whose_name_is_missing_is_called_so_and_not_by_a_code():
    document = _draft()
    document["professionals"][0].pop("name")
    document["children"][0].pop("name")
    text = read_text(word_file(a_copy(document)))
    for words in (f"{document['professionals'][0]['role']} (no name recorded)", "Robin (no name recorded)"):
        assert words in text
    assert "nobody by that name" not in text
    document["actions"][0]["owner"] = "t99"
    assert "‘t99’ (nobody by that name here)" in read_text(word_file(a_copy(document)))


def test_a_long_reference_or_address_does_not_break_what_stands_beside_it():
    foot = _parts(word_file(a_copy(a_discussion())))["word/footer1.xml"]
    assert foot.count("<w:p>") == 1
    foot = _parts(word_file(a_copy(a_discussion(ref="FORCE/CHILDREN/2027/STRATEGY/0902-B/RECONVENED/3"))))
    beside, number = re.findall("<w:p>.*?</w:p>", foot["word/footer1.xml"])
    assert "RECONVENED/3" in beside
    assert " PAGE " in number
    document = a_discussion()
    email = "a-very-long-name.of-somebody@safeguarding.partnership.northshire-and-borders.example"
    document["professionals"][0]["contact"] = {"phone": "01632 960999", "email": email}
    assert f"Telephone: 01632 960999\nE-mail: {email}\n" in read_text(word_file(a_copy(document)))


def test_what_is_said_of_the_seal_does_not_stand_alone_on_the_last_page():
    xml = _parts(word_file(a_copy(a_discussion(status="final"))))["word/document.xml"]
    hashed, seal = re.findall("<w:p>(?:(?!</w:p>).)*</w:p>", xml)[-2:]
    assert "Content hash: " in hashed
    assert "<w:keepNext/>" in hashed
    assert "Seal: " in seal


def test_earlier_actions_stand_in_one_table_before_the_new_ones():
    earlier = [
        {"ref": "SD-2027-0290-A01", "status": "done", "text": "Both rooms seen, no lock on the door"},
        {"ref": "SD-2027-0290-A02", "status": "open", "deadline": {"due_at": "2027-02-05T12:00:00+00:00"}},
    ]
    before = a_discussion(ref="SD-2027-0290", actions=[an_action(ref=one["ref"]) for one in earlier])
    document = a_discussion(previous={"ref": "SD-2027-0290"}, earlier_actions=earlier)
    word = word_file(a_copy(document, "full", (contract.read(before),)))
    (table,) = (one for one in _tables(word) if one[0][0] == "Reference")
    first = [row[0] for row in table[1:]]
    assert first == ["Done", "SD-2027-0290-A01", "Not done, or still running", "SD-2027-0290-A02"]
    text = read_text(word)
    assert text.index("Actions of the earlier discussion") < text.index("Actions of this discussion")


def test_a_report_of_fgm_that_is_still_due_stands_at_the_top():
    disclosed = {"disclosed_at": "2027-02-01T14:00:00+00:00"}
    assert "Report of FGM to police by\n2 February 2027" in read_text(word_file(a_copy(a_discussion(fgm=disclosed))))
    reported = {**disclosed, "reported_at": "2027-02-02T09:00:00+00:00"}
    for more, audience in ((reported, "full"), (disclosed, "decisions")):
        assert "Report of FGM to police by" not in read_text(word_file(a_copy(a_discussion(fgm=more), audience)))


def test_a_discussion_that_goes_on_after_midnight_says_on_which_day_it_ended():
    document = a_discussion()
    document["meeting"] |= {"started_at": "2027-02-02T23:10:00+00:00", "ended_at": "2027-02-03T00:05:00+00:00"}
    assert "2 February 2027, 23:10 to 3 February 2027, 00:05, video" in read_text(word_file(a_copy(document)))


def test_no_row_of_a_table_stands_alone_on_a_page():
    xml = _parts(word_file(a_copy(a_discussion())))["word/document.xml"]
    for drawn in re.findall("<w:tbl>.*?</w:tbl>", xml, re.DOTALL):
        rows = [one for one in re.findall("<w:tr>.*?</w:tr>", drawn, re.DOTALL) if "<w:tblHeader/>" not in one]
        if len(rows) > 1:
            for one in (rows[0], rows[-2]):
                assert one.count("<w:keepNext/>") == one.count("<w:p>")
            assert "<w:keepNext/>" not in rows[-1]


@pytest.mark.office
def test_there_are_contents_where_libreoffice_counts_more_than_six_pages(tmp_path):
    needs("libreoffice")
    files = {}
    for name, document, _, history in SCENARIOS:
        copies = {audience: a_copy(document, audience, history) for audience in ("full", "decisions")}
        copies |= {child: replace(copies["full"], child=child) for child in children_of(copies["full"])}
        for which, copy in copies.items():
            file = tmp_path / f"{name.replace(' ', '-')}-{which}.docx"
            file.write_bytes(word_file(copy))
            files[file] = "TOC \\o" in _parts(file.read_bytes())["word/document.xml"]
    word_to_pdf(*files)
    for file, has_contents in files.items():
        pages = len(re.findall(rb"/Type\s*/Page\b", file.with_suffix(".pdf").read_bytes()))
        assert has_contents == (pages > 6), f"{file.stem}: {pages} pages"


@pytest.mark.office
def test_libreoffice_opens_the_minutes_and_the_first_page_shows_the_decisions(tmp_path):
    needs("libreoffice")
    _, document, _, history = next(one for one in SCENARIOS if one[0].startswith("O2"))
    file = tmp_path / "minutes.docx"
    file.write_bytes(word_file(a_copy(document, "full", history)))
    pdf = word_to_pdf(file)
    pages = pdf_to_png(pdf, 40)
    assert 5 <= len(pages) <= 16
    assert all(page.stat().st_size > 1000 for page in pages)


# ── Sign-offs ────────────────────────────────────────────────────────────────────────────────────────────────────


def _answered():
    """A final record: health dissents from a decision, education does not approve, police changed its mind."""
    document = a_discussion(status="final")
    sha = content_sha256(document)
    agency = {"as": "agency", "content_sha256": sha}
    document["signoff"] += [
        {**agency, "by": "t3", "agency": "health", "answer": "approve_with_dissent", "about": ["c1"],
         "reason": "He should be seen today", "at": "2027-07-03T13:00:00+01:00"},
        {**agency, "by": "t2", "agency": "police", "answer": "approve", "at": "2027-07-03T13:05:00+01:00"},
        {**agency, "by": "t4", "agency": "education", "answer": "do_not_approve", "reason": "Not his words",
         "at": "2027-07-03T14:00:00+01:00", "method": "link", "sent_to": "i.holm@school.example",
         "recorded_by": "Paul Reed"},
        {**agency, "by": "t5", "agency": "police", "answer": "could_not_answer", "reason": "On leave",
         "at": "2027-07-03T15:00:00+01:00", "text": "Changes the answer ‘Approve’ of 3 July 2027, 12:05:00 UTC"},
    ]  # fmt: skip
    return document, sha


def test_the_sign_off_table_shows_every_answer_with_dissent_reason_time_and_hash():
    document, sha = _answered()
    text = read_text(word_file(a_copy(document, made_elsewhere=frozenset({0, 1}))))
    table = text[text.rindex("Sign-off") :]
    health = table[table.index("Dr Mina Sorrel") :]
    for words in (
        "Consultant paediatrician",
        "Approve, with dissent recorded",
        "About Robin Marsh",
        "Reason: He should be seen today",
        "3 July 2027, 12:00:00 UTC",
        f"Text {sha[:12]}",
        f"No. {approval_id(document['signoff'][2])}",
    ):
        assert words in health[: health.index("Sam Ode")], words
    assert table.count("Another answer of this agency counts instead") == 1
    assert "Reason: Not his words" in table
    assert table.count("Answered by a link sent to i.holm@school.example, made by Paul Reed") == 1
    assert table.count("How it was given is not recorded") == 3, "kept before it was asked; nothing is put in its place"
    assert table.count("imported with the record, not made here") == 2
    assert table.count("No hash given") == 2
    assert f"Content hash: {sha} (text {sha[:12]})" in table
    silent = table[table.index("Asked to approve; no answer when this copy was made") - 80 :]
    assert "Ada Finch" in silent


def test_a_refusal_stands_on_every_page_but_never_in_the_familys_letter():
    document, _ = _answered()
    header = _parts(word_file(a_copy(document)))["word/header1.xml"]
    assert "NOT APPROVED by Education" in header
    letter = "".join(_parts(word_file(a_copy(document, "parent:a1"))).values())
    assert "NOT APPROVED" not in letter
    assert "Not his words" not in letter


def test_the_copy_of_the_decisions_says_who_dissents_about_whom_and_not_why():
    document, _ = _answered()
    text = read_text(word_file(a_copy(document, "decisions")))
    assert "About Robin Marsh" in text
    assert "He should be seen today" not in text


def test_every_page_about_a_child_names_the_child():
    xml = _parts(word_file(a_copy(a_discussion())))["word/document.xml"]
    table = xml[xml.index("Is the threshold of significant harm met") - 1500 :]
    first = re.findall("<w:tr>.*?</w:tr>", table[table.index("<w:tr>") :], re.DOTALL)[0]
    assert "<w:tblHeader/>" in first
    assert "Robin Marsh · born 4 May 2018" in first


def test_what_keeps_a_child_safe_is_said_as_a_person_would_say_it():
    document = a_discussion()
    document["outcomes"][0]["immediate_safety"] = [{"action": "safety_plan", "text": "Sleeps at his aunt's tonight"}]
    assert "Safety plan: Sleeps at his aunt's tonight\n" in read_text(word_file(a_copy(document)))


def test_no_reader_of_minutes_is_told_how_to_fill_in_a_form():
    for _, document, _, history in SCENARIOS:
        assert "(say " not in read_text(word_file(a_copy(document, "full", history)))


def test_the_text_begins_below_the_head_of_a_page_however_many_warnings_stand_in_it():
    header = _parts(word_file(a_copy(_draft())))["word/header1.xml"]
    assert "DRAFT" in header
    assert re.search(r"DRAFT.*<w:p><w:pPr><w:spacing [^>]*w:lineRule=\"exact\"/>", header)


@pytest.mark.office
def test_the_address_of_whoever_took_part_is_never_broken(tmp_path):
    needs("libreoffice")
    document = a_discussion()
    address = "oluwaseun.bamgbose-adeyemi@northmere.police.example"
    document["professionals"][0]["contact"] = {"email": address, "phone": "01632 960771"}
    file = tmp_path / "minutes.docx"
    file.write_bytes(word_file(a_copy(document)))
    word_to_pdf(file)
    assert f"Telephone: 01632 960771 · E-mail: {address}" in "".join(pdf_to_text(file.with_suffix(".pdf")))


def test_earlier_actions_stand_with_their_words_and_what_became_of_them_for_whoever_may_have_them():
    _, document, _, history = next(one for one in SCENARIOS if one[0] == "O6 meeting-2.json")
    text = read_text(word_file(a_copy(document, "full", history)))
    earlier = text[text.index("Actions of the earlier discussion") : text.index("Actions of this discussion")]
    assert "Tusla (Ireland) check\nHarriet Olusanya-Bright" in earlier
    assert "Open\nWas to be done by 23 December 2026, 12:00\nNo reply; chased 4 January" in earlier
    assert earlier.index("Done") < earlier.index("A04") < earlier.index("Not done, or still running")
    for one in history:
        for action in one.actions:
            action.restricted = Restricted(reason="live enquiry", audiences=[Audience.POLICE])
    assert "Tusla (Ireland) check" not in read_text(word_file(a_copy(document, "partner", history)))
    assert "Tusla (Ireland) check" in read_text(word_file(a_copy(document, "police", history)))
