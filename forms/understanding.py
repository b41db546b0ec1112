"""How one typed line was understood: what it changes, how that is said, and what has to be asked first.

Also what every kind of line needs in order to be read: who begins it, for whom it is, by when. The kinds of line are in
`quick_people.py`, `quick_said.py`, `quick_decided.py` and `quick_facts.py`; the table of them is in `quick_line.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NoReturn

from forms.deadlines import Clause, Deadline, find_clause
from forms.naming import Known, Match, People, agency_called, called, listed, plain_words
from forms.reading import Ambiguous, Unreadable
from meetings.acquaintances import Acquaintance
from meetings.parts import Json
from meetings.record import Record
from meetings.vocabulary import Agency

MOST_COMPLETIONS = 8
LONGEST_SAID = 160
"""Letters of a text that a sentence says again; the line itself stands above it."""
WORDS_OF_A_NAME = 6
"""Words from which the beginning of a line without a colon is looked for as somebody."""

SEPARATOR = re.compile(r"(?<!\d):|:(?!\d)")
"""A colon that is not inside a time."""
BECAUSE = re.compile(r"(?:^|(?<=[\s,;]))because\b\s*:?\s*", re.IGNORECASE)
_FOR = re.compile(r"(?:^|(?<=[\s,;]))for\s+(?=\S)", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|&|\band\b)\s*", re.IGNORECASE)
_EVERY_CHILD = frozenset({"all", "both", "all children", "both children", "the children", "all the children"})
QUOTED = re.compile(r'\s*["“](?P<text>.+?)["”](?=\s|$)')


# ── What comes of a line ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Completion:
    """Something that may be typed instead: what it is, the whole line, and the line to come back to after it."""

    shows: str
    line: str
    then: str = ""


@dataclass(frozen=True)
class Question:
    """What has to be answered before the line can be taken, with the answers there are."""

    says: str
    completions: tuple[Completion, ...] = ()


@dataclass(frozen=True)
class Change:
    """A row that is added, or answers that are given in a part that occurs once: a section, or one child's outcome.

    `before` is what those answers hold now, so that nothing is put in the place of words that nobody saw.
    """

    part: str
    answers: Mapping[str, Any]
    child: str = ""
    before: Mapping[str, Any] | None = None

    @property
    def is_row(self) -> bool:
        """Whether a row is added."""
        return self.before is None


@dataclass(frozen=True)
class Understanding:
    """How a line was understood. It can be taken only if nothing is asked and no word is left over."""

    says: str
    changes: tuple[Change, ...] = ()
    asks: tuple[Question, ...] = ()
    offers: tuple[Completion, ...] = ()
    unused: str = ""
    is_help: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether it can be taken as it was said."""
        return bool(self.changes) and not self.asks and not self.unused

    @property
    def as_json(self) -> Json:
        """What tells one understanding from another."""
        changes = [
            {"part": one.part, "answers": dict(one.answers), "child": one.child, "before": dict(one.before or {})}
            for one in self.changes
        ]
        return {"says": self.says, "changes": changes}


class MustAsk(Exception):
    """A line cannot be taken before a question is answered."""

    def __init__(self, says: str, completions: Sequence[Completion] = (), *, unused: str = "") -> None:
        """Carry the question, and the words of the line that were not understood."""
        super().__init__(says)
        self.question = Question(says, tuple(completions[:MOST_COMPLETIONS]))
        self.unused = unused


class SomebodyElse(MustAsk):
    """Words before a colon begin with the name of somebody who is known, and name somebody else."""


def quoted(text: str) -> str:
    """Return words of the line in quotation marks, a long text cut."""
    shown = text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID].rstrip()}…"
    return f"‘{shown}’"


# ── The line ─────────────────────────────────────────────────────────────────────────────────────────────────────


def nobody_met(query: str) -> Sequence[Acquaintance]:
    """Offer nobody from earlier meetings."""
    return ()


