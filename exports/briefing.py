"""The Word briefing: the officer card and one page of IIMARCH first, the full record behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from exports.paper import Paper
from exports.word import SHADE, cell, lines, page_break, paragraph, row, run, table
from meetings.briefing_facts import band, police_protection_for
from meetings.calendar import local
from meetings.documents import BRIEFING
from meetings.guides.blocks import Block
from meetings.spelling import spell_instant
from meetings.vocabulary import FamilyKeyword

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

MOST_ON_THE_PAGE = 4
"""Entries of a list that stand on the first page; the rest is in the record behind it."""
LONGEST_ON_THE_PAGE = 320
"""Characters of one text on the first page; it ends with a mark where the record behind it says more."""


def _short(text: str | None) -> list[str]:
    if not text:
        return []
    return [text if len(text) <= LONGEST_ON_THE_PAGE else text[: LONGEST_ON_THE_PAGE - 2].rstrip() + " …"]


def _few(texts: Iterable[str]) -> list[str]:
    known = list(texts)
    more = [f"and {len(known) - MOST_ON_THE_PAGE} more, behind"] if len(known) > MOST_ON_THE_PAGE else []
    return [*(one for text in known[:MOST_ON_THE_PAGE] for one in _short(text)), *more]


class BriefingPaper(Paper):
    """An IIMARCH briefing on paper."""

    sections = SECTIONS

    def special(self) -> dict[str, Callable[[list[tuple[str, Json]]], str]]:
        """Return how lists are drawn that have a form of their own."""
        return {**super().special(), "risk_assessment/risks": self.risks}

    def name_of_file(self) -> str:
        """Return the title of the Word file."""
        return f"IIMARCH briefing {self.objects.ref or ''}: {self.objects.title or ''}".rstrip(": ")

    def title_block(self) -> str:
        """Return the officer card and the seven letters, on one page."""
        objects = self.objects
        drawn = [self.title()]
        if objects.title:
            drawn.append(paragraph(run(objects.title, bold=True)))
        card = [cell(lines(objects.officer_card or ["No officer card is written."], bold=True), 9866, shade=SHADE)]
        drawn.append(table((9866,), [row(card)]))
        widths = (1900, 7966)
        rows = [
            row([cell(lines([letter], bold=True), widths[0]), cell(lines(said), widths[1])])
            for letter, said in self.letters()
            if said
        ]
        drawn.append(table(widths, rows))
        return "".join([*drawn, page_break()])

    def letters(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the seven letters with what of them an officer needs at the door."""
        objects = self.objects
        validity = objects.validity
        if validity.until:
            yield "In force", [f"until {spell_instant(validity.until)}; reviewed {self._at(validity.review_at)}"]
        information = objects.information
        seen = [
            f"{one.name}: last seen in person {spell_instant(one.last_seen_at)}"
            for one in [*(objects.children or ()), *(objects.adults or ())]
            if one.last_seen_at
        ]
        outstanding = [one.check.label for one in information.checks.outstanding or () if one.check]
        unchecked = [f"Not checked yet: {', '.join(outstanding)}"] if outstanding else []
        yield "Information", [*_short(information.summary), *_short(information.why_now), *_few(seen), *unchecked]
        yield "Intention", _short(objects.intention.primary)
        standing = [f"{one.trigger}: {one.text}" for one in objects.actions or () if one.trigger and one.text]
        powers = [f"{one.name}: {one.says}" for one in police_protection_for(objects, self._day())]
        refused = [f"If entry is refused: {one}" for one in _short(objects.method.if_refused_entry)]
        yield "Method", [*_few(standing), *refused, *_few(powers)]
        administration = objects.administration
        named = (
            ("Officer in the case", administration.officer_in_case),
            ("Designated officer", administration.designated_officer),
        )
        yield "Administration", [f"{words}: {self.name(who)}" for words, who in named if who]
        risks = [
            f"{one.threat} ({one.score}, {band(one.score)})" if one.score else str(one.threat)
            for one in objects.risk_assessment.risks or ()
            if one.threat
        ]
        yield "Risk", [*_short(objects.risk_assessment.officer_safety), *_few(risks)]
        communications = objects.communications
        calls = [f"{one.who or ''} {one.number}".strip() for one in communications.call_first or () if one.number]
        held_back = "; ".join(communications.do_not_disclose or ())
        secrets = [f"Do not tell: {held_back}"] if held_back else []
        yield "Communications", [*_few(calls), *secrets]
        listed = [one for one in objects.human_rights.articles or () if one.article and one.text]
        rights = [f"Article {one.article}: {one.text}" for one in listed]
        yield "Human rights", _few(rights)

    def _at(self, moment: Any) -> str:
        return spell_instant(moment) if moment else "not set"

    def _day(self) -> Any:
        start = self.objects.validity.from_
        return local(start).date() if start else None

    def name_or_group(self, who: str) -> str:
        """Return who is at risk: somebody by name, or attending officers, the public, others."""
        groups = {str(one): one.label for one in FamilyKeyword}
        return groups.get(who) or self.name(who)

    def risks(self, found: list[tuple[str, Json]]) -> str:
        """Return the risks as a grid: who, threat, scores before and after the control, control and its owner."""
        widths = (1700, 2566, 1200, 2900, 1500)
        rows = []
        for _, body in found:
            who = [*(self.name_or_group(one) for one in body.get("who", ())), *_given(body, "text")]
            controls = [*_given(body, "controls"), *(f"Changes if: {one}" for one in _given(body, "changes_if"))]
            owner = [self.name(body["control_owner"])] if "control_owner" in body else ["No owner"]
            cells = (who, _given(body, "threat"), _scores(body), controls, owner)
            rows.append(row([cell(lines(one), width) for one, width in zip(cells, widths, strict=True)]))
        return table(widths, rows, ("Who", "Threat", "Score", "Control", "Owner"))


def _given(body: Json, name: str) -> list[str]:
    return [str(body[name])] if name in body else []


def _scores(body: Json) -> list[str]:
    """Return likelihood times impact with its band, before and after the control."""
    said = []
    for word, prefix in (("", ""), ("then ", "residual_")):
        likelihood, impact, score = (body.get(f"{prefix}{name}") for name in ("likelihood", "impact", "score"))
        parts = f" ({likelihood} × {impact})" if likelihood is not None and impact is not None else ""
        if score is not None or parts:
            said.append(f"{word}{score if score is not None else ''} {band(score)}{parts}".strip())
    return said
