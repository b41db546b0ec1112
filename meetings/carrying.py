"""What a briefing takes over from a strategy discussion, part by part, each with where it stood there.

Nothing restricted crosses unless somebody chose it. What has changed since is found in `changed_since.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from meetings.namesakes import names_in
from meetings.parts import Json
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


def crossing(content: Json, pointer: str) -> Any:
    """Return what stands at a place, less what is said there for the meeting only."""
    value = value_of(content, pointer)
    apart: tuple[str, ...] = ("episodes", "response") if pointer == "/missing" else ()
    if isinstance(value, dict) and pointer.startswith("/professionals/"):
        apart = ONLY_IN_A_MEETING
    return {name: inner for name, inner in value.items() if name not in apart} if apart and value else value


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
    names = names_in(content)
    found += [
        Choice(place, names.get(row["id"]) or str(row["id"]), str(row.get("reason", "")), is_restricted=False)
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
    if missing := crossing(content, "/missing"):
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
