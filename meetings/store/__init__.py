"""Where records are kept. The only package that knows SQLAlchemy.

Drafts are kept as parts, final versions as bytes; what is asked across records stands in ordinary columns. SQLite by
default, PostgreSQL by setting; nothing here rests on what only one of them can do.
"""

from meetings.store.accounts import Accounts
from meetings.store.asking import AskedAgency, Awaited
from meetings.store.briefings import Listed, Sighting
from meetings.store.challenging import Challenge, Challenging
from meetings.store.database import NoSuchMeeting, OnlyAsked, Unreachable, Unusable, migrate
from meetings.store.faults import Fault, NotStorable, Unavailable
from meetings.store.following import Followed, Following, Here
from meetings.store.inviting import Invitation, Letter, LinkEnded, Within
from meetings.store.lent import Draft, Frozen, StoredSignoff
from meetings.store.limiting import Limiting
from meetings.store.posting import Answered, Posting
from meetings.store.records import Collision, Summary
from meetings.store.saving import Saving
from meetings.store.sealing import Made, OwnCertificate, SealedFile, SealedReport, Sealing
from meetings.store.sharing import EVIDENCE, FOUND, TAKEN, RegisteredFile, Shared, Sharing, Shelved
from meetings.store.tables import AREA, history, metadata


class Store(Saving, Accounts, Sharing, Following, Challenging, Limiting, Posting):
    """The one door to the database."""


class StoreToAsk(OnlyAsked, Store):
    """The same door, for those who only ask: nothing is made or written; Unreachable if it cannot be asked."""


__all__ = [
    "AREA",
    "EVIDENCE",
    "FOUND",
    "TAKEN",
    "Answered",
    "AskedAgency",
    "Awaited",
    "Challenge",
    "Collision",
    "Draft",
    "Fault",
    "Followed",
    "Frozen",
    "Here",
    "Invitation",
    "Letter",
    "LinkEnded",
    "Listed",
    "Made",
    "NoSuchMeeting",
    "NotStorable",
    "OwnCertificate",
    "RegisteredFile",
    "SealedFile",
    "SealedReport",
    "Sealing",
    "Shared",
    "Shelved",
    "Sighting",
    "Store",
    "StoreToAsk",
    "StoredSignoff",
    "Summary",
    "Unavailable",
    "Unreachable",
    "Unusable",
    "Within",
    "history",
    "metadata",
    "migrate",
]
