"""Who gets to a record: by each door there is, at each stage, and what the table behind it holds."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from forms.demonstration import PEOPLE
from forms.demonstration.issued import issue_briefing
from meetings.access import kinds
from meetings.contract import build_document
from meetings.desk import ONLY_COPIES, Answer, NoSuchPart, Withheld, administrator
from meetings.issuing import Issuing
from meetings.need_to_know import NEEDS, Reach, asker_of, team_of
from meetings.people import Account, Deed, NotAllowed, Role, may
from meetings.store import Store, StoredSignoff, migrate
from meetings.store.tables import entitled, record
from meetings.versions import Versions
from meetings.vocabulary import Agency, Audience
from tests.inspecting import Browser
from tests.makers import ABSENT, a_child, a_discussion, a_professional, an_action, an_id, let_in
from tests.test_briefings_at_scale import Statements

REFERENCE = a_discussion()["ref"]
NOON = "2027-02-03T12:00:00+00:00"
WITHHELD = "That record is not open to you"
RECORDER, MANAGER, OFFICER, SERGEANT, DETECTIVE = PEOPLE


def somebody(number: int, name: str, role: Role, agency: Agency = Agency.POLICE, organisation: str = "Wexmere Police"):
    """Return an account."""
    return Account(
        id=f"00000000-0000-4000-8000-00000000e{number:03}",
        login=f"e{number}",
        name=name,
        agency=agency,
        organisation=organisation,
        grade="",
        role=role,
    )


def named(local_id: str, person: Account, **changes):
    """Return somebody with an account as a professional of a record who is named and took no part."""
    said = {"name": person.name, "agency": str(person.agency), "organisation": person.organisation}
    return a_professional(**{**said, "id": local_id, "presence": "named", "attendance": ABSENT, **changes})


OF_THE_TEAM = somebody(1, "Kit Lowe", Role.RECORDER)
OF_ANOTHER = somebody(2, "Rhona Quill", Role.RECORDER, organisation="Eastmere Police")
CHAIR = somebody(3, "Ada Finch", Role.REVIEWER, Agency.SOCIAL_CARE, "Wexmere Council")
OTHER_REVIEWER = somebody(4, "Imo Vance", Role.REVIEWER, Agency.SOCIAL_CARE, "Wexmere Council")
REVIEWER_WITH_ACTION = somebody(5, "Nell Orr", Role.REVIEWER)
TOOK_PART = somebody(6, "DS Sam Ode", Role.OFFICER)
LISTED = somebody(7, "Ines Vale", Role.OFFICER, Agency.HEALTH, "Wexmere General")
OWNER = somebody(8, "Max Toll", Role.OFFICER, Agency.HOUSING, "Wexmere Homes")
HELPER = somebody(9, "Lou Fenn", Role.OFFICER, Agency.HOUSING, "Wexmere Homes")
ONLY_NAMED = somebody(10, "Rae Hill", Role.OFFICER)
NAMESAKE = somebody(11, "Sam Ode", Role.OFFICER, Agency.HEALTH, "Wexmere General")
NOBODY = somebody(12, "Bo Marten", Role.OFFICER)

NONE, COPY, WHOLE = Reach
DISCUSSION = {  # draft, final, while the next version is written, withdrawn
    OF_THE_TEAM: (WHOLE, WHOLE, WHOLE, WHOLE),
    OF_ANOTHER: (NONE, NONE, NONE, NONE),
    CHAIR: (WHOLE, WHOLE, WHOLE, WHOLE),
    OTHER_REVIEWER: (NONE, NONE, NONE, NONE),
    REVIEWER_WITH_ACTION: (NONE, COPY, COPY, COPY),
    TOOK_PART: (NONE, COPY, COPY, COPY),
    LISTED: (NONE, COPY, COPY, COPY),
    OWNER: (NONE, COPY, COPY, COPY),
    HELPER: (NONE, COPY, COPY, COPY),
    ONLY_NAMED: (NONE, NONE, NONE, NONE),
    NAMESAKE: (NONE, NONE, NONE, NONE),
    NOBODY: (NONE, NONE, NONE, NONE),
}
"""The right values: how far each gets to the discussion at each stage."""

COLLEAGUE = somebody(21, "Ash Prowse", Role.OFFICER, organisation="Northmere Police")
OTHER_FORCE = somebody(22, "Odd Rook", Role.OFFICER, organisation="Eastmere Police")
DUTY_TEAM = somebody(23, "Uma Lind", Role.OFFICER, Agency.EMERGENCY_DUTY_TEAM, "Northmere Council")
SOCIAL_WORKER = somebody(24, "Jolyon Achebe", Role.OFFICER, Agency.SOCIAL_CARE, "Northmere Council (fictional)")
BRIEFING = {  # draft, approved, issued, while the next version is written, stood down
    RECORDER: (WHOLE, WHOLE, WHOLE, WHOLE, WHOLE),
    OF_ANOTHER: (NONE, NONE, NONE, NONE, NONE),
    SERGEANT: (WHOLE, WHOLE, WHOLE, WHOLE, WHOLE),
    MANAGER: (NONE, NONE, NONE, NONE, NONE),
    DETECTIVE: (NONE, NONE, COPY, COPY, COPY),
    OFFICER: (NONE, NONE, COPY, COPY, COPY),
    COLLEAGUE: (NONE, NONE, COPY, COPY, COPY),
    DUTY_TEAM: (NONE, NONE, COPY, COPY, COPY),
    SOCIAL_WORKER: (NONE, NONE, COPY, COPY, COPY),
    OTHER_FORCE: (NONE, NONE, NONE, NONE, NONE),
}
"""The right values for the briefing of the demonstration, which goes to an officer, a shift and a duty team."""


def the_discussion():
    """Return the record with all of these people in their places."""
    document = a_discussion()
    listed = [
        named("t6", LISTED),
        named("t7", OWNER),
        named("t8", HELPER),
        named("t9", ONLY_NAMED),
        named("t10", REVIEWER_WITH_ACTION),
    ]
    actions = [
        an_action(3, text="Change the lock", owner="t7", support=["t8"]),
        an_action(4, text="Ring the school", owner="t10"),
    ]
    return {
        **document,
        "professionals": [*document["professionals"], *listed],
        "actions": [*document["actions"], *actions],
        "circulation": [*document["circulation"], {"to": "t6", "audience": "decisions"}],
    }


@pytest.fixture
def people(store, hashed):
    for one in {**DISCUSSION, **BRIEFING}:
        store.keep_account(one, hashed, demonstration=True)


def as_discussion(desk, stage):
    """Bring the discussion to a stage: draft, final, next or withdrawn."""
    desk.import_document(json.dumps(the_discussion()).encode(), administrator())
    if stage > 0:
        desk.finalise(REFERENCE, OF_THE_TEAM)
    if stage == 2:
        Versions(desk).reopen(REFERENCE, "The lock was the neighbour's.", OF_THE_TEAM)
    if stage == 3:
        Versions(desk).withdraw(REFERENCE, "Made twice.", OF_THE_TEAM)
    return REFERENCE


def finalise_again(desk):
    """Make the next version final, over sign-offs that came with it."""
    with desk.opened(REFERENCE, OF_THE_TEAM) as draft:
        given = [{"by": "t1", "as": "chair", "at": NOON}, {"by": "t2", "as": "police", "at": NOON}]
        draft.signoffs = [StoredSignoff(one, elsewhere=True) for one in given]
        draft.note("meeting:text:confirmed elsewhere")
    desk.finalise(REFERENCE, OF_THE_TEAM)


def as_briefing(desk, stage):
    """Bring the briefing of the demonstration to a stage: draft, approved, issued, next or stood down."""
    approve, issue = Issuing.approve, Issuing.issue
    with pytest.MonkeyPatch.context() as patch:
        if stage < 1:
            patch.setattr(Issuing, "approve", lambda *_, **__: None)
        if stage < 2:
            patch.setattr(Issuing, "issue", lambda *_, **__: None)
        reference = issue_briefing(desk).split()[0]
    assert (Issuing.approve, Issuing.issue) == (approve, issue)
    if stage == 3:
        Versions(desk).reopen(reference, "She was seen.", RECORDER)
    if stage == 4:
        Versions(desk).withdraw(reference, "Found safe.", SERGEANT)
    return reference


STAGES = [(as_discussion, stage, DISCUSSION) for stage in range(4)] + [
    (as_briefing, stage, BRIEFING) for stage in range(5)
]
NAMES = ["discussion: draft", "final", "next version", "withdrawn"]
NAMES += ["briefing: draft", "approved", "issued", "next version of it", "stood down"]


# ── Every door ───────────────────────────────────────────────────────────────────────────────────────────────────


def doors(app, reference):
    """Yield every address that names a record, with its method and the deed it is declared for."""
    for rule in app.url_map.iter_rules():
        if "reference" in rule.arguments:
            view = app.view_functions[rule.endpoint]
            values = dict.fromkeys(rule.arguments, "1") | {"reference": reference}
            adapter = app.url_map.bind("localhost")
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, adapter.build(rule.endpoint, values, method=method), view.deed


@pytest.mark.parametrize(("bring", "stage", "expected"), STAGES, ids=NAMES)
def test_every_door_lets_in_whom_the_declaration_lets_in_and_nobody_else(
    app, desk, clock, people, bring, stage, expected
):
    if not desk.store.is_sqlite:
        pytest.skip("what the table answers on PostgreSQL is asked below")
    clock.set(NOON)
    reference = bring(desk, stage)
    for person, reaches in expected.items():
        reach = reaches[stage]
        assert desk.reach(reference, person) is reach, person.name
        browser = Browser(app.test_client())
        browser.sign_in(person.login)
        for method, path, deed in doors(app, reference):
            # Without the token of a page nothing is changed; the door asks before it looks for one.
            answer = browser.client.open(path, method=method, headers={"Accept": "text/html"})
            where = f"{person.name}: {method} {path}: {answer.status_code}"
            text = answer.data.decode("utf-8", "replace")
            if not may(person, deed):
                assert answer.status_code == 403, where
                assert "You may not do that" in text or "Your role" in text, where
            elif reach is Reach.NONE:
                assert answer.status_code == 404, where
                assert WITHHELD in text, where
            elif reach < NEEDS[deed]:
                assert answer.status_code == 403, where
                assert "You are given copies of this record" in text, where
            else:
                assert answer.status_code < 500, where
                assert WITHHELD not in text, where
                assert "You are given copies of this record" not in text, where


WITHOUT_A_RECORD = {
    *("forms.home", "forms.records", "forms.start", "forms.find", "forms.people", "checking.find"),
    *("checking.verify_page", "checking.answer", "checking.certificates", "checking.verifier"),
    *("entry.sign_in", "entry.enter", "entry.sign_out", "forms.by_link", "forms.give_code", "forms.answer_by_link"),
    *("forms.accounts_page", "forms.add_account", "forms.account_link", "forms.disable_account"),
    *("forms.enable_account", "forms.accounts_history", "forms.password_page", "forms.change_password"),
    *("forms.choose_page", "forms.choose_password", "forms.forgotten_page", "forms.forgotten"),
    "static",
}
"""The doors that name no record: what they show of any is asked of the same table, or comes by a link with its code."""


def test_a_new_door_is_declared_or_it_is_closed(app):
    known = {rule.endpoint for rule in app.url_map.iter_rules() if "reference" not in rule.arguments}
    assert known == WITHOUT_A_RECORD
    for rule in app.url_map.iter_rules():
        if "reference" in rule.arguments:
            assert app.view_functions[rule.endpoint].deed in NEEDS, rule.endpoint


def test_a_door_that_names_a_record_is_never_open_to_everybody(app, desk, monkeypatch):
    reference = desk.start(RECORDER)
    browser = Browser(app.test_client())
    browser.sign_in("pclo")
    assert browser.get(f"/records/{reference}").status == 200
    monkeypatch.setattr(app.view_functions["forms.record"], "deed", None)
    assert browser.get(f"/records/{reference}").status == 404
    assert app.test_client().get(f"/records/{reference}").status_code == 404


def test_a_deed_that_nobody_declared_is_withheld_from_everybody_but_nothing_else_is(desk, clock, people):
    clock.set(NOON)
    as_discussion(desk, 0)
    for deed in (Deed.LIST,):
        with pytest.raises(Withheld):
            desk.admit(REFERENCE, OF_THE_TEAM, deed)
    assert {*Deed} - {*NEEDS} == {Deed.LIST, Deed.IMPORT, Deed.GIVE_ACCOUNTS, Deed.KEEP_PASSWORD}


def test_the_words_of_a_record_that_is_withheld_say_neither_that_it_is_there_nor_that_it_is_not(app, desk, people):
    browser = Browser(app.test_client())
    browser.sign_in(OTHER_REVIEWER.login)
    page = browser.get("/records/SD-2027-0311")
    assert "‘SD-2027-0311’ is none of the records that are open to you." in page.words
    assert "The reference may be mistyped, or you are not on the list of those who need the record." in page.words
    assert "Check the reference." in page.words
    assert "If you need the record for your work, ask its recorder to put you on the circulation list." in page.words


def test_who_is_given_copies_is_told_so_where_the_whole_is_asked_for(app, desk, clock, people):
    clock.set(NOON)
    as_discussion(desk, 1)
    browser = Browser(app.test_client())
    browser.sign_in(REVIEWER_WITH_ACTION.login)
    page = browser.get(f"/records/{REFERENCE}")
    assert page.status == 403
    assert ONLY_COPIES in page.words
    assert ONLY_COPIES == (
        "You are given copies of this record and do not see the whole of it. "
        "If you need to, ask its recorder to enter you as somebody who took part."
    )


# ── Lists, search, counts ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("bring", "stage", "expected"), STAGES, ids=NAMES)
def test_a_list_shows_what_one_gets_to_and_how_far(desk, clock, people, bring, stage, expected):
    clock.set(NOON)
    reference = bring(desk, stage)
    for person, reaches in expected.items():
        assert desk.reach(reference, person) is reaches[stage], person.name
        listed = desk.records(person)
        assert [one.reference for one in listed] == [reference] * (reaches[stage] > Reach.NONE), person.name
        for one in listed:
            assert one.is_whole is (reaches[stage] is Reach.WHOLE), person.name
            assert one.is_whole or one.status != "draft", person.name
        drafts, closed = desk.records(person, status="draft"), desk.records(person, status="closed")
        assert len(drafts) + len(closed) == len(listed), person.name
        for one in closed:
            assert one.status in ("final", "withdrawn")


def test_a_page_of_a_list_is_full_though_others_have_newer_records(desk, clock, people):
    clock.set(NOON)
    for number in range(6):
        document = {**the_discussion(), "id": an_id(700 + number), "ref": f"SD-2027-{number}", "actions": []}
        if number % 2:
            document["professionals"] = a_discussion()["professionals"][1:]
            document["meeting"] = {**document["meeting"], "chair": "t2", "convened_by": "t2"}
            document["outcomes"] = []
        desk.import_document(json.dumps(document).encode(), administrator())
    found = [desk.records(CHAIR, most=2, after=after) for after in (0, 2)]
    assert [[one.reference for one in page] for page in found] == [["SD-2027-0", "SD-2027-2"], ["SD-2027-4"]]


def test_who_reads_a_briefing_finds_it_by_name_and_nobody_else_does(desk, clock, people):
    clock.set(NOON)
    reference = as_briefing(desk, 2)
    for person, reaches in BRIEFING.items():
        found = [one.reference for one in Issuing(desk).find(reference, person)]
        assert found == [reference] * (reaches[2] > Reach.NONE), person.name


@pytest.mark.parametrize("login", [OF_THE_TEAM.login, CHAIR.login, TOOK_PART.login])
def test_no_page_asks_the_database_more_often_with_three_hundred_records_than_with_five(
    app, desk, clock, people, login
):
    if not desk.store.is_sqlite:
        pytest.skip("the same statements run on both")
    clock.set(NOON)
    as_discussion(desk, 1)
    browser = Browser(app.test_client())
    browser.sign_in(login)
    pages = ("/", "/records", "/records?page=2", f"/records/{REFERENCE}/minutes.docx", "/find?q=marsh")
    counts = []
    for others in (5, 295):
        _add(desk, others)
        for page in pages:
            browser.client.get(page)
        counted = []
        for page in pages:
            with Statements(desk.store) as seen:
                assert browser.client.get(page).status_code == 200
            counted.append(len(seen.asked))
        counts.append(counted)
    assert counts[0] == counts[1]


def test_every_question_of_who_gets_where_is_answered_by_an_index(app, desk, clock, people):
    if not desk.store.is_sqlite:
        pytest.skip("PostgreSQL chooses by size, and these tables are small")
    clock.set(NOON)
    as_discussion(desk, 1)
    for login in (OF_THE_TEAM.login, CHAIR.login, TOOK_PART.login):
        browser = Browser(app.test_client())
        browser.sign_in(login)
        with Statements(desk.store) as seen:
            for page in ("/", "/find?q=marsh"):
                assert browser.client.get(page).status_code == 200
        scans = set()
        with desk.store.reading() as connection:
            for statement, parameters in seen.asked:
                if statement.startswith("SELECT"):
                    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                    steps = [row[3] for row in plan]
                    scans |= {one for one in steps if one.startswith(("SCAN record", "SCAN entitled"))}
                    scans |= {one for one in steps if one.endswith("(area_id=?)")}
        assert scans == set()


def _add(desk, number):
    """Add so many rows of records of the team, in which the chair and the officer are too."""
    with desk.store.writing() as connection:
        row = connection.execute(sa.select(record).where(record.c.ref == REFERENCE)).mappings().one()
        rows = connection.execute(sa.select(entitled).where(entitled.c.record_id == row["id"])).mappings().all()
        for one in range(number):
            new = an_id(10_000 + number * 1_000 + one).removeprefix("urn:uuid:")
            connection.execute(sa.insert(record).values({**row, "id": new, "ref": f"OT-{number}-{one}"}))
            connection.execute(sa.insert(entitled), [{**it, "record_id": new} for it in rows])


# ── Which copies ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("person", "reach", "copies"),
    [
        (CHAIR, Reach.WHOLE, {*Audience}),
        (REVIEWER_WITH_ACTION, Reach.COPY, {Audience.POLICE}),
        (TOOK_PART, Reach.COPY, {Audience.POLICE}),
        (LISTED, Reach.COPY, {Audience.DECISIONS}),
        (OWNER, Reach.COPY, {Audience.PARTNER}),
        (NOBODY, Reach.NONE, set()),
        (replace(OWNER, role=Role.GUEST), Reach.COPY, set()),
    ],
    ids=lambda one: getattr(one, "name", None),
)
def test_somebody_takes_the_copy_of_the_own_agency_or_the_decisions_if_so_listed(person, reach, copies):
    assert kinds(person, reach, build_document(the_discussion())) == copies


def test_who_is_listed_for_the_decisions_takes_no_other_copy(app, desk, clock, people):
    clock.set(NOON)
    as_discussion(desk, 1)
    browser = Browser(app.test_client())
    browser.sign_in(LISTED.login)
    assert browser.client.get(f"/records/{REFERENCE}/minutes.docx").status_code == 200
    for audience in set(Audience) - {Audience.DECISIONS}:
        answer = browser.client.get(f"/records/{REFERENCE}/minutes.docx?audience={audience}")
        assert answer.status_code in (403, 409), audience


# ── Drafts follow their people ───────────────────────────────────────────────────────────────────────────────────


def test_a_reviewer_gets_to_a_draft_once_entered_as_taking_part_and_no_longer_once_taken_out(desk, clock):
    clock.set(NOON)
    reference = desk.start(RECORDER)
    row = desk.add_row(reference, "professionals", RECORDER)
    assert desk.reach(reference, MANAGER) is Reach.NONE
    said = {"name": Answer(f"Ms {MANAGER.name.upper()}"), "agency": Answer("social_care")}
    desk.answer(reference, row.id, said, RECORDER)
    assert desk.reach(reference, MANAGER) is Reach.NONE
    desk.answer(reference, row.id, {"presence": Answer("invited_absent")}, RECORDER)
    assert desk.reach(reference, MANAGER) is Reach.WHOLE
    desk.answer(reference, row.id, {"presence": Answer("named")}, RECORDER)
    assert desk.reach(reference, MANAGER) is Reach.NONE
    desk.answer(reference, "meeting", {"chair": Answer(row.body["id"])}, RECORDER)
    assert desk.reach(reference, MANAGER) is Reach.WHOLE
    desk.answer(reference, "meeting", {"chair": Answer(None)}, RECORDER)
    assert desk.reach(reference, MANAGER) is Reach.NONE
    desk.answer(reference, row.id, {"presence": Answer("attended")}, RECORDER)
    assert [one.reference for one in desk.records(MANAGER)] == [reference]
    desk.remove_row(reference, row.id, RECORDER)
    assert desk.reach(reference, MANAGER) is Reach.NONE
    with pytest.raises(Withheld):
        desk.look(reference, MANAGER)
    desk.put_back_row(reference, row.id, RECORDER)
    assert desk.reach(reference, MANAGER) is Reach.WHOLE


def test_a_save_that_names_nobody_asks_nothing_more_of_the_table(desk, clock):
    clock.set(NOON)
    reference = desk.start(RECORDER)
    desk.answer(reference, "review", {"reason": Answer("First")}, RECORDER)
    with Statements(desk.store) as seen:
        desk.answer(reference, "review", {"reason": Answer("Second")}, RECORDER)
    about = [statement for statement, _ in seen.asked if "entitled" in statement]
    assert len(about) <= 1  # whether the writer may


def test_a_reviewer_who_began_a_record_sees_it_though_the_team_of_nobody_does(desk, clock):
    clock.set(NOON)
    desk.store.keep_account(OF_ANOTHER, None, demonstration=True)
    reference = desk.start(MANAGER)
    assert desk.reach(reference, MANAGER) is Reach.WHOLE
    assert desk.reach(reference, RECORDER) is desk.reach(reference, OF_ANOTHER) is Reach.NONE


def test_a_new_text_in_force_lets_in_its_own_people_and_no_longer_those_of_the_one_before(desk, clock, people):
    clock.set(NOON)
    as_discussion(desk, 2)
    owner = next(one for one in desk.look(REFERENCE, OF_THE_TEAM).rows("actions") if one.body.get("owner") == "t7")
    desk.answer(REFERENCE, owner.id, {"owner": Answer("t9"), "support": Answer(None)}, OF_THE_TEAM)
    assert desk.reach(REFERENCE, OWNER) is Reach.COPY
    assert desk.reach(REFERENCE, ONLY_NAMED) is Reach.NONE
    finalise_again(desk)
    assert desk.reach(REFERENCE, OWNER) is Reach.NONE
    assert desk.reach(REFERENCE, ONLY_NAMED) is Reach.COPY


def test_a_discussion_that_is_reconvened_leads_to_the_earlier_one_also_for_another_team(desk, clock, people):
    clock.set(NOON)
    as_discussion(desk, 1)
    assert desk.store.read(desk.reconvene(REFERENCE, CHAIR)).team == team_of(OF_THE_TEAM)
    let_in(desk, REFERENCE, OF_ANOTHER)
    reference = desk.reconvene(REFERENCE, OF_ANOTHER)
    assert desk.store.read(reference).team == team_of(OF_ANOTHER) != desk.store.read(REFERENCE).team
    assert [one.ref for one in desk.look(reference, OF_ANOTHER).earlier] == [REFERENCE]


def test_what_a_discussion_says_later_is_shown_only_to_who_sees_it(app, desk, clock, people):
    clock.set(NOON)
    as_discussion(desk, 1)
    reference = Issuing(desk).start(REFERENCE, OF_THE_TEAM)
    words = {"name": "Imo Vance", "agency": "social_care", "organisation": "Wexmere Council"}
    row = desk.add_row(reference, "professionals", OF_THE_TEAM, words)
    desk.answer(reference, "administration", {"commander": Answer(row.body["id"])}, OF_THE_TEAM)
    Versions(desk).reopen(REFERENCE, "The bedroom was seen.", OF_THE_TEAM)
    place = next(one for one in desk.look(REFERENCE, OF_THE_TEAM).rows("places"))
    desk.answer(REFERENCE, place.id, {"text": Answer("9 Heron Row, Wexmere (fictional)")}, OF_THE_TEAM)
    finalise_again(desk)
    shown = {}
    for person in (OF_THE_TEAM, OTHER_REVIEWER):
        browser = Browser(app.test_client())
        browser.sign_in(person.login)
        shown[person] = browser.get(f"/records/{reference}").words
    assert "9 Heron Row" in shown[OF_THE_TEAM]
    assert "9 Heron Row" not in shown[OTHER_REVIEWER]
    assert (
        "The discussion behind this has changed since it was taken from it, and is not open to you. "
        "Ask its recorder what is new."
    ) in shown[OTHER_REVIEWER]


# ── Whose a record is ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_record_that_comes_in_is_of_the_team_of_its_recorder_or_of_the_only_one_here(desk, store):
    desk.import_document(json.dumps(a_discussion()).encode(), administrator())
    assert store.read(REFERENCE).team == team_of(RECORDER)  # the only team that records here
    store.keep_account(OF_THE_TEAM, None, demonstration=True)
    for number, (changes, team) in enumerate(
        [({}, team_of(OF_THE_TEAM)), ({"provenance": {"live": True}}, ""), ({"provenance": {}}, team_of(RECORDER))]
    ):
        document = a_discussion(**{"id": an_id(50 + number), "ref": f"X-{number}", **changes})
        given = team_of(RECORDER) if number == 2 else None
        desk.import_document(json.dumps(document).encode(), administrator(), team=given)
        assert store.read(f"X-{number}").team == team


def test_a_record_of_no_team_is_seen_by_its_people_and_the_administrator_alone(desk, store, people, clock):
    clock.set(NOON)
    document = a_discussion(provenance={"live": True})
    desk.import_document(json.dumps(document).encode(), administrator())
    assert desk.reach(REFERENCE, OF_THE_TEAM) is Reach.NONE
    assert desk.reach(REFERENCE, CHAIR) is Reach.WHOLE
    assert desk.reach(REFERENCE, administrator()) is Reach.WHOLE


def test_an_administrator_says_whose_a_record_is_that_comes_in(accord, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(a_discussion()), encoding="utf-8")
    assert accord("demo").returncode == 0
    done = accord("import", "--team-of", "pclo", "a.json")
    assert (done.returncode, done.stdout) == (0, f"{REFERENCE} created\n")
    done = accord("import", "--team-of", "nobody", "a.json")
    assert (done.returncode, done.stderr) == (2, "There is no account ‘nobody’ here.\n")


def test_what_was_kept_before_is_filled_in_by_the_migration(tmp_path, clock):
    clock.set(NOON)
    from meetings.desk import Desk

    store = Store(f"sqlite:///{tmp_path / 'accord.db'}")
    migrate(store)
    store.make_area("Test area")
    for one in (administrator(), OF_THE_TEAM, CHAIR, OWNER, RECORDER, SERGEANT, OFFICER, COLLEAGUE):
        store.keep_account(one, None, demonstration=True)
    desk = Desk(store, clock)
    as_discussion(desk, 1)
    started = desk.start(RECORDER)
    reconvened = desk.reconvene(REFERENCE, CHAIR)
    briefing = as_briefing(desk, 2)

    def kept():
        with store.reading() as connection:
            rows = {tuple(row) for row in connection.execute(sa.select(entitled))}
            return rows, {tuple(row) for row in connection.execute(sa.select(record.c.ref, record.c.team))}

    before = kept()
    assert {one for one, _ in before[1]} == {REFERENCE, started, reconvened, briefing}
    from alembic import command
    from alembic.config import Config

    from meetings.store.database import MIGRATIONS

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0011")
    migrate(store)
    assert kept() == before
    store.close()


def test_an_asker_without_a_name_or_an_organisation_is_nobody_in_particular(desk):
    nameless = replace(NOBODY, name="Dr", organisation="")
    assert len({*asker_of(nameless).keys}) == 1
    assert team_of(nameless) == ""


def test_a_role_that_may_not_is_refused_before_the_record_is_looked_for(desk):
    with pytest.raises(NotAllowed):
        desk.admit("SD-2027-9999", OFFICER, Deed.SEE)
    with pytest.raises(NoSuchPart):
        desk.remove_row(desk.start(RECORDER), an_id(1), RECORDER)


def test_no_child_is_in_a_row_of_the_table(desk, store):
    desk.import_document(json.dumps(a_discussion(children=[a_child(name="Robin Marsh")])).encode(), administrator())
    with store.reading() as connection:
        rows = connection.execute(sa.select(entitled.c.key)).scalars().all()
    assert rows
    assert all(len(one) == 64 for one in rows)
