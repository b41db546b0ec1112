"""No file holds more than its reader may see: what is closed is planted everywhere, and looked for in what leaves."""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile

import pytest
import sqlalchemy as sa

from forms.demonstration import PEOPLE
from meetings import people
from meetings.answers import Answer
from meetings.desk import administrator
from meetings.documents import Action, LegalAdvice, Line, Place, Referral
from meetings.need_to_know import Reach
from meetings.people import Deed, NotAllowed, Role
from meetings.questions import Kind, fields
from meetings.register import Register
from meetings.store import NoSuchMeeting, Store, StoredSignoff
from meetings.store.tables import sharing
from meetings.versions import Versions
from tests.conftest import SCENARIOS
from tests.makers import NOW, a_discussion, a_place, a_sergeant, an_action, changed
from tests.test_briefing_scenarios import NAMES as BRIEFINGS
from tests.test_briefing_scenarios import read

CLOSED_FOR_ALL_BUT = ("full", "police", "social_care", "legal", "decisions")
"""The audiences to which an item can be restricted, so that another may not have it."""
COPIES = (*CLOSED_FOR_ALL_BUT, "partner")
EXTRACTED = ("full", "social_care", "police", "legal")


class Planted:
    """Strings that are found nowhere else, each with the readers that may have it."""

    def __init__(self):
        self.may_have = {}
        self.number = itertools.count(1)

    def word(self, *readers):
        """Return a new string that these readers alone may have."""
        word = f"zq{next(self.number):04}zq"
        self.may_have[word] = frozenset(readers)
        return word

    def held_back_from(self, reader):
        return [word for word, readers in self.may_have.items() if reader not in readers]

    def fill(self, shape, given, *readers):
        """Return an example of a shape, with a string in each text that somebody can type in it."""
        filled = {}
        for one in fields(shape):
            if one.kind is Kind.OBJECT and one.name != "restricted":
                inner = self.fill(one.type, {}, *readers)
                filled |= {one.name: [inner] if one.many else inner} if inner else {}
            elif one.kind in (Kind.WORDS, Kind.TEXT) and one.name not in ("after", "within"):
                word = self.word(*readers)
                filled[one.name] = [word] if one.many else word
        return {**filled, **given}


def only(*audiences, people=()):
    return {"reason": "Source in danger", "audiences": list(audiences), "people": list(people)}


SHAPES = {"information/lines": Line, "places": Place, "actions": Action}
"""Every list of which a row can be restricted."""


def planted_in(document):
    """Plant strings in every place of a document that is, or can be, closed to some readers."""
    found, document = Planted(), json.loads(json.dumps(document))
    is_briefing = "briefing" in document["schema"]
    who = document["professionals"][0]["id"]
    child = document["children"][0]["id"]
    for number, audience in enumerate(CLOSED_FOR_ALL_BUT):
        closed = only(audience)
        line = found.fill(Line, {"kind": "fact", "id": f"x{number}", "restricted": closed}, audience)
        place = found.fill(Place, {"id": f"y{number}", "of": [child], "restricted": closed}, audience)
        given = {"id": f"urn:uuid:00000000-0000-4000-8000-{number:012}", "owner": who, "about": [child]}
        action = found.fill(Action, {**given, "restricted": {**closed, "reason": found.word(audience)}}, audience)
        _not_of(found, document, action, audience)
        document.setdefault("information", {}).setdefault("lines", []).append(line)
        document.setdefault("places", []).append(place)
        document.setdefault("actions", []).append(action)
        document["actions"][0].setdefault("after", []).append(action["ref"])
    secrets = found.word(*EXTRACTED)
    if is_briefing:
        document.setdefault("communications", {})["do_not_disclose"] = [secrets]
    else:
        document.setdefault("criminal_investigation", {})["do_not_disclose"] = [secrets]
        document["referral"] = {
            **document.get("referral", {}),
            **found.fill(Referral, {"restricted": only("police")}, "police"),
        }
        document["legal_advice"] = found.fill(LegalAdvice, {"restricted": only("legal")}, "legal")
    conditions = found.word(*EXTRACTED)
    document["marking"] = {**document.get("marking", {}), "conditions": conditions}
    document["actions"][0]["marking"] = {"conditions": conditions}
    return found, document


def _not_of(found, document, action, audience):
    """The decisions hold the actions, but no handling conditions."""
    if audience == "decisions":
        found.may_have[action["marking"]["conditions"]] = frozenset()


