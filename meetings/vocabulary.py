"""Every closed list: the codes that are stored and the words people read.

A code is stored and exported and is never renamed; its label may change. Codes in lower case are our own;
codes written any other way are official and stand exactly as published by the source named beside the list.
Questions, rules and exports read these classes; no other module spells a code.
"""

from __future__ import annotations

from enum import Enum
from typing import Self


class Code(str, Enum):
    """One entry of a closed list: equal to its code as text, with a `label` for people."""

    label: str

    def __new__(cls, code: str, label: str) -> Self:
        """Make the entry; the code is its value."""
        entry = str.__new__(cls, code)
        entry._value_ = code
        entry.label = label
        return entry

    @property
    def said(self) -> str:
        """The label for a reader: without what it says to whoever answers, as in “Other (say which)”.

        >>> Check.OTHER.said, Check.ANPR.said
        ('Other', 'ANPR')
        """
        return self.label.partition(" (say ")[0]

    def __str__(self) -> str:
        """Return the code, as it stands in documents."""
        return str(self.value)

    @classmethod
    def of(cls, code: str) -> Self:
        """Return the entry of that code. Raises KeyError."""
        return cls._value2member_map_[code]  # type: ignore[return-value]

    # An entry and its code are one key: `"met" in {Threshold.MET}` is true.
    __hash__ = str.__hash__


class DocumentStatus(Code):
    """State of a document. Source: own list."""

    DRAFT = "draft", "Draft"
    FINAL = "final", "Final (frozen, hashed, signed)"
    WITHDRAWN = "withdrawn", "Withdrawn or stood down"


class MeetingType(Code):
    """Type of discussion. Source: own list."""

    INITIAL = "initial", "Initial strategy discussion"
    REVIEW = "review", "Review or reconvened discussion"
    OUT_OF_HOURS = "out_of_hours", "Out of hours"
    PRE_BIRTH = "pre_birth", "Pre-birth"
    COMPLEX = "complex", "Complex or organised abuse"
    ALLEGATION = "allegation", "Allegation against a person in a position of trust"
    TRANSFER = "transfer", "Transfer between areas"


class MeetingMode(Code):
    """How it was held. Source: own list."""

    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "Video"
    TELEPHONE = "telephone", "Telephone"
    MIXED = "mixed", "Mixed"


class Concern(Code):
    """What the discussion must notice. Source: own list."""

    DOMESTIC_ABUSE = "domestic_abuse", "Domestic abuse"
    MISSING = "missing", "Child, parent or family missing"
    EXPLOITATION = "exploitation", "Sexual or criminal exploitation, trafficking"
    FGM = "fgm", "Female genital mutilation"
    FII = "fii", "Fabricated or induced illness / perplexing presentation"
    POSITION_OF_TRUST = "position_of_trust", "Allegation against a person working with children"
    RISK_TO_CHILDREN = "risk_to_children", "Adult who poses a risk to children"
    CUSTODY = "custody", "Child in police custody"
    CROSS_BORDER = "cross_border", "More than one authority"
    NON_MOBILE_INJURY = "non_mobile_injury", "Injury to a baby who cannot move about"
    CHILD_ON_CHILD = "child_on_child", "Child harmed by a child"
    HONOUR_BASED_ABUSE = "honour_based_abuse", "'Honour'-based abuse"
    FORCED_MARRIAGE = "forced_marriage", "Forced marriage"
    DEATH_OR_SERIOUS_INJURY = "death_or_serious_injury", "Death or serious injury of a child"
    HARM_OUTSIDE_HOME = "harm_outside_home", "Harm outside the home"
    RADICALISATION = "radicalisation", "Radicalisation"


