"""What a rule is, and judging a record by all of them. The rules themselves stand beside this, one module a subject."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from meetings.documents import (
    KINDS,
    Adult,
    Briefing,
    Child,
    Discussion,
    Document,
    DocumentKind,
    Outcome,
    Power,
    Professional,
    kind_of,
)
from meetings.facts import chain, is_manager, limit_after
from meetings.profiles import Profile
from meetings.rules.texts import Passage, passages
from meetings.vocabulary import Audience, BirthKind, Concern, Decision

Places = Iterator[str]
"""JSON Pointers, with indexes, to what is missing or wrong."""


class Level(StrEnum):
    """What a rule that fires does: stops its stage, asks, tells; or was knowingly passed over."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"
    EXCEPTED = "excepted"


class Gate(StrEnum):
    """The stage of a record that a rule is about."""

    ENTRY = "entry"
    FINALISE = "finalise"
    ISSUE = "issue"
    CIRCULATE = "circulate"
    TRACK = "track"


STOPS_FINALISING = frozenset({Gate.ENTRY, Gate.FINALISE, Gate.ISSUE})
"""A block of these stages stops a record from being final; those of later stages are reported only."""


class Operation(StrEnum):
    """What was done with personal data. Source: Data Protection Act 2018, section 62."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"


@dataclass(frozen=True)
class LogEntry:
    """One line of the log of a record, as the rules about it read it.

    `recipient` is the local id of who received it; `text` what the line holds of an erased text, which is nothing.
    """

    operation: Operation
    record: str
    who: str
    at: datetime | None
    recipient: str | None = None
    reason: str = ""
    text: str = ""
    is_unchanged: bool = True


@dataclass(frozen=True)
class ExportedCopy:
    """A copy that left: for whom, with which text, and what it says of itself."""

    audience: Audience
    text: str
    id: str
    recipient: str
    at: datetime | None
    content_sha256: str


Judged = TypeVar("Judged", bound=Document)


@dataclass(frozen=True)
class AnyCase(Generic[Judged]):
    """What a rule may look at: the record, the profile, the clock, and the history it names. Nothing else."""

    document: Judged
    profile: Profile
    now: datetime
    history: Sequence[Document] = field(default=())
    log: Sequence[LogEntry] | None = None
    exports: Sequence[ExportedCopy] | None = None

    @cached_property
    def people(self) -> dict[str, Child | Adult | Professional]:
        """Everybody named in the record, by local id."""
        return self.document.people()

    @cached_property
    def professionals(self) -> dict[str, Professional]:
        """The professionals of the record, by local id."""
        return {one.id: one for one in self.document.professionals or ()}

    @cached_property
    def adults(self) -> dict[str, Adult]:
        """The adults of the record, by local id."""
        return {one.id: one for one in self.document.adults or ()}

    @cached_property
    def texts(self) -> list[Passage]:
        """Every text of the record, with its place."""
        return passages(self.document)

    def last_day(self, parameter: str, since: date | datetime) -> date:
        """Return the last day of a limit in working days that the profile sets, counted from that day."""
        day = since.date() if isinstance(since, datetime) else since
        return limit_after(day, self.profile[parameter], self.profile)


class Case(AnyCase[Discussion]):
    """A strategy discussion that is judged."""

    @cached_property
    def earlier(self) -> list[Discussion]:
        """The earlier discussions of this case that are to hand, oldest first."""
        return chain(self.document, self.discussions)

    @cached_property
    def discussions(self) -> list[Discussion]:
        """The discussions of the history."""
        return [one for one in self.history if isinstance(one, Discussion)]

    def subjects(self) -> Iterator[tuple[str, Child]]:
        """Yield each child this discussion decides about, with its place."""
        for number, child in enumerate(self.document.children or ()):
            if child.subject:
                yield f"/children/{number}", child

    def outcomes(self) -> Iterator[tuple[str, Child, Outcome | None]]:
        """Yield what was decided for each subject child, with its place (of the list, where nothing was)."""
        decided: dict[str, list[tuple[str, Outcome]]] = {}
        for place, outcome in self.decided():
            decided.setdefault(outcome.child, []).append((place, outcome))
        for _, child in self.subjects():
            if child.id not in decided:
                yield "/outcomes", child, None
            for place, outcome in decided.get(child.id, ()):
                yield place, child, outcome

    def decided(self) -> Iterator[tuple[str, Outcome]]:
        """Yield every outcome of the record with its place."""
        for number, outcome in enumerate(self.document.outcomes or ()):
            yield f"/outcomes/{number}", outcome

    def every_decision(self, codes: Collection[Decision]) -> bool:
        """Whether there are subject children and the decision for each is one of these."""
        found = [outcome for _, _, outcome in self.outcomes()]
        return bool(found) and all(outcome is not None and outcome.decision.code in codes for outcome in found)

    def any_decision(self, codes: Collection[Decision]) -> bool:
        """Whether one decision of the record is one of these."""
        return any(outcome.decision.code in codes for _, outcome in self.decided())

    def concerns(self, *concerns: Concern) -> bool:
        """Whether one of these concerns is set."""
        return not set(concerns).isdisjoint(self.document.concerns or ())

    def opens(self, section: str) -> bool:
        """Whether the section of this name was given, or holds anything."""
        block = getattr(self.document, section)
        return section in self.document.opened or block != type(block)()

    def is_action(self, ref: str | None) -> bool:
        """Whether this is the reference of an action of this record."""
        return ref is not None and any(action.ref == ref.strip() for action in self.document.actions or ())


class BriefingCase(AnyCase[Briefing]):
    """A briefing that is judged."""

    @cached_property
    def author(self) -> str | None:
        """Local id of who wrote it."""
        return self.document.provenance.recorded_by

    def usable(self, provision: str) -> bool:
        """Whether a power whose provision begins so is marked as usable now."""
        return any(one.usable_now for _, one in self.powers(provision))

    def powers(self, provision: str = "") -> Iterator[tuple[str, Power]]:
        """Yield the powers whose provision begins so, with their places."""
        for number, one in enumerate(self.document.method.powers or ()):
            if _bare(one.provision).startswith(_bare(provision)):
                yield f"/method/powers/{number}", one

    def unborn(self) -> Iterator[tuple[str, Child]]:
        """Yield each unborn child with its place."""
        for number, child in enumerate(self.document.children or ()):
            if child.kind is BirthKind.UNBORN:
                yield f"/children/{number}", child

    @property
    def may_be_completed_later(self) -> bool:
        """Whether it is issued in urgent mode and the time to complete it, that moment included, has not passed."""
        complete_by = self.document.validity.urgent.complete_by
        return complete_by is not None and self.now <= complete_by


def _bare(words: str | None) -> str:
    return "".join((words or "").casefold().split())


def case_of(document: Document, profile: Profile, now: datetime, history: Sequence[Document] = ()) -> AnyCase[Any]:
    """Return the case of a document of whichever kind."""
    kind: type[AnyCase[Any]] = BriefingCase if isinstance(document, Briefing) else Case
    return kind(document, profile, now, history)


Check = Callable[[Any], Places]


@dataclass(frozen=True)
class Rule:
    """One requirement: when it is broken, what the officer reads then, and who asks for it.

    `check` yields a place for each gap; a rule that yields nothing is kept. `about` is where the gap usually is.
    `parameters` are the names of the profile's numbers it reads; `nations` limits it to profiles of those nations.
    """

    id: str
    level: Level
    hard: bool
    gate: Gate
    about: str
    says: str
    source: str
    parameters: tuple[str, ...]
    nations: tuple[str, ...]
    needs: tuple[str, ...]
    keeps: str
    check: Check
    urgent: bool = False

    @property
    def kind(self) -> DocumentKind:
        """Which kind of document it judges: its id begins as the references of that kind do."""
        return next(kind for kind in KINDS if self.id.startswith(f"{kind.series}-"))

    def holds_in(self, nation: str) -> bool:
        """Whether this rule is the law or the practice there."""
        return not self.nations or nation in self.nations


CATALOGUE: dict[str, Rule] = {}
"""Every rule, by id."""


def rule(
    rule_id: str,
    about: str,
    says: str,
    *,
    level: Level = Level.BLOCK,
    hard: bool = False,
    gate: Gate = Gate.FINALISE,
    source: str,
    parameters: tuple[str, ...] = (),
    nations: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    urgent: bool = False,
) -> Callable[[Check], Check]:
    """Declare a rule. The name of the function says what is true when the rule is kept.

    An urgent rule still blocks a briefing that is issued in a hurry, as a hard one does.
    """

    def declare(check: Check) -> Check:
        if rule_id in CATALOGUE:
            raise ValueError(f"{rule_id} is declared twice")
        CATALOGUE[rule_id] = Rule(
            id=rule_id,
            level=level,
            hard=hard,
            gate=gate,
            about=about,
            says=says,
            source=source,
            parameters=parameters,
            nations=nations,
            needs=needs,
            keeps=check.__name__.replace("_", " "),
            check=check,
            urgent=urgent,
        )
        return check

    return declare


@dataclass(frozen=True)
class Finding:
    """A rule that fires, with the places it found and its words with the profile's numbers filled in."""

    rule: str
    level: Level
    places: tuple[str, ...]
    says: str
    source: str = ""
    hard: bool = False
    gate: Gate = Gate.FINALISE

    @property
    def stops_finalising(self) -> bool:
        """Whether this finding keeps the record from being finalised."""
        return self.level is Level.BLOCK and self.gate in STOPS_FINALISING

    def as_line(self) -> dict[str, Any]:
        """Return the finding as the command line prints it."""
        return {"rule": self.rule, "level": str(self.level), "places": list(self.places), "says": self.says}


