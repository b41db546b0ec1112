"""Working days and clocks: the bank holidays of each profile against two independent tables, Christmas, Easter, DST."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import govuk_bank_holidays.bank_holidays as govuk
import holidays
import pytest

from meetings import contract
from meetings.calendar import add_working_days, is_working_day, local, working_days_between
from meetings.facts import clocks
from meetings.profiles import BadProfile, Profile, profile, profile_ids, use_folder
from tests.makers import a_discussion

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


def test_police_protection_runs_seventy_two_hours_also_across_a_change_of_the_clocks():
    taken = datetime.fromisoformat("2026-10-24T20:00:00+01:00")
    document = contract.read(
        a_discussion(police_protection=[{"child": "c1", "exercised_at": taken.isoformat(timespec="seconds")}])
    )
    (clock,) = [one for one in clocks(document, profile("england-default")) if one.child == "c1"]
    assert local(clock.due_at).isoformat() == "2026-10-27T19:00:00+00:00"
    assert clock.left(taken + timedelta(hours=71, minutes=58, seconds=30)) == timedelta(minutes=1)
    assert clock.left(taken + timedelta(hours=73)) < timedelta(0)


def test_the_other_clocks_run_until_what_they_wait_for_is_done():
    england = profile("england-default")
    missing = {"episodes": [{"person": "c1", "ended_at": "2027-01-30T10:00:00+00:00"}]}
    document = a_discussion(missing=missing, fgm={"disclosed_at": "2027-01-29T15:00:00+00:00"})
    document["signoff"] = [one for one in document.get("signoff", ()) if one["as"] != "sender"]
    running = {one.what: one for one in clocks(contract.read(document), england)}
    assert running["Return interview"].due_at.isoformat() == "2027-02-02T10:00:00+00:00"
    assert running["Report of FGM to police"].due_on == date(2027, 2, 1)
    assert running["Record sent to everybody"].due_on == date(2027, 2, 4)

    document["missing"]["episodes"][0]["return_interview"] = {"status": "completed", "on": "2027-02-01"}
    document["fgm"]["reported_at"] = "2027-01-29T16:00:00+00:00"
    document["signoff"].append({"by": "t1", "as": "sender", "at": "2027-02-03T16:00:00+00:00"})
    assert clocks(contract.read(document), england) == []


OWN = {
    "schema": "urn:accord:profile:1",
    "id": "northmere",
    "version": 3,
    "extends": "london",
    "label": "Northmere partnership",
    "nation": "England",
    "parameters": {
        "conference_working_days": {
            "label": "Conference",
            "value": 12,
            "source": "Northmere procedures",
            "status": "local",
        }
    },
}


@pytest.fixture
def own_folder(tmp_path):
    yield tmp_path
    use_folder(tmp_path / "nothing")


def test_an_area_adds_its_own_profile_that_holds_only_what_differs(own_folder):
    (own_folder / "northmere.json").write_text(json.dumps(OWN))
    use_folder(own_folder)
    northmere = profile("northmere")
    assert northmere["conference_working_days"] == 12
    assert northmere["discussion_after_referral_working_days"] == 3
    assert "northmere" in profile_ids()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id": "other"}, "‘id’ must be northmere, the name of the file."),
        ({"version": "3"}, "‘version’ must be a whole number."),
        ({"nation": "Narnia"}, "‘nation’ must be one of England, Wales, Scotland, Northern Ireland."),
        ({"extends": "atlantis"}, "there is no profile ‘atlantis’ to extend."),
        ({"parameters": {"dragons": {"value": 1}}}, "there is no parameter ‘dragons’."),
        ({"parameters": {"conference_working_days": {}}}, "the parameter ‘conference_working_days’ has no value."),
        (
            {"parameters": {"conference_working_days": {"value": "15", "source": "x", "status": "local"}}},
            "the value of ‘conference_working_days’ must be like 15.",
        ),
        (
            {"parameters": {"bank_holidays": {"value": ["Easter"], "source": "x", "status": "local"}}},
            "‘Easter’ among the bank holidays is not a date such as 2026-12-25.",
        ),
        (
            {"parameters": {"quorum_agencies": {"value": ["police"], "source": "x", "status": "local"}}},
            "the value of ‘quorum_agencies’ must be like",
        ),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused_at_start_naming_file_and_fault(own_folder, change, sentence):
    (own_folder / "northmere.json").write_text(json.dumps({**OWN, **change}))
    with pytest.raises(BadProfile) as refused:
        use_folder(own_folder)
    assert str(refused.value).startswith(f"northmere.json: {sentence}")


def test_a_profile_of_ours_is_not_replaced_and_what_is_not_json_is_named(own_folder):
    (own_folder / "wales.json").write_text("{}")
    with pytest.raises(BadProfile, match="belongs to a profile that comes with the product"):
        use_folder(own_folder)
    (own_folder / "wales.json").unlink()
    (own_folder / "a.json").write_text("{")
    with pytest.raises(BadProfile, match="a.json: the file is not JSON"):
        use_folder(own_folder)
