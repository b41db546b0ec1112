"""The way out from the command line: export and rules. What they write is fixed by the contract."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import click

from exports.actions import actions_json, record_json
from exports.copies import Copy
from exports.extracts import child_docx, child_json, children_of
from exports.guide import rules_page
from exports.paper import PaperIncomplete
from exports.papers import word_file
from meetings.audience import CopyRefused, UnknownAudience, file_name, reader
from meetings.desk import Desk, Exportable, administrator
from meetings.documents import kind_of
from meetings.people import NotAllowed
from meetings.store import NoSuchMeeting
from meetings.vocabulary import Audience


def copy_of(source: Exportable, audience: str) -> Copy:
    """Return the copy of a record for an audience (`police`, `parent:a1`). Raises UnknownAudience."""
    return Copy(
        document=source.document,
        reader=reader(audience),
        profile=source.profile,
        history=source.history,
        content_sha256=source.content_sha256,
        made_elsewhere=source.made_elsewhere,
        state=source.state,
    )


def files_of(copy: Copy, *, children: bool = False) -> dict[str, bytes]:
    """Return the files of a copy by name; if asked, with extracts. Raises CopyRefused, PaperIncomplete."""
    minutes = word_file(copy)
    name = file_name(copy.document, copy.reader, "docx")
    files = {
        f"{kind_of(copy.whole).stem}.docx": minutes,
        "actions.json": actions_json(copy, hashlib.sha256(minutes).hexdigest(), name),
    }
    if copy.reader.audience is Audience.FULL and copy.reader.person is None:
        files["record.json"] = record_json(copy)
    for child in children_of(copy) if children else ():
        files[f"child-{child}.docx"] = child_docx(copy, child)
        files[f"child-{child}.json"] = child_json(copy, child)
    return files


@click.command("export")
@click.option("--now", metavar="T", help="Fix the clock, for tests and training.")
@click.option("--audience", default="full", metavar="A[:PERSON]", help="For whom: full, police, partner, parent:a1 …")
@click.option("--to", "folder", default=".", metavar="DIR", help="Folder to write into; made if missing.")
@click.option("--children", is_flag=True, help="Also an extract for each child, in Word and as data.")
@click.option("--version", "version", type=int, help="An earlier final version.")
@click.argument("reference")
@click.pass_context
def export_command(
    context: click.Context,
    now: str | None,
    audience: str,
    folder: str,
    children: bool,
    version: int | None,
    reference: str,
) -> None:
    """Write the minutes, the actions and, for the full copy, the record itself."""
    desk: Desk = context.obj.desk(context.obj.clock(now))
    try:
        reader(audience)
        source = desk.export(reference, administrator(), version)
        files = files_of(copy_of(source, audience), children=children)
        desk.give_out(source, audience, files, administrator())
    except (CopyRefused, PaperIncomplete) as refused:
        click.echo(str(refused), err=True)
        context.exit(1)
    except (NoSuchMeeting, NotAllowed, UnknownAudience) as refused:
        click.echo(str(refused), err=True)
        context.exit(2)
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
            click.echo(str(Path(folder) / name))
    except OSError as problem:
        click.echo(f"The files cannot be written: {problem.strerror}.", err=True)
        context.exit(2)


@click.command("rules")
def rules_command() -> None:
    """Print the rulebook."""
    click.echo(rules_page(), nl=False)


COMMANDS: tuple[Any, ...] = (export_command, rules_command)
"""What this door adds to the command line."""
