"""The way out from the command line: export, verify, rulebook, stages. What they write is fixed by the contract."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click
from cryptography.hazmat.primitives import hashes

from exports.copies import Copy, CopySlip
from exports.guide import rules_page, stages_page
from exports.issued import FindSeal, Issue, NoSeal
from exports.proof import PaperIncomplete
from exports.renewing import RENEW_WITHIN, Beside, Kept, NotRenewed, Renewal, renew
from exports.report import CannotReport, Checked, place_for, sealed_report, shown_path, write_report
from exports.standalone import standalone_verifier
from exports.timestamp import NoTimeStamp, time_stamp
from exports.unzip import NotReadable
from exports.verdicts import Asked, Result, Verdict
from exports.verify import Register as Asks
from exports.verify import trust_named, trusted_here, verify_files
from exports.verify_trust import NoCertificates, Trust, name_of, read_folder
from meetings.access import check_reader, require_whole_record
from meetings.audience import WHOLE_RECORD, CopyRefused, UnknownAudience, reader_in
from meetings.desk import Desk, administrator
from meetings.drafts import Refusal
from meetings.outgoing import Exportable
from meetings.people import Account, NotAllowed
from meetings.register import Entry, Register, Shelf
from meetings.store import NoSuchMeeting, Shelved, Unreachable
from meetings.vocabulary import Audience


def copy_of(source: Exportable, audience: str, slip: CopySlip | None = None) -> Copy:
    """Return the copy of a record for an audience (`police`, `parent:a1`). Raises UnknownAudience, CopyRefused."""
    return Copy(
        document=source.document,
        reader=reader_in(audience, source.document),
        profile=source.profile,
        history=source.history,
        content_sha256=source.content_sha256,
        made_elsewhere=source.made_elsewhere,
        state=source.state,
        slip=slip,
    )


def issue_of(
    desk: Desk,
    source: Exportable,
    audience: str,
    find_seal: FindSeal,
    slip: CopySlip | None = None,
    *,
    by: Account,
) -> Issue:
    """Return a copy on its way out, whose files are kept as they leave.

    Raises UnknownAudience; NotAllowed or CopyRefused if this account may not have such a copy.
    """
    copy = copy_of(source, audience, slip)
    check_reader(by, desk.reach(source.document["ref"], by), copy.reader, copy.whole)
    return Issue(copy, find_seal, _shelf(desk, source, str(copy.reader)), now=desk.now)


def whole_record_of(desk: Desk, source: Exportable, find_seal: FindSeal, *, by: Account) -> Issue:
    """Return the whole record on its way out as data. Raises NotAllowed for who has no right to all of it."""
    require_whole_record(by, desk.reach(source.document["ref"], by))
    whole = copy_of(source, Audience.FULL)
    return Issue(whole, find_seal, _shelf(desk, source, WHOLE_RECORD), is_whole_record=True, now=desk.now)


def _shelf(desk: Desk, source: Exportable, reader_of_files: str) -> Callable[[str], Shelf]:
    def shelf(drawn_from: str) -> Shelf:
        which = Shelved(source.document["ref"], source.document["version"], reader_of_files, "", drawn_from)
        return Shelf(desk.store, desk.now, which)

    return shelf


def asking(register: Register) -> Asks:
    """Return what asks a register about a checked file, and has no answer where it cannot be reached."""

    def ask(result: Result) -> Asked | None:
        try:
            entry = entry_of(register, result)
        except Unreachable:
            return None
        return Asked(entry.as_json(), entry.sealed_here, entry.report is not None, entry)

    return ask


def entry_of(register: Register, result: Result) -> Entry:
    """Return what a register knows of a checked file: by the file's hash, or by a seal that was made here."""
    if result.verdict is not Verdict.UNCHANGED or result.digest is None:
        return register.entry(result.sha256)
    return register.entry(result.sha256, [one.certificate_sha256 for one in result.seals], result.digest)


