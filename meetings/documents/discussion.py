"""The record of a strategy discussion: its own shapes, each field with its question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from meetings import sources as cite
from meetings.documents.shared import (
    Child,
    Document,
    DocumentRef,
    EarlierAction,
    Interpreting,
    Line,
    Restricted,
)
from meetings.questions import (
    AdultId,
    ChildId,
    PersonId,
    ProfessionalId,
    SchemaId,
    Tense,
    Text,
    Words,
    asks,
    given,
    part,
)
from meetings.vocabulary import (
    SECTION_47_NOT_REQUIRED,
    SECTION_47_STARTS,
    Agency,
    Concern,
    Decision,
    Factor,
    Harm,
    ImmediateAction,
    InterviewDecision,
    Investigation,
    MedicalNeed,
    MeetingMode,
    MeetingType,
    ReferralDecision,
    ReferralSource,
    SafetyBasis,
    Seen,
    Tell,
    Threshold,
    YesNoLater,
)

DISCUSSION_SCHEMA = SchemaId("urn:accord:strategy-discussion:1")


@dataclass(slots=True, kw_only=True)
class Meeting:
    """When, how and by whom it was held."""

    type: MeetingType | None = asks("Type of discussion", source=cite.LOCAL_PROCEDURES)
    mode: MeetingMode | None = asks("How it was held", source=cite.LOCAL_PROCEDURES)
    place: Words | None = asks("Where it was held")
    started_at: datetime | None = asks("Started at", source=cite.SCOTLAND_2021)
    ended_at: datetime | None = asks("Ended at", source=cite.SCOTLAND_2021)
    convened_by: ProfessionalId | None = asks("Convened by", source=cite.LOCAL_PROCEDURES)
    chair: ProfessionalId | None = asks("Chair", source=cite.LOCAL_PROCEDURES)


@dataclass(slots=True, kw_only=True)
class Referral:
    """What set it off, in the referrer's words."""

    received_at: datetime | None = asks("Referral received at", tense=Tense.PAST, source=cite.CIN_CENSUS)
    source: ReferralSource | None = asks("Source of the referral", source=cite.CIN_CENSUS)
    referrer: Words | None = asks("Who made the referral")
    agency: Agency | None = asks("Agency of the referrer")
    text: Text | None = asks("Reason, in the referrer's own words", source=cite.SCOTLAND_2021)
    restricted: Restricted | None = asks("Restricted referral", source=cite.GMP_GUIDANCE)


@dataclass(slots=True, kw_only=True)
class Conflict:
    """One conflict of interest."""

    by: ProfessionalId | None = asks("Who has a conflict of interest")
    text: Text | None = asks("What it is and what is done about it")


@dataclass(slots=True, kw_only=True)
class Conflicts:
    """Conflict of interest, asked of everybody."""

    asked_of_all: bool | None = asks("Was everybody asked about a conflict of interest", source=cite.LADO_PROCEDURES)
    entries: list[Conflict] | None = asks("Conflicts of interest", none="Nobody has one")


@dataclass(slots=True, kw_only=True)
class Sharing:
    """Basis for sharing information."""

    consent_sought: bool | None = asks(
        "Was consent sought",
        why="Consent is not needed to protect a child; whether it was sought is recorded.",
        source=cite.DPA_2018,
    )
    reason: Text | None = asks("If consent was not sought, why not", source=cite.DPA_2018)
    basis: Text | None = asks("Lawful basis for sharing", source=cite.DPA_2018)
    text: Text | None = asks("What was asked of whom, and the answer")


@dataclass(slots=True, kw_only=True)
class Information:
    """What each agency brought."""

    lines: list[Line] | None = asks("What each agency brought", source=cite.HMIC_2013)


