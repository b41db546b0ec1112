"""An agency with a key of its own: its seal stands beside the organisation's on what it approved, and nowhere else."""

from __future__ import annotations

import json

import pytest

from app import WrongSetting, read_settings
from exports.commands import issue_of
from exports.issued import Issue
from exports.keys import AgencyKey, NoSeal, find_seal
from exports.verify import verify
from meetings.desk import administrator
from meetings.vocabulary import Agency, SignoffAs
from tests.accounts import an_account_of
from tests.copying import a_copy
from tests.makers import NOW, a_discussion, a_professional
from tests.sealing import PASSPHRASE, a_p12, parts_of, the_authority, time_stamp_authority
from tests.servers import office_verdicts, xmlsec_verdict
from tests.test_seal_engines import _unpacked

HEALTH, POLICE, CARE = Agency.HEALTH, Agency.POLICE, Agency.SOCIAL_CARE
NAMES = {HEALTH: "Fell Hospital", POLICE: "Brook Police", CARE: "Marsh Children's Services"}


@pytest.fixture
def agreed(desk, clock, recorder):
    """Return what makes a final record that these agencies confirmed here."""
    clock.moment = NOW

    def make(*agencies):
        document = {**a_discussion(), "signoff": []}
        document["professionals"] += [
            a_professional(id="h1", name="Dr Ines Calloway", agency="health", manager=True, role="Named doctor")
        ]
        reference = desk.import_document(json.dumps(document).encode(), administrator())[0]
        people = {one["agency"]: one for one in reversed(document["professionals"])}
        chair = next(one for one in document["professionals"] if one["id"] == document["meeting"]["chair"])
        people[chair["agency"]] = chair
        for agency in agencies:
            one = people[agency]
            as_ = SignoffAs.MANAGER if agency == HEALTH else SignoffAs.POLICE if agency == POLICE else SignoffAs.CHAIR
            record = desk.look(reference, recorder)
            signer = an_account_of(record.document.professional(one["id"]))
            desk.confirm(reference, as_, one["id"], one["name"], record.content_sha256, signer)
        desk.finalise(reference, administrator())
        return reference

    return make


def seal_of(folder, kind="rsa", agencies=(HEALTH, POLICE, CARE), **more):
    """Return the seal of an installation whose agencies have keys of their own, each read from its file."""
    own = []
    for number, agency in enumerate(agencies, start=2):
        signer = the_authority().signer(NAMES[agency], kind if kind == "ecdsa" else f"rsa {number}")
        own.append(AgencyKey(agency, a_p12(folder / f"{agency}.p12", signer), PASSPHRASE))
    p12 = a_p12(folder / "seal.p12", the_authority().signer("Marsh Council", kind))
    return find_seal(
        folder / "instance", p12=p12, passphrase=PASSPHRASE, production=True, agencies=own, **{"tsa_url": None, **more}
    )


def paper(desk, reference, seal):
    return issue_of(desk, desk.export(reference, administrator()), "full", lambda: seal, by=administrator()).paper


def test_only_agencies_that_stand_for_the_text_seal_it(desk, agreed, tmp_path):
    reference = agreed(CARE, POLICE)
    result = verify(paper(desk, reference, seal_of(tmp_path)), [the_authority().certificate], now=NOW)
    assert result.exit_code == 0
    assert [one.name for one in result.signers] == ["Marsh Council", NAMES[POLICE], NAMES[CARE]]
    role = parts_of(paper(desk, reference, seal_of(tmp_path)))["_xmlsignatures/sig2.xml"].decode()
    assert "Agency seal of Police – not a personal signature" in role


def test_what_was_signed_elsewhere_is_not_sealed_by_an_agency_here(desk, clock, tmp_path):
    clock.moment = NOW
    reference = desk.import_document(json.dumps(a_discussion()).encode(), administrator())[0]
    desk.finalise(reference, administrator())
    result = verify(paper(desk, reference, seal_of(tmp_path)), [])
    assert [one.name for one in result.signers] == ["Marsh Council"]


@pytest.mark.parametrize(
    ("answer", "seals"),
    [("approve", True), ("approve_with_dissent", True), ("do_not_approve", False), ("could_not_answer", False)],
)
def test_the_answer_of_an_agency_decides(answer, seals):
    said = {"as": "agency", "agency": "health", "answer": answer, "at": "2027-02-03T12:00:00+00:00"}
    said["method"] = "account"
    copy = a_copy({**a_discussion(), "status": "final", "signoff": [said]})
    assert copy.approving == (frozenset({HEALTH}) if seals else frozenset())


def test_an_agency_whose_answer_that_counts_is_a_refusal_seals_nothing_any_more():
    said = {"as": "agency", "agency": "police", "by": "t2", "at": "2027-02-03T12:00:00+00:00", "method": "account"}
    changed = [{**said, "answer": "approve"}, {**said, "answer": "do_not_approve", "reason": "Not his words"}]
    document = {**a_discussion(), "status": "final"}
    confirmed = [{**one, "method": "account"} for one in document["signoff"]]
    copy = a_copy({**document, "signoff": [*confirmed, *changed]})
    assert copy.approving == {CARE}, "although police confirmed the text before"
    back = [*changed, {**said, "answer": "approve_with_dissent", "reason": "Put right", "about": ["c1"]}]
    assert a_copy({**document, "signoff": back}).approving == {POLICE}


