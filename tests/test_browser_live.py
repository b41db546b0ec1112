"""Recording live in a real browser: nothing typed is lost, whatever happens to network, server, session or window."""

from __future__ import annotations

import time

import pytest

from forms.demonstration import PASSWORD
from meetings.desk import Answer, administrator
from tests.windows import wait_until

pytestmark = pytest.mark.browser


# ── Saving by itself ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_field_is_saved_a_second_after_the_last_key_and_the_line_tells_the_truth(window, kept):
    mine = window()
    page = mine.open("/steps/closing")
    assert page.inner_text("#saved") == "Everything is saved as you type"
    mine.field("reason").fill("")
    page.keyboard.type("The school will know more")
    assert page.inner_text("#saved") == "Not saved yet"
    assert "will know more" not in kept()["review"].get("reason", "")
    mine.saved(3)
    assert kept()["review"]["reason"] == "The school will know more"
    assert page.inner_text("#said").startswith("Saved ")
    assert page.evaluate("document.activeElement.name").endswith(":reason")


def test_somebody_who_types_without_a_pause_is_saved_all_the_same(window, kept):
    mine = window()
    page = mine.open("/steps/closing")
    mine.field("reason").fill("")
    page.keyboard.type("word " * 35, delay=30)
    assert kept()["review"]["reason"].startswith("word word")


def test_what_was_typed_and_taken_back_at_once_is_not_called_unsaved(window):
    mine = window()
    page = mine.open("/steps/closing")
    mine.field("reason").focus()
    page.keyboard.press("End")
    page.keyboard.type("x")
    assert page.inner_text("#saved") == "Not saved yet"
    page.keyboard.press("Backspace")
    assert page.inner_text("#saved") == "Everything is saved as you type"


def test_an_answer_changed_back_while_it_is_on_its_way_is_kept_as_it_stands(window, kept):
    mine = window()
    page = mine.open("/steps/open")
    held = []
    page.route("**/parts/meeting", lambda route: route.continue_() if held else held.append(route))
    page.locator('[name="meeting:mode"][value="telephone"]').check(force=True)
    wait_until(lambda: page.wait_for_timeout(100) or held)
    page.locator('[name="meeting:mode"][value="video"]').check(force=True)
    held[0].continue_()
    wait_until(lambda: page.wait_for_timeout(100) or kept()["meeting"]["mode"] == "video")
    mine.saved(6)
    assert page.locator('[name="meeting:mode"][value="video"]').is_checked()


def test_leaving_a_field_saves_it_and_shows_how_it_was_read(window, kept):
    mine = window()
    page = mine.open("/steps/closing")
    mine.field("next_at").fill("3 Feb 2028 5pm")
    page.keyboard.press("Tab")
    mine.saved(2)
    page.wait_for_function("() => document.querySelector('[name=\"review:next_at\"]').value === '3/2/2028 17:00'")
    assert kept()["review"]["next_at"] == "2028-02-03T17:00:00+00:00"
    mine.field("next_at").fill("31/2/28")
    page.keyboard.press("Tab")
    page.get_by_text("‘31/2/28’ is not a date and time.").first.wait_for()
    described = mine.field("next_at").get_attribute("aria-describedby").split()
    assert "review:next_at-problem" in described
    assert "next_at" not in kept()["review"]
    page.reload()
    assert mine.field("next_at").input_value() == "31/2/28"


def test_a_choice_is_saved_at_once_and_opens_what_it_calls_for(window, kept):
    mine = window()
    page = mine.open("/steps/referral")
    page.locator('[name="discussion:concerns"][value="missing"]').check(force=True)
    mine.saved(2)
    assert "missing" in kept()["concerns"]
    page = mine.open("/steps/people")
    row = page.locator("details.accord-row").first
    row.locator("summary").first.click()
    row.locator('[name$=":presence"][value="invited_absent"]').check(force=True)
    row.locator('[name$=":reason"]').wait_for(timeout=5000)
    assert row.get_attribute("open") is not None


