"""What an export is drawn from: a document, its reader, the profile and the earlier discussions. Nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from meetings.audience import Reader, check_extracts_for, cut, extract, not_found_earlier, opened
from meetings.briefing_facts import owed
from meetings.contract import build_document, write
from meetings.documents import Briefing, Discussion, Document
from meetings.facts import answers_that_count, missing_groups
from meetings.namesakes import names_of
from meetings.profiles import Profile
from meetings.rules import CATALOGUE, Case
from meetings.seal import canonical
from meetings.sign_offs import is_a_signature
from meetings.spelling import spell_instant
from meetings.vocabulary import Agency, Audience, DocumentStatus, SignoffAnswer, SignoffAs, SignoffMethod

Json = dict[str, Any]

_STANDS_FOR = frozenset({SignoffAs.CHAIR, SignoffAs.POLICE, SignoffAs.MANAGER, SignoffAs.APPROVER})
_APPROVES = frozenset({SignoffAnswer.APPROVE, SignoffAnswer.APPROVE_WITH_DISSENT})

CUT = 2
"""Moves when a cut leaves out more than before, so that no copy that was kept until then is given out as a new one."""
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""The rule about sign-offs does not look at the clock; a case needs one."""


HOLD_EARLIER_ACTIONS = frozenset(Audience) - {Audience.DECISIONS, Audience.PARENT}
"""The copies that hold what became of earlier actions."""
NOT_HERE = "NOT COMPLETE: what became of earlier actions is left out where the discussion that agreed them is not here"


@dataclass(frozen=True)
class CopySlip:
    """By what one copy that was given to somebody is known: a paper copy must be traceable."""

    id: str
    recipient: str
    at: datetime
    purpose: str = ""


