"""Who may do what, at which stage of a record. What is true is in `rules/`; what is seen is in `audience.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from meetings.folding import folded_name
from meetings.vocabulary import Agency, Audience, DocumentStatus, copy_of_agency


class Role(StrEnum):
    """The kinds of user there are."""

    RECORDER = "recorder"
    REVIEWER = "reviewer"
    OFFICER = "officer"
    GUEST = "guest"
    ADMINISTRATOR = "administrator"
    """Gives out accounts, in the pages or by command, and gets to no record."""
    LOCAL = "local"
    """The account in whose name the command line works, for whoever looks after this machine."""

    @property
    def label(self) -> str:
        """What people call it."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.RECORDER: "Recorder (police conference liaison officer)",
    Role.REVIEWER: "Reviewer (social worker, team manager or sergeant)",
    Role.OFFICER: "Officer (receives copies and briefings)",
    Role.GUEST: "Guest (answers once, by a link)",
    Role.ADMINISTRATOR: "Administrator (gives out accounts, sees no record)",
    Role.LOCAL: "Local administrator (command line)",
}


class Deed(StrEnum):
    """What a person may want to do."""

    LIST = "list records"
    SEE = "see a whole record"
    RECORD = "record"
    CONFIRM = "confirm the text"
    FINALISE = "finalise"
    EXPORT = "take a copy"
    IMPORT = "import"
    ANSWER = "answer for an agency"
    INVITE = "send a link to somebody without an account"
    CHALLENGE = "say that a line is wrong"
    FOR_THE_CHAIR = "answer a challenge for the chair"
    CORRECT = "open or drop a correction"
    WITHDRAW = "withdraw a record"
    APPROVE = "approve or stand down a briefing"
    ISSUE = "issue a briefing"
    READ_BRIEFING = "read a briefing"
    READ_LOG = "read who was shown what"
    GIVE_ACCOUNTS = "give out accounts"
    KEEP_PASSWORD = "change a password"  # noqa: S105  # a deed, and no password


_ALL = frozenset(Deed)
_MAY: dict[Role, frozenset[Deed]] = {
    Role.RECORDER: _ALL - {Deed.IMPORT, Deed.GIVE_ACCOUNTS},
    Role.REVIEWER: _ALL - {Deed.IMPORT, Deed.GIVE_ACCOUNTS, Deed.FOR_THE_CHAIR},
    Role.OFFICER: frozenset({Deed.LIST, Deed.EXPORT, Deed.READ_BRIEFING, Deed.ANSWER, Deed.KEEP_PASSWORD}),
    Role.GUEST: frozenset({Deed.ANSWER}),
    Role.ADMINISTRATOR: frozenset({Deed.GIVE_ACCOUNTS, Deed.KEEP_PASSWORD}),
    Role.LOCAL: _ALL,
}

GIVEN_OUT = (Role.RECORDER, Role.REVIEWER, Role.OFFICER, Role.ADMINISTRATOR)
"""The roles that people are given accounts with."""

ONLY_WHILE_DRAFT = frozenset({Deed.RECORD, Deed.CONFIRM, Deed.FINALISE, Deed.APPROVE})
"""What nobody may do to a record that is final."""


@dataclass(frozen=True)
class Account:
    """A person who signs in. The rights follow from the role."""

    id: str
    login: str
    name: str
    agency: Agency
    organisation: str
    grade: str
    role: Role
    email: str = ""
    disabled_at: datetime | None = None


def written_login(text: str) -> str:
    """Return the name of an account as it is kept, from how it was typed: spaces around it and case aside."""
    return text.strip().casefold()


View = TypeVar("View", bound=Callable[..., Any])


def allowed(deed: Deed) -> Callable[[View], View]:
    """Declare that a door is for those who may do this. The door of sign-in reads it; every route must have one."""

    def declare(view: View) -> View:
        view.deed = deed  # type: ignore[attr-defined]
        return view

    return declare


def open_to_everybody(view: View) -> View:
    """Declare that a door needs nobody to be signed in."""
    view.deed = None  # type: ignore[attr-defined]
    return view