def test_what_is_decided_for_a_child_is_saved_under_the_child(window, kept):
    mine = window()
    page = mine.open("/children/c1")
    mine.field("analysis").fill("Two bruises, one explanation")
    page.keyboard.press("Tab")
    mine.saved(3)
    assert kept()["outcomes"][0]["analysis"] == "Two bruises, one explanation"


def test_a_row_is_added_typed_moved_and_removed_without_leaving_the_page(window, kept):
    mine = window()
    page = mine.open("/steps/actions")
    before = len(kept()["actions"])
    page.get_by_role("button", name="Add an action").click()
    page.wait_for_function(
        "number => document.getElementById('said').textContent === `Row ${number} added`", arg=before + 1
    )
    page.keyboard.type("Ring the school")
    mine.saved(4)
    wait_until(lambda: kept()["actions"][-1].get("text") == "Ring the school")
    assert len(kept()["actions"]) == before + 1
    assert page.evaluate("document.activeElement.name").endswith(":text")
    page.keyboard.press("Tab")
    page.locator("details.accord-row summary", has_text="Ring the school").wait_for()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Alt+ArrowUp")
    wait_until(lambda: kept()["actions"][-2].get("text") == "Ring the school")
    assert page.evaluate("document.activeElement.name").endswith(":text")
    row = page.locator("details.accord-row", has_text="Ring the school").first
    row.get_by_role("button", name="Remove").click()
    wait_until(lambda: len(kept()["actions"]) == before)
    page.wait_for_function("() => document.activeElement.localName === 'summary'")
    page.wait_for_function("() => document.getElementById('said').textContent.startsWith('Removed: ')")


def test_a_row_removed_by_mistake_is_put_back_where_it_was_with_all_that_stood_in_it(window, kept):
    mine = window()
    page = mine.open("/steps/actions")
    before = kept()["actions"]
    row = page.locator("details.accord-row").first
    if row.get_attribute("open") is None:
        row.locator("summary").first.click()
    row.get_by_role("button", name="Remove").click()
    wait_until(lambda: len(kept()["actions"]) == len(before) - 1)
    line = page.locator(".accord-removed")
    assert line.inner_text().startswith("Removed: 1.")
    page.keyboard.press("Alt+z")
    mine.saved()
    wait_until(lambda: len(kept()["actions"]) == len(before) and kept()["actions"][0].get("text") == before[0]["text"])
    wait_until(lambda: kept()["actions"] == before)  # its number too: people have written it down
    assert page.locator(".accord-removed").count() == 0
    page.reload()
    assert page.locator("details.accord-row").count() == len(before)


# ── Long lists ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def lines(server, reference):
    """The ids of the 24 lines of information of the record: of so many, only what is opened comes with its fields."""
    desk = server.desk()
    for number in range(20):
        added = desk.add_row(reference, "information/lines", administrator())
        desk.answer(reference, added.id, {"text": Answer(f"Line {number}")}, administrator())
    return [one.id for one in desk.look(reference, administrator()).rows("information/lines")]


def _with_fields(page):
    return page.eval_on_selector_all(
        "details.accord-row",
        "rows => rows.filter((one) => one.querySelector('[data-part]')).map((one) => one.id.slice(4))",
    )


def test_a_row_of_a_long_list_that_is_in_hand_shows_what_others_write_in_it(window, server, reference, lines, kept):
    page = window().open(f"/steps/information?open={lines[9]}")
    assert _with_fields(page) == [lines[9]]
    server.desk().answer(reference, lines[9], {"text": Answer("Hers")}, administrator())
    text = page.locator(f'[name="{lines[9]}:text"]')
    page.wait_for_function("one => one.value === 'Hers'", arg=text.element_handle(), timeout=8000)
    server.desk().answer(reference, lines[3], {"text": Answer("In a closed row")}, administrator())
    page.locator("details.accord-row summary", has_text="In a closed row").wait_for(timeout=8000)
    assert _with_fields(page) == [lines[9]]
    assert len(kept()["information"]["lines"]) == 24


