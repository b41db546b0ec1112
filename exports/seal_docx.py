"""Seals a Word file: writes Office digital signatures over every part and relationship of the package.

What must be covered is said in `opc.py`; the layout of a signature follows ECMA-376 Part 2, MS-OFFCRYPTO 2.5.2 and
XAdES (ETSI TS 101 903), so that Word, LibreOffice and others read it.
Whether a seal holds is judged in `verify_docx.py`.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from exports.budget import MOST_LISTS
from exports.custom_xml import (
    CONTENT_TYPE,
    LIST_PART,
    PROPERTIES_RELATIONSHIP,
    PROPERTIES_TYPE,
    described,
    properties_of,
)
from exports.custom_xml import RELATIONSHIP as CUSTOM_XML
from exports.keys import Signer
from exports.opc import (
    CONTENT_TYPES,
    DEFAULT,
    MAIN_DOCUMENT,
    ORIGIN,
    ORIGIN_PART,
    ORIGIN_TYPE,
    OVERRIDE,
    RELATIONSHIP,
    RELATIONSHIPS,
    RELATIONSHIPS_TYPE,
    ROOT_RELATIONSHIPS,
    SIGNATURE,
    SIGNATURE_TYPE,
    TYPES,
    Package,
    Relationship,
    c14n,
    free_id,
    package_of,
    parse,
    read_package,
    relationships_of,
    row_of,
    signature_part,
    transformed,
    written_list,
    zipped,
)
from exports.seal_list import NAMESPACE, Says, Sealer, SealList, copy_sha256, write_list
from exports.signature_shape import C14N, DS, HEAD, MDSSI, OFFICE, XD
from exports.verify_docx import PACKAGE_OBJECT, RELATIONSHIP_TRANSFORM
from exports.verify_revoked import are_about
from exports.verify_stamp import read_time_stamp
from exports.verify_trust import Trust, called, fingerprint_of, issued

ORIGIN_RELATIONSHIPS = relationships_of(ORIGIN_PART)

LONGEST_COMMENT = 255
"""MS-OFFCRYPTO 2.5.2.5, SignatureComments."""

_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_OURS = re.compile(r"_xmlsignatures/sig([0-9]{1,6})\.xml")
_PURPOSE = "http://uri.etsi.org/01903/v1.2.2#ProofOfOrigin"

Stamp = Callable[[bytes], bytes]
"""Returns the time stamp of an authority over some bytes."""


def comment_of(kind: str, ref: str, version: int, content_sha256: str) -> str:
    """Return what Word shows of a seal, for whoever looks there; no check reads it."""
    rest = f" v{version}, content sha256 {content_sha256}"
    return f"{kind} {ref[: LONGEST_COMMENT - len(kind) - len(rest) - 1]}{rest}"


_KINDS = ("EncapsulatedCRLValue", "EncapsulatedOCSPValue")

LONGEST_LIST = 100_000
"""Bytes of a list of revoked certificates that a seal takes along; a longer one is left to the folder of lists."""


def seal(
    content: bytes,
    signers: Sequence[Signer],
    *,
    at: datetime,
    comment: str,
    says: Says | None = None,
    stamp: Stamp | None = None,
    revocation: Trust | None = None,
) -> bytes:
    """Return a Word file sealed by each signer in turn; the same input gives the same bytes, unless it is stamped.

    With `says` a list of who seals is written first, and each seal covers it. Without, these are signatures like those
    that anybody may add: they are no seals of a file that has its list. A file that bears signatures already keeps
    them: a seal covers the parts of the file and no other seal. `at` is the time that the seal claims
    (`sealing_time`), never the time of day. With a time stamp, what is known of revoked certificates of its signers and
    its authority goes in too. Raises NotReadable, ValueError for a list in a file that bears signatures, and what
    `stamp` raises.
    """
    package = read_package(content)
    files = dict(package.parts)
    if says is not None:
        if package.signatures:
            raise ValueError("who seals a file is listed before the first seal")
        _add_list(package, files)
        package = package_of(files)
    numbers = _add_places(package, files, len(signers))
    if says is not None:
        certificates = [(one.certificate, one.role) for one in signers]
        sealers = tuple(Sealer(fingerprint_of(one), called(one), role) for one, role in certificates)
        files[LIST_PART] = write_list(SealList(says, sealers, copy_sha256(package_of(files))))
    covered = _covered(files)
    for number, signer in zip(numbers, signers, strict=True):
        properties = f"idSignedProperties_{number}"  # unique, or LibreOffice 7.4 mistakes the third and later ones
        files[signature_part(number)] = _signature(covered, signer, properties, at, comment, stamp, revocation)
    return zipped(files)


# ── Where the list of who seals stands ───────────────────────────────────────────────────────────────────────────


def _add_list(package: Package, files: dict[str, bytes]) -> None:
    """Add the part that lists who seals, still empty, and what leads to it. It lies in the file as the actions do."""
    main = next(one.part for one in package.of(ROOT_RELATIONSHIPS) if one.type in MAIN_DOCUMENT)
    beside = properties_of(LIST_PART)
    files[LIST_PART] = b""
    files[beside] = described(NAMESPACE)
    for part, kind, target in ((main, CUSTOM_XML, LIST_PART), (LIST_PART, PROPERTIES_RELATIONSHIP, beside)):
        file = relationships_of(part)
        leads = posixpath.relpath(target, posixpath.dirname(part))
        row = {"Id": free_id(one.id for one in package.of(file)), "Type": kind, "Target": leads}
        files[file] = _added(package, file, [row])
    types = {LIST_PART: CONTENT_TYPE, beside: PROPERTIES_TYPE}
    rows = [
        (OVERRIDE, {"PartName": f"/{name}", "ContentType": type_})
        for name, type_ in types.items()
        if package.type_of(name) != type_
    ]
    files[CONTENT_TYPES] = written_list(TYPES, [*package.types, *rows])


# ── Where signatures stand ───────────────────────────────────────────────────────────────────────────────────────


def _added(package: Package, file: str, rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return a list of relationships with more rows."""
    kept = [row_of(one) for one in package.of(file)]
    return written_list(RELATIONSHIPS, [(RELATIONSHIP, row) for row in [*kept, *rows]])