@dataclass(slots=True, kw_only=True)
class Voice:
    """The child's own view."""

    seen: Seen | None = asks("Has the child been seen", source=cite.WORKING_TOGETHER)
    alone: bool | None = asks("Seen alone", source=cite.WORKING_TOGETHER)
    at: datetime | None = asks("Seen at", tense=Tense.PAST, source=cite.WORKING_TOGETHER)
    by: ProfessionalId | None = asks("Seen by", source=cite.WORKING_TOGETHER)
    text: Text | None = asks(
        "What the child said or did", hint="In the child's own words", source=cite.WORKING_TOGETHER
    )
    plan: Text | None = asks("Plan to see the child", source=cite.WORKING_TOGETHER)
    reason: Text | None = asks("Why the child has not been seen", source=cite.WORKING_TOGETHER)


@dataclass(slots=True, kw_only=True)
class Medical:
    """Medical examination."""

    needed: MedicalNeed | None = asks("Is a medical needed", source=cite.LINCOLNSHIRE)
    kind: Words | None = asks("Kind of medical", source=cite.LINCOLNSHIRE)
    at: datetime | None = asks("Medical at", source=cite.LINCOLNSHIRE)
    place: Words | None = asks("Where and by whom", source=cite.LINCOLNSHIRE)
    consent: Text | None = asks("Consent to the medical", source=cite.LINCOLNSHIRE)
    reason: Text | None = asks("Reason for this answer", hint="Always needed for no", source=cite.LINCOLNSHIRE)


@dataclass(slots=True, kw_only=True)
class Interview:
    """Visually recorded interview (ABE)."""

    decision: InterviewDecision | None = asks("Visually recorded interview (ABE)", source=cite.LOCAL_PROCEDURES)
    at: datetime | None = asks("Interview at")
    place: Words | None = asks("Where the interview is held")
    by: list[ProfessionalId] | None = asks("Who interviews")
    support: Text | None = asks("Support for the child", hint="Intermediary, interpreter, supporter")
    reason: Text | None = asks("Reason for this answer")


@dataclass(slots=True, kw_only=True)
class SafetyMeasure:
    """What keeps this child safe from now, and what holds it."""

    action: ImmediateAction | None = asks("Measure", source=cite.WORKING_TOGETHER)
    text: Text | None = asks("What exactly", source=cite.WORKING_TOGETHER)
    basis: SafetyBasis | None = asks("What holds it", source=cite.OWN)
    agreed_by: list[PersonId] | None = asks("Agreed by", source=cite.OWN)


@dataclass(slots=True, kw_only=True)
class ChildDecision:
    """The decision for this child."""

    code: Decision | None = asks("Decision for this child", source=cite.HMIC_2013)
    reason: Text | None = asks("Reasons for the decision", source=cite.HMIC_2013)
    by: ProfessionalId | None = asks("Decided by", source=cite.HMIC_2013)
    agreed_by: list[Agency] | None = asks("Agreed by", source=cite.HMIC_2013)
    at: datetime | None = asks("Decided at", tense=Tense.PAST, seldom=True)
    confirmed: bool | None = asks(
        "Decision confirmed for this child", why="One child's decision is not another's.", source=cite.HMIC_2013
    )


@dataclass(slots=True, kw_only=True)
class Feedback:
    """Answer to the referrer."""

    by: ProfessionalId | None = asks("Who tells the referrer", source=cite.HMIC_2013)
    to: ProfessionalId | None = asks("Whom", source=cite.HMIC_2013)
    due_at: datetime | None = asks("By when", tense=Tense.COMING, source=cite.HMIC_2013)
    text: Text | None = asks("What the referrer is told", source=cite.HMIC_2013)


@dataclass(slots=True, kw_only=True)
class Conference:
    """Initial child protection conference."""

    needed: YesNoLater | None = asks("Is a child protection conference needed", source=cite.WORKING_TOGETHER)
    booked_on: date | None = asks("Conference booked for", tense=Tense.COMING, source=cite.WORKING_TOGETHER)
    requested_at: datetime | None = asks("Conference asked for at", tense=Tense.PAST, source=cite.LOCAL_PROCEDURES)
    reason: Text | None = asks("Reason", hint="Why none, or why late", source=cite.LOCAL_PROCEDURES)
    agreed_by: list[ProfessionalId] | None = asks("Late date agreed by", source=cite.LOCAL_PROCEDURES, seldom=True)