# ── One, two and four signers before engines that this project did not write ─────────────────────────────────────

KINDS = [(kind, count, stamped) for kind in ("rsa", "ecdsa") for count in (1, 2, 4) for stamped in (False, True)]


def approved():
    """Return a final copy that three agencies stand for."""
    signoff = [
        *a_discussion()["signoff"],
        {"as": "agency", "agency": "health", "answer": "approve", "at": "2027-02-03T12:00:00+00:00"},
    ]
    signoff = [{**one, "method": "account"} for one in signoff]
    return a_copy({**a_discussion(), "status": "final", "signoff": signoff})


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder with an export for each kind of key and number of signers, stamped and not."""
    folder, made = tmp_path_factory.mktemp("keys"), tmp_path_factory.mktemp("exported")
    assert approved().approving == {HEALTH, POLICE, CARE}
    (folder / "tsa").mkdir()
    with time_stamp_authority(folder / "tsa", the_authority()) as url:
        for kind, count, stamped in KINDS:
            seal = seal_of(folder, kind, (POLICE, CARE, HEALTH)[: count - 1], tsa_url=url if stamped else None)
            (made / _name(kind, count, stamped)).write_bytes(Issue(approved(), lambda seal=seal: seal).paper)
    return made


def _name(kind, count, stamped):
    return f"{kind}-{count}-{'stamped' if stamped else 'plain'}.docx"


@pytest.mark.parametrize(("kind", "count", "stamped"), KINDS)
def test_an_export_holds_for_xmlsec1_and_for_us(exported, tmp_path, kind, count, stamped):
    package = (exported / _name(kind, count, stamped)).read_bytes()
    result = verify(package, [the_authority().certificate], now=NOW)
    assert (result.exit_code, len(result.signers)) == (0, count)
    assert all(bool(one.stamped_at) is stamped for one in result.signers)
    folder = _unpacked(package, tmp_path)
    for number in range(1, count + 1):
        name = f"_xmlsignatures/sig{number}.xml"
        parts = parts_of(package)[name].count(b'URI="/')
        assert (b"ecdsa-sha256" in parts_of(package)[name]) is (kind == "ecdsa")
        assert xmlsec_verdict(folder, name) == (0, True, [(3, 3), (parts, parts)])


@pytest.mark.office
def test_libreoffice_calls_every_seal_of_an_export_valid(exported):
    assert office_verdicts(exported) == {_name(*kind): [True] * kind[1] for kind in KINDS}


# ── Settings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_agencies_are_named_by_their_code_in_capitals(tmp_path):
    p12 = a_p12(tmp_path / "health.p12", the_authority().signer("Fell Hospital"))
    settings = read_settings({"ACCORD_SEAL_P12_HEALTH": str(p12), "ACCORD_SEAL_PASSPHRASE_HEALTH": PASSPHRASE})
    assert settings.agency_seals == ((HEALTH, p12, PASSPHRASE),)
    assert PASSPHRASE not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"ACCORD_SEAL_P12_HOSPITAL": "x"}, "ACCORD_SEAL_P12_HOSPITAL names no agency that is known here. Use one of "),
        ({"ACCORD_SEAL_P12_HEALTH": "none.p12"}, "ACCORD_SEAL_P12_HEALTH is ‘none.p12’, which is no file."),
        (
            {"ACCORD_SEAL_PASSPHRASE_HEALTH": "x"},
            "ACCORD_SEAL_PASSPHRASE_HEALTH opens nothing: set ACCORD_SEAL_P12_HEALTH too.",
        ),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(environ, sentence):
    with pytest.raises(WrongSetting) as refused:
        read_settings(environ)
    assert str(refused.value).startswith(sentence)


def test_a_key_that_does_not_open_or_is_not_its_own_is_refused(tmp_path):
    signer = the_authority().signer("Fell Hospital")
    p12 = a_p12(tmp_path / "health.p12", signer)
    asked = {"p12": None, "passphrase": None, "tsa_url": None, "production": False}
    with pytest.raises(NoSeal, match="or ACCORD_SEAL_PASSPHRASE_HEALTH does not open it"):
        find_seal(tmp_path / "instance", agencies=[AgencyKey(HEALTH, p12, "wrong")], **asked)
    both = [AgencyKey(HEALTH, p12, PASSPHRASE), AgencyKey(POLICE, p12, PASSPHRASE)]
    with pytest.raises(NoSeal, match="an agency's seal needs a key of its own"):
        find_seal(tmp_path / "instance", agencies=both, **asked)


def test_the_certificate_of_each_agency_is_published(tmp_path):
    seal_of(tmp_path, agencies=(HEALTH,))
    assert len(list((tmp_path / "instance" / "certificates").iterdir())) == 2


def test_serving_is_refused_with_a_wrong_agency_key(accord, tmp_path):
    p12 = a_p12(tmp_path / "health.p12", the_authority().signer("Fell Hospital"))
    done = accord("serve", ACCORD_SEAL_P12_HEALTH=str(p12), ACCORD_SEAL_PASSPHRASE_HEALTH="wrong")
    assert (done.returncode, done.stdout) == (2, "")
    assert "ACCORD_SEAL_PASSPHRASE_HEALTH does not open it" in done.stderr
