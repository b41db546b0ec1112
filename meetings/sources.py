"""The authorities that questions name as the reason for asking. What a rule cites stands with the rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One authority: its title, where in it, and how sure we are of the words.

    `standing` is one of: statute, guidance, inspection, census, local, design.
    """

    title: str
    locator: str = ""
    standing: str = "guidance"

    def __str__(self) -> str:
        """Return title and locator on one line."""
        return f"{self.title}, {self.locator}" if self.locator else self.title


CA_S46 = Source("Children Act 1989", "section 46 (police protection)", "statute")
CA_S47 = Source("Children Act 1989", "section 47 (duty to make enquiries)", "statute")
PACE_S38 = Source("Police and Criminal Evidence Act 1984", "section 38(6)", "statute")
FGM_ACT = Source("Female Genital Mutilation Act 2003", "section 5B (duty to report)", "statute")
DPA_2018 = Source("Data Protection Act 2018", "schedule 1, paragraph 18", "statute")
EQUALITY_ACT = Source("Equality Act 2010", "section 149", "statute")
WORKING_TOGETHER = Source("Working Together to Safeguard Children 2023", "as quoted by local procedures")
SCOTLAND_2021 = Source("National Guidance for Child Protection in Scotland 2021", "3.15 to 3.35")
MISSING_GUIDANCE = Source("Department for Education, statutory guidance on missing children")
FGM_GUIDANCE = Source("Home Office, Mandatory reporting of FGM: procedural information")
CIRCULAR_17_2008 = Source("Home Office Circular 17/2008", "police protection")
CLASSIFICATIONS = Source("Government Security Classifications Policy")
INTELLIGENCE_REPORT = Source("College of Policing, intelligence report (3x5x2)")
CIN_CENSUS = Source("Department for Education, children in need census 2025-26", "", "census")
HMIC_2013 = Source("HMIC, Joint inspection of child protection arrangements: West Mercia Police", "2013", "inspection")
IOPC_2020 = Source("Independent Office for Police Conduct, the case of Child A", "2020", "inspection")
LAMING_93 = Source("Lord Laming's inquiry", "recommendation 93", "inspection")
LAMING_96 = Source("Lord Laming's inquiry", "recommendations 91 and 96", "inspection")
LEEDS_TIPS = Source("Leeds Safeguarding Children Partnership, top tips for strategy discussions", "", "local")
LOCAL_PROCEDURES = Source("Local safeguarding procedures", "published by partnerships", "local")
LINCOLNSHIRE = Source("Lincolnshire procedures, child protection medicals", "", "local")
DONCASTER = Source("Doncaster procedures, section 47 enquiries and interpreters", "", "local")
SUSSEX = Source("Sussex procedures, professional difference statement", "", "local")
SURREY = Source("Surrey procedures, pre-birth and fabricated illness", "", "local")
NORFOLK = Source("Norfolk procedures, recording of fact and opinion", "", "local")
GMP_GUIDANCE = Source("Greater Manchester guidance on police information", "", "local")
CE_PROTOCOL = Source("London Child Exploitation Protocol 2021", "", "local")
LADO_PROCEDURES = Source("Local procedures for allegations against people who work with children", "", "local")
MARAC_PRACTICE = Source("SafeLives guidance for MARAC minutes", "", "local")
BRIEFING_PRACTICE = Source("College of Policing, Operations: briefing and debriefing", "IIMARCH")
JESIP = Source("JESIP, joint doctrine: briefing", "IIMARCH")
DECISION_MODEL = Source("College of Policing, National decision model")
HUMAN_RIGHTS_ACT = Source("Human Rights Act 1998", "section 6 and schedule 1", "statute")
PLAN_REASONS = Source("Policing and the European Convention on Human Rights, handbook", "proportionality")
OWN = Source("Accord", "own requirement", "design")
