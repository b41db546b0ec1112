"""A contract document that comes in: whether it may be a record here, and how it fills one."""

from __future__ import annotations

from meetings.acquaintances import met_in
from meetings.contract import Refused
from meetings.drafts import numbers, parts, refresh
from meetings.parts import Json
from meetings.profiles import DEFAULT_PROFILE, NoSuchProfile, profile
from meetings.record import Record
from meetings.seal import content_sha256
from meetings.store import Draft, StoredSignoff

LONGEST_REF = 200
LAST_VERSION = 2**31 - 1


def _can_be_a_reference(ref: str) -> bool:
    """Whether people can say it and pages can have it for their address."""
    is_one_line = ref == ref.strip() and len(ref) <= LONGEST_REF and not set(ref) & {"\n", "\t"}
    return is_one_line and all(part.strip(".") for part in ref.split("/"))


def check_envelope(data: Json) -> None:
    """Refuse a document that could be no record here. Raises Refused with path and reason."""
    try:
        profile(data["profile"] if data.get("profile", "").strip() else DEFAULT_PROFILE)
    except NoSuchProfile as unknown:
        raise Refused(f"profile: {unknown}") from None
    if (ref := data.get("ref", "")).strip() and not _can_be_a_reference(ref):
        raise Refused(
            f"ref: ‘{ref[:60]}’ cannot be the reference of a record: use one line of at most {LONGEST_REF} "
            "characters without blanks at its ends, and something other than dots between its slashes."
        )
    if data["version"] > LAST_VERSION:
        raise Refused(f"version: {data['version']} is more than a record can count here; {LAST_VERSION} is the most.")
    given = data.get("integrity", {}).get("content_sha256")
    if given is not None and given != content_sha256(data):
        raise Refused("integrity/content_sha256: the document is not the text that this hash was taken of.")
    rows = [row["id"] for name in ("children", "adults", "professionals") for row in data.get(name, ())]
    children = [row["child"] for row in data.get("outcomes", ())]
    actions = [row["id"] for row in data.get("actions", ())]
    for what, ids in (("local id", rows), ("child with an outcome", children), ("action", actions)):
        double = next((one for one in ids if ids.count(one) > 1), None)
        if double is not None:
            raise Refused(f"The {what} {double} occurs twice.")


def fill(draft: Draft, data: Json) -> None:
    """Put what a document says in a record; its sign-offs are kept as made elsewhere."""
    pairs, draft.asked = draft.layout.take_apart(data)
    draft.parts = parts(pairs)
    draft.numbers = numbers(draft)
    draft.signoffs = [StoredSignoff(body, elsewhere=True) for body in data.get("signoff", ())]
    by = data.get("provenance", {}).get("recorded_by")
    recorder = next((one.get("name") for one in data.get("professionals", ()) if one["id"] == by), None)
    draft.recorder = recorder or draft.recorder
    draft.met = met_in(Record(draft, ()).document)
    refresh(draft)
