"""Files made to keep a reader busy: none takes more than a second of work and 100 MB, and each gets a sentence."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import zlib
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

import exports.verify_apart
from exports.budget import LARGEST_FILE, Budget, Cost, NotReadable, TooCostly
from exports.jws import detached_jws
from exports.keys import KeyFile
from exports.opc import zipped
from exports.papers import word_file
from exports.seal_docx import seal
from exports.verify import verify, verify_file
from exports.verify_apart import verify_apart
from exports.verify_docx import verify_docx
from exports.verify_trust import Trust
from tests.copying import a_copy
from tests.makers import a_discussion, an_action
from tests.sealing import COMMENT, DAY, FROZEN, Authority, parts_of, sealed, sealed_by, the_authority, with_relationship
from tests.test_seal_attacks import Entry, crafted, entries_of

ROOT = Path(__file__).parent.parent.parent
SIG, LISTED = "_xmlsignatures/sig1.xml", "_xmlsignatures/_rels/origin.sigs.rels"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
SIGNATURE = f"{RELATIONSHIPS}/digital-signature/signature"
NOW = FROZEN + DAY
SECONDS, BYTES = 1.0, 100_000_000
SLOWER = 2
"""How much slower than the machine on which a second was measured another may be."""


def replaced(old, new, content=None):
    content = parts_of(sealed())[SIG] if content is None else content
    assert old in content, old
    return content.replace(old, new, 1)


def with_part(name, content):
    return zipped({**parts_of(sealed()), name: content})


def with_signature(content):
    return with_part(SIG, content)


def many_signatures(count, content):
    parts = parts_of(sealed())
    for number in range(2, count + 2):
        parts[f"_xmlsignatures/sig{number}.xml"] = content
        with_relationship(parts, LISTED, SIGNATURE, f"sig{number}.xml", f"rId{number}")
    return zipped(parts)


def relationships(count, row='<Relationship Id="r{0}" Type="t" Target="x{0}"/>'):
    rows = "".join(row.format(one) for one in range(count))
    return f'<Relationships xmlns="{RELATIONSHIPS}">{rows}</Relationships>'.encode()


def ten_lists_of_nothing():
    """The file of 41 kB: ten lists, each of 132,000 relationships that say nothing."""
    empty = relationships(132_000, "<Relationship/>")
    return zipped({**parts_of(sealed()), **{f"word/_rels/x{one}.xml.rels": empty for one in range(10)}})


def an_object_of(inside):
    return with_signature(replaced(b"</Signature>", b"<Object>" + inside + b"</Object></Signature>"))


def an_object_with(attributes):
    return with_signature(replaced(b"</Signature>", b"<Object " + attributes + b"/></Signature>"))


def namespaces(count):
    return b" ".join(b'xmlns:n%d="urn:%d"' % (one, one) for one in range(count))


def in_many_namespaces():
    inside = b"".join(b"<x n%d:a='1'/>" % one for one in range(2_000))
    return with_signature(
        replaced(
            b'<Object Id="idPackageObject">', b'<Object Id="idPackageObject"><a %b>%b</a>' % (namespaces(2_000), inside)
        )
    )


def deep(depth):
    return b"<a>" * depth + b"</a>" * depth


def with_references(count):
    one = b'<Reference URI="/word/document.xml?%d"><DigestMethod Algorithm="x"/><DigestValue/></Reference>'
    return with_signature(replaced(b"<Manifest>", b"<Manifest>" + b"".join(one % number for number in range(count))))


def with_certificates(count, certificate, signature=None):
    own = parts_of(signature or sealed())[SIG]
    false = b"<X509Certificate>" + base64.b64encode(certificate.public_bytes(Encoding.DER)) + b"</X509Certificate>"
    return replaced(b"<X509Certificate>", false * count + b"<X509Certificate>", own)


@cache
def a_slow_certificate():
    """A certificate whose key has an exponent as long as itself: each try of it is as much work as a signature."""
    numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
    key = rsa.RSAPublicNumbers((1 << 2040) + 1, numbers.n).public_key()
    name = x509.Name([])
    own = ec.generate_private_key(ec.SECP256R1())
    begun = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key).serial_number(1)
    return begun.not_valid_before(FROZEN - DAY).not_valid_after(FROZEN + DAY).sign(own, hashes.SHA256())


@cache
def a_tangle_of_issuers(count=19, seals=5):
    """A signer with many issuers of one name and one key, each of which issued all the others."""
    authority = Authority("Tangle")
    issuers = []
    for number in range(count):
        begun = (
            x509.CertificateBuilder().subject_name(authority.name).issuer_name(authority.name)
            .public_key(authority.key.public_key())
            .serial_number(100 + number)
            .not_valid_before(FROZEN - DAY).not_valid_after(FROZEN + DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        )  # fmt: skip
        issuers.append(begun.sign(authority.key, hashes.SHA256()))
    signer = authority.signer()
    tangled = KeyFile(signer.certificate, tuple(issuers), signer.role, signer.key)
    return sealed_by(*[tangled] * seals)


def issuers_in_a_ring():
    """A signer whose issuer was issued by another, and that by the first, ten times each with one key."""
    authority, names = Authority("A"), [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in "AB"]
    authority.name, issuers = names[0], []
    for number in range(19):
        begun = (
            x509.CertificateBuilder().subject_name(names[number % 2]).issuer_name(names[1 - number % 2])
            .public_key(authority.key.public_key()).serial_number(100 + number)
            .not_valid_before(FROZEN - DAY).not_valid_after(FROZEN + DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        )  # fmt: skip
        issuers.append(begun.sign(authority.key, hashes.SHA256()))
    signer = authority.signer()
    return sealed_by(KeyFile(signer.certificate, tuple(issuers), signer.role, signer.key))


def with_stamps(count, token):
    stamp = b"<xd:SignatureTimeStamp><xd:EncapsulatedTimeStamp>%b</xd:EncapsulatedTimeStamp></xd:SignatureTimeStamp>"
    begin = b"<xd:UnsignedSignatureProperties>"
    return replaced(begin, begin + stamp % base64.b64encode(token) * count)


def many_small_values():
    return b"\x30\x83" + (150_000).to_bytes(3) + b"\x05\x00" * 75_000


def bomb(size):
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packing.compress(bytes(size)) + packing.flush()


def many_subjects():
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x" * 60)] * 3_000)
    key = ec.generate_private_key(ec.SECP256R1())
    begun = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    return begun.not_valid_before(FROZEN).not_valid_after(FROZEN + DAY).sign(key, hashes.SHA256())


BOMBS = {
    "ten lists of 132,000 empty relationships": ten_lists_of_nothing,
    "ten lists of 20,000 relationships": lambda: zipped(
        {**parts_of(sealed()), **{f"word/_rels/x{one}.xml.rels": relationships(20_000) for one in range(10)}}
    ),
    "a list of content types without end": lambda: with_part(
        "[Content_Types].xml",
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        + b'<Default Extension="a" ContentType="b"/>' * 200_000 + b"</Types>",
    ),
    "a list of remarks": lambda: with_part("word/_rels/document.xml.rels", b"<a>" + b"<!---->" * 300_000 + b"</a>"),
    "many signatures": lambda: many_signatures(1_900, parts_of(sealed())[SIG]),
    "as many signatures as are read, each long": lambda: many_signatures(
        19, replaced(b"</Signature>", b"<Object>" + b"<x/>" * 50_000 + b"</Object></Signature>")
    ),
    "a signature of a million elements": lambda: an_object_of(b"<x/>" * 1_000_000),
    "a signature as deep as can be": lambda: an_object_of(deep(200_000)),
    "a signature of many deep pieces": lambda: an_object_of(deep(240) * 250),
    "ten million letters in an attribute": lambda: an_object_with(b'Id="' + b"x" * 9_000_000 + b'"'),
    "an element with 100,000 attributes": lambda: an_object_with(b" ".join(b'a%d=""' % one for one in range(100_000))),
    "an element with 40,000 attributes": lambda: an_object_with(b" ".join(b'a%d=""' % one for one in range(40_000))),
    "an element with 40,000 namespaces": lambda: an_object_with(namespaces(40_000)),
    "many elements in many namespaces": in_many_namespaces,
    "many references of one list": lambda: with_references(9_000),
    "more references than are read": lambda: with_references(200_000),
    "lists in lists": lambda: with_signature(
        replaced(b"<Manifest>", b"<Manifest>" + b"<Manifest>" * 200 + b"</Manifest>" * 200)
    ),
    "a value of ten million letters": lambda: with_signature(
        replaced(b"<SignatureValue>", b"<SignatureValue>" + b"A" * 9_000_000)
    ),
    "a certificate of ten million letters": lambda: with_signature(
        replaced(b"<X509Certificate>", b"<X509Certificate>" + b"A" * 9_000_000)
    ),
    "many certificates": lambda: many_signatures(19, with_certificates(500, a_slow_certificate())),
    "few certificates with slow keys": lambda: many_signatures(3, with_certificates(18, a_slow_certificate())),
    "a certificate of many names": lambda: with_signature(with_certificates(19, many_subjects())),
    "a tangle of issuers": a_tangle_of_issuers,
    "issuers in a ring": issuers_in_a_ring,
    "many time stamps": lambda: many_signatures(19, with_stamps(200, many_small_values())),
    "time stamps of many small values": lambda: many_signatures(10, with_stamps(3, many_small_values())),
    "more parts than a Word file has": lambda: crafted([Entry(b"%d" % one, b"", 0) for one in range(60_000)]),
    "as many parts as are read": lambda: crafted(
        [*entries_of(parts_of(sealed())), *(Entry(b"w/%d" % one, b"x", 0) for one in range(1_980))]
    ),
    "a part that unfolds to 400 million bytes": lambda: crafted(
        [*entries_of(parts_of(sealed())), Entry(b"word/x.xml", b"1", packed=bomb(400_000_000))]
    ),
    "a part that says that it unfolds to as much": lambda: crafted(
        [*entries_of(parts_of(sealed())), Entry(b"word/x.xml", b"", size=400_000_000, packed=bomb(400_000_000))]
    ),
    "a hundred parts of 400,000 bytes, one in the other": lambda: crafted(
        [*entries_of(parts_of(sealed())), *(Entry(b"w/%d" % one, bytes(390_000)) for one in range(100))]
    ),
    "white space of nine million letters in a list": lambda: with_part(
        "word/_rels/document.xml.rels", relationships(1).replace(b"><", b">" + b" " * 9_000_000 + b"<")
    ),
}  # fmt: skip

MEASURE = """
import json, resource, sys, time
sys.path.insert(0, sys.argv[1])
from cryptography import x509
from exports.verify import NotReadable, verify
trust = x509.load_pem_x509_certificates(open(sys.argv[3], "rb").read())
content, plain = open(sys.argv[2], "rb").read(), open(sys.argv[4], "rb").read()
verify(plain, trust)
def memory():
    try:
        said = dict(line.split(":") for line in open("/proc/self/status"))
        return int(said["VmHWM"].split()[0]) * 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before, started = memory(), time.process_time()