RECORD_ALONE = "The whole record is written by itself: leave out --audience and --children. Nothing was written."


@click.command("export")
@click.option("--now", metavar="T", help="Fix the clock, for tests and training.")
@click.option("--as", "login", metavar="ACCOUNT", help="In whose name; without it the local administrator.")
@click.option("--audience", metavar="A[:PERSON]", help="For whom: full (if left out), police, partner, parent:a1 …")
@click.option("--record", is_flag=True, help="The whole record as data and nothing else, for who may have all of it.")
@click.option("--to", "folder", default=".", metavar="DIR", help="Folder to write into; made if missing.")
@click.option("--children", is_flag=True, help="Also an extract for each child, in Word and as data.")
@click.option("--version", "version", type=int, help="An earlier final version.")
@click.argument("reference")
@click.pass_context
def export_command(
    context: click.Context,
    now: str | None,
    login: str | None,
    audience: str | None,
    record: bool,
    folder: str,
    children: bool,
    version: int | None,
    reference: str,
) -> None:
    """Write the minutes and the actions of one copy, or the whole record as data."""
    desk: Desk = context.obj.desk(context.obj.clock(now))
    try:
        by = desk.account_of(login) if login is not None else administrator()
        if record and (audience is not None or children):
            raise CopyRefused(RECORD_ALONE)
        if record:
            require_whole_record(by)
        source = desk.export(reference, by, version)
        if record:
            files, given_as = whole_record_of(desk, source, context.obj.find_seal, by=by).files(), WHOLE_RECORD
        else:
            issue = issue_of(desk, source, audience or Audience.FULL, context.obj.find_seal, by=by)
            files, given_as = issue.files(children=children), str(issue.copy.reader)
        desk.give_out(source, given_as, files, by)
    except (CopyRefused, PaperIncomplete, NotAllowed) as refused:
        click.echo(str(refused), err=True)
        context.exit(1)
    except (NoSuchMeeting, Refusal, UnknownAudience, NoSeal, NoTimeStamp) as refused:
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


@click.command("verify")
@click.option("--trust", "signers", multiple=True, metavar="CA.pem", help="Believe these, not what is trusted here.")
@click.option("--trust-stamps", "stamps", multiple=True, metavar="CA.pem", help="The same for time stamps.")
@click.option("--revoked", multiple=True, metavar="CRL", help="The same for lists of revoked certificates.")
@click.option("--report", metavar="FILE.docx", help="Also write a sealed report, one page for each file.")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.pass_context
def verify_command(
    context: click.Context,
    signers: tuple[str, ...],
    stamps: tuple[str, ...],
    revoked: tuple[str, ...],
    report: str | None,
    files: tuple[str, ...],
) -> None:
    """Say whether sealed files are as they were sealed; no account, network or database is needed.

    Where the register of this installation can be reached, it is asked too.
    """
    settings = context.obj.settings
    try:
        here = Trust()
        if not (signers and stamps and revoked):
            here = trusted_here(settings.instance, production=settings.production, folder=settings.trust)
        trust = trust_named(here, signers, stamps, revoked)
        certificates = read_folder(settings.instance / "certificates")
    except NoCertificates as problem:
        click.echo(str(problem), err=True)
        context.exit(2)
    now, register = settings.now(), context.obj.register()
    if report is None:
        context.exit(verify_files(files, trust, certificates, asking(register), now))
    checked: list[Checked] = []

    def keep(file: str, found: Result | NotReadable) -> None:
        checked.append(Checked(file, found))

    try:
        place = place_for(report)
        seal = context.obj.find_seal()  # before anything is checked: without a key there is no report
        code = verify_files(files, trust, certificates, asking(register), now, keep)
        made = sealed_report(checked, seal, now, settings.address)
        write_report(place, made, register, now)
    except (CannotReport, NoSeal, NoTimeStamp) as refused:
        click.echo(f"{refused} No report was written.", err=True)
        context.exit(2)
    click.echo(f"The report is in {shown_path(report)}.", err=True)
    context.exit(code)