class Agency(Code):
    """Agency. Source: own list."""

    SOCIAL_CARE = "social_care", "Local authority children's social care"
    EMERGENCY_DUTY_TEAM = "emergency_duty_team", "Social care out of hours (emergency duty team)"
    POLICE = "police", "Police"
    HEALTH = "health", "Health"
    EDUCATION = "education", "Education (nursery, school, college)"
    HOUSING = "housing", "Housing"
    PROBATION = "probation", "Probation"
    VOLUNTARY = "voluntary", "Voluntary organisation"
    LEGAL = "legal", "Local authority legal services"
    LADO = "lado", "Designated officer for allegations (LADO)"
    YOUTH_JUSTICE = "youth_justice", "Youth justice service"
    PLACEMENT = "placement", "Placement provider or fostering service"
    ADULT_SOCIAL_CARE = "adult_social_care", "Adult social care"
    AMBULANCE = "ambulance", "Ambulance service"
    HOME_OFFICE = "home_office", "Home Office"
    MENTAL_HEALTH = "mental_health", "Mental health service"
    SUBSTANCE_MISUSE = "substance_misuse", "Drug and alcohol service"
    DOMESTIC_ABUSE_SERVICE = "domestic_abuse_service", "Domestic abuse service (IDVA, refuge)"
    EARLY_HELP = "early_help", "Early help"
    CAFCASS = "cafcass", "Cafcass or Cafcass Cymru"
    OTHER = "other", "Other"


class BirthKind(Code):
    """Born or unborn. Source: own list."""

    BORN = "born", "Born"
    UNBORN = "unborn", "Unborn"


class Profession(Code):
    """Health profession (only where a rule asks). Source: own list."""

    PAEDIATRICIAN = "paediatrician", "Paediatrician"
    MIDWIFE = "midwife", "Midwife"
    HEALTH_VISITOR = "health_visitor", "Health visitor"
    GP = "gp", "General practitioner"
    NURSE = "nurse", "Nurse"
    SAFEGUARDING_NURSE = "safeguarding_nurse", "Safeguarding nurse (named or specialist)"
    SCHOOL_NURSE = "school_nurse", "School nurse"
    PSYCHIATRIST = "psychiatrist", "Psychiatrist"
    FORENSIC_EXAMINER = "forensic_examiner", "Forensic medical examiner"
    OTHER_DOCTOR = "other_doctor", "Other doctor"


class ProfessionalKind(Code):
    """Who a professional entry stands for. Source: own list."""

    PERSON = "person", "A named person"
    POST = "post", "A named duty post, staffed at all hours"
    GROUP = "group", "A team, shift or organisation (never an owner)"


class Presence(Code):
    """Part taken in the discussion. Source: own list."""

    ATTENDED = "attended", "Took part"
    CONSULTED = "consulted", "Gave information or advice without taking part"
    INVITED_ABSENT = "invited_absent", "Invited, did not take part"
    NAMED = "named", "Named only (for example an action owner)"


class Attendance(Code):
    """How a person took part. Source: own list."""

    IN_PERSON = "in_person", "In the room"
    VIDEO = "video", "Video"
    TELEPHONE = "telephone", "Telephone"


class LineKind(Code):
    """Kind of information line. Source: own list."""

    FACT = "fact", "Fact"
    OPINION = "opinion", "Professional opinion"
    THIRD_PARTY = "third_party", "Third-party information"
    INTELLIGENCE = "intelligence", "Police intelligence"
    NOTHING_HELD = "nothing_held", "Records checked, nothing held"


class Audience(Code):
    """Who a copy is for. Source: own list."""

    FULL = "full", "Full record"
    POLICE = "police", "Police"
    SOCIAL_CARE = "social_care", "Social care"
    LEGAL = "legal", "Legal services (privileged)"
    PARTNER = "partner", "Partner agency (open version)"
    DECISIONS = "decisions", "Decisions and actions only"
    PARENT = "parent", "A named parent or carer"


_OWN_COPY = {
    Agency.POLICE: Audience.POLICE,
    Agency.SOCIAL_CARE: Audience.SOCIAL_CARE,
    Agency.EMERGENCY_DUTY_TEAM: Audience.SOCIAL_CARE,
}


