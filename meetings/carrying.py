"""What a briefing takes over from a strategy discussion, part by part, each with where it stood there.

Nothing restricted crosses unless somebody chose it. What was taken over and has changed since is found by its place and
a mark of what stood there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from meetings.parts import Json
from meetings.seal import canonical
from meetings.vocabulary import ACTION_ENDED, Agency, Decision, ReferenceKind

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


@dataclass(frozen=True)
class Carried:
    """One part of a new briefing, and where in the discussion it comes from (`/children/c1`)."""

    name: str
    body: Json
    pointer: str


@dataclass(frozen=True)
class Restricted:
    """A restricted item of a discussion, which crosses only if it is chosen."""

    pointer: str
    words: str
    reason: str


def _rows(content: Json, path: str) -> list[Json]:
    section, _, name = path.rpartition("/")
    rows: list[Json] = (content.get(section, {}) if section else content).get(name) or []
    return rows


def _place(path: str, number: int, row: Json) -> str:
    """Return where a row stands: by its own name where it has one, so that moving it changes nothing."""
    return f"/{path}/{row.get('id', number)}"


def each(content: Json, path: str) -> Iterator[tuple[str, Json]]:
    """Yield the rows of a list with their places."""
    for number, row in enumerate(_rows(content, path)):
        yield _place(path, number, row), row


def value_of(content: Json, pointer: str) -> Any:
    """Return what stands at a place of a document, or None where it is gone."""
    names = pointer.strip("/").split("/")
    value: Any = content
    for name in names:
        if isinstance(value, list):
            by_id = {str(row.get("id", number)): row for number, row in enumerate(value)}
            value = by_id.get(name)
        else:
            value = value.get(name) if isinstance(value, dict) else None
    return value


def mark(value: Any) -> str:
    """Return a short mark of a value, to see later whether it has changed."""
    return hashlib.sha256(canonical(value)).hexdigest()[:32]


def restricted_items(content: Json) -> list[Restricted]:
    """Return the items of a discussion that cross only if they are chosen."""
    return [
        Restricted(place, str(row.get("text") or row.get("label") or ""), str(row["restricted"].get("reason", "")))
        for path in RESTRICTED_LISTS
        for place, row in each(content, path)
        if "restricted" in row
    ]


def _may_cross(place: str, row: Json, chosen: Collection[str]) -> bool:
    return "restricted" not in row or place in chosen


def _title(content: Json) -> str:
    subjects = [one for one in content.get("children", ()) if one.get("subject")]
    names = ", ".join(str(one["name"]) for one in subjects if one.get("name"))
    has_plan = any(one.get("plan", {}).get("status") == "current" for one in subjects)
    is_missing = bool(content.get("missing", {}).get("now"))
    said = [names, *(["child protection plan"] if has_plan else []), *(["missing"] if is_missing else [])]
    return " - ".join(one for one in said if one)


def carry(content: Json, content_sha256: str, chosen: Collection[str] = ()) -> list[Carried]:
    """Return the parts of a new briefing about a discussion, with the restricted items that were chosen.

    The references of actions are left to whoever keeps them: a briefing numbers its own.
    """
    source = {"ref": content["ref"], "id": content["id"], "version": content["version"]}
    found = [
        Carried("briefing", _top(content), ""),
        Carried("source", {**source, "content_sha256": content_sha256}, ""),
    ]
    if "marking" in content:
        found.append(Carried("marking", {**content["marking"], "family_may_have": False}, "/marking"))
    link = {"kind": str(ReferenceKind.STRATEGY_DISCUSSION), "value": content["ref"]}
    found += [Carried("links", row, place) for place, row in each(content, "links")]
    found.append(Carried("links", link, ""))
    found += _people(content)
    for path in ("places", "information/lines"):
        found += [Carried(path, row, place) for place, row in each(content, path) if _may_cross(place, row, chosen)]
    if "missing" in content:
        gone = ("episodes", "response")
        body = {name: value for name, value in content["missing"].items() if name not in gone}
        found.append(Carried("missing", body, "/missing"))
        found += [Carried("missing/episodes", row, place) for place, row in each(content, "missing/episodes")]
    found += _decisions(content)
    found += [
        Carried("actions", {name: value for name, value in row.items() if name not in ("id", "ref", "after")}, place)
        for place, row in each(content, "actions")
        if row.get("status") not in ACTION_ENDED and _may_cross(place, row, chosen)
    ]
    return [*found, *_communications(content)]


def _top(content: Json) -> Json:
    top = {"title": _title(content)}
    return top | ({"contingencies": content["contingencies"]} if content.get("contingencies") else {})


def _people(content: Json) -> Iterator[Carried]:
    voices = {one["child"]: one.get("voice", {}).get("text") for one in content.get("outcomes", ())}
    for place, row in each(content, "children"):
        if row.get("subject"):
            voice = {"voice": voices[row["id"]]} if voices.get(row["id"]) and "voice" not in row else {}
            yield Carried("children", {**row, **voice}, place)
    for path in ("adults", "professionals"):
        for place, row in each(content, path):
            yield Carried(path, {name: value for name, value in row.items() if name not in ONLY_IN_A_MEETING}, place)


def _decisions(content: Json) -> Iterator[Carried]:
    """What was decided for each child, as an event, and its analysis as a risk; why now, and what is known."""
    names = {one["id"]: one.get("name", one["id"]) for one in content.get("children", ())}
    held_on = content.get("meeting", {}).get("started_at", "")[:10]
    summaries = []
    for number, one in enumerate(content.get("outcomes", ())):
        place = f"/outcomes/{number}"
        decision = one.get("decision", {})
        if "code" in decision and held_on:
            said = f"{names.get(one['child'], one['child'])}: {Decision.of(decision['code']).label}."
            text = " ".join(filter(None, (said, decision.get("reason", ""))))
            yield Carried("information/chronology", {"on": held_on, "text": text}, f"{place}/decision")
        if one.get("analysis"):
            summaries.append(one["analysis"])
            measures = "; ".join(str(row["text"]) for row in one.get("immediate_safety", ()) if row.get("text"))
            risk = {"who": [one["child"]], "threat": one["analysis"], **({"controls": measures} if measures else {})}
            yield Carried("risk_assessment/risks", risk, f"{place}/analysis")
    information = {
        "summary": "\n".join(dict.fromkeys(summaries)),
        "why_now": content.get("referral", {}).get("text", "")
        if "restricted" not in content.get("referral", {})
        else "",
    }
    if kept := {name: value for name, value in information.items() if value}:
        yield Carried("information", kept, "/referral")


def _communications(content: Json) -> Iterator[Carried]:
    secrets = content.get("criminal_investigation", {}).get("do_not_disclose")
    names = {one["id"]: one.get("name", one["id"]) for one in content.get("adults", ())}
    told = [
        f"{names.get(one.get('adult'), '')}: {one['text']}" for one in content.get("telling", ()) if one.get("text")
    ]
    body = {**({"do_not_disclose": secrets} if secrets is not None else {})}
    if told:
        body["tell_family"] = "\n".join(told)
    if body:
        yield Carried("communications", body, "/telling")
    on_call = [
        (ON_CALL[Agency.of(row["agency"])], place, row)
        for place, row in each(content, "professionals")
        if row.get("agency") in ON_CALL and row.get("contact", {}).get("out_of_hours")
    ]
    for _, place, row in sorted(on_call, key=lambda one: one[0]):
        who = ", ".join(filter(None, (row.get("name"), row.get("role"))))
        call = {"agency": row["agency"], "who": who, "number": row["contact"]["out_of_hours"]}
        yield Carried("communications/call_first", call, place)
    interpreting = content.get("interpreting")
    if interpreting:
        yield Carried("administration", {"interpreting": interpreting}, "/interpreting")


@dataclass(frozen=True)
class Changed:
    """A line of the discussion that is no longer as it was when the briefing took it over."""

    part_id: str
    part: str
    pointer: str
    gone: bool


def changed_since(parts: Collection[Any], content: Json) -> list[Changed]:
    """Return what of a briefing comes from lines that have changed in the discussion since."""
    found = []
    for part in parts:
        if part.origin and part.origin["pointer"]:
            now = value_of(content, part.origin["pointer"])
            if mark(now) != part.origin["mark"]:
                found.append(Changed(part.id, part.name, part.origin["pointer"], now is None))
    return found
