"""People who save at the same moment share a commit; what one of them does wrong is nobody else's loss."""

from __future__ import annotations

import json
import threading
import time
import uuid
from contextlib import contextmanager
from contextvars import ContextVar

import pytest

from forms.demonstration import PEOPLE
from meetings.desk import Answer, Desk, administrator
from meetings.history import is_unbroken
from meetings.parts import value_at
from meetings.questions import Kind
from meetings.store import Store, migrate
from meetings.store.committing import Together
from tests.makers import a_discussion


class Book:
    """A book with one writer at a time, whose commits can be held up; what was not committed is not in it."""

    def __init__(self):
        self.pages: list[str] = []
        self.commits = 0
        self.may_commit = threading.Event()
        self.may_commit.set()
        self.is_committing = threading.Event()

    @contextmanager
    def open(self):
        """Lend a sheet that becomes pages of the book if all goes well."""
        sheet: list[str] = []
        yield sheet
        self.is_committing.set()
        assert self.may_commit.wait(10)
        self.pages += sheet
        self.commits += 1


@pytest.fixture
def book():
    return Book()


@pytest.fixture
def together(book):
    return Together(book.open)


def _writing(text):
    def change(sheet):
        sheet.append(text)
        return text.upper()

    return change


def _at_once(together, changes):
    """Do changes in a thread each; return what each of them got, and the threads."""
    got: dict[str, object] = {}

    def ask(name, change):
        try:
            got[name] = together.do(change)
        except Exception as problem:  # noqa: BLE001  # the test looks at it
            got[name] = problem

    threads = [threading.Thread(target=ask, args=one) for one in changes.items()]
    for one in threads:
        one.start()
    return got, threads


def _held_up(book, together):
    """Begin a save whose commit waits, and return its thread: whoever comes now has to wait for it."""
    book.may_commit.clear()
    _, (first,) = _at_once(together, {"first": _writing("first")})
    assert book.is_committing.wait(10)
    return first


def _until_they_wait(together, number):
    for _ in range(1000):
        if len(together._waiting) == number:
            return
        time.sleep(0.005)
    raise AssertionError("they did not come")


def test_those_who_come_while_one_commits_are_kept_by_one_commit_in_the_order_in_which_they_came(book, together):
    first = _held_up(book, together)
    threads, answers = [], []
    for number in range(8):
        got, started = _at_once(together, {f"{number}": _writing(f"note {number}")})
        _until_they_wait(together, number + 1)
        threads += started
        answers.append(got)
    assert not any(answers), "nobody is answered before the commit"

    book.may_commit.set()
    for one in [first, *threads]:
        one.join(10)

    assert book.pages == ["first", *(f"note {number}" for number in range(8))]
    assert book.commits == 2
    assert [found for got in answers for found in got.values()] == [f"NOTE {number}" for number in range(8)]


def test_one_who_may_not_save_is_told_so_and_the_others_are_kept(book, together):
    def refused(sheet):
        sheet.append("half of something")
        raise PermissionError("Your role may not record.")

    first = _held_up(book, together)
    got, threads = _at_once(together, {"a": _writing("a"), "b": refused, "c": _writing("c")})
    _until_they_wait(together, 3)
    book.may_commit.set()
    for one in [first, *threads]:
        one.join(10)

    assert sorted(book.pages) == ["a", "c", "first"]
    assert (got["a"], got["c"], str(got["b"])) == ("A", "C", "Your role may not record.")


def test_a_commit_that_fails_is_told_to_the_one_who_waits_for_it_and_the_next_one_is_kept(together, book):
    book.may_commit.wait = lambda _seconds: False
    with pytest.raises(AssertionError):
        together.do(_writing("lost"))
    del book.may_commit.wait
    assert together.do(_writing("kept")) == "KEPT"
    assert book.pages == ["kept"]


def test_a_change_done_by_another_thread_is_done_in_the_name_of_the_one_who_asked(book, together):
    who: ContextVar[str] = ContextVar("who")
    done: list[tuple[str, str, int]] = []

    def save(name):
        who.set(name)
        together.do(lambda _sheet: done.append((name, who.get(), threading.get_ident())))

    first = _held_up(book, together)
    threads = [threading.Thread(target=save, args=(name,)) for name in ("Samina", "Imelda", "Sunil")]
    for one in threads:
        one.start()
    _until_they_wait(together, 3)
    book.may_commit.set()
    for one in [first, *threads]:
        one.join(10)

    assert sorted((asked, saved) for asked, saved, _ in done) == [(n, n) for n in ("Imelda", "Samina", "Sunil")]
    assert len({thread for *_, thread in done}) == 1


def test_forty_people_who_save_fifty_times_each_lose_nothing(book, together):
    def save(name):
        for number in range(50):
            assert together.do(_writing(f"{name} {number}")) == f"{name} {number}".upper()

    threads = [threading.Thread(target=save, args=(f"p{one}",)) for one in range(40)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)

    assert len(book.pages) == 2000
    for one in range(40):
        mine = [page for page in book.pages if page.startswith(f"p{one} ")]
        assert mine == [f"p{one} {number}" for number in range(50)]


# ── On real databases, with two processes' worth of connections ──────────────────────────────────────────────────


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def two_desks(request, tmp_path, clock, hashed):
    """Two desks that know nothing of each other, at one database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'accord.db'}"
    else:
        url = request.getfixturevalue("postgres_tables")
    stores = [Store(url), Store(url)]
    migrate(stores[0])
    for person in [administrator(), *PEOPLE]:
        stores[0].make_area("Where this test is")
        stores[0].keep_account(person, hashed, demonstration=True)
    yield [Desk(one, clock) for one in stores]
    for one in stores:
        one.close()


def test_eight_people_at_two_servers_write_one_record_at_once_and_every_word_and_line_is_kept(two_desks, recorder):
    document = {**a_discussion(), "id": f"urn:uuid:{uuid.uuid4()}", "ref": f"SD-2031-{time.time_ns() % 10**6:06}"}
    reference, *_ = two_desks[0].import_document(json.dumps(document).encode(), administrator())
    layout = two_desks[0].look(reference, administrator()).layout
    fields = [
        (section, path)
        for section in layout.sections
        for path, asked in layout.answers_of(section).items()
        if asked.asked and asked.kind is Kind.TEXT and not asked.many
    ][:8]
    assert len({section for section, _ in fields}) > 1
    before = len(two_desks[0].store.lines_of(reference))
    problems: list[BaseException] = []

    def write(number, section, path):
        try:
            for time_of_it in range(12):
                answers = {path: Answer(f"Told by person {number}, part {time_of_it}")}
                assert not two_desks[number % 2].answer(reference, section, answers, recorder)
        except BaseException as problem:  # noqa: BLE001  # the test looks at it
            problems.append(problem)

    threads = [threading.Thread(target=write, args=(number, *one)) for number, one in enumerate(fields)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)

    assert not problems
    record = two_desks[1].look(reference, administrator())
    for number, (section, path) in enumerate(fields):
        assert value_at(record.part(section).body, path) == f"Told by person {number}, part 11"
    lines = two_desks[1].store.lines_of(reference)
    assert is_unbroken(lines)
    assert len(lines) == before + 12 * len(fields)
