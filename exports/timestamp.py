"""Asking an authority for a time stamp (RFC 3161). The only place from which sealing reaches the network."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request

from exports.budget import NotReadable
from exports.verify_stamp import (
    INTEGER,
    OCTETS,
    OID,
    SEQUENCE,
    NotUnderstood,
    child_of,
    read_time_stamp,
    read_value,
    write_value,
)

LONGEST_ANSWER = 200_000
SECONDS_TO_WAIT = 10


class NoTimeStamp(Exception):
    """A time stamp was asked for and did not come; the sentence says why."""


def question_over(stamped: bytes) -> bytes:
    """Return the request for a time stamp over some bytes, in DER."""
    sha256 = write_value(SEQUENCE, write_value(OID, bytes.fromhex("608648016503040201")) + b"\x05\x00")
    imprint = write_value(SEQUENCE, sha256 + write_value(OCTETS, hashlib.sha256(stamped).digest()))
    return write_value(SEQUENCE, b"\x02\x01\x01" + imprint + b"\x01\x01\xff")


def time_stamp(url: str, stamped: bytes) -> bytes:
    """Ask the authority at an address for a time stamp over some bytes; return it. Raises NoTimeStamp."""
    asked = urllib.request.Request(  # noqa: S310  # the address is a setting, and read_settings wants http or https
        url, question_over(stamped), {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS_TO_WAIT) as answer:  # noqa: S310  # as above
            given = answer.read(LONGEST_ANSWER)
        response, _ = read_value(given)
        status = int.from_bytes(child_of(child_of(response, 0), 0, INTEGER).content)
        if status > 1 or len(response.children) < 2:
            raise NoTimeStamp(f"The time stamp authority at {url} refused: status {status}.")
        token = response.children[1].whole
        if not read_time_stamp(token).is_over(stamped):
            raise NoTimeStamp(f"The time stamp from {url} is not over what was sent; nothing was sealed.")
    except (urllib.error.URLError, OSError, ValueError) as problem:
        raise NoTimeStamp(f"The time stamp authority at {url} does not answer: {problem}.") from None
    except (NotUnderstood, NotReadable):
        raise NoTimeStamp(f"What came from {url} is no time stamp.") from None
    return token