@dataclass
class Line:
    """One line: the text, where what follows its first word begins, and the record into which it is typed."""

    text: str
    start: int
    record: Record
    now: datetime
    met: Callable[[str], Sequence[Acquaintance]] = field(default=nobody_met)
    me: str = ""

    @cached_property
    def people(self) -> People:
        """Everybody of the record."""
        return People(self.record.document, self.me)

    @property
    def verb(self) -> str:
        """The first word with what parts it from the rest."""
        return self.text[: self.start]

    @property
    def rest(self) -> str:
        """What follows the first word."""
        return self.text[self.start :]

    def instead(self, start: int, end: int, words: str) -> str:
        """Return the line with other words at that place."""
        return f"{self.text[:start]}{words}{self.text[end:]}"

    def with_more(self, words: str) -> str:
        """Return the line with words added at its end."""
        return f"{self.text.rstrip()}{words}"


# ── Who begins it ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Who:
    """Who a line begins with, the words that name them, and where what is said of them begins."""

    known: Known | None
    agency: Agency | None
    end: int
    phrase: str = ""


def known_of(who: Who) -> Known:
    """Return the person who begins a line, where it is no agency."""
    if who.known is None:
        raise LookupError("an agency was not asked for")
    return who.known


def is_like_a_name(words: str) -> bool:
    """Whether what follows a name, up to a colon, may be more of a name: one word, or a few of which each is a name's.

    >>> [is_like_a_name(words) for words in ("Mash", "B", "van der Berg", "ring school re", "")]
    [True, True, True, False, False]
    """
    said = words.split()
    return len(said) == 1 or (
        0 < len(said) <= MORE_OF_A_NAME and all(one[0].isupper() or one in _PARTICLES for one in said)
    )


def may_follow(words: str) -> bool:
    """Take any words between a name and a colon for the beginning of what is said: the reader itself asks of them."""
    return bool(words)


MORE_OF_A_NAME = 4
"""Words that may follow a name that is known and be more of another name."""
_PARTICLES = frozenset({"de", "da", "di", "del", "der", "den", "la", "le", "van", "von", "bin", "ibn", "al", "el", "y"})


def who_begins(
    line: Line,
    among: Sequence[Known],
    group: str,
    *,
    agencies: bool = False,
    follows: Callable[[str], bool] = lambda words: not is_like_a_name(words),
) -> Who:
    """Return who the line begins with; the colon after it may be left out where that is clear.

    `follows` says whether words between a name and a colon can be the beginning of what is said: Robin is not meant by
    Robin Mash. Raises MustAsk: nobody of the group is called so, several are, or it is not clear where the name ends.
    """
    if not line.rest.strip():
        raise MustAsk(f"Who? Begin with one of {group}.", _any_of(line, among))
    colon = SEPARATOR.search(line.text, line.start)
    if colon:
        phrase = line.text[line.start : colon.start()].strip()
        if agencies and (agency := agency_called(phrase)):
            return Who(None, agency, colon.end(), phrase)
        match = line.people.find(phrase, among)
        if match.people:
            return Who(_only(line, match, line.start, colon.start()), None, colon.end())
    until = colon.start() if colon else len(line.text)
    found = _longest_beginning(line, among, until, agencies=agencies)
    if found is not None:
        left = line.text[found.end : until].strip(" ,;") if colon else ""
        if not left or follows(left):
            return found
        raise _somebody_else(line, found, until, among, group)
    first = line.rest.split()[0].rstrip(",:;")
    phrase = line.text[line.start : colon.start()].strip() if colon else first
    raise _nobody(line, phrase, among, group)


def _any_of(line: Line, among: Sequence[Known]) -> list[Completion]:
    return [Completion(one.described, f"{line.verb.rstrip()} {line.people.said(one)}: ") for one in among]


def _only(line: Line, match: Match, start: int, end: int) -> Known:
    """Return the one who is meant, or ask which."""
    if match.one is not None:
        return match.one
    raise which(line, match, start, end, ends=line.text[end : end + 1] != ":")


