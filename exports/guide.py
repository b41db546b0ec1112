"""What is printed for people who learn the work: rulebook, field guide and stages, made from what decides them.

A test compares `docs/rules.md`, `docs/field-guide.md` and `docs/stages.md` with what is made here, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator

from meetings.briefing_facts import BECOMES, Stage
from meetings.documents import BRIEFING, KINDS
from meetings.guides import GUIDES, Block
from meetings.openings import Opening
from meetings.parts import layout_of
from meetings.people import Role, roles_that_may
from meetings.questions import Field, Kind, flat_fields
from meetings.rules import CATALOGUE, SUBJECTS, Rule
from meetings.stages import MOVES, STANDS, Move


def _row(rule: Rule) -> list[str]:
    level = (
        f"{rule.level}{', no exception' if rule.hard else ''}{', also when issued in a hurry' if rule.urgent else ''}"
    )
    lines = [f"### {rule.id}: {rule.keeps}", "", rule.says, "", f"- Level: {level}; stage: {rule.gate}"]
    if rule.parameters:
        lines.append(f"- Set in the policy profile: {', '.join(f'`{name}`' for name in rule.parameters)}")
    if rule.nations:
        lines.append(f"- Only in: {', '.join(rule.nations)}")
    if rule.needs:
        lines.append(f"- Besides the record it looks at: {', '.join(rule.needs)}")
    return [*lines, f"- Place: `{rule.about}`", f"- Source: {rule.source}", ""]


def rules_page() -> str:
    """Return the rulebook as a page of Markdown."""
    lines = [
        "# The rulebook",
        "",
        "Made from `meetings/rules/`; do not edit it here.",
        "A *block* stops its stage, never typing or saving; a *warn* asks; an *info* tells.",
        "Any block or warning that is not marked “no exception” can be passed over by a named manager, with a reason.",
        "Numbers in braces are set in the policy profile.",
        "",
    ]
    for subject in SUBJECTS:
        lines += [f"## {(subject.__doc__ or '').strip().splitlines()[0]}", ""]
        mine = [rule for rule in CATALOGUE.values() if rule.check.__module__ == subject.__name__]
        for rule in sorted(mine, key=lambda rule: rule.id):
            lines += _row(rule)
    return "\n".join(lines).rstrip() + "\n"


_KINDS = {
    Kind.WORDS: "a line of text",
    Kind.TEXT: "text",
    Kind.YES_NO: "yes or no",
    Kind.NUMBER: "a whole number",
    Kind.DATE: "a date, such as 27/3/2026",
    Kind.INSTANT: "a date and time, such as 27/3/2026 14:10",
    Kind.DURATION: "a length of time, such as 4 hours",
    Kind.CODE: "a choice",
    Kind.REFERENCE: "somebody of this record",
    Kind.OBJECT: "rows",
}
MANY_OPTIONS = 20
"""A list longer than this is named, not printed."""


def _asked_when(opening: Opening | None) -> Iterator[str]:
    if opening is not None and opening.says:
        yield f"Asked when called for: {opening.says} ({opening.source})  "


def _question(one: Field, rules: list[Rule], opening: Opening | None) -> Iterator[str]:
    question = one.question
    kind = _KINDS[one.kind] if not one.many or one.kind is Kind.OBJECT else f"several: {_KINDS[one.kind]}"
    yield f"**{question.label}** ({kind})  "
    if question.hint:
        yield f"{question.hint}.  "
    if question.why:
        yield f"*{question.why}*  "
    yield from _asked_when(opening)
    if one.kind is Kind.CODE:
        options = [f"{entry.label}" for entry in one.type]
        listed = "; ".join(options) if len(options) <= MANY_OPTIONS else f"{len(options)} options: {one.type.__doc__}"
        yield f"Options: {listed}  "
    if one.kind is Kind.OBJECT:
        inner = [inner.question.label for inner in flat_fields(one.type).values() if inner.asked]
        yield f"Each row asks: {'; '.join(inner)}.  "
    if question.none:
        yield f"Can be answered: {question.none}.  "
    if rules:
        yield f"Needed by: {', '.join(rule.id for rule in rules)}.  "
    if question.source:
        yield f"Source: {question.source}.  "
    yield ""


def _rules_about(block: Block, path: str) -> list[Rule]:
    part = "" if block.part == block.kind.top else f"/{block.part}{'/*' if block.is_list else ''}"
    places = {f"{part}/{path}", f"{part}/{path.split('/', 1)[0]}"}
    return [rule for rule in CATALOGUE.values() if rule.kind is block.kind and rule.about in places]


def field_guide() -> str:
    """Return the field guide as a page of Markdown: every question with its guidance and source, step by step."""
    lines = [
        "# Field guide",
        "",
        "Every question of each kind of document, in the order of its form, with why it is asked and who asks for it.",
        "Made from `meetings/documents/` and `meetings/guides/`; do not edit it here.",
        "What a rule says is in [rules.md](rules.md).",
        "",
    ]
    for kind, steps in GUIDES.items():
        lines += [f"# {kind.label}", ""]
        for number, step in enumerate(steps, start=1):
            lines += [f"## {number}. {step.title}", "", step.about, ""]
            for block in step.blocks:
                lines += _block(block)
    return "\n".join(lines).rstrip() + "\n"


def _block(block: Block) -> Iterator[str]:
    layout = layout_of(block.kind)
    if label := layout.label_of(block.part):
        yield from (f"### {label}", "")
    if block.is_list and (none := layout.question_of_list(block.part).question.none):
        yield from (f"Rows; or: {none}.", "")
    if block.opening:
        yield from (*_asked_when(block.opening), "")
    known = layout.answers_of(block.part)
    for path in block.paths():
        yield from _question(known[path], _rules_about(block, path), block.opening_of(path))


# ── Stages ───────────────────────────────────────────────────────────────────────────────────────────────────────


def stages_page() -> str:
    """Return the life of a record as a page of Markdown: every move, who may make it, what it needs and leaves."""
    lines = [
        "# The life of a record",
        "",
        "Made from `meetings/stages.py` and `meetings/people.py`; do not edit it here.",
        "A final text is never changed: what has to be put right is put right in the next version.",
        "What stops a move that is stopped by blocks is in [rules.md](rules.md).",
        "",
    ]
    for kind in KINDS:
        mine = [one for one in MOVES if kind in one.kinds]
        lines += [f"## {kind.label}", "", "```mermaid", "stateDiagram-v2"]
        lines += [f"    {one.leaves} --> {one.reaches}: {one.label}" for one in mine]
        lines += ["```", ""]
        for one in mine:
            lines += _move(one)
        if kind is BRIEFING:
            lines += _stages_of_a_version()
    return "\n".join(lines).rstrip() + "\n"


def _stages_of_a_version() -> Iterator[str]:
    yield from ("### What becomes of one version", "")
    yield "Worked out from its sign-offs, its times and the versions after it; “Draft” is the next version beside it."
    yield ""
    for stage, others in BECOMES.items():
        following = [one.value for one in Stage if one in others]
        yield f"- {stage.value}: then {'; '.join(following) if following else 'nothing more'}"
    yield ""


def _move(move: Move) -> Iterator[str]:
    reaches = f"{STANDS[move.reaches]}{', as the next version' if move.next_version else ''}"
    roles = [role.label for role in roles_that_may(move.deed) if role is not Role.GUEST]
    yield from (f"### {move.label}", "")
    yield f"- From {STANDS[move.leaves]} to {reaches}"
    yield f"- Who may: {'; '.join(roles)}"
    yield f"- Needs: {move.needs}"
    if move.asks:
        yield f"- Asks: {move.asks}"
    if move.gated:
        yield "- Stopped by: every block of the gate"
    yield from (f"- Then: {move.then}", "")
