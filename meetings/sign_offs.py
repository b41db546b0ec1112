"""What a sign-off says: who did what to which text, and how: by account, by a link, or aloud, which is no signature.

Who may give one is in `signers.py`.
"""

from __future__ import annotations

from datetime import datetime

from meetings.parts import Json
from meetings.vocabulary import SignoffAs, SignoffMethod

NOT_SIGNATURES = frozenset({SignoffAs.SENDER, SignoffAs.RECIPIENT})
"""What somebody did with the text, and does not stand for it: done by the account that is signed in."""


def sign_off(
    as_: SignoffAs,
    professional: str | None,
    at: datetime,
    content_sha256: str,
    method: SignoffMethod | None,
    *,
    recorded_by: str = "",
    sent_to: str = "",
) -> Json:
    """Return an entry of the contract; `recorded_by` is a name where that is not the signer's own."""
    body: Json = {"as": str(as_), "at": at.isoformat(timespec="seconds"), "content_sha256": content_sha256}
    body |= {"by": professional} if professional is not None else {}
    body |= {"method": str(method)} if method is not None else {}
    body |= {"recorded_by": recorded_by} if recorded_by else {}
    return body | ({"sent_to": sent_to} if sent_to else {})


def is_a_signature(signoff: Json) -> bool:
    """Whether a sign-off stands for the text by the signer's own account: only such a one counts for an agency's seal.

    >>> is_a_signature({"as": "chair", "method": "account"}), is_a_signature({"as": "chair", "method": "aloud"})
    (True, False)
    """
    return signoff.get("method") == SignoffMethod.ACCOUNT and signoff.get("as") not in NOT_SIGNATURES


def how_given(signoff: Json, *, elsewhere: bool = False) -> str:
    """Return in words how a sign-off was given, and by whose hand.

    >>> how_given({"as": "chair", "method": "aloud", "recorded_by": "Paul Reed"})
    'Confirmed aloud, recorded by Paul Reed'
    >>> how_given({"as": "agency", "method": "link", "recorded_by": "Paul Reed", "sent_to": "k@school.example"})
    'Answered by a link sent to k@school.example, made by Paul Reed'
    """
    as_, method, whose = signoff.get("as"), signoff.get("method"), signoff.get("recorded_by", "")
    if method == SignoffMethod.LINK:
        to, maker = signoff.get("sent_to") or "an address that is not given", whose or "somebody who is not named"
        return f"Answered by a link sent to {to}, made by {maker}"
    if method == SignoffMethod.ALOUD:
        said = "Confirmed aloud" if as_ in (SignoffAs.CHAIR, SignoffAs.POLICE) else "Said aloud"
        return f"{said}, recorded by {whose or 'somebody who is not named'}"
    if method == SignoffMethod.ACCOUNT:
        if as_ in NOT_SIGNATURES:
            return f"By {whose}, with their own account" if whose else "With their own account"
        return "Signed with their own account"
    if whose:
        return f"Recorded by {whose}, not by the agency itself"
    return "" if elsewhere else "How it was given is not recorded"
