"""The printed pages are the ones that rules and questions make."""

from __future__ import annotations

from pathlib import Path

from exports.guide import field_guide, rules_page, stages_page
from meetings.guides import GUIDES
from meetings.parts import layout_of
from meetings.stages import MOVES

DOCS = Path(__file__).parent.parent / "docs"


def test_the_printed_rulebook_and_field_guide_are_up_to_date():
    assert (DOCS / "rules.md").read_text(encoding="utf-8") == rules_page()
    assert (DOCS / "field-guide.md").read_text(encoding="utf-8") == field_guide()


def test_the_printed_life_of_a_record_is_up_to_date_and_the_command_prints_it(accord):
    assert (DOCS / "stages.md").read_text(encoding="utf-8") == stages_page()
    assert accord("stages").stdout == stages_page()
    for move in MOVES:
        assert f"### {move.label}\n" in stages_page()


def test_every_question_of_the_form_is_in_the_field_guide():
    page = field_guide()
    for step in (step for steps in GUIDES.values() for step in steps):
        assert step.title in page
        for block in step.blocks:
            for path in block.paths():
                assert f"**{layout_of(block.kind).answers_of(block.part)[path].question.label}**" in page