def test_what_moved_between_drawing_the_page_and_the_first_question_is_shown_too(window, server, reference, lines):
    mine, changed = window(), []

    def change_first(route):
        if not changed:
            changed.append(server.desk().answer(reference, lines[3], {"text": Answer("Meanwhile")}, administrator()))
        route.continue_()

    mine.page.route("**/changes?*", change_first)
    page = mine.open("/steps/information")
    page.locator("details.accord-row summary", has_text="Meanwhile").wait_for(timeout=8000)
    assert changed


def test_rows_are_added_to_a_long_list_moved_and_left_without_leaving_the_page(window, server, reference, lines, kept):
    mine = window()
    page = mine.open("/steps/information")
    assert _with_fields(page) == []
    add = page.locator('button[value="add:information/lines"]')
    for words in ("First new", "Second new"):
        add.click()
        page.locator('details.accord-row[open] [name$=":text"]').last.click()
        page.keyboard.type(words)
        page.keyboard.press("Tab")
        mine.saved()
        wait_until(lambda words=words: kept()["information"]["lines"][-1].get("text") == words)
    new = [one.id for one in server.desk().look(reference, administrator()).rows("information/lines")][24:]
    server.desk().answer(reference, new[1], {"text": Answer("Second, hers")}, administrator())
    text = page.locator(f'[name="{new[1]}:text"]')
    page.wait_for_function("one => one.value === 'Second, hers'", arg=text.element_handle(), timeout=8000)
    page.wait_for_function("() => document.querySelectorAll('details.accord-row [data-part]').length === 1")
    assert _with_fields(page) == new[1:], "what was left is a line again"
    page.locator("details.accord-row summary", has_text="First new").wait_for()
    text.focus()
    page.keyboard.press("Alt+ArrowUp")
    wait_until(lambda: kept()["information"]["lines"][-2].get("text") == "Second, hers")
    first = page.locator("details.accord-row", has_text="First new")
    first.locator("summary").first.click()
    first.get_by_role("button", name="Save and open").click()
    page.wait_for_selector(f'[name="{new[0]}:text"]')
    page.locator(f'details[id="row:{new[0]}"]').get_by_role("button", name="Remove").click()
    wait_until(lambda: len(kept()["information"]["lines"]) == 25)
    assert [one.get("text") for one in kept()["information"]["lines"]][4:] == [
        *(f"Line {number}" for number in range(20)),
        "Second, hers",
    ]


def test_a_list_that_grows_long_under_an_open_page_keeps_the_row_that_is_typed_in(
    window, server, reference, lines, kept
):
    desk = server.desk()
    for one in lines[20:]:
        desk.remove_row(reference, one, administrator())
    mine = window()
    page = mine.open("/steps/information")
    assert len(_with_fields(page)) == 20
    row = page.locator(f'details[id="row:{lines[6]}"]')
    row.locator("summary").first.click()
    text = page.locator(f'[name="{lines[6]}:text"]')
    text.fill("I am writing")
    desk.add_row(reference, "information/lines", administrator())
    page.wait_for_function("() => document.querySelectorAll('details.accord-row').length === 21", timeout=8000)
    page.wait_for_function(
        "() => document.querySelectorAll('details.accord-row [data-part]').length === 1", timeout=8000
    )
    assert text.input_value() == "I am writing"
    page.keyboard.type(" on")
    page.keyboard.press("Tab")
    mine.saved(4)
    assert kept()["information"]["lines"][6]["text"] == "I am writing on"
    assert len(kept()["information"]["lines"]) == 21


# ── Two recorders ────────────────────────────────────────────────────────────────────────────────────────────────


def _both_in_one_action(window):
    mine, hers = window(), window("manager")
    for one in (mine, hers):
        page = one.open("/steps/actions")
        row = page.locator("details.accord-row").first
        if row.get_attribute("open") is None:
            row.locator("summary").first.click()
    return mine, hers