def fill(words: str, profile: Profile, names: Sequence[str]) -> str:
    """Return the words with the profile's numbers in the place of their names."""
    for name in names:
        words = words.replace("{" + name + "}", str(profile.get(name)))
    return words


def _is_excepted(found: Rule, case: AnyCase[Any]) -> bool:
    if found.hard or found.level is Level.INFO:
        return False
    for entry in case.document.exceptions or ():
        if entry.rule != found.id or not (entry.reason and entry.by and entry.grade and entry.at):
            continue
        if found.level is not Level.BLOCK or is_manager(case.professionals.get(entry.by), case.profile):
            return True
    return False


def _level(found: Rule, case: AnyCase[Any]) -> Level:
    if _is_excepted(found, case):
        return Level.EXCEPTED
    can_wait = found.level is Level.BLOCK and not (found.hard or found.urgent)
    if can_wait and isinstance(case, BriefingCase) and case.may_be_completed_later:
        return Level.WARN
    return found.level


def judge(case: AnyCase[Any]) -> list[Finding]:
    """Return every rule that fires for this record, in order of the ids."""
    findings = []
    kind = kind_of(case.document)
    for one in _rules_of(kind, case.profile.nation):
        places = tuple(dict.fromkeys(one.check(case)))
        if places:
            findings.append(
                Finding(
                    rule=one.id,
                    level=_level(one, case),
                    places=places,
                    says=fill(one.says, case.profile, one.parameters),
                    source=one.source,
                    hard=one.hard,
                    gate=one.gate,
                )
            )
    return findings


@cache
def _rules_of(kind: DocumentKind, nation: str) -> list[Rule]:
    rules = (CATALOGUE[rule_id] for rule_id in sorted(CATALOGUE))
    return [one for one in rules if one.kind is kind and one.holds_in(nation)]


def can_finalise(findings: Sequence[Finding]) -> bool:
    """Whether no block of the stages up to finalising stands."""
    return not any(finding.stops_finalising for finding in findings)