def with_earlier_actions(found, document, before):
    """Report on every action of an earlier discussion, open and closed, each under its restriction."""
    rows = document["earlier_actions"] = []
    for one in before["actions"]:
        readers = one["restricted"]["audiences"] if "restricted" in one else [*EXTRACTED, "partner"]
        mine = set(readers) - {"decisions"}
        told = {"text": found.word(*mine), "deadline": {"event": found.word(*mine), "within": "P1D"}}
        rows.append({"ref": one["ref"], "status": "in_progress", **told})
    document["previous"] = {"ref": before["ref"], "id": before["id"]}


def everything_in(content):
    """Return every byte of a file that anybody could read: of an archive, the parts of each file in it."""
    if content[:2] != b"PK":
        return content
    archive = zipfile.ZipFile(io.BytesIO(content))
    parts = [one.filename.encode() + one.comment + everything_in(archive.read(one)) for one in archive.infolist()]
    return b"\n".join([*parts, archive.comment])


def words_in(name, content):
    return set(re.findall(r"zq\d{4}zq", name + everything_in(content).decode("utf-8", "replace")))


CASES = [
    pytest.param(f"{folder.name}-{number}", one["file"], folder, id=f"{folder.name}-{number}")
    for folder in sorted(SCENARIOS.glob("O*"))
    for number, one in enumerate(json.loads((folder / "expected.json").read_text(encoding="utf-8"))["meetings"], 1)
]


@pytest.fixture
def offered(desk, app):
    """Keep a document as a draft, and one before it whose actions it reports on; return what was planted."""

    def offer(document):
        found, document = planted_in(document)
        if "briefing" not in document["schema"]:
            before = json.loads(json.dumps(document))
            before |= {"ref": "SD-2020-0001", "id": "urn:uuid:00000000-0000-4000-8000-0000000000ff"}
            for number, one in enumerate(before["actions"]):
                one |= {"id": f"urn:uuid:00000000-0000-4000-8000-{100 + number:012}", "ref": f"SD-2020-0001-A{number}"}
            for name in ("previous", "earlier_actions", "signoff", "integrity"):
                before.pop(name, None)
            desk.import_document(json.dumps(before).encode(), administrator())
            with_earlier_actions(found, document, before)
        for name in ("signoff", "integrity"):
            document.pop(name, None)
        document |= {"status": "draft", "version": 1}
        return found, desk.import_document(json.dumps(document).encode(), administrator())[0], document

    return offer


def _leaks(found, reader, files):
    closed = set(found.held_back_from(reader))
    return {name: sorted(closed & words_in(name, content)) for name, content in files.items()}


def _from_a_browser(client, reference, document, reader):
    paths = ["minutes.docx", "actions.json"]
    if reader in EXTRACTED and "briefing" not in document["schema"]:
        subjects = [one["id"] for one in document["children"] if one.get("subject")]
        paths += [f"children/{child}/extract.{kind}" for child in subjects for kind in ("docx", "json")]
    files = {}
    for path in paths:
        answer = client.get(f"/records/{reference}/{path}?audience={reader}")
        assert answer.status_code == 200, (path, reader, answer.status_code)
        files[f"{path} {answer.headers['Content-Disposition']}"] = answer.data
    return files


@pytest.mark.parametrize(("name", "file", "folder"), CASES)
def test_nothing_that_is_closed_is_in_any_file_that_a_browser_gets(at_work, offered, name, file, folder):
    found, reference, document = offered(json.loads((folder / file).read_text(encoding="utf-8")))
    met = set()
    for reader in COPIES:
        files = _from_a_browser(at_work.client, reference, document, reader)
        assert not any(_leaks(found, reader, files).values()), (reader, _leaks(found, reader, files))
        met |= {word for path, content in files.items() for word in words_in(path, content)}
    never_printed = {word for word, readers in found.may_have.items() if not readers}
    assert len(met) > 0.8 * (len(found.may_have) - len(never_printed)), "each is in a copy that may hold it"
    for adult in [one["adult"] for one in document.get("telling", ()) if one.get("tell") in ("all", "part")]:
        answer = at_work.client.get(f"/records/{reference}/minutes.docx?audience=parent:{adult}")
        assert answer.status_code == 200
        assert not words_in("", answer.data)


@pytest.mark.parametrize("name", BRIEFINGS)
def test_nothing_that_is_closed_is_in_any_copy_of_a_briefing(at_work, offered, name):
    found, reference, document = offered(read(name))
    for reader in COPIES:
        files = _from_a_browser(at_work.client, reference, document, reader)
        assert not any(_leaks(found, reader, files).values()), (reader, _leaks(found, reader, files))


