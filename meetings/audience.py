"""Who may see what: cutting a document down to what one reader may have. Applied before anything is drawn.

What is cut is not there to be found: not in the text, not in properties, not in the file name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from meetings.contract import write_value
from meetings.documents import BRIEFING_SCHEMA, Discussion, Document, Restricted
from meetings.parts import Json
from meetings.vocabulary import Audience, Sex, Tell

PERSON = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")

_ENVELOPE = ("schema", "id", "ref", "version", "supersedes", "status", "profile", "integrity")


class UnknownAudience(Exception):
    """A copy was asked for an audience that is not one."""


class CopyRefused(Exception):
    """A copy that may not be made; the sentence says why."""


class NoSuchReader(CopyRefused):
    """A copy was asked for a person who is not in the record."""


WHOLE_RECORD = "record"
"""What the register calls the whole record as data. It is no copy: no audience is named so."""
FAMILY_HAS_NO_BRIEFING = "A briefing is for officers. No copy of it is ever made for the family."
FOR_EXTRACTS = (Audience.FULL, Audience.SOCIAL_CARE, Audience.POLICE, Audience.LEGAL)
"""The copies of which an extract for one child is made. Source: contract, command line, export."""
NO_EXTRACT = f"An extract for each child is made of these copies alone: {', '.join(FOR_EXTRACTS)}."


@dataclass(frozen=True)
class Reader:
    """Whom a copy is for: a kind of reader, and the person it is made for, if it is made for one."""

    audience: Audience
    person: str | None = None

    def __str__(self) -> str:
        """Return the audience as the command line writes it."""
        return f"{self.audience}:{self.person}" if self.person else str(self.audience)


def reader(words: str) -> Reader:
    """Return the reader that `police` or `parent:a1` names. Raises UnknownAudience.

    >>> str(reader("parent:a1")), reader("police").person
    ('parent:a1', None)
    """
    name, colon, person = words.partition(":")
    known = ", ".join(audience.value for audience in Audience)
    if name not in list(Audience):
        raise UnknownAudience(f"‘{words}’ is no audience. Use one of {known}; a person follows a colon (parent:a1).")
    audience = Audience.of(name)
    if colon and PERSON.fullmatch(person) is None:
        raise UnknownAudience(f"‘{words}’ names nobody after the colon. Use a local id, such as {name}:a1.")
    if audience is Audience.PARENT and not person:
        raise UnknownAudience("A copy for a parent names the adult, such as parent:a1.")
    return Reader(audience, person or None)


def reader_in(words: str, document: Json) -> Reader:
    """Return the reader that words name for a copy of this document. Raises UnknownAudience, CopyRefused."""
    if words.partition(":")[0] == Audience.PARENT and document.get("schema") == BRIEFING_SCHEMA:
        raise CopyRefused(FAMILY_HAS_NO_BRIEFING)
    return reader(words)


# ── Restricted items ─────────────────────────────────────────────────────────────────────────────────────────────


def _may_see(restricted: Json, who: Reader) -> bool:
    if who.audience in (Audience.PARTNER, Audience.PARENT):  # the open version, and the family's
        return False
    return who.audience in restricted.get("audiences", ()) or (
        who.person is not None and who.person in restricted.get("people", ())
    )


def may_have(restricted: Restricted | None, who: Reader) -> bool:
    """Whether a reader may have an item that bears this restriction, or none."""
    return restricted is None or _may_see(write_value(restricted), who)


def _open(value: Any, who: Reader) -> Any:
    """Return a value without the restricted items that this reader may not see."""
    if isinstance(value, dict):
        opened = {name: _open(inner, who) for name, inner in value.items() if not _is_withheld(inner, who)}
        return _without_emptied(opened, value)
    if isinstance(value, list):
        return [_open(inner, who) for inner in value if not _is_withheld(inner, who)]
    return value


def _without_emptied(cut: Json, whole: Json) -> Json:
    """Return what was cut without the lists of which nothing is left: an empty one says that there were none."""
    return {name: value for name, value in cut.items() if value != [] or not whole.get(name)}


def _is_withheld(value: Any, who: Reader) -> bool:
    return isinstance(value, dict) and "restricted" in value and not _may_see(value["restricted"], who)


def opened(document: Json, who: Reader) -> Json:
    """Return a document without the restricted items that this reader may not see; nothing else is cut."""
    found: Json = _open(document, who)
    return found


def _without_loose_ends(document: Json, whole: Json) -> Json:
    """Take away what still points at an action that was left out: every answer that is nothing but its reference."""
    gone = _refs(whole) - _refs(document)
    found: Json = _without_words(document, gone) if gone else document
    return found


def _refs(document: Json) -> set[str]:
    rows = [*document.get("actions", ()), *document.get("earlier_actions", ())]
    return {one["ref"].strip() for one in rows if one.get("ref", "").strip()}


def _without_words(value: Any, gone: set[str]) -> Any:
    if isinstance(value, dict):
        kept = {name: _without_words(inner, gone) for name, inner in value.items() if not _is_one_of(inner, gone)}
        return _without_emptied(kept, value)
    if isinstance(value, list):
        return [_without_words(inner, gone) for inner in value if not _is_one_of(inner, gone)]
    return value


def _is_one_of(value: Any, words: set[str]) -> bool:
    return isinstance(value, str) and value.strip() in words


# ── What became of earlier actions ───────────────────────────────────────────────────────────────────────────────


def _compared(ref: str | None) -> str:
    return "".join((ref or "").split()).casefold()


def _agreed(history: Iterable[Document]) -> dict[str, list[Restricted | None]]:
    """Return, for each action of the earlier discussions by its reference, every restriction that it bore."""
    found: dict[str, list[Restricted | None]] = {}
    for earlier in history:
        for one in (earlier.actions or ()) if isinstance(earlier, Discussion) else ():
            if _compared(one.ref):
                found.setdefault(_compared(one.ref), []).append(one.restricted)
    return found


def _with_earlier_actions(document: Json, who: Reader, history: Iterable[Document]) -> Json:
    """Return a document with what became of those earlier actions that this reader may know of.

    An entry bears no restriction of its own: it has that of the action it reports on, which stands in the earlier
    discussion, and in every one that has it. An action that is not to be found there is closed to everybody.
    """
    if not document.get("earlier_actions"):
        return document
    agreed = _agreed(history)
    rows = [
        one
        for one in document["earlier_actions"]
        if (bears := agreed.get(_compared(one.get("ref")))) and all(may_have(each, who) for each in bears)
    ]
    return _without_emptied({**document, "earlier_actions": rows}, document)


def not_found_earlier(document: Json, history: Iterable[Document]) -> int:
    """Return of how many earlier actions it cannot be told who may know of them: no earlier discussion has them."""
    agreed = _agreed(history)
    return sum(_compared(one.get("ref")) not in agreed for one in document.get("earlier_actions", ()))


# ── One cut for each kind of copy ────────────────────────────────────────────────────────────────────────────────


def _only(value: Json, *names: str) -> Json:
    return {name: value[name] for name in names if name in value}


def _whole(document: Json, who: Reader) -> Json:
    """Everything, less restricted items not listed for this reader; legal advice only in the legal copy."""
    if who.audience is not Audience.LEGAL and "legal_advice" in document:
        document["legal_advice"].pop("text", None)
    return document


def _partner(document: Json, who: Reader) -> Json:
    """The open version: no restricted item, nothing about what must not be disclosed, no handling conditions."""
    document = _whole(document, who)
    for section in ("criminal_investigation", "communications"):
        document.get(section, {}).pop("do_not_disclose", None)
    return _without_conditions(document)


def _without_conditions(document: Json) -> Json:
    """Return a document that does not say under which conditions police handle it, or one of its actions."""
    for marked in (document, *document.get("actions", ())):
        marked.get("marking", {}).pop("conditions", None)
    return document


def _decisions(document: Json, who: Reader) -> Json:
    """Meeting, names, decisions, immediate safety, conference, actions, review; no information, analysis or voice."""
    document = _without_conditions(document)
    cut = _only(_without_why(document), *_ENVELOPE, "marking", "meeting", "validity", "actions", "review")
    for name in ("children", "adults"):
        if name in document:
            cut[name] = [
                _only(one, "id", "kind", "name", "given_names", "other_script", "subject") for one in document[name]
            ]
    if "professionals" in document:
        cut["professionals"] = [
            _only(one, "id", "kind", "name", "agency", "organisation", "role", "presence")
            for one in document["professionals"]
        ]
    if "outcomes" in document:
        cut["outcomes"] = [
            _only(one, "child", "decision", "immediate_safety", "conference") for one in document["outcomes"]
        ]
    if "signoff" in document:
        cut["signoff"] = [_only(one, *_SIGNED) for one in document["signoff"]]
    return cut


def _without_why(document: Json) -> Json:
    """Return a document that does not say why it was corrected: the reason speaks of the whole record."""
    if "supersedes" not in document:
        return document
    return {**document, "supersedes": _only(document["supersedes"], "version", "content_sha256")}


_SIGNED = (
    *("by", "as", "at", "content_sha256", "agency", "answer", "about"),
    *("method", "recorded_by", "sent_to"),
)
"""What of a sign-off is no information: who, for whom, how, which answer, about which child; never the reason."""


def _parent(document: Json, who: Reader) -> Json:
    """Reference, date, own children's names, decision and conference date, and what this adult is told."""
    if document.get("schema") == BRIEFING_SCHEMA:
        raise CopyRefused(FAMILY_HAS_NO_BRIEFING)
    adult = next((one for one in document.get("adults", ()) if one["id"] == who.person), None)
    if adult is None:
        raise NoSuchReader(f"There is no adult ‘{who.person}’ in this record to make a copy for.")
    name = adult.get("name") or who.person
    line: Json = next((one for one in document.get("telling", ()) if one.get("adult") == who.person), {})
    if line.get("tell") not in (Tell.ALL, Tell.PART):
        raise CopyRefused(f"No copy is made for {name}: the record does not say that {name} is told all or part.")
    if document.get("marking", {}).get("family_may_have") is False:
        raise CopyRefused("No copy is made for the family: the marking of this record says they may not have it.")
    document = _without_why(document)
    own = {*adult.get("parent_of", ()), *adult.get("parental_responsibility_for", ())}
    cut = _only(document, *_ENVELOPE)
    cut["marking"] = _only(document.get("marking", {}), "tier", "sensitive", "descriptor")
    cut["meeting"] = _only(document.get("meeting", {}), "started_at")
    cut["adults"] = [_only(adult, "id", "name")]
    cut["children"] = [
        _only(one, "id", "kind", "name", "other_script", "subject")
        for one in document.get("children", ())
        if one["id"] in own and one.get("subject")
    ]
    if line["tell"] == Tell.ALL:
        cut["outcomes"] = [
            {
                "child": one["child"],
                "decision": _only(one.get("decision", {}), "code"),
                "conference": _only(one.get("conference", {}), "booked_on"),
            }
            for one in document.get("outcomes", ())
            if one["child"] in own
        ]
    cut["telling"] = [_only(line, "adult", "text")]
    return cut


