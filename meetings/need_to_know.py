"""Who gets to a record: which people, of which team, how far. Closed by default: what nobody declared is withheld.

One place decides. A text names people; each is kept as a row of a table (`store/entitling.py`), and every door and
every list asks that table. What a role may do at all is in `people.py`, which copies somebody may have in `access.py`,
what a copy holds in `audience.py`.

Officers and reviewers get to a record by being in it, on its circulation list, owner of one of its actions or recipient
of the briefing; recorders also to the records of their team. The local administrator gets to all. Source: Data
Protection Act 2018, section 37 (adequate, relevant and not excessive).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from meetings.briefing_facts import compared
from meetings.documents import BRIEFING_SCHEMA
from meetings.parts import Json
from meetings.people import Account, Deed, Role, may, plain_name
from meetings.vocabulary import Agency, Presence, ProfessionalKind


class Reach(IntEnum):
    """How far somebody gets to a record."""

    NONE = 0
    """It is as if there were no such record."""
    COPY = 1
    """The text in force, as the copy that this person is given; never a draft."""
    WHOLE = 2
    """Everything: drafts, versions, history, log."""


class Way(StrEnum):
    """How far a text lets one of its people get, if the role does."""

    WHOLE = "whole"
    COPY = "copy"


class Says(StrEnum):
    """What lets somebody get to a record."""

    DRAFT = "draft"
    """The text as it is being written."""
    FINAL = "final"
    """The text in force: a discussion that is final, a briefing that was issued."""
    DEED = "deed"
    """What somebody did: began the record, said that a line of it is wrong."""


NEEDS: Mapping[Deed, Reach] = {
    Deed.SEE: Reach.WHOLE,
    Deed.RECORD: Reach.WHOLE,
    Deed.CONFIRM: Reach.WHOLE,
    Deed.FINALISE: Reach.WHOLE,
    Deed.INVITE: Reach.WHOLE,
    Deed.CHALLENGE: Reach.WHOLE,
    Deed.FOR_THE_CHAIR: Reach.WHOLE,
    Deed.CORRECT: Reach.WHOLE,
    Deed.WITHDRAW: Reach.WHOLE,
    Deed.APPROVE: Reach.WHOLE,
    Deed.ISSUE: Reach.WHOLE,
    Deed.READ_LOG: Reach.WHOLE,
    Deed.EXPORT: Reach.COPY,
    Deed.ANSWER: Reach.COPY,
    Deed.READ_BRIEFING: Reach.COPY,
}
"""How far somebody must get to a record to do a deed to it. A deed that is not here is done to no record."""


# ── Who somebody is ──────────────────────────────────────────────────────────────────────────────────────────────


def _key(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode("utf-8", "replace")).hexdigest()


def account_key(account_id: str) -> str:
    """Return what stands in the table for an account."""
    return _key("account", account_id)


def record_key(record_id: str) -> str:
    """Return what stands in the table for a record that was begun from another."""
    return _key("record", record_id)


def person_key(agency: str, name: str) -> str:
    """Return what stands in the table for a person of an agency, or nothing where either is not said.

    Two spellings that are one name to `is_named` are one key.
    """
    plain = plain_name(name)
    return _key("person", agency, plain) if agency and plain else ""


def unit_key(agency: str, organisation: str) -> str:
    """Return what stands in the table for everybody of an agency and organisation, or nothing where either is not said.

    Until people have posts and teams, a shift or a duty post that is to read a briefing stands for its organisation.
    """
    plain = compared(organisation)
    return _key("unit", agency, plain) if agency and plain else ""


def team_of(person: Account) -> str:
    """Return the team of somebody, or nothing: today those of one agency and organisation are one team."""
    return team_named(str(person.agency), person.organisation)


def team_named(agency: str, organisation: str) -> str:
    """Return the team of an agency and organisation, or nothing where either is not said."""
    plain = compared(organisation)
    return f"{agency}: {plain}" if agency and plain else ""


@dataclass(frozen=True)
class Asker:
    """Somebody as the table is asked: by which keys, for which team's records, and whether whole records are seen."""

    keys: tuple[str, str, str]
    team: str = ""
    sees: bool = False
    everything: bool = False

    def reach(self, team: str, rows: Iterable[tuple[str, str]]) -> Reach:
        """Return how far one gets to a record of that team with these rows of one's own, each a way and who says so."""
        if self.everything or (self.team and self.team == team):
            return Reach.WHOLE
        mine = list(rows)
        if self.sees and any(way == Way.WHOLE for way, _ in mine):
            return Reach.WHOLE
        return Reach.COPY if any(says == Says.FINAL for _, says in mine) else Reach.NONE


