"""Tests: makers, rules, scenarios, shapes, doors and journeys."""
