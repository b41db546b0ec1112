"""Lines about people and places: participants, children, unborn babies, adults of the family, addresses.

Each reader takes a line and returns how it was understood, or raises MustAsk. Names are kept as they are typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from forms.days import NoYear, read_date, say_date, show_date
from forms.naming import Known, agency_called, called, plain_words
from forms.reading import Ambiguous, Unreadable
from forms.understanding import (
    FAMILY,
    SEPARATOR,
    Change,
    Completion,
    Line,
    MustAsk,
    Understanding,
    ask_about,
    names_of,
    people_named,
    quoted,
)
from meetings.acquaintances import Acquaintance
from meetings.briefing_facts import say_age
from meetings.calendar import local
from meetings.documents import Adult
from meetings.finding import dialled, fold
from meetings.folding import aligned
from meetings.namesakes import same_name
from meetings.post import no_address, read_address
from meetings.questions import Tense
from meetings.telephones import as_digits
from meetings.vocabulary import Agency, Attendance, BirthKind, Presence, Profession, Sex

ANOTHER = re.compile(r"another\s+", re.IGNORECASE)
"""Before a name that is in the record already: somebody else of the same name."""

# ── Participants ─────────────────────────────────────────────────────────────────────────────────────────────────

PART_TAKEN: dict[str, tuple[Presence, Attendance | None]] = {
    "video": (Presence.ATTENDED, Attendance.VIDEO),
    "by video": (Presence.ATTENDED, Attendance.VIDEO),
    "phone": (Presence.ATTENDED, Attendance.TELEPHONE),
    "telephone": (Presence.ATTENDED, Attendance.TELEPHONE),
    "by phone": (Presence.ATTENDED, Attendance.TELEPHONE),
    "by telephone": (Presence.ATTENDED, Attendance.TELEPHONE),
    "in person": (Presence.ATTENDED, Attendance.IN_PERSON),
    "in the room": (Presence.ATTENDED, Attendance.IN_PERSON),
    "attended": (Presence.ATTENDED, None),
    "apologies": (Presence.INVITED_ABSENT, None),
    "absent": (Presence.INVITED_ABSENT, None),
    "invited": (Presence.INVITED_ABSENT, None),
    "consulted": (Presence.CONSULTED, None),
    "named": (Presence.NAMED, None),
}
"""What people write for the part somebody takes."""
MANAGER_WORDS = frozenset({"manager", "chair and manager"})
GRADES = frozenset({"pc", "dc", "ps", "sgt", "ds", "insp", "di", "dci", "supt", "det supt"})
"""Ranks that stand alone as a grade."""
_SAID_AS = re.compile(r"(?P<what>at|grade|role)\s+(?P<words>\S.*)", re.IGNORECASE)
_PATHS = {"at": "organisation", "grade": "grade", "role": "role"}
"""Items that say what they are: at Wexmere General, grade Band 7."""
_PHONE = re.compile(r"\+?\d[\d ()-]{5,}\d")
_BEGINS_A_NUMBER = re.compile(r"(?:(?:tel|telephone|phone|mob|mobile|ring|call)\b[.:]?\s*)?[+(]*\d", re.IGNORECASE)


def items(line: Line) -> list[tuple[str, int, int]]:
    """Return what stands between the commas after the first word: the words, and where they begin and end.

    A comma inside quotation marks parts nothing.
    """
    found = []
    for match in re.finditer(r'(?:"[^"]*"|[^,])+', line.text[line.start :]):
        words = match[0].strip(" ;")
        if re.fullmatch(r'"[^"]+"', words):
            words = words.strip('"').strip()
        if words:
            begin = line.start + match.start() + match[0].index(words)
            found.append((words, begin, begin + len(words)))
    return found


def _name(line: Line, what: str) -> tuple[str, bool, list[tuple[str, int, int]]]:
    """Return the name a line begins with, whether it says that it is another one, and what follows it."""
    said = items(line)
    name, is_another = (said[0][0], bool(ANOTHER.match(said[0][0]))) if said else ("", False)
    name = ANOTHER.sub("", name, count=1).strip()
    if not name:
        raise MustAsk(what)
    return name, is_another, said[1:]


def read_participant(line: Line) -> Understanding:
    """Read who takes part: the name, then role, agency, organisation, part taken, telephone. Raises MustAsk."""
    name, is_another, rest = _name(line, "Who takes part? Such as p Tom Reed, midwife, health.")
    same = [one for one in line.people.professionals if same_name(one.person.name or "") == same_name(name)]
    if same and not is_another:
        offers = [Completion(f"Another person called {name}", f"{line.verb}another {line.rest.strip()}")]
        raise MustAsk(f"{same[0].described} is among the participants already. Is it somebody else?", offers)
    answers: dict[str, Any] = {"name": name, "presence": str(Presence.ATTENDED)}
    loose: list[str] = []
    for words, _, _ in rest:
        if not _of_participant(words, answers):
            loose.append(words)
    places = [path for path in ("role", "organisation") if path not in answers]
    answers |= dict(zip(places, loose, strict=False))
    if len(loose) > len(places):
        left = ", ".join(loose[len(places) :])
        raise MustAsk(f"{quoted(left)} is not understood: after the name come role, agency, organisation.", unused=left)
    if profession := _profession(answers.get("role", "")):
        answers["profession"] = str(profession)
    return Understanding(_participant(answers), (Change("professionals", answers),), offers=_met(line, name, rest))


def _of_participant(words: str, answers: dict[str, Any]) -> bool:
    """Take one item after the name, if it says by itself what it is."""
    said = fold(words)
    if (agency := agency_called(words)) and "agency" not in answers:
        answers["agency"] = str(agency)
    elif said in PART_TAKEN:
        presence, attendance = PART_TAKEN[said]
        answers["presence"] = str(presence)
        if attendance:
            answers["attendance"] = str(attendance)
    elif said in MANAGER_WORDS and "manager" not in answers:
        answers["manager"] = True
    elif said in GRADES and "grade" not in answers:
        answers["grade"] = words
    elif (match := _SAID_AS.fullmatch(words)) and _PATHS[fold(match["what"])] not in answers:
        answers[_PATHS[fold(match["what"])]] = match["words"]
    elif "contact/phone" not in answers and (
        _PHONE.fullmatch(as_digits(words)) or (_BEGINS_A_NUMBER.match(words) and dialled(words))
    ):
        answers["contact/phone"] = words
    elif "@" in words and "contact/email" not in answers:
        if (address := read_address(words)) is None:
            raise MustAsk(no_address(words), unused=words)
        answers["contact/email"] = address
    else:
        return False
    return True


def _profession(role: str) -> Profession | None:
    return next((one for one in Profession if fold(one.label) == fold(role)), None)


def _participant(answers: dict[str, Any]) -> str:
    post = ", ".join(filter(None, (answers.get("grade"), answers.get("role"))))
    agency = called(Agency.of(answers["agency"])) if "agency" in answers else "agency not given"
    where = ", ".join(filter(None, (agency, answers.get("organisation"))))
    how = f", {Attendance.of(answers['attendance']).label.lower()}" if "attendance" in answers else ""
    part = f"{Presence.of(answers['presence']).label.lower()}{how}"
    more = [answers[path] for path in ("contact/phone", "contact/email") if path in answers]
    if answers.get("manager"):
        more.append("manager for the agency")
    if "profession" in answers:
        more.append(f"health profession {Profession.of(answers['profession']).label.lower()}")
    said = ", ".join(filter(None, (answers["name"], post)))
    return f"Participant {said} ({where}): {'; '.join((part, *more))}."


def _met(line: Line, name: str, rest: Sequence[Any]) -> tuple[Completion, ...]:
    """Return who was met in earlier meetings under that name, as lines with all that is known of them."""
    here = {same_name(one.person.name or "") for one in line.people.professionals}
    found = [one for one in line.met(name) if same_name(one.name) not in here]
    if rest:  # somebody who types on knows more than we remember
        found = [one for one in found if same_name(one.name) != same_name(name)]
    return tuple(Completion(described(one), f"{line.verb}{', '.join(_typed(one))}") for one in found)


def described(one: Acquaintance) -> str:
    """Return how somebody met before is shown: Tom Reed, midwife (health, Wexmere General)."""
    agency = called(Agency.of(one.agency)) if one.agency else ""
    post = ", ".join(filter(None, (one.name, one.role or one.grade)))
    where = ", ".join(filter(None, (agency, one.organisation)))
    return f"{post} ({where})" if where else post


def _typed(one: Acquaintance) -> list[str]:
    """Return the items of a line that add somebody met before; one with a comma in it stands in quotation marks."""
    agency = called(Agency.of(one.agency)) if one.agency else ""
    grade = one.grade if fold(one.grade) in GRADES or not one.grade else f"grade {one.grade}"
    organisation = one.organisation and f"at {one.organisation}"
    given = [one.name, one.role, grade, agency, organisation, one.phone, one.email]
    known = [words for words in given if words and not ("," in words and '"' in words)]
    return [f'"{words}"' if "," in words else words for words in known]


# ── Children ─────────────────────────────────────────────────────────────────────────────────────────────────────

SEX_WORDS = {"m": Sex.M, "male": Sex.M, "boy": Sex.M, "f": Sex.F, "female": Sex.F, "girl": Sex.F}
_NOT_SUBJECT = re.compile(r"(?:^|(?<=[\s,]))(?:not (?:a )?subject|not decided about|sibling only)$", re.IGNORECASE)
_OF_UNBORN = re.compile(r"(?:^|(?<=[\s,]))(?P<what>due|edd|mother)\s+(?:on\s+)?(?=\S)", re.IGNORECASE)
_NEVER_THE_MOTHER = frozenset(
    {*("father", "dad", "stepfather", "grandmother", "grandfather", "grandma", "grandad", "nan", "uncle", "brother"),
     *("aunt", "sister", "stepmother", "foster", "husband", "boyfriend", "step", "grand")}
)  # fmt: skip


def read_unborn(line: Line) -> Understanding:
    """Read an unborn baby by the surname, with the date it is due and its mother if they are said. Raises MustAsk."""
    text, is_another = line.rest.strip(" ,:"), bool(ANOTHER.match(line.rest.strip(" ,:")))
    answers: dict[str, Any] = {"kind": str(BirthKind.UNBORN), "sex": str(Sex.U), "subject": True}
    mother: Known | None = None
    while matches := list(_OF_UNBORN.finditer(text)):  # from the end, in any order
        words = text[matches[-1].end() :].strip(" ,")
        if fold(matches[-1]["what"]) == "mother":
            mother = _the_mother(line, words)
        else:
            answers["due_on"] = _due(line, words).isoformat()
        text = text[: matches[-1].start()].strip(" ,")
    surname = ANOTHER.sub("", text, count=1).strip(" ,")
    surname = re.sub(r"^unborn(?: baby)?\s+", "", surname, flags=re.IGNORECASE)
    if not surname:
        raise MustAsk("Which surname? Such as u Marsh, or u Marsh due 3/2/2027.")
    if re.search(r"[,:\d]", surname):
        left = re.split(r"[,:]|\s(?=\S*\d)", surname, maxsplit=1)[1].strip() or surname
        raise MustAsk(f"{quoted(left)} is not understood. After the surname may come due and a date.", unused=left)
    answers["name"], answers["family_name"] = f"Unborn baby {surname}", surname
    if not is_another and any(
        same_name(one.person.name or "") == same_name(answers["name"]) for one in line.people.children
    ):
        twin = Completion("Another baby of the same pregnancy", f"{line.verb}another {line.rest.strip()}")
        raise MustAsk(f"{answers['name']} is recorded already. Is it another baby?", [twin])
    said_mother = ""
    if mother is not None:
        said_mother = f" Mother: {mother.name}."
    else:
        may_be = [one for one in line.people.adults if _can_be_mother(one, surname)]
        mother = may_be[0] if len(may_be) == 1 else None
        if mother:
            said_mother = f" Mother: {mother.name}, the only one of that surname who may be."
    offers: list[Completion] = []
    if mother is not None:
        answers["mother"] = mother.id
    else:
        candidates = [one for one in line.people.adults if _can_be_mother(one, "")]
        offers = [
            Completion(f"mother {one.name}", line.with_more(f" mother {line.people.said(one)}")) for one in candidates
        ]
        said_mother = " The mother is not said yet."
    due = f", due {say_date(date.fromisoformat(answers['due_on']), _today(line))}" if "due_on" in answers else ""
    says = f"{answers['name']}, not born yet, sex unknown{due}: decided about here.{said_mother}"
    return Understanding(says, (Change("children", answers),), offers=tuple(offers))


def _today(line: Line) -> date:
    return local(line.now).date()


def _the_mother(line: Line, phrase: str) -> Known:
    match = line.people.find(phrase, line.people.adults)
    if match.one is None:
        at = line.text.rindex(phrase)
        completions = [
            Completion(one.described, line.instead(at, at + len(phrase), line.people.said(one))) for one in match.people
        ]
        if match.people:
            raise MustAsk(f"Which {phrase}?", completions)
        raise MustAsk(f"There is nobody called {quoted(phrase)} among the adults of {FAMILY}.", unused=phrase)
    return match.one


def _can_be_mother(one: Known, surname: str) -> bool:
    """Whether an adult may be the mother of a baby: not a man, not somebody whose relationship says otherwise."""
    adult = one.person
    if not isinstance(adult, Adult) or adult.sex is Sex.M:
        return False
    if _NEVER_THE_MOTHER & set(plain_words(adult.relation or "")):
        return False
    return not surname or set(plain_words(surname)) <= one.name_words


def _due(line: Line, words: str) -> date:
    at = line.text.rindex(words)
    try:
        day = read_date(words, _today(line), tense=Tense.COMING)
    except Unreadable as problem:
        ask_about(problem, line, at, at + len(words))
    if day < _today(line):
        raise MustAsk(f"{show_date(day)} is over. When is the baby due?", unused=words)
    return day


def read_child(line: Line) -> Understanding:
    """Read a child who is born: name, date of birth or age, sex. Raises MustAsk."""
    text = line.rest.strip(" ,:")
    is_another = bool(ANOTHER.match(text))
    text = ANOTHER.sub("", text, count=1)
    answers: dict[str, Any] = {"kind": str(BirthKind.BORN), "subject": True}
    if match := _NOT_SUBJECT.search(text):
        answers["subject"], text = False, text[: match.start()].strip(" ,")
    text = _sex_at_the_end(text, answers)
    text = _birth_at_the_end(line, text, answers)
    text = _sex_at_the_end(text, answers)
    if not text or re.search(r"\d", text):
        raise MustAsk("Which child? Such as c Robin Marsh 4/5/2018 m.", unused=text)
    answers["name"] = text
    if not is_another and any(same_name(one.person.name or "") == same_name(text) for one in line.people.children):
        other = Completion(f"Another child called {text}", f"{line.verb}another {line.rest.strip()}")
        raise MustAsk(f"{text} is recorded already. Is it another child?", [other])
    offers = [] if not answers["subject"] else [
        Completion(f"{text} is not decided about here", line.with_more(", not decided about"))
    ]  # fmt: skip
    about = "decided about here" if answers["subject"] else "not decided about here: say why on the row"
    says = f"Child {', '.join((text, *_born_and_sex(answers, _today(line))))}: {about}."
    return Understanding(says, (Change("children", answers),), offers=tuple(offers))


def _born_and_sex(answers: dict[str, Any], today: date) -> list[str]:
    born = answers.get("born_on")
    day = date.fromisoformat(born) if born else today
    said = [f"born {show_date(day)} ({say_age(day, today)})" if born else answers.get("born_on_text", "")]
    said.append(Sex.of(answers["sex"]).label.lower() if "sex" in answers else "")
    return [one for one in said if one]


def _sex_at_the_end(text: str, answers: dict[str, Any]) -> str:
    before, _, last = text.rpartition(" ")
    if "sex" not in answers and fold(last) in SEX_WORDS and before.strip(" ,"):
        answers["sex"] = str(SEX_WORDS[fold(last)])
        return before.strip(" ,")
    return text


_BORN = re.compile(
    r"(?:^|(?<=[\s,]))(?:born(?: on)?:?\s+|d\.?o\.?b\.?:?\s*|b\.\s*)?"
    r"(?P<when>(?:\d{1,2}(?:st|nd|rd|th)?(?:[\s./\\-]|[a-z]{3})|\d{4}[-/.]\d).*)$",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"(?:^|(?<=[\s,]))(?P<age>aged? \d.*|\d{1,2} ?(?:years?|yrs?|months?|weeks?|days?|y|m|w)(?: old)?)$", re.IGNORECASE
)


def _birth_at_the_end(line: Line, text: str, answers: dict[str, Any]) -> str:
    if match := _AGE.search(text):
        answers["born_on_text"] = match["age"]
        return text[: match.start()].strip(" ,")
    match = _BORN.search(aligned(text))
    if match is None:
        return text
    words = text[match.start("when") :].strip(" ,")
    at = line.text.rindex(words)
    try:
        day = read_date(words, _today(line), tense=Tense.BIRTH)
    except (Ambiguous, NoYear, Unreadable) as problem:
        ask_about(problem, line, at, at + len(words))
    if day > _today(line):
        raise MustAsk(f"{show_date(day)} is still to come. For a baby who is not born yet, begin with u.", unused=words)
    answers["born_on"] = day.isoformat()
    return text[: match.start()].strip(" ,")


# ── Adults of the family, places ─────────────────────────────────────────────────────────────────────────────────

_PARENT_OF = re.compile(r"(?:mother|father|mum|dad|parent|stepmother|stepfather) of (?P<whom>.+)", re.IGNORECASE)


def read_adult(line: Line) -> Understanding:
    """Read an adult of the family: name, then relationship, date of birth, sex. Raises MustAsk."""
    name, is_another, rest = _name(line, "Which adult of the family? Such as f Lena Marsh, mother, 17/9/1990.")
    if not is_another and any(same_name(one.person.name or "") == same_name(name) for one in line.people.adults):
        other = Completion(f"Another adult called {name}", f"{line.verb}another {line.rest.strip()}")
        raise MustAsk(f"{name} is recorded already. Is it somebody else?", [other])
    answers: dict[str, Any] = {"name": name}
    relations: list[str] = []
    parent_of: list[Known] = []
    for words, _, end in rest:
        if fold(words) in SEX_WORDS and "sex" not in answers:
            answers["sex"] = str(SEX_WORDS[fold(words)])
        elif _AGE.fullmatch(words):
            answers["born_on_text"] = words
        elif match := _BORN.fullmatch(aligned(words).strip()):
            _birth_at_the_end(line, words, answers)
        else:
            relations.append(words)
            if match := _PARENT_OF.fullmatch(words):
                parent_of = people_named(line, end - len(match["whom"]), end, line.people.children)
    if relations:
        answers["relation"] = ", ".join(relations)
    if parent_of:
        answers["parent_of"] = [one.id for one in parent_of]
    of = f" Parent of {names_of(parent_of)}." if parent_of else ""
    said = ", ".join(filter(None, (name, answers.get("relation", ""), *_born_and_sex(answers, _today(line)))))
    return Understanding(f"Adult of the family {said}.{of}", (Change("adults", answers),))


_CONFIDENTIAL = re.compile(r"confidential|refuge|safe (?:address|house|place)|secret", re.IGNORECASE)


def read_place(line: Line) -> Understanding:
    """Read an address: what place it is, a colon, and where. Raises MustAsk."""
    colon = SEPARATOR.search(line.text, line.start)
    label = line.text[line.start : colon.start()].strip(" ,") if colon else ""
    text = line.text[colon.end() :].strip() if colon else line.rest.strip()
    if not text:
        raise MustAsk("Which place? Such as l home: 7 Teal Row, Wexmere.")
    answers: dict[str, Any] = {"text": text, **({"label": label} if label else {})}
    said = f"{label}: {quoted(text)}" if label else quoted(text)
    secret = " If it is confidential, say on its row who may have it." if _CONFIDENTIAL.search(line.rest) else ""
    return Understanding(f"Place {said}.{secret}", (Change("places", answers),))