def copy_of_agency(agency: Agency | None) -> Audience:
    """Return the kind of copy that people of an agency have: the open version if no other is theirs."""
    return Audience.PARTNER if agency is None else _OWN_COPY.get(agency, Audience.PARTNER)


class Threshold(Code):
    """Significant harm threshold for this child. Source: own list."""

    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    NOT_KNOWN = "not_known", "Not enough known yet"


class Seen(Code):
    """Was the child seen. Source: own list."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_APPLICABLE = "not_applicable", "Not applicable (unborn)"


class MedicalNeed(Code):
    """Medical. Source: own list."""

    YES = "yes", "Needed"
    DONE = "done", "Done"
    OFFERED = "offered", "Offered"
    REFUSED = "refused", "Refused"
    LATER = "later", "Decide later"
    NO = "no", "Not needed"


class InterviewDecision(Code):
    """Visually recorded interview (ABE). Source: own list."""

    YES = "yes", "Yes"
    DONE = "done", "Done"
    DEFER = "defer", "Decide later"
    NO = "no", "No"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


class ImmediateAction(Code):
    """Immediate safety. Source: own list."""

    NONE = "none", "None needed"
    SAFETY_PLAN = "safety_plan", "Safety plan"
    SUSPECT_EXCLUDED = "suspect_excluded", "Suspect agrees or is ordered to stay away (say how)"
    S46_POLICE_PROTECTION = "s46_police_protection", "Police protection (s46)"
    EPO_APPLY = "epo_apply", "Emergency protection order"
    S20_ACCOMMODATION = "s20_accommodation", "Accommodation by agreement (s20)"
    PLACEMENT_MOVE = "placement_move", "Placement move"
    HOSPITAL_HOLD = "hospital_hold", "Stays in hospital (by agreement, s46 or court order)"
    FGMPO_APPLY = "fgmpo_apply", "FGM protection order"
    POLICE_SEARCH_MISSING = "police_search_missing", "Search for missing person"
    TRANSFER_REQUEST = "transfer_request", "Transfer from custody"
    FAMILY_CARE = "family_care", "Stays with family or friends"
    ARREST_OR_BAIL = "arrest_or_bail", "Arrest or bail conditions"
    FMPO_APPLY = "fmpo_apply", "Forced marriage protection order"
    DA_NOTICE_OR_ORDER = "da_notice_or_order", "Domestic abuse protection notice or order"
    RECOVERY_ORDER = "recovery_order", "Recovery order"
    CARE_PROCEEDINGS = "care_proceedings", "Care proceedings"
    OTHER = "other", "Other"


class SafetyBasis(Code):
    """What holds an immediate safety measure. Source: own list."""

    AGREEMENT = "agreement", "Agreement of the people named"
    BAIL = "bail", "Bail conditions"
    ORDER = "order", "Court order"
    POLICE_PROTECTION = "police_protection", "Police protection (s46)"
    OTHER = "other", "Other (say what)"


class Decision(Code):
    """Decision for one child. Source: own list."""

    S47_JOINT = "s47_joint", "Start section 47, joint with police"
    S47_SINGLE_CSC = "s47_single_csc", "Start section 47, social care only"
    S47_CONTINUE = "s47_continue", "Section 47 already open: continue"
    POLICE_ONLY = "police_only", "Police investigation only"
    S47_NOT_REQUIRED_ASSESS = "s47_not_required_assess", "Not section 47: child in need assessment"
    S47_NOT_REQUIRED_EH = "s47_not_required_eh", "Not section 47: early help"
    S47_NOT_REQUIRED_NFA = "s47_not_required_nfa", "Not section 47: no further action"
    S47_NOT_REQUIRED_EXISTING_PLAN = (
        "s47_not_required_existing_plan",
        "Not section 47: current plan, care proceedings or looked-after review deals with it",
    )
    ADJOURN = "adjourn", "More information needed: reconvene"
    S47_CONCLUDE_NOT_SUBSTANTIATED = "s47_conclude_not_substantiated", "Concluded: not substantiated"
    S47_CONCLUDE_NO_CONTINUING_RISK = (
        "s47_conclude_no_continuing_risk",
        "Concluded: substantiated, no continuing risk",
    )
    S47_CONCLUDE_ICPC = "s47_conclude_icpc", "Concluded: child protection conference"


class YesNoLater(Code):
    """Answer that may wait. Source: own list."""

    YES = "yes", "Yes"
    NO = "no", "No"
    LATER = "later", "To be decided"


class Tell(Code):
    """What a parent or carer is told. Source: own list."""

    ALL = "all", "Tell everything"
    PART = "part", "Tell part"
    NOT_YET = "not_yet", "Not yet"
    NO = "no", "Not to be told"


class Investigation(Code):
    """Criminal investigation. Source: own list."""

    OPEN = "open", "Open"
    NOT_YET = "not_yet", "Not yet"
    NO = "no", "None"
    CLOSED = "closed", "Closed"


class ActionKind(Code):
    """Kind of action. Source: own list."""

    TASK = "task", "Task"
    STANDING_INSTRUCTION = "standing_instruction", "Standing instruction (if you meet them)"


class Priority(Code):
    """Priority. Source: own list."""

    IMMEDIATE = "immediate", "Immediate"
    HIGH = "high", "High"
    NORMAL = "normal", "Normal"
    LOW = "low", "Low"


class ActionStatus(Code):
    """Status of an action ('overdue' is worked out, never stored). Source: own list."""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    IN_PROGRESS = "in_progress", "In progress"
    BLOCKED = "blocked", "Blocked"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"
    DECLINED = "declined", "Declined"


class SignoffAs(Code):
    """What a person did to the frozen text. Source: own list."""

    CHAIR = "chair", "Chair confirmed"
    POLICE = "police", "Police confirmed"
    MANAGER = "manager", "Manager ratified"
    APPROVER = "approver", "Supervisor approved"
    SENDER = "sender", "Sent"
    RECIPIENT = "recipient", "Read and understood"
    AGENCY = "agency", "Agency gave its answer"


class SignoffMethod(Code):
    """How a sign-off was given. Source: own list."""

    ACCOUNT = "account", "With the signer's own account"
    LINK = "link", "By a single-use link and a code"
    ALOUD = "aloud", "Aloud in the meeting, written down by somebody else"


class SignoffAnswer(Code):
    """Answer of an agency to the frozen text. Source: own list."""

    APPROVE = "approve", "Approve"
    APPROVE_WITH_DISSENT = "approve_with_dissent", "Approve, with dissent recorded"
    DO_NOT_APPROVE = "do_not_approve", "Do not approve"
    COULD_NOT_ANSWER = "could_not_answer", "Could not answer"


class LegalStatus(Code):
    """Legal status of a child. Source: own list."""

    NONE = "none", "None"
    CHILD_IN_NEED = "child_in_need", "Child in need"
    LOOKED_AFTER = "looked_after", "Looked after"
    INTERIM_CARE_ORDER = "interim_care_order", "Interim care order"
    CARE_ORDER = "care_order", "Care order"
    S20 = "s20", "Accommodated (s20)"
    SUPERVISION_ORDER = "supervision_order", "Supervision order"
    EMERGENCY_PROTECTION_ORDER = "emergency_protection_order", "Emergency protection order"
    POLICE_PROTECTION = "police_protection", "Police protection"
    SPECIAL_GUARDIANSHIP = "special_guardianship", "Special guardianship order"
    REMAND = "remand", "Remanded"
    PRIVATE_FOSTERING = "private_fostering", "Private fostering"
    UASC = "uasc", "Unaccompanied asylum-seeking child"


class PlanStatus(Code):
    """Child protection plan. Source: own list."""

    NONE = "none", "None"
    CURRENT = "current", "Current"
    ENDED = "ended", "Ended"
    NOT_KNOWN = "not_known", "Not known, being checked"


class Check(Code):
    """Records checked before a briefing. Source: own list."""

    PNC_OR_LEDS = "pnc_or_leds", "PNC or LEDS"
    PND = "pnd", "PND"
    FORCE_RECORDS = "force_records", "Force records and address"
    CP_IS = "cp_is", "CP-IS"
    MATERNITY = "maternity", "Maternity"
    EDUCATION = "education", "Education"
    HOUSING = "housing", "Housing"
    HEALTH = "health", "Health"
    OTHER_FORCE = "other_force", "Another force"
    ANPR = "anpr", "ANPR"
    OTHER = "other", "Other (say which)"


class MissingLevel(Code):
    """Missing person risk level (wording is set by the force). Source: own list."""

    NO_APPARENT_RISK = "no_apparent_risk", "No apparent risk"
    VERY_LOW = "very_low", "Very low"
    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class ReturnInterview(Code):
    """Return interview. Source: own list."""

    COMPLETED = "completed", "Completed"
    OFFERED = "offered", "Offered"
    DECLINED = "declined", "Declined"
    NOT_OFFERED = "not_offered", "Not yet offered"


class ReferralDecision(Code):
    """Referral to NRM or MACE. Source: own list."""

    REFER = "refer", "Refer"
    REFERRED = "referred", "Referred"
    NOT_REFER = "not_refer", "Not to refer"
    WAIT = "wait", "Wait"


class ReferenceKind(Code):
    """What a reference points at. Source: own list."""

    STRATEGY_DISCUSSION = "strategy_discussion", "Strategy discussion"
    BRIEFING = "briefing", "IIMARCH briefing"
    MISSING_PERSON = "missing_person", "Missing person report"
    CRIME = "crime", "Crime record"
    NON_CRIME = "non_crime", "Police non-crime record"
    POLICE_RECORD = "police_record", "Police records system"
    SOCIAL_CARE_RECORD = "social_care_record", "Social care record"
    CHILD_PROTECTION_PLAN = "child_protection_plan", "Child protection plan"
    CP_IS = "cp_is", "CP-IS flag"
    COURT_ORDER = "court_order", "Court order"
    MARAC = "marac", "MARAC"
    LA_CHILD_ID = "la_child_id", "Local authority child identifier"
    UPN = "upn", "Unique pupil number"
    NHS_NUMBER = "nhs_number", "NHS number"
    RECORD_OF_OTHER_AGENCY = "record_of_other_agency", "Other agency's record of the same meeting"
    OTHER = "other", "Other"


class FamilyKeyword(Code):
    """Who is at risk, beside named people. Source: own list."""

    OFFICERS = "officers", "Attending officers"
    PUBLIC = "public", "Public"
    OTHERS = "others", "Others (say who in text)"


class GenderPreference(Code):
    """Officer preference. Source: own list."""

    NONE = "none", "None"
    FEMALE = "female", "Female officer"
    MALE = "male", "Male officer"


class ReferralSource(Code):
    """Referral source. Source: DfE children in need census 2025-26 code set: ReferralSource."""

    R1A = "1A", "INDIVIDUAL – family member, relative or carer"
    R1B = "1B", "INDIVIDUAL – acquaintance (including neighbours and child minders)"
    R1C = "1C", "INDIVIDUAL – self"
    R1D = "1D", "INDIVIDUAL – other (including strangers)"
    R2A = "2A", "SCHOOLS"
    R2B = "2B", "EDUCATION SERVICES"
    R3A = "3A", "HEALTH SERVICES – general practitioner (GP)"
    R3B = "3B", "HEALTH SERVICES – health visitor"
    R3C = "3C", "HEALTH SERVICES – school nurse"
    R3D = "3D", "HEALTH SERVICES – other primary health services"
    R3E = "3E", "HEALTH SERVICES – A&E (accident and emergency department)"
    R3F = "3F", "HEALTH SERVICES – other (for example hospice)"
    R4 = "4", "HOUSING - local authority housing or housing association"
    R5A = "5A", "LA SERVICES – social care for example adults social care services"
    R5B = (
        "5B",
        "LA SERVICES – other internal (department other than social care in local authorities,"
        " for example, youth offending (excluding housing))",
    )
    R5C = (
        "5C",
        "LA SERVICES – external, for example, from another local authority’s adults social care services",
    )
    R5D = "5D", "LA SERVICES – early help"
    R6 = "6", "POLICE"
    R7 = (
        "7",
        "OTHER LEGAL AGENCY – including courts, probation, immigration, CAFCASS (Children and "
        "Family Court Advisory and Support Service) or prison",
    )
    R8 = "8", "OTHER – including children’s centres, independent agency providers or voluntary organisations"
    R9 = "9", "ANONYMOUS"
    R10 = "10", "UNKNOWN"


class Harm(Code):
    """Suspected category of harm.

    Source: DfE children in need census 2025-26 code set: CategoryOfAbuse (MUL is left out: list the
    categories).
    """

    NEG = "NEG", "Neglect"
    PHY = "PHY", "Physical abuse"
    SAB = "SAB", "Sexual abuse"
    EMO = "EMO", "Emotional abuse"


class PlanCategory(Code):
    """Category of a child protection plan.

    Source: DfE children in need census 2025-26 code set: CategoryOfAbuse.
    """

    NEG = "NEG", "Neglect"
    PHY = "PHY", "Physical abuse"
    SAB = "SAB", "Sexual abuse"
    EMO = "EMO", "Emotional abuse"
    MUL = "MUL", "Multiple/not recommended"


class Factor(Code):
    """Candidate assessment factor.

    Source: DfE children in need census 2025-26 code set: AssessmentFactors (18A and 19A are left
    out: CIN rules 8945Q and 8950Q forbid them).
    """

    F1A = "1A", "Alcohol misuse: concerns about alcohol misuse by the child"
    F1B = "1B", "Alcohol misuse: concerns about alcohol misuse by the parent(s)/carer(s)"
    F1C = "1C", "Alcohol misuse: concerns about alcohol misuse by another person living in the household"
    F2A = "2A", "Drug misuse: concerns about drug misuse by the child"
    F2B = "2B", "Drug misuse: concerns about drug misuse by the parent(s)/carer(s)"
    F2C = "2C", "Drug misuse: concerns about drug misuse by another person living in the household"
    F3A = "3A", "Domestic violence: concerns about the child being the subject of domestic violence"
    F3B = (
        "3B",
        "Domestic violence: concerns about the child’s parent(s)/carer(s) being the subject of domestic violence",
    )
    F3C = (
        "3C",
        "Domestic violence: concerns about another person living in the household being the "
        "subject of domestic violence",
    )
    F4A = "4A", "Mental health: concerns about the mental health of the child"
    F4B = "4B", "Mental health: concerns about the mental health of the parent(s)/carer(s)"
    F4C = "4C", "Mental health: concerns about the mental health of another person in the family/household"
    F5A = "5A", "Learning disability: concerns about the child’s learning disability"
    F5B = "5B", "Learning disability: concerns about the parent(s)/carer(s) learning disability"
    F5C = (
        "5C",
        "Learning disability: concerns about another person in the family/household’s learning disability",
    )
    F6A = "6A", "Physical disability or illness: concerns about a physical disability or illness of the child"
    F6B = (
        "6B",
        "Physical disability or illness: concerns about a physical disability or illness of the parent(s)/carer(s)",
    )
    F6C = (
        "6C",
        "Physical disability or illness: concerns about a physical disability or illness of "
        "another person in the family/household",
    )
    F7A = (
        "7A",
        "Young carer: concerns that services may be required or the child’s health or "
        "development may be impaired due to their caring responsibilities",
    )
    F8B = (
        "8B",
        "Privately fostered: concerns that services may be required or the child may be at "
        "risk as a privately fostered child - overseas children who intend to return",
    )
    F8C = (
        "8C",
        "Privately fostered: concerns that services may be required or the child may be at "
        "risk as a privately fostered child - overseas children who intend to stay",
    )
    F8D = (
        "8D",
        "Privately fostered: concerns that services may be required or the child may be at "
        "risk as a privately fostered child - UK children in educational placements",
    )
    F8E = (
        "8E",
        "Privately fostered: concerns that services may be required or the child may be at "
        "risk as a privately fostered child - UK children making alternative family "
        "arrangements",
    )
    F8F = (
        "8F",
        "Privately fostered: concerns that services may be required or the child may be at "
        "risk as a privately fostered child - other",
    )
    F9A = (
        "9A",
        "UASC: concerns that services may be required or the child may be at risk of harm as "
        "an unaccompanied asylum-seeking child",
    )
    F10A = (
        "10A",
        "Missing: concerns that services may be required or the child may be at risk of harm "
        "due to going/being missing",
    )
    F11A = (
        "11A",
        "Child sexual exploitation: concerns that services may be required or the child may be"
        " at risk of harm due to child sexual exploitation",
    )
    F12A = (
        "12A",
        "Trafficking: concerns that services may be required or the child may be at risk of harm due to trafficking",
    )
    F13A = (
        "13A",
        "Gangs: concerns that services may be required or the child may be at risk of harm "
        "because of involvement in/with gangs",
    )
    F14A = (
        "14A",
        "Socially unacceptable behaviour: concerns that services may be required or the child "
        "may be at risk due to their socially unacceptable behaviour",
    )
    F15A = (
        "15A",
        "Self-harm: concerns that services may be required or due to suspected/actual self-"
        "harming child may be at risk of harm",
    )
    F16A = (
        "16A",
        "Abuse or neglect – ‘NEGLECT’: concerns that services may be required or the child may"
        " be suffering or likely to suffer significant harm due to abuse or neglect",
    )
    F17A = (
        "17A",
        "Abuse or neglect – ‘EMOTIONAL ABUSE’: concerns that services may be required or the "
        "child may be suffering or likely to suffer significant harm due to abuse or neglect",
    )
    F18B = (
        "18B",
        "Abuse or neglect – ‘PHYSICAL ABUSE’ (child on child): concerns that services may be "
        "required or the child may be suffering or likely to suffer significant harm due to "
        "abuse or neglect by another child",
    )
    F18C = (
        "18C",
        "Abuse or neglect – ‘PHYSICAL ABUSE’ (adult on child): concerns that services may be "
        "required or the child may be suffering or likely to suffer significant harm due to "
        "abuse or neglect by an adult",
    )
    F19B = (
        "19B",
        "Abuse or neglect – ‘SEXUAL ABUSE’ (child on child): concerns that services may be "
        "required or the child may be suffering or likely to suffer significant harm due to "
        "abuse or neglect by another child",
    )
    F19C = (
        "19C",
        "Abuse or neglect – ‘SEXUAL ABUSE’ (adult on child): concerns that services may be "
        "required or the child may be suffering or likely to suffer significant harm due to "
        "abuse or neglect by an adult",
    )
    F20 = "20", "Other"
    F21 = (
        "21",
        "No factors identified - only use this if there is no evidence of any of the factors "
        "above and no further action is being taken",
    )
    F22A = (
        "22A",
        "Female genital mutilation (FGM) - concerns that services may be required or the child"
        " may be at risk due to female genital mutilation",
    )
    F23A = (
        "23A",
        "Abuse linked to faith or belief - concerns that services may be required or the child"
        " may be at risk due to abuse linked to faith or belief",
    )
    F24A = (
        "24A",
        "Child criminal exploitation: concerns that services may be required or the child may "
        "be at risk of harm due to child criminal exploitation",
    )


class Sex(Code):
    """Sex. Source: DfE children in need census 2025-26 code set: Sex."""

    M = "M", "Male"
    F = "F", "Female"
    U = "U", "Unknown"


class Ethnicity(Code):
    """Ethnicity. Source: DfE children in need census 2025-26 code set: Ethnicity."""

    WBRI = "WBRI", "White British"
    WIRI = "WIRI", "White Irish"
    WIRT = "WIRT", "Traveller of Irish heritage"
    WOTH = "WOTH", "Any other White background"
    WROM = "WROM", "Gypsy/Roma"
    MWBC = "MWBC", "White and Black Caribbean"
    MWBA = "MWBA", "White and Black African"
    MWAS = "MWAS", "White and Asian"
    MOTH = "MOTH", "Any other mixed background"
    AIND = "AIND", "Indian"
    APKN = "APKN", "Pakistani"
    ABAN = "ABAN", "Bangladeshi"
    AOTH = "AOTH", "Any other Asian background"
    BCRB = "BCRB", "Caribbean"
    BAFR = "BAFR", "African"
    BOTH = "BOTH", "Any other black background"
    CHNE = "CHNE", "Chinese"
    OOTH = "OOTH", "Any other ethnic group"
    REFU = "REFU", "Refused"
    NOBT = "NOBT", "Information not yet obtained"


class Disability(Code):
    """Disability. Source: DfE children in need census 2025-26 code set: Disability."""

    NONE = "NONE", "No disability"
    MOB = "MOB", "Mobility"
    HAND = "HAND", "Hand function"
    PC = "PC", "Personal care"
    INC = "INC", "Incontinence"
    COMM = "COMM", "Communication"
    LD = "LD", "Learning"
    HEAR = "HEAR", "Hearing"
    VIS = "VIS", "Vision"
    BEH = "BEH", "Behaviour"
    CON = "CON", "Consciousness"
    AUT = "AUT", "Autism"
    DDA = "DDA", "Other"


class HandlingCode(Code):
    """Intelligence handling code. Source: College of Policing, intelligence report (3x5x2)."""

    P = "P", "Lawful sharing permitted"
    C = "C", "Lawful sharing permitted with conditions"


class Tier(Code):
    """Classification tier (any other tier is refused).

    Source: Government Security Classifications Policy.
    """

    OFFICIAL = "OFFICIAL", "OFFICIAL"


class Article(Code):
    """Convention article. Source: European Convention on Human Rights."""

    A2 = "2", "Right to life"
    A3 = "3", "Freedom from torture and inhuman treatment"
    A4 = "4", "Freedom from slavery and forced labour"
    A5 = "5", "Right to liberty and security"
    A6 = "6", "Right to a fair trial"
    A8 = "8", "Private and family life"
    A9 = "9", "Thought, conscience and religion"
    A10 = "10", "Expression"
    A11 = "11", "Assembly and association"
    A14 = "14", "Freedom from discrimination"


SOCIAL_CARE_AGENCIES = frozenset({Agency.SOCIAL_CARE, Agency.EMERGENCY_DUTY_TEAM})
"""Children's social care, by day and out of hours."""

SECTION_47_STARTS = frozenset({Decision.S47_JOINT, Decision.S47_SINGLE_CSC})
"""Decisions that start section 47 enquiries for a child."""

SECTION_47_NOT_REQUIRED = frozenset(code for code in Decision if code.startswith("s47_not_required"))
"""Decisions that section 47 enquiries are not required."""

ACTION_ENDED = frozenset({ActionStatus.DONE, ActionStatus.CANCELLED, ActionStatus.DECLINED})
"""States in which nothing more is expected of an action."""