def asker_of(person: Account) -> Asker:
    """Return how the table is asked for somebody.

    A guest gets to nothing: the link is the way in. Nor does an administrator: who gives out accounts reads no record.
    """
    if person.role is Role.LOCAL:
        return Asker(("", "", ""), sees=True, everything=True)
    if person.role is Role.ADMINISTRATOR:
        return Asker(("", "", ""))
    mine = account_key(person.id)
    if person.role is Role.GUEST:
        return Asker((mine, mine, mine))
    named, unit = person_key(str(person.agency), person.name), unit_key(str(person.agency), person.organisation)
    team = team_of(person) if person.role is Role.RECORDER else ""
    return Asker((mine, named or mine, unit or mine), team, may(person, Deed.SEE))


# ── Whom a text names ────────────────────────────────────────────────────────────────────────────────────────────

_TOOK_PART = frozenset({Presence.ATTENDED, Presence.CONSULTED, Presence.INVITED_ABSENT})

PARTS_THAT_NAME = frozenset(
    {
        *("professionals", "meeting", "outcomes", "criminal_investigation", "fii", "provenance"),
        *("administration", "risk_assessment"),
    }
)
"""The parts of a draft by which people get to it: `in_it` reads no other."""


def entitled_by(document: Json) -> dict[str, Way]:
    """Return whom a text in force lets get to it, by key, and how far."""
    people = _people(document)
    found: dict[str, Way] = {}
    for entry in document.get("circulation", ()):
        found |= dict.fromkeys(_recipient(people.get(entry.get("to"), {}), document), Way.COPY)
    for action in document.get("actions", ()):
        for local_id in (action.get("owner"), *action.get("support", ())):
            found |= dict.fromkeys(_person(people.get(local_id, {})), Way.COPY)
    return {**found, **in_it(document)}


def in_it(document: Json) -> dict[str, Way]:
    """Return who is in a text, by key: those see the whole, if their role lets them, also while it is a draft."""
    people = _people(document)
    named = {*_of_a_briefing(document)} if _is_briefing(document) else {*_of_a_discussion(document)}
    return {key: Way.WHOLE for local_id in named for key in _person(people.get(local_id, {}))}


def _is_briefing(document: Json) -> bool:
    return bool(document.get("schema") == BRIEFING_SCHEMA)


def _people(document: Json) -> dict[Any, Json]:
    return {one.get("id"): one for one in document.get("professionals", ())}


def _of_a_discussion(document: Json) -> Iterator[Any]:
    """Yield who took part, was asked or invited, leads, decided, recorded; never who is only named."""
    for one in document.get("professionals", ()):
        if one.get("presence") in _TOOK_PART:
            yield one.get("id")
    yield from (document.get("meeting", {}).get(name) for name in ("chair", "convened_by"))
    for one in document.get("outcomes", ()):
        yield from (one.get("lead_social_worker"), one.get("police_lead"), one.get("decision", {}).get("by"))
    yield document.get("criminal_investigation", {}).get("officer_in_case")
    yield from document.get("fii", {}).get("restricted_to", ())
    yield document.get("provenance", {}).get("recorded_by")


def _of_a_briefing(document: Json) -> Iterator[Any]:
    """Yield who works on it: a police document, so its people of police, and whoever wrote, leads or assesses it."""
    for one in document.get("professionals", ()):
        if one.get("agency") == Agency.POLICE:
            yield one.get("id")
    led = document.get("administration", {})
    yield from (led.get(name) for name in ("officer_in_case", "commander", "designated_officer"))
    yield document.get("risk_assessment", {}).get("assessed_by")
    yield document.get("provenance", {}).get("recorded_by")


def _person(one: Json) -> Iterator[str]:
    """Yield the key of a named person; a post or a group is nobody in particular."""
    if one.get("kind", ProfessionalKind.PERSON) == ProfessionalKind.PERSON:
        yield from filter(None, [person_key(one.get("agency", ""), one.get("name", ""))])


def _recipient(one: Json, document: Json) -> Iterator[str]:
    """Yield the keys of somebody on the circulation list.

    A briefing that goes to a group or a post goes to everybody of its organisation; minutes go to named persons alone.
    """
    yield from _person(one)
    if _is_briefing(document) and one.get("kind") in (ProfessionalKind.GROUP, ProfessionalKind.POST):
        yield from filter(None, [unit_key(one.get("agency", ""), one.get("organisation", ""))])


def team_in(document: Json) -> str:
    """Return the team of whoever recorded a text, or nothing."""
    people = _people(document)
    one = people.get(document.get("provenance", {}).get("recorded_by"), {})
    return team_named(one.get("agency", ""), one.get("organisation", ""))


def team_among(named: str, teams: Iterable[str], otherwise: str = "") -> str:
    """Return whose a new record is: the team named if that records here, else the other, else the only one that does.

    With several teams of recorders and none of these, it is nobody's: its own people and the administrator get to it.

    >>> two = ["police: here", "police: there"]
    >>> team_among("police: far", two[:1]), team_among("", two), team_among(two[1], two), team_among("", two, two[0])
    ('police: here', '', 'police: there', 'police: here')
    """
    known = {one for one in teams if one}
    if named in known:
        return named
    if otherwise:
        return otherwise
    return known.pop() if len(known) == 1 else ""
