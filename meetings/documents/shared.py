"""Shapes that occur in every kind of document, each field with its question: people, places, lines, actions, envelope.

An object that may be absent without being missed is there and empty, so that a rule can ask `meeting.chair` without
asking first whether there was a meeting. A list is None while it has not been asked and `[]` when asked: none.
Blank text is None. How a document is read and written is in `contract.py`; what is enough is in `rules/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from meetings import sources as cite
from meetings.questions import (
    AdultId,
    ChildId,
    Duration,
    Email,
    LocalId,
    PersonId,
    ProfessionalId,
    RuleId,
    SchemaId,
    Sha256,
    Tense,
    Text,
    Uuid,
    Words,
    asks,
    given,
    part,
)
from meetings.vocabulary import (
    ActionKind,
    ActionStatus,
    Agency,
    Attendance,
    Audience,
    BirthKind,
    Disability,
    DocumentStatus,
    Ethnicity,
    HandlingCode,
    LegalStatus,
    LineKind,
    MissingLevel,
    PlanCategory,
    PlanStatus,
    Presence,
    Priority,
    Profession,
    ProfessionalKind,
    ReferenceKind,
    ReturnInterview,
    Sex,
    SignoffAnswer,
    SignoffAs,
    SignoffMethod,
    Tier,
)

# ── Pointers and markings ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class Restricted:
    """Leave the item out of every copy, except those for the audiences listed or made for the people named."""

    reason: Text | None = asks("Why this is restricted", source=cite.GMP_GUIDANCE)
    audiences: list[Audience] | None = asks("Copies that may hold it", unique=True, source=cite.GMP_GUIDANCE)
    people: list[PersonId] | None = asks("People whose own copy may hold it")


@dataclass(slots=True, kw_only=True)
class Marking:
    """Protective marking and handling of a document or of one action."""

    tier: Tier | None = asks("Classification", source=cite.CLASSIFICATIONS)
    sensitive: bool | None = asks("Sensitive", why="Marks every page OFFICIAL-SENSITIVE.", source=cite.CLASSIFICATIONS)
    descriptor: Words | None = asks("Descriptor", hint="For example PERSONAL DATA", source=cite.CLASSIFICATIONS)
    handling: list[Words] | None = asks("Handling instructions", source=cite.CLASSIFICATIONS)
    code: HandlingCode | None = asks("Police handling code", source=cite.INTELLIGENCE_REPORT, seldom=True)
    conditions: Text | None = asks("Handling conditions", source=cite.INTELLIGENCE_REPORT, seldom=True)
    family_may_have: bool | None = asks("May the family have it", seldom=True)


@dataclass(slots=True, kw_only=True)
class Reference:
    """Pointer to a record held somewhere else."""

    kind: ReferenceKind | None = asks("Kind of record")
    value: Words | None = asks("Number or reference")
    organisation: Words | None = asks("Held by")
    level: MissingLevel | None = asks("Risk level, for a missing person report", seldom=True)
    until_on: date | None = asks("In force until", tense=Tense.COMING, seldom=True)
    text: Text | None = asks("Note", seldom=True)


@dataclass(slots=True, kw_only=True)
class DocumentRef:
    """Pointer to another document of this contract."""

    ref: Words | None = asks("Reference of the earlier record")
    id: Uuid | None = given("Its identifier")
    version: int | None = given("Its version")
    content_sha256: Sha256 | None = given("Its content hash")


@dataclass(slots=True, kw_only=True)
class Supersedes:
    """The version this one replaces and what changed."""

    version: int | None = given("Version replaced")
    content_sha256: Sha256 | None = given("Its content hash")
    text: Text | None = asks("What changed and why")


@dataclass(slots=True, kw_only=True)
class Contact:
    """How to reach a professional."""

    phone: Words | None = asks("Telephone", seldom=True)
    out_of_hours: Words | None = asks("Telephone out of hours", seldom=True)
    email: Email | None = asks("E-mail", seldom=True)


# ── People and places ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class Plan:
    """Child protection plan; status none is an answer."""

    status: PlanStatus | None = asks(
        "Child protection plan", why="Needed to decide whether a conference is called.", source=cite.WORKING_TOGETHER
    )
    category: PlanCategory | None = asks("Category of the plan", source=cite.CIN_CENSUS, seldom=True)
    started_on: date | None = asks("Plan started on", tense=Tense.PAST, seldom=True)
    ended_on: date | None = asks("Plan ended on", tense=Tense.PAST, seldom=True)
    organisation: Words | None = asks("Authority that holds the plan", seldom=True)
    last_review_on: date | None = asks("Last review conference on", tense=Tense.PAST, seldom=True)
    next_review_on: date | None = asks("Next review conference on", tense=Tense.COMING, seldom=True)


@dataclass(slots=True, kw_only=True)
class Pregnancy:
    """For an unborn child."""

    gestation: Words | None = asks("Weeks of pregnancy", hint="Weeks and days, for example 27+3", source=cite.SURREY)
    place_of_birth: Words | None = asks("Where the birth is planned", source=cite.SURREY)
    birth_plan: Text | None = asks("Birth plan", source=cite.SURREY)
    maternity_alert: Text | None = asks(
        "Alert to maternity units", why="A mother who moves may give birth anywhere.", source=cite.IOPC_2020
    )


@dataclass(slots=True, kw_only=True)
class Person:
    """What any person of the family may carry."""

    id: LocalId = given("Local id", required=True)
    name: Words | None = asks("Full name", hint="As the family writes it", source=cite.OWN)
    other_script: Words | None = asks("Full name in another script", seldom=True)
    known_as: list[Words] | None = asks("Also known as", seldom=True)


@dataclass(slots=True, kw_only=True)
class Child(Person):
    """A child, born or unborn."""

    kind: BirthKind | None = asks("Born or unborn", source=cite.LOCAL_PROCEDURES)
    given_names: Words | None = asks("Given names")
    family_name: Words | None = asks("Family name")
    given_names_other_script: Words | None = asks("Given names in another script", seldom=True)
    family_name_other_script: Words | None = asks("Family name in another script", seldom=True)
    born_on: date | None = asks(
        "Date of birth", tense=Tense.BIRTH, hint="For a child who is born", source=cite.CIN_CENSUS
    )
    born_on_estimated: bool | None = asks("Is the date of birth estimated", seldom=True)
    born_on_text: Words | None = asks("Age in words", hint="Only if the date of birth is not known", seldom=True)
    due_on: date | None = asks(
        "Expected date of birth", tense=Tense.COMING, hint="For an unborn child", source=cite.CIN_CENSUS
    )
    due_on_text: Words | None = asks("Expected birth in words", hint="Only if the date is not known", seldom=True)
    mother: AdultId | None = asks("Mother", hint="For an unborn child", source=cite.LOCAL_PROCEDURES)
    sex: Sex | None = asks("Sex", hint="Unknown for an unborn child", source=cite.CIN_CENSUS)
    subject: bool | None = asks(
        "Does this discussion decide about this child",
        why="Every child of the household, and of the same parents elsewhere, is listed; each is decided about or not.",
        source=cite.LEEDS_TIPS,
    )
    reason: Text | None = asks("If not, why not", source=cite.LEEDS_TIPS)
    ethnicity: Ethnicity | None = asks("Ethnicity", source=cite.CIN_CENSUS)
    disabilities: list[Disability] | None = asks("Disability", unique=True, source=cite.CIN_CENSUS)
    languages: list[Words] | None = asks("Languages", hint="First language first", none="Not known: asked")
    interpreter: Words | None = asks("Interpreter or signer needed: language", source=cite.DONCASTER, seldom=True)
    communication: Text | None = asks("Communication need", source=cite.WORKING_TOGETHER, seldom=True)
    religion: Words | None = asks("Religion", seldom=True)
    school: Words | None = asks("School or nursery")
    legal_status: list[LegalStatus] | None = asks("Legal status", source=cite.WORKING_TOGETHER)
    legal_status_text: Text | None = asks("Legal status in words", seldom=True)
    plan: Plan = part(Plan, "Child protection plan")
    pregnancy: Pregnancy = part(Pregnancy, "Pregnancy")
    description: Text | None = asks("What the child looks like", seldom=True)
    vulnerabilities: list[Words] | None = asks("Vulnerabilities", none="None known", seldom=True)
    markers: list[Words] | None = asks("Markers on record", none="Records checked, no markers", seldom=True)
    last_seen_at: datetime | None = asks("Last seen in person at", tense=Tense.PAST, source=cite.IOPC_2020, seldom=True)
    last_contact_at: datetime | None = asks(
        "Last contact of any kind at", tense=Tense.PAST, source=cite.IOPC_2020, seldom=True
    )
    voice: Text | None = asks("The child's view, in the child's words", source=cite.WORKING_TOGETHER, seldom=True)
    links: list[Reference] | None = asks(
        "Numbers in other systems", hint="Social care, pupil and NHS numbers", source=cite.CIN_CENSUS
    )
    text: Text | None = asks("Anything else about this child", seldom=True)


@dataclass(slots=True, kw_only=True)
class Adult(Person):
    """A parent, carer, relative or associate."""

    born_on: date | None = asks("Date of birth", tense=Tense.BIRTH)
    born_on_estimated: bool | None = asks("Is the date of birth estimated", seldom=True)
    born_on_text: Words | None = asks("Age in words", hint="Only if the date of birth is not known", seldom=True)
    sex: Sex | None = asks("Sex", seldom=True)
    relation: Words | None = asks(
        "Relationship to the children", hint="For each child, if it differs", source=cite.LEEDS_TIPS
    )
    parent_of: list[ChildId] | None = asks(
        "Parent of",
        why="Parents who live elsewhere are forgotten first.",
        source=cite.LEEDS_TIPS,
        none="Parent of nobody here",
    )
    parental_responsibility_for: list[ChildId] | None = asks(
        "Has parental responsibility for", source=cite.LEEDS_TIPS, none="Has it for nobody here"
    )
    parental_responsibility_text: Text | None = asks("Parental responsibility in words", seldom=True)
    of_concern: bool | None = asks("Is this adult's conduct in question")
    position_of_trust: bool | None = asks("Works or volunteers with children", source=cite.LADO_PROCEDURES, seldom=True)
    languages: list[Words] | None = asks("Languages", hint="First language first", none="Not known: asked", seldom=True)
    interpreter: Words | None = asks("Interpreter or signer needed: language", source=cite.DONCASTER)
    description: Text | None = asks("What this adult looks like", seldom=True)
    vulnerabilities: list[Words] | None = asks("Vulnerabilities", none="None known", seldom=True)
    markers: list[Words] | None = asks(
        "Markers on record",
        hint="Offender register, MAPPA, bail, MARAC",
        source=cite.HMIC_2013,
        none="Records checked, no markers",
    )
    last_seen_at: datetime | None = asks("Last seen in person at", tense=Tense.PAST, source=cite.IOPC_2020, seldom=True)
    last_contact_at: datetime | None = asks(
        "Last contact of any kind at", tense=Tense.PAST, source=cite.IOPC_2020, seldom=True
    )
    links: list[Reference] | None = asks("Numbers in other systems", seldom=True)
    text: Text | None = asks("Anything else about this adult", seldom=True)


@dataclass(slots=True, kw_only=True)
class Professional:
    """A person, post or group acting for an agency: participant, owner, author or recipient."""

    id: LocalId = given("Local id", required=True)
    kind: ProfessionalKind | None = asks("Person, post or group", hint="A person if nothing is chosen", seldom=True)
    name: Words | None = asks("Name", source=cite.LAMING_93)
    agency: Agency | None = asks("Agency", source=cite.WORKING_TOGETHER)
    organisation: Words | None = asks("Organisation")
    team: Words | None = asks("Team", seldom=True)
    role: Words | None = asks("Role", source=cite.LAMING_93)
    grade: Words | None = asks("Grade or rank", source=cite.LAMING_93)
    profession: Profession | None = asks("Health profession", source=cite.SURREY, seldom=True)
    manager: bool | None = asks(
        "Manager for this agency",
        why="A manager from each agency takes part in every joint discussion; for police, a sergeant or above.",
        source=cite.LAMING_93,
    )
    can_commit: bool | None = asks("Can commit the agency", source=cite.LOCAL_PROCEDURES)
    presence: Presence | None = asks("Part taken", source=cite.WORKING_TOGETHER)
    attendance: Attendance | None = asks("How this person took part", source=cite.WORKING_TOGETHER)
    arrived_at: datetime | None = asks("Arrived at", tense=Tense.PAST, hint="If not there from the start", seldom=True)
    left_at: datetime | None = asks("Left at", tense=Tense.PAST, hint="If not there to the end", seldom=True)
    reason: Text | None = asks("Why absent", source=cite.MARAC_PRACTICE, seldom=True)
    tried_at: list[datetime] | None = asks(
        "Tried to reach at", tense=Tense.PAST, source=cite.LOCAL_PROCEDURES, seldom=True
    )
    gave_information: bool | None = asks(
        "Gave information in writing or by telephone", source=cite.MARAC_PRACTICE, seldom=True
    )
    contact: Contact = part(Contact, "Contact")
    text: Text | None = asks("Note", seldom=True)


@dataclass(slots=True, kw_only=True)
class Place:
    """An address; restricted when it must not reach somebody."""

    id: LocalId = given("Local id", required=True)
    label: Words | None = asks("What place this is", hint="Home, school, safe address")
    text: Text | None = asks("Address")
    of: list[PersonId] | None = asks("Whose it is")
    source: Words | None = asks("How we know", seldom=True)
    confidence: Words | None = asks("How sure we are", seldom=True)
    restricted: Restricted | None = asks(
        "Confidential address", why="A confidential address never reaches a parent copy.", source=cite.GMP_GUIDANCE
    )


# ── Information, absences, interpreting ──────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class Line:
    """One piece of information."""

    id: LocalId | None = given("Local id")
    agency: Agency | None = asks("Agency", source=cite.HMIC_2013)
    by: ProfessionalId | None = asks("Given by", source=cite.HMIC_2013)
    kind: LineKind | None = asks("Kind of information", why="Fact and opinion are told apart.", source=cite.NORFOLK)
    text: Text | None = asks("What was said", source=cite.HMIC_2013)
    at: datetime | None = asks("Time of the information or of the check", tense=Tense.PAST, seldom=True)
    on: date | None = asks("Date of the information", tense=Tense.PAST, hint="If the time is not known", seldom=True)
    grade: Words | None = asks("Intelligence grade", source=cite.INTELLIGENCE_REPORT, seldom=True)
    code: HandlingCode | None = asks("Police handling code", source=cite.INTELLIGENCE_REPORT, seldom=True)
    restricted: Restricted | None = asks("Restricted", source=cite.GMP_GUIDANCE)


@dataclass(slots=True, kw_only=True)
class ReturnInterviewDone:
    """Interview after coming back from being missing."""

    status: ReturnInterview | None = asks("Return interview", source=cite.MISSING_GUIDANCE)
    on: date | None = asks("Interview on", source=cite.MISSING_GUIDANCE)
    due_at: datetime | None = asks("Interview due by", tense=Tense.COMING, source=cite.MISSING_GUIDANCE)
    by: Words | None = asks("Interview by", source=cite.MISSING_GUIDANCE)


@dataclass(slots=True, kw_only=True)
class Episode:
    """One absence."""

    person: PersonId | None = asks("Who was missing")
    started_at: datetime | None = asks("Missing from", tense=Tense.PAST)
    ended_at: datetime | None = asks("Found or back at", tense=Tense.PAST)
    reported: bool | None = asks("Reported to police")
    return_interview: ReturnInterviewDone = part(ReturnInterviewDone, "Return interview")


@dataclass(slots=True, kw_only=True)
class Missing:
    """Missing now, or missing before."""

    people: list[PersonId] | None = asks("Who is or was missing", source=cite.IOPC_2020)
    now: bool | None = asks("Missing now", source=cite.IOPC_2020)
    level: MissingLevel | None = asks("Risk level", source=cite.MISSING_GUIDANCE)
    reason: Text | None = asks("Reason for the level, or why last seen is not known", source=cite.IOPC_2020)
    reported_at: datetime | None = asks("Reported missing at", tense=Tense.PAST, source=cite.IOPC_2020)
    alerts: list[Words] | None = asks(
        "Alerts sent", hint="Maternity units, ports, other forces", source=cite.IOPC_2020, none="No alerts sent"
    )
    earlier_episodes: int | None = asks("Number of earlier episodes", source=cite.HMIC_2013)
    pattern: Text | None = asks("Pattern of the episodes", source=cite.HMIC_2013)
    analysis: Text | None = asks("What the episodes tell", source=cite.HMIC_2013)
    response: Text | None = asks(
        "Response to repeat episodes", hint="Or the reference of the action", source=cite.HMIC_2013
    )
    episodes: list[Episode] | None = asks("Episodes", source=cite.HMIC_2013, none="No earlier episodes")


@dataclass(slots=True, kw_only=True)
class Interpreting:
    """Interpreter, signer or intermediary."""

    needed: bool | None = asks("Is an interpreter, signer or intermediary needed", source=cite.DONCASTER)
    language: Words | None = asks("Language", source=cite.DONCASTER)
    mode: Words | None = asks("In person, by telephone or by video", source=cite.DONCASTER)
    name: Words | None = asks("Interpreter", source=cite.DONCASTER)
    arranged_by: ProfessionalId | None = asks("Arranged by", source=cite.DONCASTER)
    family_or_friend: bool | None = asks(
        "Is the interpreter family or a friend", why="Never a relative, a friend or a child.", source=cite.DONCASTER
    )
    text: Text | None = asks("Note on interpreting")


# ── Actions ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class Deadline:
    """A moment, or an event and the time allowed after it."""

    due_at: datetime | None = asks("Done by", tense=Tense.COMING, source=cite.WORKING_TOGETHER)
    event: Words | None = asks("Or: after which event", source=cite.WORKING_TOGETHER)
    within: Duration | None = asks("Within", hint="For example 4 hours, or 2 days", source=cite.WORKING_TOGETHER)


@dataclass(slots=True, kw_only=True)
class EarlierAction:
    """What became of an action of the earlier meeting."""

    ref: Words | None = asks("Reference of the earlier action", source=cite.DONCASTER)
    status: ActionStatus | None = asks("Status now", source=cite.DONCASTER)
    text: Text | None = asks("What was done, or why not", source=cite.DONCASTER)
    deadline: Deadline = part(Deadline, "New deadline")


@dataclass(slots=True, kw_only=True)
class LegalBasis:
    """Power or duty relied on."""

    instrument: Words | None = asks("Act or instrument")
    provision: Words | None = asks("Provision")


@dataclass(slots=True, kw_only=True)
class Proof:
    """One proof that an action was done."""

    text: Text | None = asks("Proof")
    by: ProfessionalId | None = asks("Given by")
    at: datetime | None = asks("Given at", tense=Tense.PAST)
    sha256: Sha256 | None = given("Hash of the file")


@dataclass(slots=True, kw_only=True)
class Evidence:
    """Proof of completion."""

    needed: Text | None = asks("Proof that is needed", seldom=True)
    provided: list[Proof] | None = asks("Proof given", seldom=True)


@dataclass(slots=True, kw_only=True)
class Accepted:
    """Who took the action on, and when."""

    by: ProfessionalId | None = asks("Accepted by", seldom=True)
    at: datetime | None = asks("Accepted at", tense=Tense.PAST, seldom=True)


@dataclass(slots=True, kw_only=True)
class ActionEscalation:
    """What happens if the action is late."""

    within: Duration | None = asks("If late, after", seldom=True)
    to: ProfessionalId | None = asks("Goes to", seldom=True)


@dataclass(slots=True, kw_only=True)
class Action:
    """Who will do what by when."""

    id: Uuid = given("Identifier", required=True)
    ref: Words | None = given("Reference")
    kind: ActionKind | None = asks("Kind of action")
    text: Text | None = asks("What will be done", source=cite.WORKING_TOGETHER)
    detail: Text | None = asks("Details", seldom=True)
    trigger: Text | None = asks("When it applies", hint="For a standing instruction", seldom=True)
    owner: ProfessionalId | None = asks("Owner", hint="One named person, not a team", source=cite.HMIC_2013)
    support: list[ProfessionalId] | None = asks("Helped by", seldom=True)
    about: list[PersonId] | None = asks("For which children or people", source=cite.WORKING_TOGETHER)
    deadline: Deadline = part(Deadline, "Deadline", source=cite.WORKING_TOGETHER)
    priority: Priority | None = asks("Priority")
    status: ActionStatus | None = asks("Status")
    reason: Text | None = asks("Reason for the status", seldom=True)
    accepted: Accepted = part(Accepted, "Accepted")
    agreed_by: list[Agency] | None = asks("Agreed by", seldom=True)
    decision: Text | None = asks("Decision it serves", seldom=True)
    legal_basis: list[LegalBasis] | None = asks("Legal basis", seldom=True)
    evidence: Evidence = part(Evidence, "Proof of completion")
    after: list[Words] | None = asks("After which actions", hint="Their references", seldom=True)
    escalation: ActionEscalation = part(ActionEscalation, "If it is late")
    marking: Marking = part(Marking, "Marking of this action")
    restricted: Restricted | None = asks("Restricted action", source=cite.GMP_GUIDANCE)


# ── The envelope ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, kw_only=True)
class RuleException:
    """A rule knowingly passed over."""

    rule: RuleId = given("Rule passed over", required=True)
    reason: Text | None = asks("Reason for passing it over", source=cite.OWN)
    by: ProfessionalId | None = asks("Manager who decided", source=cite.OWN)
    grade: Words | None = asks("Grade of the manager", source=cite.OWN)
    at: datetime | None = asks("Decided at", tense=Tense.PAST, source=cite.OWN)


@dataclass(slots=True, kw_only=True)
class Circulation:
    """Who gets which copy."""

    to: PersonId | None = asks("Copy for", source=cite.WORKING_TOGETHER)
    audience: Audience | None = asks("Kind of copy", source=cite.GMP_GUIDANCE)
    channel: Words | None = asks("Sent by", hint="Secure e-mail, by hand")
    acknowledge_by: datetime | None = asks("To be acknowledged by", tense=Tense.COMING)


@dataclass(slots=True, kw_only=True)
class Signoff:
    """What a person did to the text."""

    by: ProfessionalId | None = given("Who")
    as_: SignoffAs | None = given("As")
    at: datetime | None = given("When")
    text: Text | None = given("Words added")
    content_sha256: Sha256 | None = given("Content hash seen")
    agency: Agency | None = given("For the agency")
    method: SignoffMethod | None = given("How it was given")
    recorded_by: Words | None = given("Written down by, or link made by")
    sent_to: Words | None = given("Address of the link")
    answer: SignoffAnswer | None = given("Answer")
    reason: Text | None = given("Reason")
    about: list[PersonId] | None = given("About")


@dataclass(slots=True, kw_only=True)
class Provenance:
    """Who wrote the record, when and how."""

    recorded_by: ProfessionalId | None = asks("Recorded by", source=cite.LOCAL_PROCEDURES)
    recorded_at: datetime | None = asks("Recorded at", tense=Tense.PAST, source=cite.SCOTLAND_2021)
    live: bool | None = asks("Written during the discussion", source=cite.SCOTLAND_2021)
    reason: Text | None = asks("If written up later, why", source=cite.SCOTLAND_2021)
    organisation: Words | None = asks("Organisation that keeps the record")
    software: Words | None = given("Software")


@dataclass(slots=True, kw_only=True)
class Signature:
    """Detached JWS over the canonical form."""

    kid: Words | None = given("Key")
    alg: Words | None = given("Algorithm")
    value: Words | None = given("Signature")


@dataclass(slots=True, kw_only=True)
class Integrity:
    """Filled when the document is frozen; never part of what is hashed."""

    frozen_at: datetime | None = given("Frozen at")
    content_sha256: Sha256 | None = given("Content hash")
    minutes_sha256: Sha256 | None = given("Hash of the Word minutes")
    minutes_file: Words | None = given("File of the Word minutes")
    profile_sha256: Sha256 | None = given("Edition of the policy profile")
    rules_sha256: Sha256 | None = given("Edition of the rulebook")
    signatures: list[Signature] | None = given("Signatures")


class Opened:
    """Remembers which sections were opened, also where nothing in them is answered: `"fii": {}` opens that block.

    And how its people are called, once that was found out (`namesakes.py`).
    """

    __slots__ = ("_called", "_opened")
    _opened: frozenset[str]
    _called: Mapping[str, str]

    @property
    def opened(self) -> frozenset[str]:
        """Names of the sections that were opened."""
        return getattr(self, "_opened", frozenset())

    @opened.setter
    def opened(self, names: frozenset[str]) -> None:
        self._opened = names

    @property
    def called(self) -> Mapping[str, str] | None:
        """How everybody is called, by local id; None while nobody asked."""
        return getattr(self, "_called", None)

    @called.setter
    def called(self, names: Mapping[str, str]) -> None:
        self._called = names


@dataclass(slots=True, kw_only=True)
class Document(Opened):
    """What every document of the contract carries: its envelope, its people and places, and its actions."""

    schema: SchemaId = given("Contract", required=True)
    id: Uuid = given("Identifier", required=True)
    ref: Words | None = given("Reference")
    version: int = given("Version", required=True, minimum=1)
    supersedes: Supersedes | None = given("Replaces")
    status: DocumentStatus = given("State", required=True)
    title: Words | None = asks("Title", hint="If the children's names are not enough")
    profile: Words | None = given("Policy profile")
    marking: Marking = part(Marking, "Marking", source=cite.CLASSIFICATIONS)
    links: list[Reference] | None = asks("Records in other systems", hint="Crime, missing report, plan, court order")
    children: list[Child] | None = asks("Children")
    adults: list[Adult] | None = asks("Adults of the family", none="No adult of the family is known")
    professionals: list[Professional] | None = asks("Professionals")
    places: list[Place] | None = asks("Places", none="No address recorded")
    missing: Missing = part(Missing, "Missing")
    contingencies: list[Text] | None = asks(
        "If the plan fails, somebody goes missing or the baby comes early", source=cite.WORKING_TOGETHER
    )
    actions: list[Action] | None = asks("Actions", none="No action is needed")
    exceptions: list[RuleException] | None = asks("Rules passed over")
    circulation: list[Circulation] | None = asks("Who gets which copy")
    signoff: list[Signoff] | None = given("Sign-offs")
    provenance: Provenance = part(Provenance, "How the record was made")
    integrity: Integrity | None = given("Integrity")

    def professional(self, local_id: str | None) -> Professional | None:
        """Return the professional of that local id, or None."""
        return next((one for one in self.professionals or () if one.id == local_id), None)

    def people(self) -> dict[str, Child | Adult | Professional]:
        """Return everybody named in the document, by local id."""
        everybody = [*(self.children or ()), *(self.adults or ()), *(self.professionals or ())]
        return {person.id: person for person in everybody}

    def attended(self) -> list[Professional]:
        """Return those who took part."""
        return [one for one in self.professionals or () if one.presence is Presence.ATTENDED]
