"""The actions of a record as data, and the record itself as data. Shapes are those of the contract."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from exports.copies import Copy
from exports.word import ACTIONS_SCHEMA
from meetings.documents import Action
from meetings.questions import Kind, fields
from meetings.seal import canonical
from meetings.vocabulary import Audience

_OF_A_CHILD = ("id", "kind", "name", "other_script", "links")
_OF_AN_ADULT = ("id", "name", "other_script")
_OF_A_PROFESSIONAL = ("id", "kind", "name", "agency", "organisation", "role", "contact")

Json = dict[str, Any]


def _named(shape: type, body: Json) -> Iterator[str]:
    for one in fields(shape):
        value = body.get(one.name)
        if value is None:
            continue
        if one.kind is Kind.REFERENCE:
            yield from value if one.many else [value]
        elif one.kind is Kind.OBJECT:
            for inner in value if one.many else [value]:
                yield from _named(one.type, inner)


def _people(cut: Json, name: str, keys: tuple[str, ...], wanted: set[str]) -> list[Json]:
    return [{key: one[key] for key in keys if key in one} for one in cut.get(name, ()) if one["id"] in wanted]


def actions_document(copy: Copy, minutes_sha256: str | None = None, minutes_file: str | None = None) -> Json:
    """Return the actions that this reader may have, with only the people they name.

    Without the two that name the Word file it is what the Word file itself can hold.
    """
    cut = copy.cut
    actions = cut.get("actions", []) if copy.reader.audience is not Audience.PARENT else []
    source: Json = {name: cut[name] for name in ("schema", "id", "ref", "version", "status") if name in cut}
    source["content_sha256"] = copy.content_sha256
    if minutes_sha256 is not None:
        source["minutes_sha256"] = minutes_sha256
    if minutes_file is not None:
        source["minutes_file"] = minutes_file
    own_id = uuid.uuid5(uuid.UUID(cut["id"].removeprefix("urn:uuid:")), f"{cut['version']}/{copy.reader}")
    document: Json = {
        "schema": ACTIONS_SCHEMA,
        "id": f"urn:uuid:{own_id}",
        "audience": str(copy.reader.audience),
        "from": source,
    }
    if "marking" in cut:
        document["marking"] = cut["marking"]
    wanted = {who for action in actions for who in _named(Action, action)}
    for name, keys in (("children", _OF_A_CHILD), ("adults", _OF_AN_ADULT), ("professionals", _OF_A_PROFESSIONAL)):
        if people := _people(cut, name, keys, wanted):
            document[name] = people
    document["actions"] = actions
    return document


def actions_json(copy: Copy, minutes_sha256: str | None = None, minutes_file: str | None = None) -> bytes:
    """Return the actions file, in canonical form. Raises CopyRefused."""
    return canonical(actions_document(copy, minutes_sha256, minutes_file))


def record_json(copy: Copy) -> bytes:
    """Return the record itself, with sign-offs and integrity as of now, in canonical form."""
    return canonical(copy.document)
