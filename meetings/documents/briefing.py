"""An IIMARCH briefing: its own shapes, each field with its question. The seven letters are seven objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from meetings import sources as cite
from meetings.documents.shared import Document, DocumentRef, Interpreting, Line
from meetings.questions import (
    LocalId,
    PersonId,
    PersonOrGroup,
    ProfessionalId,
    SchemaId,
    Tense,
    Text,
    Words,
    asks,
    given,
    part,
)
from meetings.vocabulary import Agency, Article, Check, GenderPreference

BRIEFING_SCHEMA = SchemaId("urn:accord:briefing:1")


@dataclass(slots=True, kw_only=True)
class Urgent:
    """Issued in a hurry: what is missing is completed by a set time."""

    reason: Text | None = asks("Why it cannot wait", source=cite.OWN)
    complete_by: datetime | None = asks(
        "The rest is completed by", tense=Tense.COMING, hint="Four hours from now if left empty", source=cite.OWN
    )


@dataclass(slots=True, kw_only=True)
class Validity:
    """How long it may be used."""

    from_: datetime | None = asks("In force from", source=cite.BRIEFING_PRACTICE)
    review_at: datetime | None = asks("To be reviewed by", tense=Tense.COMING, source=cite.BRIEFING_PRACTICE)
    until: datetime | None = asks("In force until", tense=Tense.COMING, source=cite.BRIEFING_PRACTICE)
    urgent: Urgent = part(Urgent, "Urgent issue", source=cite.OWN)


# ── I: information ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class Event:
    """One event of the chronology."""

    on: date | None = asks("On", tense=Tense.PAST)
    text: Text | None = asks("What happened")


@dataclass(slots=True, kw_only=True)
class Vehicle:
    """A vehicle."""

    registration: Words | None = asks("Registration", source=cite.BRIEFING_PRACTICE)
    text: Text | None = asks("Make, model, colour")
    keeper: PersonId | None = asks("Whose it is")


@dataclass(slots=True, kw_only=True)
class Phone:
    """A telephone."""

    of: PersonId | None = asks("Whose telephone")
    number: Words | None = asks("Number")
    text: Text | None = asks("Note")


@dataclass(slots=True, kw_only=True)
class RecordCheck:
    """One check of records; outstanding ones name the people concerned."""

    check: Check | None = asks("Records")
    text: Text | None = asks("What was found, or is still to be asked")
    at: datetime | None = asks("Checked at", tense=Tense.PAST)
    about: list[PersonId] | None = asks("About", seldom=True)


@dataclass(slots=True, kw_only=True)
class Checks:
    """Records checked."""

    done: list[RecordCheck] | None = asks("Checks done", source=cite.BRIEFING_PRACTICE)
    outstanding: list[RecordCheck] | None = asks(
        "Checks outstanding",
        why="What was not checked is shown on the face of the briefing.",
        source=cite.OWN,
        none="Nothing outstanding",
    )


@dataclass(slots=True, kw_only=True)
class BriefingInformation:
    """I: what is known."""

    summary: Text | None = asks(
        "Summary", hint="Who, where, what: for an officer who has never heard of them", source=cite.BRIEFING_PRACTICE
    )
    why_now: Text | None = asks("Why now", source=cite.JESIP)
    lines: list[Line] | None = asks("Information and graded intelligence", source=cite.INTELLIGENCE_REPORT)
    chronology: list[Event] | None = asks("Chronology", none="Nothing to list")
    vehicles: list[Vehicle] | None = asks("Vehicles", none="None known", source=cite.BRIEFING_PRACTICE)
    associates: list[PersonId] | None = asks("Associates", none="None known", source=cite.BRIEFING_PRACTICE)
    phones: list[Phone] | None = asks("Telephones", none="None known", source=cite.BRIEFING_PRACTICE)
    unknowns: list[Text] | None = asks("What is not known", none="Nothing more to find out", source=cite.JESIP)
    checks: Checks = part(Checks, "Records checked", source=cite.BRIEFING_PRACTICE)


# ── I: intention ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class Intention:
    """I: why we are here."""

    primary: Text | None = asks("The one thing to achieve", hint="One sentence", source=cite.JESIP)
    objectives: list[Text] | None = asks("Objectives", source=cite.BRIEFING_PRACTICE)
    not_intended: list[Text] | None = asks("What is not intended", source=cite.OWN, none="Nothing to rule out")


# ── M: method ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class Power:
    """A power and its limits."""

    instrument: Words | None = asks("Act or instrument", source=cite.CA_S46)
    provision: Words | None = asks("Provision", hint="For example s46(1)(a)")
    test: Text | None = asks("When it may be used")
    limits: Text | None = asks("Where it stops")
    usable_now: bool | None = asks(
        "Usable now", why="Section 46 cannot be used for a baby who is not born.", source=cite.CA_S46
    )


@dataclass(slots=True, kw_only=True)
class Method:
    """M: how."""

    lead: Words | None = asks("Lead agency", source=cite.BRIEFING_PRACTICE)
    steps: list[Text] | None = asks("Steps", source=cite.BRIEFING_PRACTICE)
    if_refused_entry: Text | None = asks("If nobody opens or entry is refused", source=cite.OWN)
    powers: list[Power] | None = asks("Powers and their limits", source=cite.CIRCULAR_17_2008)


# ── A: administration ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class Administration:
    """A: who and where."""

    unit: Words | None = asks("Owner unit", source=cite.BRIEFING_PRACTICE)
    officer_in_case: ProfessionalId | None = asks("Officer in the case", source=cite.BRIEFING_PRACTICE)
    commander: ProfessionalId | None = asks("Commander", source=cite.BRIEFING_PRACTICE)
    designated_officer: ProfessionalId | None = asks(
        "Designated officer for section 46",
        hint="Inspector or above, with a number answered at night",
        source=cite.LAMING_96,
    )
    accommodation: Text | None = asks(
        "Where a child would go", hint="Not a police station", source=cite.CIRCULAR_17_2008
    )
    recording: list[Text] | None = asks("Where to record", source=cite.BRIEFING_PRACTICE)
    interpreting: Interpreting = part(Interpreting, "Interpreting")
    gender_preference: GenderPreference | None = asks("Male or female officer", source=cite.EQUALITY_ACT)
    gender_preference_text: Text | None = asks("Why, or who asked", seldom=True)


# ── R: risk assessment ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class Risk:
    """One risk: who could be hurt, how, and what stops it."""

    id: LocalId | None = given("Local id")
    who: list[PersonOrGroup] | None = asks("Who is at risk", source=cite.JESIP)
    text: Text | None = asks("Who exactly, in words", seldom=True)
    threat: Text | None = asks("Threat", source=cite.BRIEFING_PRACTICE)
    likelihood: int | None = asks("Likelihood, 1 rare to 5 almost certain", source=cite.OWN)
    impact: int | None = asks("Impact, 1 minor to 5 death or life-changing", source=cite.OWN)
    score: int | None = asks("Score", hint="Likelihood times impact: worked out if left empty", source=cite.OWN)
    controls: Text | None = asks("Control", hint="What lowers it; name the action", source=cite.JESIP)
    control_owner: ProfessionalId | None = asks("Owner of the control", source=cite.JESIP)
    residual_likelihood: int | None = asks("Likelihood after the control", source=cite.OWN)
    residual_impact: int | None = asks("Impact after the control", source=cite.OWN)
    residual_score: int | None = asks(
        "Score after the control", hint="Never above the score: worked out if left empty", source=cite.OWN
    )
    changes_if: Text | None = asks("It changes if", source=cite.OWN)


@dataclass(slots=True, kw_only=True)
class RiskAssessment:
    """R: who could be hurt, how, and what stops it."""

    model: Words | None = asks(
        "Model", hint="National decision model, THRIVE, DASH … A score never decides", source=cite.DECISION_MODEL
    )
    assessed_by: ProfessionalId | None = asks("Assessed by", source=cite.DECISION_MODEL)
    assessed_at: datetime | None = asks("Assessed at", tense=Tense.PAST, source=cite.DECISION_MODEL)
    next_at: datetime | None = asks("Next assessment at", tense=Tense.COMING, source=cite.DECISION_MODEL)
    officer_safety: Text | None = asks(
        "Officer safety", hint="Or: no markers after checks", source=cite.BRIEFING_PRACTICE
    )
    text: Text | None = asks("The assessment in words", source=cite.DECISION_MODEL)
    risks: list[Risk] | None = asks("Risks", source=cite.BRIEFING_PRACTICE)


# ── C: communications ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class CallFirst:
    """Whom to ring first, in this order."""

    agency: Agency | None = asks("Agency", source=cite.OWN)
    who: Words | None = asks("Who")
    when: Words | None = asks("When", hint="For example: before you leave")
    number: Words | None = asks("Number answered at night", source=cite.OWN)


@dataclass(slots=True, kw_only=True)
class OtherForce:
    """Another force that may meet the family first."""

    organisation: Words | None = asks("Force")
    contact: Words | None = asks("Contact", source=cite.IOPC_2020)
    told_at: datetime | None = asks("Told at", tense=Tense.PAST, source=cite.IOPC_2020)
    reference: Words | None = asks("Its reference", source=cite.IOPC_2020)


@dataclass(slots=True, kw_only=True)
class Communications:
    """C: who to ring, what to say."""

    call_first: list[CallFirst] | None = asks("Call first, in this order", source=cite.OWN)
    contacts: list[ProfessionalId] | None = asks("Contacts")
    radio: Words | None = asks("Radio channel and call sign", source=cite.BRIEFING_PRACTICE)
    other_forces: list[OtherForce] | None = asks("Other forces", none="No other force", source=cite.IOPC_2020)
    tell_family: Text | None = asks("What officers may tell the family", source=cite.OWN)
    do_not_disclose: list[Text] | None = asks("What must not be told", none="Nothing", source=cite.GMP_GUIDANCE)
    media: Text | None = asks("Media", source=cite.JESIP)
    debrief: Text | None = asks("Where the debrief goes", source=cite.BRIEFING_PRACTICE)


# ── H: human rights ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class Right:
    """One article and how it is engaged."""

    article: Article | None = asks("Article", source=cite.HUMAN_RIGHTS_ACT)
    whose: Words | None = asks("Whose right", source=cite.HUMAN_RIGHTS_ACT)
    text: Text | None = asks("How it is engaged", source=cite.HUMAN_RIGHTS_ACT)
    reason: Text | None = asks("Why the interference is justified", source=cite.HUMAN_RIGHTS_ACT)


@dataclass(slots=True, kw_only=True)
class HumanRights:
    """H: rights engaged and why the interference is right."""

    articles: list[Right] | None = asks("Articles engaged", hint="Article 8 always", source=cite.HUMAN_RIGHTS_ACT)
    proportionate: Text | None = asks(
        "Proportionate", why="A reason of this case: stock phrases are a dangerous approach.", source=cite.PLAN_REASONS
    )
    legal: Text | None = asks("Legal", source=cite.PLAN_REASONS)
    accountable: Text | None = asks("Accountable", source=cite.PLAN_REASONS)
    necessary: Text | None = asks("Necessary", source=cite.PLAN_REASONS)
    less_intrusive: Text | None = asks(
        "What gentler way was considered, and why it is not enough", source=cite.HUMAN_RIGHTS_ACT
    )
    equality: Text | None = asks("Equality", source=cite.EQUALITY_ACT)


@dataclass(slots=True, kw_only=True)
class Briefing(Document):
    """What an officer who has never heard of the family does on meeting them."""

    source: DocumentRef | None = asks("Made from")
    validity: Validity = part(Validity, "Validity")
    officer_card: list[Text] | None = asks(
        "Officer card",
        hint="Who and how serious; what counts as a sighting; medical first; what not to do; whom to call; hazards",
        why="It is read on a phone, in the dark, in under a minute.",
        source=cite.OWN,
    )
    information: BriefingInformation = part(BriefingInformation, "Information")
    intention: Intention = part(Intention, "Intention")
    method: Method = part(Method, "Method")
    administration: Administration = part(Administration, "Administration")
    risk_assessment: RiskAssessment = part(RiskAssessment, "Risk assessment")
    communications: Communications = part(Communications, "Communications")
    human_rights: HumanRights = part(HumanRights, "Human rights and other legal issues")
