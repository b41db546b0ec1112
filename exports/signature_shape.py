"""What may stand in a signature part where no signature covers it, and how a seal of our own is written down.

A signature covers its objects, not itself: the key, the value and the unsigned properties could be exchanged or added
to by anybody. So each of these places has a closed list of what it holds. Source: XML-DSig 1.1, ETSI TS 101 903.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from exports.budget import MOST_ATTRIBUTES, MOST_NAMESPACES

DS = "http://www.w3.org/2000/09/xmldsig#"
XD = "http://uri.etsi.org/01903/v1.3.2#"
MDSSI = "http://schemas.openxmlformats.org/package/2006/digital-signature"
OFFICE = "http://schemas.microsoft.com/office/2006/digsig"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"

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

_VALUES = {
    *_ds("SignatureValue", "X509Certificate"),
    *_xd("EncapsulatedTimeStamp", "EncapsulatedX509Certificate", "EncapsulatedCRLValue", "EncapsulatedOCSPValue"),
}


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

_PREFIXES = {DS: "", OFFICE: "", XD: "xd", MDSSI: "mdssi"}
_BRINGS_ITS_NAMESPACE = (
    *_ds("Signature"),
    f"{{{OFFICE}}}SignatureInfoV1",
    *_xd("QualifyingProperties"),
    *(f"{{{MDSSI}}}{name}" for name in ("RelationshipReference", "SignatureTime")),
)
"""What declares the namespace that it and everything in it belongs to; nothing else declares any."""
_ATTRIBUTES_IN_ORDER = ("Id", "Algorithm", "URI", "Type", "Target", "SourceId")
_ALWAYS_EMPTY = (
    *_ds("CanonicalizationMethod", "SignatureMethod", "DigestMethod"),
    f"{{{MDSSI}}}RelationshipReference",
    *_xd("SignaturePolicyImplied", "AllSignedDataObjects"),
)

_HOLDS: dict[str, str] = {
    **dict.fromkeys(_ds("Signature"), "SignedInfo SignatureValue KeyInfo Object Object Object"),
    **dict.fromkeys(_ds("KeyInfo"), "X509Data"),
    **dict.fromkeys(_ds("X509Data"), "X509Certificate"),
    **dict.fromkeys(_ds("Object"), "QualifyingProperties"),
    **dict.fromkeys(_xd("QualifyingProperties"), "SignedProperties UnsignedProperties"),
    **dict.fromkeys(_xd("UnsignedProperties"), "UnsignedSignatureProperties"),
    **dict.fromkeys(
        _xd("UnsignedSignatureProperties"), "(SignatureTimeStamp ?)?(CertificateValues ?)?(RevocationValues)?"
    ),
    **dict.fromkeys(_xd("SignatureTimeStamp"), "CanonicalizationMethod EncapsulatedTimeStamp"),
    **dict.fromkeys(_xd("CertificateValues"), "(EncapsulatedX509Certificate ?)+"),
    **dict.fromkeys(_xd("RevocationValues"), "CRLValues|OCSPValues|CRLValues OCSPValues"),
    **dict.fromkeys(_xd("CRLValues"), "(EncapsulatedCRLValue ?)+"),
    **dict.fromkeys(_xd("OCSPValues"), "(EncapsulatedOCSPValue ?)+"),
}
"""What stands, in which order, in each element that nobody signs: a regular expression over names."""
_BEARS = {
    f"{{{DS}}}Signature": {"Id": "idPackageSignature"},
    f"{{{DS}}}CanonicalizationMethod": {"Algorithm": C14N},
    f"{{{XD}}}QualifyingProperties": {"Target": "#idPackageSignature"},
}
"""The attributes of what nobody signs: these and no others."""


def is_written_otherwise(content: bytes, root: Any) -> bool:
    """Whether a seal is not written down as our own writer does, or holds more than it writes.

    Then somebody wrote it anew; what it covers is as it was. There is one form: what is read, written again, must give
    the same bytes, and where nobody signs stands only what has its place there.
    """
    if HEAD.encode() + _written(root).encode() != content or not _is_in_its_place(root):
        return True
    if not all(_is_in_its_place(one) for one in _unsigned(root)):
        return True
    values = [one.text or "" for one in root.iter(*_VALUES)]
    return len(set(values)) < len(values) or not all(_is_one_way(one) for one in values)


def _written(one: Any) -> str:
    """Return an element, and what is in it, in the one form that our own writer has for it: elements or text."""
    name = etree.QName(one)
    if name.namespace not in _PREFIXES:
        return ""
    prefix = _PREFIXES[name.namespace]
    tag = f"{prefix}:{name.localname}" if prefix else name.localname
    declared = f" xmlns:{prefix}" if prefix else " xmlns"
    namespace = f"{declared}={quoteattr(name.namespace)}" if one.tag in _BRINGS_ITS_NAMESPACE else ""
    attributes = "".join(f" {key}={quoteattr(one.get(key))}" for key in _ATTRIBUTES_IN_ORDER if key in one.attrib)
    inside = "".join(_written(inner) for inner in one) if len(one) else escape(one.text or "")
    is_empty = one.tag in _ALWAYS_EMPTY or (one.tag in _ds("Transform") and not len(one))
    return f"<{tag}{namespace}{attributes}/>" if is_empty else f"<{tag}{namespace}{attributes}>{inside}</{tag}>"


def _unsigned(root: Any) -> Iterator[Any]:
    """Yield every element of a seal that nobody signs, but the outermost, whose place was looked at."""
    for one in root[1:3]:
        yield from one.iter()
    last = root[-1]
    yield last
    yield from last
    for one in last.iter(*_xd("UnsignedProperties")):
        yield from one.iter()


def _is_in_its_place(one: Any) -> bool:
    """Whether what nobody signs holds, in its order, what our own writer puts there, and no attribute besides."""
    names = " ".join(etree.QName(inner).localname for inner in one)
    return dict(one.attrib) == _BEARS.get(one.tag, {}) and bool(re.fullmatch(_HOLDS.get(one.tag, ""), names))


def _is_one_way(text: str) -> bool:
    """Whether a value in base64 is written in the one way that there is for it."""
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except (binascii.Error, ValueError):
        return False