def which(line: Line, match: Match, start: int, end: int, *, ends: bool = False) -> MustAsk:
    """Return the question which of several is meant by the words at a place of the line."""
    colon = ":" if ends else ""
    space = line.text[start : start + 1] if line.text[start : start + 1].isspace() else ""
    completions = [
        Completion(one.described, line.instead(start, end, f"{space}{line.people.said(one)}{colon}"))
        for one in match.people
    ]
    return MustAsk(f"Which {match.phrase}: {listed([one.described for one in match.people])}?", completions)


def _beginnings(line: Line, until: int) -> list[tuple[str, int, str]]:
    """Return the beginnings of what follows the verb: the phrase, where it ends, and the word it ends with."""
    found = []
    for number, word in enumerate(re.finditer(r"\S+", line.text[line.start : until])):
        if number == WORDS_OF_A_NAME:
            break
        end = line.start + word.end()
        found.append((line.text[line.start : end].strip().rstrip(",;"), end, word[0].rstrip(",;")))
    return found


def _longest_beginning(line: Line, among: Sequence[Known], until: int, *, agencies: bool) -> Who | None:
    """Return who is named by the beginning of the line, if it is clear where the name ends. Raises MustAsk."""
    chosen: tuple[Match, int] | None = None
    unclear: list[int] = []
    agency_end: tuple[Agency, int] | None = None
    for phrase, end, last in _beginnings(line, until):
        if agencies and (agency := agency_called(phrase)):
            agency_end, chosen, unclear = (agency, end), None, []
            continue
        match = line.people.find(phrase, among)
        if not match.people:
            continue
        added = chosen is None and agency_end is None
        if added or all(one.is_named_by(plain_words(last)) for one in match.people):
            chosen, unclear = (match, end), []
        else:
            unclear.append(end)
    if unclear:  # does “health visitor” act, or does health visit?
        ends = [place for place in ((chosen or agency_end or (None, None))[1], *unclear) if place is not None]
        completions = [
            Completion(f"{line.text[line.start : end].strip()}: …", line.instead(end, end, ":")) for end in ends
        ]
        raise MustAsk("Where does the name end? Put a colon after it.", completions)
    if chosen is not None:
        return Who(_only(line, chosen[0], line.start, chosen[1]), None, chosen[1])
    if agency_end is None:
        return None
    return Who(None, agency_end[0], agency_end[1], line.text[line.start : agency_end[1]].strip())


def _nobody(line: Line, phrase: str, among: Sequence[Known], group: str) -> MustAsk:
    colon = SEPARATOR.search(line.text, line.start)
    end = colon.start() if colon else line.text.index(phrase, line.start) + len(phrase)
    after = "" if colon else ":"
    alike = line.people.alike(phrase, among)
    space = " " if line.text[line.start - 1 : line.start] != " " else ""
    completions = [
        Completion(one.described, line.instead(line.start, end, f"{space}{line.people.said(one)}{after}"))
        for one in alike
    ]
    says = f"There is nobody called {quoted(phrase)} among {group}."
    if alike:
        says += f" Did you mean {listed([one.described for one in alike])}?"
    elif not among:
        says = f"Nobody is recorded yet among {group}."
    if group == PARTICIPANTS:
        line_then = line.instead(line.start, end, f"{space}{phrase}{after}")
        completions.append(Completion(f"Add {quoted(phrase)} to the participants first", f"p {phrase}, ", line_then))
    return MustAsk(says, completions)


def _somebody_else(line: Line, found: Who, colon: int, among: Sequence[Known], group: str) -> MustAsk:
    """Return the question who is meant by a name of which only the beginning is known."""
    asked = _nobody(line, line.text[line.start : colon].strip(), among, group)
    known = found.known
    if known is None:
        return SomebodyElse(asked.question.says, asked.question.completions)
    space = " " if line.text[line.start - 1 : line.start] != " " else ""
    instead = Completion(known.described, line.instead(line.start, colon, f"{space}{line.people.said(known)}"))
    words = line.text[found.end : colon].strip(" ,;")
    after = line.instead(line.start, found.end, f"{space}{line.people.said(known)}:")
    begins = Completion(f"{known.name}: {words} …", after)
    others = [one for one in asked.question.completions if one.line != instead.line]
    says = (
        asked.question.says
        if "Did you mean" in asked.question.says
        else (f"{asked.question.says} Did you mean {known.described}?")
    )
    return SomebodyElse(says, [instead, begins, *others])


