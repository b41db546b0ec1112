"""Whose signature it is: a person signs as oneself alone, by an account of that name and agency, and for nobody else.

Whether somebody has just proved again who it is, is asked at the door, before what signs is called.
"""

from __future__ import annotations

from collections.abc import Iterable

from meetings.documents import Document, Professional
from meetings.drafts import Refusal
from meetings.folding import folded_name
from meetings.people import Account, NotAllowed, is_named
from meetings.sign_offs import is_a_signature
from meetings.store import StoredSignoff


def is_self(by: Account, one: Professional | None) -> bool:
    """Whether somebody of a record is this person: of the same agency, and of that name."""
    return one is not None and one.agency is by.agency and is_named(by, one.name)


def own_entries(document: Document, by: Account) -> list[Professional]:
    """Return the entries of a record that are this person."""
    return [one for one in document.professionals or () if is_self(by, one)]


def check_signer(
    one: Professional, typed_name: str, by: Account, stands: Iterable[StoredSignoff], otherwise: str = ""
) -> None:
    """Refuse to sign as somebody else, or as two people; `stands` are the sign-offs that count already.

    `otherwise` is what else can be done for somebody else. Raises NotAllowed, Refusal.
    """
    if not is_self(by, one):
        raise NotAllowed(
            f"{one.name} signs with their own account, and you are {by.name}, {by.agency.label}. "
            f"Ask {one.name} to sign in and sign.{otherwise}"
        )
    if folded_name(typed_name) != folded_name(one.name or ""):
        raise Refusal(f"Type your full name as it stands in the record: {one.name}.")
    for other in stands:
        is_mine = other.account_id == by.id and not other.elsewhere and is_a_signature(other.body)
        if is_mine and other.body.get("by") != one.id:
            raise Refusal(
                "You have signed this text already, as another entry of the same name. One account signs for one "
                "person: remove the second entry from the record, or let the other person sign in."
            )
