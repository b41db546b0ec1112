"""What a briefing takes over from a strategy discussion, part by part, each with where it stood there.

Nothing restricted crosses unless somebody chose it. What was taken over and has changed since is found by its place and
by marks of what stood there, field by field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from meetings.documents import DISCUSSION
from meetings.parts import Json, Part, layout_of
from meetings.questions import Field
from meetings.seal import canonical
from meetings.vocabulary import (
    ACTION_ENDED,
    Agency,
    Decision,
    DocumentStatus,
    LineKind,
    Presence,
    ReferenceKind,
    Seen,
    Tell,
)

SECTIONS = (
    "/contingencies",
    "/referral/text",
    "/missing",
    "/criminal_investigation/do_not_disclose",
    "/criminal_investigation/bail",
    "/criminal_investigation/officer_in_case",
    "/interpreting",
    "/equality",
    "/marking",
)
"""The places of a discussion, besides its lists, of which an answer that is given later belongs in the briefing too."""
ONLY_IN_A_MEETING = (
    "presence",
    "attendance",
    "arrived_at",
    "left_at",
    "reason",
    "tried_at",
    "gave_information",
    "can_commit",
    "profession",
)
"""What is said of a professional for one meeting only."""
ON_CALL = {Agency.AMBULANCE: 0, Agency.POLICE: 1, Agency.EMERGENCY_DUTY_TEAM: 2, Agency.SOCIAL_CARE: 2}
"""Whom an officer rings first. Source: domain briefing, officer card."""
RESTRICTED_LISTS = ("information/lines", "places", "actions")
LISTS = ("links", "children", "adults", "professionals", "places", "information/lines", "missing/episodes", "actions",
         "outcomes", "telling")  # fmt: skip
"""The lists of a discussion of which a row that is added later belongs in the briefing too."""
KEYS = ("id", "child", "adult")
"""By which of its own names a row is known, so that moving it changes nothing."""
_NAMES_OF_PEOPLE = frozenset({"parent_of", "parental_responsibility_for", "of", "about", "people", "who"})
_GIVEN_AFRESH = ("id", "ref", "after")
"""What an action has in one document only; the references in `after` are made anew."""


@dataclass(frozen=True)
class Carried:
    """One part of a new briefing, and where in the discussion what stands in it comes from (`/children/c1`)."""

    name: str
    body: Json
    pointers: tuple[str, ...] = ()

    @property
    def pointer(self) -> str:
        """Where its main part stood."""
        return self.pointers[0] if self.pointers else ""


@dataclass(frozen=True)
class Choice:
    """Something of a discussion that crosses only if it is chosen, and why: restricted, or not decided about."""

    pointer: str
    words: str
    reason: str
    is_restricted: bool = True


# ── Places in a discussion ───────────────────────────────────────────────────────────────────────────────────────


def _rows(content: Json, path: str) -> list[Json]:
    section, _, name = path.rpartition("/")
    rows: list[Json] = (content.get(section, {}) if section else content).get(name) or []
    return rows


def _keyed(rows: list[Json]) -> dict[str, Json]:
    """Return rows by what they are known by, or by their number where two would be known by the same."""
    found: dict[str, Json] = {}
    for number, row in enumerate(rows):
        key = str(next((row[name] for name in KEYS if name in row), number))
        found[key if key not in found else str(number)] = row
    return found


def each(content: Json, path: str) -> Iterator[tuple[str, Json]]:
    """Yield the rows of a list with their places."""
    for key, row in _keyed(_rows(content, path)).items():
        yield f"/{path}/{key}", row


def value_of(content: Json, pointer: str) -> Any:
    """Return what stands at a place of a document, or None where it is gone."""
    value: Any = content
    for name in pointer.strip("/").split("/"):
        if isinstance(value, list):
            value = _keyed(value).get(name)
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value


def mark(value: Any) -> str:
    """Return a short mark of a value, to see later whether it has changed."""
    return hashlib.sha256(canonical(value)).hexdigest()[:16]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}/{name}".lstrip("/"))
    else:
        yield path, value


def _crossing(content: Json, pointer: str) -> Any:
    """Return what stands at a place, less what is said there for the meeting only."""
    value = value_of(content, pointer)
    apart: tuple[str, ...] = ("episodes", "response") if pointer == "/missing" else ()
    if isinstance(value, dict) and pointer.startswith("/professionals/"):
        apart = ONLY_IN_A_MEETING
    return {name: inner for name, inner in value.items() if name not in apart} if apart and value else value


def _marks(value: Any) -> dict[str, str]:
    """Return a mark of each answer that stands at a place, by flat path; of what is gone, none."""
    return {} if value is None else {path: mark(inner) for path, inner in _flat(value)}


def _part_at(pointer: str) -> tuple[str, str]:
    """Return the part of a discussion that a place is in, and the path inside it."""
    layout = layout_of(DISCUSSION)
    names = pointer.strip("/").split("/")
    for length in (2, 1):
        if (name := "/".join(names[:length])) in layout.lists:
            return name, "/".join(names[length + 1 :])
    if names[0] in layout.sections:
        return names[0], "/".join(names[1:])
    return layout.top, "/".join(names)


# ── What crosses only if it is chosen ────────────────────────────────────────────────────────────────────────────


def choices(content: Json) -> list[Choice]:
    """Return what of a discussion crosses only if it is chosen."""
    found = [
        Choice(place, str(row.get("text") or row.get("label") or ""), str(row["restricted"].get("reason", "")))
        for path in RESTRICTED_LISTS
        for place, row in each(content, path)
        if "restricted" in row
    ]
    referral = content.get("referral", {})
    if "restricted" in referral and referral.get("text"):
        found.append(Choice("/referral", referral["text"], str(referral["restricted"].get("reason", ""))))
    found += [
        Choice(place, str(row.get("name") or row["id"]), str(row.get("reason", "")), is_restricted=False)
        for place, row in each(content, "children")
        if not row.get("subject")
    ]
    return found


def _may_cross(place: str, row: Json, chosen: Collection[str]) -> bool:
    return "restricted" not in row or place in chosen


def _without(body: Json, gone: Collection[str]) -> Json:
    """Return a part that names nobody who did not cross; a list of people of whom none is left was not asked."""
    found: Json = {}
    for name, value in body.items():
        if name in _NAMES_OF_PEOPLE and isinstance(value, list) and not set(gone).isdisjoint(value):
            if kept := [who for who in value if who not in gone]:
                found[name] = kept
        else:
            found[name] = value
    return found


# ── What crosses ─────────────────────────────────────────────────────────────────────────────────────────────────


def _title(content: Json) -> str:
    subjects = [one for one in content.get("children", ()) if one.get("subject")]
    names = ", ".join(str(one["name"]) for one in subjects if one.get("name"))
    has_plan = any(one.get("plan", {}).get("status") == "current" for one in subjects)
    is_missing = bool(content.get("missing", {}).get("now"))
    said = [names, *(["child protection plan"] if has_plan else []), *(["missing"] if is_missing else [])]
    return " - ".join(one for one in said if one)


def carry(content: Json, content_sha256: str, chosen: Collection[str] = ()) -> list[Carried]:
    """Return the parts of a new briefing about a discussion, with what was chosen.

    An action comes with what its discussion calls it in `after`; its own reference is left to whoever keeps it.
    """
    gone = {row["id"] for place, row in each(content, "children") if not row.get("subject") and place not in chosen}
    found = [_source(content, content_sha256), _top(content)]
    if "marking" in content:
        found.append(Carried("marking", {**content["marking"], "family_may_have": False}, ("/marking",)))
    found += _links(content)
    found += _people(content, gone)
    for path in ("places", "information/lines"):
        found += [Carried(path, row, (place,)) for place, row in each(content, path) if _may_cross(place, row, chosen)]
    found += _known_otherwise(content, chosen)
    if missing := _crossing(content, "/missing"):
        found.append(Carried("missing", missing, ("/missing",)))
    found += [
        Carried("missing/episodes", row, (place,))
        for place, row in each(content, "missing/episodes")
        if row.get("person") not in gone
    ]
    found += [*_decisions(content), *_actions(content, chosen), *_communications(content), *_administration(content)]
    return [Carried(one.name, _without(one.body, gone), one.pointers) for one in found]


def _source(content: Json, content_sha256: str) -> Carried:
    """Name the discussion; by its version and hash too once these can no longer change."""
    body = {"ref": content["ref"], "id": content["id"]}
    if content.get("status") != DocumentStatus.DRAFT:
        body |= {"version": content["version"], "content_sha256": content_sha256}
    return Carried("source", body)


def _top(content: Json) -> Carried:
    top: Json = {"title": _title(content)}
    if content.get("contingencies"):
        return Carried("briefing", top | {"contingencies": content["contingencies"]}, ("/contingencies",))
    return Carried("briefing", top)


def _links(content: Json) -> Iterator[Carried]:
    for place, row in each(content, "links"):
        if row.get("kind") != ReferenceKind.BRIEFING:
            yield Carried("links", row, (place,))
    yield Carried("links", {"kind": str(ReferenceKind.STRATEGY_DISCUSSION), "value": content["ref"]})


def _people(content: Json, gone: Collection[str]) -> Iterator[Carried]:
    voices = {one["child"]: (place, one.get("voice", {})) for place, one in each(content, "outcomes")}
    for place, row in each(content, "children"):
        if row["id"] in gone:
            continue
        outcome, voice = voices.get(row["id"], ("", {}))
        more: Json = {}
        if voice.get("text") and "voice" not in row:
            more["voice"] = voice["text"]
        if voice.get("seen") == Seen.YES and voice.get("at") and "last_seen_at" not in row:
            more["last_seen_at"] = voice["at"]
        pointers = [f"{outcome}/voice/{name}" for name in ("text", "seen", "at") if more]
        yield Carried("children", {**row, **more}, (place, *pointers))
    for path in ("adults", "professionals"):
        for place, row in each(content, path):
            kept = {name: value for name, value in row.items() if name not in ONLY_IN_A_MEETING}
            yield Carried(path, kept, (place,))


def _known_otherwise(content: Json, chosen: Collection[str]) -> Iterator[Carried]:
    """What is known and does not stand among the lines of information: a restricted referral, and bail."""
    referral = content.get("referral", {})
    if "restricted" in referral and "/referral" in chosen:
        line = {"kind": str(LineKind.FACT), "text": referral["text"], "restricted": referral["restricted"]}
        if "agency" in referral:
            line["agency"] = referral["agency"]
        yield Carried("information/lines", line, ("/referral/text",))
    if bail := content.get("criminal_investigation", {}).get("bail"):
        line = {"agency": str(Agency.POLICE), "kind": str(LineKind.FACT), "text": f"Bail: {bail}"}
        yield Carried("information/lines", line, ("/criminal_investigation/bail",))


def _decisions(content: Json) -> Iterator[Carried]:
    """What was decided for each child, as an event, and its analysis as a risk; why now, and what is known."""
    names = {one["id"]: one.get("name", one["id"]) for one in content.get("children", ())}
    held_on = content.get("meeting", {}).get("started_at", "")[:10]
    summaries: dict[str, str] = {}
    for place, one in each(content, "outcomes"):
        decision = one.get("decision", {})
        if "code" in decision and held_on:
            said = f"{names.get(one['child'], one['child'])}: {Decision.of(decision['code']).label}."
            text = " ".join(filter(None, (said, decision.get("reason", ""))))
            pointers = (f"{place}/decision/code", f"{place}/decision/reason")
            yield Carried("information/chronology", {"on": held_on, "text": text}, pointers)
        if one.get("analysis"):
            summaries[f"{place}/analysis"] = one["analysis"]
            measures = "; ".join(str(row["text"]) for row in one.get("immediate_safety", ()) if row.get("text"))
            risk = {"who": [one["child"]], "threat": one["analysis"], **({"controls": measures} if measures else {})}
            yield Carried("risk_assessment/risks", risk, (f"{place}/analysis", f"{place}/immediate_safety"))
    referral = content.get("referral", {})
    why_now = referral.get("text", "") if "restricted" not in referral else ""
    information = {"summary": "\n".join(dict.fromkeys(summaries.values())), "why_now": why_now}
    if kept := {name: value for name, value in information.items() if value}:
        yield Carried("information", kept, (*(["/referral/text"] if why_now else []), *summaries))


def _actions(content: Json, chosen: Collection[str]) -> Iterator[Carried]:
    """The open actions. Who was there agreed to what was agreed there."""
    there = {
        one["id"]: one.get("agency")
        for one in content.get("professionals", ())
        if one.get("presence") == Presence.ATTENDED
    }
    agencies = set(there.values())
    owners = {one["id"]: one.get("agency") for one in content.get("professionals", ())}
    for place, row in each(content, "actions"):
        if row.get("status") in ACTION_ENDED or not _may_cross(place, row, chosen):
            continue
        body = {name: value for name, value in row.items() if name not in _GIVEN_AFRESH}
        agency = owners.get(row.get("owner", ""))
        if "agreed_by" not in body and agency is not None and agency in agencies:
            body["agreed_by"] = [agency]
        if row.get("after"):
            body["after"] = row["after"]
        yield Carried("actions", body, (place,))


_SAID = {Tell.NOT_YET: "not yet", Tell.NO: "nothing", Tell.PART: "part"}
"""How an officer reads what a parent is told where it is not everything."""


def _communications(content: Json) -> Iterator[Carried]:
    names = {one["id"]: one.get("name", one["id"]) for one in content.get("adults", ())}
    secrets: list[str] | None = content.get("criminal_investigation", {}).get("do_not_disclose")
    told: list[str] = []
    pointers = ["/criminal_investigation/do_not_disclose"] if secrets is not None else []
    for place, one in each(content, "telling"):
        name = names.get(one.get("adult", ""), "")
        how = _SAID.get(Tell.of(one["tell"])) if "tell" in one else None
        said = ": ".join(filter(None, (f"{name} ({how})" if how else name, one.get("text"))))
        if one.get("text") or how:
            told.append(said)
        if one.get("withheld"):
            secrets = [*(secrets or []), f"To {name}: {one['withheld']}"]
        pointers += [f"{place}/{asked}" for asked in ("tell", "text", "withheld")]
    body: Json = {**({"do_not_disclose": secrets} if secrets is not None else {})}
    if told:
        body["tell_family"] = "\n".join(told)
    leads = [one.get(name) for one in content.get("outcomes", ()) for name in ("lead_social_worker", "police_lead")]
    if contacts := list(dict.fromkeys(one for one in leads if one)):
        body["contacts"] = contacts
        pointers += [
            f"{place}/{name}"
            for place, _ in each(content, "outcomes")
            for name in ("lead_social_worker", "police_lead")
        ]
    if body:
        yield Carried("communications", body, tuple(pointers))
    on_call = [
        (ON_CALL[Agency.of(row["agency"])], place, row)
        for place, row in each(content, "professionals")
        if row.get("agency") in ON_CALL and row.get("contact", {}).get("out_of_hours")
    ]
    for _, place, row in sorted(on_call, key=lambda one: one[0]):
        who = ", ".join(filter(None, (row.get("name"), row.get("role"))))
        call = {"agency": row["agency"], "who": who, "number": row["contact"]["out_of_hours"]}
        yield Carried("communications/call_first", call, (f"{place}/contact/out_of_hours",))


def _administration(content: Json) -> Iterator[Carried]:
    body: Json = {}
    pointers = []
    if officer := content.get("criminal_investigation", {}).get("officer_in_case"):
        body["officer_in_case"] = officer
        pointers.append("/criminal_investigation/officer_in_case")
    if content.get("interpreting"):
        body["interpreting"] = content["interpreting"]
        pointers.append("/interpreting")
    if body:
        yield Carried("administration", body, tuple(pointers))
    if content.get("equality"):
        yield Carried("human_rights", {"equality": content["equality"]}, ("/equality",))


# ── Where it came from, and what has changed since ───────────────────────────────────────────────────────────────


def origin_of(one: Carried, content: Json) -> Json:
    """Return what the store remembers of where a part comes from, and of what it was; of the source, also its rows."""
    origin: Json = {"ref": content["ref"], "version": content["version"], "pointer": one.pointer}
    origin["carried"] = {name: mark(value) for name, value in one.body.items()}
    origin["marks"] = {pointer: _marks(_crossing(content, pointer)) for pointer in one.pointers}
    if one.name == "source":
        origin["marks"] = {pointer: _marks(_crossing(content, pointer)) for pointer in SECTIONS}
        origin["known"] = [mark(_crossing(content, place)) for path in LISTS for place, _ in each(content, path)]
    return origin


def known_rows(parts: Collection[Part]) -> set[str]:
    """Return the marks of the rows that the discussion had when the briefing was started, or that were looked at."""
    return {one for part in parts for one in (part.origin or {}).get("known", ())}


def mark_afresh(origin: Json, content: Json, known: Collection[str]) -> Json:
    """Return an origin that remembers what has become by now of what was carried over."""
    marks = origin.get("marks", {})
    now = {pointer: _marks(_now_at(pointer, before, content, known)) for pointer, before in marks.items()}
    return {**origin, "marks": now}


def known_with(origin: Json, pointer: str, content: Json) -> Json:
    """Return the origin of the source that knows of one more line, or of one more answer."""
    here = _crossing(content, pointer)
    if pointer in origin.get("marks", {}):
        return {**origin, "marks": {**origin["marks"], pointer: _marks(here)}}
    return {**origin, "known": [*origin.get("known", ()), mark(here)]}


@dataclass(frozen=True)
class Answered:
    """One answer of the discussion that is no longer as it was: its question, and what it is now, if anything."""

    part: str
    path: str
    question: Field
    value: Any


@dataclass(frozen=True)
class Changed:
    """A line of the discussion that is no longer as it was when the briefing took it over, or that is new.

    `part_id` is the part of the briefing; empty where the line is new. `named` says which line, in its own words.
    """

    part_id: str
    part: str
    pointer: str
    label: str
    named: str
    gone: bool
    answers: tuple[Answered, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether the discussion did not have it when the briefing was started."""
        return not self.part_id

    def with_more(self, other: Changed) -> Changed:
        """Return the same line with the answers of another place of it."""
        return replace(self, gone=self.gone and other.gone, answers=(*self.answers, *other.answers))


