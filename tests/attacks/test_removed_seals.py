"""Somebody takes one of several seals away, or the list of who seals, and leaves no trace of it."""

from __future__ import annotations

import itertools
import re

import pytest

from exports.custom_xml import LIST_PART
from exports.keys import ORGANISATION
from exports.opc import (
    RELATIONSHIP,
    RELATIONSHIPS,
    BadXml,
    package_of,
    read_package,
    signature_rows,
    written_list,
    zipped,
)
from exports.seal_docx import seal
from exports.seal_list import Says, Sealer, SealList, copy_sha256, read_list, write_list
from exports.verdicts import Verdict
from exports.verify import verify
from exports.word import read_actions
from tests.sealing import (
    COMMENT,
    FROZEN,
    SAYS,
    Authority,
    parts_of,
    sealed,
    sealed_by,
    stripped,
    the_authority,
    unsealed,
)

UNCHANGED, CHANGED, NOT_COVERED, NOT_SIGNED = Verdict
ORIGIN = "_xmlsignatures/_rels/origin.sigs.rels"
ROLES = {
    "Marsh Council": ORGANISATION,
    "Fell Hospital": "Agency seal of Health – not a personal signature",
    "Brook Police": "Agency seal of Police – not a personal signature",
}
OF = ' of Marsh, "Fell" & Brook'


def signers(count):
    return [the_authority().signer(name, role=role) for name, role in itertools.islice(ROLES.items(), count)]


def judged(parts):
    return verify(zipped(parts), [the_authority().certificate])


def without(parts, *numbers):
    """Return a file without some of its seals and without a trace of them: numbered anew, as if made with the rest."""
    kept = [number for number in range(1, 9) if f"_xmlsignatures/sig{number}.xml" in parts and number not in numbers]
    left = {name: one for name, one in parts.items() if not re.fullmatch(r"_xmlsignatures/sig\d\.xml", name)}
    for new, old in enumerate(kept, start=1):
        left[f"_xmlsignatures/sig{new}.xml"] = parts[f"_xmlsignatures/sig{old}.xml"]
    left[ORIGIN] = written_list(RELATIONSHIPS, [(RELATIONSHIP, row) for row in signature_rows(len(kept))])
    gone = rb'<Override[^>]*PartName="/_xmlsignatures/sig(%s)\.xml"[^>]*/>' % b"|".join(
        b"%d" % number for number in range(len(kept) + 1, 9)
    )
    left["[Content_Types].xml"] = re.sub(gone, b"", parts["[Content_Types].xml"])
    return left


@pytest.mark.parametrize("count", [2, 3])
def test_any_seal_that_is_taken_away_is_missed_and_named(count):
    names = list(ROLES)[:count]
    parts = parts_of(sealed_by(*signers(count)))
    assert (judged(parts).verdict, len(judged(parts).seals)) == (UNCHANGED, count)
    for size in range(1, count):
        for gone in itertools.combinations(range(1, count + 1), size):
            result = judged(without(parts, *gone))
            missing = tuple(f"the seal of {names[number - 1]}{OF}, which is missing" for number in gone)
            assert (result.verdict, result.parts, result.exit_code) == (CHANGED, missing, 1)
            left = " and ".join(f"{name}{OF}" for number, name in enumerate(names, 1) if number not in gone)
            assert result.sentence == f"Changed since it was sealed by {left}: {', '.join(missing)}."


def test_a_seal_that_is_only_hidden_from_the_list_of_signatures_is_missed_too():
    parts = parts_of(sealed_by(*signers(2)))
    hidden = re.sub(rb'<Relationship [^>]*Target="sig2\.xml"[^>]*/>', b"", parts[ORIGIN])
    result = judged({**parts, ORIGIN: hidden})
    assert result.verdict is CHANGED
    assert f"the seal of Fell Hospital{OF}, which is missing" in result.parts


def test_without_any_seal_it_is_not_signed():
    assert verify(stripped(sealed_by(*signers(2))), []).verdict is NOT_SIGNED
    assert judged(without(parts_of(sealed_by(*signers(2))), 1, 2)).verdict is NOT_SIGNED


def test_the_list_cannot_be_shortened_removed_or_exchanged():
    parts = parts_of(sealed_by(*signers(2)))
    text = parts[LIST_PART]
    alone = parts_of(sealed())[LIST_PART]
    shortened = re.sub(rb"<sealer>(?!.*<sealer>).*</sealer>", b"", text, flags=re.DOTALL)
    assert shortened.count(b"<sealer>") == 1
    for false in (shortened, alone, b"", b"<seal/>"):
        result = judged({**without(parts, 2), LIST_PART: false})
        assert (result.verdict, LIST_PART in result.parts) == (CHANGED, True)
        assert "the list of who sealed it" in result.sentence
        assert (result.ref, result.version, result.digest) == (None, None, None)
    gone = {name: one for name, one in without(parts, 2).items() if name != LIST_PART}
    assert (judged(gone).verdict, LIST_PART in judged(gone).parts) == (CHANGED, True)


def test_another_certificate_in_the_same_name_is_no_seal_of_who_is_listed():
    """The seal of the hospital is taken away, and one by a look-alike certificate takes its place."""
    parts = without(parts_of(sealed_by(*signers(2))), 2)
    likeness = the_authority().signer("Fell Hospital", "rsa 2", ROLES["Fell Hospital"])
    result = judged(parts_of(seal(zipped(parts), [likeness], at=FROZEN, comment=COMMENT)))
    assert (result.verdict, result.parts) == (CHANGED, (f"the seal of Fell Hospital{OF}, which is missing",))
    assert [one.is_listed for one in result.signers] == [True, False]