@dataclass(slots=True, kw_only=True)
class Outcome:
    """Everything decided for one child."""

    child: ChildId = given("Child", required=True)
    threshold: Threshold | None = asks("Is the threshold of significant harm met", source=cite.CA_S47)
    harm: list[Harm] | None = asks(
        "Suspected harm", unique=True, none="None: the threshold is not met", source=cite.CIN_CENSUS
    )
    factors: list[Factor] | None = asks(
        "Candidate assessment factors", unique=True, hint="An aid only", source=cite.CIN_CENSUS, seldom=True
    )
    analysis: Text | None = asks(
        "Analysis: what the risk is now",
        why="Analysis of current risk is wanted, not only history.",
        source=cite.LEEDS_TIPS,
    )
    protective: Text | None = asks("What protects this child", source=cite.LEEDS_TIPS)
    impact_of_domestic_abuse: Text | None = asks("How domestic abuse affects this child", source=cite.HMIC_2013)
    voice: Voice = part(Voice, "Voice of the child", source=cite.WORKING_TOGETHER)
    medical: Medical = part(Medical, "Medical", source=cite.LINCOLNSHIRE)
    interview: Interview = part(Interview, "Interview", source=cite.LOCAL_PROCEDURES)
    immediate_safety: list[SafetyMeasure] | None = asks(
        "What keeps this child safe from now", source=cite.WORKING_TOGETHER
    )
    decision: ChildDecision = part(ChildDecision, "Decision", source=cite.HMIC_2013)
    lead_social_worker: ProfessionalId | None = asks("Lead social worker", source=cite.CA_S47)
    police_lead: ProfessionalId | None = asks("Police lead", source=cite.LAMING_93)
    lead_text: Text | None = asks("Leads, in words", hint="If nobody is named yet", seldom=True)
    instead: Text | None = asks("What happens instead of section 47", source=cite.LOCAL_PROCEDURES)
    feedback: Feedback = part(Feedback, "Answer to the referrer", source=cite.HMIC_2013)
    conference: Conference = part(Conference, "Conference", source=cite.WORKING_TOGETHER)

    @property
    def starts_section_47(self) -> bool:
        """Whether this decision starts section 47 enquiries for the child."""
        return self.decision.code in SECTION_47_STARTS

    @property
    def turns_section_47_down(self) -> bool:
        """Whether this decision says that section 47 enquiries are not required."""
        return self.decision.code in SECTION_47_NOT_REQUIRED


@dataclass(slots=True, kw_only=True)
class AuthorityTold:
    """A local authority that was told of police protection."""

    organisation: Words | None = asks("Authority", source=cite.CA_S46)
    at: datetime | None = asks("Told at", tense=Tense.PAST, source=cite.CA_S46)


@dataclass(slots=True, kw_only=True)
class PoliceProtection:
    """Use of section 46 for one child."""

    child: ChildId | None = asks("Child", source=cite.CA_S46)
    exercised_at: datetime | None = asks(
        "Power used at", tense=Tense.PAST, why="72 hours run from here.", source=cite.CA_S46
    )
    by: ProfessionalId | None = asks("Officer who used the power", source=cite.CIRCULAR_17_2008)
    text: Text | None = asks("Grounds", source=cite.CA_S46)
    place: Words | None = asks("Where the child was taken", source=cite.CIRCULAR_17_2008)
    police_station: bool | None = asks("Was a police station used", source=cite.CIRCULAR_17_2008)
    child_seen_at: datetime | None = asks("Child seen before, at", tense=Tense.PAST, source=cite.LAMING_96)
    reason: Text | None = asks("If not seen before, or a police station was used: why", source=cite.LAMING_96)
    designated_officer: ProfessionalId | None = asks(
        "Designated officer",
        hint="Inspector or above, not the officer who used the power",
        source=cite.CIRCULAR_17_2008,
    )
    designated_officer_told_at: datetime | None = asks(
        "Designated officer told at", tense=Tense.PAST, source=cite.CIRCULAR_17_2008
    )
    authorities_told: list[AuthorityTold] | None = asks("Authorities told", source=cite.CA_S46)
    child_told: Text | None = asks("What the child was told", source=cite.CA_S46)
    wishes: Text | None = asks("The child's wishes and feelings", source=cite.CA_S46)
    parents_told_at: datetime | None = asks("Parents told at", tense=Tense.PAST, source=cite.CA_S46)
    expires_at: datetime | None = asks(
        "Runs out at", tense=Tense.COMING, hint="At most 72 hours after", source=cite.CA_S46
    )
    released_at: datetime | None = asks("Released at", tense=Tense.PAST, source=cite.CA_S46)


