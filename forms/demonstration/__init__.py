"""Demonstration people and records, all invented; refused in production. The records stand beside this as documents.

The briefing that officers find is made in `issued.py`.
"""

from __future__ import annotations

from meetings.desk import Desk
from meetings.people import Account, Role
from meetings.vocabulary import Agency

PASSWORD = "demonstration"  # noqa: S105  # printed at the start; these accounts are refused in production
"""What every demonstration person signs in with."""

PEOPLE = (
    Account(
        id="00000000-0000-4000-8000-00000000d001",
        login="pclo",
        name="Wendell Ashgrove",
        agency=Agency.POLICE,
        organisation="Northmere Police (fictional)",
        grade="Police staff",
        role=Role.RECORDER,
        email="wendell.ashgrove@police.example",
    ),
    Account(
        id="00000000-0000-4000-8000-00000000d002",
        login="manager",
        name="Imelda Fairbrother",
        agency=Agency.SOCIAL_CARE,
        organisation="Northmere Council (fictional)",
        grade="Team Manager",
        role=Role.REVIEWER,
        email="imelda.fairbrother@council.example",
    ),
    Account(
        id="00000000-0000-4000-8000-00000000d003",
        login="officer",
        name="Tamsin Okonjo",
        agency=Agency.POLICE,
        organisation="Northmere Police (fictional)",
        grade="PC",
        role=Role.OFFICER,
        email="tamsin.okonjo@police.example",
    ),
    Account(
        id="00000000-0000-4000-8000-00000000d004",
        login="sergeant",
        name="Cormac Adeyemi",
        agency=Agency.POLICE,
        organisation="Northmere Police (fictional)",
        grade="DS",
        role=Role.REVIEWER,
        email="cormac.adeyemi@police.example",
    ),
    Account(
        id="00000000-0000-4000-8000-00000000d005",
        login="detective",
        name="Bronagh Tierney",
        agency=Agency.POLICE,
        organisation="Northmere Police (fictional)",
        grade="DS",
        role=Role.REVIEWER,
        email="bronagh.tierney@police.example",
    ),
)
"""The three kinds of user: who records, who reviews (for care and for police), who receives.

Health and education of the demonstration records have no account here: they answer by a link.
"""


def keep_people(desk: Desk) -> list[str]:
    """Keep the demonstration people, and return a line for each."""
    for person in PEOPLE:
        desk.keep_account(person, PASSWORD, demonstration=True)
    return [f"{person.login} {person.role.label}" for person in PEOPLE]


def first_run(desk: Desk) -> list[str]:
    """Load the demonstration data if it was never loaded; return how to sign in."""
    if desk.account(PEOPLE[0].id) is None:
        from forms.commands import load_demonstration  # it imports this module

        load_demonstration(desk)
    return [f"Sign in as {one.login}, password {PASSWORD}: {one.name}, {one.grade}. {one.role.label}" for one in PEOPLE]
