"""Names and numbers as they are pasted from Word, Outlook and telephones: found, told apart, dialled."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from forms.quick_line import read_line
from meetings.acquaintances import Acquaintance, is_wanted
from meetings.desk import administrator
from meetings.finding import Term, TermKind, dialled, of_name, of_phone, wanted
from meetings.issuing import Issuing
from meetings.need_to_know import Reach, asker_of, person_key
from meetings.people import Account, Role, is_named
from meetings.post import no_address, read_address
from meetings.store.database import MIGRATIONS
from meetings.store.tables import entitled, record, search_term
from meetings.telephones import numbers, read
from meetings.vocabulary import Agency
from tests.makers import a_child, a_discussion, a_professional, an_unborn_baby, recipient_of
from tests.test_briefing_scenarios import read as read_briefing
from tests.test_quick_line import NOW, RECORD, a_briefing, a_meeting, a_record, taken

# ── Names are found ──────────────────────────────────────────────────────────────────────────────────────────────


def is_found(asked, stored):
    index = set(of_name(stored))
    return all(any(term in index for term in terms) for terms in wanted(asked))


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("Smith-Jones", "Tia Smith\u2011Jones"),
        ("Smith-Jones", "Tia Smith\u2010Jones"),
        ("Smith-Jones", "Tia Smith\u2013Jones"),
        ("Smith\u2011Jones", "Tia Smith-Jones"),
        ("Smith-Jones", "Tia Smith Jones"),
        ("Smith Jones", "Tia Smith\u2011Jones"),
        ("Smith Jones", "Tia Smithjones"),
        ("Smithjones", "Tia Smith Jones"),
        ("Smith  Jones", "Tia Smith\u00a0Jones"),
        ("O'Brien", "Niamh O\u2018Brien"),
        ("O'Brien", "Niamh O\u00b4Brien"),
        ("O'Brien", "Niamh O\u2032Brien"),
        ("O'Brien", "Niamh O\u02bbBrien"),
        ("O'Brien", "Niamh O Brien"),
        ("O Brien", "Niamh O\u2019Brien"),
        ("O Brien", "Niamh OBrien"),
        ("OBrien", "Niamh O\u2019 Brien"),
        ("Brien", "Niamh O\u2019Brien"),
        ("Mrs O\u2019Brien", "Niamh O'Brien"),
        ("Green", "Lee Gr\u00adeen"),
        ("Gr\u200been", "Lee Green"),
        ("\ufeffGreen\u200e", "Lee Green"),
        ("Anne-Marie", "Anne\u2011Marie Lee"),
        ("Annemarie", "Anne Marie Lee"),
        ("Mc Donald", "Flora McDonald"),
        ("McDonald", "Flora Mc Donald"),
        ("Mc Donald", "Flora MacDonald"),
        ("MacDonald", "Flora McDonald"),
        ("St John", "Oliver St. John"),
        ("Saint John", "Oliver St John"),
        ("StJohn", "Oliver St John"),
        ("St John", "Oliver Saint-John"),
        ("de Souza", "Ana DeSouza"),
        ("D'Souza", "Ana de Souza"),
        ("Vanderberg", "Jan van der Berg"),
        ("van der Berg", "Jan Vanderberg"),
        ("al Rahman", "Huda Al\u2011Rahman"),
        ("ISIK", "G\u00fcl\u015fen I\u015f\u0131k"),
        ("\u0130PEK", "ipek Demir"),
        ("Zoe\u0308", "Zo\u00eb Marsh"),
        ("Zo\u00eb", "Zoe\u0308 Marsh"),
        ("\uff33mith", "Tia Smith"),
        ("Smith", "\uff34ia \uff33\uff4d\uff49\uff54\uff48"),
    ],
)
def test_a_name_is_found_however_it_was_pasted(asked, stored):
    assert is_found(asked, stored)


@pytest.mark.parametrize(
    ("asked", "stored"), [("Smith-Jones", "Tia Smith"), ("Jones Smith", "Tia Smithson"), ("Mrs", "Tia Smith")]
)
def test_another_name_is_not_found(asked, stored):
    assert not is_found(asked, stored)


def test_words_kept_by_an_earlier_edition_are_written_anew_by_the_migration(desk, clock):
    clock.set(read_briefing("CLC-IIM-2031-0107", ".expected")["now"])
    document = read_briefing("CLC-IIM-2031-0107")
    document["children"][0]["name"] = "Tia Smith\u2011Jones"
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    desk.finalise(reference, administrator())
    Issuing(desk).issue(reference, administrator())
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with desk.store.writing() as connection:
        connection.execute(sa.delete(search_term))
        record_id = desk.store.read(reference).id.removeprefix("urn:uuid:")
        desk.store.keep_terms(connection, record_id, [Term(TermKind.NAME, "smith\u2011jones")])
        desk.store.keep_met(connection, [Acquaintance("Niamh O\u2019Brien", "health", "")], desk.now())
        config.attributes["connection"] = connection
        command.stamp(config, "0024")
    assert Issuing(desk).find("Smith Jones", administrator()) == []
    with desk.store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0025")
        command.stamp(config, "head")
    for words in ("Smith Jones", "Smith-Jones", "smithjones"):
        assert [one.reference for one in Issuing(desk).find(words, administrator())] == [reference]
    assert [one.name for one in desk.store.people_met("O Brien")] == ["Niamh O\u2019Brien"]


def test_somebody_in_a_record_gets_to_it_still_whose_name_was_compared_otherwise_before(desk, clock):
    niamh = Account("n", "niamh", "Niamh O\u2019Brien", Agency.HEALTH, "Wexmere\u2011General", "", Role.REVIEWER)
    named = a_professional(id="p9", name="Niamh O\u2019Brien", agency="health", presence="attended")
    document = a_discussion()
    document["professionals"].append(named)
    raw = json.dumps(document).encode()
    reference, _ = desk.import_document(raw, administrator(), team="health: wexmere\u2011general")
    before = sha256("person\nhealth\nniamh o\u2019brien".encode()).hexdigest()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with desk.store.writing() as connection:
        key = person_key("health", "Niamh O\u2019Brien")
        assert connection.execute(sa.update(entitled).where(entitled.c.key == key).values(key=before)).rowcount
        config.attributes["connection"] = connection
        command.stamp(config, "0024")
    assert desk.store.reach(reference, asker_of(niamh)) is Reach.NONE
    with desk.store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0025")
        command.stamp(config, "head")
        teams = connection.execute(sa.select(record.c.team)).scalars().all()
    assert desk.store.reach(reference, asker_of(niamh)) is Reach.WHOLE
    assert teams == ["health: wexmeregeneral"]


@pytest.mark.parametrize("query", ["O Brien", "obrien", "Niamh O\u2018Br", "brien niamh"])
def test_somebody_met_before_is_offered_however_the_name_is_typed(query):
    assert is_wanted(Acquaintance("Niamh O\u2019Brien", "health", ""), query)
    assert is_wanted(Acquaintance("Niamh OBrien", "health", ""), query) or query == "brien niamh"


# ── Who signs is known by the name, and by nothing looser ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "is_the_same"),
    [
        ("DS Niamh O\u2019Brien", True),
        ("Niamh\u00a0O\u02bcBrien\u200b", True),
        ("niamh o'brien", True),
        ("Niamh OBrien", False),
        ("Niamh O Brien", False),
        ("Ni\u00e1mh O'Brien", False),
        ("Niamh O'Brian", False),
    ],
)
def test_a_signer_is_known_by_pasted_marks_and_by_nothing_looser(name, is_the_same):
    niamh = Account("1", "niamh", "Niamh O'Brien", Agency.POLICE, "", "DS", Role.REVIEWER)
    assert is_named(niamh, name) is is_the_same


# ── The quick line ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "question", "completion"),
    [
        (
            "w Robin Mash: I am scared",
            "There is nobody called ‘Robin Mash’ among the children decided about. Did you mean Robin Marsh?",
            "w Robin Marsh: I am scared",
        ),
        (
            "w robin mash: I am scared",
            "There is nobody called ‘robin mash’ among the children decided about. Did you mean Robin Marsh?",
            "w Robin Marsh: I am scared",
        ),
        (
            "w Robin Marsh-Lee: Dad hit me",
            "There is nobody called ‘Robin Marsh-Lee’ among the children decided about. Did you mean Robin Marsh?",
            "w Robin Marsh: Dad hit me",
        ),
        ("w Sam: I am scared", "For which child: Robin Marsh?", "w Robin Marsh: I am scared"),
        (
            "a Finch Ada B: see Robin by 18:30",
            "There is nobody called ‘Finch Ada B’ among the participants. Did you mean Ada Finch, Team manager?",
            "a Ada Finch: see Robin by 18:30",
        ),
    ],
)
def test_a_name_of_which_only_the_beginning_is_known_is_asked_about(line, question, completion):
    understood = read_line(line, RECORD, NOW)
    assert not understood.is_ready
    assert understood.says == question
    assert completion in [one.line for asked in understood.asks for one in asked.completions]
    assert read_line(completion, RECORD, NOW).is_ready


def test_words_before_a_colon_that_are_no_name_stay_words():
    assert taken(read_line("w Robin said: Dad hit me", RECORD, NOW))[1]["voice/text"] == "Dad hit me"
    assert taken(read_line("w Robin told us: Dad", RECORD, NOW))[1]["voice/text"] == "told us: Dad"
    assert taken(read_line("a Finch ring school re: Robin", RECORD, NOW))[1]["text"] == "ring school re: Robin"


def test_a_child_pasted_with_a_hyphen_of_word_is_known_and_not_added_twice():
    tia = a_record(a_meeting(children=[a_child(name="Tia Smith\u2011Jones"), a_child(id="c2", name="Lee Green")]))
    for typed in ("Tia Smith-Jones", "Tia Smith Jones", "tia smithjones"):
        assert taken(read_line(f"w {typed}: I am scared", tia, NOW))[1]["voice/text"] == "I am scared"
        asked = read_line(f"c {typed} 4/5/2018 f", tia, NOW)
        assert asked.says == f"{typed} is recorded already. Is it another child?"


def test_namesakes_of_a_question_are_told_apart_and_it_can_be_answered():
    children = [
        a_child(name="Ali Hassan", born_on=day, id=one) for one, day in (("c1", "2018-05-04"), ("c2", "2020-06-05"))
    ]
    two = a_record(a_meeting(children=children))
    asked = read_line("w Ali: I am scared", two, NOW)
    assert asked.says == "Which Ali: Ali Hassan (born 4 May 2018), or Ali Hassan (born 5 June 2020)?"
    lines = [one.line for one in asked.asks[0].completions]
    assert [read_line(line, two, NOW).says for line in lines] == [
        "In the words of Ali Hassan (born 4 May 2018): ‘I am scared’.",
        "In the words of Ali Hassan (born 5 June 2020): ‘I am scared’.",
    ]


def test_twins_who_are_not_born_yet_are_told_apart_by_number():
    babies = a_record(
        a_meeting(children=[an_unborn_baby(id="c1", subject=True), an_unborn_baby(id="c2", subject=True)])
    )
    asked = read_line("d Marsh nfa because seen", babies, NOW)
    assert asked.says == "Which Marsh: Unborn baby Marsh (1 of 2), or Unborn baby Marsh (2 of 2)?"


# ── Telephones ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "dials"),
    [
        ("(01632) 962 100", ["01632962100"]),
        ("Switchboard 01632 962300 ext 41", ["01632962300"]),
        ("tel: 01632 960050", ["01632960050"]),
        ("01632 962299 / 07700 900124", ["01632962299", "07700900124"]),
        ("01632 962299 07700 900124", ["01632962299", "07700900124"]),
        ("01632 962299 or 07700 900124", ["01632962299", "07700900124"]),
        ("office 01632 962299, mobile 07700 900124", ["01632962299", "07700900124"]),
        ("01632 962299\n07700 900124", ["01632962299", "07700900124"]),
        ("01632 960050#12", ["01632960050"]),
        ("01632 960050 ext 12", ["01632960050"]),
        ("01632 960050 x12", ["01632960050"]),
        ("01632 960050 (ext 41)", ["01632960050"]),
        ("01632 960050 (24h)", ["01632960050"]),
        ("01632/960050", ["01632960050"]),
        ("01632\u2011960\u2011050", ["01632960050"]),
        ("01632\u00a0960\u200b050", ["01632960050"]),
        ("\uff10\uff11\uff16\uff13\uff12 960050", ["01632960050"]),
        ("+44 (0)7700 900123", ["+447700900123"]),
        ("+4407700900123", ["+447700900123"]),
        ("0044 7700 900123", ["+447700900123"]),
        ("tel:+441632960050;ext=41", ["+441632960050"]),
        ("7700 900123", ["07700900123"]),
        ("+48 601 234 567", ["+48601234567"]),
        ("0048 601 234 567", ["+48601234567"]),
        ("0800 1111", ["08001111"]),
        ("999", ["999"]),
        ("112", ["112"]),
        ("111", ["111"]),
        ("101 ext 4567", ["101"]),
        ("999 or 101", ["999", "101"]),
        ("27/11/2026 01632 960050", ["01632960050"]),
        ("O7700 900123", []),
        ("07700 9OO123", []),
        ("ext. 12", []),
        ("room 101", []),
        ("", []),
        ("9" * 5_000, []),
    ],
)
def test_a_number_is_dialled_however_it_is_written(written, dials):
    assert [one.dials for one in numbers(written)] == dials
    assert dialled(written) == next(iter(dials), "")


@pytest.mark.parametrize(
    "query", ["01632 962299", "+44 7700 900124", "962299", "900124", "01632962299", "(01632) 962 299", "7700900124"]
)
def test_each_number_of_several_is_found_also_by_its_last_digits(query):
    index = set(of_phone("Office 01632 962299 / mobile 07700 900124 (24h)"))
    assert all(any(term in index for term in terms) for terms in wanted(query))


def test_a_number_with_a_letter_in_it_is_found_and_not_dialled():
    index = set(of_phone("O7700 900123"))
    assert all(any(term in index for term in terms) for terms in wanted("07700 900123"))
    assert read("O7700 900123").unread == ["O7700 900123"]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("t Lena: (01632) 962 100", "(01632) 962 100"),
        ("t Lena: 01632 962300 ext 41", "01632 962300 ext 41"),
        ("t Lena: 01632 962299 / 07700 900124", "01632 962299 / 07700 900124"),
        ("t Lena: O7700 900123", "O7700 900123"),
    ],
)
def test_a_number_of_a_quick_line_is_kept_as_it_is_typed(line, number):
    assert taken(read_line(line, a_briefing(), NOW))[1]["number"] == number


# ── E-mail addresses ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("ada@agency.example", "ada@agency.example"),
        ("Ada Finch <ada@agency.example>", "ada@agency.example"),
        ("<ada@agency.example>", "ada@agency.example"),
        ("mailto:ada@agency.example?subject=Robin", "ada@agency.example"),
        ("ada.o\u2019brien@agency.example;", "ada.o'brien@agency.example"),
        ("\u200bada@agency.example.", "ada@agency.example"),
        ("ada@agency", None),
        ("ada@agency..example", None),
        ("ada at agency.example", None),
        ("a@agency.example; b@agency.example", None),
        ("", None),
    ],
)
def test_an_address_is_read_as_it_is_pasted(typed, address):
    assert read_address(typed) == address


def test_an_address_of_a_quick_line_that_cannot_be_read_is_asked_about():
    understood = read_line("p Kim Lee, midwife, health, kim@agency", RECORD, NOW)
    assert understood.says == no_address("kim@agency")
    assert no_address("kim@agency") == "‘kim@agency’ is not an e-mail address. Use one such as name@agency.example."
    line = "p Kim Lee, midwife, health, Kim Lee <kim@agency.example>"
    assert taken(read_line(line, RECORD, NOW))[1]["contact/email"] == "kim@agency.example"


# ── Where people meet them ───────────────────────────────────────────────────────────────────────────────────────


def test_the_page_of_an_officer_gives_each_number_a_link_and_says_what_cannot_be_dialled(desk, browser, clock):
    clock.set(read_briefing("CLC-IIM-2031-0107", ".expected")["now"])
    document = read_briefing("CLC-IIM-2031-0107")
    first = document["communications"]["call_first"]
    first[0]["number"] = "(01632) 962 100 / 07700 900124"
    first.append({**first[0], "number": "O7700 900123"})
    first.append({**first[0], "number": "Switchboard 01632 962300 ext 41"})
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    desk.finalise(reference, administrator())
    Issuing(desk).issue(reference, administrator())
    recipient_of(desk, document)
    browser.sign_in("officer")
    page = browser.get(f"/briefings/{reference}").text
    for number in ("01632962100", "07700900124", "01632962300"):
        assert f'href="tel:{number}"' in page
    assert "Switchboard 01632 962300 ext 41</strong>" in page
    assert "‘O7700 900123’ cannot be dialled as it is written. Check the number before you ring." in page
    assert 'href="tel:"' not in page


def test_an_address_of_a_participant_is_checked_where_it_is_typed_and_never_lost(desk, at_work):
    reference, _ = desk.import_document(json.dumps(a_discussion()).encode(), administrator())

    def row():
        return desk.look(reference, administrator()).rows("professionals")[0]

    def save(typed):
        path = f"/records/{reference}/steps/people"
        return at_work.post(path, {**at_work.get(path).fields(), f"{row().id}:contact/email": [typed], "do": "save"})

    save("Ada Finch <ada@agency.example>")
    assert row().body["contact"]["email"] == "ada@agency.example"
    page = save("ada@agency")
    assert row().unread["contact/email"] == "ada@agency"
    assert "‘ada@agency’ is not an e-mail address. Use one such as name@agency.example." in page.words
