"""The quick line: one line that a recorder types while people talk, and how it is understood. A pure reader.

`VERBS` is the one table of what a line may begin with: reader, help and `docs/quick-line.md` are made from it. Nothing
is guessed silently: what may mean two things is asked, what was left out is said, and a word that was not understood
keeps the line from being taken. Taking a line is in `quick.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from forms.fields import spell_left_out
from forms.quick_decided import read_action, read_decision, read_review
from forms.quick_facts import read_event, read_number_of, read_telephone, read_vehicle
from forms.quick_people import read_adult, read_child, read_participant, read_place, read_unborn
from forms.quick_said import read_dissent, read_information, read_voice
from forms.reading import clean
from forms.understanding import Completion, Line, MustAsk, Question, Understanding, nobody_met, quoted
from meetings.acquaintances import Acquaintance
from meetings.documents import BRIEFING, DISCUSSION, DocumentKind
from meetings.parts import layout_of
from meetings.record import Record

LONGEST_LINE = 2_000
"""Characters of one line; a longer text is typed into its row."""


@dataclass(frozen=True)
class Verb:
    """What a line may begin with: a letter, or the word written out.

    `example` is a line of a strategy discussion, `part` where it goes.
    """

    key: str
    words: tuple[str, ...]
    adds: str
    example: str
    part: str
    read: Callable[[Line], Understanding]

    def is_for(self, kind: DocumentKind) -> bool:
        """Whether documents of that kind have such a part."""
        return self.part in layout_of(kind).names()


VERBS: tuple[Verb, ...] = (
    Verb(
        "a",
        ("action",),
        "An action: who, a colon, what, by when, for whom",
        "a Sallow: circulate as missing by 18:30",
        "actions",
        read_action,
    ),
    Verb(
        "i",
        ("information", "info"),
        "What an agency or a participant brought; before the colon may stand opinion, third party, intelligence, "
        "nothing held, or restricted to police",
        "i Health: booked induction 3 Dec",
        "information/lines",
        read_information,
    ),
    Verb(
        "d",
        ("decision", "decide"),
        "The decision for one child, and why; it is confirmed on the child's page",
        "d Robin joint s47 because the injury is not explained",
        "outcomes",
        read_decision,
    ),
    Verb(
        "w",
        ("voice", "said"),
        "What a child said or did, in the child's words",
        "w Robin: Dad grabbed my arm",
        "outcomes",
        read_voice,
    ),
    Verb(
        "x",
        ("dissent",),
        "Who disagrees with what, and why",
        "x Health: disagrees with Robin because the medical is not done",
        "dissent/entries",
        read_dissent,
    ),
    Verb(
        "p",
        ("participant", "present"),
        "Somebody who takes part: name, role, agency, at an organisation; apologies if absent",
        "p Tom Reed, midwife, health",
        "professionals",
        read_participant,
    ),
    Verb(
        "u",
        ("unborn",),
        "An unborn baby, by the surname; due and a date may follow",
        "u Marsh due 3/2/2027",
        "children",
        read_unborn,
    ),
    Verb(
        "c",
        ("child",),
        "A child who is born: name, date of birth or age, m or f",
        "c Robin Marsh 4/5/2018 m",
        "children",
        read_child,
    ),
    Verb(
        "f",
        ("family", "adult"),
        "An adult of the family: name, relationship, date of birth",
        "f Lena Marsh, mother of Robin, 17/9/1990",
        "adults",
        read_adult,
    ),
    Verb(
        "l",
        ("place", "address"),
        "A place: what it is, a colon, the address",
        "l home: 7 Teal Row",
        "places",
        read_place,
    ),
    Verb(
        "n",
        ("number", "ref"),
        "The number of another record: crime, non crime, missing, court order and others",
        "n crime CR/2231/27, Wexmere Police",
        "links",
        read_number_of,
    ),
    Verb(
        "r",
        ("review", "reconvene"),
        "When the discussion meets again, and why",
        "r Friday 10:00 because the medical will be known",
        "review",
        read_review,
    ),
    Verb(
        "e",
        ("event",),
        "An event of the chronology: the day, a colon, what happened",
        "e 3/12/2026: missed the appointment",
        "information/chronology",
        read_event,
    ),
    Verb(
        "v",
        ("vehicle",),
        "A vehicle: registration, make and colour, keeper",
        "v AB12 CDE, blue Ford Focus, keeper Lena",
        "information/vehicles",
        read_vehicle,
    ),
    Verb(
        "t",
        ("telephone", "phone"),
        "A telephone: whose, and the number",
        "t Lena: 07700 900123",
        "information/phones",
        read_telephone,
    ),
)
"""What a line may begin with, in the order in which the help lists it."""

TIMES = (
    "18:30",
    "tomorrow 5pm",
    "tonight 9",
    "Fri 10:00",
    "next Tuesday noon",
    "3 Dec",
    "in 2 days",
    "in 4 hours",
    "within 2 working days",
    "end of day",
    "within 4 hours of birth",
)
"""Deadlines that are understood, for the help."""

_BY_WORD = {word: verb for verb in VERBS for word in (verb.key, *verb.words)}
_FIRST = re.compile(r"\s*(?P<word>[^\W\d_]+)(?:\s*:\s*|\.?\s+|$)")


def verbs_for(kind: DocumentKind) -> tuple[Verb, ...]:
    """Return what a line may begin with in a document of that kind."""
    return tuple(verb for verb in VERBS if verb.is_for(kind))


def read_line(
    typed: str,
    record: Record,
    now: datetime,
    met: Callable[[str], Sequence[Acquaintance]] = nobody_met,
    me: str = "",
) -> Understanding:
    """Return how one line is understood in a record at a moment; whatever is typed, it never raises.

    `met` returns the professionals of earlier meetings whose names begin so, and `me` is the name of who types.
    """
    text = clean(typed)
    understood = _read(Line(text.text, 0, record, now, met, me))
    if not text.left_out:
        return understood
    return replace(understood, says=f"{understood.says} {spell_left_out(text.left_out)}.")


def _read(typed: Line) -> Understanding:
    text, kind = typed.text.rstrip(), typed.record.kind
    if not text.strip():
        return _asking(f"Begin with a letter that says what it is: {_keys(kind)}. A question mark lists them.")
    if len(text) > LONGEST_LINE:
        too_long = f"A line has at most {LONGEST_LINE:,} characters; this has {len(text):,}."
        return _asking(f"{too_long} Type it into its row instead.")
    if "\n" in text.strip():
        return _asking("This is more than one line. Type one line at a time, or paste the text into its row.")
    if text.strip().startswith("?") or text.strip().casefold() == "help":
        return Understanding("What a line may begin with:", is_help=True)
    first = _FIRST.match(text)
    verb = _BY_WORD.get(first["word"].casefold()) if first else None
    if first is None or verb is None:
        return _no_verb(typed)
    if not verb.is_for(kind):
        a_document = f"An {kind.label}" if kind is BRIEFING else f"A {kind.label.lower()}"
        return _asking(f"{a_document} has no place for this: {verb.adds.lower()}.", unused=text)
    if first.end() == first.end("word"):  # the word alone: completions need a space after it
        text = f"{text} "
    try:
        return verb.read(replace(typed, text=text, start=max(first.end(), first.end("word") + 1)))
    except MustAsk as asked:
        return Understanding(asked.question.says, asks=(asked.question,), unused=asked.unused)


def _keys(kind: DocumentKind) -> str:
    return ", ".join(f"{verb.key} {verb.words[0]}" for verb in verbs_for(kind))


def _asking(says: str, completions: Sequence[Completion] = (), *, unused: str = "") -> Understanding:
    return Understanding(says, asks=(Question(says, tuple(completions)),), unused=unused)


def _no_verb(typed: Line) -> Understanding:
    """Ask what a line is that does not say it; what it may be is offered only if it can be read as that."""
    text, kind = typed.text.strip(), typed.record.kind
    offers = []
    for verb in verbs_for(kind)[:2]:
        line = f"{verb.key} {text}"
        if (read := _read(replace(typed, text=line))).is_ready:
            offers.append(Completion(read.says, line))
    first = text.split(maxsplit=1)[0].rstrip(":")
    says = f"{quoted(first)} does not say what it is. Begin with one of: {_keys(kind)}."
    return _asking(says, offers, unused=text)


def quick_line_page() -> str:
    """Return the page about the quick line, `docs/quick-line.md`, as Markdown; a test compares the two."""
    lines = [
        "# The quick line",
        "",
        "Made from `forms/quick_line.py`; do not edit it here.",
        "One line while people talk: `/` goes there, and the page says how the line is understood.",
        "Enter takes what was said, Escape goes back.",
        "What may mean two things is asked. A word that is not understood keeps the line from being taken.",
        "",
        "| begins with | adds | for example | where |",
        "|---|---|---|---|",
    ]
    for verb in VERBS:
        where = " and ".join(
            kind.label.lower() if kind is DISCUSSION else kind.label
            for kind in (DISCUSSION, BRIEFING)
            if verb.is_for(kind)
        )
        begins = f"`{verb.key}` or {', '.join(f'`{word}`' for word in verb.words)}"
        lines.append(f"| {begins} | {verb.adds} | `{verb.example}` | {where} |")
    lines += [
        "| `?` | Lists this table | `?` | everywhere |",
        "",
        "People are meant by surname, whole name, initials, role, grade, agency or local id, if only one can be.",
        "Deadlines follow `by`: " + ", ".join(f"`{time}`" for time in TIMES) + ".",
        "A day without a time is 17:00, and the sentence says so. A time that has passed today is asked about.",
        "An action is for the only child decided about, or for whom `for` says.",
        'Words in quotation marks are taken as they are: `a Sallow: "be seen by 2 officers" by 18:30`.',
        "`another` before a name that is in the record already adds somebody else of that name.",
    ]
    return "\n".join(lines) + "\n"