PARTICIPANTS = "the participants"
CHILDREN = "the children decided about"
FAMILY = "the family"


# ── For whom, by when ────────────────────────────────────────────────────────────────────────────────────────────


def people_named(line: Line, start: int, end: int, among: Sequence[Known]) -> list[Known]:
    """Return everybody named in a list of names at a place of the line; nobody if one is not known. Raises MustAsk."""
    words = " ".join(line.text[start:end].split()).rstrip(".")
    if words.casefold() in _EVERY_CHILD:
        return list(line.people.subjects)
    found = []
    place = start
    for part in _AND.split(line.text[start:end].rstrip(" .")):
        match = line.people.find(part, among)
        if not match.people:
            return []
        at = line.text.index(part, place)
        if match.one is None:
            raise which(line, match, at, at + len(part))
        place = at + len(part)
        found.append(match.one)
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Said:
    """What remains of a text once its ends are read: the words, by when, and for whom."""

    text: str
    deadline: Deadline | None
    about: list[Known]


def read_ends(line: Line, start: int, *, when: bool = True) -> Said:
    """Read “by …” and “for …” at the end of what the line says from there, in either order. Raises MustAsk.

    A text in quotation marks is taken as it is.
    """
    literal = QUOTED.match(line.text, start)
    begin = literal.end() if literal else start
    said = _read_ends(line, begin, when=when)
    if literal and not said.text:
        return Said(literal["text"], said.deadline, said.about)
    return said if not literal else _read_ends(line, start, when=when)


def _read_ends(line: Line, start: int, *, when: bool) -> Said:
    stop = len(line.text)
    deadline: Deadline | None = None
    about: list[Known] = []
    for _ in range(2):
        if not about:
            for match in reversed(list(_FOR.finditer(line.text, start, stop))):
                about = people_named(line, match.end(), stop, line.people.family)
                if about:
                    stop = match.start()
                break
        if when and deadline is None:
            clause = find_clause(line.text[start:stop], line.now, line.record.profile.holidays)
            if clause is not None:
                if clause.problem is not None:
                    raise _when(line, start, stop, clause)
                deadline, stop = clause.deadline, start + clause.start
    text = line.text[start:stop].strip()
    return Said(text.rstrip(",; ") if stop < len(line.text) else text, deadline, about)


def _when(line: Line, start: int, stop: int, clause: Clause) -> MustAsk:
    """Return the question about a time that was not read: the times it may be, or that it is no time at all."""
    problem = clause.problem
    begin, end = start + clause.start, start + clause.at + len(clause.words)
    if isinstance(problem, Ambiguous):
        completions = [Completion(f"by {one}", line.instead(begin, end, f"by {one}")) for one in problem.options]
        return MustAsk(str(problem), completions, unused=clause.words)
    words = line.text[start:stop].strip()
    kept = Completion(f"Keep {quoted(line.text[begin:end])} as words", line.instead(start, stop, f' "{words}"'))
    return MustAsk(str(problem), [kept] if '"' not in words else [], unused=line.text[begin:end].strip())


def ask_about(problem: Unreadable, line: Line, start: int, end: int) -> NoReturn:
    """Ask about a time at a place of the line that could not be read. Raises MustAsk."""
    options = problem.options if isinstance(problem, Ambiguous) else ()
    completions = [Completion(one, line.instead(start, end, one)) for one in options]
    raise MustAsk(str(problem), completions, unused=line.text[start:end].strip()) from problem


def names_of(people: Sequence[Known]) -> str:
    """Return names as a sentence joins them.

    >>> names_of([])
    ''
    """
    names = [one.name for one in people]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def agency_of(one: Known) -> str:
    """Return what a sentence calls the agency of somebody."""
    agency = getattr(one.person, "agency", None)
    return called(agency) if agency else ""
