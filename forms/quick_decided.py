"""Lines about what was decided: actions, the decision for a child, the next meeting.

Each reader takes a line and returns how it was understood, or raises MustAsk.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from forms.deadlines import next_day_of
from forms.moments import show_instant
from forms.naming import Known, is_group, listed, plain_words
from forms.reading import Unreadable
from forms.understanding import (
    BECAUSE,
    CHILDREN,
    PARTICIPANTS,
    SEPARATOR,
    Change,
    Completion,
    Line,
    MustAsk,
    SomebodyElse,
    Understanding,
    agency_of,
    ask_about,
    known_of,
    may_follow,
    names_of,
    quoted,
    read_ends,
    who_begins,
)
from meetings.finding import fold
from meetings.parts import Part, value_at
from meetings.vocabulary import Decision

# ── Actions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def read_action(line: Line) -> Understanding:
    """Read who does what by when, and for whom. Raises MustAsk."""
    _one_owner(line)
    who = who_begins(line, line.people.professionals, PARTICIPANTS)
    owner = known_of(who)
    if is_group(owner):
        others = [one for one in line.people.professionals if not is_group(one) and agency_of(one) == agency_of(owner)]
        completions = [
            Completion(one.described, f"{line.verb}{line.people.said(one)}:{line.text[who.end :]}") for one in others
        ]
        raise MustAsk(f"{owner.name} is a group. An action has one named owner: who of them?", completions)
    said = read_ends(line, who.end)
    text = said.text.removeprefix(":").strip()
    if not text:
        raise MustAsk(f"What will {owner.name} do?")
    about, for_whom = said.about, f"For {names_of(said.about)}." if said.about else ""
    offers: list[Completion] = []
    if not about:
        about, for_whom, offers = _for_the_only_child(line)
    answers: dict[str, Any] = {"text": text, "owner": owner.id}
    if about:
        answers["about"] = [one.id for one in about]
    if said.deadline:
        answers |= {f"deadline/{name}": value for name, value in said.deadline.answers.items()}
    when = said.deadline.says if said.deadline else "without a deadline yet"
    says = f"Action for {owner.with_agency}: {quoted(text)}, {when}. {for_whom}".strip()
    return Understanding(says, (Change("actions", answers),), offers=tuple(offers))


def _one_owner(line: Line) -> None:
    """Ask who, if the line begins with several people: an action has one owner."""
    colon = SEPARATOR.search(line.text, line.start)
    if colon is None or not re.search(r"[,&/]|\band\b", line.text[line.start : colon.start()], re.IGNORECASE):
        return
    phrase = line.text[line.start : colon.start()].strip()
    if line.people.find(phrase, line.people.professionals).people:
        return
    parts = re.split(r"\s*(?:[,&/]|\band\b)\s*", phrase)
    named = [line.people.find(part, line.people.professionals).people for part in parts]
    if len(parts) > 1 and all(named):
        people = list(dict.fromkeys(one for found in named for one in found))
        rest = line.text[colon.start() :]
        completions = [Completion(one.described, f"{line.verb}{line.people.said(one)}{rest}") for one in people]
        raise MustAsk(f"An action has one owner. Who: {listed([one.described for one in people])}?", completions)


def _for_the_only_child(line: Line) -> tuple[list[Known], str, list[Completion]]:
    """Return for whom something is where the line does not say: the only child decided about, or nobody yet."""
    subjects = line.people.subjects
    if len(subjects) == 1:
        return [subjects[0]], f"For {subjects[0].name}, the only child decided about.", []
    offers = [Completion(f"for {one.name}", line.with_more(f" for {line.people.said(one)}")) for one in subjects]
    return [], "It does not say for whom yet.", offers


# ── Decisions ────────────────────────────────────────────────────────────────────────────────────────────────────

DECISION_WORDS: dict[Decision, tuple[str, ...]] = {
    Decision.S47_JOINT: ("joint s47", "joint section 47", "s47 joint", "section 47 joint", "joint"),
    Decision.S47_SINGLE_CSC: (
        "single s47",
        "single section 47",
        "s47 single",
        "single agency s47",
        "single agency",
        "single",
    ),
    Decision.S47_CONTINUE: (
        "continue s47",
        "continue section 47",
        "s47 continues",
        "s47 continue",
        "continues",
        "continue",
    ),
    Decision.POLICE_ONLY: ("police only", "police investigation only"),
    Decision.S47_NOT_REQUIRED_ASSESS: ("s17", "section 17", "s17 assessment", "child in need", "cin", "assessment"),
    Decision.S47_NOT_REQUIRED_EH: ("early help",),
    Decision.S47_NOT_REQUIRED_NFA: ("nfa", "no further action"),
    Decision.S47_NOT_REQUIRED_EXISTING_PLAN: ("existing plan", "current plan"),
    Decision.ADJOURN: ("adjourned", "adjourn", "reconvene", "more information"),
    Decision.S47_CONCLUDE_NOT_SUBSTANTIATED: ("not substantiated", "unsubstantiated"),
    Decision.S47_CONCLUDE_NO_CONTINUING_RISK: ("no continuing risk", "substantiated no continuing risk"),
    Decision.S47_CONCLUDE_ICPC: ("icpc", "conference", "child protection conference"),
}
"""What people write for a decision; compared without case. Plain “s47” is asked about: it may be two of them."""

_CODES = sorted(
    ((word.split(), code) for code, names in DECISION_WORDS.items() for word in names),
    key=lambda one: len(one[0]),
    reverse=True,
)
_ALL_CHILDREN = frozenset({"all", "both", "everyone", "everybody", "each", "children"})


def read_decision(line: Line) -> Understanding:
    """Read the decision for one child, with its reasons; never for all, and never confirmed here. Raises MustAsk."""
    child, start = child_begins(line, "A decision", follows=may_follow)
    code, end = _code(line, start)
    because = BECAUSE.search(line.text, end)
    colon = re.compile(r"\s*:\s*").match(line.text, end)
    stop = (
        because.start()
        if because and not (colon and colon.start() < because.start())
        else (colon.start() if colon else len(line.text))
    )
    reason = (
        line.text[because.end() :] if because and stop == because.start() else line.text[colon.end() :] if colon else ""
    )
    left = line.text[end:stop].strip(" ,;")
    changes: list[Change] = []
    until = ""
    if code is Decision.ADJOURN and (match := re.match(r"(?:until|till|to)\s+(?P<when>.+)$", left, re.IGNORECASE)):
        until, change = _meet_again(line, match["when"], line.text.index(match["when"], end))
        changes.append(change)
        left = ""
    if left:
        completion = Completion(
            f"because {left}", line.instead(line.text.index(left, end), line.text.index(left, end), "because ")
        )
        raise MustAsk(
            f"{quoted(left)} is not understood. Is it the reason? Put because before it.", [completion], unused=left
        )
    answers: dict[str, Any] = {"decision/code": str(code)}
    if reason.strip():
        answers["decision/reason"] = reason.strip()
    outcome, before = outcome_of(line, child, answers)
    _not_confirmed(child, outcome, before, answers)
    changes.insert(0, Change("outcomes", answers, child.id, before))
    why = f", because {quoted(answers['decision/reason'])}" if "decision/reason" in answers else ", without reasons yet"
    if "decision/reason" not in answers and outcome and value_at(outcome.body, "decision/reason"):
        why = ", with the reasons recorded before"
    says = f"Decision for {child.name}: {code.label}{until}{why}.{_in_place_of(before, answers)}"
    return Understanding(f"{says} It is confirmed on the child's page.", tuple(changes))


def child_begins(line: Line, what: str, follows: Callable[[str], bool]) -> tuple[Known, int]:
    """Return the child that a line begins with, and where what is said of the child begins. Raises MustAsk.

    `follows` says which words between the name and a colon are none of the name.
    """
    subjects = line.people.subjects
    if not subjects:
        raise MustAsk("This discussion decides about no child yet. Add one first: c Robin Marsh, or u Marsh.")
    first = plain_words(line.rest)[:1]
    if first and first[0] in _ALL_CHILDREN:
        rest = re.sub(r"^\s*\S+(?:\s+children)?", "", line.rest).strip()
        completions = [Completion(one.name, f"{line.verb}{line.people.said(one)} {rest}") for one in subjects]
        raise MustAsk(f"{what} is for one child: a line for each.", completions)
    others = [one for one in line.people.children if one not in subjects]
    try:
        who = who_begins(line, line.people.children, CHILDREN, follows=follows)
    except SomebodyElse:
        raise
    except MustAsk as asked:
        is_nobody = asked.question.says.startswith("There is nobody")
        colon = SEPARATOR.search(line.text, line.start)
        if (
            is_nobody and colon and not follows(line.text[line.start : colon.start()].strip())
        ):  # a name, and nobody's here
            at = line.start + len(line.rest) - len(line.rest.lstrip())
            completions = [
                Completion(one.name, line.instead(at, colon.start(), line.people.said(one))) for one in subjects
            ]
            raise MustAsk(f"For which child: {listed([one.name for one in subjects])}?", completions) from None
        if is_nobody and len(subjects) == 1:
            return subjects[0], line.start
        if is_nobody:
            completions = [
                Completion(one.name, f"{line.verb}{line.people.said(one)} {line.rest.strip()}") for one in subjects
            ]
            raise MustAsk(f"For which child: {listed([one.name for one in subjects])}?", completions) from None
        raise
    if who.known in others:
        raise MustAsk(f"This discussion does not decide about {known_of(who).name}. Mark the child as a subject first.")
    return known_of(who), who.end


def _code(line: Line, start: int) -> tuple[Decision, int]:
    """Return the decision that words of the line name, and where they end. Raises MustAsk."""
    words = list(re.finditer(r"[^\s:,;]+", line.text[start:]))
    said = [fold(word[0]) for word in words]
    for names, code in _CODES:
        if said[: len(names)] == names:
            return code, start + words[len(names) - 1].end()
    place = start + words[0].start() if words else len(line.text)
    space = "" if line.text[:place].endswith((" ", ":")) else " "
    if said[:1] in (["s47"], ["section"]):
        end = start + words[min(len(words), 1 if said[0] == "s47" else 2) - 1].end()
        codes = (Decision.S47_JOINT, Decision.S47_SINGLE_CSC, Decision.S47_CONTINUE)
        completions = [Completion(one.label, line.instead(place, end, DECISION_WORDS[one][0])) for one in codes]
        raise MustAsk("Section 47 joint with police, social care only, or already open?", completions)
    asked = line.text[place:].strip()
    until = SEPARATOR.search(asked) or BECAUSE.search(asked)
    begun = fold(asked[: until.start()] if until else asked).strip()
    fitting = [one for one, names in DECISION_WORDS.items() if any(name.startswith(begun) for name in names)]
    completions = [
        Completion(
            one.label, line.instead(place, place + len(asked), f"{space}{DECISION_WORDS[one][0]}{_after(asked, until)}")
        )
        for one in fitting
    ]
    names_ = ", ".join(names[0] for names in DECISION_WORDS.values())
    says = f"{quoted(asked)} is no decision." if asked else "Which decision?"
    raise MustAsk(f"{says} Use one of: {names_}.", completions, unused=asked)


def _after(asked: str, until: re.Match[str] | None) -> str:
    return f" {asked[until.start() :].strip()}" if until else " "


def outcome_of(line: Line, child: Known, answers: dict[str, Any]) -> tuple[Part | None, dict[str, Any]]:
    """Return what is recorded for a child, and what those answers hold now."""
    rows = line.record.rows("outcomes")
    outcome = next((one for one in rows if one.body.get("child") == child.id), None)
    return outcome, _held(outcome, answers)


def _held(part: Part | None, answers: dict[str, Any]) -> dict[str, Any]:
    """Return what a part holds at those paths: values, or what was typed and not read."""
    if part is None:
        return {}
    held = {path: part.unread.get(path, value_at(part.body, path)) for path in answers}
    return {path: value for path, value in held.items() if value is not None}


def _not_confirmed(child: Known, outcome: Part | None, before: dict[str, Any], answers: dict[str, Any]) -> None:
    """Refuse to change under its confirmation a decision that was confirmed."""
    if outcome is None or not value_at(outcome.body, "decision/confirmed"):
        return
    if any(before.get(path) != value for path, value in answers.items()):
        code = value_at(outcome.body, "decision/code")
        held = quoted(Decision.of(code).label) if code else "The decision"
        raise MustAsk(
            f"{held} is confirmed for {child.name} already. Change it on the child's page, and confirm it again."
        )


def _in_place_of(before: dict[str, Any], answers: dict[str, Any]) -> str:
    """Return what a sentence says of answers that others take the place of."""
    gone = []
    for path, value in answers.items():
        if path not in before or before[path] == value:
            continue
        held = before[path]
        gone.append(Decision.of(held).label if path == "decision/code" else str(held))
    return f" In the place of {' and '.join(quoted(one) for one in gone)}." if gone else ""


# ── The next discussion ──────────────────────────────────────────────────────────────────────────────────────────


def _meet_again(line: Line, when: str, at: int) -> tuple[str, Change]:
    """Read when the next discussion is; return how a sentence says it, and the change. Raises MustAsk."""
    try:
        moment, said = next_day_of(when, line.now)
    except Unreadable as problem:
        ask_about(problem, line, at, at + len(when))
    answers = {"next_at": moment.isoformat(timespec="seconds")}
    before = _held(line.record.section("review"), answers)
    instead = ""
    if before.get("next_at", answers["next_at"]) != answers["next_at"]:
        instead = f" (not {_shown(before['next_at'])}, as recorded before)"
    return f" until {said}{instead}", Change("review", answers, before=before)


def _shown(held: str) -> str:
    try:
        return show_instant(datetime.fromisoformat(held))
    except ValueError:  # it was typed, and could not be read
        return quoted(held)


def read_review(line: Line) -> Understanding:
    """Read when the discussion meets again, and why. Raises MustAsk."""
    because = BECAUSE.search(line.text, line.start)
    stop = because.start() if because else len(line.text)
    when = line.text[line.start : stop].strip(" ,;:")
    reason = line.text[because.end() :].strip() if because else ""
    if not when:
        raise MustAsk("When? Such as r Friday 10:00.")
    said, change = _meet_again(line, when, line.text.index(when, line.start))
    answers: dict[str, Any] = {**change.answers, **({"reason": reason} if reason else {})}
    before = _held(line.record.section("review"), answers)
    gone = ""
    if reason and before.get("reason", reason) != reason:
        gone = f" In the place of {quoted(str(before['reason']))}."
    why = f", because {quoted(reason)}" if reason else ""
    says = f"Next discussion {said.removeprefix(' until ')}{why}.{gone}"
    return Understanding(says, (Change("review", answers, before=before),))
