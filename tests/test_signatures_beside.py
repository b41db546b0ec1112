"""Every data file that leaves a final record, by whichever door, has a signature beside it that holds."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from exports.issued import Issue
from exports.keys import Seal
from exports.verdicts import Verdict
from exports.verify import trusted_here, verify
from exports.verify_trust import read_folder
from meetings.audience import CopyRefused
from tests.copying import NAMES, SCENARIOS, a_copy
from tests.sealing import DAY, FROZEN, the_authority
from tests.test_handing import issued, listed, take  # noqa: F401  # fixtures
from tests.test_verify_command import final  # noqa: F401  # a fixture
from tests.test_verify_page import REFERENCE, final_record  # noqa: F401  # a fixture

LATER = FROZEN + 60 * DAY
"""When a file is checked: after every text of the scenarios was frozen."""


def holds(files, trust, certificates, now=LATER):
    """Check every data file among these by the signature beside it; return the names of the data files."""
    data = [name for name in files if name.endswith(".json")]
    for name in data:
        assert f"{name}.jws" in files, f"{name} left without a signature"
        result = verify(files[name], trust, jws=files[f"{name}.jws"], certificates=certificates, now=now)
        assert (result.verdict, result.exit_code) == (Verdict.UNCHANGED, 0), name
    signatures = {name.removesuffix(".jws") for name in files if name.endswith(".jws")}
    assert signatures == set(data), "no signature is alone"
    return data


@pytest.mark.parametrize(("name", "document", "meeting", "history"), SCENARIOS, ids=NAMES)
def test_each_copy_of_each_scenario(name, document, meeting, history):
    signer = the_authority().signer()
    for audience in ("full", "police", "social_care", "partner", "decisions"):
        issue = Issue(a_copy(document, audience, history), lambda: Seal(signer))
        try:
            files = issue.files(children=audience == "full")
        except CopyRefused:
            continue
        data = holds(files, [the_authority().certificate], [signer.certificate])
        assert "actions.json" in data
        if audience == "full":
            children = [one["id"] for one in document["children"] if one.get("subject")]
            assert {f"child-{one}.json" for one in children} <= set(data)


def test_the_folder_that_the_command_line_writes(final, tmp_path):  # noqa: F811  # a fixture
    assert final("export", "--children", "--to", "out", REFERENCE).returncode == 0
    files = {one.name: one.read_bytes() for one in (tmp_path / "out").iterdir()}
    trust = trusted_here(tmp_path / "instance", production=False)
    data = holds(files, trust, read_folder(tmp_path / "instance" / "certificates"))
    assert len([name for name in data if name.startswith("child-")]) > 0
    paths = [f"out/{name}" for name in data]
    checked = final("verify", *paths)
    assert (checked.returncode, len(checked.stdout.splitlines())) == (0, len(data))


def _data_addresses(app, **filled):
    """Return every address under which a browser gets a data file of a record."""
    rules = [one for one in app.url_map.iter_rules() if one.endpoint.startswith("exports.")]
    addresses = [one.rule for one in rules if one.rule.endswith(".json")]
    for name, value in filled.items():
        addresses = [one.replace(f"<path:{name}>", value).replace(f"<{name}>", value) for one in addresses]
    assert not [one for one in addresses if "<" in one], "say what is asked for there"
    return addresses


def test_each_download_of_a_browser(final_record, app, at_work):  # noqa: F811  # a fixture
    instance = Path(app.config["INSTANCE"])
    addresses = _data_addresses(app, reference=REFERENCE, child="c1")
    assert len(addresses) >= 3
    files = {}
    for address in addresses:
        for one in (address, f"{address}.jws"):
            answer = at_work.client.get(one)
            assert answer.status_code == 200, one
            files[one] = answer.data
    holds(files, trusted_here(instance, production=False), read_folder(instance / "certificates"))


def test_the_page_of_a_final_record_leads_to_the_signature_of_each_data_file_it_leads_to(final_record, at_work):  # noqa: F811
    page = at_work.get(f"/records/{REFERENCE}")
    links = [one["href"] for one in page.soup.select("a[href]")]
    data = [one for one in links if ".json" in one and ".json.jws" not in one]
    assert len(data) > 2
    for one in data:
        assert one.replace(".json", ".json.jws") in links, one


def test_the_archive_of_each_recipient_of_a_briefing(browser, app, issued, listed):  # noqa: F811  # fixtures
    browser.sign_in("sergeant")
    instance = Path(app.config["INSTANCE"])
    for recipient in listed:
        with zipfile.ZipFile(io.BytesIO(take(browser, issued, recipient, "files").data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        now = app.extensions["accord"].now()
        assert holds(files, trusted_here(instance, production=False), read_folder(instance / "certificates"), now)