@dataclass(slots=True, kw_only=True)
class CriminalInvestigation:
    """Criminal investigation; its number is in the links."""

    status: Investigation | None = asks("Criminal investigation", source=cite.HMIC_2013)
    officer_in_case: ProfessionalId | None = asks("Officer in the case")
    suspects: list[AdultId] | None = asks("Suspects", none="No suspect")
    bail: Text | None = asks("Bail or release conditions")
    do_not_disclose: list[Words] | None = asks("What must not be disclosed", source=cite.GMP_GUIDANCE, none="Nothing")
    text: Text | None = asks("State of the investigation")


@dataclass(slots=True, kw_only=True)
class Custody:
    """A child in police custody."""

    child: ChildId | None = asks("Child in custody", source=cite.PACE_S38)
    place: Words | None = asks("Where held", source=cite.PACE_S38)
    arrested_at: datetime | None = asks("Arrested at", tense=Tense.PAST, source=cite.HMIC_2013)
    appropriate_adult_at: datetime | None = asks("Appropriate adult came at", tense=Tense.PAST, source=cite.HMIC_2013)
    charged_at: datetime | None = asks("Charged at", tense=Tense.PAST, source=cite.PACE_S38)
    bail_refused_at: datetime | None = asks("Bail refused at", tense=Tense.PAST, source=cite.PACE_S38)
    transfer_requested_at: datetime | None = asks(
        "Transfer to the authority asked for at", tense=Tense.PAST, source=cite.PACE_S38
    )
    secure_requested: bool | None = asks("Secure place asked for", source=cite.PACE_S38)
    answered_at: datetime | None = asks("Authority answered at", tense=Tense.PAST, source=cite.PACE_S38)
    answer: Text | None = asks("Answer", source=cite.PACE_S38)
    certificate: bool | None = asks("Certificate given to the court", source=cite.PACE_S38)
    court_at: datetime | None = asks("Court at", source=cite.PACE_S38)
    text: Text | None = asks("Note")


@dataclass(slots=True, kw_only=True)
class Fgm:
    """Mandatory report of female genital mutilation."""

    disclosed_at: datetime | None = asks("Disclosed at", tense=Tense.PAST, source=cite.FGM_GUIDANCE)
    reported_by: ProfessionalId | None = asks(
        "Reported by", hint="The professional told, in person", source=cite.FGM_ACT
    )
    reported_to: Words | None = asks("Reported to", source=cite.FGM_GUIDANCE)
    reported_at: datetime | None = asks("Reported at", tense=Tense.PAST, source=cite.FGM_GUIDANCE)
    ref: Words | None = asks("Police reference of the report", source=cite.FGM_GUIDANCE)
    text: Text | None = asks("Note")


@dataclass(slots=True, kw_only=True)
class Fii:
    """Fabricated or induced illness, or perplexing presentation."""

    consultant: ProfessionalId | None = asks("Responsible consultant", source=cite.SURREY)
    restricted_to: list[ProfessionalId] | None = asks("Who may read this record", source=cite.SURREY)
    text: Text | None = asks("Note")


@dataclass(slots=True, kw_only=True)
class Nrm:
    """National referral mechanism."""

    decision: ReferralDecision | None = asks("National referral mechanism", source=cite.CE_PROTOCOL)
    organisation: Words | None = asks("First responder")
    due_on: date | None = asks("To be referred by", tense=Tense.COMING)
    reason: Text | None = asks("Reason")


