"""The classes of the document are the contract's: the same names, kinds and codes, the same read, the same refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from referencing import Registry, Resource

from meetings import contract, seal, vocabulary
from meetings.documents import DISCUSSION, KINDS, Action, Child, DocumentKind
from meetings.profiles import POLICIES
from meetings.questions import Field, Kind, fields
from tests.any_record import EXAMPLES, documents, example, needed, steady
from tests.makers import Json, a_discussion

HERE = Path(__file__).parent
CONTRACT = HERE / "contract"
SCENARIOS = [
    *sorted((HERE / "scenarios" / "strategy").glob("*/meeting-*.json")),
    *sorted((HERE / "scenarios" / "briefings").glob("*[0-9].json")),
]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


# ── Walking classes and schema side by side ──────────────────────────────────────────────────────────────────────

SCHEMAS = {
    one["$id"]: one
    for one in (_read(CONTRACT / f"{name}.schema.json") for name in ("common", "strategy-discussion", "briefing"))
}

KIND_BY_REFERENCE = {
    "text": {Kind.WORDS, Kind.TEXT},
    "instant": {Kind.INSTANT},
    "date": {Kind.DATE},
    "duration": {Kind.DURATION},
    "uuid": {Kind.UUID},
    "sha256": {Kind.SHA256},
    "local_id": {Kind.LOCAL_ID, Kind.REFERENCE},
}
"""The named strings of the contract."""


def _name_of(schema: Json) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _opened(schema: Json) -> Json:
    """Return the schema that a reference stands for, joined with those it builds on."""
    if "$ref" in schema:
        address, _, _ = schema["$ref"].partition("#")
        schema = SCHEMAS[address]["$defs"][_name_of(schema)]
    joined = dict(schema)
    for base in map(_opened, schema.get("allOf", [])):
        joined["properties"] = {**base["properties"], **joined["properties"]}
        joined["required"] = [*base.get("required", []), *joined.get("required", [])]
    return joined


def _kinds(schema: Json) -> set[Kind]:
    """Return the kinds of answer that one value of the contract may be."""
    if _name_of(schema) in KIND_BY_REFERENCE:
        return KIND_BY_REFERENCE[_name_of(schema)]
    schema = _opened(schema)
    if "anyOf" in schema:  # a local id, or a keyword that looks like one
        return _kinds(schema["anyOf"][-1])
    by_word = {"enum": Kind.CODE, "const": Kind.SCHEMA, "properties": Kind.OBJECT}
    by_type = {"boolean": Kind.YES_NO, "integer": Kind.NUMBER, "string": Kind.RULE}
    return {kind for word, kind in by_word.items() if word in schema} or {by_type[schema["type"]]}


def _shapes() -> Iterator[tuple[DocumentKind, str, type, Json]]:
    """Yield each class of each kind of document once, with the first path at which it stands and its schema."""
    seen: set[type] = set()
    waiting = [(kind, "", kind.shape, SCHEMAS[kind.schema]) for kind in KINDS]
    while waiting:
        kind, path, shape, schema = waiting.pop(0)
        if shape in seen:
            continue
        seen.add(shape)
        schema = _opened(schema)
        yield kind, path, shape, schema
        for one in fields(shape):
            if one.kind is Kind.OBJECT:
                inner = schema["properties"][one.name]
                step = f"{path}/{one.name}" + ("/0" if one.many else "")
                waiting.append((kind, step, one.type, inner["items"] if one.many else inner))


SHAPES = list(_shapes())
each_shape = pytest.mark.parametrize(
    ("kind", "path", "shape", "schema"), SHAPES, ids=[shape.__name__ for _, _, shape, _ in SHAPES]
)


@each_shape
def test_a_class_has_the_names_of_the_contract(kind: DocumentKind, path: str, shape: type, schema: Json) -> None:
    assert {one.name for one in fields(shape)} == set(schema["properties"])
    assert schema.get("additionalProperties", schema.get("unevaluatedProperties")) is False


@each_shape
def test_a_class_needs_what_the_contract_needs(kind: DocumentKind, path: str, shape: type, schema: Json) -> None:
    assert {one.name for one in needed(shape)} == set(schema.get("required", []))


@each_shape
def test_each_field_is_of_the_contracts_kind(kind: DocumentKind, path: str, shape: type, schema: Json) -> None:
    for one in fields(shape):
        written = schema["properties"][one.name]
        assert one.many is (_opened(written).get("type") == "array"), one.name
        value = _opened(written)["items"] if one.many else written
        assert one.kind in _kinds(value), one.name
        assert one.question.unique is (one.many and written.get("uniqueItems", False)), one.name
        assert one.question.minimum == _opened(value).get("minimum", 0), one.name


@each_shape
def test_each_closed_list_holds_the_contracts_codes(kind: DocumentKind, path: str, shape: type, schema: Json) -> None:
    for one in fields(shape):
        if one.kind is Kind.CODE:
            written = schema["properties"][one.name]
            assert list(contract.codes(one.type)) == (written["items"] if one.many else written)["enum"], one.name


VOCABULARIES = _read(CONTRACT / "vocabulary.json")["vocabularies"]
OTHER_NAMES = {"medical": "MedicalNeed", "interview": "InterviewDecision"}
"""Lists whose class has a name of its own, because the class of the answers took theirs."""
NOT_IN_THE_VOCABULARY = {"BirthKind"}
"""Two codes that the contract writes out where they stand."""


def _class_of(name: str) -> Any:
    return getattr(vocabulary, OTHER_NAMES.get(name, name.title().replace("_", "")))


@pytest.mark.parametrize("name", VOCABULARIES)
def test_a_closed_list_has_the_contracts_codes_and_labels(name: str) -> None:
    written = [(one["code"], one["label"]) for one in VOCABULARIES[name]["codes"]]

    assert [(str(entry), entry.label) for entry in _class_of(name)] == written


def test_there_is_no_closed_list_of_our_own() -> None:
    lists = {one.__name__ for one in vocabulary.Code.__subclasses__()}

    assert lists - {_class_of(name).__name__ for name in VOCABULARIES} == NOT_IN_THE_VOCABULARY


@pytest.mark.parametrize("path", sorted((CONTRACT / "profiles").glob("*.json")), ids=lambda path: path.stem)
def test_a_policy_profile_is_the_contracts(path: Path) -> None:
    assert _read(POLICIES / path.name) == _read(path)


# ── Reading, and writing back ────────────────────────────────────────────────────────────────────────────────────

CHECKER = jsonschema.FormatChecker(formats=())


@CHECKER.checks("date", raises=ValueError)
def _is_a_date(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


@CHECKER.checks("date-time", raises=ValueError)
def _is_an_instant(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


@cache
def _validator(kind: DocumentKind = DISCUSSION) -> jsonschema.Draft202012Validator:
    """Return an independent reader of the contract's schemas."""
    registry: Registry[Any] = Registry().with_resources(
        [(address, Resource.from_contents(schema)) for address, schema in SCHEMAS.items()]
    )
    return jsonschema.Draft202012Validator(SCHEMAS[kind.schema], registry=registry, format_checker=CHECKER)