def _add_places(package: Package, files: dict[str, bytes], count: int) -> range:
    """Add everything that signatures need but themselves, before anything is digested; return their numbers."""
    types = list(package.types)
    listed = package.of(ORIGIN_RELATIONSHIPS)
    if package.origin is None:
        files[ORIGIN_PART] = b""
        free = free_id(one.id for one in package.of(ROOT_RELATIONSHIPS))
        files[ROOT_RELATIONSHIPS] = _added(
            package, ROOT_RELATIONSHIPS, [{"Id": free, "Type": ORIGIN, "Target": ORIGIN_PART}]
        )
        types.insert(0, (DEFAULT, {"Extension": "sigs", "ContentType": ORIGIN_TYPE}))
    first = 1 + max([0, *(int(found[1]) for name in files if (found := _OURS.fullmatch(name)))])
    numbers = range(first, first + count)
    rows, taken = [], [one.id for one in listed]
    for number in numbers:
        taken.append(free_id(taken))
        rows.append({"Id": taken[-1], "Type": SIGNATURE, "Target": f"sig{number}.xml"})
    files[ORIGIN_RELATIONSHIPS] = _added(package, ORIGIN_RELATIONSHIPS, rows)
    types += [
        (OVERRIDE, {"PartName": f"/{signature_part(number)}", "ContentType": SIGNATURE_TYPE}) for number in numbers
    ]
    files[CONTENT_TYPES] = written_list(TYPES, types)
    return numbers


# ── What is covered ──────────────────────────────────────────────────────────────────────────────────────────────


def _digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _reference(uri: str, content: bytes, *, kind: str = "", transforms: str = "") -> str:
    type_ = f" Type={quoteattr(kind)}" if kind else ""
    inside = f"<Transforms>{transforms}</Transforms>" if transforms else ""
    return (
        f'<Reference URI={quoteattr(uri)}{type_}>{inside}<DigestMethod Algorithm="{_SHA256}"/>'
        f"<DigestValue>{_digest(content)}</DigestValue></Reference>"
    )


_CANONICAL = f'<Transform Algorithm="{C14N}"/>'