@dataclass(slots=True, kw_only=True)
class Mace:
    """Multi-agency child exploitation panel."""

    decision: ReferralDecision | None = asks("Multi-agency child exploitation panel", source=cite.CE_PROTOCOL)
    on: date | None = asks("Panel on")
    reason: Text | None = asks("Reason")


@dataclass(slots=True, kw_only=True)
class Exploitation:
    """Sexual or criminal exploitation."""

    legacy_label: Words | None = asks("Old category, as quoted", source=cite.CE_PROTOCOL)
    text: Text | None = asks("What is known about the exploitation", source=cite.CE_PROTOCOL)
    nrm: Nrm = part(Nrm, "National referral mechanism")
    mace: Mace = part(Mace, "Multi-agency child exploitation panel")


@dataclass(slots=True, kw_only=True)
class PositionOfTrust:
    """Allegation against a person who works with children."""

    adult: AdultId | None = asks("Who works with children", source=cite.LADO_PROCEDURES)
    employer: Words | None = asks("Employer or organisation", source=cite.LADO_PROCEDURES)
    known_at: datetime | None = asks("Allegation known at", tense=Tense.PAST, source=cite.LADO_PROCEDURES)
    lado_told_at: datetime | None = asks(
        "Designated officer (LADO) told at", tense=Tense.PAST, source=cite.LADO_PROCEDURES
    )
    lado_told_by: ProfessionalId | None = asks("Told by", source=cite.LADO_PROCEDURES)
    text: Text | None = asks("Note")


@dataclass(slots=True, kw_only=True)
class RiskToChildren:
    """Adult managed as a risk to children."""

    adult: AdultId | None = asks("Adult who poses a risk to children", source=cite.HMIC_2013)
    managed_by: ProfessionalId | None = asks("Managed by", hint="Offender manager or probation", source=cite.HMIC_2013)
    text: Text | None = asks("How the risk is managed")


@dataclass(slots=True, kw_only=True)
class Responsibility:
    """Which authority is responsible now."""

    host: Words | None = asks("Authority where the child is", source=cite.CA_S47)
    home: Words | None = asks("Authority the child belongs to", source=cite.CA_S47)
    now: Words | None = asks("Responsible now", source=cite.LOCAL_PROCEDURES)
    accepted_by: ProfessionalId | None = asks("Accepted by", source=cite.LOCAL_PROCEDURES)
    accepted_at: datetime | None = asks("Accepted at", tense=Tense.PAST, source=cite.LOCAL_PROCEDURES)
    in_writing: bool | None = asks("Accepted in writing", source=cite.LOCAL_PROCEDURES)
    acceptance_action: Words | None = asks("Action to get the acceptance", hint="Its reference")
    text: Text | None = asks("Note")


@dataclass(slots=True, kw_only=True)
class LegalAdvice:
    """Legal advice."""

    sought: bool | None = asks("Was legal advice sought", source=cite.LOCAL_PROCEDURES)
    by: ProfessionalId | None = asks("Advice sought by")
    text: Text | None = asks("Summary of the advice", hint="Left out of every copy but the legal one")
    reason: Text | None = asks("If not sought, why not")
    restricted: Restricted | None = asks("Restricted advice")


@dataclass(slots=True, kw_only=True)
class Telling:
    """What one parent or carer is told."""

    adult: AdultId | None = asks("Parent or carer", source=cite.WORKING_TOGETHER)
    tell: Tell | None = asks("What this person is told", source=cite.WORKING_TOGETHER)
    by: ProfessionalId | None = asks("Told by", source=cite.WORKING_TOGETHER)
    at: datetime | None = asks("Told at")
    on: date | None = asks("Told on", hint="If the time is not fixed")
    text: Text | None = asks("What is said")
    withheld: Text | None = asks("What is held back")
    reason: Text | None = asks("Why it is held back, or not told", source=cite.SUSSEX)
    decided_by: ProfessionalId | None = asks("Who decided that", source=cite.SUSSEX)
    review_at: datetime | None = asks("Looked at again at", tense=Tense.COMING, source=cite.SUSSEX, seldom=True)


