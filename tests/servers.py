"""What the tests borrow from the machine: PostgreSQL, Chromium, LibreOffice and others. What is missing is skipped."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
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


def _softhsm() -> Path | None:
    if _first("softhsm2-util") is None:
        return None
    places = ("/usr/lib/softhsm", "/usr/lib/*/softhsm", "/usr/local/lib/softhsm")
    return next((found for place in places for found in sorted(Path("/").glob(f"{place[1:]}/libsofthsm2.so"))), None)


FINDERS: dict[str, tuple[Any, str]] = {
    "postgres": (_postgres_folder, "a PostgreSQL server (package postgresql)"),
    "chromium": (lambda: _first(*CHROMIUM), "the browser Chromium (package chromium)"),
    "libreoffice": (lambda: _first("soffice", "libreoffice"), "LibreOffice Writer (package libreoffice-writer)"),
    "xmlsec1": (lambda: _first("xmlsec1"), "xmlsec1 (package xmlsec1)"),
    "softhsm2": (_softhsm, "a token in software, SoftHSM (package softhsm2)"),
    "openssl": (lambda: _first("openssl"), "OpenSSL (package openssl)"),
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
def private_postgres(*, durable: bool = False) -> Iterator[str]:
    """Run a PostgreSQL of our own on a private socket and yield the address of a fresh database on it.

    Tests need none of what they wrote after a power cut; a benchmark of saving does.

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
        options = f"-c listen_addresses='' -c unix_socket_directories='{socket}'"
        options += "" if durable else " -c fsync=off -c full_page_writes=off"
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


def _office(*commands: Sequence[str], **environ: str) -> None:
    """Run LibreOffice once for each command, with a profile of its own; its exit code is 0 whatever happens."""
    office = needs("libreoffice")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for arguments in commands:
            subprocess.run(
                [office, f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", *arguments],
                check=True,
                capture_output=True,
                timeout=300,
                env={**os.environ, **environ},
            )
            # The first start fills the profile, and would write over a macro that was there before it.
            for name, content in _BASIC.items():
                (Path(profile) / "user" / "basic" / name).write_text(content, encoding="utf-8")


def word_to_pdf(*words: Path) -> Path:
    """Let LibreOffice open Word files and print each as PDF beside it; return the last."""
    for word in words:
        word.with_suffix(".pdf").unlink(missing_ok=True)
    _office(["--convert-to", "pdf", "--outdir", str(words[0].parent), *map(str, words)])
    for word in words:
        assert word.with_suffix(".pdf").exists(), f"LibreOffice could not read {word.name}"
    return words[-1].with_suffix(".pdf")


_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE {0}:{1} PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "{1}.dtd">\n'
)
_LIBRARY = 'xmlns:library="http://openoffice.org/2000/library"'
_BASIC = {
    "script.xlc": f"""{_HEAD.format("library", "libraries")}<library:libraries {_LIBRARY}>
<library:library library:name="Standard" library:link="false"/></library:libraries>""",
    "Standard/script.xlb": f"""{_HEAD.format("library", "library")}<library:library {_LIBRARY} library:name="Standard"
 library:readonly="false" library:passwordprotected="false">
<library:element library:name="Seals"/></library:library>""",
    "Standard/Seals.xba": f"""{_HEAD.format("script", "module")}<script:module
 xmlns:script="http://openoffice.org/2000/script" script:name="Seals" script:language="StarBasic">
Sub Check
  Dim zipped(0) As New com.sun.star.beans.PropertyValue
  Dim place, storages, checker, opened, found, word, channel, position
  place = Environ("SEALED_FILES")
  channel = FreeFile
  Open place &amp; "/verdicts.txt" For Output As #channel
  zipped(0).Name = "StorageFormat"
  zipped(0).Value = "ZipFormat"
  storages = createUnoService("com.sun.star.embed.StorageFactory")
  checker = createUnoService("com.sun.star.security.DocumentDigitalSignatures")
  word = Dir(place &amp; "/*.docx", 0)
  Do While word &lt;&gt; ""
    opened = storages.createInstanceWithArguments(Array(ConvertToURL(place &amp; "/" &amp; word), 1, zipped()))
    found = checker.verifyDocumentContentSignatures(opened, Nothing)
    For position = 0 To UBound(found)
      Print #channel, word &amp; ":" &amp; found(position).SignatureIsValid
    Next
    word = Dir()
  Loop
  Close #channel
End Sub
</script:module>""",
}
"""A macro that writes what LibreOffice says of each signature: it has no other way to say so without a window."""


def office_verdicts(folder: Path) -> dict[str, list[bool]]:
    """Let LibreOffice judge the signatures of every Word file in a folder; return its answers by file name."""
    _office(["--terminate_after_init"], ["macro:///Standard.Seals.Check"], SEALED_FILES=str(folder))
    found: dict[str, list[bool]] = {}
    for line in (folder / "verdicts.txt").read_text(encoding="utf-8").split():
        name, _, answer = line.partition(":")
        found.setdefault(name, []).append(answer == "True")
    return found


def xmlsec_verdict(folder: Path, signature: str) -> tuple[int, bool, list[tuple[int, int]]]:
    """Let xmlsec1 judge one signature of an unpacked Word file: exit code, whether it says OK, and its two counts.

    The counts are (right, all) of what is signed inside the signature, and of the list of parts.
    """
    tool = needs("xmlsec1")
    content = (folder / signature).read_text(encoding="utf-8")
    command = [tool, "--verify", "--insecure", "--enabled-reference-uris", "same-doc,local,remote"]
    for kind in ("http://www.w3.org/2000/09/xmldsig#:Object", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"):
        command += ["--id-attr:Id", kind]
    for uri in re.findall(r'Reference URI="(/[^"]*)"', content):
        command += [f"--url-map:{uri}", str(folder / uri.partition("?")[0].removeprefix("/"))]
    done = subprocess.run([*command, str(folder / signature)], capture_output=True, text=True, check=False, timeout=60)
    said = done.stdout + done.stderr
    counts = [(int(ok), int(total)) for ok, total in re.findall(r"References \(ok/all\): (\d+)/(\d+)", said)]
    return done.returncode, "OK" in said.split(), counts


def pdf_to_png(pdf: Path, resolution: int = 80) -> list[Path]:
    """Return the pages of a PDF as pictures beside it."""
    subprocess.run(
        ["pdftoppm", "-r", str(resolution), "-png", str(pdf), str(pdf.with_suffix(""))], check=True, timeout=120
    )
    return sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))


def pdf_to_text(pdf: Path) -> list[str]:
    """Return the text of each page of a PDF."""
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, timeout=120, capture_output=True)
    return done.stdout.decode().split("\f")
