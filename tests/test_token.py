"""A key that never leaves its token: SoftHSM stands in for the hardware, and a seal by it is as any other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app import WrongSetting, read_settings
from exports.keys import NoSeal
from exports.token import open_token, read_uri
from tests.conftest import SCENARIOS
from tests.sealing import a_key, the_authority
from tests.servers import needs

ROOT = Path(__file__).parent.parent
NOW = "2026-12-04T09:00:00+00:00"
PIN = "4711"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A token that holds an RSA key and one on P-256, with their certificates beside it."""
    module = needs("softhsm2")
    pkcs11 = pytest.importorskip("pkcs11")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        tool = ["softhsm2-util", "--module", str(module)]
        _run(*tool, "--init-token", "--free", "--label", "accord", "--pin", PIN, "--so-pin", "471100")
        for number, kind in enumerate(("rsa", "ecdsa"), start=1):
            key = a_key(kind)
            certificate = the_authority().issue(f"Marsh Council, {kind}", key)
            (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            _run(
                *tool, "--import", folder / "key.pem", "--token", "accord", "--label", kind, "--id", f"0{number}",
                "--pin", PIN,
            )  # fmt: skip
            pem = (certificate, the_authority().certificate)
            (folder / f"{kind}.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in pem))
        (folder / "trust").mkdir()
        (folder / "trust" / "ours.pem").write_bytes(the_authority().certificate.public_bytes(Encoding.PEM))
        yield folder
        pkcs11.unload(str(module))


def _run(*command):
    subprocess.run([str(one) for one in command], check=True, capture_output=True)


def address(key="rsa", token="accord"):
    return f"pkcs11:token={token};object={key}?module-path={needs('softhsm2')}"


def settings(home, key="rsa", pin=PIN, pem=None, token="accord"):
    return {
        "ACCORD_SEAL_PKCS11": address(key, token),
        "ACCORD_SEAL_PIN": pin,
        "ACCORD_SEAL_CERTIFICATES": str(home / f"{pem or key}.pem"),
        "ACCORD_TRUST": str(home / "trust"),
        "ACCORD_NOW": NOW,
    }


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_a_record_is_sealed_by_a_key_in_a_token_and_checked(accord, home, kind):
    document = json.loads((SCENARIOS / "O1" / "meeting-1.json").read_text(encoding="utf-8"))
    own = settings(home, kind)
    accord("import", SCENARIOS / "O1" / "meeting-1.json", **own)
    assert accord("finalise", document["ref"], **own).returncode == 0
    done = accord("export", "--to", "out", document["ref"], **own)
    assert done.returncode == 0, done.stderr
    checked = accord("verify", "out/minutes.docx", "out/actions.json", **own)
    assert checked.returncode == 0, checked.stderr
    assert checked.stderr.count(f"sealed by Marsh Council, {kind} of Marsh") == 2


def test_a_child_of_a_server_logs_in_for_itself(home):
    key = open_token(read_uri(address(), PIN, home / "rsa.pem"))
    before = key.sign(b"x")
    key._held = (key._held[0] - 1, None)
    assert key.sign(b"x") == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pin": "1234"}, "ACCORD_SEAL_PIN does not open the token ‘accord’."),
        ({"token": "none"}, "ACCORD_SEAL_PKCS11 names the token ‘none’, which is not there."),
        ({"key": "none", "pem": "rsa"}, "The token ‘accord’ holds no private key called ‘none’."),
        ({"key": "ecdsa", "pem": "rsa"}, "did not sign"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(home, tmp_path, changes, sentence):
    """In a process of its own: a process that has logged in once is not asked for the PIN again."""
    environ = {**settings(home, **changes), "ACCORD_INSTANCE": str(tmp_path), "SOFTHSM2_CONF": f"{home}/softhsm2.conf"}
    command = [sys.executable, str(ROOT / "app.py"), "init-signing"]
    done = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, sentence in done.stderr) == (2, "", True), done.stderr


def test_a_key_that_is_not_that_of_the_certificate_is_refused(home, tmp_path):
    other = the_authority().issue("Another", a_key("rsa 2"))
    (tmp_path / "other.pem").write_bytes(other.public_bytes(Encoding.PEM))
    with pytest.raises(NoSeal) as refused:
        open_token(read_uri(address(), PIN, tmp_path / "other.pem"))
    assert str(refused.value) == (
        f"The key ‘rsa’ in the token ‘accord’ is not that of the first certificate in {tmp_path}/other.pem."
    )
    (tmp_path / "none.pem").write_text("words")
    with pytest.raises(NoSeal, match="holds no certificates in PEM form"):
        open_token(read_uri(address(), PIN, tmp_path / "none.pem"))


def test_a_file_that_is_no_module_is_refused(home, tmp_path):
    (tmp_path / "module.so").write_text("words")
    with pytest.raises(NoSeal, match="cannot be used"):
        open_token(read_uri(f"pkcs11:token=a;object=b?module-path={tmp_path}/module.so", PIN, home / "rsa.pem"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ACCORD_SEAL_PKCS11": "softhsm"}, "ACCORD_SEAL_PKCS11 is ‘softhsm’; use an address such as pkcs11:token="),
        ({"ACCORD_SEAL_PKCS11": "pkcs11:token=a?module-path=/bin/sh"}, "ACCORD_SEAL_PKCS11 names no object; use an"),
        ({"ACCORD_SEAL_PKCS11": "pkcs11:token=a;object=b"}, "ACCORD_SEAL_PKCS11 names no module-path; use an"),
        (
            {"ACCORD_SEAL_PKCS11": "pkcs11:token=a;object=b?module-path=/none.so"},
            "ACCORD_SEAL_PKCS11 names the module ‘/none.so’, which is no file.",
        ),
        (
            {"ACCORD_SEAL_PKCS11": "pkcs11:token=a;object=b?module-path=/bin/sh&pin-value=1"},
            "ACCORD_SEAL_PKCS11 holds a PIN, which anybody would read there; set ACCORD_SEAL_PIN instead.",
        ),
        ({"ACCORD_SEAL_CERTIFICATES": "none.pem"}, "ACCORD_SEAL_CERTIFICATES is ‘none.pem’, which is no file."),
        ({"ACCORD_SEAL_P12": __file__}, "ACCORD_SEAL_P12 and ACCORD_SEAL_PKCS11 both name the organisation’s key"),
        ({"ACCORD_SEAL_PKCS11": ""}, "ACCORD_SEAL_PIN is for a key in a token: set ACCORD_SEAL_PKCS11 too, or leave"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(changes, sentence):
    given = {
        "ACCORD_SEAL_PKCS11": "pkcs11:token=a;object=b?module-path=/bin/sh",
        "ACCORD_SEAL_PIN": PIN,
        "ACCORD_SEAL_CERTIFICATES": __file__,
    }
    assert read_settings(given).token.key == "b"
    with pytest.raises(WrongSetting) as refused:
        read_settings({**given, **changes})
    assert str(refused.value).startswith(sentence)
    assert PIN not in repr(read_settings(given))


def test_without_the_package_a_sentence_names_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(NoSeal) as refused:
        open_token(read_uri("pkcs11:token=a;object=b?module-path=/bin/sh", PIN, tmp_path / "x.pem"))
    assert str(refused.value) == (
        "ACCORD_SEAL_PKCS11 needs the package python-pkcs11, which is not installed: pip install python-pkcs11."
    )
