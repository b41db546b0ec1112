"""Giving out accounts, at one desk: adding people, links to choose a password, disabling, changing, the history.

An account is a person with one post: a name, an agency, an organisation, a role. A password is only ever chosen by
its owner: whoever adds somebody is given a link, never a password.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetings.desk import Desk
from meetings.drafts import Refusal
from meetings.history import Line
from meetings.links import LetterAbout
from meetings.passwords import check_password, hash_password
from meetings.people import GIVEN_OUT, Account, Deed, Role, may, plain_name, require, written_login
from meetings.post import LINK_LASTS, is_address, new_token
from meetings.store import Letter
from meetings.vocabulary import Agency

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])")
LONGEST = 200
ASKED_AGAIN_AFTER = timedelta(minutes=10)
"""So long the first link that was asked for stays: nobody fills a mailbox, or takes back a link that is on its way."""


class NoSuchAccountLink(Exception):
    """A link to choose a password was used, replaced, or has run out."""


@dataclass(frozen=True)
class New:
    """What is said of somebody who is to have an account."""

    name: str = ""
    login: str = ""
    agency: str = ""
    organisation: str = ""
    role: str = ""
    grade: str = ""
    email: str = ""


@dataclass(frozen=True)
class GivenLink:
    """A link that is shown once: its token, and until when it works."""

    token: str
    expires_at: datetime


class Accounts:
    """What is done with accounts at a desk."""

    def __init__(self, desk: Desk) -> None:
        """Work at that desk."""
        self.desk = desk
        self._store = desk.store

    # ── Who is here ──────────────────────────────────────────────────────────────────────────────────────────────

    def everybody(self, by: Account) -> list[tuple[Account, str]]:
        """Return every account with its state in words."""
        require(by, Deed.GIVE_ACCOUNTS)
        waits = self._store.without_password()
        found = self._store.accounts(demonstration=not self.desk.production)
        return [
            (one, "disabled" if one.disabled_at else "no password yet" if one.id in waits else "in use")
            for one in found
        ]

    def history(self, by: Account, most: int | None = None) -> list[Line]:
        """Return what was done with accounts, oldest first."""
        require(by, Deed.GIVE_ACCOUNTS)
        return [line for line, _ in self._store.account_lines(most)]

    # ── Giving out ───────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, new: New, by: Account) -> Account:
        """Add somebody, without a password yet. Raises Refusal, NotAllowed."""
        require(by, Deed.GIVE_ACCOUNTS)
        person = read_new(new)
        self._store.add_account(person, by, self.desk.now(), self._check_new(person))
        return person

    def _check_new(self, person: Account) -> Callable[[Sequence[Account]], None]:
        def check(everybody: Sequence[Account]) -> None:
            other = next((one for one in everybody if one.login == person.login), None)
            if other is not None:
                raise Refusal(f"There is an account ‘{person.login}’ already. Choose another name for the account.")
            self._check_namesake(person, everybody)

        return check

    def _check_namesake(self, person: Account, everybody: Sequence[Account]) -> None:
        """Refuse a second account of one name and agency: people sign by both, and nobody could tell them apart."""
        for one in everybody:
            is_same = plain_name(one.name) == plain_name(person.name) and one.agency is person.agency
            if is_same and one.id != person.id and one.disabled_at is None and one.role is not Role.LOCAL:
                raise Refusal(
                    f"{one.name} of {one.agency.label} has an account already, ‘{one.login}’. If this is another "
                    "person of that name, add what tells them apart, such as a middle name: people sign by name."
                )

    def give_link(self, login: str, by: Account) -> GivenLink:
        """Return a link by which somebody chooses a password, to be shown once; the one before it ends."""
        require(by, Deed.GIVE_ACCOUNTS)
        person = self._given_out(login)
        link = GivenLink(new_token(), self.desk.now() + LINK_LASTS)
        if not self._store.keep_account_link(person.id, link.token, link.expires_at):
            raise Refusal(f"The account ‘{person.login}’ is disabled: nothing is done in its name.")
        self._store.note_account(by, self.desk.now(), "account:link shown", person.login)
        return link

    def mail_link(self, login: str, by: Account, page: str) -> Account:
        """Queue a letter with such a link; `page` is what the token is appended to. Raises Refusal."""
        require(by, Deed.GIVE_ACCOUNTS)
        person = self._given_out(login)
        if not person.email:
            raise Refusal(f"No e-mail address is known for {person.name}. Show the link instead.")
        letter = self._letter(LetterAbout.CHOOSE_PASSWORD, person, page, by.name)
        self._store.note_account(by, self.desk.now(), "account:link sent", person.login, [letter])
        return person

    def _given_out(self, login: str) -> Account:
        """Return an account that a person signs in with. Raises Refusal."""
        person = self.desk.account_of(login)
        if person.role not in GIVEN_OUT:
            raise Refusal(f"Nobody signs in as ‘{person.login}’: it is the account of the command line.")
        return person

    def _letter(self, about: LetterAbout, person: Account, page: str, asked_by: str) -> Letter:
        return Letter(
            id=str(uuid.uuid4()),
            reference="",
            about=about,
            address=person.email,
            agency=person.agency,
            page=page,
            asked_by=asked_by,
            queued_at=self.desk.now(),
            recipient=person.id,
        )

    def disable(self, login: str, by: Account) -> Account:
        """Let nobody sign in with an account any more; open sessions and links end at once. Raises Refusal."""
        require(by, Deed.GIVE_ACCOUNTS)
        person = self._given_out(login)
        if person.id == by.id:
            raise Refusal("You cannot disable your own account. Ask another administrator to do it.")

        def check(everybody: Sequence[Account]) -> None:
            others = [one for one in everybody if one.role is Role.ADMINISTRATOR and one.disabled_at is None]
            if by.role is Role.ADMINISTRATOR and [one.id for one in others] == [person.id]:
                raise Refusal("The last administrator is not disabled from here. Use the command line.")

        self._store.set_disabled(person, by, self.desk.now(), disabled=True, check=check)
        return person

    def enable(self, login: str, by: Account) -> Account:
        """Let somebody sign in again; the password is as it was. Raises Refusal."""
        require(by, Deed.GIVE_ACCOUNTS)
        found = self._store.find_account(login=written_login(login))
        if found is None or found[0].disabled_at is None:
            raise Refusal(f"There is no disabled account ‘{login}’ here.")
        person = found[0]
        self._store.set_disabled(
            person, by, self.desk.now(), disabled=False, check=lambda all_: self._check_namesake(person, all_)
        )
        return person

    # ── One's own password ───────────────────────────────────────────────────────────────────────────────────────

    def by_link(self, token: str) -> Account:
        """Return whose link it is. Raises NoSuchAccountLink."""
        person = self._store.account_by_link(token, self.desk.now())
        if person is None or self._is_of_the_demonstration(person):
            raise NoSuchAccountLink
        return person

    def _is_of_the_demonstration(self, person: Account) -> bool:
        found = self._store.find_account(account_id=person.id)
        return self.desk.production and found is not None and found[2]

    def choose(self, token: str, password: str, again: str) -> Account:
        """Keep the password that the owner of a link chooses. Raises NoSuchAccountLink, Refusal, WeakPassword."""
        person = self.by_link(token)
        check_chosen(person, password, again)
        if self._store.choose_password(token, hash_password(password), self.desk.now()) is None:
            raise NoSuchAccountLink
        return person

    def change(self, person: Account, password: str, again: str, session_token: str) -> None:
        """Keep a new password of somebody who has just proved the old one. Raises Refusal, WeakPassword."""
        require(person, Deed.KEEP_PASSWORD)
        check_chosen(person, password, again)
        self._store.change_password(person, hash_password(password), self.desk.now(), session_token)

    def forgotten(self, login: str, page: str) -> None:
        """Queue a letter with a link, if there is such an account with an address; whoever asks is never told which."""
        found = self._store.find_account(login=written_login(login))
        if found is None:
            return
        person, _, demonstration = found
        if person.disabled_at or not person.email or not may(person, Deed.KEEP_PASSWORD):
            return
        if demonstration and self.desk.production:
            return
        now = self.desk.now()
        if any(one.queued_at > now - ASKED_AGAIN_AFTER for one in self._store.letters_to(person.id)):
            return
        letter = self._letter(LetterAbout.RESET_PASSWORD, person, page, "")
        self._store.note_account(person, now, "account:new password asked for", person.login, [letter])


def read_new(new: New) -> Account:
    """Return the account of what was said of somebody. Raises Refusal with what is wrong."""
    name, organisation, grade = (" ".join(text.split()) for text in (new.name, new.organisation, new.grade))
    login, email = written_login(new.login), new.email.strip()
    if not plain_name(name):
        raise Refusal("Give the person's full name, as it stands in records: people sign by it.")
    if not organisation:
        raise Refusal(f"Give the organisation of {name}, such as the force or the council.")
    for text in (name, organisation, grade):
        if len(text) > LONGEST or not text.isprintable():
            raise Refusal(f"A name, an organisation or a grade has at most {LONGEST} characters that can be seen.")
    if not _LOGIN.fullmatch(login):
        raise Refusal(
            f"‘{new.login}’ cannot be the name of an account. Use 2 to 64 small letters, digits, dots, dashes or "
            "underscores, such as ada.finch."
        )
    agencies, roles = {str(one): one for one in Agency}, {str(one): one for one in GIVEN_OUT}
    if new.agency not in agencies:
        raise Refusal(f"There is no agency ‘{new.agency}’. Use one of: {', '.join(agencies)}.")
    if new.role not in roles:
        raise Refusal(f"There is no role ‘{new.role}’. Use one of: {', '.join(roles)}.")
    if email and not is_address(email):
        raise Refusal(f"‘{email}’ is not an e-mail address. Use one such as name@agency.example.")
    return Account(
        id=str(uuid.uuid4()),
        login=login,
        name=name,
        agency=agencies[new.agency],
        organisation=organisation,
        grade=grade,
        role=roles[new.role],
        email=email,
    )


def check_chosen(person: Account, password: str, again: str) -> None:
    """Refuse a password that was not typed twice alike, or may not be chosen. Raises Refusal, WeakPassword."""
    if password != again:
        raise Refusal("The two passwords are not the same. Type the new password twice.")
    check_password(password, (person.login, person.name, person.email.partition("@")[0]))
