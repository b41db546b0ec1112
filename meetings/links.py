"""Codes of links and letters: of our own, and in no document; those of documents are in `vocabulary.py`."""

from __future__ import annotations

from meetings.vocabulary import Code


class LinkEnd(Code):
    """How a link for somebody without an account came to its end. Source: own list, in no document."""

    USED = "used", "Used"
    REPLACED = "replaced", "Replaced by a newer link"
    SUPERSEDED = "superseded", "Closed: the record was corrected or withdrawn"
    LOCKED = "locked", "Locked after too many wrong codes"


class LetterAbout(Code):
    """What a message is about. Source: own list, in no document."""

    LINK = "link", "Link to answer for an agency"
    NOT_APPROVED = "not_approved", "An agency does not approve"
    TO_READ = "to_read", "A briefing is to be read"
    NOT_READ = "not_read", "A briefing was not read in time"
    SEEN = "seen", "An officer has seen somebody"
    CHOOSE_PASSWORD = "choose_password", "An account was opened: choose a password"
    RESET_PASSWORD = "reset_password", "A new password was asked for"