def _covered(files: dict[str, bytes]) -> str:
    """Return the list of everything that is covered, with digests: the same for each signer."""
    package = package_of(files)
    parts, relationships = package.to_cover()
    by_file: dict[str, list[Relationship]] = {}
    for one in relationships:
        by_file.setdefault(one.file, []).append(one)
    rows = {name: _reference(f"/{name}?ContentType={type_}", package.parts[name]) for name, type_ in parts.items()}
    for name, listed in by_file.items():
        named = "".join(
            f'<mdssi:RelationshipReference xmlns:mdssi="{MDSSI}" SourceId={quoteattr(one.id)}/>' for one in listed
        )
        transforms = f'<Transform Algorithm="{RELATIONSHIP_TRANSFORM}">{named}</Transform>{_CANONICAL}'
        rows[name] = _reference(f"/{name}?ContentType={RELATIONSHIPS_TYPE}", transformed(listed), transforms=transforms)
    return f"<Manifest>{''.join(rows[name] for name in sorted(rows))}</Manifest>"


# ── One signature ────────────────────────────────────────────────────────────────────────────────────────────────


def _package_object(covered: str, at: str) -> str:
    time = (
        f'<mdssi:SignatureTime xmlns:mdssi="{MDSSI}"><mdssi:Format>YYYY-MM-DDThh:mm:ssTZD</mdssi:Format>'
        f"<mdssi:Value>{at}</mdssi:Value></mdssi:SignatureTime>"
    )
    return (
        f'<Object Id="{PACKAGE_OBJECT}">{covered}<SignatureProperties><SignatureProperty Id="idSignatureTime"'
        f' Target="#idPackageSignature">{time}</SignatureProperty></SignatureProperties></Object>'
    )


def _office_object(comment: str) -> str:
    """Return what Office wants to know; the fixed values are those that LibreOffice writes."""
    rows = {
        "SetupID": "",
        "SignatureText": "",
        "SignatureImage": "",
        "SignatureComments": escape(comment),
        "WindowsVersion": "6.1",
        "OfficeVersion": "16.0",
        "ApplicationVersion": "16.0",
        "Monitors": "1",
        "HorizontalResolution": "1280",
        "VerticalResolution": "800",
        "ColorDepth": "32",
        "SignatureProviderId": "{00000000-0000-0000-0000-000000000000}",
        "SignatureProviderUrl": "",
        "SignatureProviderDetails": "9",
        "SignatureType": "1",
    }
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in rows.items())
    return (
        '<Object Id="idOfficeObject"><SignatureProperties><SignatureProperty Id="idOfficeV1Details"'
        f' Target="#idPackageSignature"><SignatureInfoV1 xmlns="{OFFICE}">{inside}</SignatureInfoV1>'
        "</SignatureProperty></SignatureProperties></Object>"
    )


def _issuer(certificate: x509.Certificate) -> str:
    return ", ".join(one.rfc4514_string() for one in reversed(certificate.issuer.rdns))


def _signed_properties(signer: Signer, properties: str, at: str) -> str:
    certificate = signer.certificate
    cert = (
        f'<xd:CertDigest><DigestMethod Algorithm="{_SHA256}"/>'
        f"<DigestValue>{_digest(certificate.public_bytes(Encoding.DER))}</DigestValue></xd:CertDigest>"
        f"<xd:IssuerSerial><X509IssuerName>{escape(_issuer(certificate))}</X509IssuerName>"
        f"<X509SerialNumber>{certificate.serial_number}</X509SerialNumber></xd:IssuerSerial>"
    )
    return (
        f'<xd:SignedProperties Id="{properties}"><xd:SignedSignatureProperties><xd:SigningTime>{at}</xd:SigningTime>'
        f"<xd:SigningCertificate><xd:Cert>{cert}</xd:Cert></xd:SigningCertificate>"
        "<xd:SignaturePolicyIdentifier><xd:SignaturePolicyImplied/></xd:SignaturePolicyIdentifier>"
        f"<xd:SignerRole><xd:ClaimedRoles><xd:ClaimedRole>{escape(signer.role)}</xd:ClaimedRole></xd:ClaimedRoles>"
        "</xd:SignerRole></xd:SignedSignatureProperties><xd:SignedDataObjectProperties><xd:CommitmentTypeIndication>"
        f"<xd:CommitmentTypeId><xd:Identifier>{_PURPOSE}</xd:Identifier></xd:CommitmentTypeId>"
        "<xd:AllSignedDataObjects/></xd:CommitmentTypeIndication></xd:SignedDataObjectProperties></xd:SignedProperties>"
    )


def _encapsulated(name: str, values: Iterable[bytes]) -> str:
    return "".join(f"<xd:{name}>{base64.b64encode(one).decode()}</xd:{name}>" for one in values)


