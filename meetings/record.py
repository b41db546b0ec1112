"""A record as the pages and commands see it: the document with its findings, and where in it each finding is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from meetings.calendar import local
from meetings.contract import build_document
from meetings.documents import Discussion, Document, DocumentKind, kind_named
from meetings.facts import answers_that_count
from meetings.namesakes import names_of
from meetings.parts import OUTCOME_OF, Json, Layout, Part, layout_of
from meetings.profiles import DEFAULT_PROFILE, Profile, profile
from meetings.questions import Kind
from meetings.rules import Finding, Gate, Level, case_of, judge
from meetings.seal import content_sha256
from meetings.sign_offs import how_given
from meetings.store import Draft, Frozen, StoredSignoff
from meetings.vocabulary import Agency, DocumentStatus, SignoffAnswer, SignoffAs

UNREAD = "unread"
"""Id of the built-in block for what was typed and could not be read. It takes no exception."""

_EXAMPLES = {
    Kind.DATE: ("a date", "28/2/2026"),
    Kind.INSTANT: ("a date and time", "28/2/2026 14:10"),
    Kind.DURATION: ("a length of time", "4 hours"),
    Kind.NUMBER: ("a whole number", "3"),
    Kind.CODE: ("one of the options", "an option of the list"),
    Kind.REFERENCE: ("somebody of this record", "a name of the list"),
}


@dataclass(frozen=True)
class Address:
    """Where a finding is: the part by name, its id if it is there, and the path of the field in it."""

    part: str
    part_id: str | None
    path: str


@dataclass(frozen=True)
class Confirmation:
    """What somebody did to the text. It is valid for the text as it stands, or was made elsewhere and imported.

    Of an agency's answers the latest counts: an earlier one is `replaced`.
    """

    as_: SignoffAs | None
    name: str
    at: datetime | None
    valid: bool
    elsewhere: bool
    role: str = ""
    agency: Agency | None = None
    answer: SignoffAnswer | None = None
    reason: str = ""
    about: tuple[str, ...] = ()
    text: str = ""
    how: str = ""
    replaced: bool = False


class Record:
    """One record at one moment: a draft put together from its parts, or a final version read from its bytes."""

    def __init__(self, kept: Draft, earlier: Sequence[Document], frozen: Frozen | None = None) -> None:
        """Show what the store keeps, with the earlier discussions of the case and, if final, the frozen version."""
        self.kept = kept
        self.kind: DocumentKind = kind_named(kept.kind)
        self.layout: Layout = layout_of(self.kind)
        self.earlier = list(earlier)
        self.same_day: list[Document] = []
        self.frozen = frozen

    @property
    def reference(self) -> str:
        """What people say on the telephone."""
        return self.kept.ref

    @property
    def version(self) -> int:
        """Number of the version shown."""
        return self.frozen.version if self.frozen else self.kept.version

    @property
    def status(self) -> DocumentStatus:
        """Draft, final or withdrawn: of the version shown."""
        if self.frozen is not None:
            return DocumentStatus.of(self.content["status"])
        return self.kept.status

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.status is DocumentStatus.DRAFT

    @property
    def is_newest(self) -> bool:
        """Whether no later version is begun or final."""
        return self.version == self.kept.version

    @property
    def title(self) -> str:
        """Names of the children, or what was given instead."""
        return self.kept.title

    @property
    def profile(self) -> Profile:
        """The policy profile in force."""
        return profile(self.kept.profile or DEFAULT_PROFILE)

    @property
    def parts(self) -> list[Part]:
        """The parts of the draft."""
        return list(self.kept.parts.values())

    @property
    def asked(self) -> set[str]:
        """Lists that were asked for and have no rows."""
        return self.kept.asked

    @property
    def discussions(self) -> list[Discussion]:
        """The earlier discussions of the case."""
        return [one for one in self.earlier if isinstance(one, Discussion)]

    @property
    def counter(self) -> int:
        """Moves with every change."""
        return self.kept.counter

    def rows(self, name: str) -> list[Part]:
        """Return the rows of a list, in order."""
        return [*self._by_name.get(name, ())]

    @cached_property
    def _by_name(self) -> dict[str, list[Part]]:
        found: dict[str, list[Part]] = {}
        for one in sorted(self.parts, key=lambda one: one.position):
            found.setdefault(one.name, []).append(one)
        return found

    def section(self, name: str) -> Part | None:
        """Return a section that occurs once, if anything was recorded in it."""
        return next(iter(self._by_name.get(name, ())), None)

    def part(self, part: str) -> Part | None:
        """Return a part by its id, a section by its name, or what is decided for a child by `outcomes:c1`."""
        if part in self.layout.sections:
            return self.section(part)
        child = part.removeprefix(OUTCOME_OF)
        if child != part:
            return next((one for one in self.rows("outcomes") if one.body.get("child") == child), None)
        return self.kept.parts.get(part)

    @cached_property
    def content(self) -> Json:
        """What is hashed, with its envelope: the document without sign-offs and integrity."""
        if self.frozen is not None:
            read: Json = json.loads(self.frozen.body)
            return read
        envelope: Json = {
            "schema": self.kind.schema,
            "id": self.kept.id,
            "ref": self.kept.ref,
            "version": self.kept.version,
            "status": str(self.kept.status),
        }
        if self.kept.profile is not None:
            envelope["profile"] = self.kept.profile
        return self.layout.put_together(envelope, self.parts, self.asked)

    @cached_property
    def content_sha256(self) -> str:
        """The content hash of the text as it stands."""
        return content_sha256(self.content)

    def is_valid(self, signoff: StoredSignoff) -> bool:
        """Whether a sign-off counts: it was given to this very text, or came with an imported record."""
        return signoff.elsewhere or signoff.body.get("content_sha256") == self.content_sha256

    @cached_property
    def signoffs(self) -> list[StoredSignoff]:
        """The sign-offs that count."""
        return [one for one in self.kept.signoffs if self.is_valid(one)]

    @cached_property
    def json(self) -> Json:
        """The whole document: content, sign-offs that count and, if final, integrity."""
        document = dict(self.content)
        if self.signoffs:
            document["signoff"] = [one.body for one in self.signoffs]
        if self.frozen is not None:
            document["integrity"] = {
                "frozen_at": local(self.frozen.frozen_at).isoformat(timespec="seconds"),
                "content_sha256": self.frozen.content_sha256,
                "profile_sha256": self.frozen.profile_sha256,
                "rules_sha256": self.frozen.rules_sha256,
            }
        return document

    @cached_property
    def document(self) -> Any:
        """The document as objects."""
        return build_document(self.json)

    def findings(self, now: datetime) -> list[Finding]:
        """Return everything that is still needed or worth knowing at that moment."""
        return [*self.unread(), *judge(case_of(self.document, self.profile, now, [*self.earlier, *self.same_day]))]

    def unread(self) -> list[Finding]:
        """Return a block for each field whose words could not be read."""
        found: list[Finding] = []
        for one in self.parts if self.frozen is None else ():
            for path, typed in one.unread.items():
                answered = self.layout.answers_of(one.name)[path]
                kind, example = _EXAMPLES.get(answered.kind, ("an answer", "an answer that fits"))
                shown = typed if isinstance(typed, str) else "what was typed"
                found.append(
                    Finding(
                        rule=UNREAD,
                        level=Level.BLOCK,
                        places=(self.pointer(one, path),),
                        says=f"{answered.question.label}: ‘{shown}’ could not be read as {kind}. Use {example}.",
                        source="",
                        hard=True,
                        gate=Gate.ENTRY,
                    )
                )
        return found

    def pointer(self, part: Part, path: str) -> str:
        """Return the JSON Pointer to a field of a part."""
        if part.name == self.layout.top:
            return f"/{path}"
        if part.name in self.layout.sections:
            return f"/{part.name}/{path}"
        number = [one.id for one in self.rows(part.name)].index(part.id)
        return f"/{part.name}/{number}/{path}"

    def address_of(self, pointer: str) -> Address:
        """Return where in the parts a JSON Pointer leads; the path is cut to the field that is answered as one."""
        names = pointer.strip("/").split("/")
        for length in (2, 1):
            name = "/".join(names[:length])
            if name in self.layout.lists:
                rest = names[length:]
                if not rest:
                    return Address(name, None, "")
                rows = self.rows(name)
                row = rows[int(rest[0])] if rest[0].isdigit() and int(rest[0]) < len(rows) else None
                return Address(name, row.id if row else None, self._answered(name, "/".join(rest[1:])))
        name = names[0] if names[0] in self.layout.sections else self.layout.top
        path = "/".join(names if name == self.layout.top else names[1:])
        section = self.section(name)
        return Address(name, section.id if section else None, self._answered(name, path))

    def confirmations(self) -> list[Confirmation]:
        """Return what people did to the text, valid or not, in order."""
        people, names = self.document.people(), names_of(self.document)
        counting = {id(one) for one in answers_that_count([one.body for one in self.signoffs]).values()}
        found = []
        for one in self.kept.signoffs:
            body, who = one.body, people.get(one.body.get("by"))
            agency = body.get("agency") or (
                getattr(who, "agency", None) if body.get("as") == SignoffAs.AGENCY else None
            )
            found.append(
                Confirmation(
                    as_=SignoffAs.of(body["as"]) if "as" in body else None,
                    name=names.get(body.get("by", ""), body.get("by", "")),
                    at=datetime.fromisoformat(body["at"]) if "at" in body else None,
                    valid=self.is_valid(one),
                    elsewhere=one.elsewhere,
                    role=getattr(who, "role", None) or "",
                    agency=Agency.of(agency) if agency else None,
                    answer=SignoffAnswer.of(body["answer"]) if "answer" in body else None,
                    reason=body.get("reason", ""),
                    about=tuple(names.get(it, it) for it in body.get("about", ())),
                    text=body.get("text", ""),
                    how=how_given(body, elsewhere=one.elsewhere),
                    replaced="answer" in body and self.is_valid(one) and id(body) not in counting,
                )
            )
        return found

    def _answered(self, part: str, path: str) -> str:
        known: dict[str, Any] = self.layout.answers_of(part)
        names = path.split("/")
        while names and "/".join(names) not in known:
            if any(one.startswith("/".join(names) + "/") for one in known):
                break
            names.pop()
        return "/".join(names)