def test_nothing_that_is_closed_is_in_any_file_that_the_command_line_writes(accord, tmp_path):
    found, document = planted_in(a_discussion())
    before = changed(a_discussion(), {"ref": "SD-2020-0001", "id": "urn:uuid:00000000-0000-4000-8000-0000000000ff"})
    before["actions"] = [
        an_action(90 + number, ref=f"SD-2020-0001-A{number}", restricted=only(audience))
        for number, audience in enumerate(CLOSED_FOR_ALL_BUT)
    ]
    with_earlier_actions(found, document, before)
    for number, one in enumerate((before, document)):
        (tmp_path / f"{number}.json").write_text(json.dumps(one))
        assert accord("import", f"{number}.json").returncode == 0
    for reader in COPIES:
        children = ("--children",) if reader in EXTRACTED else ()
        done = accord("export", *children, "--audience", reader, "--to", f"out/{reader}", document["ref"])
        assert done.returncode == 0, done.stderr
        files = {one.name: one.read_bytes() for one in (tmp_path / "out" / reader).iterdir()}
        assert not any(_leaks(found, reader, files).values()), (reader, _leaks(found, reader, files))
        assert "record.json" not in files


# ── What became of an earlier action ─────────────────────────────────────────────────────────────────────────────

OUTCOME = "The caravan was searched on Tuesday."


@pytest.fixture
def reconvened(desk, clock, recorder):
    """A discussion that was reconvened; one of its earlier actions was for police alone."""
    clock.moment = NOW
    earlier = a_discussion()
    earlier["actions"].append(an_action(9, owner="t2", text="Search the caravan", restricted=only("police")))
    first, _ = desk.import_document(json.dumps(earlier).encode(), administrator())
    desk.finalise(first, recorder)
    second = desk.reconvene(first, recorder)
    for row in desk.look(second, recorder).rows("earlier_actions"):
        if row.body["ref"].endswith("A09"):
            desk.answer(
                second,
                row.id,
                {path: Answer(said) for path, said in {"text": OUTCOME, "status": "done"}.items()},
                recorder,
            )
    return first, second


def _minutes(client, reference, audience):
    answer = client.get(f"/records/{reference}/minutes.docx?audience={audience}")
    assert answer.status_code == 200
    return everything_in(answer.data).decode("utf-8", "replace")


def test_what_became_of_an_action_for_police_reaches_police_alone(reconvened, at_work):
    _, second = reconvened
    held = {one: OUTCOME in _minutes(at_work.client, second, one) for one in COPIES}
    assert held == {one: one == "police" for one in COPIES}
    assert all("SD-2027-0311-A09" not in _minutes(at_work.client, second, one) for one in ("full", "partner"))
    assert "SD-2027-0311-A01" in _minutes(at_work.client, second, "partner"), "the others are told"
    assert "NOT COMPLETE" not in _minutes(at_work.client, second, "partner")


def test_an_action_that_is_closed_in_a_correction_is_closed_in_what_reports_on_it(reconvened, at_work, desk, recorder):
    first, second = reconvened
    row = next(one for one in desk.look(second, recorder).rows("earlier_actions") if one.body["ref"].endswith("A01"))
    desk.answer(
        second,
        row.id,
        {path: Answer(said) for path, said in {"text": "The bedroom was seen.", "status": "done"}.items()},
        recorder,
    )
    assert "The bedroom was seen." in _minutes(at_work.client, second, "partner")
    Versions(desk).reopen(first, "A source must be protected", recorder)
    action = next(one for one in desk.look(first, recorder).rows("actions") if one.body["ref"].endswith("A01"))
    desk.answer(
        first,
        action.id,
        {
            path: Answer(said)
            for path, said in {"restricted/audiences": ["police"], "restricted/reason": "A source"}.items()
        },
        recorder,
    )
    with desk.opened(first, recorder) as draft:
        draft.signoffs += [StoredSignoff(one, elsewhere=True) for one in a_discussion()["signoff"]]
        draft.note("meeting:text:sign-offs added for this test")
    desk.finalise(first, recorder)
    assert "The bedroom was seen." not in _minutes(at_work.client, second, "partner")
    assert "The bedroom was seen." in _minutes(at_work.client, second, "police")


