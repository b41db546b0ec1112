"""Reading what people type: each sentence word for word, and every answer shown so that it reads as the same again."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.reading import (
    Unreadable,
    clean,
    read_date,
    read_duration,
    read_instant,
    read_number,
    show_date,
    show_duration,
    show_instant,
)
from meetings.contract import UNPRINTABLE
from tests.any_record import steady

NOW = datetime.fromisoformat("2026-11-24T12:00:00+00:00")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("27/3/2026", "2026-03-27"),
        ("27.3.26", "2026-03-27"),
        ("27-03-2026", "2026-03-27"),
        ("27 March 2026", "2026-03-27"),
        ("27th Mar 26", "2026-03-27"),
        ("2026-03-27", "2026-03-27"),
        ("1/2/93", "1993-02-01"),
        ("today", "2026-11-24"),
        ("Tomorrow", "2026-11-25"),
        ("29/2/2028", "2028-02-29"),
    ],
)
def test_dates_are_read_as_people_write_them(typed, read):
    assert read_date(typed, NOW.date()).isoformat() == read


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("30/02/2026", "‘30/02/2026’ is not a date. Use 28/2/2026."),
        ("31/4/26", "‘31/4/26’ is not a date. Use 30/4/2026."),
        ("29 Feb 2027", "‘29 Feb 2027’ is not a date. Use 28/2/2027."),
        ("1/13/2026", "‘1/13/2026’ is not a date. Use a date such as 27/3/2026."),
        ("soon", "‘soon’ is not a date. Use a date such as 27/3/2026."),
        ("٢٧/٣/٢٠٢٦", "‘٢٧/٣/٢٠٢٦’ is not a date. Use a date such as 27/3/2026."),
    ],
)
def test_a_date_that_cannot_be_read_is_answered_with_one_that_can(typed, sentence):
    with pytest.raises(Unreadable) as refused:
        read_date(typed, NOW.date())
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("26/11/2026 11:00", "2026-11-26T11:00:00+00:00"),
        ("26/11/26 1100", "2026-11-26T11:00:00+00:00"),
        ("11:00 26/11/2026", "2026-11-26T11:00:00+00:00"),
        ("1 July 2026, 2.10pm", "2026-07-01T14:10:00+01:00"),
        ("1/7/2026 at 2 pm", "2026-07-01T14:00:00+01:00"),
        ("tomorrow 5pm", "2026-11-25T17:00:00+00:00"),
        ("2026-12-02T14:10:00+00:00", "2026-12-02T14:10:00+00:00"),
        ("25/10/2026 01:30 BST", "2026-10-25T01:30:00+01:00"),
        ("25/10/2026 01:30 GMT", "2026-10-25T01:30:00+00:00"),
        ("1/2/2026 14:10:30", "2026-02-01T14:10:30+00:00"),
        ("1/2/2026 14:10 +02:00", "2026-02-01T14:10:00+02:00"),
        ("12/1/2026 12am", "2026-01-12T00:00:00+00:00"),
    ],
)
def test_times_are_read_on_a_british_clock_and_shown_so_that_they_read_the_same(typed, read):
    moment = read_instant(typed, NOW)
    assert moment.isoformat() == read
    assert read_instant(show_instant(moment), NOW).isoformat() == read


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("30/2/26 14:10", "‘30/2/26 14:10’ is not a date and time. Use 28/2/2026 14:10."),
        ("27/3/2026", "‘27/3/2026’ has no time. Add one, such as 27/3/2026 14:10."),
        ("asap", "‘asap’ is not a date and time. Use a date and time such as 27/3/2026 14:10."),
        ("1/2/2026 25:00", "‘1/2/2026 25:00’ is not a date and time. Use 1/2/2026 14:10."),
        (
            "29/3/2026 01:30",
            "‘29/3/2026 01:30’ is not a time there was: the clocks go forward then. Use the time an hour later.",
        ),
        (
            "25/10/2026 01:30",
            "‘25/10/2026 01:30’ comes twice: the clocks go back then. Add BST (first) or GMT (second).",
        ),
        (
            "1/7/2026 10:00 GMT",
            "‘1/7/2026 10:00 GMT’ is not a time there was: GMT is not in force then. Leave GMT out.",
        ),
    ],
)
def test_a_time_that_cannot_be_read_is_answered_with_one_that_can(typed, sentence):
    with pytest.raises(Unreadable) as refused:
        read_instant(typed, NOW)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("4 hours", "PT4H"),
        ("1 day 2 hours", "P1DT2H"),
        ("90 min", "PT90M"),
        ("1h 30m", "PT1H30M"),
        ("24 hours", "PT24H"),
        ("at once", "PT0S"),
        ("PT15M", "PT15M"),
    ],
)
def test_lengths_of_time_are_read_in_words(typed, read):
    assert read_duration(typed) == read
    assert read_duration(show_duration(read)) == read


@pytest.mark.parametrize("typed", ["4", "4 fortnights", "soon", "PT", "2 hours 1 day", "-1 hours"])
def test_a_length_of_time_that_cannot_be_read_says_what_can(typed):
    with pytest.raises(Unreadable) as refused:
        read_duration(typed)
    assert str(refused.value) == f"‘{typed}’ is not a length of time. Use one such as 4 hours, or 2 days."


def test_whole_numbers_only():
    assert read_number(" 3 ") == 3
    for typed in ("-1", "1.5", "three", "٣", "9" * 17, ""):
        with pytest.raises(Unreadable, match="is not a whole number. Use a number such as 3."):
            read_number(typed)


@steady
@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_answered_with_a_sentence(typed):
    for read in (lambda: read_date(typed, NOW.date()), lambda: read_instant(typed, NOW), lambda: read_duration(typed)):
        try:
            read()
        except Unreadable as refused:
            assert str(refused).endswith(".")


@steady
@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.timezones()))
def test_every_instant_is_shown_so_that_it_reads_as_the_same_moment(moment):
    moment = moment.replace(microsecond=0)
    if moment.utcoffset().total_seconds() % 60:  # before 1972 some clocks differed by seconds
        return
    assert read_instant(show_instant(moment), NOW) == datetime.fromisoformat(moment.isoformat())


@steady
@given(st.dates(min_value=datetime(1900, 1, 1).date()))
def test_every_day_is_shown_so_that_it_reads_as_the_same_day(day):
    assert read_date(show_date(day), NOW.date()) == day


@steady
@given(st.text())
def test_cleaning_changes_nothing_but_breaks_and_characters_no_file_can_hold(typed):
    cleaned = clean(typed)
    assert UNPRINTABLE.search(cleaned.text) is None
    if not any(letter in typed for letter in "\r\x0b\x0c") and not UNPRINTABLE.search(typed):
        assert cleaned == clean(cleaned.text)
        assert cleaned.text == typed
