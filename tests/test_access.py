"""The table of copies: who of a record an account is, which copies follow, and as which reader a page is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forms.demonstration import PEOPLE
from meetings import contract
from meetings.access import check_reader, found_in, given_reader, link_reader, made_for, own_reader, readers
from meetings.audience import CopyRefused, reader
from meetings.desk import administrator
from meetings.need_to_know import Reach
from meetings.people import Role
from meetings.vocabulary import Agency, Audience
from tests.makers import a_discussion, a_line, a_place, a_professional, a_safe_place, a_sergeant
from tests.test_briefing_scenarios import read

OFFICER = PEOPLE[2]
SAM = replace(OFFICER, name="DS Sam Ode")


def a_document(*professionals, **more):
    document = a_discussion(**more)
    document["professionals"] += professionals
    return contract.read(document)


def named(found):
    return {str(one) for one in found}


def test_an_account_is_who_has_its_name_and_agency_and_never_a_group():
    document = a_document(
        a_sergeant(id="t7", name="Tamsin Okonjo"),
        a_sergeant(id="t8", name="PC Tamsin  Okonjo"),
        a_sergeant(id="t9", name="Tamsin Okonjo", kind="group"),
        a_professional(id="t10", name="Tamsin Okonjo"),
    )
    assert [one.id for one in found_in(OFFICER, document)] == ["t7", "t8"]
    assert named(readers(OFFICER, Reach.COPY, document)) == {"police", "police:t7", "police:t8"}
    assert found_in(SAM, document)[0].id == "t2"
    assert found_in(replace(SAM, agency=Agency.HEALTH), document) == []


def test_a_guest_has_no_copy_and_the_command_line_every_one():
    document = a_document()
    assert readers(replace(OFFICER, role=Role.GUEST), Reach.COPY, document) == frozenset()
    assert {"full", "legal", "police:t2", "full:t3", "parent:a1"} <= named(
        readers(administrator(), Reach.WHOLE, document)
    )


def test_no_copy_of_a_briefing_is_made_for_a_parent():
    briefing = contract.read(read("CLC-IIM-2031-0133"))
    assert not [one for one in readers(administrator(), Reach.WHOLE, briefing) if one.audience is Audience.PARENT]


def test_a_lawyer_may_have_the_advice_and_another_only_if_the_list_says_so():
    listed = [{"to": "t3", "audience": "legal"}, {"to": "t4", "audience": "parent"}]
    document = a_document(a_professional(id="t7", name="Ms Law", agency="legal"), circulation=listed)
    made = named(readers(administrator(), Reach.WHOLE, document))
    assert {"legal:t7", "legal:t3"} <= made
    assert not {"legal:t1", "legal:t4", "parent:t4"} & made


def test_nobody_of_another_or_of_no_agency_has_an_agencys_copy():
    document = a_document({"id": "t7", "name": "Someone"}, {"id": "t8", "agency": "health"})
    for words, sentence in (
        ("police:t7", "Someone is of no agency that is named: a copy for police is not made for Someone."),
        ("social_care:t8", "t8 is of Health: a copy for social care is not made for t8."),
        ("decisions:a1", "is of the family, who have no copy for decisions and actions only."),
    ):
        with pytest.raises(CopyRefused) as refused:
            check_reader(administrator(), Reach.WHOLE, reader(words), document)
        assert str(refused.value).endswith(sentence)


def test_a_page_is_shown_as_the_own_agency_reads_it_with_what_is_for_this_person():
    document = a_document()
    assert str(own_reader(SAM, document)) == "police:t2"
    assert str(own_reader(OFFICER, document)) == "police"
    assert str(given_reader(SAM, Reach.COPY, document)) == "police:t2"
    assert str(given_reader(PEOPLE[0], Reach.WHOLE, document)) == "full"


def test_a_link_reads_as_its_agency_and_as_a_person_only_while_the_record_names_that_person_for_it():
    document = a_document(circulation=[{"to": "t4", "audience": "decisions"}, {"to": "t2", "audience": "full"}])
    assert str(link_reader(Agency.POLICE, "t2", document)) == "police:t2"
    assert str(link_reader(Agency.EDUCATION, "t4", document)) == "decisions:t4"
    assert str(link_reader(Agency.HEALTH, "t2", document)) == "partner"
    assert str(link_reader(Agency.POLICE, "t99", document)) == "police"


def test_a_copy_is_offered_for_whom_something_is_restricted_to_if_one_can_hold_it():
    def for_(*who):
        return {"reason": "Source", "people": list(who)}

    places = [a_place(), a_safe_place(restricted=for_("t2", "t3", "t4"))]
    document = a_document(places=places, circulation=[])
    assert made_for(document) == [("t2", "Sam Ode", Audience.POLICE)], "the open version never holds it"
    listed = [{"to": "t3", "audience": "full"}]
    lines = {"lines": [a_line(restricted=for_("t3", "c1"))]}
    assert made_for(a_document(information=lines, circulation=listed)) == [("t3", "Dr Mina Sorrel", Audience.FULL)]
    assert made_for(a_document()) == []
