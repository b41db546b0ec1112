"""Pasted text means what it says, whatever program it came from."""

import pytest

from meetings.folding import is_filled, plain

UNSEEN = "\u200b\u2060\u00ad\ufeff\u200e\u200f\u202e\u2800\u115f\u1160\u3164\uffa0\u00a0\u3000\u2028\u0007\n\t"


@pytest.mark.parametrize("letter", UNSEEN)
def test_a_text_of_what_nobody_can_see_is_not_filled(letter):
    assert not is_filled(letter)
    assert not is_filled(f" {letter}{letter} ")
    assert is_filled(f"{letter}x")


def test_signs_and_letters_of_every_script_are_seen():
    assert all(map(is_filled, ("?", "–", "é", "م", "你", "👍", "0")))


def test_marks_of_other_programs_are_read_as_the_plain_ones():
    assert plain("Smith\u2011Jones") == plain("Smith\u2010Jones") == plain("Smith\u2013Jones") == "Smith-Jones"
    assert plain("O\u2018Brien") == plain("O\u00b4Brien") == plain("O\u2032Brien") == plain("O\u02bbBrien") == "O'Brien"
    assert plain("Lee Gr\u00ade\u200ben") == "Lee Green"
    assert plain("27\u20443\u20442026\u00a014\u223610") == "27/3/2026 14:10"


def test_words_that_are_plain_stay_as_they_are():
    assert plain("Ann Marsh-Lee, 4 Mill Lane (flat 2) 27.3.2026") == "Ann Marsh-Lee, 4 Mill Lane (flat 2) 27.3.2026"
