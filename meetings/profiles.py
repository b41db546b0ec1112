"""Policy profiles: every number, quorum and timescale of local practice. One file per area, in `policies/`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

POLICIES = Path(__file__).parent / "policies"
DEFAULT_PROFILE = "england-default"


class NoSuchProfile(Exception):
    """A policy profile was named that is not there."""

    def __init__(self, name: str) -> None:
        """Say which profile is unknown and which there are."""
        known = ", ".join(sorted(profile_ids()))
        super().__init__(f"There is no policy profile ‘{name}’. Use one of: {known}.")


@dataclass(frozen=True)
class Profile:
    """One area's numbers. A profile that extends another holds only what differs; here both are joined."""

    id: str
    version: int
    label: str
    nation: str
    parameters: dict[str, dict[str, Any]]

    def __getitem__(self, name: str) -> Any:
        """Return the value of one parameter."""
        return self.parameters[name]["value"]

    def get(self, name: str) -> Any:
        """Return the value of one parameter, or None where this area has none."""
        return self.parameters[name]["value"] if name in self.parameters else None

    @cached_property
    def holidays(self) -> frozenset[date]:
        """Days that are not working days, besides Saturdays and Sundays."""
        return frozenset(date.fromisoformat(day) for day in self["bank_holidays"])

    @cached_property
    def police_manager_grades(self) -> frozenset[str]:
        """Police grades that count as manager, case-folded."""
        return frozenset(grade.casefold() for grade in self["police_manager_grades"])

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of this edition: of every value in force, its own and the inherited."""
        edition = {"id": self.id, "version": self.version, "nation": self.nation, "parameters": self.parameters}
        return hashlib.sha256(json.dumps(edition, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class BadProfile(Exception):
    """An area's own policy profile cannot be used; the sentence names the file and what is wrong in it."""


_folders: list[Path] = [POLICIES]


def use_folder(folder: Path) -> None:
    """Let an area's own profiles, one JSON file each, stand beside those that come with the product.

    Raises BadProfile, naming the file and what is wrong in it.
    """
    _folders[:] = [POLICIES, folder]
    profile.cache_clear()
    for path in sorted(folder.glob("*.json")):
        if (POLICIES / path.name).exists():
            raise BadProfile(f"{path.name}: the id {path.stem} belongs to a profile that comes with the product.")
        profile(path.stem)


def profile_ids() -> list[str]:
    """Return the ids of all profiles there are."""
    return sorted({path.stem for folder in _folders for path in folder.glob("*.json")})


def _like(value: Any, model: Any) -> bool:
    """Whether a value is of the same kind as the one it takes the place of: a number, a list of lists of words …"""
    if isinstance(model, list) and isinstance(value, list):
        return not model or all(_like(item, model[0]) for item in value)
    return type(value) is type(model)


def _checked(name: str, given: Any, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a profile as read, if it can be used. Raises BadProfile."""

    def bad(reason: str) -> BadProfile:
        return BadProfile(f"{name}.json: {reason}")

    if not isinstance(given, dict) or given.get("id") != name:
        raise bad(f"‘id’ must be {name}, the name of the file.")
    for key, kind, words in (("version", int, "a whole number"), ("label", str, "text"), ("nation", str, "text")):
        if type(given.get(key)) is not kind:
            raise bad(f"‘{key}’ must be {words}.")
    if given["nation"] not in NATIONS:
        raise bad(f"‘nation’ must be one of {', '.join(NATIONS)}.")
    if not isinstance(given.get("parameters"), dict):
        raise bad("‘parameters’ must be an object.")
    for parameter, entry in given["parameters"].items():
        if known and parameter not in known and parameter not in ONLY_SOME_HAVE:
            raise bad(f"there is no parameter ‘{parameter}’.")
        if not isinstance(entry, dict) or "value" not in entry:
            raise bad(f"the parameter ‘{parameter}’ has no value.")
        if entry.get("status") not in STATUSES or not entry.get("source"):
            raise bad(f"the parameter ‘{parameter}’ needs a source, and a status: {', '.join(STATUSES)}.")
        if parameter in known and not _like(entry["value"], known[parameter]["value"]):
            raise bad(f"the value of ‘{parameter}’ must be like {json.dumps(known[parameter]['value'])[:60]}.")
    for day in given["parameters"].get("bank_holidays", {}).get("value", ()):
        try:
            date.fromisoformat(day)
        except (TypeError, ValueError):
            raise bad(f"‘{day}’ among the bank holidays is not a date such as 2026-12-25.") from None
    return given


NATIONS = ("England", "Wales", "Scotland", "Northern Ireland")
STATUSES = ("statutory", "guidance", "local", "design")
ONLY_SOME_HAVE = frozenset({"conference_calendar_days"})
"""Parameters that the default profile does not have."""


@lru_cache(maxsize=64)
def profile(name: str) -> Profile:
    """Return the profile of that id, joined with the one it extends.

    Raises NoSuchProfile, BadProfile.
    """
    if name not in profile_ids():
        raise NoSuchProfile(name)
    path = next(folder / f"{name}.json" for folder in _folders if (folder / f"{name}.json").exists())
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise BadProfile(f"{path.name}: the file is not JSON.") from None
    inherited: dict[str, dict[str, Any]] = {}
    if isinstance(read, dict) and "extends" in read:
        if read["extends"] not in profile_ids() or read["extends"] == name:
            raise BadProfile(f"{path.name}: there is no profile ‘{read['extends']}’ to extend.")
        inherited = profile(read["extends"]).parameters
    elif name != DEFAULT_PROFILE:
        raise BadProfile(f"{path.name}: ‘extends’ must name the profile it differs from, such as {DEFAULT_PROFILE}.")
    given = _checked(name, read, inherited)
    return Profile(
        id=given["id"],
        version=given["version"],
        label=given["label"],
        nation=given["nation"],
        parameters={**inherited, **given["parameters"]},
    )
