"""Which copies each account may have: the one table from account to audience and person.

Pages, files, search, handing out, links, the command line and the tests of every route read it. How far somebody gets
to a record at all is in `need_to_know.py`; what a copy then holds is in `audience.py`, what a role may do in
`people.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from meetings.audience import CopyRefused, NoSuchReader, Reader
from meetings.documents import Briefing, Document, Professional, Restricted
from meetings.namesakes import names_of
from meetings.need_to_know import Reach
from meetings.people import Account, Deed, NotAllowed, audiences, is_named, may, reads_as
from meetings.vocabulary import Agency, Audience, ProfessionalKind, copy_of_agency

FOR_ANY_PROFESSIONAL = frozenset({Audience.FULL, Audience.PARTNER, Audience.DECISIONS})
"""What may be made for any professional of a record besides the copy of the agency; the recorder circulates it."""


def require_whole_record(person: Account, reach: Reach = Reach.WHOLE) -> None:
    """Raise NotAllowed unless this account may take the whole record as data: what is closed and legal advice too.

    Without a reach, unless its role could.
    """
    if not may(person, Deed.SEE) or reach is not Reach.WHOLE:
        raise NotAllowed(f"Your role, {person.role.label}, may not take the whole record. Ask a recorder to do it.")


def found_in(person: Account, document: Document) -> list[Professional]:
    """Return who of a record this account is, by name and agency as in signing; a group is nobody's own name."""
    return [
        one
        for one in document.professionals or ()
        if one.kind is not ProfessionalKind.GROUP and one.agency is person.agency and is_named(person, one.name)
    ]


# ── The table ────────────────────────────────────────────────────────────────────────────────────────────────────


def kinds(person: Account, reach: Reach, document: Document) -> frozenset[Audience]:
    """Return the kinds of copy of a record that an account may have, for whomever they are made.

    Who sees the whole has those of the role. Anybody else who gets to it has the copy of the own agency; the decisions
    alone, if that is how the circulation list names this person. A wider one is not given, whatever the list says.
    """
    if reach is Reach.NONE or not audiences(person):
        return frozenset()
    if reach is Reach.WHOLE:
        return audiences(person)
    mine = {one.id for one in found_in(person, document)}
    listed = {entry.audience for entry in document.circulation or () if str(entry.to) in mine}
    return frozenset({Audience.DECISIONS} if Audience.DECISIONS in listed else {reads_as(person)})


def readers(person: Account, reach: Reach, document: Document) -> frozenset[Reader]:
    """Return every reader whose copy of a record this account may have, as far as it gets to the record.

    Who only receives copies has one kind, and the one made for them as somebody of the record. Who sees the whole
    record may make every kind of copy, and a copy for each person of the record to be given to that person. A guest
    has none: the page of the link shows the text. A parent's copy must be allowed by the record too (`audience.cut`).
    """
    mine = kinds(person, reach, document)
    found = {Reader(audience) for audience in mine if audience is not Audience.PARENT}
    if reach is not Reach.WHOLE:
        return frozenset(found | {Reader(audience, me.id) for me in found_in(person, document) for audience in mine})
    for one in document.professionals or ():
        found |= {Reader(audience, one.id) for audience in copies_for(one, document)}
    if not isinstance(document, Briefing):
        found |= {Reader(Audience.PARENT, one.id) for one in document.adults or ()}
    return frozenset(found)


def copies_for(one: Professional, document: Document) -> frozenset[Audience]:
    """Return the kinds of copy that may be made for a professional of a record.

    Any may be given the full record, the open version or the decisions; no other agency's own copy, and legal advice
    only a lawyer, unless the circulation list says otherwise.
    """
    listed = {entry.audience for entry in document.circulation or () if str(entry.to) == one.id and entry.audience}
    own = {copy_of_agency(one.agency), *({Audience.LEGAL} if one.agency is Agency.LEGAL else ())}
    return (FOR_ANY_PROFESSIONAL | own | listed) - {Audience.PARENT}


