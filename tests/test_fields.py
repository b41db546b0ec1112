"""Reading what people type: each sentence word for word, and every answer shown so that it reads as the same again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from forms.asking import PartForm
from forms.days import NoYear, read_date, show_date
from forms.deadlines import find_clause, next_day_of, read_deadline
from forms.moments import read_instant, show_instant
from forms.reading import Ambiguous, Unreadable, clean, read_duration, read_number, show_duration
from forms.room import Room
from meetings.calendar import local
from meetings.contract import UNPRINTABLE
from meetings.profiles import profile
from meetings.questions import Tense
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
        ("1/2/2026 14:10 +01:00", "2026-02-01T14:10:00+01:00"),
        ("1/7/1943 14:10 +02:00", "1943-07-01T14:10:00+02:00"),
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
        ("30/2/26 25:00", "‘30/2/26 25:00’ is not a date and time. Use 28/2/2026 14:10."),
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


# ── Days and times in words ──────────────────────────────────────────────────────────────────────────────────────

THURSDAY = local(datetime.fromisoformat("2026-11-26T12:30:20+00:00"))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("the day after tomorrow", "2026-11-28"),
        ("yesterday", "2026-11-25"),
        ("Fri", "2026-11-27"),
        ("on Friday", "2026-11-27"),
        ("Wednesday", "2026-12-02"),
        ("this Fri", "2026-11-27"),
        ("next Tuesday", "2026-12-01"),
        ("next Thursday", "2026-12-03"),
        ("last Fri", "2026-11-20"),
        ("Friday week", "2026-12-04"),
        ("a week on Friday", "2026-12-04"),
        ("Friday next week", "2026-12-04"),
        ("next week Tues", "2026-12-01"),
        ("two weeks today", "2026-12-10"),
        ("in 2 days", "2026-11-28"),
        ("in a fortnight", "2026-12-10"),
        ("in a week's time", "2026-12-03"),
        ("3 days ago", "2026-11-23"),
        ("Fri 27/11/2026", "2026-11-27"),
        ("Friday, 27th of November 2026", "2026-11-27"),
    ],
)
def test_days_are_read_in_words_and_never_as_one_that_is_over_unless_it_is_said(typed, read):
    assert read_date(typed, THURSDAY.date()).isoformat() == read


@pytest.mark.parametrize(
    ("typed", "sentence", "options"),
    [
        ("Thu", "‘Thu’ may be 26/11/2026 or 3/12/2026. Use the one you mean.", ("26/11/2026", "3/12/2026")),
        ("next Fri", "‘next Fri’ may be 27/11/2026 or 4/12/2026. Use the one you mean.", ("27/11/2026", "4/12/2026")),
        ("last Mon", "‘last Mon’ may be 16/11/2026 or 23/11/2026. Use the one you mean.", ("16/11/2026", "23/11/2026")),
        ("this Mon", "‘this Mon’ may be 23/11/2026 or 30/11/2026. Use the one you mean.", ("23/11/2026", "30/11/2026")),
    ],
)
def test_a_day_that_may_be_either_of_two_is_asked_about(typed, sentence, options):
    with pytest.raises(Ambiguous) as asked:
        read_date(typed, THURSDAY.date())
    assert str(asked.value) == sentence
    assert asked.value.options == options
    for one in options:
        read_date(one, THURSDAY.date())


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Fri 10:00", "2026-11-27T10:00:00+00:00"),
        ("Friday at noon", "2026-11-27T12:00:00+00:00"),
        ("Thu 10:00", "2026-12-03T10:00:00+00:00"),  # today at ten is over
        ("next Tuesday noon", "2026-12-01T12:00:00+00:00"),
        ("12 noon tomorrow", "2026-11-27T12:00:00+00:00"),
        ("tonight 9", "2026-11-26T21:00:00+00:00"),
        ("9pm tonight", "2026-11-26T21:00:00+00:00"),
        ("tonight at 21:30", "2026-11-26T21:30:00+00:00"),
        ("this morning 9", "2026-11-26T09:00:00+00:00"),
        ("tomorrow morning at 10", "2026-11-27T10:00:00+00:00"),
        ("9 in the morning on 3/12/2026", "2026-12-03T09:00:00+00:00"),
        ("Friday afternoon 2:15", "2026-11-27T14:15:00+00:00"),
        ("in 2 days 10:00", "2026-11-28T10:00:00+00:00"),
        ("in 4 hours", "2026-11-26T16:30:00+00:00"),
        ("in half an hour", "2026-11-26T13:00:00+00:00"),
        ("in an hour's time", "2026-11-26T13:30:00+00:00"),
        ("2 hours from now", "2026-11-26T14:30:00+00:00"),
        ("20 minutes ago", "2026-11-26T12:10:00+00:00"),
        ("now", "2026-11-26T12:30:00+00:00"),
        ("Friday week 10am", "2026-12-04T10:00:00+00:00"),
        ("Fri 27/11/2026 10:00", "2026-11-27T10:00:00+00:00"),
    ],
)
def test_times_are_read_in_words(typed, read):
    assert read_instant(typed, THURSDAY).isoformat() == read


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("10:05", "‘10:05’ has no day. Add one, such as today 10:05."),
        ("Fri", "‘Fri’ has no time. Add one, such as Fri 14:10."),
        ("tonight", "‘tonight’ has no time. Add one, such as today 14:10."),
        ("27 March 2026", "‘27 March 2026’ has no time. Add one, such as 27 March 2026 14:10."),
        ("3 Dec 10:00", "‘3 Dec 10:00’ has no year. Add one, such as 3/12/2026 10:00."),
        ("tonight 3", "‘tonight 3’: 3 is not in the night. Use a date and time such as 27/3/2026 14:10."),
        ("tonight 05:30", "‘tonight 05:30’: 05:30 is not in the night. Use a date and time such as 27/3/2026 14:10."),
        ("midnight tomorrow", "‘midnight tomorrow’ may be the beginning or the end of the day. Use 00:00 or 23:59."),
        ("Thu 14:00", "‘Thu 14:00’ may be 26/11/2026 14:00 or 3/12/2026 14:00. Use the one you mean."),
        (
            "Thu 27/11/2026 10:00",
            "‘Thu 27/11/2026’ does not fit: 27/11/2026 is a Friday. Use 27/11/2026 if you mean it.",
        ),
        ("tomorrow 5", "‘tomorrow 5’ is not a date and time. Use a date and time such as 27/3/2026 14:10."),
    ],
)
def test_a_time_in_words_that_is_not_all_there_says_what_is_missing(typed, sentence):
    with pytest.raises(Unreadable) as refused:
        read_instant(typed, THURSDAY)
    assert str(refused.value) == sentence


def test_a_day_without_its_year_is_read_only_where_it_can_only_be_to_come():
    with pytest.raises(NoYear, match="‘3 Dec’ has no year. Add one, such as 3/12/2026."):
        read_date("3 Dec", THURSDAY.date())
    for typed, read in (
        ("3 Dec", "2026-12-03"),
        ("3/12", "2026-12-03"),
        ("25 Nov", "2027-11-25"),
        ("29 Feb", "2028-02-29"),
    ):
        assert read_date(typed, THURSDAY.date(), tense=Tense.COMING).isoformat() == read


def test_times_in_words_hold_over_the_days_on_which_clocks_change():
    before = local(datetime.fromisoformat("2026-10-24T20:00:00+01:00"))
    assert read_instant("in 12 hours", before).isoformat() == "2026-10-25T07:00:00+00:00"
    assert read_instant("tomorrow 07:00", before).isoformat() == "2026-10-25T07:00:00+00:00"
    with pytest.raises(Ambiguous) as asked:
        read_instant("tomorrow 01:30", before)
    assert asked.value.options == ("25/10/2026 01:30 BST", "25/10/2026 01:30 GMT")
    assert {read_instant(one, before) for one in asked.value.options} == {
        datetime.fromisoformat("2026-10-25T01:30:00+01:00"),
        datetime.fromisoformat("2026-10-25T01:30:00+00:00"),
    }
    spring = local(datetime.fromisoformat("2026-03-28T22:00:00+00:00"))
    assert read_instant("in 4 hours", spring).isoformat() == "2026-03-29T03:00:00+01:00"
    with pytest.raises(Unreadable, match="the clocks go forward then"):
        read_instant("tomorrow 01:30", spring)


@steady
@given(
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2060, 1, 1), timezones=st.just(THURSDAY.tzinfo)),
    st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
    st.sampled_from(["{} 10:00", "{} noon", "{} week 10:00", "next {} 10:00", "{} next week 10:00"]),
)
def test_a_weekday_is_never_over_and_what_is_asked_about_leads_on(now, weekday, form):
    try:
        moments = [read_instant(form.format(weekday), local(now))]
    except Ambiguous as asked:
        moments = [read_instant(one, local(now)) for one in asked.options]
        assert len(moments) == 2
    for moment in moments:
        assert moment > now
        assert f"{moment:%a}".casefold() == weekday
        assert moment - now < timedelta(days=15)


@steady
@given(
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2060, 1, 1), timezones=st.just(THURSDAY.tzinfo)),
    st.integers(1, 500),
    st.sampled_from(["hour", "minute"]),
)
def test_a_length_of_time_from_now_is_elapsed_time_to_the_minute(now, number, unit):
    now = local(now)
    moment = read_instant(f"in {number} {unit}s", now)
    length = (moment.astimezone(THURSDAY.tzinfo).timestamp() - now.timestamp()) / (3600 if unit == "hour" else 60)
    assert number - 1 / (60 if unit == "hour" else 1) < length <= number


@steady
@given(st.dates(min_value=datetime(2020, 1, 1).date(), max_value=datetime(2060, 1, 1).date()), st.integers(0, 60))
def test_days_counted_in_words_are_counted_on_the_calendar(today, number):
    assert read_date(f"in {number} days", today) == today + timedelta(days=number)
    assert read_date(f"{number} weeks ago", today) == today - timedelta(days=7 * number)


# ── Deadlines ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("18:30", "by today 18:30"),
        ("1830", "by today 18:30"),
        ("tomorrow 5pm", "by tomorrow 17:00"),
        ("Fri", "by tomorrow 17:00 (no time was given)"),
        ("3/12", "by Thursday 3 December 2026 17:00 (no time was given)"),
        ("in 2 days", "by Saturday 28 November 2026 17:00 (no time was given)"),
        ("within 2 working days", "by Monday 30 November 2026 17:00 (no time was given)"),
        ("within the hour", "by today 13:30"),
        ("close of play Friday", "by tomorrow 17:00 (end of the day)"),
        ("eod", "by today 17:00 (end of the day)"),
        ("within 4 hours of birth", "within 4 hours of birth"),
        ("at once on birth", "at once after birth"),
        ("25/11/2026 09:00", "by yesterday 09:00 (which has passed)"),
    ],
)
def test_deadlines_are_said_as_they_were_understood(typed, says):
    assert read_deadline(typed, THURSDAY, profile("england-default").holidays).says == says


def test_working_days_know_the_holidays_of_the_profile():
    christmas = local(datetime.fromisoformat("2026-12-24T09:00:00+00:00"))
    holidays = profile("england-default").holidays
    assert read_deadline("in 1 working day", christmas, holidays).says.startswith("by Tuesday 29 December 2026")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("9:00", "‘9:00’ has passed today. Do you mean tomorrow 09:00 or today 21:00?"),
        ("9am", "‘9am’ has passed today. Do you mean tomorrow 09:00?"),
        ("today 9:00", "‘today 9:00’ has passed today. Do you mean tomorrow 09:00 or today 21:00?"),
        ("6", "‘6’ may be morning or afternoon. Do you mean tomorrow 06:00 or today 18:00?"),
        ("tomorrow 5", "‘tomorrow 5’ may be morning or afternoon. Do you mean tomorrow 05:00 or tomorrow 17:00?"),
        ("asap", "‘asap’ is not a time. Say when, such as by 18:30 or by Friday noon."),
        (
            "within 2 days of Friday",
            "‘within 2 days of Friday’: Friday is a day. Say the last day itself, such as by Friday 10:00.",
        ),
    ],
)
def test_a_deadline_that_is_over_or_half_said_is_asked_about(typed, sentence):
    with pytest.raises(Unreadable) as asked:
        read_deadline(typed, THURSDAY)
    assert str(asked.value) == sentence
    for one in getattr(asked.value, "options", ()):
        read_deadline(one, THURSDAY)


def test_a_day_is_over_after_five_unless_a_time_is_given():
    evening = local(datetime.fromisoformat("2026-11-26T19:00:00+00:00"))
    with pytest.raises(Unreadable, match="‘today’ has no time, and 17:00 has passed. Add a time, such as today 23:00."):
        read_deadline("today", evening)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("be seen by the midwife by 5pm", "5pm"),
        ("be seen by the midwife", None),
        ("visit in person", None),
        ("ring the ward within 4 hours of birth", "within 4 hours of birth"),
        ("report in 2 days", "in 2 days"),
        ("stand by", None),
    ],
)
def test_the_clause_that_says_by_when_is_found_at_the_end_only(text, words):
    clause = find_clause(text, THURSDAY)
    assert (clause.words if clause else None) == words


def test_the_next_meeting_has_a_day_and_a_time():
    assert next_day_of("Fri 10:00", THURSDAY)[1] == "tomorrow 10:00"
    for typed in ("Fri", "within 4 hours of birth"):
        with pytest.raises(Unreadable):
            next_day_of(typed, THURSDAY)


# ── What a field says of what it read ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("Fri 10:00", "Read as Friday 27/11/2026 10:00."),
        ("tomorrow 5pm", "Read as Friday 27/11/2026 17:00."),
        ("27/11/2026 10:00", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_a_field_says_again_in_figures_what_depends_on_today(typed, says):
    form = PartForm("review", None, ("next_at",), Room(THURSDAY), formdata=MultiDict({"review:next_at": typed}))
    assert form["next_at"].read_as == says