def _line(pointer: str, content: Json) -> tuple[str, str]:
    """Return what people call the line that a place is in: the question or list, and which row of it."""
    layout = layout_of(DISCUSSION)
    name, inside = _part_at(pointer)
    if name not in layout.lists:
        asked = _asked(name, inside)
        return layout.label_of(name) or (asked[1].question.label if asked else ""), ""
    row = value_of(content, row_of(pointer, name)) or {}
    names = {one["id"]: one.get("name") for path in ("children", "adults") for one in content.get(path, ())}
    person = next((row[one] for one in ("child", "adult", "person") if row.get(one)), None)
    if person is not None:
        return layout.label_of(name), str(names.get(person) or person)
    return layout.label_of(name), next((str(row[one]) for one in _SAYS_WHICH if row.get(one)), "")


_SAYS_WHICH = ("name", "label", "text", "value", "ref")
"""What of a row tells it from the others, the first that it has."""


def row_of(pointer: str, name: str) -> str:
    """Return the place of the row of a list that a place is in."""
    return "/".join(pointer.split("/")[: name.count("/") + 3])


def _asked(part: str, path: str) -> tuple[str, Field] | None:
    """Return the question that an answer is one to, with its flat path."""
    known = layout_of(DISCUSSION).answers_of(part)
    names = path.split("/")
    while names and "/".join(names) not in known:
        names.pop()
    return ("/".join(names), known["/".join(names)]) if names else None


