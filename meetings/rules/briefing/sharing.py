"""Rules about who gets a briefing, what an open copy may hold, and the log of who saw it."""

from __future__ import annotations

from collections.abc import Iterator

from meetings.documents import Action, Briefing, Line, Place
from meetings.folding import is_filled, plain
from meetings.rules.briefing.tasks import actions
from meetings.rules.machinery import BriefingCase, Gate, Level, Operation, Places, rule
from meetings.rules.texts import passages, places_given_away
from meetings.vocabulary import Audience, HandlingCode


def squeezed(words: str) -> str:
    """Return text as it is compared with another: no case, plain marks, one space between words, nothing unseen."""
    return plain(words).casefold()


OWN_WORDS = ("text", "detail", "trigger")
"""What of a restricted item is its own words; a label or a reason such as “home” may rightly stand elsewhere."""


def closed_texts(document: Briefing) -> Iterator[tuple[str, str]]:
    """Yield the texts that no open copy may hold, with their places."""
    for number, words in enumerate(document.communications.do_not_disclose or ()):
        yield f"/communications/do_not_disclose/{number}", words
    if document.marking.conditions is not None:
        yield "/marking/conditions", document.marking.conditions
    for place, item in _items(document):
        if item.restricted is not None:
            own = ((f"{place}/{name}", getattr(item, name, None)) for name in OWN_WORDS)
            yield from ((where, words) for where, words in own if words is not None)
        elif isinstance(item, Action) and item.marking.conditions is not None:
            yield f"{place}/marking/conditions", item.marking.conditions


def has_closed_text(document: Briefing) -> bool:
    """Whether something in a briefing is closed to some of its readers."""
    return any(is_filled(words) for _, words in closed_texts(document))


def closed_in_the_open(document: Briefing) -> Iterator[tuple[str, str]]:
    """Yield where the words of something closed stand in open text too, with those words.

    No copy can leave these out; whether they give anything away is for a person to see before issue.
    """
    open_texts = [(one.place, squeezed(one.words)) for one in passages(document) if one.is_open]
    closed = {place: squeezed(words) for place, words in closed_texts(document)}
    for words in closed.values():
        if words:
            found = (where for where, text in open_texts if words in text and where not in closed)
            yield from ((where, words) for where in found)


def _items(document: Briefing) -> Iterator[tuple[str, Line | Place | Action]]:
    """Yield what can be restricted: lines, places and actions, with their places in the document."""
    for number, line in enumerate(document.information.lines or ()):
        yield f"/information/lines/{number}", line
    for number, where in enumerate(document.places or ()):
        yield f"/places/{number}", where
    for number, action in enumerate(document.actions or ()):
        yield f"/actions/{number}", action


@rule(
    "IIM-DIS-01",
    "/circulation",
    "Send only to listed recipients; every view, print and export is logged.",
    gate=Gate.CIRCULATE,
    source="DPA 2018 s62; ICO logging guidance upd. 4 Nov 2025",
    needs=("history:access_log",),
)
def only_those_listed_got_a_copy(case: BriefingCase) -> Places:
    if case.log is None:
        return
    listed = {entry.to for entry in case.document.circulation or ()}
    for entry in case.log:
        if entry.operation is Operation.DISCLOSURE and entry.recipient not in listed:
            yield "/circulation"


@rule(
    "IIM-DIS-02",
    "/integrity",
    "Stop the open copy: it still holds closed text.",
    hard=True,
    gate=Gate.CIRCULATE,
    source="Ipitraining.org.uk (annex for confidential material); Wales SPP closed session",
    needs=("history:exports",),
)
def no_open_copy_holds_closed_text(case: BriefingCase) -> Places:
    for copy in case.exports or ():
        if copy.audience is not Audience.PARTNER:
            continue
        text = squeezed(copy.text)
        for place, words in closed_texts(case.document):
            if (closed := squeezed(words)) and closed in text:
                yield place


