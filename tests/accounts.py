"""Accounts of the people of a record: each signs in as oneself, so a test that signs needs somebody to do it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from forms.demonstration import PASSWORD
from meetings.contract import build_document
from meetings.desk import Desk
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


def signed_up_there(instance: Path, document: Any, local_id: str) -> Account:
    """Keep an account with the demonstration password, for somebody of a document, where the product is served."""
    whole = build_document(document)
    account = an_account_of(whole.professional(local_id))
    store = Store(f"sqlite:///{instance / 'accord.db'}")
    Desk(store, lambda: datetime.now(UTC)).keep_account(account, PASSWORD)
    store.close()
    return account


def signed_up(store: Store, document: Any, local_id: str, role: Role = Role.REVIEWER, **changes: Any) -> Account:
    """Keep an account for somebody of a record, and return it."""
    password = changes.pop("password", None)
    account = an_account_of(document.professional(local_id), role, **changes)
    store.keep_account(account, password, demonstration=False)
    return account
