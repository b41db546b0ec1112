"""What a newcomer and an auditor expect of the repository itself."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
TOP = {
    ".ci",
    ".editorconfig",
    ".gitignore",
    "CHANGELOG.md",
    "README.md",
    "app.py",
    "docs",
    "exports",
    "forms",
    "meetings",
    "migrations",
} | {*("pyproject.toml", "requirements-dev.txt", "requirements.txt", "run.py", "static", "templates", "tests")}


@pytest.fixture(scope="module")
def files():
    """Every file that git tracks or would."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("This needs a git checkout.")
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_the_top_of_the_repository_holds_what_was_agreed(files):
    assert {file.parts[0] for file in files} <= TOP


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_hashes_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    for block in re.split(r"\n(?=\w)", text.strip()):
        assert "--hash=sha256:" in block, block[:60]


def test_the_product_lock_is_part_of_the_developers_lock():
    pins = [set(re.findall(r"^([\w.\-]+==\S+)", (ROOT / name).read_text(), re.MULTILINE)) for name in LOCKS]
    assert pins[0] <= pins[1]


def test_what_is_installed_is_what_the_lock_names():
    text = (ROOT / LOCKS[1]).read_text(encoding="utf-8")
    wrong = []
    for name, version, marker in re.findall(r"^([\w.\-]+)==(\S+)(?: ; (.*?))? \\", text, re.MULTILINE):
        if marker:  # for another system, or another Python
            continue
        if importlib.metadata.version(name) != version:
            wrong.append(name)
    assert wrong == []


def test_no_lock_that_records_addresses_is_tracked(files):
    assert not {"uv.lock", "pylock.toml", "package-lock.json"} & {file.name for file in files}


def test_no_file_names_the_host_of_a_package_registry(files):
    hosts = [  # put together here, so that this file passes too
        ".".join(parts)
        for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("debian", "org"))
    ]
    named = []
    for file in files:
        text = (ROOT / file).read_bytes().decode("utf-8", errors="ignore")
        named += [(str(file), host) for host in hosts if host in text]
    assert named == []


def test_nothing_is_loaded_from_elsewhere_and_no_mark_of_gov_uk_is_shipped():
    for file in (one for one in (ROOT / "static").rglob("*") if one.is_file()):
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".css":
            assert "GDS Transport" not in text
            assert "crest" not in text
            assert "url(" not in text
    for file in (ROOT / "templates").iterdir():
        assert "http" not in file.read_text(encoding="utf-8"), file


def test_the_readme_holds_the_two_commands_and_pictures_that_are_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python3 run.py\n" in text
    assert "python3 run.py test\n" in text
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert len(pictures) == 2
    for picture in pictures:
        assert (ROOT / picture).is_file()
    assert len(text.split()) <= 200, "it is read in a minute"


def test_the_full_check_can_be_started():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "run.py test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_run_py_needs_nothing_but_python():
    imported = re.findall(r"^\s*(?:import|from) (\w+)", (ROOT / "run.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(imported) <= sys.stdlib_module_names
