"""What a key may not be sealed with, what is warned of in time, and at what time a seal says that it was made."""

from __future__ import annotations

from datetime import datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from app import WrongSetting, create_app, read_settings
from exports.issued import Issue
from exports.keys import NoSeal, Seal, demonstration_seal, find_seal, sealing_time
from exports.verify import verify
from tests.copying import a_copy
from tests.inspecting import Browser
from tests.makers import NOW, a_discussion
from tests.sealing import BY, DAY, FROZEN, PASSPHRASE, a_p12, the_authority
from tests.test_verify_command import REFERENCE, final  # noqa: F401  # a fixture

SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
LETTERS = x509.KeyUsage(
    digital_signature=False, content_commitment=False, key_encipherment=True, data_encipherment=False,
    key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
)  # fmt: skip
NEXT = "Set a key with another certificate; docs/sealing.md says how."


def found(tmp_path, now=FROZEN, **more):
    p12 = a_p12(tmp_path / "seal.p12", the_authority().signer(**more))
    return find_seal(tmp_path, p12=p12, passphrase=PASSPHRASE, tsa_url=None, production=True, now=now)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"until": FROZEN - DAY}, "its certificate ended on 25 November 2026 at 12:30 UTC"),
        ({"since": FROZEN + DAY}, "its certificate is not valid before 27 November 2026 at 12:30 UTC"),
        (
            {"extensions": [LETTERS]},
            "its certificate is not for signing: its key usage names neither digitalSignature nor nonRepudiation"
            " (contentCommitment)",
        ),
        (
            {"extensions": [SERVER]},
            "its certificate is for something else: its extended key usage names neither document signing nor e-mail"
            " protection",
        ),
        (
            {"extensions": [x509.BasicConstraints(ca=True, path_length=None)]},
            "its certificate is that of an authority, which issues certificates and signs no documents",
        ),
    ],
)
def test_a_key_that_may_not_seal_is_refused_at_start_and_nothing_is_published(tmp_path, more, words):
    assert found(tmp_path).organisation
    for one in (tmp_path / "certificates").iterdir():
        one.unlink()
    with pytest.raises(NoSeal) as refused:
        found(tmp_path, **more)
    assert str(refused.value) == f"Nothing can be sealed with ‘{BY}’: {words}. {NEXT}"
    assert not list((tmp_path / "certificates").iterdir())


def test_a_certificate_that_ends_while_the_server_runs_seals_nothing_more(tmp_path):
    seal = found(tmp_path)
    copy = a_copy({**a_discussion(), "status": "final"})
    assert Issue(copy, lambda: seal, now=lambda: FROZEN + DAY).paper
    late = Issue(copy, lambda: seal, now=lambda: FROZEN + 301 * DAY)
    for make in (lambda: late.paper, lambda: late.signature_over("actions.json", b"{}")):
        with pytest.raises(NoSeal, match="its certificate ended on 22 September 2027 at 12:30 UTC"):
            make()


def test_a_file_that_left_before_the_end_of_the_certificate_leaves_again(final, tmp_path):  # noqa: F811  # as above
    now = datetime.now(FROZEN.tzinfo)
    p12 = a_p12(tmp_path / "seal.p12", the_authority().signer(since=FROZEN - DAY, until=now + DAY))
    settings = {"ACCORD_SEAL_P12": str(p12), "ACCORD_SEAL_PASSPHRASE": PASSPHRASE}
    assert final("export", "--to", "out", REFERENCE, **settings).returncode == 0
    later = (now + 2 * DAY).isoformat()
    again = final("export", "--to", "again", "--now", later, REFERENCE, **settings)
    assert again.returncode == 0, "the clock of one command does not undo what is kept"
    new = final("export", "--to", "new", "--audience", "police", "--now", later, REFERENCE, **settings)
    assert (new.returncode, "its certificate ended on" in new.stderr) == (2, True)
    at_start = final("init-signing", ACCORD_NOW=later, **settings)
    assert (at_start.returncode, "its certificate ended on" in at_start.stderr) == (2, True)


# ── Warned in time ───────────────────────────────────────────────────────────────────────────────────────────────


def test_sixty_days_before_its_end_a_certificate_is_warned_of(tmp_path):
    seal = found(tmp_path)
    assert seal.warnings(FROZEN + 239 * DAY) == ()
    assert seal.warnings(FROZEN + 240 * DAY) == (
        f"The certificate ‘{BY}’, by which seals are made, ends on 22 September 2027 at 12:30 UTC, in 60 days."
        " After its end nothing can be sealed: get a new one in time.",
    )


