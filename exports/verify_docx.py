"""The strict check of a sealed Word file: every signature, every part and relationship, and what no seal covers."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from exports.budget import MOST_LISTS, Budget, Cost
from exports.custom_xml import LIST_PART
from exports.opc import (
    MAIN_DOCUMENT,
    ORIGIN,
    PROPERTIES,
    ROOT_RELATIONSHIPS,
    BadXml,
    NotReadable,
    Package,
    Relationship,
    c14n,
    is_relationships_file,
    parse,
    read_package,
    transformed,
    written_otherwise,
)
from exports.seal_list import SealList, copy_sha256, has_list, read_list
from exports.signature_shape import (
    C14N,
    DS,
    MDSSI,
    XD,
    are_issuers,
    holds_more,
    is_altered_copy,
    is_too_wide,
    is_written_otherwise,
    names_another_key,
)
from exports.verdicts import NOT_PERSONAL, PACKING, Result, SealedBy, Verdict, as_moment
from exports.verify_revoked import are_about, load_answer, load_list
from exports.verify_signer import Signed, judge
from exports.verify_stamp import NotUnderstood, TimeStamp, read_time_stamp
from exports.verify_trust import (
    WEAK,
    Trust,
    called,
    fingerprint_of,
    fits,
    load_certificate,
    name_of,
    organisation_of,
    short_name_of,
)

RELATIONSHIP_TRANSFORM = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"
PACKAGE_OBJECT = "idPackageObject"

DIGESTS = {
    f"{DS}sha1": "sha1",
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
METHODS = {
    f"{DS}rsa-sha1": ("rsa", "sha1"),
    **{
        f"http://www.w3.org/2001/04/xmldsig-more#{kind}-{digest}": (kind, digest)
        for kind in ("rsa", "ecdsa")
        for digest in ("sha1", "sha256", "sha384", "sha512")
        if (kind, digest) != ("rsa", "sha1")
    },
}

MOST_REFERENCES = 20
MOST_OBJECTS = 20
MOST_CERTIFICATES = 20
MOST_TIME_STAMPS = 3
"""Beyond these a signature was made to keep a reader busy, and is not believed; what a file may cost is in `budget`."""

_XML = "{http://www.w3.org/XML/1998/namespace}"


class Broken(Exception):
    """A signature that does not hold."""


@dataclass
class Signature:
    """One signature that holds in itself: who made it, what it says, what it covers, and what of that has changed."""

    name: str
    certificate: x509.Certificate
    others: list[x509.Certificate]
    at: str
    role: str
    stamp: TimeStamp | None
    digests: set[str]
    lists: tuple[x509.CertificateRevocationList, ...] = ()
    answers: tuple[ocsp.OCSPResponse, ...] = ()
    covered: dict[str, str] = field(default_factory=dict)
    relationships: set[Relationship] = field(default_factory=set)
    changed: list[str] = field(default_factory=list)
    holds_more: bool = False
    """Whether it holds, where nobody signs, something that does not belong there."""
    is_written_otherwise: bool = False
    """Whether it is not written down as our own writer writes a seal."""

    @property
    def moment(self) -> datetime | None:
        """The signed time, as a moment; nothing if it is none."""
        return as_moment(self.at)

    @property
    def is_seal(self) -> bool:
        """Whether it says of itself that it is a seal: then it must cover the whole file."""
        return NOT_PERSONAL in self.role


# ── One signature ────────────────────────────────────────────────────────────────────────────────────────────────


def _ds(name: str) -> str:
    return f"{{{DS}}}{name}"


def _only(parent: Any, name: str) -> Any:
    found = parent.findall(name)
    if len(found) != 1:
        raise Broken(f"{name} stands there {len(found)} times")
    return found[0]


def _bytes(element: Any) -> bytes:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise Broken("a value is not in base64") from None


def _digest(reference: Any, used: set[str]) -> tuple[str, bytes]:
    """Return the kind of digest that a reference holds, and its value."""
    name = DIGESTS.get(_only(reference, _ds("DigestMethod")).get("Algorithm", ""))
    if name is None:
        raise Broken("a digest is not one that is known")
    used.add(name)
    return name, _bytes(_only(reference, _ds("DigestValue")))


def _digest_is(reference: Any, content: bytes, used: set[str]) -> bool:
    name, value = _digest(reference, used)
    return hashlib.new(name, content).digest() == value


def _transforms(reference: Any) -> list[Any]:
    listed = reference.findall(_ds("Transforms"))
    if len(listed) > 1:
        raise Broken("transforms stand there twice")
    return list(listed[0]) if listed else []


def _signed_parts(root: Any, info: Any, used: set[str]) -> list[Any]:
    """Return the elements that a signature signs, all inside it, their digests checked. Raises Broken."""
    by_id: dict[str, list[Any]] = {}
    for element in root.iter():
        if not isinstance(element.tag, str):
            raise Broken("it holds a comment")
        if any(name.startswith(_XML) for name in element.attrib):
            # Canonical XML hands them down from what nobody signed to what is signed.
            raise Broken("it holds attributes of XML itself")
        if "Id" in element.attrib:
            by_id.setdefault(element.get("Id"), []).append(element)
    signed = []
    references = info.findall(_ds("Reference"))
    if len(references) > MOST_REFERENCES or len(root) > MOST_OBJECTS or is_too_wide(root):
        raise Broken("it signs or holds more than a signature does")
    for reference in references:
        name = reference.get("URI", "")
        found = by_id.get(name[1:], []) if name.startswith("#") else []
        if len(found) != 1:
            raise Broken("what it signs is not in it, or is there twice")
        element = found[0]
        parents = [one.tag for one in element.iterancestors()]
        inside = parents == [_ds("Signature")] and element.tag == _ds("Object")
        properties = element.tag == f"{{{XD}}}SignedProperties" and parents[1:] == [_ds("Object"), _ds("Signature")]
        if not inside and not properties:
            raise Broken("it signs something that is no object of its own")
        if [one.get("Algorithm") for one in _transforms(reference)] not in ([], [C14N]):
            raise Broken("it transforms what it signs")
        if not _digest_is(reference, c14n(element), used):
            raise Broken("what it signs has changed")
        signed.append(element)
    for one in root.findall(_ds("Object")):
        if one not in signed and not any(one in element.iterancestors() for element in signed):
            raise Broken("it holds an object that it does not sign")
    return signed


def _certificates(parent: Any, path: str, budget: Budget) -> list[x509.Certificate]:
    listed = list(islice(parent.iterfind(path), MOST_CERTIFICATES))
    budget.spend(Cost.CERTIFICATES, len(listed))
    return [found for one in listed if (found := load_certificate(_bytes(one)))]


def _is_named(certificate: x509.Certificate, signed: list[Any], used: set[str]) -> bool:
    """Whether the signed properties, if there are any, name this certificate by its digest."""
    for element in signed:
        for form in ("SigningCertificate", "SigningCertificateV2"):
            for cert in element.iterfind(f".//{{{XD}}}{form}/{{{XD}}}Cert[1]/{{{XD}}}CertDigest"):
                if not _digest_is(cert, certificate.public_bytes(Encoding.DER), used):
                    return False
    return True


def _text(signed: list[Any], path: str) -> str:
    for element in signed:
        found = element.find(path)
        if found is not None:
            return str(found.text or "")
    return ""


def _time_stamp(root: Any, value: Any, budget: Budget) -> TimeStamp | None:
    """Return the time stamp over the signature value, if there is one that can be read. Raises Broken."""
    path = f"{_ds('Object')}/{{{XD}}}QualifyingProperties/{{{XD}}}UnsignedProperties//{{{XD}}}SignatureTimeStamp"
    for one in islice(root.iterfind(path), MOST_TIME_STAMPS):
        token = one.find(f"{{{XD}}}EncapsulatedTimeStamp")
        method = one.find(_ds("CanonicalizationMethod"))
        if token is None or (method is not None and method.get("Algorithm") != C14N):
            continue
        try:
            stamp = read_time_stamp(_bytes(token), budget)
        except NotUnderstood:
            continue
        if not stamp.is_over(c14n(value)):
            raise Broken("its time stamp was made over something else")
        return stamp
    return None


def _revocation(
    root: Any, budget: Budget
) -> tuple[tuple[x509.CertificateRevocationList, ...], tuple[ocsp.OCSPResponse, ...]]:
    """Return the lists and answers about revoked certificates that a signature holds (XAdES-LT). Raises Broken."""
    path = f"{_ds('Object')}/{{{XD}}}QualifyingProperties/{{{XD}}}UnsignedProperties//{{{XD}}}RevocationValues"
    lists = list(islice(root.iterfind(f"{path}/{{{XD}}}CRLValues/{{{XD}}}EncapsulatedCRLValue"), MOST_LISTS))
    answers = list(islice(root.iterfind(f"{path}/{{{XD}}}OCSPValues/{{{XD}}}EncapsulatedOCSPValue"), MOST_LISTS))
    budget.spend(Cost.LISTS, len(lists) + len(answers))
    return (
        tuple(found for one in lists if (found := load_list(_bytes(one), is_der=True)) is not None),
        tuple(said for one in answers if (said := load_answer(_bytes(one))) is not None),
    )


def read_signature(package: Package, name: str) -> Signature:
    """Check one signature in itself and against the parts it lists. Raises Broken, BadXml."""
    if name not in package.parts:
        raise Broken("it is missing")
    budget = package.budget
    root = parse(package.parts[name], budget)
    if root.tag != _ds("Signature") or set(root.attrib) - {"Id"}:
        raise Broken("it is no signature")
    info, value = _only(root, _ds("SignedInfo")), _only(root, _ds("SignatureValue"))
    key_info = _only(root, _ds("KeyInfo"))
    if _only(info, _ds("CanonicalizationMethod")).get("Algorithm") != C14N:
        raise Broken("it is not canonicalised as it must be")
    algorithm, digest = METHODS.get(_only(info, _ds("SignatureMethod")).get("Algorithm", ""), ("", ""))
    if not algorithm:
        raise Broken("its algorithm is not one that is known")
    used = {digest}
    signed = _signed_parts(root, info, used)
    objects = [one for one in signed if one.get("Id") == PACKAGE_OBJECT]
    if len(objects) != 1:
        raise Broken("it lists no parts")
    manifest = _only(objects[0], _ds("Manifest"))

    given = _certificates(key_info, f"{_ds('X509Data')}/{_ds('X509Certificate')}", budget)
    info_bytes, value_bytes = c14n(info), _bytes(value)
    certificate = None
    for one in given:
        budget.spend(Cost.CHECKS)
        if fits(one, algorithm, digest, value_bytes, info_bytes):
            certificate = one
            break
    if certificate is None or not _is_named(certificate, signed, used):
        raise Broken("its value does not fit the certificate")
    path = f".//{{{XD}}}CertificateValues/{{{XD}}}EncapsulatedX509Certificate"
    values = _certificates(root, path, budget)
    stamp = _time_stamp(root, value, budget)
    lists, answers = _revocation(root, budget)
    signature = Signature(
        name=name,
        certificate=certificate,
        others=given + values,
        at=_text(signed, f".//{{{MDSSI}}}SignatureTime/{{{MDSSI}}}Value") or _text(signed, f".//{{{XD}}}SigningTime"),
        role=_text(signed, f".//{{{XD}}}ClaimedRole"),
        stamp=stamp,
        digests=used,
        lists=lists,
        answers=answers,
        holds_more=holds_more(root, signed) or names_another_key(key_info, given, certificate),
    )
    if signature.is_seal:
        stamped = [stamp.signer, *stamp.certificates] if stamp else []
        signature.is_written_otherwise = (
            is_written_otherwise(package.parts[name], root)
            or (stamp is None and root.find(f".//{{{XD}}}SignatureTimeStamp") is not None)
            or len(root.findall(path)) != len(values)
            or not are_issuers([certificate, *stamped], values)
            or len(root.findall(f".//{{{XD}}}EncapsulatedCRLValue")) != len(lists)
            or len(root.findall(f".//{{{XD}}}EncapsulatedOCSPValue")) != len(answers)
            or not are_about([certificate, *values, *stamped], lists, answers)
        )
    budget.spend(Cost.REFERENCES, len(manifest))
    listed = [reference.get("URI", "").partition("?")[0] for reference in manifest]
    if len(set(listed)) != len(listed):
        raise Broken("it lists a part twice")
    for reference in manifest:
        _check_part(package, reference, signature)
    return signature


def _check_part(package: Package, reference: Any, signature: Signature) -> None:
    """Check one line of the list of parts; what differs is noted in the signature."""
    if reference.tag != _ds("Reference"):
        raise Broken("its list of parts holds something else")
    path, _, query = reference.get("URI", "").partition("?")
    name = path.removeprefix("/")
    if name not in package.parts or not path.startswith("/") or "#" in query:
        signature.changed.append(name or "?")
        return
    transforms = _transforms(reference)
    relationships: list[Relationship] = []
    if transforms:
        kinds = [one.get("Algorithm") for one in transforms]
        if kinds != [RELATIONSHIP_TRANSFORM, C14N] or not is_relationships_file(name):
            raise Broken("it transforms a part in a way that is not known")
        ids = {one.get("SourceId") for one in transforms[0] if one.tag == f"{{{MDSSI}}}RelationshipReference"}
        types = {one.get("SourceType") for one in transforms[0] if one.tag == f"{{{MDSSI}}}RelationshipsGroupReference"}
        package.budget.spend(Cost.RELATIONSHIPS, len(package.of(name)))
        relationships = [one for one in package.of(name) if one.id in ids or one.type in types]
        is_same = _digest_is(reference, transformed(relationships), signature.digests)
    else:
        relationships = package.of(name)
        kind, value = _digest(reference, signature.digests)
        is_same = package.digest_of(name, kind) == value
    if not is_same:
        signature.changed.append(name)
        return
    signature.relationships.update(relationships)
    if query.startswith("ContentType="):
        signature.covered[name] = unquote(query.removeprefix("ContentType="))


# ── The whole file ───────────────────────────────────────────────────────────────────────────────────────────────


def _not_covered(signature: Signature, parts: dict[str, str], relationships: list[Relationship]) -> list[str]:
    """Return the parts and files of relationships that our rule covers and this signature does not."""
    found = [name for name, type_ in parts.items() if not type_ or signature.covered.get(name) != type_]
    found += [one.file for one in relationships if one not in signature.relationships]
    return found


def _of_another_type(package: Package, signature: Signature) -> list[str]:
    """Return the parts that a signature lists with another content type than they have now."""
    return [name for name, type_ in signature.covered.items() if package.type_of(name) != type_]


def _more_than_one(package: Package) -> list[str]:
    """Return the file of relationships that leads to two of what a file has one of, or to no beginning."""
    at_root = [one.type for one in package.of(ROOT_RELATIONSHIPS)]
    documents = sum(type_ in MAIN_DOCUMENT for type_ in at_root)
    doubled = any(at_root.count(type_) > 1 for type_ in (ORIGIN, *PROPERTIES))
    return [ROOT_RELATIONSHIPS] if documents != 1 or doubled else []


def _list_of(package: Package, whole: Sequence[Signature]) -> tuple[SealList | None, list[str]]:
    """Return the list of who seals a file, if somebody signed it as it stands here; its own name if it is none."""
    if not any(LIST_PART in one.covered for one in whole):
        return None, []  # it is not there, was added, or was changed: each is found without it
    try:
        return read_list(package), []
    except BadXml:
        return None, [LIST_PART]


def _is_listed(signature: Signature, listed: SealList) -> bool:
    return fingerprint_of(signature.certificate) in {one.sha256 for one in listed.sealers}


def _missing(listed: SealList, whole: Sequence[Signature], broken: int) -> list[str]:
    """Return the seals that a file should bear and does not; what is there and broken may be one of them."""
    there = {fingerprint_of(one.certificate) for one in whole}
    gone = [f"the seal of {one.name}, which is missing" for one in listed.sealers if one.sha256 not in there]
    return gone if len(gone) > broken else []


def _sealed_by(
    signature: Signature, trust: Trust, now: datetime, shown: datetime | None, *, is_whole: bool, is_listed: bool
) -> SealedBy:
    moment, stamp = signature.moment, signature.stamp
    found = judge(
        Signed(
            certificate=signature.certificate,
            others=tuple(signature.others),
            claimed=moment,
            stamp=stamp,
            lists=signature.lists,
            answers=signature.answers,
            shown=shown,
        ),
        trust,
        now,
    )
    return SealedBy(
        subject=name_of(signature.certificate),
        name=short_name_of(signature.certificate),
        at=moment.isoformat().replace("+00:00", "Z") if moment else None,
        trusted=found.trusted,
        stamped_at=stamp.at if stamp else None,
        stamp_trusted=stamp is not None and not found.stamp_reason,
        is_whole=is_whole,
        is_listed=is_listed,
        called=called(signature.certificate),
        organisation=organisation_of(signature.certificate),
        certificate_sha256=fingerprint_of(signature.certificate),
        reason=found.reason,
        stamp_reason=found.stamp_reason,
        notes=found.notes,
        is_checked=found.is_checked,
    )


def _as_only_others_write(package: Package, seals: Sequence[Signature], trust: Trust) -> list[str]:
    """Return what is not as our own writer writes a file that bears no signatures but our seals.

    Such a file has one layout, and each list and each seal in it one form: whatever is otherwise was made by another
    program. A file that also bears a signature of Word goes by the general way: nothing in which two readers differ.
    """
    found = [*written_otherwise(package), *(one.name for one in seals if one.is_written_otherwise)]
    known = (*trust.signers, *trust.stamps)
    found += [one.name for one in seals if any(is_altered_copy(other, own) for other in one.others for own in known)]
    return found if package.is_laid_out else [*found, PACKING]


def verify_docx(
    content: bytes,
    trust: Trust | Sequence[x509.Certificate],
    now: datetime | None = None,
    shown: datetime | None = None,
    budget: Budget | None = None,
) -> Result:
    """Say whether a Word file is as it was sealed, and whether its signers are trusted at a moment. Raises NotReadable.

    `shown` is when trusted time stamps beside the file show that it stood.
    """
    trust, now = Trust.of(trust), now or datetime.now(UTC)
    package = read_package(content, budget)
    sha256 = hashlib.sha256(content).hexdigest()
    at_root = {one.type for one in package.of(ROOT_RELATIONSHIPS)}
    if not package.signatures and not _lost_its_way(package):
        if not at_root & set(MAIN_DOCUMENT):
            raise NotReadable("This is not a Word file: it has no main document.")
        return Result(Verdict.NOT_SIGNED, sha256)

    whole: list[Signature] = []
    changed = list(package.damaged)
    package.budget.spend(Cost.SIGNATURES, len(package.signatures))
    for name in package.signatures:
        try:
            whole.append(read_signature(package, name))
        except (Broken, BadXml):
            changed.append(name)
    broken = len(package.signatures) - len(whole)
    for one in whole:
        changed += one.changed
    if not package.signatures:
        changed = changed or [ROOT_RELATIONSHIPS]
    listed, unreadable = _list_of(package, whole)
    changed += unreadable + (_missing(listed, whole, broken) if listed else [])
    agreed = [one for one in whole if listed and _is_listed(one, listed)]
    # Word leaves parts out when a person signs; beside a seal that covers them all, that is no gap.
    seals = [one for one in whole if one.is_seal or one in agreed] or whole
    parts, relationships = package.to_cover()
    added = [*package.surplus, *_more_than_one(package), *(one.name for one in whole if one.holds_more)]
    if whole and all(one.is_seal for one in whole):
        added += _as_only_others_write(package, whole, trust)
    for one in whole:
        added += _of_another_type(package, one)
    for one in seals:
        added += _not_covered(one, parts, relationships)
    digest = None
    if not changed and not added:
        digest = copy_sha256(package)
        if listed and listed.copy_sha256 != digest:
            changed.append(LIST_PART)  # it was written for another file

    says = listed.says if listed and any(LIST_PART in one.covered for one in agreed) else None
    of_record = says if says and says.ref else None  # a report on a check is a text of no record
    verdict = Verdict.CHANGED if changed else Verdict.NOT_COVERED if added else Verdict.UNCHANGED
    return Result(
        verdict=verdict,
        sha256=sha256,
        signers=tuple(
            _sealed_by(
                one,
                trust,
                now,
                shown,
                is_whole=one in agreed if listed else one in seals,
                is_listed=listed is None or one in agreed,
            )
            for one in whole
        ),
        weak=tuple(sorted({WEAK[used] for one in whole for used in one.digests if used in WEAK})),
        parts=tuple(dict.fromkeys(changed or added)),
        ref=of_record.ref if of_record else None,
        version=of_record.version if of_record else None,
        content_sha256=of_record.content_sha256 if of_record else None,
        audience=of_record.audience if of_record else None,
        paper=says.paper if says else "" if has_list(package) else None,
        digest=digest if verdict is Verdict.UNCHANGED and listed else None,
        lists_seals=listed is not None or not any(one.is_seal for one in whole),
    )


def _lost_its_way(package: Package) -> bool:
    """Whether a file that cannot be read in full may have been signed: then it is changed, not unsigned."""
    is_whole = not package.damaged and any(one.type in MAIN_DOCUMENT for one in package.of(ROOT_RELATIONSHIPS))
    return not is_whole and any(name.startswith("_xmlsignatures/") for name in package.parts)