def test_two_people_in_different_fields_of_one_row_never_meet(window, kept):
    mine, hers = _both_in_one_action(window)
    hers.field("detail").fill("Her detail")
    mine.field("text").fill("My words")
    for one in (mine, hers):
        one.page.keyboard.press("Tab")
        one.saved(3)
    action = kept()["actions"][0]
    assert (action["detail"], action["text"]) == ("Her detail", "My words")
    assert mine.page.locator(".accord-clash").count() == hers.page.locator(".accord-clash").count() == 0


def _clash(window):
    mine, hers = _both_in_one_action(window)
    mine.field("text").click()
    mine.page.keyboard.press("End")
    mine.page.keyboard.type(" and mine")
    hers.field("text").fill("Her words & <b>hers</b>")
    hers.page.keyboard.press("Tab")
    hers.saved(3)
    mine.page.locator(".accord-clash").wait_for(timeout=5000)
    assert mine.page.inner_text("#saved") == "Somebody else changed this too: choose which text stays"
    shown = mine.page.inner_text(".accord-clash")
    assert "Imelda Fairbrother wrote: ‘Her words & <b>hers</b>’" in shown
    assert "Your text is still here and not saved yet." in shown
    mine.page.wait_for_function("() => document.getElementById('said').textContent.includes('Both texts are kept')")
    return mine, hers


def test_the_same_field_shows_both_texts_and_both_can_stay(window, kept):
    mine, _ = _clash(window)
    own = mine.field("text").input_value()
    mine.page.get_by_role("button", name="Keep both").click()
    mine.saved(3)
    assert kept()["actions"][0]["text"] == f"Her words & <b>hers</b>\n{own}"
    assert mine.page.evaluate("document.activeElement.name").endswith(":text")


def test_of_two_texts_one_can_be_chosen_and_the_other_is_not_lost(window, kept, server, reference):
    mine, hers = _clash(window)
    own = mine.field("text").input_value()
    mine.page.get_by_role("button", name="Take theirs").click()
    mine.page.wait_for_function(
        "() => [...document.querySelectorAll('textarea')].some((one) => one.value.startsWith('Her words'))"
    )
    assert kept()["actions"][0]["text"] == "Her words & <b>hers</b>"

    def set_aside():
        lines = server.desk().history(reference, administrator())
        return [one.detail["text"] for one in lines if one.what.endswith("text set aside")]

    wait_until(lambda: set_aside() == [own])

    hers.field("text").fill("Once more")
    mine.field("text").fill("Mine stays")
    hers.page.keyboard.press("Tab")
    hers.saved(3)
    mine.page.get_by_role("button", name="Keep mine").click()
    mine.saved(3)
    assert kept()["actions"][0]["text"] == "Mine stays"


def test_what_another_writes_appears_within_five_seconds_and_moves_neither_focus_nor_page(window):
    mine, hers = _both_in_one_action(window)
    mine.field("detail").click()
    mine.page.keyboard.type("I am writing")
    mine.saved(3)
    before = mine.page.evaluate("[document.activeElement.name, document.activeElement.selectionStart, scrollY]")
    hers.field("text").fill("Her line\nand another\nand a third")
    hers.page.keyboard.press("Tab")
    mine.page.wait_for_function(
        "() => [...document.querySelectorAll('textarea')].some((one) => one.value.startsWith('Her line'))", timeout=5000
    )
    after = mine.page.evaluate("[document.activeElement.name, document.activeElement.selectionStart, scrollY]")
    assert after[:2] == before[:2]
    assert abs(after[2] - before[2]) < 120
    hers.page.get_by_role("button", name="Add an action").click()
    hers.page.keyboard.type("A new row of hers")
    mine.page.locator("details.accord-row", has_text="A new row of hers").wait_for(timeout=6000)
    assert mine.page.evaluate("document.activeElement.name") == before[0]