try:
    found = verify(content, trust).verdict.value
except NotReadable as refused:
    found = str(refused)
took = time.process_time() - started
print(json.dumps([found, took, memory() - before]))
"""


def measured(content, folder):
    """Return what a check says of a file, and the seconds and bytes that it took in a process of its own."""
    (folder / "file.docx").write_bytes(content)
    (folder / "plain.docx").write_bytes(sealed())
    (folder / "trust.pem").write_bytes(the_authority().certificate.public_bytes(Encoding.PEM))
    command = [
        sys.executable,
        "-I",
        "-B",
        "-c",
        MEASURE,
        ROOT,
        *(folder / one for one in ("file.docx", "trust.pem", "plain.docx")),
    ]
    done = subprocess.run([str(one) for one in command], capture_output=True, encoding="utf-8", check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_made_to_keep_a_reader_busy_costs_a_second_and_100_mb_at_most(name, tmp_path):
    content = BOMBS[name]()
    found, seconds, size = measured(content, tmp_path)
    print(f"{name}: {len(content):,} bytes, {seconds:.2f} s, {size / 1e6:.0f} MB: {found}")
    assert found in ("changed", "not_covered", "unchanged") or found.startswith("This file asks for more than a check")
    assert (found == "unchanged") is (name in ("a tangle of issuers", "issuers in a ring"))
    assert seconds < SECONDS * SLOWER
    assert size < BYTES


def test_a_file_over_the_account_is_named_and_not_believed(tmp_path):
    with pytest.raises(NotReadable) as refused:
        verify(ten_lists_of_nothing(), [])
    assert str(refused.value) == (
        "This file asks for more than a check may cost: it has more than 20,000 relationships."
        " Nothing of it was believed."
    )
    with pytest.raises(NotReadable, match="The file is larger than any that Accord writes; it was not opened."):
        verify(b"PK" + bytes(LARGEST_FILE), [])


def test_a_list_of_certificates_without_end_beside_a_file_is_not_read(tmp_path):
    signer = the_authority().signer()
    (tmp_path / "record.json").write_bytes(b"{}")
    (tmp_path / "record.json.jws").write_bytes(detached_jws(b"{}", signer, FROZEN))
    (tmp_path / "seal.pem").write_bytes(signer.certificate.public_bytes(Encoding.PEM) * 400)
    with pytest.raises(NotReadable) as refused:
        verify_file(tmp_path / "record.json", [])
    assert str(refused.value) == "seal.pem beside the file is longer than any list of certificates. Remove it."


def test_the_numbers_leave_room_for_the_longest_record():
    """A thousand actions, ten seals: a tenth of each number is enough."""
    record = a_discussion(actions=[an_action(number) for number in range(1, 1001)], status="final")
    paper = word_file(a_copy(record))
    signers = [the_authority().signer(f"Agency {number}") for number in range(10)]
    package = seal(paper, signers, at=FROZEN, comment=COMMENT)
    budget = Budget()
    assert verify_docx(package, [the_authority().certificate], NOW, budget=budget).exit_code == 0
    spent = {one: one.limit - budget._left[one] for one in Cost}
    print({one.name: f"{much:,} of {one.limit:,}" for one, much in spent.items()}, f"{len(package):,} bytes")
    assert all(much < one.limit / 2 for one, much in spent.items() if one is not Cost.SIGNATURES)


# ── A process of its own ─────────────────────────────────────────────────────────────────────────────────────────


def apart(content, jws=None, certificates=()):
    trust = Trust((the_authority().certificate,))
    return verify_apart(content, trust, jws=jws, certificates=certificates, now=NOW)


def test_a_check_apart_says_what_a_check_here_says():
    parts = parts_of(sealed())
    signer = the_authority().signer()
    data = b'{"ref": "SD-2027-0311", "version": 1}'
    for content, jws in (
        (sealed(), None), (a_tangle_of_issuers(), None), (zipped({**parts, "word/document.xml": b"<evil/>"}), None),
        (zipped({**parts, 'word/"x.xml': b"<evil/>"}), None), (data, None), (data, detached_jws(data, signer, FROZEN)),
    ):  # fmt: skip
        assert apart(content, jws, [signer.certificate]) == verify(
            content, [the_authority().certificate], jws=jws, certificates=[signer.certificate], now=NOW
        )
    with pytest.raises(NotReadable, match="This is neither a Word file nor a data file that Accord writes."):
        apart(b"notes")


@pytest.mark.parametrize(
    "instead",
    [
        "while True: pass",
        "import sys; sys.exit(1)",
        "import os; os.abort()",
        "print('not one of ours')",
        'print(\'{"is": "Result", "other": 1}\')',
        'print(\'{"is": "Json"}\')',
        "print('[1, 2]')",
        "print('[' * 100_000)",
        "from exports.verify_apart import _keep_within_limits; _keep_within_limits(); bytearray(2_000_000_000)",
    ],
)
def test_a_process_that_dies_or_says_something_else_is_not_believed(instead, monkeypatch):
    monkeypatch.setattr(exports.verify_apart, "_START", f"import sys; sys.path.insert(0, sys.argv[1]); {instead}")
    monkeypatch.setattr(exports.verify_apart, "SECONDS_TO_WAIT", 5)
    with pytest.raises(TooCostly, match="^This file asks for more than a check may cost. Nothing of it was believed.$"):
        apart(sealed())


def test_the_process_knows_no_settings(monkeypatch):
    monkeypatch.setenv("ACCORD_SEAL_PASSPHRASE", "river-otter-lamp")
    given = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *rest, **more: given.append(more["env"]) or run(*rest, **more))
    assert apart(sealed()).exit_code == 0
    assert not [name for name in given[0] if name.startswith("ACCORD")]
