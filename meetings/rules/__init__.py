"""The rulebook: every requirement of a record, one module a subject. Importing this loads them all."""

from meetings.rules import (
    actions,
    circulation,
    concerns,
    conferences,
    decisions,
    each_child,
    family,
    information,
    investigation,
    missing,
    parents,
    safety,
    taking_part,
    the_discussion,
    wording,
)
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

SUBJECTS = (
    family,
    the_discussion,
    taking_part,
    information,
    each_child,
    decisions,
    safety,
    investigation,
    concerns,
    missing,
    parents,
    actions,
    conferences,
    circulation,
    wording,
)
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
