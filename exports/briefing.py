"""The Word briefing: the officer card and one page of IIMARCH first, the full record behind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any

from exports.paper import Paper
from exports.tables import NO_NAME
from exports.word import SHADE, cell, lines, page_break, paragraph, read_actions, read_text, row, run, table
from meetings.audience import CopyRefused
from meetings.briefing_facts import band, police_protection_for, unchecked, who_it_is
from meetings.calendar import local
from meetings.documents import BRIEFING
from meetings.guides.blocks import Block
from meetings.questions import flat_fields
from meetings.rules import CATALOGUE
from meetings.rules.briefing.sharing import closed_in_the_open, closed_texts, squeezed
from meetings.spelling import answers, spell_instant
from meetings.vocabulary import Audience, FamilyKeyword, SignoffAs

Json = dict[str, Any]

_block = partial(Block, kind=BRIEFING)

SECTIONS: tuple[tuple[str, tuple[Block, ...]], ...] = (
    ("Officer card", (_block(BRIEFING.top, ("officer_card",)),)),
    (
        "Header and trigger",
        (
            _block("validity"),
            _block("source"),
            _block("provenance"),
            _block("links"),
            _block("supersedes"),
            _block("marking"),
            _block(BRIEFING.top, ("title",)),
        ),
    ),
    ("Children", (_block("children"),)),
    ("Adults and places", (_block("adults"), _block("places"))),
    ("Who acts", (_block("professionals"),)),
    (
        "Information",
        (
            _block("information"),
            _block("information/vehicles"),
            _block("information/phones"),
            _block("information/chronology"),
            _block("missing"),
            _block("missing/episodes"),
        ),
    ),
    ("Information by agency", (_block("information/lines"),)),
    ("Intention", (_block("intention"),)),
    ("Method", (_block("method"), _block("method/powers"), _block(BRIEFING.top, ("contingencies",)))),
    ("Actions and standing instructions", (_block("actions"),)),
    ("Administration", (_block("administration"),)),
    ("Risk assessment", (_block("risk_assessment"), _block("risk_assessment/risks"))),
    (
        "Communications",
        (_block("communications"), _block("communications/call_first"), _block("communications/other_forces")),
    ),
    ("Human rights and other legal issues", (_block("human_rights"), _block("human_rights/articles"))),
    ("Recipients", (_block("circulation"),)),
    ("Rules passed over", (_block("exceptions"),)),
)
"""The full record from first to last, behind the first page."""

SHORTEST_CLOSED = 12
"""Characters below which a closed text, such as a grade, may stand among the labels of a paper."""
LOUD = ("URGENT", "SUPERSEDED", "STOOD DOWN")
"""How the warnings begin that stand above the card too."""
COLUMNS: dict[str, dict[str, int]] = {
    "information/chronology": {"on": 2400, "text": 7466},
    "information/vehicles": {"registration": 2400, "text": 4966, "keeper": 2500},
    "information/phones": {"of": 3000, "number": 2600, "text": 4266},
    "communications/call_first": {"agency": 2400, "who": 2500, "when": 2566, "number": 2400},
    "communications/other_forces": {"organisation": 2500, "contact": 2666, "told_at": 2500, "reference": 2200},
    "human_rights/articles": {"article": 1900, "whose": 1900, "text": 3000, "reason": 3066},
    "circulation": {"to": 3800, "audience": 2100, "channel": 1866, "acknowledge_by": 2100},
}
"""Lists that read best as a table: the question of each column, and its width."""

REACHED = (2300, 2000, 5566)
"""Who acts, agency, how reached: an e-mail address of some 50 characters stands on one line."""
ADDRESS = "contact/email"
"""What needs no label and has a line of its own, so that it is not broken."""

LINES_ON_THE_PAGE = 51
LETTER_WIDTH = 40_500
PAGE_WIDTH = 47_000
LINES_OF_A_WARNING = 3
"""What fits on the first page below the title, as LibreOffice draws it; a warning stands in its head and below it.

