"""What the tests borrow from the machine: PostgreSQL, Chromium, LibreOffice. What is missing is skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _first(*names: str) -> str | None:
    return next((found for found in map(shutil.which, names) if found), None)


def _postgres_folder() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = _first("initdb")
    return next(
        (one for one in (*folders, *([Path(on_path).parent] if on_path else [])) if (one / "initdb").exists()), None
    )


FINDERS: dict[str, tuple[Any, str]] = {
    "postgres": (_postgres_folder, "a PostgreSQL server (package postgresql)"),
    "chromium": (lambda: _first(*CHROMIUM), "the browser Chromium (package chromium)"),
    "libreoffice": (lambda: _first("soffice", "libreoffice"), "LibreOffice Writer (package libreoffice-writer)"),
    "xmlsec1": (lambda: _first("xmlsec1"), "xmlsec1 (package xmlsec1)"),
}


def needs(name: str) -> Any:
    """Return what was found; skip the test with a sentence if it is not there, or fail it if it is required."""
    find, words = FINDERS[name]
    found = find()
    if found is None:
        sentence = f"This needs {words}, which is not on this machine."
        if name in os.environ.get("ACCORD_REQUIRE", "").split(","):
            pytest.fail(f"{sentence} ACCORD_REQUIRE names {name}.")
        pytest.skip(sentence)
    return found


def _as_somebody_else(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: let its own user, or nobody, run it."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={_somebody()}", "--clear-groups", f"--regid={_somebody()}", *command]


def _somebody() -> int:
    import pwd  # not there on Windows, where nobody is root

    known = {one.pw_name: one.pw_uid for one in pwd.getpwall()}
    return known.get("postgres", known.get("nobody", 65534))


@contextmanager
def private_postgres() -> Iterator[str]:
    """Run a PostgreSQL of our own on a private socket and yield the address of a fresh database on it.

    It listens on no network address, so that no test can ever talk to somebody else's server. If TEST_DATABASE_URL
    names a server, that one is used, but never the database it names: tests empty the one they are given.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        with fresh_database(given) as address:
            yield address
        return
    folder = needs("postgres")
    # /tmp, not TMPDIR: the path of a socket has room for about 100 characters.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp", ignore_cleanup_errors=True) as home:
        data, socket = Path(home) / "data", Path(home) / "s"
        socket.mkdir()
        if os.geteuid() == 0:
            for path in (Path(home), socket):
                os.chown(path, _somebody(), _somebody())
        _call([str(folder / "initdb"), "-D", str(data), "-U", "accord", "-A", "trust", "-E", "UTF8", "--no-sync"])
        options = f"-c listen_addresses='' -c unix_socket_directories='{socket}' -c fsync=off -c full_page_writes=off"
        start = [str(folder / "pg_ctl"), "-D", str(data), "-o", options, "-w", "-l", str(Path(home) / "log"), "start"]
        try:
            _call(start)
            shown = _call(
                [
                    str(folder / "psql"),
                    "-h",
                    str(socket),
                    "-U",
                    "accord",
                    "-d",
                    "postgres",
                    "-Atc",
                    "show data_directory",
                ]
            )
            assert Path(shown.strip()).resolve() == data.resolve(), "this is not our own server"
            with fresh_database(f"postgresql+psycopg://accord@/postgres?host={socket}") as address:
                yield address
        finally:
            if (data / "postmaster.pid").exists():  # also when it did not start in time, or the tests failed
                _call([str(folder / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop"])


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """Make an empty database on the server behind an address, yield its own address, and drop it in the end."""
    url = sa.make_url(server)
    name = f"accord_test_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"drop database {name} with (force)"))
        engine.dispose()


def _call(command: list[str]) -> str:
    environ = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        _as_somebody_else(command), capture_output=True, text=True, check=False, timeout=120, env=environ, cwd="/"
    )
    if done.returncode != 0:
        pytest.fail(f"{Path(command[0]).name} failed: {done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def browser() -> Iterator[Any]:
    """Run a headless Chromium and yield it."""
    from playwright.sync_api import sync_playwright

    executable = needs("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_ARGUMENTS))
        try:
            yield chromium
        finally:
            chromium.close()


def word_to_pdf(word: Path) -> Path:
    """Let LibreOffice open a Word file and print it as PDF beside it."""
    office = needs("libreoffice")
    pdf = word.with_suffix(".pdf")
    pdf.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        subprocess.run(
            [
                office,
                f"-env:UserInstallation=file://{profile}",
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                str(word.parent),
                str(word),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
    assert pdf.exists(), f"LibreOffice could not read {word.name}"  # its exit code is 0 all the same
    return pdf


def pdf_to_png(pdf: Path, resolution: int = 80) -> list[Path]:
    """Return the pages of a PDF as pictures beside it."""
    subprocess.run(
        ["pdftoppm", "-r", str(resolution), "-png", str(pdf), str(pdf.with_suffix(""))], check=True, timeout=120
    )
    return sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))
