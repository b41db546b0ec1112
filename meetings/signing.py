"""Answering for an agency once a text is final: who is asked, each answer, ratifying, links for who has no account.

What stands under a final text is only ever added to: a changed mind is a new answer that says so. Whether somebody has
just proved again who it is, is asked at the door; letters are sent by `post.py` after the transaction.
"""

from __future__ import annotations

import hmac
import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meetings.access import given_reader, link_reader
from meetings.audience import Reader, cut
from meetings.desk import Desk, TextChanged
from meetings.documents import Professional
from meetings.drafts import Refusal
from meetings.facts import answering, is_manager
from meetings.folding import folded_name
from meetings.freezing import asked_about
from meetings.links import LetterAbout, LinkEnd
from meetings.namesakes import names_of
from meetings.need_to_know import asker_of
from meetings.parts import Json
from meetings.people import Account, Deed, NotAllowed, Role, is_named, may, require
from meetings.post import link_letters, no_address, read_address
from meetings.record import Confirmation, Record
from meetings.rules.texts import Passage, places_given_away
from meetings.seal import approval_id
from meetings.sign_offs import is_a_signature, sign_off
from meetings.signers import check_signer, is_self, own_entries
from meetings.spelling import spell_utc
from meetings.store import Awaited, Draft, Invitation, Letter, LinkEnded, StoredSignoff
from meetings.vocabulary import (
    Agency,
    DocumentStatus,
    Presence,
    SignoffAnswer,
    SignoffAs,
    SignoffMethod,
)

TRIES = 5
"""Wrong codes after which a link is locked. Source: own."""

APPROVALS = frozenset({SignoffAnswer.APPROVE, SignoffAnswer.APPROVE_WITH_DISSENT})
NEEDS_REASON = frozenset(SignoffAnswer) - {SignoffAnswer.APPROVE}
"""Answers that say why. Source: issue of the contract, `signoff`."""


class NoSuchLink(Exception):
    """A link is not known here: mistyped, cut short by a mail program, or replaced by a newer one."""


class LinkOver(Exception):
    """A link that is known does not work any more; `invitation` says what became of it."""

    def __init__(self, invitation: Invitation) -> None:
        """Carry the invitation."""
        super().__init__("This link does not work any more.")
        self.invitation = invitation


class WrongCode(Refusal):
    """The code beside a link is not the right one."""


@dataclass(frozen=True)
class Given:
    """What somebody answers for an agency, as it was typed: over which text, by whom, and what was ticked.

    `declared` is the box “I approve on behalf of …”; `changes` the one that says that an earlier answer is changed.
    """

    answer: str
    professional: str
    typed_name: str
    seen_sha256: str
    reason: str = ""
    about: Sequence[str] = ()
    declared: bool = False
    changes: bool = False


@dataclass(frozen=True)
class Asked:
    """One agency that is asked: its people, every answer it gave to this version, and the one that counts."""

    agency: Agency
    people: tuple[Professional, ...]
    answers: tuple[Confirmation, ...]

    @property
    def latest(self) -> Confirmation | None:
        """The answer that counts."""
        return next((one for one in reversed(self.answers) if not one.replaced), None)


@dataclass(frozen=True)
class Told:
    """Whom a refusal was made known to by e-mail, and who has no address and must be rung."""

    by_mail: tuple[str, ...]
    not_reached: tuple[str, ...]


