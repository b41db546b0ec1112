"""The written form of a document: reading foreign JSON, refusing what cannot be read, building objects, writing them.

Foreign documents (import, judge) are checked by marshmallow schemas made from the classes of `documents.py`, and are
refused with the path and the reason of every fault. What the store kept was checked once and is built without a second
check. Hashes are in `seal.py` and are taken over JSON as read, never as written again.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

import marshmallow
from marshmallow import ValidationError
from marshmallow import fields as readers

from meetings.documents import KINDS, Document, DocumentKind, Opened, kind_of_schema
from meetings.folding import is_filled
from meetings.questions import Field, Kind, fields
from meetings.vocabulary import Factor

MAX_BYTES = 5_000_000
"""Longest document that is read."""
MAX_DEPTH = 32
"""Deepest nesting of objects and lists that is read."""
ENVELOPE_DEPTH = 2
"""How much deeper a document may stand in a line of a batch (`{"history": [document]}`)."""
MAX_NUMBER = 2**53 - 1
"""Largest whole number that every JSON reader keeps exactly."""
MAX_FAULTS_SHOWN = 20

FACTORS_INSTEAD = {"18A": (Factor.F18B, Factor.F18C), "19A": (Factor.F19B, Factor.F19C)}
"""Assessment factors that the census forbids (8945Q, 8950Q), and the two that each was divided into."""

UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that no record holds: controls other than tab and newline, lone surrogates, U+FFFE and U+FFFF."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DURATION = re.compile(r"P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?", re.ASCII)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LOCAL_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}", re.ASCII)
_RULE = re.compile(r"SD-\d{3}|IIM-[A-Z]{3}-\d\d", re.ASCII)

Json = dict[str, Any]
Shape = TypeVar("Shape")


class Refused(Exception):
    """A document that cannot be read. `faults` are pairs of path and reason; the message is one sentence."""

    def __init__(self, sentence: str, faults: list[tuple[str, str]] | None = None) -> None:
        """Carry the sentence, and each fault with its path where there are any."""
        super().__init__(UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", re.sub("[\n\t]", " ", sentence)))
        self.faults = faults or []


# ── Reading JSON ─────────────────────────────────────────────────────────────────────────────────────────────────


def _no_doubles(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise Refused(f"The name ‘{double}’ occurs twice in one object.")
    return found


def _no_constant(name: str) -> Any:
    raise Refused(f"{name} is not a number that a document can hold.")


def _number(written: str) -> float:
    """Return a number with a point or an exponent; 1.0 and 1e0 are the whole number 1, as JSON says."""
    number = float(written)
    return int(number) if number.is_integer() and abs(number) <= MAX_NUMBER else number


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether objects and lists are nested in each other deeper than so many levels."""
    if not isinstance(value, dict | list):
        return False
    if levels == 0:
        return True
    inside = value.values() if isinstance(value, dict) else value
    return any(_is_deeper(one, levels - 1) for one in inside if isinstance(one, dict | list))


def read_json(raw: bytes | str, *, documents: int = 1) -> Any:
    """Return the JSON value in `raw`: one document, or an envelope that holds up to so many.

    Raises Refused: too long, not UTF-8, not JSON, nested too deep, a name twice in one object.
    """
    size = len(raw) if isinstance(raw, bytes) else len(raw.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES * documents:
        raise _too_long()
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    except UnicodeDecodeError:
        raise Refused("The document is not UTF-8 text.") from None
    if text.startswith("\ufeff"):
        raise Refused("The document starts with a byte order mark; save it as UTF-8 without one.")
    levels = MAX_DEPTH + (ENVELOPE_DEPTH if documents > 1 else 0)
    try:
        read = json.loads(text, object_pairs_hook=_no_doubles, parse_constant=_no_constant, parse_float=_number)
        is_too_deep = _is_deeper(read, levels)
    except json.JSONDecodeError as fault:
        raise Refused(f"The document is not JSON: line {fault.lineno}, column {fault.colno}.") from None
    except ValueError:
        raise Refused("The document is not JSON that can be read.") from None
    except RecursionError:
        is_too_deep = True
    if is_too_deep:
        raise Refused(f"The document is nested deeper than {MAX_DEPTH} levels.")
    return read


def _too_long() -> Refused:
    return Refused(f"The document is longer than {MAX_BYTES // 1_000_000} MB.")


def refuse_if_too_long(data: Any) -> None:
    """Refuse a document of an envelope that is longer, written as briefly as can be, than one alone may be."""
    if len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise _too_long()


# ── Checking a foreign document ──────────────────────────────────────────────────────────────────────────────────


def fault_of_text(value: str) -> str | None:
    """Return what is wrong with a text that holds a character no record can hold, or None."""
    bad = UNPRINTABLE.search(value)
    if bad is None:
        return None
    line = value.count("\n", 0, bad.start()) + 1
    return f"line {line} holds a character that cannot be shown: U+{ord(bad[0]):04X}"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=True)
    text = UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"‘{text if len(text) <= 60 else text[:57] + '…'}’"


