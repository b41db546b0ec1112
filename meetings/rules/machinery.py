"""What a rule is, and judging a record by all of them. The rules themselves stand beside this, one module a subject."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from meetings.documents import Adult, Child, Discussion, Outcome, Professional
from meetings.facts import chain, is_manager, limit_after
from meetings.profiles import Profile
from meetings.rules.texts import Passage, passages
from meetings.vocabulary import Concern, Decision

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
    CIRCULATE = "circulate"
    TRACK = "track"


STOPS_FINALISING = frozenset({Gate.ENTRY, Gate.FINALISE})
"""A block of these stages stops finalising; those of later stages are reported only."""


@dataclass(frozen=True)
class Case:
    """What a rule may look at: the record, the profile, the clock, and the history it names. Nothing else."""

    document: Discussion
    profile: Profile
    now: datetime
    history: Sequence[Discussion] = field(default=())

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
        return list(passages(self.document))

    @cached_property
    def earlier(self) -> list[Discussion]:
        """The earlier discussions of this case that are to hand, oldest first."""
        return chain(self.document, self.history)

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

    def last_day(self, parameter: str, since: date | datetime) -> date:
        """Return the last day of a limit in working days that the profile sets, counted from that day."""
        day = since.date() if isinstance(since, datetime) else since
        return limit_after(day, self.profile[parameter], self.profile)


Check = Callable[[Case], Places]


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
) -> Callable[[Check], Check]:
    """Declare a rule. The name of the function says what is true when the rule is kept."""

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


def _is_excepted(found: Rule, case: Case) -> bool:
    if found.hard or found.level is Level.INFO:
        return False
    for entry in case.document.exceptions or ():
        if entry.rule != found.id or not (entry.reason and entry.by and entry.grade and entry.at):
            continue
        if found.level is not Level.BLOCK or is_manager(case.professionals.get(entry.by), case.profile):
            return True
    return False


def judge(case: Case) -> list[Finding]:
    """Return every rule that fires for this record, in order of the ids."""
    findings = []
    for rule_id in sorted(CATALOGUE):
        one = CATALOGUE[rule_id]
        if not one.holds_in(case.profile.nation):
            continue
        places = tuple(dict.fromkeys(one.check(case)))
        if places:
            findings.append(
                Finding(
                    rule=one.id,
                    level=Level.EXCEPTED if _is_excepted(one, case) else one.level,
                    places=places,
                    says=fill(one.says, case.profile, one.parameters),
                    source=one.source,
                    hard=one.hard,
                    gate=one.gate,
                )
            )
    return findings


def can_finalise(findings: Sequence[Finding]) -> bool:
    """Whether no block of the stages up to finalising stands."""
    return not any(finding.stops_finalising for finding in findings)
