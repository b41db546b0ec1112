"""Where records are kept. The only package that knows SQLAlchemy.

Drafts are kept as parts, final versions as bytes; what is asked across records stands in ordinary columns. SQLite by
default, PostgreSQL by setting; nothing here rests on what only one of them can do.
"""

from meetings.store.briefings import Listed, Sighting
from meetings.store.database import NoSuchMeeting, migrate
from meetings.store.following import Followed, Following, Here
from meetings.store.people import People
from meetings.store.records import Draft, Frozen, Records, State, StoredSignoff, Summary
from meetings.store.sharing import RegisteredFile, Shared, Sharing
from meetings.store.tables import AREA, history, metadata


class Store(Records, People, Sharing, Following):
    """The one door to the database."""


__all__ = [
    "AREA",
    "Draft",
    "Followed",
    "Frozen",
    "Here",
    "Listed",
    "NoSuchMeeting",
    "RegisteredFile",
    "Shared",
    "Sighting",
    "State",
    "Store",
    "StoredSignoff",
    "Summary",
    "history",
    "metadata",
    "migrate",
]