def test_the_warning_stands_at_start_and_where_those_look_who_read_the_log(accord, store, hashed, clock, tmp_path):
    from tests.conftest import PEOPLE

    p12 = a_p12(tmp_path / "seal.p12", the_authority().signer())
    settings = {"ACCORD_SEAL_P12": str(p12), "ACCORD_SEAL_PASSPHRASE": PASSPHRASE}
    soon = (FROZEN + 250 * DAY).isoformat()
    assert (
        "ends on 22 September 2027 at 12:30 UTC, in 50 days"
        in accord("init-signing", ACCORD_NOW=soon, **settings).stderr
    )
    for person in PEOPLE:
        store.keep_account(person, hashed, demonstration=True)
    app = create_app(read_settings({**settings, "ACCORD_INSTANCE": str(tmp_path), "ACCORD_NOW": soon}), store)
    app.config["TESTING"] = True
    browser = Browser(app.test_client())
    browser.sign_in("pclo")
    assert (
        "by which seals are made, ends on 22 September 2027 at 12:30 UTC, in 50 days." in browser.get("/register").words
    )


def test_the_check_warns_too_and_says_when_only_the_signer_vouches_for_the_time():
    from tests.sealing import sealed_by

    package, trust = sealed_by(the_authority().signer()), [the_authority().certificate]
    assert "The certificate of" not in verify(package, trust, now=FROZEN + DAY).sentence
    soon = verify(package, trust, now=FROZEN + 290 * DAY)
    assert soon.exit_code == 0
    assert f"The certificate of {BY} ends on 22 September 2027 at 12:30 UTC, in 10 days." in soon.sentence
    late = verify(package, trust, now=FROZEN + 310 * DAY)
    assert late.exit_code == 0
    assert (
        f"The certificate of {BY} ended on 22 September 2027 at 12:30 UTC."
        " Nothing but the signer’s word shows that it was sealed before." in late.sentence
    )


# ── When a seal says that it was made ────────────────────────────────────────────────────────────────────────────


def test_a_seal_claims_the_later_of_freezing_and_the_beginning_of_its_certificate():
    old, new = the_authority().signer("Old"), the_authority().signer("New", since=FROZEN + DAY)
    assert sealing_time(FROZEN, [old]) == FROZEN
    assert sealing_time(FROZEN, [old, new]) == FROZEN + DAY
    document = {**a_discussion(), "status": "final", "integrity": {"frozen_at": "2026-11-26T12:30:00+00:00"}}
    issues = [Issue(a_copy(document), lambda: Seal(new), now=lambda day=day: FROZEN + day * DAY) for day in (2, 9)]
    assert issues[0].files() == issues[1].files(), "whenever it is asked for, the same bytes"
    (signer,) = verify(issues[0].paper, [the_authority().certificate], now=FROZEN + 2 * DAY).signers
    assert (signer.at, signer.trusted) == ("2026-11-27T12:30:00Z", True)
    beside = {"jws": issues[0].signature_over("actions.json", issues[0].actions), "certificates": [new.certificate]}
    checked = verify(issues[0].actions, [the_authority().certificate], now=FROZEN + 2 * DAY, **beside)
    assert (checked.signers[0].at, checked.exit_code) == ("2026-11-27T12:30:00Z", 0)


def test_the_demonstration_seal_is_good_whatever_the_clock_of_training_says(tmp_path):
    for year in (2026, 2031, 2014):
        now = datetime.fromisoformat(f"{year}-03-02T09:00:00+00:00")
        signer = demonstration_seal(tmp_path / str(year), now)
        Seal(signer).check(now)
        Seal(signer).check(now.replace(year=year + 9))
    aged = demonstration_seal(tmp_path / "2014", NOW)
    with pytest.raises(NoSeal, match="Remove the folder keys/ of the instance: another one is made."):
        Seal(aged).check(NOW)


# ── Settings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_of_trust_that_is_not_there_is_refused(accord, tmp_path):
    with pytest.raises(WrongSetting) as refused:
        read_settings({"ACCORD_TRUST": str(tmp_path / "none")})
    assert str(refused.value) == (
        f"ACCORD_TRUST is ‘{tmp_path}/none’, which is no folder. Make it, with signers/, stamps/ and revoked/ in it."
    )
    done = accord("list", ACCORD_TRUST=str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (2, "")


def test_the_words_of_the_answer_are_defined_on_the_page(app):
    page = Browser(app.test_client()).get("/verify")
    assert page.soup.find(id="meanings").text == "What these words mean"
    for words in (
        "A claim: the time that the signer wrote into the seal.",
        "By another way",
        "Trusted here",
        "Time stamp",
    ):
        assert words in page.words
