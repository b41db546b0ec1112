"""Makes the copies that the tests of minutes, actions and audiences look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from exports.copies import Copy
from meetings import contract
from meetings.audience import reader
from meetings.profiles import profile
from meetings.seal import content_sha256
from tests.conftest import SCENARIOS as FOLDER
from tests.makers import Json


def a_copy(document: Json, audience: str = "full", history: tuple[Any, ...] = (), **more: Any) -> Copy:
    """Return the copy of a document for an audience."""
    return Copy(
        document=document,
        reader=reader(audience),
        profile=profile(document.get("profile", "england-default")),
        history=history,
        content_sha256=content_sha256(document),
        **more,
    )


def _read() -> Iterator[tuple[str, Json, Json, tuple[Any, ...]]]:
    """Yield name, document, what is expected of it, and the earlier discussions of each meeting of each scenario."""
    for folder in sorted(FOLDER.glob("O*")):
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        history: list[Any] = []
        for meeting in expected["meetings"]:
            document = json.loads((folder / meeting["file"]).read_text(encoding="utf-8"))
            yield f"{folder.name} {meeting['file']}", document, meeting, tuple(history)
            history.append(contract.read(document))


SCENARIOS = list(_read())
"""Name, document, what is expected of it, and the earlier discussions of each meeting of each scenario."""
NAMES = [name for name, *_ in SCENARIOS]