_CUTS: dict[Audience, Callable[[Json, Reader], Json]] = {
    Audience.FULL: _whole,
    Audience.POLICE: _whole,
    Audience.SOCIAL_CARE: _whole,
    Audience.LEGAL: _whole,
    Audience.PARTNER: _partner,
    Audience.DECISIONS: _decisions,
    Audience.PARENT: _parent,
}


_ALL_BUT = "It holds all that is recorded, but no privileged advice and nothing that is restricted to other readers."

HOLDS = {
    Audience.FULL: _ALL_BUT,
    Audience.POLICE: _ALL_BUT,
    Audience.SOCIAL_CARE: _ALL_BUT,
    Audience.LEGAL: "It holds all that is recorded, privileged advice too, but nothing that is restricted to other"
    " readers.",
    Audience.PARTNER: "It holds no restricted item, no privileged advice, nothing that must not be disclosed and no"
    " handling conditions.",
    Audience.DECISIONS: "It holds who took part, decisions, what keeps each child safe, conferences, actions and the"
    " next discussion; no information, no analysis and no words of a child.",
}
"""What a copy of each kind holds and leaves out, in words for its reader; a letter to a parent does not say it.

They are the same whatever a record holds, so that nobody learns from them that something is withheld.
"""


def cut(document: Json, who: Reader, history: Iterable[Document] = ()) -> Json:
    """Return what this reader may have of a document. Raises CopyRefused where no such copy is made.

    `history` are the earlier discussions: they say who may know what became of their actions. Without them no reader
    is told.
    """
    open_to_reader = _with_earlier_actions(_open(document, who), who, history)
    return _without_loose_ends(_CUTS[who.audience](open_to_reader, who), document)