def _filled(shape: type) -> Json:
    """Return an object of this class in which every field is answered."""

    def answer(one: Field) -> Any:
        return _filled(one.type) if one.kind is Kind.OBJECT else example(one)

    return {one.name: [answer(one)] if one.many else answer(one) for one in fields(shape)}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_example_record_is_written_as_it_was_read(path: Path) -> None:
    document = _read(path)

    assert contract.write(contract.read(document)) == document


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_document_with_every_field_is_written_as_it_was_read(kind: DocumentKind) -> None:
    document = {**_filled(kind.shape), "schema": kind.schema}
    _validator(kind).validate(document)

    assert contract.write(contract.read(document)) == document


@pytest.mark.parametrize("document", [a_discussion()], ids=["the makers' record"])
def test_a_record_is_written_as_it_was_read(document: Json) -> None:
    _validator().validate(document)

    assert contract.write(contract.read(document)) == document


def test_a_section_that_was_opened_and_holds_nothing_is_still_there() -> None:
    document = a_discussion(fii={}, custody={"text": " "})

    read = contract.read(document)

    assert {"fii", "custody"} <= read.opened
    assert "fgm" not in read.opened
    assert contract.write(read) == a_discussion(fii={}, custody={})


# ── Refusing ─────────────────────────────────────────────────────────────────────────────────────────────────────

