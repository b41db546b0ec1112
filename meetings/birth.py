"""What changes in a briefing when an unborn subject is born: the child, the powers, and a risk to assess anew."""

from __future__ import annotations

from meetings.briefing_facts import NATIONS_OF_S46
from meetings.drafts import new_row
from meetings.parts import Json, Part
from meetings.store import Draft
from meetings.vocabulary import BirthKind, Sex

BORN = "Born: the unborn subject is now a child."
"""What the version for a born child says of itself, unless somebody says more."""
BEFORE_BIRTH_ONLY = ("due_on", "due_on_text", "pregnancy")
PROTECTION: Json = {
    "instrument": "Children Act 1989",
    "provision": "s46(1)(a),(b)",
    "test": "Reasonable cause to believe that the child would otherwise be likely to suffer significant harm.",
    "limits": "72 hours at most, never longer; no power of entry. Tell the authority where the child was found and the "
    "one where the child lives, the child, and the parents. The designated officer is another officer, an inspector or "
    "above. Not a police station.",
    "usable_now": True,
}
"""Working text, for a police lawyer to read before use. Source: Children Act 1989, s46; Circular 17/2008."""


def at_birth(draft: Draft, child: Part, born_on: str, name: str, nation: str) -> None:
    """Close the unborn subject and open the child: same person, other questions, other powers, a risk of its own."""
    body = {key: value for key, value in child.body.items() if key not in BEFORE_BIRTH_ONLY}
    if body.get("sex") == Sex.U:
        del body["sex"]
    child.body = {**body, "kind": str(BirthKind.BORN), "born_on": born_on, **({"name": name} if name else {})}
    child.unread = {key: typed for key, typed in child.unread.items() if key.split("/")[0] not in BEFORE_BIRTH_ONLY}
    if nation in NATIONS_OF_S46:
        _powers(draft)
    risk = new_row(draft, "risk_assessment/risks", {"who": [child.body["id"]]})
    risk.body["text"] = f"{child.body.get('name', 'The child')}, now born"
    draft.parts[risk.id] = risk
    draft.asked.discard(risk.name)


def _powers(draft: Draft) -> None:
    """Switch section 46: take away what said that it is not available yet, and offer it with its limits."""
    rows = [one for one in draft.parts.values() if one.name == "method/powers"]
    mine = [one for one in rows if str(one.body.get("provision", "")).casefold().replace(" ", "").startswith("s46")]
    children = [one.body for one in draft.parts.values() if one.name == "children"]
    if not any(one.get("kind") == BirthKind.UNBORN for one in children):
        for one in mine:
            if one.body.get("usable_now") is False:
                del draft.parts[one.id]
    if not any(one.body.get("usable_now") for one in mine):
        power = new_row(draft, "method/powers", dict(PROTECTION))
        draft.parts[power.id] = power
        draft.asked.discard(power.name)
