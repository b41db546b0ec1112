"""By what name lists show a record: its own title, or the names of the children whom it is about."""

from __future__ import annotations

from collections.abc import Iterable

from meetings.folding import is_filled
from meetings.parts import Json


def title_of(top: Json, children: Iterable[Json]) -> str:
    """Return the name by which lists show a record, from what stands at its top and its children in their order.

    >>> title_of({}, [{"name": "Robin Marsh", "subject": True}, {"name": "Kit Marsh"}])
    'Robin Marsh'
    """
    mine = list(children)
    names = [one.get("name", "") for one in mine if one.get("subject") or len(mine) == 1]
    return top.get("title") or ", ".join(name for name in names if is_filled(name))
