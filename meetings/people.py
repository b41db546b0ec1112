"""Who may do what, at which stage of a record. What is true is in `rules/`; what is seen is in `audience.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from meetings.vocabulary import Agency, Audience, DocumentStatus


class Role(StrEnum):
    """The kinds of user there are."""

    RECORDER = "recorder"
    REVIEWER = "reviewer"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """What people call it."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.RECORDER: "Recorder (police conference liaison officer)",
    Role.REVIEWER: "Reviewer (social worker or team manager)",
    Role.OFFICER: "Officer (receives copies and briefings)",
    Role.ADMINISTRATOR: "Local administrator (command line)",
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
    APPROVE = "approve or stand down a briefing"
    ISSUE = "issue a briefing"
    READ_BRIEFING = "read a briefing"
    READ_LOG = "read who was shown what"


_ALL = frozenset(Deed)
_MAY: dict[Role, frozenset[Deed]] = {
    Role.RECORDER: _ALL - {Deed.IMPORT},
    Role.REVIEWER: _ALL - {Deed.IMPORT},
    Role.OFFICER: frozenset({Deed.LIST, Deed.EXPORT, Deed.READ_BRIEFING}),
    Role.ADMINISTRATOR: _ALL,
}

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


def require(person: Account, deed: Deed, status: DocumentStatus = DocumentStatus.DRAFT) -> None:
    """Raise NotAllowed unless this person may do it to a record of that status."""
    if not may(person, deed):
        raise NotAllowed(f"Your role, {person.role.label}, may not {deed.value}. Ask a recorder to do it.")
    if deed in ONLY_WHILE_DRAFT and status is not DocumentStatus.DRAFT:
        raise NotAllowed(
            "This record is final and can no longer be changed. Start a reconvened discussion from it instead."
        )


def audiences(person: Account) -> frozenset[Audience]:
    """Return the kinds of copy this person may take."""
    return frozenset({reads_as(person)}) if person.role is Role.OFFICER else frozenset(Audience)


def reads_as(person: Account) -> Audience:
    """Return as which reader a person is shown a briefing: by agency, and the open version if no copy is theirs."""
    return _READS_AS.get(person.agency, Audience.PARTNER)


_READS_AS = {
    Agency.POLICE: Audience.POLICE,
    Agency.SOCIAL_CARE: Audience.SOCIAL_CARE,
    Agency.EMERGENCY_DUTY_TEAM: Audience.SOCIAL_CARE,
}