def _changes(pointer: str, before: Mapping[str, str], content: Json) -> Iterator[Answered]:
    now = dict(_flat(_crossing(content, pointer)))
    part, inside = _part_at(pointer)
    for path in dict.fromkeys([*before, *now]):
        if mark(now.get(path)) != before.get(path, mark(None)):
            asked = _asked(part, f"{inside}/{path}".strip("/"))
            if asked is not None:
                yield Answered(part, asked[0], asked[1], now.get(path))


def _now_at(pointer: str, before: Mapping[str, str], content: Json, known: Collection[str]) -> Any:
    """Return what has become of what stood at a place, or None where it is gone.

    A row that is known by its number alone is looked for by what it held; in its place may stand another by now.
    """
    here = _crossing(content, pointer)
    path, _, number = pointer.strip("/").rpartition("/")
    if not number.isdigit() or _marks(here) == before:
        return here
    rows = (_crossing(content, place) for place, _ in each(content, path))
    moved = next((row for row in rows if _marks(row) == before), None)
    return moved if moved is not None or mark(here) in known else here


def changed_since(parts: Collection[Part], content: Json, version: int) -> list[Changed]:
    """Return what of a version of a briefing comes from lines that have changed in the discussion since.

    A change that only a later version has taken in is still one for this version.
    """
    found: dict[tuple[str, str, str], Changed] = {}
    taken = {pointer for part in parts if part.name != "source" for pointer in (part.origin or {}).get("marks", {})}
    known = known_rows(parts)
    for part in parts:
        origin = part.origin or {}
        is_taken_in_later = origin.get("taken_in", version) > version
        for pointer, before in origin.get("marks", {}).items():
            is_watched = part.name == "source"
            now = _now_at(pointer, before, content, known)
            if (is_watched and pointer in taken) or (_marks(now) == before and not is_taken_in_later):
                continue
            label, named = _line(pointer, content)
            gone = now is None
            if gone:
                named = next((str(part.body[one]) for one in _SAYS_WHICH if part.body.get(one)), named)
            answers = () if gone else tuple(_changes(pointer, before, content))
            part_id = "" if is_watched else part.id
            one = Changed(part_id, part.name, pointer, label, named, gone, answers)
            earlier = found.get((part_id, label, named))
            found[part_id, label, named] = one if earlier is None else earlier.with_more(one)
    return [*found.values(), *_new_since(parts, content)]


def _new_since(parts: Collection[Part], content: Json) -> Iterator[Changed]:
    """Yield the rows of the discussion that were not there when the briefing was started."""
    source = next((part.origin for part in parts if part.name == "source" and part.origin), None)
    if source is None:
        return
    pointers = [pointer for part in parts for pointer in (part.origin or {}).get("marks", {})]
    taken = {row_of(pointer, path) for path in LISTS for pointer in pointers if pointer.startswith(f"/{path}/")}
    known = known_rows(parts)
    for path in LISTS:
        for place, _ in each(content, path):
            if place not in taken and mark(_crossing(content, place)) not in known:
                yield Changed("", path, place, *_line(place, content), gone=False)
