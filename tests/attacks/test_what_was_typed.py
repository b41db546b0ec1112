"""What was typed meant something else: a time to another as an offset, a grandmother born in nineteen years."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import pytest
from werkzeug.datastructures import MultiDict

from exports.papers import word_file
from forms.asking import PartForm
from forms.deadlines import next_day_of
from forms.reading import Ambiguous
from forms.room import Room
from meetings.calendar import local
from meetings.desk import Answer
from tests.copying import a_copy
from tests.makers import a_discussion
from tests.test_briefing_scenarios import read as briefing
from tests.test_quick_line import NOW as WEDNESDAY
from tests.test_quick_line import read, taken

NOW = local(datetime.fromisoformat("2026-11-26T12:30:00+00:00"))


def a_field(part, path, typed):
    return PartForm(part, None, (path,), Room(NOW), formdata=MultiDict({f"{part}:{path}": typed}))[path]


@pytest.mark.parametrize(
    "typed", ["27/11/2026 10:00-11:00", "27/3/2026 14:00-15:30", "Fri 10:00-11:00", "2026-11-27 10:00-11:00"]
)
def test_a_time_to_another_is_no_offset_in_a_field(typed):
    field = a_field("meeting", "started_at", typed)
    assert field.answer() == Answer(unread=typed)
    field.look()
    assert "Is that 1" in field.problem


def test_a_time_to_another_is_no_offset_in_a_quick_line():
    asked = read("r Friday 10:00-11:00 because the medical will be known")
    assert not asked.is_ready
    assert asked.says == (
        "‘Friday 10:00-11:00’ says two times. Is that 10:00 to 11:00? Use 5/2/2027 10:00 or 5/2/2027 11:00."
    )
    assert [one.line for one in asked.asks[0].completions] == [
        "r 5/2/2027 10:00 because the medical will be known",
        "r 5/2/2027 11:00 because the medical will be known",
    ]
    asked = read("a Finch: see Robin by 5/2/2027 14:00-15:30")
    assert asked.says == (
        "‘5/2/2027 14:00-15:30’ says two times. Is that 14:00 to 15:30? Use 5/2/2027 14:00 or 5/2/2027 15:30."
    )
    for one in asked.asks[0].completions:
        assert read(one.line).is_ready
    with pytest.raises(Ambiguous):
        next_day_of("Fri 10:00–11:00", WEDNESDAY)


@pytest.mark.parametrize(
    ("line", "born"),
    [
        ("f Edna Marsh, grandmother of Robin, 3/2/45", "1945-02-03"),
        ("f Edna Marsh, grandmother of Robin, born on 3/2/45", "1945-02-03"),
        ("f Edna Marsh, grandmother of Robin, \u200e03/02/45", "1945-02-03"),
        ("f Edna Marsh, grandmother of Robin, 3\u20112\u201145", "1945-02-03"),
        ("c Bryn Marsh 4/5/18 m", "2018-05-04"),
        ("c Bryn Marsh \u200e4/5/2018\u200e m", "2018-05-04"),
        ("c Bryn Marsh 4–5–2018 m", "2018-05-04"),
        ("c Bryn Marsh 2018-05-04", "2018-05-04"),
    ],
)
def test_a_birth_is_never_to_come_in_a_quick_line(line, born):
    assert taken(read(line))[1]["born_on"] == born


def test_a_birth_is_said_with_the_age_and_a_due_date_stays_to_come():
    assert read("f Edna Marsh, grandmother of Robin, 3/2/45").says == (
        "Adult of the family Edna Marsh, grandmother of Robin, born 3/2/1945 (82 years old)."
    )
    assert read("c Bryn Marsh 4/12/2026 m").says == (
        "Child Bryn Marsh, born 4/12/2026 (1 month old), male: decided about here."
    )
    assert taken(read("u Lowe due 3/2/28"))[1]["due_on"] == "2028-02-03"


@pytest.mark.parametrize(
    ("part", "typed"), [("adults", "3/2/45"), ("children", "3/2/45"), ("adults", "\u200e03/02/1945")]
)
def test_a_birth_is_never_to_come_in_a_field(part, typed):
    field = a_field(part, "born_on", typed)
    assert field.answer() == Answer(value="1945-02-03")
    assert field.note == "81 years old"


def _properties(package):
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return opened.read("docProps/core.xml").decode()


def test_the_properties_of_a_word_file_say_universal_time_in_summer_too():
    minutes = a_discussion()
    minutes["provenance"]["recorded_at"] = "2031-07-04T15:45:00+01:00"
    sheet = briefing("CLC-IIM-2031-0133")
    sheet["provenance"]["recorded_at"] = "2031-07-04T15:45:00+01:00"
    sheet.get("integrity", {}).pop("frozen_at", None)
    for document in (minutes, sheet):
        properties = _properties(word_file(a_copy(document)))
        assert properties.count("2031-07-04T14:45:00Z") == 2  # created and modified
        assert "15:45" not in properties


@pytest.mark.parametrize("year", ["0001-01-01T00:30:00+01:00", "9999-12-31T23:30:00-01:00"])
def test_a_moment_at_the_ends_of_time_breaks_no_properties(year):
    minutes = a_discussion()
    minutes["provenance"]["recorded_at"] = year
    assert word_file(a_copy(minutes))


def test_a_double_click_makes_one_record_and_one_row(at_work, desk, recorder):
    page = at_work.get("/")
    sent = {**page.fields(page.soup.select_one(".accord-start")), "type": "initial"}
    places = {at_work.client.post("/records", data=sent).location for _ in range(2)}
    assert len(places) == 1
    assert len(desk.records(recorder)) == 1
    path = places.pop().rpartition("/")[0] + "/adults"
    sent = {**at_work.get(path).fields(), "do": "add:adults"}
    for _ in range(2):
        at_work.client.post(path, data=sent)
    assert len(desk.look(desk.records(recorder)[0].reference, recorder).rows("adults")) == 1