@rule(
    "IIM-DIS-03",
    "/marking/family_may_have",
    "Set 'family may have it' to no.",
    hard=True,
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
)
def the_family_never_has_it(case: BriefingCase) -> Places:
    if case.document.marking.family_may_have:
        yield "/marking/family_may_have"
    for place, action in actions(case):
        if action.marking.family_may_have:
            yield f"{place}/marking/family_may_have"


@rule(
    "IIM-DIS-04",
    "/marking/conditions",
    "Write the conditions for handling code C.",
    gate=Gate.ISSUE,
    source="3x5x2 code C",
)
def conditional_handling_has_its_conditions(case: BriefingCase) -> Places:
    markings = [("", case.document.marking), *((place, action.marking) for place, action in actions(case))]
    for place, marking in markings:
        if marking.code is HandlingCode.C and marking.conditions is None:
            yield f"{place}/marking/conditions"


@rule(
    "IIM-DIS-05",
    "/information/lines",
    "Make two files, open and closed, with different names.",
    level=Level.INFO,
    gate=Gate.ISSUE,
    source="Ipitraining.org.uk; design choice (confirm locally)",
)
def nothing_is_restricted(case: BriefingCase) -> Places:
    for place, item in _items(case.document):
        if item.restricted is not None:
            yield place


@rule(
    "IIM-DIS-06",
    "/places",
    "Take the withheld address or number out of the open text.",
    level=Level.WARN,
    gate=Gate.ISSUE,
    source="design choice (confirm locally)",
    parameters=("house_words",),
)
def no_withheld_address_stands_in_open_text(case: BriefingCase) -> Places:
    yield from places_given_away(case.document.places, case.texts, case.profile["house_words"])


@rule(
    "IIM-LOG-01",
    "/provenance",
    "A log entry is missing or was changed. Stop, and tell the data protection officer.",
    hard=True,
    gate=Gate.TRACK,
    source="DPA 2018 s62; ICO logging guidance upd. 4 Nov 2025",
    needs=("history:access_log",),
)
def everything_done_to_it_is_in_the_log(case: BriefingCase) -> Places:
    if case.log is None:
        return
    for entry in case.log:
        has_recipient = entry.operation is not Operation.DISCLOSURE or bool(entry.recipient)
        if not (entry.who and entry.at and entry.record and has_recipient and entry.is_unchanged):
            yield "/"


@rule(
    "IIM-LOG-02",
    "/provenance",
    "Give a reason when you share it.",
    level=Level.INFO,
    gate=Gate.TRACK,
    source="DUAA 2025 s82 via privacyprotectgroup.com; Hansard 27 Mar 2024",
    parameters=("ask_reason_for_sharing", "ask_reason_for_reading"),
    needs=("history:access_log",),
)
def whoever_shares_it_says_why(case: BriefingCase) -> Places:
    asked = {
        Operation.DISCLOSURE: case.profile["ask_reason_for_sharing"],
        Operation.CONSULTATION: case.profile["ask_reason_for_reading"],
    }
    for entry in case.log or ():
        if asked.get(entry.operation) and not entry.reason:
            yield "/circulation"


@rule(
    "IIM-LOG-03",
    "/provenance",
    "Remove the erased text from the log entry.",
    hard=True,
    gate=Gate.TRACK,
    source="ICO logging guidance (cy.ico.org.uk)",
    needs=("history:access_log",),
)
def the_log_holds_nothing_that_was_erased(case: BriefingCase) -> Places:
    for entry in case.log or ():
        if entry.operation is Operation.ERASURE and entry.text:
            yield "/"


@rule(
    "IIM-LOG-04",
    "/integrity",
    "Print again: this copy lacks its number, recipient, time or hash.",
    hard=True,
    gate=Gate.CIRCULATE,
    source="DPA 2018 s62; ICO logging guidance upd. 4 Nov 2025; design choice (confirm locally)",
    needs=("history:exports",),
)
def every_copy_names_itself_and_its_reader(case: BriefingCase) -> Places:
    for copy in case.exports or ():
        if not (copy.id and copy.recipient and copy.at and copy.content_sha256):
            yield "/circulation"