@click.command("verifier")
@click.option("--to", "file", default="accord-verify.py", metavar="FILE", help="Where to write it.")
@click.pass_context
def verifier_command(context: click.Context, file: str) -> None:
    """Write the check of sealed files as one file, which runs without an installation."""
    try:
        Path(file).write_text(standalone_verifier(), encoding="utf-8")
    except OSError as problem:
        click.echo(f"{file} cannot be written: {problem.strerror}.", err=True)
        context.exit(2)
    click.echo(file)


@click.command("init-signing")
@click.pass_context
def init_signing_command(context: click.Context) -> None:
    """Make the demonstration authority, if there is no key yet, and say what this installation seals with."""
    try:
        seal = context.obj.find_seal()
    except NoSeal as problem:
        click.echo(str(problem), err=True)
        context.exit(2)
    for warning in seal.warnings(context.obj.settings.now()):
        click.echo(warning, err=True)
    signer = seal.organisation
    certificate = signer.certificate
    click.echo(f"{name_of(certificate)}\t{certificate.fingerprint(hashes.SHA256()).hex()}\t{signer.role}")


@click.group("seal")
def seal_group() -> None:
    """Look after what was sealed."""


@seal_group.command("renew")
@click.option(
    "--within", "days", type=click.IntRange(0), default=RENEW_WITHIN.days, show_default=True, metavar="DAYS",
    help="Renew what has a time stamp that ends within so many days.",
)  # fmt: skip
@click.argument("files", nargs=-1, metavar="[FILE]…")
@click.pass_context
def renew_command(context: click.Context, days: int, files: tuple[str, ...]) -> None:
    """Stamp kept files again before their last time stamp loses its worth; or files elsewhere, if named.

    A file itself never changes: what is added stands beside it, in a file whose name ends in .tst.
    """
    settings = context.obj.settings
    if not settings.tsa_url:
        click.echo("Set ACCORD_TSA_URL first: it names the authority that gives time stamps.", err=True)
        context.exit(2)
    try:
        trust = trusted_here(settings.instance, production=settings.production, folder=settings.trust)
    except NoCertificates as problem:
        click.echo(str(problem), err=True)
        context.exit(2)
    stamp = partial(time_stamp, settings.tsa_url)
    now, within = settings.now(), timedelta(days=days)
    archive = Beside([Path(file) for file in files]) if files else Kept(context.obj.store, now)
    code = 0
    listed = archive.files()
    while True:
        try:
            one = next(listed, None)
        except OSError as problem:
            click.echo(f"{problem.filename} cannot be read: {problem.strerror}.", err=True)
            context.exit(2)
        if one is None:
            break
        name, content, evidence, keep = one
        try:
            found = renew(content, evidence, trust, stamp, now, within)
            if found.added and not keep(found.added):
                found = Renewal(b"", "somebody else stamped it just now")
        except (NotRenewed, OSError) as problem:
            click.echo(f"{name}: {problem}.", err=True)
            code = 1
            continue
        except NoTimeStamp as problem:
            click.echo(f"{problem} What was stamped before this is kept; run it again for the rest.", err=True)
            context.exit(2)
        code = 1 if found.is_late else code
        click.echo(f"{name}\t{found.says}")
    context.exit(code)


@click.command("rules")
def rules_command() -> None:
    """Print the rulebook."""
    click.echo(rules_page(), nl=False)


@click.command("stages")
def stages_command() -> None:
    """Print the life of a record: every move, who may make it, and what it needs."""
    click.echo(stages_page(), nl=False)


COMMANDS: tuple[Any, ...] = (
    export_command,
    verify_command,
    verifier_command,
    init_signing_command,
    seal_group,
    rules_command,
    stages_command,
)
"""What this door adds to the command line."""
