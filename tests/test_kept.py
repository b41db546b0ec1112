"""Files of a final record are kept as they first left, and leave again so, whatever became of the key since."""

from __future__ import annotations

import hashlib
import json
import threading

import pytest

from exports.commands import issue_of
from exports.keys import DEMONSTRATION, ORGANISATION, Seal
from exports.verify import verify
from meetings.desk import administrator
from meetings.people import Deed
from meetings.store import Made, NoSuchMeeting, Shelved, StoredSignoff
from tests.makers import NOW, a_discussion
from tests.sealing import PASSPHRASE, a_p12, the_authority, time_stamp_authority
from tests.test_verify_command import REFERENCE, final  # noqa: F401  # a fixture

SETTINGS = {"ACCORD_SEAL_PASSPHRASE": PASSPHRASE, "ACCORD_PRODUCTION": "1"}


def _files(folder):
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def test_a_renewed_key_and_a_time_stamp_never_touch_what_has_left(final, tmp_path):  # noqa: F811  # as above
    old = a_p12(tmp_path / "old.p12", the_authority().signer("Marsh Council"))
    new = a_p12(tmp_path / "new.p12", the_authority().signer("Marsh Council, renewed", "ecdsa"))
    for folder, key in (("first", old), ("again", new)):
        for what in ("--children", "--record"):
            done = final("export", what, "--to", folder, REFERENCE, ACCORD_SEAL_P12=str(key), **SETTINGS)
            assert done.returncode == 0
    assert _files(tmp_path / "again") == _files(tmp_path / "first")
    (tmp_path / "instance" / "trust").mkdir()
    (tmp_path / "instance" / "trust" / "ours.pem").write_bytes((tmp_path / "first" / "seal.pem").read_bytes())
    names = ("minutes.docx", "actions.json", "record.json", "child-c1.docx")
    checked = final("verify", *(f"again/{name}" for name in names), ACCORD_SEAL_P12=str(new), **SETTINGS)
    assert checked.returncode == 0
    assert "renewed" not in checked.stderr
    final("export", "--audience", "police", "--to", "other", REFERENCE, ACCORD_SEAL_P12=str(new), **SETTINGS)
    checked = final("verify", "other/minutes.docx", "other/actions.json", ACCORD_SEAL_P12=str(new), **SETTINGS)
    assert checked.stderr.count("sealed by Marsh Council, renewed") == 2


def test_a_file_with_a_time_stamp_leaves_again_with_the_same_one(final, tmp_path):  # noqa: F811  # as above
    (tmp_path / "tsa").mkdir()
    with time_stamp_authority(tmp_path / "tsa", the_authority()) as url:
        final("export", "--to", "first", REFERENCE, ACCORD_TSA_URL=url)
    final("export", "--to", "again", REFERENCE)
    assert _files(tmp_path / "again") == _files(tmp_path / "first")


def test_what_the_demonstration_key_sealed_is_not_given_out_in_production(final, tmp_path):  # noqa: F811  # as above
    final("export", "--to", "first", REFERENCE)
    key = a_p12(tmp_path / "true.p12", the_authority().signer("Marsh Council"))
    final("export", "--to", "true", REFERENCE, ACCORD_SEAL_P12=str(key), **SETTINGS)
    checked = final("verify", "true/minutes.docx", ACCORD_SEAL_P12=str(key), **SETTINGS)
    assert "sealed by Marsh Council" in checked.stderr
    assert final("export", "--to", "none", REFERENCE, ACCORD_PRODUCTION="1").returncode == 2


@pytest.fixture
def reference(desk, clock):
    """A draft with everything that finalising needs."""
    clock.moment = NOW
    return desk.import_document(json.dumps(a_discussion()).encode(), administrator())[0]


def _issue(desk, reference, seal):
    return issue_of(desk, desk.export(reference, administrator()), "full", lambda: seal, by=administrator())


def _seal(name="Marsh Council", role=ORGANISATION):
    return Seal(the_authority().signer(name, "ecdsa", role))


def test_the_same_copy_is_kept_once_and_another_sign_off_makes_another(desk, store, reference):
    desk.finalise(reference, administrator())
    first = _issue(desk, reference, _seal()).files()
    assert _issue(desk, reference, _seal("Renewed")).files() == first
    sha = desk.look(reference, administrator()).content_sha256
    with desk.opened(reference, administrator(), Deed.ISSUE) as draft:
        said = {"as": "agency", "agency": "health", "answer": "approve", "content_sha256": sha}
        draft.signoffs.append(StoredSignoff({**draft.signoffs[0].body, **said}, elsewhere=False))
        draft.note("meeting:text:sign-off added for this test")
    later = _issue(desk, reference, _seal("Renewed")).files()
    assert later["minutes.docx"] != first["minutes.docx"]
    assert _issue(desk, reference, _seal()).files() == later
    assert (
        desk.store.kept_by_hash(reference, hashlib.sha256(first["minutes.docx"]).hexdigest()) == first["minutes.docx"]
    )


def test_a_draft_is_drawn_anew_each_time(desk, reference):
    first = _issue(desk, reference, None).files()
    assert _issue(desk, reference, None).files() == first
    assert desk.store.kept_hashes(reference) == set()


def test_of_two_who_draw_at_once_both_give_out_what_the_first_has_kept(desk, reference):
    desk.finalise(reference, administrator())
    slow, fast = _issue(desk, reference, _seal("Slow")), _issue(desk, reference, _seal("Fast"))
    make, kept = slow._sealed, []

    def overtaken(copy):
        kept.append(fast.paper)
        return make(copy)

    object.__setattr__(slow, "_sealed", overtaken)
    assert slow.paper == kept[0]
    (signer,) = verify(slow.paper, []).signers
    assert signer.name == "Fast"


def test_a_demonstration_copy_and_a_true_one_are_kept_apart(desk, reference):
    desk.finalise(reference, administrator())
    shown = _issue(desk, reference, _seal("Demonstration", f"{ORGANISATION}; {DEMONSTRATION}")).paper
    true = _issue(desk, reference, _seal()).paper
    assert [verify(one, []).signers[0].name for one in (shown, true)] == ["Demonstration", "Marsh Council"]


def test_nothing_is_kept_for_a_record_that_is_not_here(store, clock):
    with pytest.raises(NoSuchMeeting):
        store.put_on_the_shelf(Shelved("SD-1", 1, "full", "minutes.docx", "0" * 64), Made(b"x"), clock())
    assert store.on_the_shelf(Shelved("SD-1", 1, "full", "minutes.docx", "0" * 64)) is None


def test_many_at_once_keep_one(desk, store, reference):
    if store.is_sqlite:
        pytest.skip("A database in memory has one connection.")
    desk.finalise(reference, administrator())
    one, given = Shelved(reference, 1, "full", "x.docx", "0" * 64), []
    threads = [
        threading.Thread(target=lambda n=number: given.append(store.put_on_the_shelf(one, Made(b"%d" % n), NOW)))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == 8
    assert len(set(given)) == 1