@pytest.mark.parametrize("ref", ["SD-1999-0001-A01", "The visit"])
def test_what_became_of_an_action_that_is_not_to_be_found_is_told_to_no_reader(at_work, desk, ref):
    row = {"ref": ref, "status": "done", "text": OUTCOME}
    document = a_discussion(previous={"ref": "SD-1999-0001"}, earlier_actions=[row])
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    said = "NOT COMPLETE: what became of earlier actions is left out where the discussion that agreed them is not here"
    for one in COPIES:
        text = _minutes(at_work.client, reference, one)
        assert OUTCOME not in text
        assert (said in text) is (one != "decisions"), "which never holds them"
    assert OUTCOME in at_work.client.get(f"/records/{reference}/record.json").get_data(as_text=True)


def test_another_spelling_of_a_reference_opens_nothing(reconvened, at_work, desk, recorder):
    _, second = reconvened
    rows = desk.look(second, recorder).rows("earlier_actions")
    row = next(one for one in rows if one.body["ref"].endswith("A09"))
    desk.answer(second, row.id, {path: Answer(said) for path, said in {"ref": " sd-2027-0311-a 09"}.items()}, recorder)
    assert OUTCOME not in _minutes(at_work.client, second, "partner")
    assert OUTCOME in _minutes(at_work.client, second, "police")


def test_an_answer_that_is_nothing_but_the_reference_of_a_closed_action_goes_with_it(at_work, desk):
    closed = an_action(9, restricted=only("police"))
    document = a_discussion(missing={"now": False, "response": closed["ref"]})
    document["responsibility"] = {"acceptance_action": f" {closed['ref']}"}
    document["actions"] = [*document["actions"], closed]
    document["actions"][0]["after"] = [closed["ref"]]
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    assert closed["ref"] in _minutes(at_work.client, reference, "police")
    for one in ("full", "partner", "decisions"):
        assert closed["ref"] not in _minutes(at_work.client, reference, one)


# ── Extracts and the whole record ────────────────────────────────────────────────────────────────────────────────


def test_an_extract_works_out_nothing_from_what_its_copy_does_not_hold(at_work, desk):
    document = a_discussion()
    document["referral"]["restricted"] = only("police")
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    path = f"/records/{reference}/children/c1/extract.json"
    held = {one: at_work.client.get(f"{path}?audience={one}").json for one in EXTRACTED}
    for one, data in held.items():
        knows = one == "police"
        assert ("ReferralSource" in data["census"]) is knows
        assert ("referral_source" in data["api"]) is knows
        assert ("CINreferralDate" in data["census"]) is knows
        assert ("assessment_due_on" in data) is knows
        assert data["decision"] == "s47_joint"
    assert "Assessment to be finished by" in _minutes(at_work.client, reference, "police")
    assert "Assessment to be finished by" not in _minutes(at_work.client, reference, "full")


def test_no_data_is_made_of_one_child_for_a_parent_or_the_open_version(accord, at_work, desk, tmp_path):
    document = a_discussion()
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    (tmp_path / "given.json").write_text(json.dumps(document))
    accord("import", "given.json")
    sentence = "An extract for each child is made of these copies alone: full, social_care, police, legal."
    for audience in ("parent:a1", "partner", "decisions"):
        for kind in ("docx", "json"):
            page = at_work.get(f"/records/{reference}/children/c1/extract.{kind}?audience={audience}")
            assert page.status == 409
            assert sentence in page.words
            assert "Robin" not in page.words
        done = accord("export", "--children", "--audience", audience, "--to", "out", reference)
        assert (done.returncode, done.stderr) == (1, f"{sentence}\n")
    assert not (tmp_path / "out").exists()


def test_the_whole_record_is_written_by_itself_for_whoever_may_have_all_of_it(accord, tmp_path):
    (tmp_path / "given.json").write_text(json.dumps(a_discussion(legal_advice={"sought": True, "text": OUTCOME})))
    accord("list")
    keep_accounts(tmp_path)
    accord("import", "given.json")
    alone = "The whole record is written by itself: leave out --audience and --children. Nothing was written.\n"
    for more in (("--audience", "full"), ("--children",), ("--audience", "legal", "--children")):
        done = accord("export", "--record", *more, "--to", "out", "SD-2027-0311")
        assert (done.returncode, done.stderr) == (1, alone)
    done = accord("export", "--record", "--as", "officer", "--to", "out", "SD-2027-0311")
    assert done.returncode == 1
    assert done.stderr.startswith("Your role, Officer (receives copies and briefings), may not take the whole record.")
    assert accord("export", "--record", "--as", "nobody", "--to", "out", "SD-2027-0311").returncode == 2
    assert not (tmp_path / "out").exists()
    for more in ((), ("--as", "pclo")):
        assert accord("export", "--record", *more, "--to", "out", "SD-2027-0311").returncode == 0
    assert OUTCOME in (tmp_path / "out" / "record.json").read_text()
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["record.json"]