def _checked_text(value: Any, _field: Field) -> None:
    if not isinstance(value, str):
        raise ValidationError(f"{_shown(value)} is not text")
    if fault := fault_of_text(value):
        raise ValidationError(fault)


def _matches(pattern: re.Pattern[str], words: str) -> Callable[[Any, Field], None]:
    def check(value: Any, _field: Field) -> None:
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            raise ValidationError(f"{_shown(value)} is not {words}")

    return check


def _checked_date(value: Any, _field: Field) -> None:
    try:
        if not isinstance(value, str) or _DATE.fullmatch(value) is None:
            raise ValueError
        date.fromisoformat(value)
    except ValueError:
        raise ValidationError(f"{_shown(value)} is not a date such as 2026-12-02") from None


def _checked_instant(value: Any, _field: Field) -> None:
    try:
        if not isinstance(value, str) or _INSTANT.fullmatch(value) is None:
            raise ValueError
        datetime.fromisoformat(value)
    except ValueError:
        raise ValidationError(
            f"{_shown(value)} is not a time with seconds and offset such as 2026-12-02T14:10:00+00:00"
        ) from None


def _checked_bool(value: Any, _field: Field) -> None:
    if not isinstance(value, bool):
        raise ValidationError(f"{_shown(value)} is neither true nor false")


def _checked_number(value: Any, field: Field) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValidationError(f"{_shown(value)} is not a whole number")
    if not field.question.minimum <= value <= MAX_NUMBER:
        raise ValidationError(f"{_shown(value)} is not between {field.question.minimum} and {MAX_NUMBER}")


def _checked_code(value: Any, field: Field) -> None:
    if not isinstance(value, str) or value not in codes(field.type):
        if field.type is Factor and isinstance(value, str) and value in FACTORS_INSTEAD:
            child, adult = FACTORS_INSTEAD[value]
            raise ValidationError(
                f"{_shown(value)} must no longer be used: use {child} (harm by a child) or {adult} (by an adult)"
            )
        known = ", ".join(codes(field.type))
        listed = f": use {known}" if len(known) < 200 else ""  # a list of forty codes helps nobody
        raise ValidationError(f"{_shown(value)} is not a known code{listed}")


def _checked_schema(value: Any, _field: Field) -> None:
    if kind_of_schema(value) is None:
        raise ValidationError(f"{_shown(value)} is not a contract that can be read")


_CHECKS: dict[Kind, Callable[[Any, Field], None]] = {
    Kind.WORDS: _checked_text,
    Kind.TEXT: _checked_text,
    Kind.YES_NO: _checked_bool,
    Kind.NUMBER: _checked_number,
    Kind.DATE: _checked_date,
    Kind.INSTANT: _checked_instant,
    Kind.DURATION: _matches(_DURATION, "a duration such as PT4H"),
    Kind.CODE: _checked_code,
    Kind.REFERENCE: _matches(_LOCAL_ID, "a local id such as c1"),
    Kind.UUID: _matches(_UUID, "an identifier such as urn:uuid:0b3c1a52-6f0e-4d1c-9a57-2f7a6f3f1c01"),
    Kind.SHA256: _matches(_SHA256, "a SHA-256 in lower-case hexadecimal"),
    Kind.SCHEMA: _checked_schema,
    Kind.RULE: _matches(_RULE, "the id of a rule such as SD-021"),
    Kind.LOCAL_ID: _matches(_LOCAL_ID, "a local id such as c1"),
}

_MESSAGES: dict[str, Any] = {"required": "is missing", "null": "is null; leave the name out instead"}


class _Scalar(readers.Field[Any]):
    """One value, checked strictly and kept as it stands."""

    def __init__(self, field: Field, *, required: bool = False) -> None:
        super().__init__(required=required, error_messages=_MESSAGES)
        self.check = _CHECKS[field.kind]
        self.of = field

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> Any:
        self.check(value, self.of)
        return value


class _Several(readers.List[Any]):
    """A list; of codes each once, where the contract says so."""

    def __init__(self, inner: readers.Field[Any], *, unique: bool) -> None:
        super().__init__(inner, error_messages={**_MESSAGES, "invalid": "is not a list"})
        self.unique = unique

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        found = super()._deserialize(value, attr, data, **more)
        if self.unique and len(set(found)) != len(found):
            raise ValidationError("holds an entry twice")
        return found


class _Written(marshmallow.Schema):
    """A class of the document as JSON: no name that it does not define."""

    class Meta:
        """No name that the contract does not define."""

        unknown = marshmallow.RAISE

    error_messages = {"unknown": "is not a name that the contract defines", "type": "is not an object"}


@cache
def _names(shape: type) -> tuple[dict[str, Field], frozenset[str]]:
    """Return the fields of a class by name, and the names that must be there."""
    required = {one.name for one in dataclasses.fields(shape) if one.default is one.default_factory}
    known = {one.name: one for one in fields(shape)}
    return known, frozenset(name for name, one in known.items() if one.attribute in required and not one.many)


