"""Accounts of the people of a record: each signs in as oneself, so a test that signs needs somebody to do it."""

from __future__ import annotations

import uuid
from typing import Any

from meetings.people import Account, Role
from meetings.store import Store
from meetings.vocabulary import Agency


def an_account_of(one: Any, role: Role = Role.REVIEWER, **changes: Any) -> Account:
    """Return an account of the name, agency, organisation and grade of somebody of a record."""
    name = changes.pop("name", one.name)
    whole = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name}, {one.agency}, {one.organisation}, {role}")),
        "login": "".join(letter for letter in name.casefold() if letter.isalnum()),
        "name": name,
        "agency": Agency.of(one.agency),
        "organisation": one.organisation or "",
        "grade": one.grade or "",
        "role": role,
    }
    return Account(**{**whole, **changes})


def signed_up(store: Store, document: Any, local_id: str, role: Role = Role.REVIEWER, **changes: Any) -> Account:
    """Keep an account for somebody of a record, and return it."""
    password = changes.pop("password", None)
    account = an_account_of(document.professional(local_id), role, **changes)
    store.keep_account(account, password, demonstration=False)
    return account
