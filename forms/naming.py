"""Who is meant: the people and agencies of one record, found by the words somebody types for them.

Nobody is chosen where more than one may be meant; the reader of the line asks. Names are compared folded and kept as
they are. How a whole line is read is in `quick_line.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from meetings.documents import Adult, Child, Document, Professional
from meetings.finding import FORMS_OF_ADDRESS, fold, parted, run_together, sound, words
from meetings.namesakes import called_as, names_of, same_name
from meetings.vocabulary import Agency, Presence, ProfessionalKind

Person = Child | Adult | Professional

AGENCY_WORDS: dict[Agency, tuple[str, ...]] = {
    Agency.SOCIAL_CARE: ("social care", "childrens social care", "csc", "social services"),
    Agency.EMERGENCY_DUTY_TEAM: ("edt", "emergency duty team"),
    Agency.POLICE: ("police",),
    Agency.HEALTH: ("health", "nhs"),
    Agency.EDUCATION: ("education", "school", "nursery", "college"),
    Agency.HOUSING: ("housing",),
    Agency.PROBATION: ("probation",),
    Agency.VOLUNTARY: ("voluntary", "voluntary organisation"),
    Agency.LEGAL: ("legal", "legal services"),
    Agency.LADO: ("lado",),
    Agency.YOUTH_JUSTICE: ("youth justice", "yjs", "yot"),
    Agency.PLACEMENT: ("placement", "placement provider", "fostering", "fostering service"),
    Agency.ADULT_SOCIAL_CARE: ("adult social care", "adult services", "asc"),
    Agency.AMBULANCE: ("ambulance", "ambulance service"),
    Agency.HOME_OFFICE: ("home office",),
    Agency.MENTAL_HEALTH: ("mental health", "camhs"),
    Agency.SUBSTANCE_MISUSE: ("substance misuse", "drug and alcohol", "drug and alcohol service"),
    Agency.DOMESTIC_ABUSE_SERVICE: ("domestic abuse service", "idva", "refuge"),
    Agency.EARLY_HELP: ("early help",),
    Agency.CAFCASS: ("cafcass", "cafcass cymru"),
    Agency.OTHER: ("other",),
}
"""What people call an agency in speech; the first is also how a sentence calls it. Compared without case."""

SHORT_RANKS = {
    "pc": "police constable",
    "dc": "detective constable",
    "ps": "police sergeant",
    "sgt": "sergeant",
    "ds": "detective sergeant",
    "insp": "inspector",
    "di": "detective inspector",
    "dci": "detective chief inspector",
    "pclo": "police conference liaison officer",
    "sw": "social worker",
    "tm": "team manager",
    "hv": "health visitor",
    "gp": "general practitioner",
    "dsl": "designated safeguarding lead",
}
"""Ranks and posts that people shorten."""

FEWEST_LETTERS_TO_OFFER = 2
MOST_NAMED = 6
"""People that one question names; of more, how many there are."""


def called(agency: Agency) -> str:
    """Return what a sentence calls an agency.

    >>> called(Agency.POLICE), called(Agency.SOCIAL_CARE), called(Agency.LADO)
    ('police', 'social care', 'LADO')
    """
    name = AGENCY_WORDS[agency][0]
    return name.upper() if name in _CAPITALS else name


_CAPITALS = frozenset({"edt", "lado"})


def agency_called(typed: str) -> Agency | None:
    """Return the agency that is called so, or None."""
    said = " ".join(plain_words(typed))
    found = {word: agency for agency, names in AGENCY_WORDS.items() for word in names}
    return found.get(said) or next((one for one in Agency if plain_words(one.label) == plain_words(typed)), None)


def plain_words(typed: str) -> list[str]:
    """Return the folded words as they are typed; a hyphenated name is one, and so are letters with full stops."""
    return re.findall(r"[^\W_]+", fold(typed.replace(".", "")))


def _ways_to_say(role: str) -> set[str]:
    """Return the words by which a role or grade is called: all of them, the last of them, or shortened.

    A team manager is called manager, or TM, but not team: a team is nobody.

    >>> sorted(_ways_to_say("Team manager"))
    ['manager', 'team manager', 'tm']
    """
    spoken = {" ".join(plain_words(part)) for part in role.split(",")}  # Detective Sergeant, child abuse investigation
    spoken |= {long for short, long in SHORT_RANKS.items() if short in spoken}
    for short, long in SHORT_RANKS.items():
        spoken |= {one.replace(long, short) for one in spoken if f" {long} " in f" {one} "}
    ways = {" ".join(one.split()[start:]) for one in spoken for start in range(len(one.split()))}
    return {one for one in ways if len(one) > 1 and not one.isdigit()}  # nobody is called 6 for being of band 6


@dataclass(frozen=True, eq=False)
class Known:
    """One person of the record, with the words by which people call them."""

    person: Person
    called: str = ""
    """The name with what tells namesakes apart."""

    @property
    def id(self) -> str:
        """Local id."""
        return self.person.id

    @property
    def name(self) -> str:
        """Name as it stands in the record, or what stands in its place."""
        return self.called or self.person.name or f"({self.person.id}, no name yet)"

    @cached_property
    def name_words(self) -> frozenset[str]:
        """Folded words of every name this person has."""
        also = [*(self.person.known_as or ()), self.person.other_script or ""] if not self.is_professional else []
        names = (self.person.name or "", *also)
        return frozenset(word for name in names for word in (*words(name), *run_together(parted(name))))

    @property
    def is_professional(self) -> bool:
        """Whether this is somebody of an agency, not of the family."""
        return isinstance(self.person, Professional)

    @cached_property
    def initials(self) -> str:
        """First letters of the name."""
        return "".join(word[0] for word in plain_words((self.person.name or "").replace("-", " ")))

    @cached_property
    def posts(self) -> frozenset[str]:
        """What this person is called without a name: role, grade, agency, the beginning of an organisation."""
        one = self.person
        if isinstance(one, Professional):
            agency = {*AGENCY_WORDS[one.agency], " ".join(plain_words(one.agency.label))} if one.agency else set()
            places = [plain_words(text) for text in (one.organisation, one.team) if text]
            begun = {" ".join(place[:length]) for place in places for length in range(1, len(place) + 1)}
            return frozenset(agency | begun | _ways_to_say(one.role or "") | _ways_to_say(one.grade or ""))
        # “Mother of Robin” is called mother, not Robin.
        relations = re.split(r"\bof\b", one.relation or "")[0].split(",") if isinstance(one, Adult) else []
        return frozenset(way for relation in relations for way in _ways_to_say(relation))

    @cached_property
    def post_words(self) -> frozenset[str]:
        """Folded words of role, grade, team, organisation and agency; of a relative, of the relationship."""
        one = self.person
        if isinstance(one, Professional):
            agency = {word for name in AGENCY_WORDS[one.agency] for word in name.split()} if one.agency else set()
            places = {word for text in (one.organisation, one.team) if text for word in words(text)}
            return frozenset(agency | places | {word for post in self.posts for word in post.split()})
        return frozenset(word for post in self.posts for word in post.split())

    @property
    def described(self) -> str:
        """Name with what tells this person from another: Marguerite Sallow, Detective Sergeant."""
        one = self.person
        if isinstance(one, Professional):
            post = one.role or one.grade or (called(one.agency) if one.agency else "")
            return ", ".join(filter(None, (self.name, "" if f"({post})" in self.name else post)))
        return ", ".join(filter(None, (self.name, one.relation if isinstance(one, Adult) else "")))

    @property
    def with_agency(self) -> str:
        """Name with the agency in brackets: Marguerite Sallow (police)."""
        agency = self.person.agency if isinstance(self.person, Professional) else None
        return f"{self.name} ({called(agency)})" if agency else self.name

    def answers(self, phrase: Sequence[str]) -> bool:
        """Whether this person is called so: by names, with or without the post, or by the post alone.

        Two words of a name may be typed for one that stands in the record, as Smith Jones for Smithjones.
        """
        return self._answers(phrase) or any(
            self._answers([*phrase[:at], phrase[at] + phrase[at + 1], *phrase[at + 2 :]])
            for at in range(len(phrase) - 1)
            if phrase[at] + phrase[at + 1] in self.name_words
        )

    def _answers(self, phrase: Sequence[str]) -> bool:
        said = [word for word in phrase if word not in FORMS_OF_ADDRESS] or list(phrase)
        if (len(said) == 1 and len(said[0]) > 1 and said[0] == self.initials) or " ".join(phrase) in self.posts:
            return True
        if not any(word in self.name_words for word in said):
            return False
        rest = [word for word in said if len(word) > 1] or said
        letters = [word for word in said if word not in rest]  # “J Sallow”
        return all(word in self.name_words or word in self.post_words for word in rest) and all(
            any(name.startswith(letter) for name in self.name_words) for letter in letters
        )

    def is_named_by(self, phrase: Sequence[str]) -> bool:
        """Whether a phrase is names of this person only, not of the post."""
        return all(word in self.name_words or word in FORMS_OF_ADDRESS for word in phrase)


@dataclass(frozen=True)
class Match:
    """Who may be meant by a phrase: nobody, one, or several among whom somebody has to choose."""

    phrase: str
    people: tuple[Known, ...]

    @property
    def one(self) -> Known | None:
        """The only one who can be meant."""
        return self.people[0] if len(self.people) == 1 else None


def _known(one: Person, names: Mapping[str, str]) -> Known:
    return Known(one, called_as(names, one.id, one.name) if one.name else "")


class People:
    """Everybody of a record, to be found by what people call them."""

    def __init__(self, document: Document, me: str = "") -> None:
        """Know the people of that document, and the name of whoever says “me”."""
        self.me = me
        names = names_of(document)
        self.children = tuple(_known(one, names) for one in document.children or ())
        self.adults = tuple(_known(one, names) for one in document.adults or ())
        self.professionals = tuple(_known(one, names) for one in document.professionals or ())

    @property
    def family(self) -> tuple[Known, ...]:
        """Children and adults of the family."""
        return (*self.children, *self.adults)

    @property
    def subjects(self) -> tuple[Known, ...]:
        """Children that are decided about."""
        return tuple(one for one in self.children if isinstance(one.person, Child) and one.person.subject)

    def of_agency(self, agency: Agency) -> tuple[Known, ...]:
        """Return the people of an agency who took part; of an agency of which nobody did, all who are named."""
        mine = [
            one for one in self.professionals if isinstance(one.person, Professional) and one.person.agency is agency
        ]
        mine = [one for one in mine if not is_group(one)]
        there = [one for one in mine if getattr(one.person, "presence", None) is Presence.ATTENDED]
        return tuple(there or mine)

    def find(self, phrase: str, among: Iterable[Known]) -> Match:
        """Return who may be meant. A local id or a whole name means exactly one, unless two bear that name."""
        candidates = tuple(among)
        typed = self.me if self.me and phrase.strip().casefold() in ("me", "myself") else phrase.strip()
        if by_id := [one for one in candidates if one.id == typed] or [
            one for one in candidates if one.id.casefold() == typed.casefold()
        ]:
            return Match(typed, tuple(by_id))
        said = plain_words(typed)
        if not said:
            return Match(typed, ())
        name, in_any_order = same_name(typed), sorted(parted(typed))
        whole = [
            one
            for one in candidates
            if one.person.name
            and (same_name(one.person.name) == name or sorted(parted(one.person.name)) == in_any_order)
        ]
        found = whole or [one for one in candidates if one.answers(said)]
        return Match(typed, tuple(found))

    def alike(self, phrase: str, among: Iterable[Known]) -> tuple[Known, ...]:
        """Return who may have been meant by a phrase that names nobody: by its beginning, or by its sound."""
        said = [word for word in plain_words(phrase) if len(word) >= FEWEST_LETTERS_TO_OFFER]
        if not said:
            return ()
        found = []
        for one in among:
            known, heard = one.name_words | one.post_words, {sound(word) for word in one.name_words} - {""}
            if all(sound(typed) in heard or any(word.startswith(typed) for word in known) for typed in said):
                found.append(one)
        return tuple(found)

    def said(self, one: Known) -> str:
        """Return how to type a person so that nobody else is meant: the name, or the local id of two namesakes."""
        everybody = (*self.family, *self.professionals)
        mine = same_name(one.person.name or "")
        alone = [other for other in everybody if same_name(other.person.name or "") == mine]
        plain = one.person.name and not re.search(r"[:,\n]| (?:and|because|by|for|within) ", f" {one.person.name} ")
        is_alone = len(alone) == 1 and self.find(one.person.name or "", everybody).one is one
        return one.person.name if plain and is_alone and one.person.name else one.id


def is_group(one: Known) -> bool:
    """Whether this entry stands for a team or an organisation."""
    return isinstance(one.person, Professional) and one.person.kind is ProfessionalKind.GROUP


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them, each a choice.

    >>> listed(["Robin"]), listed(["Robin", "Lena"])
    ('Robin', 'Robin, or Lena')
    """
    shown = list(names[:MOST_NAMED])
    if more := len(names) - len(shown):
        shown.append(f"{more} more")
    return ", or ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