def test_what_another_does_is_said_aloud_once_and_never_what_one_did_oneself(window):
    mine, hers = window(), window("manager")
    page = mine.open("/steps/closing")
    heard = page.evaluate(
        """() => { window.heard = []; const said = document.getElementById('said');
            new MutationObserver(() => { if (said.textContent) window.heard.push(said.textContent); })
              .observe(said, { childList: true, characterData: true, subtree: true }); return window.heard; }"""
    )
    assert heard == []
    hers.open("/steps/closing")
    page.wait_for_function("() => document.getElementById('here').textContent.includes('Imelda')", timeout=8000)
    mine.field("contingencies").fill("Mine")
    page.keyboard.press("Tab")
    mine.saved(5)
    page.wait_for_timeout(3000)
    assert not any("Imelda" in one for one in page.evaluate("window.heard"))

    def heard_of(deed):
        page.wait_for_function(
            "deed => window.heard.some((one) => one.startsWith(`Imelda Fairbrother ${deed}: `))", arg=deed, timeout=8000
        )

    hers.field("reason").fill("Her reason")
    hers.page.keyboard.press("Tab")
    heard_of("changed")
    before = page.locator("details.accord-row").count()
    hers.page.get_by_role("button", name="Add a dissent").click()
    heard_of("added a row")
    hers.page.locator("details.accord-row").nth(before).get_by_role("button", name="Remove").click()
    heard_of("removed")


def test_who_is_in_the_record_and_where_is_shown(window):
    mine, hers = window(), window("manager")
    mine.open("/steps/closing")
    hers.open("/steps/actions")
    mine.page.wait_for_function(
        "() => document.getElementById('here').textContent === 'Also here: Imelda Fairbrother, at Actions'",
        timeout=6000,
    )
    hers.page.goto(hers.server.address)
    mine.page.wait_for_function("() => document.getElementById('here').hidden", timeout=6000)


def test_a_page_that_was_asked_for_before_a_save_never_puts_back_what_stood_there(window, kept):
    mine = window()
    page = mine.open("/steps/actions")
    page.wait_for_timeout(500)
    held = []
    page.route("**/steps/actions*", lambda route: route.continue_() if held else held.append((route, route.fetch())))
    page.locator("details.accord-row").first.evaluate("one => { one.open = true; }")
    page.locator('[name$=":kind"][value="standing_instruction"]').first.focus()
    page.keyboard.press("Space")
    wait_until(lambda: page.wait_for_timeout(100) or held)
    mine.field("detail").fill("Typed while the page was on its way")
    page.keyboard.press("Tab")
    wait_until(lambda: kept()["actions"][0].get("detail") == "Typed while the page was on its way")
    mine.saved(5)
    ((route, answer),) = held
    route.fulfill(response=answer)
    page.wait_for_timeout(1500)
    assert mine.field("detail").input_value() == "Typed while the page was on its way"


# ── Nothing is lost ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_network_that_is_gone_for_ten_minutes_loses_nothing(window, kept):
    mine = window()
    mine.page.clock.install()
    page = mine.open("/steps/actions")
    page.wait_for_timeout(500)
    mine.context.set_offline(True)
    mine.field("detail").fill("Typed without a network")
    page.clock.run_for(3000)
    mine.says("Not saved yet, trying again")
    assert page.inner_text("#said") == "Not saved yet, trying again"
    page.get_by_role("button", name="Add an action").click()
    page.keyboard.type("A row made without a network")
    page.clock.run_for(3000)
    for _ in range(10):
        page.clock.fast_forward("01:00")
    assert page.inner_text("#saved") == "Not saved yet, trying again"
    mine.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.run_for(15000)
    wait_until(lambda: kept()["actions"][-1].get("text") == "A row made without a network")
    assert kept()["actions"][0]["detail"] == "Typed without a network"


def test_two_thousand_characters_are_all_there_though_the_server_is_killed_five_times(window, server, kept):
    mine = window()
    page = mine.open("/steps/closing")
    text = "".join(f"{number:04} the quick child " for number in range(100))[:2000]
    assert len(text) == 2000
    mine.field("reason").fill("")
    mine.field("reason").click()
    for piece in range(5):
        page.keyboard.type(text[piece * 400 : piece * 400 + 200], delay=2)
        server.kill()
        page.keyboard.type(text[piece * 400 + 200 : piece * 400 + 400], delay=2)
        server.start()
    mine.saved(25)
    assert kept()["review"]["reason"] == text