class NotAllowed(Exception):
    """Somebody wanted to do what they may not; `reason` says why and what to do next."""

    def __init__(self, reason: str) -> None:
        """Carry the reason."""
        super().__init__(reason)
        self.reason = reason


def may(person: Account, deed: Deed) -> bool:
    """Whether a person in this role may do it at all."""
    return deed in _MAY[person.role]


TITLES = frozenset(
    {
        *("mr", "mrs", "ms", "miss", "mx", "dr", "doctor", "prof", "professor", "sister", "rev", "reverend", "sir"),
        *("dame", "lady", "lord", "pc", "dc", "ps", "ds", "di", "dci", "pcso", "constable", "sergeant", "sgt"),
        *("inspector", "insp", "chief", "superintendent", "supt", "commander", "detective", "police", "acting"),
        *("temporary", "pclo"),
    }
)
"""Words before a name that make it no other person's."""
FEWEST_NAMES = 2
"""Words of a name of which none is taken for a title: a surname alone is nobody in particular."""


def is_named(person: Account, name: str | None) -> bool:
    """Whether a name of a record is that of this person: the same, ranks and titles aside.

    >>> ada = Account("1", "ada", "Ada Finch", Agency.POLICE, "", "DS", Role.REVIEWER)
    >>> [is_named(ada, name) for name in ("Ada Finch", "DS  ada finch", "Mary Ada Finch", "Finch", "Dr", "", None)]
    [True, True, False, False, False, False, False]

    Some titles are names too: two words are left as they are, so that Di Marsh is not every Marsh.

    >>> is_named(Account("2", "di", "Di Marsh", Agency.POLICE, "", "DS", Role.REVIEWER), "DC Marsh")
    False
    """
    mine = plain_name(person.name)
    return bool(mine) and mine == plain_name(name or "")


def plain_name(name: str) -> str:
    """Return a name as that of a person is compared: case, spaces, ranks and titles aside; nothing but titles is none.

    >>> plain_name("Detective Sergeant Di Marsh"), plain_name("Di Marsh"), plain_name("DC Marsh"), plain_name("DS")
    ('di marsh', 'di marsh', 'dc marsh', '')
    """
    words = folded_name(name).split()
    if all(word.strip(".") in TITLES for word in words):
        return ""
    while len(words) > FEWEST_NAMES and words[0].strip(".") in TITLES:
        words.pop(0)
    return " ".join(words)


def roles_that_may(deed: Deed) -> list[Role]:
    """Return the kinds of user that may do it."""
    return [role for role, deeds in _MAY.items() if deed in deeds]


def require(person: Account, deed: Deed, status: DocumentStatus = DocumentStatus.DRAFT) -> None:
    """Raise NotAllowed unless this person may do it to a record of that status."""
    if not may(person, deed):
        raise NotAllowed(why_not(person, deed))
    if deed in ONLY_WHILE_DRAFT and status is DocumentStatus.FINAL:
        raise NotAllowed("This record is final and can no longer be changed. Open a correction instead.")
    if deed in ONLY_WHILE_DRAFT and status is DocumentStatus.WITHDRAWN:
        raise NotAllowed("This was withdrawn or stood down and can no longer be changed. Start a new one instead.")


def why_not(person: Account, deed: Deed) -> str:
    """Return the sentence for somebody whose role may not do something: why, and whom to ask."""
    whom = "an administrator" if deed is Deed.GIVE_ACCOUNTS else "a recorder"
    return f"Your role, {person.role.label}, may not {deed.value}. Ask {whom} to do it."


def audiences(person: Account) -> frozenset[Audience]:
    """Return the kinds of copy this person may take. A guest takes none: the page of the link shows the text."""
    if not may(person, Deed.EXPORT):
        return frozenset()
    return frozenset({reads_as(person)}) if person.role is Role.OFFICER else frozenset(Audience)


def reads_as(person: Account) -> Audience:
    """Return as which reader a person is shown a briefing."""
    return copy_of_agency(person.agency)