WRONG: list[Any] = [
    None,
    True,
    7,
    -1,
    1.9,
    2**53,
    "",
    "a word",
    "bell\u0007",
    "half \ud800",
    "\uffff",
    "PT",
    "P1W",
    "c1 ",
    "2026-02-30",
    "2026-1-1",
    "2026-W05-1",
    "2026-02-30T10:00:00+00:00",
    "2026-02-03T10:00:00",
    "2026-02-03T10:00+00:00",
    "2026-02-03T10:00:00.5+00:00",
    "2026-02-03t10:00:00z",
    "2026-02-03T10:00:00+25:00",
    "urn:uuid:0B3C1A52-6F0E-4D1C-9A57-2F7A6F3F1C01",
    "0F" * 32,
    "SD-1",
    [],
    [None],
    [True],
    [7],
    ["a word"],
    ["c1", "c1"],
    [[]],
    [{}],
    {},
    {"surprise": 1},
]
"""One of these is wrong for any kind of answer; some are right for some."""

STRICTER_ON_PURPOSE: set[tuple[str, str]] = {("version", str(2**53))}
"""Refused although the schema lets it pass: README, “Numbers are whole and smaller than 2^53”."""


def _around(path: str, value: Any, kind: DocumentKind = DISCUSSION) -> Json:
    """Return the smallest document of a kind that holds this value at the path."""
    shape_at = {(of, at): shape for of, at, shape, _ in SHAPES}
    way, _, last = path.rpartition("/")
    if last == "0":
        return _around(way, [value], kind)
    smallest = {one.name: example(one) for one in needed(shape_at[kind, way])}
    if not way:
        return {**smallest, "schema": kind.schema, last: value}
    return _around(way, {**smallest, last: value}, kind)


def _refusal(document: Json) -> contract.Refused | None:
    try:
        contract.check(document)
    except contract.Refused as refused:
        return refused
    return None


@each_shape
def test_what_the_schema_refuses_is_refused_with_its_path_and_nothing_else_is(
    kind: DocumentKind, path: str, shape: type, schema: Json
) -> None:
    for one in fields(shape):
        place = f"{path}/{one.name}"
        for wrong in WRONG:
            document = _around(place, wrong, kind)
            valid = _validator(kind).is_valid(document)
            refusal = _refusal(document)
            if (place.removeprefix("/"), str(wrong)) in STRICTER_ON_PURPOSE:
                valid = False
            assert (refusal is None) is valid, f"{place}: {wrong!r}: {refusal}"
            if refusal is not None and place != "/schema":
                assert place.removeprefix("/") in str(refusal), f"{place}: {wrong!r}: {refusal}"


@each_shape
def test_a_name_that_the_contract_does_not_define_is_refused(
    kind: DocumentKind, path: str, shape: type, schema: Json
) -> None:
    refusal = _refusal(_around(f"{path}/surprise", "x", kind))

    assert refusal is not None
    where = f"{path}/surprise".removeprefix("/")
    assert (where, "is not a name that the contract defines") in refusal.faults


@each_shape
def test_what_the_contract_needs_must_be_there(kind: DocumentKind, path: str, shape: type, schema: Json) -> None:
    for name in schema.get("required", []):
        document = _around(f"{path}/{name}", "x", kind)
        inside: Any = document
        for step in path.split("/")[1:]:
            inside = inside[0] if step == "0" else inside[step]
        del inside[name]

        refusal = _refusal(document)

        assert refusal is not None
        if name == "schema":
            assert str(refusal) == "The document does not say which contract it follows: ‘schema’ is missing."
        else:
            assert (f"{path}/{name}".removeprefix("/"), "is missing") in refusal.faults


TIME = "a time with seconds and offset such as 2026-12-02T14:10:00+00:00"
SOURCES = "1A, 1B, 1C, 1D, 2A, 2B, 3A, 3B, 3C, 3D, 3E, 3F, 4, 5A, 5B, 5C, 5D, 6, 7, 8, 9, 10"