def _revocation_values(certificates: Sequence[x509.Certificate], said: Trust) -> str:
    """Return what is known of whether these certificates were revoked, as XAdES-LT carries it."""
    lists = [one.public_bytes(Encoding.DER) for one in said.lists if are_about(certificates, [one], [])]
    answers = [one.public_bytes(Encoding.DER) for one in said.answers if are_about(certificates, [], [one])]
    within = [[one for one in each if len(one) <= LONGEST_LIST][:MOST_LISTS] for each in (lists, answers)]
    crls, ocsps = (_encapsulated(name, each) for name, each in zip(_KINDS, within, strict=True))
    values = (f"<xd:CRLValues>{crls}</xd:CRLValues>" if crls else "") + (
        f"<xd:OCSPValues>{ocsps}</xd:OCSPValues>" if ocsps else ""
    )
    return f"<xd:RevocationValues>{values}</xd:RevocationValues>" if values else ""


def _xades_object(signed: str, signer: Signer, token: bytes | None, revocation: Trust | None = None) -> str:
    unsigned, chain, revoked = "", list(signer.chain), ""
    if token is not None:
        unsigned += (
            f'<xd:SignatureTimeStamp><CanonicalizationMethod Algorithm="{C14N}"/>'
            f"{_encapsulated('EncapsulatedTimeStamp', [token])}</xd:SignatureTimeStamp>"
        )
        stamp = read_time_stamp(token)
        said = revocation or Trust()
        # The stamp brings its own certificate; what stands behind that may be known here alone.
        behind = [one for one in said.stamps if any(issued(one, each) for each in stamp.certificates)]
        chain += [one for one in behind if one not in (*chain, *stamp.certificates)]
        every = (signer.certificate, *chain, *stamp.certificates)
        revoked = _revocation_values(every, said)
    if chain:
        values = _encapsulated("EncapsulatedX509Certificate", (one.public_bytes(Encoding.DER) for one in chain))
        unsigned += f"<xd:CertificateValues>{values}</xd:CertificateValues>"
    return (
        f'<Object><xd:QualifyingProperties xmlns:xd="{XD}" Target="#idPackageSignature">{signed}<xd:UnsignedProperties>'
        f"<xd:UnsignedSignatureProperties>{unsigned}{revoked}</xd:UnsignedSignatureProperties></xd:UnsignedProperties>"
        "</xd:QualifyingProperties></Object>"
    )


def _whole(*inside: str) -> str:
    return f'<Signature xmlns="{DS}" Id="idPackageSignature">{"".join(inside)}</Signature>'


def _signature(
    covered: str,
    signer: Signer,
    properties: str,
    at: datetime,
    comment: str,
    stamp: Stamp | None,
    revocation: Trust | None,
) -> bytes:
    """Return one signature part. What is digested is written out once and never again."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    package, office = _package_object(covered, moment), _office_object(comment)
    signed = _signed_properties(signer, properties, moment)
    elements = list(parse(_whole(package, office, _xades_object(signed, signer, None)).encode()))
    of_object = "http://www.w3.org/2000/09/xmldsig#Object"
    references = [
        _reference(f"#{PACKAGE_OBJECT}", c14n(elements[0]), kind=of_object),
        _reference("#idOfficeObject", c14n(elements[1]), kind=of_object),
        _reference(
            f"#{properties}",
            c14n(elements[2][0][0]),
            kind="http://uri.etsi.org/01903#SignedProperties",
            transforms=_CANONICAL,
        ),
    ]
    info = (
        f'<SignedInfo><CanonicalizationMethod Algorithm="{C14N}"/><SignatureMethod'
        f' Algorithm="http://www.w3.org/2001/04/xmldsig-more#{signer.algorithm}"/>{"".join(references)}</SignedInfo>'
    )
    made = base64.b64encode(signer.sign(c14n(parse(_whole(info).encode())[0]))).decode()
    value = f"<SignatureValue>{made}</SignatureValue>"
    token = stamp(c14n(parse(_whole(value).encode())[0])) if stamp else None
    leaf = base64.b64encode(signer.certificate.public_bytes(Encoding.DER)).decode()
    key = f"<KeyInfo><X509Data><X509Certificate>{leaf}</X509Certificate></X509Data></KeyInfo>"
    return (HEAD + _whole(info, value, key, package, office, _xades_object(signed, signer, token, revocation))).encode()
