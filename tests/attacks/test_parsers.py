"""Whatever is done to a signature or a list, no parser fails before whoever checks: each file gets its answer."""

from __future__ import annotations

import contextlib
import random
import re

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exports.verify
from exports.budget import NotReadable
from exports.jws import detached_jws
from exports.opc import zipped
from exports.verdicts import Verdict
from exports.verify import verify, verify_files
from exports.verify_docx import verify_docx
from exports.verify_json import verify_json
from exports.verify_stamp import NotUnderstood, read_time_stamp
from exports.verify_trust import load_certificate
from tests.sealing import FROZEN, parts_of, sealed, the_authority

SIG = "_xmlsignatures/sig1.xml"
PIECES = (
    b' xmlns:a="b"', b' xmlns:a="../b"', b' xmlns="b"', b' xmlns:a=""', b' xmlns:xml="x"', b' xmlns:a="http://[b"',
    b' a="' + b"x" * 70_000 + b'"', b' Id="idPackageObject"', b' xml:id="a"', b"<!-- x -->", b"<?x y?>",
    b"<![CDATA[x]]>", b"<a/>", b"<a>" * 300, b"</a>", b"&#0;", b"&#xD800;", b"&x;", b"&amp;", b"\0", b"\xff",
    b"\xef\xbb\xbf", b"9" * 40, b"-", b'"', b">", b"<", b"=", b"#", b"%", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"<!DOCTYPE a>", b"\r\n", b"\xc2\x85",
)  # fmt: skip


def test_a_namespace_whose_name_is_no_whole_address_is_answered():
    """Canonical XML has no form for it: the parser of the canonical form refuses."""
    parts = parts_of(sealed())
    odd = zipped({**parts, SIG: parts[SIG].replace(b"<Signature ", b'<Signature xmlns:a="b" ')})
    result = verify(odd, [the_authority().certificate])
    assert (result.verdict, result.parts) == (Verdict.CHANGED, (SIG,))


NOBODY_SIGNS = re.compile(rb'Id="[^"]*"(?= Type="[^"]*(?:-properties|/origin)")')


def signed_of(content):
    """Return a part without the names of what leads to document properties and signatures: no seal covers those."""
    return NOBODY_SIGNS.sub(b"", content)


def mutated(content, chance):
    """Return XML with a few pieces cut out, doubled, exchanged or put in, most of them at the edge of a mark."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5))):
        place = chance.randrange(len(made) + 1)
        edge = made.find(chance.choice((b"<", b">", b" ", b'"', b"=")), place)
        place = edge if edge >= 0 and chance.random() < 0.8 else place
        kind = chance.randrange(5)
        if kind == 0:
            made[place:place] = chance.choice(PIECES)
        elif kind == 1:
            del made[place : place + chance.randrange(1, 200)]
        elif kind == 2:
            made[place:place] = made[max(0, place - chance.randrange(1, 400)) : place]
        elif kind == 3 and place < len(made):
            made[place] = chance.randrange(256)
        else:
            other = chance.randrange(len(made) + 1)
            made[place : place + 30], made[other : other + 30] = made[other : other + 30], made[place : place + 30]
    return bytes(made)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_no_exception_of_a_parser_leaves_the_check_of_a_word_file(seed):
    """Asked of the check itself, without the net that `verify` spreads under it."""
    chance, parts = random.Random(seed), parts_of(sealed())
    names = [SIG, SIG, *(name for name in parts if name.endswith(".rels") or name == "[Content_Types].xml")]
    name = chance.choice(names)
    made = mutated(parts[name], chance)
    with contextlib.suppress(NotReadable):
        result = verify_docx(zipped({**parts, name: made}), [the_authority().certificate])
        assert result.sentence
        assert result.verdict is not Verdict.UNCHANGED or signed_of(made) == signed_of(parts[name])


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_no_certificate_and_no_time_stamp_makes_a_check_fail(seed):
    chance = random.Random(seed)
    certificate = bytearray(the_authority().certificate.public_bytes(Encoding.DER))
    for _ in range(chance.choice((1, 2, 6))):
        certificate[chance.randrange(len(certificate))] = chance.randrange(256)
    load_certificate(bytes(certificate))
    with contextlib.suppress(NotUnderstood, NotReadable):
        read_time_stamp(bytes(certificate))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.text(max_size=60))
def test_no_data_file_and_no_signature_makes_a_check_fail(seed, words):
    chance, signer = random.Random(seed), the_authority().signer()
    content = chance.choice(
        (words.encode("utf-8", "surrogatepass"), b'{"ref": "\\ud800", "version": 1e999}', b"[" * 90_000, b"9" * 90_000,
         b'{"from": {"ref": 1, "version": 999999999999999999999}, "integrity": {"frozen_at": "0001-01-01T00:00:00Z"}}')
    )  # fmt: skip
    jws = bytearray(detached_jws(content, signer, FROZEN))
    if chance.random() < 0.7:
        jws[chance.randrange(len(jws))] = chance.randrange(256)
    with contextlib.suppress(NotReadable):
        result = verify_json(content, bytes(jws), [signer.certificate], [the_authority().certificate])
        assert result.sentence
        assert result.ref is None or result.ref.isprintable()
        assert result.version is None or 0 < result.version < 10**9


@pytest.mark.parametrize("problem", [RuntimeError, MemoryError, RecursionError, KeyError, UnicodeError])
def test_one_odd_file_never_keeps_the_others_from_being_judged(problem, tmp_path, monkeypatch, capsys):
    (tmp_path / "odd.docx").write_bytes(b"PK odd")
    (tmp_path / "good.docx").write_bytes(sealed())

    def odd(content, *rest):
        if content == b"PK odd":
            raise problem
        return verify_docx(content, *rest)

    monkeypatch.setattr(exports.verify, "verify_docx", odd)
    files = [str(tmp_path / name) for name in ("odd.docx", "good.docx")]
    assert verify_files(files, [the_authority().certificate]) == 2
    said = capsys.readouterr()
    assert said.out.count("\n") == said.out.count('"verdict": "unchanged"') == 1
    assert (
        "odd.docx: This file is put together in a way that no program writes, and cannot be read. Nothing of it was"
        " believed."
    ) in said.err