SENTENCES: list[tuple[Json, str]] = [
    ({"meeting": {"venue": "Room 2"}}, "meeting/venue: is not a name that the contract defines"),
    ({"review": {"next_at": None}}, "review/next_at: is null; leave the name out instead"),
    ({"children": [{"kind": "born"}]}, "children/0/id: is missing"),
    ({"children": {}}, "children: is not a list"),
    ({"meeting": []}, "meeting: is not an object"),
    ({"title": 7}, "title: ‘7’ is not text"),
    ({"contingencies": ["x\ny\u0007"]}, "contingencies/0: line 2 holds a character that cannot be shown: U+0007"),
    ({"version": 1.9}, "version: ‘1.9’ is not a whole number"),
    ({"version": True}, "version: ‘true’ is not a whole number"),
    ({"version": 0}, "version: ‘0’ is not between 1 and 9007199254740991"),
    ({"sharing": {"consent_sought": "yes"}}, "sharing/consent_sought: ‘yes’ is neither true nor false"),
    (
        {"children": [{"id": "c1", "born_on": "2026-02-30"}]},
        "children/0/born_on: ‘2026-02-30’ is not a date such as 2026-12-02",
    ),
    (
        {"meeting": {"started_at": "2027-01-05T09:30:00"}},
        f"meeting/started_at: ‘2027-01-05T09:30:00’ is not {TIME}",
    ),
    ({"meeting": {"mode": "fax"}}, "meeting/mode: ‘fax’ is not a known code: use in_person, video, telephone, mixed"),
    ({"referral": {"agency": "school"}}, "referral/agency: ‘school’ is not a known code"),
    ({"referral": {"source": "2C"}}, f"referral/source: ‘2C’ is not a known code: use {SOURCES}"),
    ({"meeting": {"chair": "the chair"}}, "meeting/chair: ‘the chair’ is not a local id such as c1"),
    ({"concerns": ["fgm", "fgm"]}, "concerns: holds an entry twice"),
    (
        {"outcomes": [{"child": "c1", "factors": ["18A"]}]},
        "outcomes/0/factors/0: ‘18A’ must no longer be used: use 18B (harm by a child) or 18C (by an adult)",
    ),
    (
        {"outcomes": [{"child": "c1", "factors": ["19A"]}]},
        "outcomes/0/factors/0: ‘19A’ must no longer be used: use 19B (harm by a child) or 19C (by an adult)",
    ),
    (
        {"exceptions": [{"rule": "SD-1"}]},
        "exceptions/0/rule: ‘SD-1’ is not the id of a rule such as SD-021",
    ),
    (
        {"actions": [{"id": "A01"}]},
        "actions/0/id: ‘A01’ is not an identifier such as urn:uuid:0b3c1a52-6f0e-4d1c-9a57-2f7a6f3f1c01",
    ),
    (
        {"actions": [{"id": EXAMPLES[Kind.UUID], "deadline": {"within": "soon"}}]},
        "actions/0/deadline/within: ‘soon’ is not a duration such as PT4H",
    ),
    (
        {"supersedes": {"content_sha256": "FF"}},
        "supersedes/content_sha256: ‘FF’ is not a SHA-256 in lower-case hexadecimal",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_a_refusal_says_where_and_why(changes: Json, sentence: str) -> None:
    with pytest.raises(contract.Refused) as refused:
        contract.read({**_around("/version", 1), **changes})

    assert str(refused.value) == f"The document cannot be read: {sentence}."


def test_a_long_list_of_faults_is_cut_short() -> None:
    with pytest.raises(contract.Refused, match=r"children/0/id: is missing; .*; and 5 more\.$") as refused:
        contract.read(a_discussion(children=[{}] * 25))

    assert len(refused.value.faults) == 25


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "The document is not a JSON object."),
        ({}, "The document does not say which contract it follows: ‘schema’ is missing."),
        (
            {"schema": "urn:accord:minutes:1"},
            "The contract ‘urn:accord:minutes:1’ is not one that can be read; "
            "urn:accord:strategy-discussion:1 and urn:accord:briefing:1 are.",
        ),
    ],
    ids=["a list", "no schema", "another contract"],
)
def test_what_is_no_record_of_a_discussion_is_refused(document: Any, sentence: str) -> None:
    with pytest.raises(contract.Refused, match=f"^{re.escape(sentence)}$"):
        contract.read(document)


