"""Working days and clocks: the bank holidays of each profile against two independent tables, Christmas, Easter, DST."""

from __future__ import annotations

from datetime import date, timedelta

import govuk_bank_holidays.bank_holidays as govuk
import holidays
import pytest

from meetings.calendar import add_working_days, is_working_day, working_days_between
from meetings.profiles import Profile, profile, profile_ids

SUBDIVISIONS = {"England": "ENG", "Wales": "WLS", "Scotland": "SCT"}
YEARS = range(2026, 2032)
# Proclaimed for one year only, after the table of the contract was fixed.
PROCLAIMED = {"Scotland": {date(2026, 6, 15)}}


@pytest.mark.parametrize("name", profile_ids())
def test_the_bank_holidays_agree_with_an_independent_table(name):
    policy = profile(name)
    other = {
        day
        for day in holidays.country_holidays("GB", subdiv=SUBDIVISIONS[policy.nation], years=YEARS)
        if day.weekday() < 5
    }
    ours = {day for day in policy.holidays if day.year in YEARS and day.weekday() < 5}
    assert ours ^ other <= PROCLAIMED.get(policy.nation, set()), sorted(ours ^ other)


def test_the_bank_holidays_agree_with_those_published_for_the_years_that_are():
    published = govuk.BankHolidays(use_cached_holidays=True)
    for name, division in (("england-default", "england-and-wales"), ("scotland", "scotland")):
        days = {one["date"] for one in published.get_holidays(division=division) if one["date"].year >= 2026}
        missing = {day for day in days if day.weekday() < 5} - profile(name).holidays
        assert not missing, (name, missing)


@pytest.mark.parametrize(
    ("start", "target"),
    [
        ("2026-04-01", "2026-04-24"),
        ("2026-05-01", "2026-05-26"),
        ("2026-12-17", "2027-01-12"),
        ("2026-12-26", "2027-01-19"),
    ],
)
def test_fifteen_working_days_across_easter_may_and_christmas(start, target):
    england = profile("england-default")
    assert add_working_days(date.fromisoformat(start), 15, england.holidays) == date.fromisoformat(target)


def test_counting_and_adding_agree_on_every_day_of_six_years():
    england = profile("england-default").holidays
    for number in range(0, 2190, 13):
        start = date(2026, 1, 1) + timedelta(days=number)
        end = start
        for count in range(1, 30):
            end = add_working_days(start, count, england)
            assert is_working_day(end, england)
            assert working_days_between(start, end, england) == count
    assert working_days_between(date(1, 1, 1), date(9999, 12, 31), england) > 2_000_000


def test_a_profile_that_extends_another_holds_what_differs_and_inherits_the_rest():
    wales = profile("wales")
    assert isinstance(wales, Profile)
    assert wales["assessment_working_days"] == 42
    assert wales["conference_working_days"] == profile("england-default")["conference_working_days"]
    assert len({profile(name).sha256 for name in profile_ids()}) == len(profile_ids())