@dataclass(slots=True, kw_only=True)
class Escalation:
    """Next step after a dissent that was not resolved."""

    text: Text | None = asks("Next step", source=cite.SUSSEX)
    to: ProfessionalId | None = asks("To whom", source=cite.SUSSEX)
    due_at: datetime | None = asks("By when", tense=Tense.COMING, source=cite.SUSSEX)


@dataclass(slots=True, kw_only=True)
class DissentEntry:
    """One dissent."""

    by: ProfessionalId | None = asks("Who disagrees", source=cite.SUSSEX)
    about: Text | None = asks("With which decision", source=cite.SUSSEX)
    children: list[ChildId] | None = asks("For which children")
    text: Text | None = asks("Reason", source=cite.SUSSEX)
    response: Text | None = asks("Answer given", source=cite.SUSSEX)
    resolved: bool | None = asks("Resolved", source=cite.SUSSEX)
    escalation: Escalation = part(Escalation, "Next step", source=cite.SUSSEX)


@dataclass(slots=True, kw_only=True)
class Dissent:
    """Dissent, asked of everybody."""

    asked_of_all: bool | None = asks(
        "Was everybody asked whether they disagree", why="Dissent is asked for, not waited for.", source=cite.SUSSEX
    )
    entries: list[DissentEntry] | None = asks(
        "Who disagrees, why, and the answer", none="Nobody disagrees", source=cite.SUSSEX
    )


@dataclass(slots=True, kw_only=True)
class Review:
    """Next discussion, or why there is none."""

    next_at: datetime | None = asks("Next discussion at", tense=Tense.COMING, source=cite.SUSSEX)
    reason: Text | None = asks("Why then, or why there is none", source=cite.SUSSEX)


@dataclass(slots=True, kw_only=True)
class Discussion(Document):
    """Record of one strategy discussion."""

    previous: DocumentRef | None = asks("Earlier discussion")
    meeting: Meeting = part(Meeting, "The discussion")
    referral: Referral = part(Referral, "Referral")
    concerns: list[Concern] | None = asks(
        "What the discussion must notice", none="None of these", unique=True, source=cite.LOCAL_PROCEDURES
    )
    conflicts: Conflicts = part(Conflicts, "Conflict of interest")
    sharing: Sharing = part(Sharing, "Basis for sharing information")
    information: Information = part(Information, "Information")
    outcomes: list[Outcome] | None = asks("Decisions, child by child")
    police_protection: list[PoliceProtection] | None = asks("Police protection (section 46)")
    criminal_investigation: CriminalInvestigation = part(CriminalInvestigation, "Criminal investigation")
    custody: Custody = part(Custody, "Child in custody")
    fgm: Fgm = part(Fgm, "Female genital mutilation: mandatory report")
    fii: Fii = part(Fii, "Fabricated or induced illness")
    exploitation: Exploitation = part(Exploitation, "Exploitation")
    position_of_trust: PositionOfTrust = part(PositionOfTrust, "Allegation against a person who works with children")
    risk_to_children: RiskToChildren = part(RiskToChildren, "Adult who poses a risk to children")
    responsibility: Responsibility = part(Responsibility, "Responsible authority")
    legal_advice: LegalAdvice = part(LegalAdvice, "Legal advice")
    telling: list[Telling] | None = asks("What parents and carers are told", none="Nobody to tell")
    interpreting: Interpreting = part(Interpreting, "Interpreting")
    equality: Text | None = asks("Culture, faith, disability: what each needs", source=cite.EQUALITY_ACT)
    dissent: Dissent = part(Dissent, "Dissent")
    earlier_actions: list[EarlierAction] | None = asks("Actions of the earlier discussion", none="There were none")
    review: Review = part(Review, "Next discussion")

    @property
    def subjects(self) -> list[Child]:
        """Children this discussion decides about."""
        return [child for child in self.children or () if child.subject]

    def outcome_of(self, child: str) -> Outcome | None:
        """Return what was decided for the child of that local id."""
        return next((outcome for outcome in self.outcomes or () if outcome.child == child), None)
