"""The printed rulebook: every rule with its words, made from the catalogue; a test compares `docs/rules.md` with it."""

from __future__ import annotations

from meetings.rules import CATALOGUE, SUBJECTS, Rule


def _row(rule: Rule) -> list[str]:
    level = f"{rule.level}{', no exception' if rule.hard else ''}"
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
