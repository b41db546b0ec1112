"""The rules about briefings, one module a subject."""

from meetings.rules.briefing import header, known, method, risk, saying, sharing, tasks

SUBJECTS = (header, known, method, risk, saying, tasks, sharing)
"""The modules, in the order in which they are printed."""
