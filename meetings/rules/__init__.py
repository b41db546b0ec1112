"""The rulebook: every requirement of a record, one module a subject. Importing this loads them all."""

from meetings.rules import each_child, family, parents_and_actions, taking_part
from meetings.rules.machinery import (
    CATALOGUE,
    Case,
    Finding,
    Gate,
    Level,
    Rule,
    can_finalise,
    fill,
    judge,
)

SUBJECTS = (family, taking_part, each_child, parents_and_actions)
"""The modules of the rulebook, in the order in which it is printed."""

__all__ = [
    "CATALOGUE",
    "SUBJECTS",
    "Case",
    "Finding",
    "Gate",
    "Level",
    "Rule",
    "can_finalise",
    "fill",
    "judge",
]