def test_a_session_that_ended_is_renewed_without_leaving_the_page(window, kept, server):
    mine = window()
    page = mine.open("/steps/closing")
    mine.context.clear_cookies()
    mine.field("reason").click()
    page.keyboard.type("Typed after the session had ended")
    mine.says("Signed out: sign in to go on, your text is here", 4)
    assert page.locator("#door").is_visible()
    assert page.evaluate("document.activeElement.name").endswith(":reason")
    page.fill("#door-password", "wrong")
    page.get_by_role("button", name="Sign in and save").click()
    page.get_by_text("That name and password do not belong together.").wait_for()
    page.fill("#door-password", PASSWORD)
    page.get_by_role("button", name="Sign in and save").click()
    mine.saved(6)
    assert kept()["review"]["reason"].endswith("Typed after the session had ended")
    assert page.locator("#door").is_hidden()
    mine.field("reason").press("End")
    page.keyboard.type(" and on")
    mine.saved()
    assert kept()["review"]["reason"].endswith("had ended and on")


def test_signed_out_and_in_again_in_another_tab_the_page_goes_on_by_itself(window, kept):
    mine = window()
    page = mine.open("/steps/closing")
    other = mine.context.new_page()
    other.goto(mine.server.address)
    other.get_by_role("button", name="Sign out").click()
    other.fill("#login", "pclo")
    other.fill("#password", PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.get_by_role("button", name="Sign out").wait_for()
    mine.field("reason").fill("Still the same person")
    page.keyboard.press("Tab")
    mine.saved(4)
    assert kept()["review"]["reason"] == "Still the same person"


def test_what_one_person_typed_is_never_sent_in_the_name_of_another(window, kept):
    mine = window()
    page = mine.open("/steps/closing")
    other = mine.context.new_page()
    other.goto(mine.server.address)
    other.get_by_role("button", name="Sign out").click()
    other.fill("#login", "manager")
    other.fill("#password", PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.get_by_role("button", name="Sign out").wait_for()
    before = kept()["review"].get("reason")
    mine.field("reason").fill("Whose words are these")
    page.keyboard.press("Tab")
    mine.says("Somebody else signed in here: your text is in this page and not sent", 4)
    assert kept()["review"].get("reason") == before
    page.fill("#door-password", PASSWORD)
    page.get_by_role("button", name="Sign in and save").click()
    mine.saved(6)
    assert kept()["review"]["reason"] == "Whose words are these"


@pytest.mark.parametrize("leaving", ["back", "reload", "close"])
def test_leaving_with_the_last_word_unsaved_warns_and_has_saved_it(window, kept, leaving):
    mine = window()
    mine.open("/steps/people")
    page = mine.open("/steps/closing")
    other = mine.context.new_page()
    warned = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    mine.field("reason").fill("")
    mine.field("reason").click()
    page.keyboard.type("The very last word")
    if leaving == "back":
        page.go_back()
    elif leaving == "reload":
        page.reload()
    else:
        page.close(run_before_unload=True)
    wait_until(lambda: kept()["review"].get("reason") == "The very last word")
    other.wait_for_timeout(500)
    assert warned == ["beforeunload"]


def test_a_laptop_that_slept_sends_what_was_typed_when_it_wakes(window, kept):
    mine = window()
    page = mine.open("/steps/closing")
    tools = mine.context.new_cdp_session(page)
    mine.field("reason").fill("Typed just before the lid closed")
    tools.send("Page.setWebLifecycleState", {"state": "frozen"})
    time.sleep(2)
    tools.send("Page.setWebLifecycleState", {"state": "active"})
    mine.saved(6)
    assert kept()["review"]["reason"] == "Typed just before the lid closed"


def test_a_button_of_the_page_first_saves_what_was_typed(window, kept):
    mine = window()
    page = mine.open("/steps/closing")
    mine.field("reason").fill("Typed and gone on at once")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/steps/circulation")
    assert kept()["review"]["reason"] == "Typed and gone on at once"
    assert page.locator(".govuk-error-summary").count() == 0


def test_nothing_that_was_typed_is_kept_in_the_browser(window):
    mine = window()
    page = mine.open("/steps/closing")
    mine.field("reason").fill("Only in memory")
    mine.saved(3)
    held = page.evaluate(
        """async () => [JSON.stringify(localStorage), JSON.stringify(sessionStorage),
                         JSON.stringify(await indexedDB.databases()), JSON.stringify(await caches.keys())]"""
    )
    assert held == ["{}", "{}", "[]", "[]"]
    answer = page.request.get(page.url)
    assert answer.headers["cache-control"] == "no-store"


def test_a_record_that_became_final_says_so_and_keeps_the_text_on_the_page(window, server, reference):
    mine = window()
    page = mine.open("/steps/closing")
    with server.desk().store.open(reference, administrator(), server.desk().now()) as draft:
        from meetings.vocabulary import DocumentStatus

        draft.status = DocumentStatus.FINAL
        draft.note("meeting:record:finalised")
    mine.field("reason").fill("A word too late")
    page.keyboard.press("Tab")
    page.wait_for_function("() => /final/.test(document.getElementById('saved').textContent)", timeout=6000)
    assert mine.field("reason").input_value() == "A word too late"
    page.on("dialog", lambda dialog: dialog.accept())


# ── Keys, and what is seen and heard ─────────────────────────────────────────────────────────────────────────────


def test_every_key_is_listed_under_a_question_mark_and_single_keys_can_be_turned_off(window):
    mine = window()
    page = mine.open("/steps/actions")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.locator("#keys").wait_for()
    shown = page.inner_text("#keys")
    for words in ("Alt + N", "Alt + ↑, Alt + ↓", "Esc", "Add a row to the list you are in"):
        assert words in shown
    page.get_by_label("Turn off keys that are a single character").check(force=True)
    page.keyboard.press("Escape")
    page.locator("#keys").wait_for(state="hidden")
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.locator("#keys").is_hidden()
    page.keyboard.press("Alt+n")
    page.wait_for_function("document.activeElement.name?.endsWith(':text')")
    page.keyboard.type("By keys alone ?")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.localName") == "summary"
    mine.saved(4)


def test_axe_finds_nothing_in_any_state_of_the_page_in_either_colours(window, at_browser):
    from axe_playwright_python.sync_playwright import Axe

    for colours in ("none", "active"):
        mine = window(bypass_csp=True, forced_colors=colours)
        axe = Axe()

        def look(page, axe=axe):
            found = axe.run(page)
            assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"

        page = mine.open("/steps/actions")
        page.get_by_role("button", name="Add an action").click()
        page.keyboard.type("A row")
        mine.saved(4)
        look(page)
        page.locator('details.accord-row[open] button[value^="remove:"]').click()
        page.locator(".accord-removed").wait_for()
        look(page)
        page.keyboard.press("Alt+z")
        mine.saved()
        page.fill("#quick-line", "a police: check PNC")
        page.locator("#quick [role=option]").first.wait_for()
        look(page)
        page.fill("#quick-line", "?")
        page.wait_for_selector("#quick-help tbody tr")
        look(page)
        page.fill("#quick-line", "")
        mine.field("deadline/due_at").fill(f"31/2/28 {colours}")
        page.keyboard.press("Tab")
        told = page.locator('[data-field$=":deadline/due_at"] .govuk-error-message', has_text=f"‘31/2/28 {colours}’")
        told.first.wait_for(state="attached")
        look(page)
        page.locator("#show-keys").click()
        look(page)
        page.keyboard.press("Escape")
        mine.context.clear_cookies()
        mine.field("text").fill(f"Signed out, {colours}")
        page.keyboard.press("Tab")
        page.locator("#door").wait_for()
        look(page)
        page.fill("#door-password", PASSWORD)
        page.get_by_role("button", name="Sign in and save").click()
        mine.saved(6)
        both, _ = _clash(lambda login="pclo", colours=colours: window(login, bypass_csp=True, forced_colors=colours))
        look(both.page)
        both.page.get_by_role("button", name="Keep mine").click()
        both.saved()