@cache
def _schema(shape: type) -> marshmallow.Schema:
    declared: dict[str, readers.Field[Any]] = {}
    known, required = _names(shape)
    for one in known.values():
        reader: readers.Field[Any]
        must = one.name in required
        if one.kind is Kind.OBJECT:
            inner = _schema(one.type)
            reader = readers.Nested(inner, required=must, error_messages={**_MESSAGES, "type": "is not an object"})
        else:
            reader = _Scalar(one, required=must)
        declared[one.name] = _Several(reader, unique=one.question.unique) if one.many else reader
    return _Written.from_dict(declared, name=shape.__name__)()


def _is_sound(shape: type, data: Any) -> bool:
    """Whether everything in an object can be read: the same checks as those of the schema, but of what is there only.

    The schema asks for each of two hundred names in turn; it is needed only to say what is wrong, and where.
    """
    if not isinstance(data, dict):
        return False
    known, required = _names(shape)
    if not required <= data.keys():
        return False
    for name, value in data.items():
        one = known.get(name)
        if one is None or (one.many and not isinstance(value, list)):
            return False
        several = value if one.many else (value,)
        if one.kind is Kind.OBJECT:
            if not all(_is_sound(one.type, item) for item in several):
                return False
            continue
        try:
            for item in several:
                _CHECKS[one.kind](item, one)
        except ValidationError:
            return False
        if one.question.unique and len(set(several)) != len(several):
            return False
    return True


def _flat(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _flat(inner, path if name == "_schema" else f"{path}/{name}".lstrip("/"))
    else:
        for message in messages:
            yield path, str(message)


def check(data: Any) -> DocumentKind:
    """Check a foreign document against the contract it follows, and return what kind it is.

    Raises Refused with the path and reason of every fault.
    """
    if not isinstance(data, dict):
        raise Refused("The document is not a JSON object.")
    if "schema" not in data:
        raise Refused("The document does not say which contract it follows: ‘schema’ is missing.")
    kind = kind_of_schema(data["schema"])
    if kind is None:
        known = " and ".join(one.schema for one in KINDS)
        raise Refused(f"The contract {_shown(data['schema'])} is not one that can be read; {known} are.")
    if _is_sound(kind.shape, data):
        return kind
    if faults := list(_flat(_schema(kind.shape).validate(data))):
        said = "; ".join(f"{path}: {reason}" for path, reason in faults[:MAX_FAULTS_SHOWN])
        more = len(faults) - MAX_FAULTS_SHOWN
        raise Refused(f"The document cannot be read: {said}{f'; and {more} more' if more > 0 else ''}.", faults)
    return kind


# ── Building objects ─────────────────────────────────────────────────────────────────────────────────────────────


@cache
def codes(vocabulary: Any) -> dict[str, Any]:
    """Return the entries of a closed list by code."""
    return {entry.value: entry for entry in vocabulary}


def _kept(text: str) -> str | None:
    return text if is_filled(text) else None


@cache
def _converter(field: Field) -> Callable[[Any], Any] | None:
    if field.kind is Kind.OBJECT:
        return _builder(field.type)
    if field.kind is Kind.CODE:
        return codes(field.type).__getitem__
    if field.kind is Kind.DATE:
        return date.fromisoformat
    if field.kind is Kind.INSTANT:
        return datetime.fromisoformat
    if field.kind in (Kind.WORDS, Kind.TEXT) and not field.many:
        return _kept
    return None


@cache
def _builder(shape: Any) -> Callable[[Json], Any]:
    plan = {one.name: (one.attribute, _converter(one), one.many) for one in fields(shape)}
    remembers = issubclass(shape, Opened)

    def build_one(data: Json) -> Any:
        values = {}
        for name, value in data.items():
            attribute, convert, many = plan[name]
            if convert is None:
                values[attribute] = value
            elif many:
                values[attribute] = [convert(item) for item in value]
            else:
                values[attribute] = convert(value)
        built = shape(**values)
        if remembers:
            built.opened = frozenset(name for name, value in data.items() if isinstance(value, dict))
        return built

    return build_one


def build(shape: type[Shape], data: Json) -> Shape:
    """Make an object of a document class from JSON that was checked before. Blank text becomes None."""
    of: Any = shape
    built: Shape = _builder(of)(data)
    return built


def build_document(data: Json) -> Document:
    """Make the object of a document that was checked before, of whichever kind it is."""
    kind = kind_of_schema(data["schema"])
    assert kind is not None  # noqa: S101  # it was checked
    document: Document = build(kind.shape, data)
    return document


def read(data: Any) -> Document:
    """Check a foreign document and build it.

    Raises Refused.
    """
    document: Document = build(check(data).shape, data)
    return document


# ── Writing objects ──────────────────────────────────────────────────────────────────────────────────────────────


def write_value(value: Any) -> Any:
    """Return one value as JSON."""
    if isinstance(value, list):
        return [write_value(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return write(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def write(document: Any) -> Json:
    """Return an object of a document class as JSON; what is absent, or empty and not opened, is left out."""
    written = {}
    opened = document.opened if isinstance(document, Opened) else frozenset()
    shape: Any = type(document)
    for one in fields(shape):
        value = getattr(document, one.attribute)
        if value is None:
            continue
        as_json = write_value(value)
        if as_json == {} and not one.optional and one.name not in opened:
            continue
        written[one.name] = as_json
    return written