@dataclass(frozen=True)
class Copy:
    """One copy for one reader. The same copy always gives the same bytes."""

    document: Json
    reader: Reader
    profile: Profile
    history: tuple[Document, ...]
    content_sha256: str
    made_elsewhere: frozenset[int] = frozenset()
    child: str | None = None
    state: str = ""
    """What has become of this version since: superseded, expired, stood down. It stands on every page."""
    slip: CopySlip | None = None
    """Only of a copy that is made for a recipient."""

    @cached_property
    def cut(self) -> Json:
        """The document as this reader may have it; of an extract, only what is about its child. Raises CopyRefused."""
        if self.child:
            check_extracts_for(self.reader)
        mine = cut(self.document, self.reader, self.history)
        return extract(mine, self.child) if self.child else mine

    @cached_property
    def objects(self) -> Any:
        """What this reader may have, as objects: a document of whichever kind."""
        return build_document(self.cut)

    @cached_property
    def known(self) -> Any:
        """The document without what is closed to this reader, as objects: what may be worked out for them, and told."""
        return build_document(opened(self.document, self.reader))

    @cached_property
    def known_before(self) -> list[Discussion]:
        """The earlier discussions without what is closed to this reader."""
        found = (build_document(opened(write(one), self.reader)) for one in self.discussions)
        return [one for one in found if isinstance(one, Discussion)]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """How everybody is called whom this reader may know of, by local id.

        An extract too says which of two of one name it is about: it is filed alone.
        """
        return names_of(build_document(cut(self.document, self.reader)) if self.child else self.objects)

    @cached_property
    def whole(self) -> Any:
        """The whole document, as objects: for what every copy must say about it."""
        return build_document(self.document)

    @cached_property
    def approving(self) -> frozenset[Agency]:
        """The agencies that stand for this text here: chair, police, manager or supervisor, or an agency's approval.

        What was signed elsewhere, and came with an imported record, is nothing that an agency's key here may confirm;
        nor is what was said aloud or came by a link, whose code its maker knows: only a person's own account signs. Nor
        is the text any more once the agency's answer that counts is that it does not approve.
        """
        found = set()
        signed = self.document.get("signoff", ())
        given = answers_that_count(signed)
        for number, one in enumerate(self.whole.signoff or ()):
            if number in self.made_elsewhere or not is_a_signature(signed[number]):
                continue
            if one.as_ is SignoffAs.AGENCY:
                if one.answer in _APPROVES and given.get(one.agency) is signed[number]:
                    found.add(one.agency)
            elif one.as_ in _STANDS_FOR and (person := self.whole.professional(one.by)) is not None:
                found.add(person.agency)
        against = {agency for agency, one in given.items() if one["answer"] == SignoffAnswer.DO_NOT_APPROVE}
        return frozenset(found - {None} - against)

    @property
    def discussions(self) -> list[Discussion]:
        """The earlier discussions of the history."""
        return [one for one in self.history if isinstance(one, Discussion)]

    @property
    def is_draft(self) -> bool:
        """Whether the text can still change."""
        return self.whole.status is DocumentStatus.DRAFT

    @cached_property
    def drawn_from(self) -> str:
        """A hash of what makes another copy of one version for one reader: its sign-offs, its state, its slip.

        Profile and earlier discussions are not in it: a copy that was given out does not change with them. But what
        an earlier discussion has closed since, or how copies are cut, makes another copy.
        """
        held = [self.document, str(self.reader), sorted(self.made_elsewhere), self.state, CUT]
        held += [self.cut["earlier_actions"]] if "earlier_actions" in self.cut else []
        held += [self.slip.id] if self.slip else []
        return hashlib.sha256(canonical(held)).hexdigest()

    @cached_property
    def warnings(self) -> list[str]:
        """What must stand on every page of this copy."""
        found = []
        if self.is_draft:
            found.append("DRAFT")
        if self.whole.status is DocumentStatus.WITHDRAWN and not self.state:
            found.append("WITHDRAWN")
        if self.state:
            found.append(self.state)
        if isinstance(self.whole, Briefing) and owed(self.whole, self.profile):
            due = self.whole.validity.urgent.complete_by
            found.append(f"URGENT: not complete; the rest follows by {spell_instant(due) if due else ''}")
        if isinstance(self.whole, Discussion):
            found += self._of_a_discussion(self.whole)
        if any(self.document.get("signoff", [])[number : number + 1] for number in self.made_elsewhere):
            found.append("Sign-offs imported with the record, not made here")
        return found

    def _of_a_discussion(self, whole: Discussion) -> list[str]:
        found = []
        if groups := missing_groups(whole, self.profile["quorum_agencies"]):
            names = ", ".join(Agency.of(group[0]).label for group in groups)
            # A letter does not say who took part.
            missing = "an agency that was needed" if self.reader.audience is Audience.PARENT else names
            found.append(f"INQUORATE: nobody took part from {missing}")
        if whole.status is DocumentStatus.FINAL and (unconfirmed := self._unconfirmed(whole)):
            found.append(f"NOT CONFIRMED by {unconfirmed}")
        if self.reader.audience is not Audience.PARENT and (against := self._not_approved):
            found.append(f"NOT APPROVED by {against}")
        if self.reader.audience in HOLD_EARLIER_ACTIONS and not_found_earlier(self.document, self.history):
            found.append(NOT_HERE)
        return found

    @property
    def _not_approved(self) -> str:
        """The agencies that do not approve this text, in words."""
        given = answers_that_count(self.document.get("signoff", ()))
        return ", ".join(
            Agency.of(agency).label for agency, one in given.items() if one["answer"] == SignoffAnswer.DO_NOT_APPROVE
        )

    def _unconfirmed(self, whole: Discussion) -> str:
        case = Case(whole, self.profile, whole.meeting.ended_at or _SOME_TIME, self.history)
        if not list(CATALOGUE["SD-081"].check(case)):
            return ""
        counting = [one for one in whole.signoff or () if one.method is not SignoffMethod.LINK]
        chaired = any(one.as_ is SignoffAs.CHAIR and one.by == whole.meeting.chair for one in counting)
        policed = any(one.as_ is SignoffAs.POLICE for one in counting)
        missing = [name for name, done in (("the chair", chaired), ("police", policed)) if not done]
        return " or ".join(missing) or "the chair"
