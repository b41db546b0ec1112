"""What is still needed as pages show it: level by level, with words for each place and a link to its field.

Also the one line that stands for a row. Blocks and their fields are in `showing.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from flask import url_for

from forms.asking import called, name_of
from forms.blueprint import bp
from forms.keeping import TOP_OF_CHILD
from meetings.briefing_facts import band
from meetings.contract import codes
from meetings.documents import BRIEFING, DocumentKind
from meetings.guides import GUIDES, Block, Step, step_of
from meetings.namesakes import called_as, names_of
from meetings.parts import Layout, Part
from meetings.record import Record
from meetings.rules import CATALOGUE, Finding, Level
from meetings.vocabulary import Agency, Article, Audience, Code, LineKind, Presence, ReferenceKind, Tell

CHILDREN_STEP = "decisions"
"""The step that has a page for each child."""
NEW_ROW = "New, nothing recorded yet"


@dataclass(frozen=True)
class Need:
    """A finding as a page shows it: with the step it is on and links to its places."""

    finding: Finding
    step: Step
    links: list[tuple[str, str]]

    @property
    def address(self) -> str:
        """Where the first place is."""
        return self.links[0][1]


LEVELS = (
    (Level.BLOCK, "Still needed before it can be final"),
    (Level.WARN, "To think about"),
    (Level.EXCEPTED, "Passed over by a manager"),
    (Level.INFO, "Good to know"),
)
"""The levels of what is still needed, in the order and the words in which pages show them."""


@bp.app_template_global()
def by_level(needs: Iterable[Need], first: Step | None = None) -> list[tuple[str, str, list[Need]]]:
    """Return what is needed, level by level with the words for each; what is on that step comes first."""
    mine: dict[Level, tuple[list[Need], list[Need]]] = {level: ([], []) for level, _ in LEVELS}
    for need in needs:
        here, elsewhere = mine[need.finding.level]
        (here if need.step is first else elsewhere).append(need)
    return [(str(level), words, [*mine[level][0], *mine[level][1]]) for level, words in LEVELS if any(mine[level])]


@bp.app_template_filter("blocks")
def blocks(needs: Iterable[Need]) -> int:
    """Return how many of the needs stop a record."""
    return sum(one.finding.level is Level.BLOCK for one in needs)


def needs_of(record: Record, findings: Iterable[Finding]) -> list[Need]:
    """Return the findings of a record with links to their fields."""
    found = []
    for finding in findings:
        links = [link_to(record, pointer) for pointer in finding.places]
        found.append(Need(finding, _step_of(record, finding.places[0]), links))
    return found


def _step_of(record: Record, pointer: str) -> Step:
    if pointer.strip("/").split("/")[0] == "signoff":
        return GUIDES[record.kind][-1]
    address = record.address_of(pointer)
    return step_of(record.kind, address.part, address.path)


@lru_cache(maxsize=1024)
def _first_path(layout: Layout, part: str, path: str) -> str:
    known = [one for one, asked in layout.answers_of(part).items() if asked.asked]
    if path in known:
        return path
    return next((one for one in known if one.startswith(f"{path}/") or not path), "")


@cache
def _block_of(kind: DocumentKind, part: str) -> Block | None:
    return next((one for step in GUIDES[kind] for one in step.blocks if one.part == part), None)


def _also(record: Record, part: str) -> dict[str, str]:
    """Return what a link says so that a block is shown that this discussion does not call for."""
    block = _block_of(record.kind, part)
    return {"also": part} if block is not None and block.opening and not block.is_called(record.document) else {}


def link_to(record: Record, pointer: str) -> tuple[str, str]:
    """Return words for a place of the record, and where its field is."""
    if pointer.strip("/").split("/")[0] == "signoff":
        if record.kind is BRIEFING:
            return "Read and approve", url_for("forms.approval", reference=record.reference)
        return "Read back and confirm", url_for("forms.read_back", reference=record.reference)
    address = record.address_of(pointer)
    step = step_of(record.kind, address.part, address.path)
    where: dict[str, Any] = {"reference": record.reference, "key": step.key, **_also(record, address.part)}
    if address.part in record.layout.lists:
        list_label = record.layout.question_of_list(address.part).question.label
        row = record.part(address.part_id) if address.part_id else None
        if address.part == "outcomes":
            return _link_to_child(record, row, address.path)
        if row is None:
            return list_label, url_for("forms.step", **where, _anchor=f"list:{address.part}")
        path = _first_path(record.layout, address.part, address.path)
        label = record.layout.answers_of(address.part)[path].question.label if path else list_label
        anchor = f"{row.id}:{path}"
        return f"{row_title(record, row)}: {label}", url_for("forms.step", **where, open=row.id, _anchor=anchor)
    path = _first_path(record.layout, address.part, address.path)
    key = address.part
    label = record.layout.answers_of(address.part)[path].question.label if path else step.title
    return label, url_for("forms.step", **where, _anchor=f"{key}:{path}")


def _link_to_child(record: Record, row: Part | None, path: str) -> tuple[str, str]:
    if row is None:
        decided = {one.body.get("child") for one in record.rows("outcomes")}
        child = next((one for one in record.document.subjects if one.id not in decided), None)
        if child is None:
            return "Each child", url_for("forms.step", reference=record.reference, key=CHILDREN_STEP)
        where = url_for("forms.child", reference=record.reference, child=child.id)
        return f"{called(child, record.document)}: nothing recorded yet", where
    child_id = row.body["child"]
    known = _first_path(record.layout, "outcomes", path)
    label = record.layout.answers_of("outcomes")[known].question.label if known else "Decision"
    anchor = f"{TOP_OF_CHILD}:{known}"
    where = url_for("forms.child", reference=record.reference, child=child_id, _anchor=anchor)
    return f"{name_of(record.document, child_id)}: {label}", where


def row_title(record: Record, row: Part) -> str:
    """Return the one line that stands for a closed row: enough to find it among many without opening it."""
    body = row.body
    name = called_as(names_of(record.document), body.get("id", ""), body.get("name", ""))
    match row.name:
        case "actions":
            owner = name_of(record.document, body.get("owner"))
            number = body.get("ref", "").rpartition("-")[2]
            return " ".join(filter(None, [number, body.get("text", ""), f"({owner})" if owner else ""])) or NEW_ROW
        case "information/lines":
            said = body.get("text") or (LineKind.of(body["kind"]).label if body.get("kind") else "")
            return ": ".join(filter(None, [_label(Agency, body.get("agency")), said])) or NEW_ROW
        case "professionals":
            role = body.get("role", "")
            who = ", ".join(dict.fromkeys(filter(None, [name, "" if f"({role})" in name else role])))
            took = _label(Presence, body.get("presence"))
            return " · ".join(filter(None, [who, _label(Agency, body.get("agency")), took])) or NEW_ROW
        case "adults":
            return ", ".join(filter(None, [name, body.get("relation", "")])) or NEW_ROW
        case "telling":
            told = _label(Tell, body.get("tell"))
            return ": ".join(filter(None, [name_of(record.document, body.get("adult")), told])) or NEW_ROW
        case "circulation":
            copy = _label(Audience, body.get("audience"))
            return ": ".join(filter(None, [name_of(record.document, body.get("to")), copy])) or NEW_ROW
        case "links":
            kind = _label(ReferenceKind, body.get("kind"))
            return ": ".join(filter(None, [kind, body.get("value", "")])) or NEW_ROW
        case "information/vehicles":
            return " ".join(filter(None, (body.get("registration", ""), body.get("text", "")))) or NEW_ROW
        case "information/phones":
            return (
                ": ".join(filter(None, (name_of(record.document, body.get("of")), body.get("number", "")))) or NEW_ROW
            )
        case "method/powers":
            return ", ".join(filter(None, (body.get("provision", ""), body.get("instrument", "")))) or NEW_ROW
        case "risk_assessment/risks":
            return " · ".join(filter(None, (body.get("threat", ""), _score_words(body)))) or NEW_ROW
        case "communications/call_first":
            return ": ".join(filter(None, (body.get("who", ""), body.get("number", "")))) or NEW_ROW
        case "communications/other_forces":
            return body.get("organisation") or NEW_ROW
        case "human_rights/articles":
            return ": ".join(filter(None, (_label(Article, body.get("article")), body.get("whose", "")))) or NEW_ROW
        case "exceptions":
            rule = CATALOGUE.get(body["rule"])
            return f"{body['rule']}{f': {rule.says}' if rule else ''}"
    if name:
        return str(name)
    for said in ("label", "ref", "text"):
        if body.get(said):
            return str(body[said])
    named = next((body[name] for name in ("by", "child", "person") if body.get(name)), None)
    return name_of(record.document, named) or NEW_ROW


def _score_words(body: dict[str, Any]) -> str:
    score = body.get("score")
    return f"{score} {band(score)}" if score else ""


def _label(vocabulary: type[Code], code: str | None) -> str:
    """Return what people call a code, or nothing where none is chosen."""
    return codes(vocabulary)[code].label if code in codes(vocabulary) else ""