class Signing:
    """Everything that is done under a final text, at one desk."""

    def __init__(self, desk: Desk) -> None:
        """Work at that desk."""
        self.desk = desk

    # ── Looking ──────────────────────────────────────────────────────────────────────────────────────────────────

    def asked(self, record: Record) -> list[Asked]:
        """Return every agency that is asked about a text, with its answers; an agency that answered unasked as well."""
        people = answering(record.document)
        given: dict[Agency, list[Confirmation]] = {agency: [] for agency in people}
        for one in record.confirmations():
            if one.as_ is SignoffAs.AGENCY and one.agency is not None and one.valid:
                given.setdefault(one.agency, []).append(one)
        return [Asked(agency, tuple(people.get(agency, ())), tuple(answers)) for agency, answers in given.items()]

    def is_open(self, record: Record) -> bool:
        """Whether answers are taken to this version: it is final, and no later one is begun."""
        return record.is_newest and record.status is DocumentStatus.FINAL

    def me(self, record: Record, by: Account) -> Professional | None:
        """Return who of a record this person is, if their agency is asked and they may answer for it."""
        mine = answering(record.document).get(by.agency, [])
        return next((one for one in mine if is_self(by, one)), None)

    def absent_manager(self, record: Record, by: Account) -> Professional | None:
        """Return who of a record this person is, if that is a manager who did not take part and may ratify."""
        return next((one for one in own_entries(record.document, by) if _may_ratify(one, record)), None)

    def reader(self, record: Record, by: Account) -> Reader:
        """Return as which reader this person sees the text that is signed."""
        return given_reader(by, self.desk.reach(record.reference, by), record.document)

    def link_reader(self, one: Invitation, record: Record) -> Reader:
        """Return as which reader somebody sees a text by a link."""
        return link_reader(one.agency, one.professional, record.document)

    def text(self, record: Record, reader: Reader) -> Json:
        """Return a text cut to its reader. Raises CopyRefused."""
        return cut(record.json, reader, record.earlier)

    def awaited(self, by: Account) -> list[Awaited]:
        """Return the final records to which this person's agency has not answered; those this person can answer first.

        Others of the agency are listed only to those who may see the records.
        """
        require(by, Deed.ANSWER)
        found = self.desk.store.awaited(by.agency, asker_of(by))
        mine = [one for one in found if self.can_answer(one, by)]
        others = [one for one in found if one not in mine] if may(by, Deed.SEE) else []
        return [*mine, *others]

    def can_answer(self, one: Awaited, by: Account) -> bool:
        """Whether this person is one of those who can answer for the agency."""
        return any(is_named(by, name) for _, name in one.asked.people)

    def refused(self, by: Account) -> list[Awaited]:
        """Return the records that this person signed and that an agency does not approve."""
        require(by, Deed.ANSWER)
        return [
            one
            for one in self.desk.store.not_approved(asker_of(by))
            if any(account_id == by.id or is_named(by, name) for account_id, name in one.asked.signers)
        ]

    # ── Answering ────────────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, reference: str, given: Given, by: Account, page: str = "") -> Told | None:
        """Answer for one's own agency. `page` is the address of the record, for the letters that a refusal makes.

        Returns who was told, if the agency does not approve. Raises TextChanged, Refusal, NotAllowed.
        """
        self.desk.admit(reference, by, Deed.ANSWER)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record = self._final(draft, given.seen_sha256)
            mine = answering(record.document).get(by.agency, [])
            if not mine:
                raise NotAllowed(f"{by.agency.label} did not take part in this discussion and is not asked about it.")
            who = next((one for one in mine if one.id == given.professional), None)
            if who is None or not is_self(by, who):
                names = ", ".join(names_of(record.document).get(one.id, one.id) for one in mine)
                raise NotAllowed(
                    f"Whoever answers for {by.agency.label} signs as the person of the record that they are: {names}. "
                    "If none of them has an account, the recorder sends a link by e-mail."
                )
            check_signer(who, given.typed_name, by, record.signoffs)
            body = self._body(record, by.agency, given, who, method=SignoffMethod.ACCOUNT)
            return self._answer(draft, record, body, given, by, page)

    def could_not_answer(self, reference: str, agency: str, reason: str, seen_sha256: str, by: Account) -> None:
        """Record for an agency that it could not answer, with the reason, as the recorder; never over its own answer.

        Raises TextChanged, Refusal, NotAllowed.
        """
        self.desk.admit(reference, by, Deed.INVITE)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record = self._final(draft, seen_sha256)
            asked = next((one for one in self.asked(record) if str(one.agency) == agency and one.people), None)
            if asked is None:
                raise Refusal("Choose an agency that took part.")
            if asked.latest is not None:
                said = asked.latest.answer
                raise Refusal(
                    f"{asked.agency.label} has answered: {said.label.lower() if said else ''}. Only it can change that."
                )
            who = next(iter(own_entries(record.document, by)), None)
            given = Given(str(SignoffAnswer.COULD_NOT_ANSWER), "", "", seen_sha256, reason)
            body = self._body(record, asked.agency, given, who, recorded_by=by.name)
            self._add(draft, record, body, by, f"meeting:answer:recorded for {asked.agency}")

    def ratify(self, reference: str, professional: str, typed_name: str, seen_sha256: str, by: Account) -> None:
        """Ratify a final text as a manager who did not take part (SD-022). Raises TextChanged, Refusal, NotAllowed."""
        self.desk.admit(reference, by, Deed.ANSWER)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            record = self._final(draft, seen_sha256)
            one = record.document.professional(professional)
            if one is None or not is_self(by, one):
                raise NotAllowed("A manager ratifies in person: sign in with the account of the manager named here.")
            check_signer(one, typed_name, by, record.signoffs)
            if one.presence is Presence.ATTENDED:
                raise Refusal("A manager who took part does not ratify; the agency answers instead.")
            if not is_manager(one, record.profile) or one.grade is None:
                raise Refusal("Only a manager with a grade ratifies; for police, a sergeant or above.")
            mine = {"as": str(SignoffAs.MANAGER), "by": one.id}
            if any(mine.items() <= signed.body.items() for signed in record.signoffs if not signed.elsewhere):
                return
            sha = record.content_sha256
            body = sign_off(SignoffAs.MANAGER, one.id, self.desk.now(), sha, SignoffMethod.ACCOUNT)
            self._add(draft, record, body, by, "meeting:text:ratified")

    def _final(self, draft: Draft, seen_sha256: str) -> Record:
        if draft.status is DocumentStatus.DRAFT:
            frozen = self.desk.store.latest_frozen(draft.id)
            raise Refusal(
                "This record is not final yet. Its text is confirmed on the read-back page."
                if frozen is None
                else f"Version {draft.version} is being written. You are asked again, over its text, once it is final."
            )
        if draft.status is DocumentStatus.WITHDRAWN:
            raise Refusal("This record was withdrawn. Nobody is asked about it any more.")
        record = self.desk.record_of(draft)
        if record.content_sha256 != seen_sha256:
            raise TextChanged(record.content_sha256)
        return record

    def _answer(self, draft: Draft, record: Record, body: Json, given: Given, by: Account, page: str) -> Told | None:
        agency = Agency.of(body["agency"])
        made_here = [
            one.body
            for one in record.signoffs
            if not one.elsewhere and one.body.get("as") == SignoffAs.AGENCY and one.body.get("agency") == agency
        ]
        if made_here:
            before = made_here[-1]
            if body["method"] == SignoffMethod.LINK and is_a_signature(before):
                name = record.document.professional(before["by"]).name
                raise Refusal(
                    f"{name} has answered for {agency.label} with their own account, and a link does not change that. "
                    f"Nothing was kept: ask {name} to change it."
                )
            if _same_answer(before, body):
                return None
            said = SignoffAnswer.of(before["answer"]).label
            if not given.changes:
                raise Refusal(
                    f"{agency.label} has answered already: {said.lower()}. "
                    "To change that, tick ‘This changes our answer’ and say why."
                )
            if not given.reason.strip():
                raise Refusal("Say why the answer is changed. Both answers stay in the record.")
            body["text"] = f"Changes the answer ‘{said}’ of {spell_utc(datetime.fromisoformat(before['at']))}"
        self._add(draft, record, body, by, f"meeting:answer:given for {agency}")
        if body["answer"] != SignoffAnswer.DO_NOT_APPROVE:
            return None
        return self._tell(draft, record, agency, by, page)

    def _body(
        self,
        record: Record,
        agency: Agency,
        given: Given,
        who: Professional | None,
        method: SignoffMethod | None = None,
        recorded_by: str = "",
        sent_to: str = "",
    ) -> Json:
        """Return the entry of the contract. Raises Refusal where the answer is not complete."""
        if given.answer not in list(SignoffAnswer):
            raise Refusal("Choose an answer.")
        answer, reason = SignoffAnswer.of(given.answer), given.reason.strip()
        subjects = [one.id for one in record.document.subjects]
        about = [one for one in subjects if one in given.about]
        if answer in APPROVALS and not given.declared:
            raise Refusal(f"Tick ‘I approve on behalf of {agency.label}’, or choose another answer.")
        if answer not in APPROVALS and given.declared:
            raise Refusal(f"You ticked that you approve and chose ‘{answer.label}’. Take away the one that is wrong.")
        if answer is SignoffAnswer.APPROVE_WITH_DISSENT and not about:
            raise Refusal("Tick the child with whose decision your agency does not agree.")
        if answer is SignoffAnswer.APPROVE and about:
            raise Refusal("You ticked a child and chose ‘Approve’. Choose ‘Approve, with dissent recorded’ instead.")
        if answer in NEEDS_REASON and not reason:
            raise Refusal(f"Give the reason for ‘{answer.label}’.")
        _check_open(record, reason)
        local_id, now, sha = who.id if who else None, self.desk.now(), record.content_sha256
        body = sign_off(SignoffAs.AGENCY, local_id, now, sha, method, recorded_by=recorded_by, sent_to=sent_to)
        body |= {"agency": str(agency), "answer": str(answer)}
        return body | ({"reason": reason} if reason else {}) | ({"about": about} if about else {})

    def _add(self, draft: Draft, record: Record, body: Json, by: Account, what: str) -> None:
        draft.signoffs = [*draft.signoffs, StoredSignoff(body, elsewhere=False, account_id=by.id)]
        draft.asking = asked_about(draft, record)
        names = ("answer", "reason", "about", "content_sha256", "method", "recorded_by", "sent_to")
        shown = {name: body[name] for name in names if name in body}
        draft.note(what, body.get("by", ""), approval=approval_id(body), version=draft.version, **shown)

    # ── A refusal goes to everybody who has signed ───────────────────────────────────────────────────────────────

    def _tell(self, draft: Draft, record: Record, agency: Agency, by: Account, page: str) -> Told:
        people = record.document.people()
        named = {one.body.get("by", ""): one for one in record.signoffs if not one.elsewhere}
        signers = [people[who] for who in named if who in people and getattr(people[who], "agency", None) is not agency]
        invited = {one.professional: one.address for one in self.desk.store.invitations_to(record.reference)}
        accounts = self.desk.accounts_of([str(one.agency) for one in signers if one.agency])
        addresses: dict[str, str] = {}
        unreached = []
        for one in signers:
            account = next((it.email for it in accounts if is_named(it, one.name) and it.email), "")
            if address := read_address(account or invited.get(one.id) or one.contact.email or ""):
                addresses.setdefault(address.casefold(), address)
            else:
                unreached.append(names_of(record.document).get(one.id, one.id))
        now = self.desk.now()
        letters = [
            Letter(str(uuid.uuid4()), record.reference, LetterAbout.NOT_APPROVED, address, agency, page, by.name, now)
            for address in addresses.values()
        ]
        draft.also.append(self.desk.store.queue(draft.key, letters))
        return Told(tuple(addresses.values()), tuple(unreached))

    # ── Links for people without an account ──────────────────────────────────────────────────────────────────────

    def can_be_invited(self, record: Record) -> list[Professional]:
        """Return who can be sent a link: everybody of an agency that took part or was consulted, without an account."""
        people = self._answering(record)
        accounts = self.desk.accounts_of({str(one.agency) for one in people})
        return [one for one in people if not any(is_self(it, one) for it in accounts)]

    def have_accounts(self, record: Record) -> list[Professional]:
        """Return who signs in to answer, and is sent no link."""
        without = self.can_be_invited(record)
        return [one for one in self._answering(record) if one not in without]

    def _answering(self, record: Record) -> list[Professional]:
        return [one for people in answering(record.document).values() for one in people if one.name]

    def invitations(self, reference: str) -> list[Invitation]:
        """Return the links to answer for a record that are open or were, newest first."""
        return self.desk.store.invitations_to(reference)[::-1]

    def invite(self, reference: str, professional: str, address: str, page: str, by: Account) -> Invitation:
        """Make a link and a code for somebody without an account. `page` is what the token is appended to.

        While the record is a draft the code can be told in the meeting; the link leaves when the record is final.
        Raises Refusal, NotAllowed.
        """
        self.desk.admit(reference, by, Deed.INVITE)
        store, now = self.desk.store, self.desk.now()
        with store.open(reference, by, now) as draft:
            record = self.desk.record_of(draft)
            if record.status is DocumentStatus.WITHDRAWN:
                raise Refusal("This record was withdrawn. Nobody is asked about it any more.")
            one = next((one for one in self._answering(record) if one.id == professional), None)
            if one is None or one.agency is None or one.name is None:
                raise Refusal("Choose somebody of an agency that took part.")
            self._check_without_account(record, one.id, one.name)
            typed = address.strip() or (one.contact.email or "").strip()
            if (address := read_address(typed) or "") == "":
                raise Refusal(
                    no_address(typed) if typed else f"Type the e-mail address of {one.name}: the record has none."
                )
            made = Invitation(
                id=str(uuid.uuid4()),
                reference=reference,
                version=draft.version,
                professional=one.id,
                name=one.name,
                agency=one.agency,
                address=address,
                code=f"{secrets.randbelow(10**6):06}",
                page=page,
                made_by=by.id,
                made_at=now,
            )
            draft.also.append(store.invite(draft.key, made))
            if record.status is DocumentStatus.FINAL:
                draft.also.append(store.queue(draft.key, link_letters([made], by, now)))
            draft.note(f"meeting:link:made for {one.agency}", one.id, address=address, version=draft.version)
        return made

    def _check_without_account(self, record: Record, local_id: str, name: str) -> None:
        """Refuse a link to somebody who has an account: whoever makes it knows its code, and could answer as them."""
        if local_id not in {one.id for one in self.can_be_invited(record)}:
            raise Refusal(
                f"{name} has an account here. Ask {name} to sign in and answer: "
                "a link is only for somebody without an account."
            )

    def send_again(self, reference: str, invitation_id: str, by: Account) -> None:
        """Send an open link again, with a new token: one that was sent before works no more. Raises Refusal."""
        self.desk.admit(reference, by, Deed.INVITE)
        store, now = self.desk.store, self.desk.now()
        with store.open(reference, by, now) as draft:
            one = store.invitation(invitation_id)
            if one is None or one.reference != reference or not one.is_open:
                raise Refusal("That link is not open any more. Make a new one.")
            if draft.status is not DocumentStatus.FINAL:
                raise Refusal("The link leaves by itself when the record is final.")
            self._check_without_account(self.desk.record_of(draft), one.professional, one.name)
            draft.also.append(store.queue(draft.key, link_letters([one], by, now)))
            draft.note(f"meeting:link:sent again for {one.agency}", one.professional, address=one.address)

    def letters(self, reference: str) -> list[Letter]:
        """Return the letters about a record, oldest first."""
        return self.desk.store.letters_about(reference)

    def by_link(self, token: str) -> tuple[Invitation, Record]:
        """Return what a link asks, and about which text. Raises NoSuchLink, LinkOver."""
        one = self.desk.store.invitation_by_token(token)
        if one is None:
            raise NoSuchLink
        if not one.is_open or one.expires_at is None or one.expires_at <= self.desk.now():
            raise LinkOver(one)
        record = self.desk.record_of(self.desk.store.read(one.reference))
        if record.version != one.version or record.status is not DocumentStatus.FINAL:
            raise LinkOver(one)
        return one, record

    def check_code(self, token: str, code: str) -> Invitation:
        """Return the invitation of a link if the code is the one told in the meeting.

        Raises NoSuchLink, LinkOver, WrongCode; after a few wrong codes the link is locked.
        """
        one, _ = self.by_link(token)
        typed = "".join(code.split())
        if not re.fullmatch(r"\d{6}", typed, re.ASCII):
            raise WrongCode("The code has six digits. It was told in the meeting and is never in the e-mail.")
        if not self.desk.store.take_try(one.id, TRIES, self.desk.now()):
            raise LinkOver(self._again(one))
        if not hmac.compare_digest(typed, one.code):
            left = TRIES - self._again(one).tries
            if left <= 0:
                self.desk.store.take_try(one.id, TRIES, self.desk.now())  # there is none left: this locks it
            raise WrongCode(
                f"That is not the code. You can try {left} more time{'' if left == 1 else 's'}."
                if left > 0
                else "That is not the code, and it was the last try. Ask the recorder for a new link."
            )
        self.desk.store.give_tries_back(one.id)
        return one

    def _again(self, one: Invitation) -> Invitation:
        return self.desk.store.invitation(one.id) or one

    def answer_by_link(self, token: str, given: Given, page: str = "") -> Told | None:
        """Answer for an agency by a link whose code was given; the link ends with it.

        Returns who was told, if the agency does not approve. Raises NoSuchLink, LinkOver, TextChanged, Refusal.
        """
        one, _ = self.by_link(token)
        by = guest(one)
        store, now = self.desk.store, self.desk.now()
        try:
            with store.open(one.reference, by, now) as draft:
                record = self._final(draft, given.seen_sha256)
                who = next(
                    (it for it in answering(record.document).get(one.agency, ()) if it.id == one.professional), None
                )
                if who is None:
                    raise LinkOver(one)
                self._check_without_account(record, who.id, who.name or who.id)
                _check_name(who, given.typed_name)
                maker = self.desk.account(one.made_by)
                made_by = maker.name if maker else one.made_by
                body = self._body(record, one.agency, given, who, SignoffMethod.LINK, made_by, one.address)
                told = self._answer(draft, record, body, given, by, page)
                draft.also.append(store.end_link(one.id, LinkEnd.USED, now))
                if not draft.lines:  # the same answer stands already
                    draft.note(f"meeting:link:used for {one.agency}", one.professional, version=draft.version)
        except LinkEnded:
            raise LinkOver(self._again(one)) from None
        return told


def guest(one: Invitation) -> Account:
    """Return who answers by a link: nobody with an account, named by the invitation."""
    return Account(id=one.id, login="", name=one.name, agency=one.agency, organisation="", grade="", role=Role.GUEST)


def _may_ratify(one: Professional, record: Record) -> bool:
    return one.presence is not Presence.ATTENDED and one.grade is not None and is_manager(one, record.profile)


def _check_name(one: Professional, typed_name: str) -> None:
    if folded_name(typed_name) != folded_name(one.name or ""):
        raise Refusal(f"Type your full name as it stands in the record: {one.name}.")


def _check_open(record: Record, reason: str) -> None:
    """Refuse a reason that gives a confidential address away: every reader of the minutes sees it (SD-116)."""
    passage = Passage("/signoff", reason, reason.casefold(), is_open=True)
    if any(places_given_away(record.document.places, [passage], record.profile["house_words"])):
        raise Refusal(
            "The reason names part of a confidential address, and every reader of the minutes sees the reason. "
            "Take the address out and send it again."
        )


def _same_answer(before: Json, now: Json) -> bool:
    names: tuple[Any, ...] = ("by", "answer", "reason", "about")
    return all(before.get(name) == now.get(name) for name in names)