def test_a_stranger_alone_over_a_list_of_others_changes_the_file():
    """Both seals are taken away; a trusted stranger seals what is left, with the list that names the others."""
    bare = stripped(sealed_by(*signers(2)))
    stranger = the_authority().signer("Stranger", "ecdsa")
    result = judged(parts_of(seal(bare, [stranger], at=FROZEN, comment=COMMENT)))
    assert result.verdict is CHANGED
    assert [name.partition(" of Marsh, ")[0] for name in result.parts] == [
        "the seal of Marsh Council",
        "the seal of Fell Hospital",
    ]
    assert (result.ref, result.seals) == (None, ())


def test_a_signature_that_is_added_later_takes_nothing_away_and_adds_nothing():
    later = the_authority().signer("Fell Hospital", "ecdsa", ROLES["Fell Hospital"])
    result = judged(parts_of(seal(sealed(), [later], at=FROZEN, comment=COMMENT)))
    assert (result.verdict, [one.name for one in result.seals]) == (UNCHANGED, ["Marsh Council"])
    assert f"Also signed, without being on the list of who sealed it, by Fell Hospital{OF}." in result.sentence
    doubtful = Authority("Another").signer("Marsh Council")
    result = judged(parts_of(seal(sealed(), [doubtful], at=FROZEN, comment=COMMENT)))
    assert (result.verdict, result.exit_code) == (UNCHANGED, 3)
    trusted_later = seal(sealed_by(doubtful), [later], at=FROZEN, comment=COMMENT)
    assert judged(parts_of(trusted_later)).exit_code == 3, "who signs later lends no trust to who sealed"


def test_who_is_to_seal_is_listed_before_the_first_seal():
    with pytest.raises(ValueError, match="who seals a file is listed before the first seal"):
        seal(sealed(), signers(1), at=FROZEN, comment=COMMENT, says=SAYS)


def test_a_file_without_a_list_says_that_a_seal_may_be_gone():
    two = seal(unsealed(), signers(2), at=FROZEN, comment=COMMENT)
    result = judged(without(parts_of(two), 2))
    assert result.verdict is UNCHANGED
    assert "It does not list who sealed it: a further seal may have been removed." in result.sentence


# ── The list itself ──────────────────────────────────────────────────────────────────────────────────────────────


def the_list(**changes):
    listed = {
        "says": SAYS,
        "sealers": (Sealer("ab" * 32, "Marsh & <Fell>\r\n", ORGANISATION),),
        "copy_sha256": "cd" * 32,
    }
    return SealList(**{**listed, **changes})


def test_the_list_is_read_back_as_it_was_written():
    for one in (the_list(), the_list(says=Says("Briefing", "IIM-1/2 “x”", 12, "0f" * 32, ""))):
        assert read_list(package_of({LIST_PART: write_list(one)})) == one


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"<ref>", b"<ref >"), (b"<version>1<", b"<version>01<"), (b"<version>1<", b"<version>0<"),
     (b"<seal ", b"<seal a='b' "), (b"</seal>", b"<!-- x --></seal>"), (b"</seal>", b"</seal>\n"),
     (b"<role>", b"<role/><role>"),
     (b"abab", b"ABAB"), (b"<sealer>", b"<sealer><sealer/>"), (b"</ref>", b"</ref><ref>x</ref>"),
     (b"<paper>Minutes</paper>", b""), (b"encoding=", b"Encoding=")],
)  # fmt: skip
def test_a_list_that_is_written_in_any_other_way_is_none(old, new):
    content = write_list(the_list())
    assert old in content
    with pytest.raises(BadXml):
        read_list(package_of({LIST_PART: content.replace(old, new, 1)}))
    with pytest.raises(BadXml):
        read_list(package_of({LIST_PART: write_list(the_list(sealers=()))}))


def test_data_of_another_program_in_the_same_place_is_no_list():
    for content in (b"<data/>", b"no XML", b"\xff\xfe<\0s\0"):
        assert read_list(package_of({LIST_PART: content})) is None


def test_the_digest_counts_every_part_type_and_relationship_and_nothing_that_no_seal_covers():
    parts = parts_of(sealed())
    whole = copy_sha256(read_package(sealed()))
    leads = parts["word/_rels/document.xml.rels"]
    changes = {
        "a part": {"word/styles.xml": parts["word/styles.xml"] + b" "},
        "a type": {"[Content_Types].xml": parts["[Content_Types].xml"].replace(b"header+xml", b"footer+xml")},
        "a target": {"word/_rels/document.xml.rels": leads.replace(b"image1", b"image2")},
        "more": {"word/more.xml": b""},
    }
    found = {copy_sha256(package_of({**parts, **change})) for change in changes.values()}
    assert len(found | {whole}) == len(changes) + 1
    for name in (LIST_PART, "docProps/core.xml", "docProps/app.xml", "_xmlsignatures/sig1.xml"):
        assert copy_sha256(package_of({**parts, name: parts[name] + b" "})) == whole
    assert copy_sha256(read_package(sealed_by(*signers(3)))) == whole, "whoever seals it, it is the same copy"


def test_the_list_leaves_the_actions_where_they_are():
    assert read_actions(sealed()) == read_actions(unsealed())