DEEPEST = '{"a":' * 31 + "[]" + "}" * 31


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"\xef\xbb\xbf{}", "The document starts with a byte order mark; save it as UTF-8 without one."),
        (b'{"title": "caf\xe9"}', "The document is not UTF-8 text."),
        (b"\xff\xfe{\x00}\x00", "The document is not UTF-8 text."),
        ('{"a": 1, "b": 2, "a": 3}', "The name ‘a’ occurs twice in one object."),
        ('{"a": {"b": [{"c": 1, "c": 1}]}}', "The name ‘c’ occurs twice in one object."),
        ('{"a": NaN}', "NaN is not a number that a document can hold."),
        ('{"a": [-Infinity]}', "-Infinity is not a number that a document can hold."),
        ('{"a": [' * 16 + "[]" + "]}" * 16, "The document is nested deeper than 32 levels."),
        ("[" * 100_000, "The document is nested deeper than 32 levels."),
        ('{"a": "' + "x" * 5_000_000 + '"}', "The document is longer than 5 MB."),
        ("{'a': 1}", "The document is not JSON: line 1, column 2."),
        ('{"a": 1}\n{"b": 2}', "The document is not JSON: line 2, column 1."),
        ('{"a": "tab\there"}', "The document is not JSON: line 1, column 11."),
        ("", "The document is not JSON: line 1, column 1."),
        ('{"a": ' + "9" * 5_000 + "}", "The document is not JSON that can be read."),
    ],
    ids=lambda raw: repr(raw[:30]),
)
def test_what_is_not_json_is_refused(raw: bytes | str, sentence: str) -> None:
    with pytest.raises(contract.Refused) as refused:
        contract.read_json(raw)

    assert str(refused.value) == sentence


@pytest.mark.parametrize("written", ["1.0", "1e0", "10E-1"])
def test_a_whole_number_may_be_written_with_a_point_or_an_exponent(written: str) -> None:
    as_text = json.dumps(a_discussion()).replace('"version": 1,', f'"version": {written},', 1)
    document = contract.read_json(as_text)

    assert contract.read(document).version == 1
    assert seal.content_sha256(document) == seal.content_sha256(a_discussion())


@pytest.mark.parametrize("written", ["1.5", "1e400", "-1.0", "1e17"])
def test_what_is_no_whole_number_that_is_kept_exactly_is_refused(written: str) -> None:
    as_text = json.dumps(a_discussion()).replace('"version": 1,', f'"version": {written},', 1)

    with pytest.raises(contract.Refused, match="version: "):
        contract.read(contract.read_json(as_text))


@pytest.mark.parametrize("raw", [DEEPEST, '{"a": "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\"[[[["}', b"{}"])
def test_what_is_deep_only_in_its_text_is_read(raw: bytes | str) -> None:
    assert contract.read_json(raw) == json.loads(raw)


def test_half_a_character_written_as_an_escape_is_refused() -> None:
    document = contract.read_json(json.dumps(a_discussion(title="\ud83d")))

    with pytest.raises(contract.Refused, match="title: line 1 holds a character that cannot be shown: U\\+D83D"):
        contract.read(document)


# ── Canonical form ───────────────────────────────────────────────────────────────────────────────────────────────

plain_text = st.text(st.characters(exclude_categories=("Cs",)))
plain_json = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | plain_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain_text, inner, max_size=4),
    max_leaves=20,
)


@steady
@given(plain_json)
def test_the_canonical_form_is_that_of_an_independent_library(value: Any) -> None:
    assert seal.canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_canonical_form_of_a_record_is_that_of_an_independent_library(path: Path) -> None:
    assert seal.canonical(_read(path)) == rfc8785.dumps(_read(path))


# ── Any document at all ──────────────────────────────────────────────────────────────────────────────────────────


@steady
@given(documents(Child), documents(Action))
def test_whatever_is_read_is_written_again(child: Json, action: Json) -> None:
    document = a_discussion(children=[child], actions=[action])
    _validator().validate(document)

    assert contract.write(contract.read(document)) == _without_empty_sections(document)


def _without_empty_sections(value: Any) -> Any:
    """Leave out an object in which nothing is answered."""
    if isinstance(value, dict):
        kept = {name: _without_empty_sections(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner != {} or name == "restricted"}
    return [_without_empty_sections(inner) for inner in value] if isinstance(value, list) else value
