"""What may stand in a signature part where no signature covers it, and how a seal of our own is written down.

A signature covers its objects, not itself: the key, the value and the unsigned properties could be exchanged or added
to by anybody. So each of these places has a closed list of what it holds. Source: XML-DSig 1.1, ETSI TS 101 903.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa

from exports.budget import MOST_ATTRIBUTES, MOST_NAMESPACES

DS = "http://www.w3.org/2000/09/xmldsig#"
XD = "http://uri.etsi.org/01903/v1.3.2#"

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
"""What a seal of ours begins with."""


def _ds(*names: str) -> tuple[str, ...]:
    return tuple(f"{{{DS}}}{name}" for name in names)


def _xd(*names: str) -> tuple[str, ...]:
    return tuple(f"{{{XD}}}{name}" for name in names)


_STAMPS = ("SignatureTimeStamp", "SigAndRefsTimeStamp", "RefsOnlyTimeStamp")
_DIGEST = _ds("DigestMethod", "DigestValue")
_INSIDE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_ds("SignatureValue", "X509Certificate", "CanonicalizationMethod", "Modulus", "Exponent"), ()),
    **dict.fromkeys(_ds("DigestMethod", "DigestValue", "X509IssuerName", "X509SerialNumber"), ()),
    **dict.fromkeys(_ds("KeyInfo"), _ds("KeyValue", "X509Data")),
    **dict.fromkeys(_ds("KeyValue"), _ds("RSAKeyValue")),
    **dict.fromkeys(_ds("RSAKeyValue"), _ds("Modulus", "Exponent")),
    **dict.fromkeys(_ds("X509Data"), _ds("X509Certificate")),
    **dict.fromkeys(_xd("UnsignedProperties"), _xd("UnsignedSignatureProperties")),
    **dict.fromkeys(
        _xd("UnsignedSignatureProperties"),
        _xd(*_STAMPS, "CertificateValues", "RevocationValues", "CompleteCertificateRefs", "CompleteRevocationRefs"),
    ),
    **dict.fromkeys(_xd(*_STAMPS), (*_ds("CanonicalizationMethod"), *_xd("EncapsulatedTimeStamp"))),
    **dict.fromkeys(_xd("CertificateValues"), _xd("EncapsulatedX509Certificate")),
    **dict.fromkeys(_xd("RevocationValues"), _xd("CRLValues", "OCSPValues")),
    **dict.fromkeys(_xd("CRLValues"), _xd("EncapsulatedCRLValue")),
    **dict.fromkeys(_xd("OCSPValues"), _xd("EncapsulatedOCSPValue")),
    **dict.fromkeys(_xd("CompleteCertificateRefs"), _xd("CertRefs")),
    **dict.fromkeys(_xd("CertRefs"), _xd("Cert")),
    **dict.fromkeys(_xd("Cert"), _xd("CertDigest", "IssuerSerial")),
    **dict.fromkeys(_xd("CertDigest", "DigestAlgAndValue"), _DIGEST),
    **dict.fromkeys(_xd("IssuerSerial"), _ds("X509IssuerName", "X509SerialNumber")),
    **dict.fromkeys(_xd("CompleteRevocationRefs"), _xd("CRLRefs", "OCSPRefs")),
    **dict.fromkeys(_xd("CRLRefs"), _xd("CRLRef")),
    **dict.fromkeys(_xd("CRLRef"), _xd("DigestAlgAndValue", "CRLIdentifier")),
    **dict.fromkeys(_xd("CRLIdentifier"), _xd("Issuer", "IssueTime", "Number")),
    **dict.fromkeys(_xd("OCSPRefs"), _xd("OCSPRef")),
    **dict.fromkeys(_xd("OCSPRef"), _xd("OCSPIdentifier", "DigestAlgAndValue")),
    **dict.fromkeys(_xd("OCSPIdentifier"), _xd("ResponderID", "ProducedAt")),
    **dict.fromkeys(_xd("ResponderID"), _xd("ByName", "ByKey")),
    **dict.fromkeys(_xd("EncapsulatedTimeStamp", "EncapsulatedX509Certificate", "EncapsulatedCRLValue"), ()),
    **dict.fromkeys(_xd("EncapsulatedOCSPValue", "Issuer", "IssueTime", "Number", "ByName", "ByKey", "ProducedAt"), ()),
}
"""What stands in each element that no signature covers: up to XAdES-X-L, as Word writes it."""
_ATTRIBUTES = {"Id", "Algorithm", "Encoding", "URI"}

IN_A_SEAL = _xd("SignatureTimeStamp", "CertificateValues", "RevocationValues")
"""The unsigned properties of a seal of our own, in their order."""
_VALUES = {
    *_ds("SignatureValue", "X509Certificate"),
    *_xd("EncapsulatedTimeStamp", "EncapsulatedX509Certificate", "EncapsulatedCRLValue", "EncapsulatedOCSPValue"),
}

_NEVER_WRITTEN = (b"<!", b"<?", b"\r", b"\n", b"\t", b"&#", b"> <", b">  ")
_LOOSE_TAG = re.compile(rb"<[^<>]*(?:  | /?>|=')")
"""What our own writer never writes: remarks, instructions, white space that says nothing, letters as numbers."""


def is_too_wide(root: Any) -> bool:
    """Whether an element bears more attributes or namespaces than any in a signature does."""
    return any(
        len(one.attrib) > MOST_ATTRIBUTES or len(one.nsmap) > MOST_NAMESPACES
        for one in root.iter()
        if isinstance(one.tag, str)
    )


def holds_more(root: Any, signed: Sequence[Any]) -> bool:
    """Whether a signature holds, where nobody signs, something else than belongs there."""
    objects = root.findall(f"{{{DS}}}Object")
    order = [one.tag for one in root]
    if order != [*_ds("SignedInfo", "SignatureValue", "KeyInfo"), *_ds("Object") * len(objects)]:
        return True
    if _is_followed(root) or _has_words(root) or any(_holds_another(one) for one in (root[1], root[2])):
        return True
    return any(one not in signed and _object_holds_more(one) for one in objects)


def _is_followed(root: Any) -> bool:
    """Whether a comment or an instruction stands before or behind the signature."""
    return root.getprevious() is not None or root.getnext() is not None


def _object_holds_more(one: Any) -> bool:
    """Whether an object that is not signed as a whole holds more than XAdES properties."""
    if [inner.tag for inner in one] != list(_xd("QualifyingProperties")) or set(one.attrib) - {"Id"} or _has_words(one):
        return True
    properties = one[0]
    signed, unsigned = _xd("SignedProperties", "UnsignedProperties")
    if [inner.tag for inner in properties] not in ([signed], [signed, unsigned]):
        return True
    if set(properties.attrib) - {"Id", "Target"} or _has_words(properties):
        return True
    return len(properties) > 1 and _holds_another(properties[1])


def _holds_another(element: Any) -> bool:
    """Whether something stands in an element, at any depth, that the list does not know there."""
    for one in element.iter():
        allowed = _INSIDE.get(one.tag)
        if allowed is None or set(one.attrib) - _ATTRIBUTES or any(inner.tag not in allowed for inner in one):
            return True
        if allowed and _has_words(one):
            return True
    return False


def _has_words(element: Any) -> bool:
    return any((words or "").strip() for words in (element.text, *(one.tail for one in element)))


# ── Certificates that nobody signs ───────────────────────────────────────────────────────────────────────────────


def names_another_key(key_info: Any, given: Sequence[x509.Certificate], signer: x509.Certificate) -> bool:
    """Whether a key or certificate stands in a signature that is neither the signer's nor that of an issuer.

    Nobody signs what stands there: a reader that took another of them would name somebody else. An issuer adds nothing
    that its signature on the next certificate does not say.
    """
    for one in key_info.iter(*_ds("RSAKeyValue")):
        key = signer.public_key()
        numbers = key.public_numbers() if isinstance(key, rsa.RSAPublicKey) else None
        said = [_number(one.find(name)) for name in _ds("Modulus", "Exponent")]
        if numbers is None or said != [numbers.n, numbers.e]:
            return True
    listed = len(key_info.findall("/".join(_ds("X509Data", "X509Certificate"))))
    return listed != len(given) or given[0] != signer or not are_issuers([signer], given[1:])


def _number(element: Any) -> int:
    try:
        return int.from_bytes(base64.b64decode("".join((element.text or "").split()), validate=True))
    except (AttributeError, binascii.Error, ValueError):
        return -1


def are_issuers(of: Sequence[x509.Certificate], others: Sequence[x509.Certificate]) -> bool:
    """Whether each of the others issued one of these certificates, or another that did."""
    known, left = list(of), list(others)
    while left:
        found = next((one for one in left if any(_issued(one, other) for other in known)), None)
        if found is None:
            return False
        known.append(found)
        left.remove(found)
    return True


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    if issuer.subject != certificate.issuer or issuer == certificate:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
        if issuer.issuer == issuer.subject:
            issuer.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, ValueError, UnsupportedAlgorithm):
        return False
    return True


def is_altered_copy(certificate: x509.Certificate, of: x509.Certificate) -> bool:
    """Whether a certificate says that it is another one, by its name, number and key, and is not it.

    An issuer whose own issuer is not at hand cannot be checked otherwise.
    """
    return (
        certificate != of
        and certificate.serial_number == of.serial_number
        and certificate.subject == of.subject
        and certificate.public_key() == of.public_key()
    )


# ── A seal of our own ────────────────────────────────────────────────────────────────────────────────────────────


def is_written_otherwise(content: bytes, root: Any) -> bool:
    """Whether a seal is not written down as our own writer does, or holds more than it writes.

    Then somebody wrote it anew; what it covers is as it was.
    """
    head, body = HEAD.encode(), content[len(HEAD.encode()) :]
    if not content.startswith(head) or not body.endswith(b">"):
        return True
    if any(one in body for one in _NEVER_WRITTEN) or _LOOSE_TAG.search(body):
        return True
    inside = [[inner.tag for inner in one] for one in root.iterfind(f"{{{DS}}}KeyInfo")]
    leaf = [[inner.tag for inner in one] for one in root.iterfind("/".join(_ds("KeyInfo", "X509Data")))]
    if inside != [list(_ds("X509Data"))] or leaf != [list(_ds("X509Certificate"))]:
        return True
    for one in root.iter(*_xd("UnsignedSignatureProperties")):
        tags = [inner.tag for inner in one]
        if tags != [name for name in IN_A_SEAL if name in tags]:
            return True
    return any(not _is_one_way(one.text or "") for one in root.iter(*_VALUES))


def _is_one_way(text: str) -> bool:
    """Whether a value in base64 is written in the one way that there is for it."""
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except (binascii.Error, ValueError):
        return False
