"""What people do between a discussion and its briefing: start it, see what changed since, take that over or leave it.

Also starting a briefing with nothing to take over. What crosses is in `carrying.py`, how a change is found in
`changed_since.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta

from meetings.carrying import Carried, Choice, carry, choices, value_of
from meetings.changed_since import Changed, changed_since, known_rows, known_with, mark_afresh, origin_of
from meetings.desk import Desk
from meetings.documents import BRIEFING, DISCUSSION
from meetings.drafts import Refusal, find, new_row, numbers, refresh
from meetings.need_to_know import Reach
from meetings.parts import Json, Part
from meetings.people import Account, Deed, require
from meetings.profiles import DEFAULT_PROFILE, profile
from meetings.record import Record
from meetings.store import Draft

REVIEWED_AFTER = timedelta(hours=24)
"""How long after the start a briefing is first reviewed, unless somebody says otherwise. Source: own."""


class TakingOver:
    """A briefing and the discussion that it comes from, at one desk."""

    desk: Desk

    def choices(self, reference: str, by: Account) -> list[Choice]:
        """Return what of a discussion crosses only if somebody chooses it."""
        self.desk.admit(reference, by, Deed.RECORD)
        return choices(self.desk.look(reference, by).content)

    def start(self, reference: str, by: Account, chosen: Collection[str] = (), record_id: str | None = None) -> str:
        """Start a briefing about a discussion, with what is known there, and return its reference. Raises Refusal.

        Asked for again under the same id, it is the same briefing.
        """
        require(by, Deed.RECORD)
        source = self.desk.look(reference, by)
        if (there := self.desk.begun(record_id)) is not None:
            return there
        if source.kind is not DISCUSSION:
            raise Refusal("A briefing starts from a strategy discussion.")
        draft = self.desk.new_draft(by, source.content.get("profile"), BRIEFING, source.kept.team, record_id)
        found = carry(source.content, source.content_sha256, chosen)
        for position, one in enumerate(found):
            part = Part(str(uuid.uuid4()), one.name, position, 1, dict(one.body))
            part.origin = origin_of(one, source.content)
            draft.parts[part.id] = part
        draft.asked = {name for name in ("adults", "places", "missing/episodes") if name in source.asked}
        _number(draft, source.content)
        self._put_times(draft, by)
        draft.note("meeting:record:started", "", source=source.reference)
        refresh(draft)
        return self.desk.begin(draft, by)

    def start_alone(self, by: Account, profile_id: str, record_id: str | None = None) -> str:
        """Start a briefing that no discussion was held for yet, such as from a missing report; return its reference.

        Asked for again under the same id, it is the same briefing. Raises NoSuchProfile.
        """
        require(by, Deed.RECORD)
        if (there := self.desk.begun(record_id)) is not None:
            return there
        draft = self.desk.new_draft(by, profile(profile_id).id, BRIEFING, record_id=record_id)
        self._put(draft, "marking", {"tier": "OFFICIAL", "sensitive": True, "family_may_have": False})
        self._put_times(draft, by)
        draft.note("meeting:record:started")
        return self.desk.begin(draft, by)

    def _put_times(self, draft: Draft, by: Account) -> None:
        """Let a new briefing be in force as long as the profile says, and written now by whoever starts it."""
        now = self.desk.now()
        days = profile(draft.profile or DEFAULT_PROFILE)["briefing_validity_days"]
        validity = {"from": now, "review_at": now + REVIEWED_AFTER, "until": now + timedelta(days=days)}
        self._put(draft, "validity", {name: at.isoformat(timespec="seconds") for name, at in validity.items()})
        self._put(draft, "provenance", {"recorded_at": now.isoformat(timespec="seconds"), "live": True})
        if by.organisation:
            self._put_recorder(draft, by)

    def _put(self, draft: Draft, name: str, body: Json) -> None:
        part = Part(str(uuid.uuid4()), name, len(draft.parts), 1, body)
        draft.parts[part.id] = part

    def _put_recorder(self, draft: Draft, by: Account) -> None:
        """Let the author be who started it, if the discussion knows that person."""
        people = [one for one in draft.parts.values() if one.name == "professionals"]
        me = next((one.body["id"] for one in people if one.body.get("name") == by.name), None)
        if me is None:
            row = new_row(draft, "professionals", {"name": by.name, "agency": str(by.agency), "grade": by.grade})
            row.body["organisation"] = by.organisation
            draft.parts[row.id] = row
            me = row.body["id"]
        for one in draft.parts.values():
            if one.name == "provenance":
                one.body["recorded_by"] = me

    def source_is_here(self, record: Record, by: Account) -> bool:
        """Whether the discussion that a briefing comes from is kept here and this person sees it."""
        source = record.document.source
        return source is not None and source.ref is not None and self.desk.reach(source.ref, by) is Reach.WHOLE

    def changed_since(self, record: Record) -> list[Changed]:
        """Return the lines of the discussion that have changed since this version of a briefing took them over."""
        source = self._source_of(record.kept)
        return changed_since(record.parts, source.content, record.version) if source is not None else []

    def source_record(self, record: Record) -> Record | None:
        """Return the discussion that a briefing took its lines from, as it stands now."""
        return self._source_of(record.kept)

    def _source_of(self, draft: Draft) -> Record | None:
        """Return the discussion as it was last final, or as it stands while it never was; None if it is not here."""
        ref = next((one.origin["ref"] for one in draft.parts.values() if one.origin), None)
        if ref is None or not self.desk.store.is_taken(ref):
            return None
        return self.desk.standing(ref)

    def take_over(self, reference: str, part_id: str, pointer: str, by: Account) -> None:
        """Bring a changed or new line of the discussion into a draft of the briefing. Raises Refusal, NotAllowed."""
        with self.desk.opened(reference, by) as draft:
            source = self._changing(draft, by)
            kept = draft.parts.get(part_id)
            for one in carry(source.content, source.content_sha256, {pointer}):
                is_meant = any(f"{place}/".startswith(f"{pointer}/") for place in one.pointers)
                if kept is not None and one.name == kept.name and is_meant:
                    _bring_in(kept, one, source.content)
                elif kept is None and is_meant:
                    self._add(draft, one, source.content)
            if kept is None:
                self._know(draft, pointer, source.content)
            else:
                kept.origin = {**(kept.origin or {}), "taken_in": draft.version}
            draft.note("meeting:record:taken over", part_id, source=source.reference, pointer=pointer)

    def leave(self, reference: str, part_id: str, pointer: str, by: Account) -> None:
        """Say that a change of the discussion was looked at and changes nothing here. Raises Refusal."""
        self.desk.admit(reference, by, Deed.RECORD)
        with self.desk.store.open(reference, by, self.desk.now()) as draft:
            source = self._changing(draft, by)
            kept = draft.parts.get(part_id)
            if kept is None:
                self._know(draft, pointer, source.content)
            else:
                known = known_rows(draft.parts.values())
                kept.origin = mark_afresh(kept.origin or {}, source.content, known, draft.version)
            draft.note("meeting:record:change looked at", part_id, source=source.reference, pointer=pointer)

    def _changing(self, draft: Draft, by: Account) -> Record:
        source = self._source_of(draft)
        if source is None or self.desk.reach(source.reference, by) is not Reach.WHOLE:
            raise Refusal("The discussion that this comes from is not kept here, or is not open to you.")
        return source

    def _add(self, draft: Draft, one: Carried, content: Json) -> None:
        """Add a part that the discussion has now; what occurs once gains what it lacks."""
        known = next((part for part in draft.parts.values() if part.name == one.name), None)
        if one.name in draft.layout.sections and known is not None:
            _bring_in(known, one, content)
            known.origin = {**(known.origin or {}), "taken_in": draft.version}
            return
        part = new_row(draft, one.name, {}) if one.name in draft.layout.lists else find(draft, one.name)
        part.body = {**part.body, **{name: value for name, value in one.body.items() if name != "after"}}
        part.origin = {**origin_of(one, content), "taken_in": draft.version}
        draft.parts[part.id] = part
        draft.asked.discard(one.name)

    def _know(self, draft: Draft, pointer: str, content: Json) -> None:
        for part in draft.parts.values():
            if part.name == "source" and part.origin:
                part.origin = known_with(part.origin, pointer, content)


def _number(draft: Draft, content: Json) -> None:
    """Give the actions and risks of a new briefing their own names, and let actions wait for each other by these."""
    rows = [one for one in draft.parts.values() if one.name in ("actions", "risk_assessment/risks")]
    refs: dict[str, str] = {}
    for part in rows:
        part.body = {**new_row(draft, part.name, {}).body, **part.body}
        if part.name == "actions" and part.origin:
            refs[value_of(content, part.origin["pointer"]).get("ref", "")] = part.body["ref"]
    for part in rows:
        if "after" in part.body:
            after = [refs[one] for one in part.body.pop("after") if one in refs]
            part.body |= {"after": after} if after else {}
    draft.numbers = {**numbers(draft), **draft.numbers}


def _bring_in(part: Part, one: Carried, content: Json) -> None:
    """Let a part say what the discussion says now, in the answers that are other than when it was carried over."""
    before, origin = (part.origin or {}).get("carried", {}), origin_of(one, content)
    changed = {name for name in {*before, *one.body} if before.get(name) != origin["carried"].get(name)} - {"after"}
    kept = {name: value for name, value in part.body.items() if name not in changed}
    part.body = {**kept, **{name: one.body[name] for name in one.body if name in changed}}
    part.origin = origin
