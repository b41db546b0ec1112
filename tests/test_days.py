"""Ways of writing a day, a time, a length and a number: what is read, and what is asked, with the sentence."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from forms.asking import PartForm
from forms.days import NoYear, read_date, show_date
from forms.deadlines import find_clause, read_deadline
from forms.moments import read_instant, read_time, show_instant
from forms.reading import Ambiguous, Unreadable, read_duration, read_number
from forms.room import Room
from meetings.briefing_facts import say_age
from meetings.calendar import local
from meetings.desk import Answer
from meetings.documents import KINDS
from meetings.parts import layout_of
from meetings.questions import Kind, Tense
from tests.any_record import steady

NOW = local(datetime.fromisoformat("2026-11-26T12:30:00+00:00"))
TODAY = NOW.date()


# ── Days ─────────────────────────────────────────────────────────────────────────────────────────────────────────

SAME_DAY = (
    "27/3/2026",
    "27/03/26",
    "\u200e27/03/2026",  # copied from Windows
    "27/03/2026\u200b",
    "27/3/20\u200b26",
    "\ufeff27/3/2026\u2060",
    "27\u20113\u20112026",
    "27\u20103\u20102026",
    "27–3–2026",
    "27—3—2026",
    "27−3−2026",
    "27⁄3⁄2026",
    "27∕3∕2026",
    "27／3／2026",
    "２７／３／２０２６",
    "27\u00a03\u00a02026",
    "27\u2009/\u20093\u2009/\u20092026",
    "27/3/2026.",
    "27/3/2026. ",
    "27/3/2026,",
    "27/3/2026;",
    "(27/3/2026)",
    '"27/3/2026"',
    "‘27/3/2026’",
    "27\\3\\2026",
    "27.3.2026",
    "27.3.2026.",
    "27 3 2026",
    "27/3/'26",
    "2026-03-27",
    "2026–03–27",
    "2026/03/27",
    "2026.03.27",
    "27 March 2026",
    "27\u202fMarch\u202f2026",
    "27th March 2026",
    "27th of March, 2026",
    "the 27th of March 2026",
    "27 Mar. 2026",
    "27 March ’26",
    "27-MAR-2026",
    "27-Mar-26",
    "27MAR2026",
    "27Mar26",
    "March 27, 2026",
    "Mar 27th 2026",
    "Fri 27/3/2026",
    "Fri. 27th March 2026",
    "Friday, 27 March 2026",
    "Friday the 27th of March 2026",
    "Friday, March 27, 2026",
    "27/3/2026 (Fri)",
    "27/3/2026 Friday",
    "27/3/2026, Fri.",
    "Fri. 27th March",
    "27 March, Friday",
)


@pytest.mark.parametrize("typed", SAME_DAY)
def test_a_day_that_looks_right_is_read(typed):
    assert read_date(typed, TODAY).isoformat() == "2026-03-27"


@pytest.mark.parametrize(
    ("typed", "sentence", "options"),
    [
        (
            "27-28 March 2026",
            "‘27-28 March 2026’ says two days. Is that 27/3/2026 to 28/3/2026? Use 27/3/2026 or 28/3/2026.",
            ("27/3/2026", "28/3/2026"),
        ),
        (
            "27–28/3/2026",
            "‘27–28/3/2026’ says two days. Is that 27/3/2026 to 28/3/2026? Use 27/3/2026 or 28/3/2026.",
            ("27/3/2026", "28/3/2026"),
        ),
        (
            "27/3/2026 - 2/4/2026",
            "‘27/3/2026 - 2/4/2026’ says two days. Is that 27/3/2026 to 2/4/2026? Use 27/3/2026 or 2/4/2026.",
            ("27/3/2026", "2/4/2026"),
        ),
        (
            "27/3/2026 to 28/3/2026",
            "‘27/3/2026 to 28/3/2026’ says two days. Is that 27/3/2026 to 28/3/2026? Use 27/3/2026 or 28/3/2026.",
            ("27/3/2026", "28/3/2026"),
        ),
    ],
)
def test_two_days_are_asked_about(typed, sentence, options):
    with pytest.raises(Ambiguous) as asked:
        read_date(typed, TODAY)
    assert str(asked.value) == sentence
    assert asked.value.options == options


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Sat 27/3/2026", "‘Sat 27/3/2026’ does not fit: 27/3/2026 is a Friday. Use 27/3/2026 if you mean it."),
        ("27/3/2026 (Sat)", "‘27/3/2026 (Sat)’ does not fit: 27/3/2026 is a Friday. Use 27/3/2026 if you mean it."),
        ("30\u20112\u20112026", "‘30\u20112\u20112026’ is not a date. Use 28/2/2026."),
        ("27/3/2026 approx", "‘27/3/2026 approx’ is not a date. Use a date such as 27/3/2026."),
        ("27/3/202²", "‘27/3/202²’ is not a date. Use a date such as 27/3/2026."),
        ("c. March 2026", "‘c. March 2026’ is not a date. Use a date such as 27/3/2026."),
        ("270326", "‘270326’ is not a date. Use a date such as 27/3/2026."),
        ("3 Feb", "‘3 Feb’ has no year. Add one, such as 3/2/2027."),
    ],
)
def test_a_day_that_cannot_be_read_is_asked_for(typed, sentence):
    with pytest.raises(Unreadable) as refused:
        read_date(typed, TODAY)
    assert str(refused.value) == sentence


# ── Moments ──────────────────────────────────────────────────────────────────────────────────────────────────────

SAME_MOMENT = (
    "27/3/2026 14:10",
    "27/3/2026 1410",
    "27/3/2026 1410hrs",
    "27/3/2026 1410 hrs",
    "27/3/2026 14:10 hrs",
    "27/3/2026 14:10hrs.",
    "27/3/2026 14:10h",
    "27/3/2026 1410 hours",
    "27/3/2026 14.10",
    "27/3/2026 14h10",
    "27/3/2026 14∶10",
    "27/3/2026 14:10.",
    "27/03/2026T14:10",
    "2026-03-27T14:10",
    "2026-03-27T14:10:00Z",
    "2026-03-27T14:10:00.000Z",
    "2026-03-27 14:10:00+00:00",
    "27/3/2026 @ 14:10",
    "27/3/2026@14:10",
    "27/3/2026 - 14:10",
    "27 March 2026 – 14:10",
    "27/3/2026 at 14:10",
    "on 27/3/2026 at 14:10",
    "27/3/2026, 14:10",
    "27 Mar 26,14:10",
    "27/03/2026, 14:10:00",
    "[27/03/2026, 14:10:00]",
    "27/3/2026 2.10 p.m.",
    "27/3/2026 2.10pm",
    "27/3/2026 2:10 P.M.",
    "27/3/2026 2:10 p m",
    "2:10 p.m. on 27/3/2026",
    "14:10 hrs on Fri 27/3/2026",
    "14:10, 27 March 2026",
    "27 March 2026 at 2:10\u202fpm",  # an iPhone
    "Friday 27 March 2026 at 2:10\u202fPM",
    "Friday, 27 March 2026 at 14:10",  # Outlook
    "Friday, March 27, 2026 2:10 PM",
    "Fri, 27 Mar 2026 14:10:00 +0000",  # the head of an e-mail
    "27/3/2026\u00a014:10",
    "２７／３／２０２６\u3000１４：１０",
    "\u200e27/3/2026 14:10\u200f",
    "27/3/2026 14:10 UTC",
    "27/3/2026 14:10 GMT",
    "27/3/2026 14:10 -00:00",
    "Fri. 27th March 2026 at 2.10 p.m.",
    "27/3/2026 (Fri) 14:10",
)


@pytest.mark.parametrize("typed", SAME_MOMENT)
def test_a_moment_that_looks_right_is_read(typed):
    assert read_instant(typed, NOW).isoformat() == "2026-03-27T14:10:00+00:00"


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("2.30 p.m.", (14, 30, 0)),
        ("2 pm", (14, 0, 0)),
        ("2pm.", (14, 0, 0)),
        ("14h10", (14, 10, 0)),
        ("1410hrs", (14, 10, 0)),
        ("14:10 hrs", (14, 10, 0)),
        ("12.15 a.m.", (0, 15, 0)),
        ("１４：１０", (14, 10, 0)),
        ("\u200e14:10", (14, 10, 0)),
    ],
)
def test_a_time_that_looks_right_is_read(typed, time):
    assert read_time(typed) == time


@pytest.mark.parametrize(
    ("typed", "first", "last", "options"),
    [
        ("27/11/2026 10:00-11:00", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("27/3/2026 14:00-15:30", "14:00", "15:30", ("27/3/2026 14:00", "27/3/2026 15:30")),
        ("Fri 10:00-11:00", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("2026-11-27 10:00-11:00", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("2026-11-27T10:00-11:00", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("27/11/2026 10:00 -11:00", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("27/11/2026 10:00–11:00", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("27/11/2026 10:00\u201111:00", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("10:00-11:00 on 27/11/2026", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("27/11/2026 from 10:00 to 11:00", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("27/11/2026 between 10 and 11am", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("27/11/2026 10.00 until 11.00", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("27/11/2026 10-11am", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("27/11/2026 11-1pm", "11:00", "13:00", ("27/11/2026 11:00", "27/11/2026 13:00")),
        ("27/11/2026 1000-1100", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("27/11/2026 1000-1100hrs", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        ("27/11/2026 noon-2pm", "12:00", "14:00", ("27/11/2026 12:00", "27/11/2026 14:00")),
        ("27/11/2026 22:00-02:00", "22:00", "02:00", ("27/11/2026 22:00", "28/11/2026 02:00")),
        ("27/7/2026 22:00-00:00", "22:00", "00:00", ("27/7/2026 22:00", "28/7/2026 00:00")),
        ("tomorrow 10:00-11:00", "10:00", "11:00", ("27/11/2026 10:00", "27/11/2026 11:00")),
        (
            "27/11/2026 22:00 - 28/11/2026 02:00",
            "27/11/2026 22:00",
            "28/11/2026 02:00",
            ("27/11/2026 22:00", "28/11/2026 02:00"),
        ),
    ],
)
def test_a_time_to_another_is_asked_about_and_never_an_offset(typed, first, last, options):
    with pytest.raises(Ambiguous) as asked:
        read_instant(typed, NOW)
    assert str(asked.value) == f"‘{typed}’ says two times. Is that {first} to {last}? Use {options[0]} or {options[1]}."
    assert asked.value.options == options
    for one in options:
        assert show_instant(read_instant(one, NOW)) == one


def test_one_time_or_another_is_asked_about():
    for typed in ("27/11/2026 10:00 or 11:00", "27/11/2026 10:00/11:00"):
        with pytest.raises(Ambiguous, match="Is that 10:00 or 11:00[?]"):
            read_instant(typed, NOW)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("27/11/2026 10:00 +00:00", "2026-11-27T10:00:00+00:00"),
        ("27/11/2026 10:00 -00:00", "2026-11-27T10:00:00+00:00"),
        ("27/11/2026 10:00Z", "2026-11-27T10:00:00+00:00"),
        ("27/7/2026 10:00 BST", "2026-07-27T10:00:00+01:00"),
        ("27/7/2026 10:00 +01:00", "2026-07-27T10:00:00+01:00"),
        ("27/7/2026 10:00 Z", "2026-07-27T10:00:00+00:00"),
        ("27/11/2026 10:00 +01:00", "2026-11-27T10:00:00+01:00"),
        ("1/7/1943 10:00 +02:00", "1943-07-01T10:00:00+02:00"),
    ],
)
def test_an_offset_that_british_clocks_have_had_is_read_as_the_moment_it_says(typed, read):
    moment = read_instant(typed, NOW)
    assert moment.isoformat() == read
    assert read_instant(show_instant(moment), NOW).isoformat() == read


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "27/11/2026 10:00 +05:30",
            "‘27/11/2026 10:00 +05:30’ has an offset, +05:30, that no British clock had then. "
            "Use 27/11/2026 04:30 for that moment on a British clock.",
        ),
        (
            "2026-11-27T10:00:00-05:00",
            "‘2026-11-27T10:00:00-05:00’ has an offset, -05:00, that no British clock had then. "
            "Use 27/11/2026 15:00 for that moment on a British clock.",
        ),
        (
            "27/7/2026 10:00 +02:00",
            "‘27/7/2026 10:00 +02:00’ has an offset, +02:00, that no British clock had then. "
            "Use 27/7/2026 09:00 for that moment on a British clock.",
        ),
        (
            "27/11/2026 10:00 +25:00",
            "‘27/11/2026 10:00 +25:00’ is not a date and time. Use a date and time such as 27/3/2026 14:10.",
        ),
        (
            "27/11/2026 10:00 GMT+1",
            "‘27/11/2026 10:00 GMT+1’ is not a date and time. Use a date and time such as 27/3/2026 14:10.",
        ),
        (
            "27/11/2026 10:00 BST",
            "‘27/11/2026 10:00 BST’ is not a time there was: BST is not in force then. Leave BST out.",
        ),
        ("27/11/2026 2-3", "‘27/11/2026 2-3’ is not a date and time. Use a date and time such as 27/3/2026 14:10."),
        (
            "27-28 March 2026 10:00",
            "‘27-28 March 2026 10:00’ may be 27/3/2026 10:00 or 28/3/2026 10:00. Use the one you mean.",
        ),
        ("27/3/2026 24:00", "‘27/3/2026 24:00’ is not a date and time. Use 27/3/2026 14:10."),
        ("10:00-11:00", "‘10:00-11:00’ says two times. Is that 10:00 to 11:00? Use 10:00 or 11:00."),
    ],
)
def test_a_moment_that_is_not_said_on_a_british_clock_is_asked_for(typed, sentence):
    with pytest.raises(Unreadable) as refused:
        read_instant(typed, NOW)
    assert str(refused.value) == sentence


@steady
@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)),
    st.integers(-14 * 4, 14 * 4).map(lambda quarters: quarters * 15),
    st.sampled_from(["", " "]),
)
def test_what_follows_a_time_is_never_kept_as_an_offset_that_british_clocks_did_not_have(moment, minutes, space):
    sign, size = "-" if minutes < 0 else "+", abs(minutes)
    typed = f"{moment:%d/%m/%Y %H:%M}{space}{sign}{size // 60:02}:{size % 60:02}"
    try:
        read = read_instant(typed, NOW)
    except Unreadable as asked:
        assert minutes not in (0, 60) or (sign, space) == ("-", "") or "not a time there was" in str(asked)
    else:
        assert read.utcoffset() in (timedelta(0), timedelta(hours=1))


# ── Lengths and numbers ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("4\u00a0hours", "PT4H"),
        ("４ hours", "PT4H"),
        ("4\u2011hours", "PT4H"),
        ("4 hrs.", "PT4H"),
        ("\u200e4 hours", "PT4H"),
        ("two hours", "PT2H"),
        ("an hour", "PT1H"),
        ("half an hour", "PT30M"),
        ("1 day, 2 hours", "P1DT2H"),
    ],
)
def test_a_length_that_looks_right_is_read(typed, read):
    assert read_duration(typed) == read


@pytest.mark.parametrize("typed", ["2-4 hours", "2–4 hours", "2 to 4 hours", "between 2 and 4 hours"])
def test_a_length_to_another_is_asked_about(typed):
    word = "to"
    with pytest.raises(Ambiguous) as asked:
        read_duration(typed)
    said = f"‘{typed}’ says two lengths of time. Is that 2 {word} 4 hours? Use 2 hours or 4 hours."
    assert str(asked.value) == said


def test_a_number_that_looks_right_is_read():
    assert [read_number(one) for one in ("３", "\u200b3", "3.", "1,200", "\u00a03")] == [3, 3, 3, 1200, 3]
    for typed in ("2-3", "–3", "1,20"):
        with pytest.raises(Unreadable, match="is not a whole number. Use a number such as 3."):
            read_number(typed)


# ── Whether it is over or to come ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "tense", "read"),
    [
        ("3/2/45", Tense.BIRTH, "1945-02-03"),
        ("3/2/46", Tense.BIRTH, "1946-02-03"),
        ("3/2/47", Tense.BIRTH, "1947-02-03"),
        ("3/2/27", Tense.BIRTH, "1927-02-03"),
        ("26/11/26", Tense.BIRTH, "2026-11-26"),
        ("27/11/26", Tense.BIRTH, "1926-11-27"),
        ("3 Feb ’45", Tense.BIRTH, "1945-02-03"),
        ("3/2/2045", Tense.BIRTH, "2045-02-03"),  # as it was typed; its page says that it is still to come
        ("3/2/45", Tense.PAST, "1945-02-03"),
        ("3/2/26", Tense.PAST, "2026-02-03"),
        ("3/2/27", Tense.COMING, "2027-02-03"),
        ("3/2/45", Tense.COMING, "2045-02-03"),
        ("3/2/99", Tense.COMING, "2099-02-03"),
        ("20/11/26", Tense.COMING, "2026-11-20"),  # overdue, not in a century
        ("3/2/45", Tense.EITHER, "2045-02-03"),
        ("3/2/47", Tense.EITHER, "1947-02-03"),
        ("Fri", Tense.PAST, "2026-11-20"),
        ("Fri", Tense.COMING, "2026-11-27"),
        ("3 Dec", Tense.COMING, "2026-12-03"),
    ],
)
def test_two_figures_of_a_year_are_read_as_the_question_asks(typed, tense, read):
    assert read_date(typed, TODAY, tense=tense).isoformat() == read


@steady
@given(
    st.dates(min_value=datetime(2020, 1, 1).date(), max_value=datetime(2120, 1, 1).date()),
    st.dates(min_value=datetime(2000, 1, 1).date(), max_value=datetime(2099, 12, 31).date()),
)
def test_a_birth_of_two_figures_is_never_to_come(today, day):
    try:
        born = read_date(f"{day.day}/{day.month}/{day:%y}", today, tense=Tense.BIRTH)
    except Unreadable:
        assert (day.day, day.month) == (29, 2)
        return
    assert born <= today
    assert today.year - born.year <= 100


def test_what_is_over_is_asked_about_where_two_figures_would_make_it_a_century_ago():
    with pytest.raises(Ambiguous) as asked:
        read_date("27/11/26", TODAY, tense=Tense.PAST)
    assert str(asked.value) == "‘27/11/26’ may be 27/11/1926 or 27/11/2026. Use the one you mean."
    with pytest.raises(NoYear, match="‘3 Dec’ has no year. Add one, such as 3/12/2025."):
        read_date("3 Dec", TODAY, tense=Tense.PAST)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Fri 10:00", "2026-11-20T10:00:00+00:00"),
        ("Thu 14:00", "2026-11-19T14:00:00+00:00"),  # today at two is still to come
        ("last Tuesday 10:00", None),
        ("yesterday 5pm", "2026-11-25T17:00:00+00:00"),
    ],
)
def test_a_weekday_is_the_last_one_where_what_is_over_is_asked_for(typed, read):
    if read is None:
        with pytest.raises(Ambiguous):
            read_instant(typed, NOW, tense=Tense.PAST)
    else:
        assert read_instant(typed, NOW, tense=Tense.PAST).isoformat() == read


def _dated():
    for kind in KINDS:
        layout = layout_of(kind)
        for part in layout.names():
            for path, one in layout.answers_of(part).items():
                if one.kind in (Kind.DATE, Kind.INSTANT) and one.asked:
                    yield part, path, one


def test_every_question_that_asks_for_a_birth_says_so():
    births = [(part, path) for part, path, one in _dated() if one.question.tense is Tense.BIRTH]
    assert set(births) == {("children", "born_on"), ("adults", "born_on")}
    words = [one for _, _, one in _dated() if "birth" in one.question.label.lower()]
    assert {one.question.tense for one in words} == {Tense.BIRTH, Tense.COMING}


def test_every_question_that_ends_in_by_or_until_is_to_come():
    late = [one.question for _, _, one in _dated() if one.question.label.split()[-1] in ("by", "until", "when")]
    assert late
    assert {one.tense for one in late} == {Tense.COMING}


@pytest.mark.parametrize(
    ("part", "path", "typed", "value"),
    [
        ("adults", "born_on", "3/2/45", "1945-02-03"),
        ("children", "born_on", "3/2/45", "1945-02-03"),
        ("children", "due_on", "3/2/27", "2027-02-03"),
        ("children", "last_seen_at", "3/2/45 10:00", "1945-02-03T10:00:00+01:00"),
        ("review", "next_at", "3/2/45 10:00", "2045-02-03T10:00:00+00:00"),
        ("actions", "deadline/due_at", "3 Dec 10:00", "2026-12-03T10:00:00+00:00"),
        ("children", "born_on", "\u200e03/02/1945", "1945-02-03"),
        ("actions", "deadline/within", "4\u00a0hours", "PT4H"),
    ],
)
def test_a_field_reads_what_its_question_asks(part, path, typed, value):
    form = PartForm(part, None, (path,), Room(NOW), formdata=MultiDict({f"{part}:{path}": typed}))
    assert form[path].answer() == Answer(value=value)


@pytest.mark.parametrize("typed", ["27/11/2026 10:00-11:00", "31/2/2026 10:00 ", "27/11/2026\u200b x"])
def test_what_cannot_be_read_stays_as_it_was_typed(typed):
    form = PartForm("meeting", None, ("started_at",), Room(NOW), formdata=MultiDict({"meeting:started_at": typed}))
    assert form["started_at"].answer() == Answer(unread=typed)


# ── Ages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("born", "says"),
    [
        ("1945-02-03", "81 years old"),
        ("2018-05-04", "8 years old"),
        ("2024-11-26", "2 years old"),
        ("2024-11-27", "23 months old"),
        ("2026-07-20", "4 months old"),
        ("2026-10-26", "1 month old"),
        ("2026-11-05", "3 weeks old"),
        ("2026-11-25", "1 day old"),
        ("2026-11-26", "born today"),
        ("2026-11-27", "still to come"),
    ],
)
def test_an_age_is_said_as_on_paper(born, says):
    assert say_age(datetime.fromisoformat(born).date(), TODAY) == says


@pytest.mark.parametrize(
    ("part", "path", "typed", "note"),
    [
        ("adults", "born_on", "3/2/45", "81 years old"),
        ("children", "born_on", "4 July 2026", "4 months old"),
        ("children", "born_on", "27/11/2026", "Still to come"),
        ("children", "born_on", "tbc", ""),
        ("children", "born_on", "", ""),
        ("children", "due_on", "3/2/27", ""),
        ("meeting", "started_at", "27/11/2026 10:00 +01:00", "On a British clock: 27/11/2026 09:00"),
        ("meeting", "started_at", "27/11/2026 10:00", ""),
    ],
)
def test_a_field_notes_what_follows_from_its_answer(part, path, typed, note):
    form = PartForm(part, None, (path,), Room(NOW), formdata=MultiDict({f"{part}:{path}": typed}))
    assert form[path].note == note


def test_a_moment_that_came_with_another_offset_keeps_it_until_it_is_changed():
    held = ["2026-11-20T10:00:00+05:30", "2026-11-21T10:00:00+00:00"]
    several = PartForm("professionals", None, ("tried_at",), Room(NOW))["tried_at"].again("x", Room(NOW))
    several.process(MultiDict([("x", "20/11/2026 04:30"), ("x", "22/11/2026 10:00")]), Answer(value=held))
    assert several.answer() == Answer(value=["2026-11-20T10:00:00+05:30", "2026-11-22T10:00:00+00:00"])


# ── Deadlines ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("18:30 hrs", "by today 18:30"),
        ("1830hrs", "by today 18:30"),
        ("5 p.m.", "by today 17:00"),
        ("Friday 5 p.m.", "by tomorrow 17:00"),
        ("5\u20112\u20112027 14:10", "by Friday 5 February 2027 14:10"),
        ("5/2/27", "by Friday 5 February 2027 17:00 (no time was given)"),
        ("within an hour of Robin’s return", "within 1 hour of Robin’s return"),
    ],
)
def test_a_deadline_that_looks_right_is_read(typed, says):
    assert read_deadline(typed, NOW).says == says


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "5/2/2027 14:00-15:30",
            "‘5/2/2027 14:00-15:30’ says two times. Is that 14:00 to 15:30? Use 5/2/2027 14:00 or 5/2/2027 15:30.",
        ),
        ("14:00-15:30", "‘14:00-15:30’ says two times. Is that 14:00 to 15:30? Use 14:00 or 15:30."),
        (
            "within 2-4 hours of birth",
            "‘2-4 hours’ says two lengths of time. Is that 2 to 4 hours? "
            "Use within 2 hours of birth or within 4 hours of birth.",
        ),
    ],
)
def test_a_deadline_to_another_is_asked_about(typed, sentence):
    with pytest.raises(Ambiguous) as asked:
        read_deadline(typed, NOW)
    assert str(asked.value) == sentence
    for one in asked.value.options:
        assert read_deadline(one, NOW).says


def test_a_clause_with_a_time_to_another_is_asked_about_and_not_swallowed():
    clause = find_clause("see Robin by 5/2/2027 14:00–15:30", NOW)
    assert clause is not None
    assert isinstance(clause.problem, Ambiguous)
    assert clause.problem.options == ("5/2/2027 14:00", "5/2/2027 15:30")


def test_a_day_is_shown_as_it_is_read():
    assert show_date(read_date("27\u20113\u20112026", TODAY)) == "27/3/2026"