# ── The extract for one child ────────────────────────────────────────────────────────────────────────────────────

_NOT_OF_ONE_CHILD = ("title", "information", "conflicts", "earlier_actions", "circulation", "contingencies")
"""What speaks of the whole family, and so of other children, in words that nobody can take apart."""

HOLDS_OF_ONE_CHILD = (
    "Of that, an extract holds what is about one child, without the information by agency. What was written about the"
    " whole family may still name another child: read it before you share it."
)
"""What an extract holds and leaves out, in words for its reader."""


def check_extracts_for(who: Reader) -> None:
    """Raise CopyRefused, in words that name no child, unless extracts for one child are made of this reader's copy."""
    if who.audience not in FOR_EXTRACTS:
        raise CopyRefused(NO_EXTRACT)


def _only_this(people: Any, kept: set[str]) -> list[str]:
    return [who for who in people or () if who in kept]


def extract(document: Json, child: str) -> Json:
    """Return what of a document belongs in the file of one child: no other child is in it, by name or by id.

    Raises CopyRefused if the record does not decide about that child.
    """
    subjects = {one["id"] for one in document.get("children", ()) if one.get("subject")}
    if child not in subjects:
        raise CopyRefused(f"This record does not decide about a child ‘{child}’, so there is no extract.")
    others = {one["id"] for one in document["children"]} - {child}
    part = {name: value for name, value in _without_why(document).items() if name not in _NOT_OF_ONE_CHILD}
    part["children"] = [one for one in document["children"] if one["id"] == child]
    part["outcomes"] = [one for one in document.get("outcomes", ()) if one["child"] == child]
    part["adults"] = []
    for adult in document.get("adults", ()):
        of = {*adult.get("parent_of", ()), *adult.get("parental_responsibility_for", ())}
        if not of or child in of:
            mine = {name: _only_this(adult[name], {child}) for name in _PARENTAGE if name in adult}
            part["adults"].append(_without_emptied({**adult, **mine}, adult))
    adults = {one["id"] for one in part["adults"]}
    everybody = {child, *adults, *(one["id"] for one in document.get("professionals", ()))}
    for name, people in (("places", "of"), ("actions", "about")):
        rows = [one for one in document.get(name, ()) if not one.get(people) or everybody & set(one[people]) - others]
        rows = [one for one in rows if child in one.get(people, ()) or not others & set(one.get(people, ()))]
        part[name] = [{**one, people: _only_this(one[people], everybody)} if people in one else one for one in rows]
    part["telling"] = [one for one in document.get("telling", ()) if one.get("adult") in adults]
    part["police_protection"] = [one for one in document.get("police_protection", ()) if one.get("child") == child]
    if document.get("custody", {}).get("child") in others:
        part.pop("custody")
    if others and part["children"][0].get("sex") == Sex.M:
        part.pop("fgm", None)  # it names no child, and is never about a boy
    if "missing" in document:
        missing = document["missing"]
        if {*missing.get("people", ())} & everybody:
            mine = {**missing, "people": _only_this(missing.get("people"), everybody)}
            if "episodes" in missing:
                mine["episodes"] = [one for one in missing["episodes"] if one.get("person") in everybody]
            part["missing"] = _without_emptied(mine, missing)
        else:
            part.pop("missing")
    if "dissent" in document:
        dissent = document["dissent"]
        entries = [one for one in dissent.get("entries", ()) if child in one.get("children", [child])]
        own = [{**one, "children": [child]} if "children" in one else one for one in entries]
        part["dissent"] = _without_emptied({**dissent, "entries": own}, dissent) if "entries" in dissent else dissent
    if "signoff" in document:
        # A reason that is not about this child alone may speak of another, in words that nobody can take apart.
        part["signoff"] = [
            one if one.get("about", []) == [child] else _signed_by_the_way(one, everybody)
            for one in document["signoff"]
        ]
    cut = _without_emptied({name: value for name, value in part.items() if name in document}, document)
    return _without_loose_ends(cut, document)


def _signed_by_the_way(signoff: Json, kept: set[str]) -> Json:
    """Return a sign-off that is not about one child alone, with those of whom it is that are kept."""
    mine = {name: value for name, value in signoff.items() if name != "reason"}
    return _without_emptied({**mine, "about": _only_this(mine["about"], kept)}, mine) if "about" in mine else mine


_PARENTAGE = ("parent_of", "parental_responsibility_for")


# ── Names of files ───────────────────────────────────────────────────────────────────────────────────────────────


def marking_words(document: Json) -> str:
    """Return the classification as it stands on pages and in file names: OFFICIAL or OFFICIAL-SENSITIVE."""
    marking = document.get("marking", {})
    return f"{marking.get('tier', 'OFFICIAL')}{'-SENSITIVE' if marking.get('sensitive') else ''}"


def file_name(document: Json, who: Reader | str, extension: str) -> str:
    """Return the name of a copy's file: `OFFICIAL-SENSITIVE_SD-2026-0951-2_v1_police.docx`."""
    slug = re.sub(r"[^A-Za-z0-9._-]", "-", str(document.get("ref", "record")))
    audience = str(who).replace(":", "-")
    return f"{marking_words(document)}_{slug}_v{document['version']}_{audience}.{extension}"
