"""How many wrong passwords somebody may try, and how long the next waits. Numbers and arithmetic; no clock, no store.

A try is counted before the password is looked at, so that tries at the same moment are no more than those allowed. What
strangers spend is counted per account, per address and for the whole service; none of that ever makes a first try
wait: it only lowers how many tries a pair of account and address has before it waits. Who signed in before from a
device has tries of that device's own. Why: docs/decisions/0023.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FREE = 5
"""Wrong passwords that one pair of account and address, or of account and known device, may try before it waits."""
FREE_UNDER_ATTACK = 1
"""The same for an address that is not known, while many wrong passwords come in."""
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(seconds=60)
"""Each further wrong password doubles the wait, up to a minute: nobody is locked out for longer."""
FORGOTTEN_AFTER = timedelta(minutes=15)
"""After so long without a wrong password a pair begins anew. Source: own."""

OF_ACCOUNT, OF_ADDRESS, OF_SERVICE = 20, 20, 200
"""Wrong passwords within about an hour from which an account, an address or the whole service counts as attacked."""
DRAINS_IN = timedelta(hours=1)
"""How long it takes until that many are forgotten."""


@dataclass(frozen=True)
class Level:
    """What is kept for one key: how many tries count now, when the last was, and until when the next waits."""

    tries: float
    last_at: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Counted:
    """The keys of one try: of its pair, and of what else it counts for, with how many are too many."""

    pair: str
    shared: Mapping[str, int]

    @property
    def keys(self) -> list[str]:
        """Every key, in the order in which rows are locked."""
        return sorted({self.pair, *self.shared})


def counted(login: str, address: str, device: str | None = None) -> Counted:
    """Return what one try counts for. A known device has tries of its own, whatever strangers do."""
    if device is not None:
        return Counted(_key("device", login, device), {})
    place = network_of(address)
    shared = {_key("account", login): OF_ACCOUNT, _key("address", place): OF_ADDRESS, _key("service"): OF_SERVICE}
    return Counted(_key("pair", login, place), shared)


def network_of(address: str) -> str:
    """Return whose an address is: itself, or for IPv6 the network of one household or office.

    >>> network_of("198.51.100.7"), network_of("2001:db8:1:2:3::4"), network_of("::ffff:198.51.100.7"), network_of("x")
    ('198.51.100.7', '2001:db8:1:2::/64', '198.51.100.7', 'x')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def _key(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode("utf-8", "replace")).hexdigest()


def waits(pair: Level | None, now: datetime) -> timedelta:
    """Return how long the next try of a pair still waits. A clock that was put back keeps nobody waiting."""
    if pair is None or pair.until is None or not now < pair.until <= now + LONGEST_WAIT:
        return timedelta(0)
    return pair.until - now


def after_a_try(levels: Mapping[str, Level], one: Counted, now: datetime) -> dict[str, Level]:
    """Return what is kept once a try was counted that did not have to wait."""
    found = {}
    is_attacked = False
    for key, most in one.shared.items():
        tries = _drained(levels.get(key), most, now)
        is_attacked = is_attacked or tries >= most
        found[key] = Level(tries + 1, now)
    before = levels.get(one.pair)
    fresh = before is None or abs(now - before.last_at) > FORGOTTEN_AFTER
    tries = 1 if before is None or fresh else before.tries + 1
    over = int(tries) - (FREE_UNDER_ATTACK if is_attacked else FREE)
    found[one.pair] = Level(tries, now, now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(over, 8)) if over >= 0 else None)
    return found


def after_the_right_one(levels: Mapping[str, Level], one: Counted, now: datetime) -> dict[str, Level]:
    """Return what is kept once the password was right: the try is given back, and its pair begins anew."""
    found = {key: replace(level, tries=max(0.0, level.tries - 1)) for key, level in levels.items() if key in one.shared}
    return {**found, one.pair: Level(0, now)}


def _drained(level: Level | None, most: int, now: datetime) -> float:
    if level is None:
        return 0.0
    return max(0.0, level.tries - most * (max(now - level.last_at, timedelta(0)) / DRAINS_IN))