Widths are in thousandths of the size of the type: that of the answer beside a letter, and that of the page in bold.
"""
_WIDTHS = {
    222: "ijl'", 278: " !,./:;It[]", 333: "-()r`", 389: '*"', 500: "Jckxsvyz", 556: "Labdeghnopqu?$#_0123456789",
    584: "+<=>~", 611: "FTZ", 667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1015: "@",
}  # fmt: skip
"""How wide the signs of Arial are, in thousandths of its size. Source: Adobe font metrics of Helvetica."""
_WIDTH_OF = {sign: width for width, signs in _WIDTHS.items() for sign in signs} | {"f": 278}
_OTHER_SIGN = 722
TIGHTER = ((5, 320), (4, 248), (3, 166), (2, 166), (2, 83), (1, 83))
"""Entries of a list on the first page, and characters of one text, tighter until the page holds them all."""
GIVES_WAY = ("Human rights", "Administration", "Risk", "Where", "Information", "In force", "Communications")
"""Which letter is shortened first where they do not all fit; then the method; the intention never is."""


def _short(text: str | None, longest: int) -> list[str]:
    if not text:
        return []
    flat = " ".join(text.split())
    return [flat if len(flat) <= longest else f"{flat[: longest - 1].rpartition(' ')[0] or flat[: longest - 2]} …"]


def _few(texts: Iterable[str], most: int, longest: int) -> list[str]:
    known = list(texts)
    # Also true of a page that is printed alone.
    more = [f"and {len(known) - most} more, in the whole briefing"] if len(known) > most else []
    return [*(one for text in known[:most] for one in _short(text, longest)), *more]


def _said(label: str, text: str | None) -> str | None:
    return f"{label}: {text}" if text else None


def _height(texts: Iterable[str], wide: int = LETTER_WIDTH) -> int:
    """Return how many lines the texts take, one after the other."""
    return sum(_lines_of(line, wide) for text in texts for line in text.split("\n"))


def _lines_of(text: str, wide: int) -> int:
    """Return over how many lines the words of a text run.

    >>> _lines_of("ii ii", 1200), _lines_of("WW WW", 2500), _lines_of("WWWWWW", 2000), _lines_of("", 2000)
    (1, 2, 3, 1)
    """
    count, taken = 1, 0
    for word in text.split(" "):
        size = sum(_WIDTH_OF.get(sign, _OTHER_SIGN) for sign in word)
        if taken and taken + _WIDTH_OF[" "] + size > wide:
            count, taken = count + 1, 0
        if size > wide:  # it is broken where it must be
            count, size = count + size // wide, size % wide
        taken += size + (_WIDTH_OF[" "] if taken else 0)
    return count


class BriefingPaper(Paper):
    """An IIMARCH briefing on paper."""

    sections = SECTIONS

    signers = {SignoffAs.APPROVER: "Approver (a supervisor who did not write it)", SignoffAs.SENDER: "Sent by"}
    not_printed = ("subject",)

    def special(self) -> dict[str, Callable[[list[tuple[str, Json]]], str]]:
        """Return how lists are drawn that have a form of their own."""
        listed = {part: partial(self.listed, part) for part in COLUMNS}
        return {**super().special(), "risk_assessment/risks": self.risks, "professionals": self.reached, **listed}

    def listed(self, part: str, found: list[tuple[str, Json]]) -> str:
        """Return rows of a list as a table with a column for each question; what has none stands under the first."""
        shape = self.layout.shape_of(part)
        used = {path for _, body in found for path, _, _ in answers(shape, body, self.name)}
        widths = _wide(COLUMNS[part], used)
        labels = {path: one.question.label for path, one in flat_fields(shape).items() if path in widths}
        rows = []
        for _, body in found:
            known = {path: got for path, _, got in answers(shape, body, self.name)}
            more = [
                f"{label}: {'; '.join(got)}" for path, label, got in answers(shape, body, self.name, skip=(*labels,))
            ]
            cells = [[*known.get(path, []), *(more if number == 0 else [])] for number, path in enumerate(labels)]
            rows.append(row([cell(lines(one), width) for one, width in zip(cells, widths.values(), strict=True)]))
        return self.labelled(part, table(tuple(widths.values()), rows, tuple(labels.values())))

    def reached(self, found: list[tuple[str, Json]]) -> str:
        """Return those who act, and how each is reached."""
        shape = self.layout.shape_of("professionals")
        shown = ("name", "kind", "role", "grade", "manager", "agency", "organisation", "team")
        widths = REACHED
        rows = []
        for _, body in found:
            known = {path: got for path, _, got in answers(shape, body, self.name)}
            rest = [
                "; ".join(got) if path == ADDRESS else f"{label}: {'; '.join(got)}"
                for path, label, got in answers(shape, body, self.name, skip=shown)
            ]
            who = lines(known.get("name", [NO_NAME]), bold=True)
            kind = known.get("kind", []) if body.get("kind", "person") != "person" else []
            who += lines([*known.get("role", []), *known.get("grade", []), *kind])
            who += lines(["Manager"] if body.get("manager") else [])
            agency = [*known.get("organisation", []), *known.get("team", []), *known.get("agency", [])]
            rows.append(row([cell(who, widths[0]), cell(lines(agency), widths[1]), cell(lines(rest), widths[2])]))
        return table(widths, rows, ("Who", "Agency", "Reached by"))

    def look_for_closed_text(self, package: bytes) -> None:
        """Look in an open copy for closed text, which cutting should have taken out. Raises CopyRefused.

        What stands in open text too is for a person to see before issue.
        """
        if self.copy.reader.audience is not Audience.PARTNER:
            return
        whole = self.copy.whole
        known = {words for _, words in closed_in_the_open(whole)}
        text = squeezed(read_text(package) + (read_actions(package) or b"").decode())
        for _, words in closed_texts(whole):
            closed = squeezed(words)
            if len(closed) >= SHORTEST_CLOSED and closed not in known and closed in text:
                raise CopyRefused(CATALOGUE["IIM-DIS-02"].says)

    def name_of_file(self) -> str:
        """Return the title of the Word file."""
        return f"IIMARCH briefing {self.objects.ref or ''}: {self.objects.title or ''}".rstrip(": ")

    def title_block(self) -> str:
        """Return the officer card and the seven letters, on one page."""
        objects = self.objects
        heading = " · ".join(filter(None, (self.name_of_paper(), objects.ref, f"version {objects.version}")))
        drawn = [paragraph(run(heading), "Heading1")]
        # What became of it, or is owed, stands in the head of every page and once more where the eye falls first.
        drawn += [
            paragraph(run(words, bold=True), "Band")
            for words in self.copy.warnings
            if words.isupper() or words.startswith(LOUD)
        ]
        drawn += [paragraph(run(words, bold=True)) for words in self.reason()]
        if objects.title:
            drawn.append(paragraph(run(objects.title, bold=True)))
        drawn += [paragraph(run(words, bold=True), "Cell") for words in self.sought()]
        card = [cell(lines(objects.officer_card or ["No officer card is written."], bold=True), 9866, shade=SHADE)]
        drawn.append(table((9866,), [row(card)]))
        widths = (1900, 7966)
        letters = self.fitting(self.lines_above())
        rows = [
            row([cell(lines([letter], bold=True), widths[0]), cell(lines(said), widths[1])]) for letter, said in letters
        ]
        drawn.append(table(widths, rows))
        return "".join([*drawn, page_break()])

    def reason(self) -> list[str]:
        """Return why the briefing was stood down, if it was."""
        return [f"Why: {why}"] if (why := self.why_withdrawn()) else []

    def lines_above(self) -> int:
        """Return how many lines stand on the first page above the letters."""
        above = [*self.reason(), self.objects.title or "", *self.sought(), *(self.objects.officer_card or ())]
        return _height(above, PAGE_WIDTH) + LINES_OF_A_WARNING * len(self.copy.warnings)

    def fitting(self, taken: int) -> list[tuple[str, list[str]]]:
        """Return the letters, as much of each as one page holds beside what stands on it already."""
        versions = [dict(self.letters(most, longest)) for most, longest in TIGHTER]
        shown = dict(versions[0])
        last = [(version, "Method") for version in versions[1:]]
        steps = [(version, letter) for version in versions[1:] for letter in GIVES_WAY]
        for version, letter in [*steps, *last]:
            if taken + sum(map(_height, shown.values())) <= LINES_ON_THE_PAGE:
                break
            shown[letter] = version[letter]
        # One step may have made more room than was needed: what matters most gets some of it back.
        for letter in ("Method", *reversed(GIVES_WAY)):
            for version in versions:
                larger = {**shown, letter: version[letter]}
                if taken + sum(map(_height, larger.values())) <= LINES_ON_THE_PAGE:
                    shown = larger
                    break
        return [(letter, said) for letter, said in shown.items() if said]

    def sought(self) -> list[str]:
        """Return how serious it is, and whom an officer looks for."""
        objects, day = self.objects, self._day()
        level = [f"{objects.missing.level.label.upper()} RISK"] if objects.missing.level else []
        state = " · ".join([*level, *(["MISSING"] if objects.missing.now else [])])
        people = (
            [f"{one.name}, {one.says}".rstrip(", ") for one in who_it_is(objects, day, self.copy.profile)]
            if day
            else []
        )
        return [*([state] if state else []), *people]

    def letters(self, most: int, longest: int) -> Iterator[tuple[str, list[str]]]:
        """Yield the seven letters with what of them an officer needs at the door."""
        objects = self.objects

        def short(text: str | None) -> list[str]:
            return _short(text, longest)

        def few(texts: Iterable[str]) -> list[str]:
            return _few(texts, most, longest)

        validity = objects.validity
        handling = [f"Handling: {'; '.join(objects.marking.handling)}"] if objects.marking.handling else []
        until = (
            [f"Until {spell_instant(validity.until)}; to be reviewed by {self._at(validity.review_at)}"]
            if validity.until
            else []
        )
        yield "In force", [*until, *(one for words in handling for one in short(words))]
        information = objects.information
        people = [*(objects.children or ()), *(objects.adults or ())]
        seen = [
            f"{self.name(one.id)}: last seen in person {spell_instant(one.last_seen_at)}"
            for one in people
            if one.last_seen_at
        ]
        looks = [f"{self.name(one.id)}: {one.description}" for one in people if one.description]
        outstanding = unchecked(objects)
        waiting = [f"Not checked yet: {', '.join(outstanding)}"] if outstanding else []
        yield (
            "Information",
            [*short(information.summary), *short(information.why_now), *few(seen), *few(looks), *waiting],
        )
        where = [f"{one.label or 'Place'}: {one.text}" for one in objects.places or () if one.text]
        cars = [" ".join(filter(None, (one.registration, one.text))) for one in information.vehicles or ()]
        phones = [
            f"{self.name(one.of) if one.of else 'Telephone'}: {one.number}"
            for one in information.phones or ()
            if one.number
        ]
        yield "Where", [*few(where), *few(cars), *few(phones)]
        yield "Intention", short(objects.intention.primary)
        standing = [f"{one.trigger}: {one.text}" for one in objects.actions or () if one.trigger and one.text]
        nation = self.copy.profile.nation
        powers = [f"{one.name}: {one.says}" for one in police_protection_for(objects, self._day(), nation)]
        refused = short(_said("If entry is refused", objects.method.if_refused_entry))
        yield "Method", [*few(standing), *refused, *few(powers)]
        administration = objects.administration
        named = (
            ("Officer in the case", administration.officer_in_case),
            ("Designated officer", administration.designated_officer),
        )
        yield (
            "Administration",
            [
                *(f"{words}: {self.reach(who)}" for words, who in named if who),
                *short(_said("A child would go", administration.accommodation)),
            ],
        )
        risks = [
            f"{one.threat} ({one.score}, {band(one.score)})" if one.score else str(one.threat)
            for one in objects.risk_assessment.risks or ()
            if one.threat
        ]
        yield "Risk", [*short(objects.risk_assessment.officer_safety), *few(risks)]
        communications = objects.communications
        calls = [
            " ".join(filter(None, (one.who, one.number, f"({one.when})" if one.when else "")))
            for one in communications.call_first or ()
            if one.number
        ]
        held_back = "; ".join(communications.do_not_disclose or ())
        secrets = [f"Do not tell: {held_back}"] if held_back else []
        family = short(_said("Tell the family", communications.tell_family))
        # Numbers and what must stay secret are never shortened.
        yield "Communications", [*calls, *secrets, *family]
        listed = [one for one in objects.human_rights.articles or () if one.article and one.text]
        rights = [f"Article {one.article}: {one.text}" for one in listed]
        yield "Human rights", few(rights)

    def reach(self, local_id: str) -> str:
        """Return somebody's name with the number answered at night, or the one there is."""
        one = self.objects.professional(local_id)
        number = (one.contact.out_of_hours or one.contact.phone) if one else None
        return " ".join(filter(None, (self.name(local_id), number)))

    def _at(self, moment: Any) -> str:
        return spell_instant(moment) if moment else "not set"

    def _day(self) -> Any:
        start = self.objects.validity.from_
        return local(start).date() if start else None

    def name_or_group(self, who: str) -> str:
        """Return who is at risk: somebody by name, or attending officers, the public, others."""
        groups = {str(one): one.said for one in FamilyKeyword}
        return groups.get(who) or self.name(who)

    def risks(self, found: list[tuple[str, Json]]) -> str:
        """Return the risks as a grid: who, threat, scores before and after the control, control and its owner."""
        widths = (1700, 2466, 1500, 2700, 1500)
        rows = []
        for _, body in found:
            who = [*(self.name_or_group(one) for one in body.get("who", ())), *_given(body, "text")]
            controls = [*_given(body, "controls"), *(f"Changes if: {one}" for one in _given(body, "changes_if"))]
            owner = [self.name(body["control_owner"])] if "control_owner" in body else ["No owner"]
            cells = (who, _given(body, "threat"), _scores(body), controls, owner)
            rows.append(row([cell(lines(one), width) for one, width in zip(cells, widths, strict=True)]))
        return table(widths, rows, ("Who", "Threat", "Score", "Control", "Owner"))


def _wide(columns: dict[str, int], used: Collection[str]) -> dict[str, int]:
    """Return the columns under which something stands; the last takes the room of those that are left out."""
    first = next(iter(columns))
    kept = {path: width for path, width in columns.items() if path in used or path == first}
    last = next(reversed(kept))
    return {**kept, last: kept[last] + sum(columns.values()) - sum(kept.values())}


def _given(body: Json, name: str) -> list[str]:
    return [str(body[name])] if name in body else []


def _scores(body: Json) -> list[str]:
    """Return likelihood times impact with its band, before and after the control."""
    said = []
    for word, prefix in (("", ""), ("then ", "residual_")):
        likelihood, impact, score = (body.get(f"{prefix}{name}") for name in ("likelihood", "impact", "score"))
        parts = f" ({likelihood}\u00a0×\u00a0{impact})" if likelihood is not None and impact is not None else ""
        if score is not None or parts:
            said.append(f"{word}{score if score is not None else ''} {band(score)}{parts}".strip())
    return said