def keep_accounts(folder):
    store = Store(f"sqlite:///{folder / 'instance' / 'accord.db'}")
    for one in PEOPLE:
        store.keep_account(one, None, demonstration=True)
    store.close()


def test_the_whole_record_leaves_a_browser_by_its_own_door_and_is_noted_as_what_it_is(app, browser, desk, clock):
    clock.moment = NOW
    reference, _ = desk.import_document(json.dumps(a_discussion()).encode(), administrator())
    desk.finalise(reference, administrator())
    browser.sign_in("pclo")
    answer = browser.client.get(f"/records/{reference}/record.json")
    assert answer.headers["Content-Disposition"].endswith('_v1_record.json"')
    line = desk.sharing(reference, administrator())[-1]
    assert (line.what, line.place) == ("copy:taken", "record")
    assert "The whole record, as data" in browser.get(f"/records/{reference}/files").words
    assert "The whole record, as data" in browser.get(f"/records/{reference}/who-saw-it").words
    assert browser.client.get(f"/records/{reference}/files/{line_hash(desk, reference)}").data == answer.data
    page = browser.get(f"/records/{reference}/record.json?audience=full")
    assert page.status == 409
    assert "The whole record is no copy for a reader: it is taken by itself, by whoever has the right" in page.words
    browser.get("/")
    browser.post("/sign-out", {})
    browser.sign_in("officer")
    for name in ("record.json", "record.json.jws"):
        assert browser.get(f"/records/{reference}/{name}").status == 403


def line_hash(desk, reference):
    return desk.store.files_of(reference)[0].sha256


# ── Whom the actions name ────────────────────────────────────────────────────────────────────────────────────────


def test_the_actions_name_everybody_they_refer_to_each_once_and_nobody_else(at_work, desk):
    closed = only("full", people=["t5"])
    evidence = {"needed": "A note", "provided": [{"text": "Seen", "by": "t4", "at": "2027-02-03T11:00:00+00:00"}]}
    one = an_action(
        1, owner="t1", support=["t2", "t1"], about=["c1", "a2"], accepted={"by": "t3"}, escalation={"to": "t2"},
        evidence=evidence, restricted=closed,
    )  # fmt: skip
    document = a_discussion(actions=[one, an_action(2, owner="t1", about=["c1"])], places=[a_place()])
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())

    def named(audience):
        file = at_work.client.get(f"/records/{reference}/actions.json?audience={audience}").json
        return [[one["id"] for one in file.get(name, ())] for name in ("children", "adults", "professionals")]

    assert named("full") == [["c1"], ["a2"], ["t1", "t2", "t3", "t4", "t5"]]
    for audience in ("police", "partner", "decisions"):
        assert named(audience) == [["c1"], [], ["t1"]]


# ── The register ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_register_gives_nothing_again_that_an_account_might_not_take_anew(
    app, browser, desk, store, clock, officer, monkeypatch
):
    clock.moment = NOW
    document = a_discussion()
    document["professionals"].append(a_sergeant(id="t7", name="Vikram Sowande"))
    reference, _ = desk.import_document(json.dumps(document).encode(), administrator())
    desk.finalise(reference, administrator())
    browser.sign_in("pclo")
    for path in ("record.json", "actions.json?audience=police", "actions.json?audience=police:t7"):
        assert browser.client.get(f"/records/{reference}/{path}").status_code == 200
    mine, police, whole = (one.sha256 for one in desk.store.files_of(reference))
    # A role that might look through the register without seeing the records.
    monkeypatch.setitem(people._MAY, Role.OFFICER, people._MAY[Role.OFFICER] | {Deed.READ_LOG})
    register = Register(store)
    for file in (mine, police, whole):
        with pytest.raises(NoSuchMeeting):
            register.take_again(desk, reference, file, officer)
    monkeypatch.setattr(store, "reach", lambda *_: Reach.WHOLE)
    with pytest.raises(NotAllowed, match="may not take the whole record"):
        register.take_again(desk, reference, whole, officer)
    with store.writing() as connection:  # as it was noted before it had a name of its own
        connection.execute(sa.update(sharing).where(sharing.c.file_sha256 == whole).values(place="police"))
    with pytest.raises(NotAllowed, match="may not take the whole record"):
        register.take_again(desk, reference, whole, officer)
