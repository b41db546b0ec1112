"""Lines about what was said: information that an agency brought, dissent, a child's voice.

Each reader takes a line and returns how it was understood, or raises MustAsk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from forms.naming import Known, Match, called
from forms.quick_decided import child_begins, outcome_of
from forms.understanding import (
    BECAUSE,
    PARTICIPANTS,
    SEPARATOR,
    Change,
    Completion,
    Line,
    MustAsk,
    Understanding,
    Who,
    is_like_a_name,
    known_of,
    may_follow,
    names_of,
    people_named,
    quoted,
    which,
    who_begins,
)
from meetings.finding import fold
from meetings.vocabulary import Agency, Audience, LineKind


def text_from(line: Line, start: int) -> str:
    """Return what the line says from there, without the colon and the space before it."""
    return line.text[start:].strip().removeprefix(":").strip()


# ── Information ──────────────────────────────────────────────────────────────────────────────────────────────────

KIND_WORDS: dict[LineKind, tuple[str, ...]] = {
    LineKind.FACT: ("fact",),
    LineKind.OPINION: ("opinion", "professional opinion"),
    LineKind.THIRD_PARTY: ("third party", "third-party", "3rd party", "third party information", "hearsay"),
    LineKind.INTELLIGENCE: ("intelligence", "intel", "police intelligence"),
    LineKind.NOTHING_HELD: ("nothing held", "nothing known", "no trace", "nil return", "nothing recorded"),
}
"""What people write for a kind of information."""

_KINDS = {fold(word): kind for kind, names in KIND_WORDS.items() for word in names}
_LONGEST_FIRST = sorted((word for names in KIND_WORDS.values() for word in names), key=len, reverse=True)
_KIND = re.compile(rf"(?:^|[\s,])(?P<kind>{'|'.join(map(re.escape, _LONGEST_FIRST))})$", re.IGNORECASE)
_RESTRICTED = re.compile(r"(?:^|[\s,])restricted(?: to (?P<to>[^:]+))?$", re.IGNORECASE)


def read_information(line: Line) -> Understanding:
    """Read what an agency brought: who, the kind of information, who may see it, the words. Raises MustAsk."""
    colon = SEPARATOR.search(line.text, line.start)
    head_end = colon.start() if colon else len(line.text)
    kind, audiences, restricted = LineKind.FACT, list[Audience](), False
    if colon:
        head = line.text[line.start : head_end]
        if match := _RESTRICTED.search(head):
            audiences, restricted, head = _audiences(line, match), True, head[: match.start()]
        if match := _KIND.search(head.rstrip(" ,")):
            kind, head = _KINDS[fold(match["kind"])], head[: match.start()]
        if not head.strip():
            raise MustAsk("Who brought it? Begin with an agency or a participant: i Health: …")
        inner = replace(line, text=f"{line.verb}{head.rstrip(' ,')}:")
        who = _of_head(line, inner, head_end)
        start = colon.end()
    else:
        who = who_begins(line, line.people.professionals, PARTICIPANTS, agencies=True)
        start = who.end
    text = text_from(line, start)
    if (
        kind is LineKind.FACT
        and (second := re.match(r"(?P<kind>[^:]{1,30}):\s*", text))
        and fold(second["kind"].strip()) in _KINDS
    ):
        kind, text = _KINDS[fold(second["kind"].strip())], text[second.end() :]
    if kind is LineKind.FACT and any(fold(text).startswith(fold(word)) for word in KIND_WORDS[LineKind.NOTHING_HELD]):
        kind = LineKind.NOTHING_HELD
    if not text and kind is not LineKind.NOTHING_HELD:
        raise MustAsk(f"What did {called(who.agency) if who.agency else known_of(who).name} say?")
    return _information(line, who, kind, text, audiences if restricted else None)


def _of_head(line: Line, inner: Line, head_end: int) -> Who:
    """Return who a head names; what is asked speaks of the whole line."""
    tail = line.text[len(inner.text) - 1 :]
    try:
        who = who_begins(inner, inner.people.professionals, PARTICIPANTS, agencies=True, follows=may_follow)
    except MustAsk as asked:
        completions = [
            Completion(one.shows, one.line.removesuffix(":") + tail, one.then and one.then.removesuffix(":") + tail)
            if one.line.endswith(":")
            else Completion(one.shows, one.line, one.then and one.then.removesuffix(":") + tail)
            for one in asked.question.completions
        ]
        raise MustAsk(asked.question.says, completions, unused=asked.unused) from None
    if who.end < len(inner.text):
        left = inner.text[who.end :].rstrip(":").strip()
        raise MustAsk(
            f"{quoted(left)} is not understood before the colon. A kind may stand there: "
            f"{', '.join(names[0] for names in KIND_WORDS.values())}; and restricted to an audience.",
            unused=left,
        )
    return who


def _audiences(line: Line, match: re.Match[str]) -> list[Audience]:
    known = {
        fold(str(one).replace("_", " ")): one for one in Audience if one not in (Audience.PARTNER, Audience.PARENT)
    }
    head = line.text[: line.start + match.end()].rstrip()
    offered = [
        Completion(f"restricted to {words}", line.instead(len(head), len(head), f" to {words}"))
        for words in ("full and police", "full, police and social care", "police")
    ]
    if match["to"] is None:
        raise MustAsk("Restricted to which copies?", offered)
    named = [fold(part) for part in re.split(r"\s*(?:,|&|\band\b)\s*", match["to"].strip()) if part]
    if strange := [part for part in named if part not in known]:
        words = ", ".join(str(one).replace("_", " ") for one in known.values())
        raise MustAsk(f"{quoted(strange[0])} is no kind of copy. Use one of: {words}.", unused=strange[0])
    return [known[part] for part in dict.fromkeys(named)]


def _information(
    line: Line, who: Who, kind: LineKind, text: str, audiences: Sequence[Audience] | None
) -> Understanding:
    answers: dict[str, Any] = {"kind": str(kind)}
    if text:
        answers["text"] = text
    given_by = ""
    offers: list[Completion] = []
    if who.known is not None:
        answers["by"] = who.known.id
        agency = getattr(who.known.person, "agency", None)
        source = who.known.with_agency
    else:
        agency = who.agency
        source = called(agency) if agency else ""
        there = line.people.of_agency(agency) if agency else ()
        offers = _givers(line, who, there if len(there) > 1 else ())
        if len(there) == 1:
            answers["by"] = there[0].id
            given_by = f" Given by {there[0].name}, the only one of {source}."
    if agency:
        answers["agency"] = str(agency)
    said = f": {quoted(text)}" if text else ""
    hidden = ""
    if audiences is not None:
        answers["restricted/audiences"] = [str(one) for one in audiences]
        hidden = f" Only in these copies: {', '.join(one.label.lower() for one in audiences)}. Say why on its row."
    kind_said = f"{kind.label}, by" if kind is LineKind.NOTHING_HELD else f"{kind.label} from"
    says = f"{kind_said} {source}{said}.{given_by}{hidden}"
    return Understanding(says, (Change("information/lines", answers),), offers=tuple(offers))


def _givers(line: Line, who: Who, people: Sequence[Known]) -> list[Completion]:
    """Return the lines that name somebody of an agency in its place."""
    begins = len(line.text) - len(line.text[line.start :].lstrip())
    named = re.compile(re.escape(who.phrase)).match(line.text, begins) if who.phrase else None
    if named is None:
        return []
    return [
        Completion(f"given by {one.described}", line.instead(begins, named.end(), line.people.said(one)))
        for one in people
    ]


# ── Dissent and voice ────────────────────────────────────────────────────────────────────────────────────────────

_DISAGREES = re.compile(
    r"\s*(?:disagrees?|dissents?|objects?|does not agree)\b\s*(?:(?:with|from|to|about|on)\s+)?", re.IGNORECASE
)


def read_dissent(line: Line) -> Understanding:
    """Read who disagrees with what, and why. Raises MustAsk."""
    by, end = _who_disagrees(line)
    begin = SEPARATOR.match(line.text, end)
    start = begin.end() if begin else end
    match = _DISAGREES.match(line.text, start)
    about_start = match.end() if match else start
    because = BECAUSE.search(line.text, about_start)
    stop = because.start() if because else len(line.text)
    text = line.text[because.end() :].strip() if because else ""
    about = line.text[about_start:stop].strip(" ,;:")
    children: list[Known] = []
    if about and match:
        place = line.text.index(about, about_start)
        bare = re.sub(r"['’]s (?:decision|outcome)$|^the decision (?:for|about) ", "", about)
        children = people_named(
            line, place + about.index(bare), place + about.index(bare) + len(bare), line.people.children
        )
    if not match and not because:
        about, text = "", about
    if not text and not about:
        raise MustAsk(f"What does {by.name} disagree with, and why? Such as: disagrees with Robin because …")
    answers: dict[str, Any] = {"by": by.id}
    if children:
        answers["children"] = [one.id for one in children]
    elif about:
        answers["about"] = about
    if text:
        answers["text"] = text
    what = f" with the decision for {names_of(children)}" if children else f" with {quoted(about)}" if about else ""
    why = (
        f", because {quoted(text)}"
        if text and (what or because)
        else f": {quoted(text)}"
        if text
        else ", without a reason yet"
    )
    return Understanding(f"Dissent: {by.with_agency} disagrees{what}{why}.", (Change("dissent/entries", answers),))


def _who_disagrees(line: Line) -> tuple[Known, int]:
    who = who_begins(
        line,
        line.people.professionals,
        PARTICIPANTS,
        agencies=True,
        follows=lambda words: bool(_DISAGREES.match(words)) or not is_like_a_name(words),
    )
    if who.known is not None:
        return who.known, who.end
    agency = who.agency or Agency.OTHER
    there = line.people.of_agency(agency)
    if len(there) == 1:
        return there[0], who.end
    if not there:
        raise MustAsk(
            f"Nobody of {called(agency)} is recorded yet. Add who disagrees first: p name, role, {called(agency)}."
        )
    end = line.text.index(":", line.start) if line.text[who.end - 1] == ":" else who.end
    raise which(line, Match(f"person of {called(agency)}", there), line.start, end, ends=line.text[who.end - 1] != ":")


_SPEAKS = re.compile(
    r"(?:also |then |has )?(?:said|says|told|tells|asked|asks|wrote|writes|drew|whispered|shouted|repeated|answered)\b",
    re.IGNORECASE,
)
"""How what a child did begins, between the name and a colon."""
_SAID = re.compile(r"(?:also |then |has )?(?:said|says)(?: that)?\s*:\s*", re.IGNORECASE)
"""What only says that the child's words follow."""


def read_voice(line: Line) -> Understanding:
    """Read what a child said or did, in the child's words; added after what is recorded. Raises MustAsk."""
    child, start = child_begins(
        line, "A child's own view", follows=lambda words: bool(_SPEAKS.match(words)) or not is_like_a_name(words)
    )
    text = text_from(line, start)
    if said := _SAID.match(text):
        text = text[said.end() :]
    if not text:
        raise MustAsk(f"What did {child.name} say or do?")
    _, before = outcome_of(line, child, {"voice/text": text})
    held = before.get("voice/text", "")
    says = f"In the words of {child.name}: {quoted(text)}."
    if held:
        says += " It is added after what is recorded."
        text = f"{held}\n{text}"
    return Understanding(says, (Change("outcomes", {"voice/text": text}, child.id, before),))
