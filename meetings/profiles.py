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


def profile_ids() -> list[str]:
    """Return the ids of all profiles there are."""
    return sorted(path.stem for path in POLICIES.glob("*.json"))


@lru_cache(maxsize=64)
def profile(name: str) -> Profile:
    """Return the profile of that id, joined with the one it extends.

    Raises NoSuchProfile.
    """
    if name not in profile_ids():
        raise NoSuchProfile(name)
    given = json.loads((POLICIES / f"{name}.json").read_text(encoding="utf-8"))
    inherited = profile(given["extends"]).parameters if "extends" in given else {}
    return Profile(
        id=given["id"],
        version=given["version"],
        label=given["label"],
        nation=given["nation"],
        parameters={**inherited, **given["parameters"]},
    )