def made_for(document: Document) -> list[tuple[str, str, Audience]]:
    """Return the professionals to whom something is restricted by name, and the kind of copy made for each.

    It is the one that is listed for the person, else that of the agency; the open version never holds such an item.
    """
    named: set[str] = set()
    for restricted in restrictions_in(document):
        named |= {str(one) for one in restricted.people or ()}
    found: list[tuple[str, str, Audience]] = []
    for one in document.professionals or () if named else ():
        listed = (entry.audience for entry in document.circulation or () if str(entry.to) == one.id)
        audience = next(filter(None, listed), None) or copy_of_agency(one.agency)
        if one.id in named and audience not in (Audience.PARTNER, Audience.PARENT):
            found.append((str(one.id), names_of(document).get(one.id, str(one.id)), audience))
    return found


def restrictions_in(value: Any) -> Iterator[Restricted]:
    """Yield every restriction in a document, or in a part of one."""
    if isinstance(value, Restricted):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from restrictions_in(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from restrictions_in(getattr(value, one.name))


def check_reader(person: Account, reach: Reach, who: Reader, document: Document) -> None:
    """Refuse an account a copy that the table does not give it.

    Raises NotAllowed, in words that do not tell whether somebody is in the record, where the account may not see it;
    else NoSuchReader for a person who is not in the record, CopyRefused for a copy that is not this person's.
    """
    if who in readers(person, reach, document):
        return
    check_audience(person, who.audience)
    if who.audience is Audience.PARENT and reach is Reach.WHOLE:
        return  # the cut says why there is none
    if reach is not Reach.WHOLE:
        raise NotAllowed("You may take a copy that is made for you, and none that is made for somebody else.")
    one = document.people().get(who.person or "")
    if one is None:
        raise NoSuchReader(f"There is nobody ‘{who.person}’ in this record to make a copy for.")
    name = names_of(document).get(one.id, one.id)
    if not isinstance(one, Professional):
        raise CopyRefused(f"{name} is of the family, who have no copy for {who.audience.label.lower()}.")
    agency = one.agency.label if one.agency else "no agency that is named"
    raise CopyRefused(f"{name} is of {agency}: a copy for {who.audience.label.lower()} is not made for {name}.")


def check_audience(person: Account, audience: Audience) -> None:
    """Refuse an account a kind of copy that its role never has. Raises NotAllowed."""
    if audience not in audiences(person):
        raise NotAllowed(f"Your role may not take a copy for {audience.label.lower()}.")


# ── As which reader somebody is shown a text ─────────────────────────────────────────────────────────────────────


def own_reader(person: Account, document: Document) -> Reader:
    """Return as which reader somebody is shown a briefing, or given a copy without saying which.

    It is the copy of the own agency, with what is restricted to this very person if the record names them.
    """
    me = next(iter(found_in(person, document)), None)
    return Reader(reads_as(person), me.id if me else None)


def given_reader(person: Account, reach: Reach, document: Document) -> Reader:
    """Return the reader of the copy that somebody takes without saying which: the full one if that is theirs."""
    mine = kinds(person, reach, document)
    if Audience.FULL in mine:
        return Reader(Audience.FULL)
    own = own_reader(person, document)
    return Reader(next(iter(mine), own.audience), own.person)


def link_reader(agency: Agency, local_id: str, document: Document) -> Reader:
    """Return as which reader somebody sees a text by a link: as the agency's, or the decisions alone if so listed.

    A wider copy than the agency's own is never shown by a link, whatever the circulation list says. A link is made for
    one professional; one whom a later version does not name, or names for another agency, reads as nobody there.
    """
    one = next((each for each in document.professionals or () if each.id == local_id), None)
    person = local_id if one is not None and one.agency is agency else None
    listed = {entry.audience for entry in document.circulation or () if entry.to == local_id}
    if Audience.DECISIONS in listed:
        return Reader(Audience.DECISIONS, person)
    return Reader(copy_of_agency(agency), person)


def handed_reader(person: Account, reach: Reach, audience: Audience, recipient: str, document: Document) -> Reader:
    """Return the reader of the copy that somebody hands to a listed recipient. Raises NotAllowed, NoSuchReader.

    Who may make a copy for that person hands this one; another hands the copy of that kind, if it is also theirs.
    """
    for_one, for_all = Reader(audience, recipient), Reader(audience)
    who = for_one if for_one in readers(person, reach, document) else for_all
    check_reader(person, reach, who, document)
    return who
