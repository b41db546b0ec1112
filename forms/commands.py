"""The way in from the command line: judge, import, list, finalise, demo, people. The contract fixes what they print."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from meetings import contract
from meetings.briefing_facts import facts_of_briefing
from meetings.calendar import local
from meetings.contract import Refused
from meetings.desk import Desk, Refusal, administrator
from meetings.documents import KINDS, Briefing, Discussion, Document
from meetings.facts import facts
from meetings.need_to_know import team_of
from meetings.people import NotAllowed
from meetings.profiles import DEFAULT_PROFILE, NoSuchProfile, profile
from meetings.rules import AnyCase, Finding, can_finalise, case_of, judge
from meetings.seal import content_sha256
from meetings.spelling import spell_instant
from meetings.stages import NoSuchMove, NotReady
from meetings.store import NoSuchMeeting
from meetings.vocabulary import DocumentStatus

DEMONSTRATION = Path(__file__).parent / "demonstration"
HISTORY_IN_A_LINE = 20
"""How many documents, at most, one line of a batch may hold."""

CANNOT_FINALISE = 1
NOT_READ = 2


class Unable(click.ClickException):
    """One plain sentence on standard error, and exit code 2."""

    exit_code = NOT_READ

    def show(self, file: Any = None) -> None:
        """Print the sentence alone."""
        click.echo(self.message, err=file is None, file=file)


@dataclass(frozen=True)
class Given:
    """A document with what it is judged by."""

    data: dict[str, Any]
    case: AnyCase[Any]

    @property
    def findings(self) -> list[Finding]:
        """Every rule that fires."""
        return judge(self.case)


def as_line(value: Any) -> str:
    """Return a value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False)


def read_instant(text: str) -> datetime:
    """Read an instant with offset. Raises Refused."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Refused(f"‘{text}’ is not a time such as 2026-12-02T14:10:00+00:00.") from None
    if moment.tzinfo is None:
        raise Refused(f"‘{text}’ has no offset; write 2026-12-02T14:10:00+00:00.")
    return moment


def read_file(path: str) -> Any:
    """Return the JSON value of a file. Raises Refused with a sentence that says what is wrong."""
    try:
        with Path(path).open("rb") as file:
            return contract.read_json(file.read(contract.MAX_BYTES + 1))
    except OSError as problem:
        raise Refused(f"The file cannot be read: {problem.strerror}.") from None


def read_history(documents: Iterable[Any]) -> list[Document]:
    """Return the documents of a history. Raises Refused."""
    return [contract.read(one) for one in documents]


def read_history_files(files: Iterable[str]) -> list[Document]:
    """Return the documents of a history kept in files. Raises Refused, naming the file."""
    found = []
    for file in files:
        try:
            found.append(contract.read(read_file(file)))
        except Refused as refused:
            raise Refused(f"{file}: {refused}") from None
    return found


def take(data: Any, now: datetime, history: list[Document], profile_id: str | None) -> Given:
    """Check a document and put beside it what it is judged by. Raises Refused, NoSuchProfile."""
    document = contract.read(data)
    policy = profile(profile_id or document.profile or DEFAULT_PROFILE)
    return Given(data, case_of(document, policy, now, history))


def facts_of(case: AnyCase[Any]) -> dict[str, Any]:
    """Return what can be worked out about a document of whichever kind."""
    if isinstance(case.document, Briefing):
        return facts_of_briefing(case.document, case.now)
    earlier = [one for one in case.history if isinstance(one, Discussion)]
    return facts(case.document, case.profile, earlier)


def now_option(command: Any) -> Any:
    """Add `--now`, which fixes the clock for one command."""
    return click.option("--now", metavar="T", help="Fix the clock, for tests and training.")(command)


@click.command("judge")
@click.option("--profile", "profile_id", metavar="P", help="Policy profile instead of the document's own.")
@now_option
@click.option("--history", "histories", multiple=True, metavar="FILE", help="An earlier document of the case.")
@click.option("--facts", "only_facts", is_flag=True, help="Print what can be worked out instead.")
@click.option("--batch", is_flag=True, help="Judge one JSON object a line from standard input.")
@click.argument("files", nargs=-1, metavar="FILE…")
@click.pass_context
def judge_command(
    context: click.Context,
    profile_id: str | None,
    now: str | None,
    histories: tuple[str, ...],
    only_facts: bool,  # click passes flags so
    batch: bool,
    files: tuple[str, ...],
) -> None:
    """Say what is still needed in documents, without keeping them."""
    moment = context.obj.clock(now)
    if batch:
        _judge_batch(moment, profile_id)
        return
    if not files:
        raise Unable("Name at least one document to judge.")
    try:
        history = read_history_files(histories)
        if profile_id is not None:
            profile(profile_id)
    except (Refused, NoSuchProfile) as refused:
        raise Unable(str(refused)) from None
    code = 0
    for file in files:
        try:
            given = take(read_file(file), moment, history, profile_id)
        except (Refused, NoSuchProfile) as refused:
            click.echo(f"{file}: {refused}", err=True)
            code = NOT_READ
            continue
        findings = given.findings
        if not can_finalise(findings) and code == 0:
            code = CANNOT_FINALISE
        if only_facts:
            known = facts_of(given.case)
            click.echo(as_line({"file": file, **known, "content_sha256": content_sha256(given.data)}))
        else:
            for finding in findings:
                click.echo(as_line({"file": file, **finding.as_line()}))
    context.exit(code)


def _judge_batch(moment: datetime, profile_id: str | None) -> None:
    for line in sys.stdin.buffer:
        try:
            answer = _judge_line(line, moment, profile_id)
        except (Refused, NoSuchProfile) as refused:
            answer = {"refused": str(refused)}
        sys.stdout.buffer.write(as_line(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


def _judge_line(line: bytes, moment: datetime, profile_id: str | None) -> dict[str, Any]:
    asked = contract.read_json(line.rstrip(b"\r\n"), documents=HISTORY_IN_A_LINE)
    if not isinstance(asked, dict) or "document" not in asked:
        raise Refused("The line is not an object with a ‘document’.")
    if surplus := sorted(set(asked) - {"document", "now", "history", "profile"}):
        raise Refused(f"The line holds names that are not known: {', '.join(surplus)}.")
    asked = {name: value for name, value in asked.items() if name == "document" or value is not None}
    history, named = asked.get("history", []), asked.get("profile", profile_id)
    if not isinstance(history, list) or not isinstance(named, str | None):
        raise Refused("In a line, ‘history’ is a list of documents and ‘profile’ is a name.")
    if len(line) > contract.MAX_BYTES:
        for one in (asked["document"], *history):
            contract.refuse_if_too_long(one)
    at = read_instant(asked["now"]) if "now" in asked else moment
    given = take(asked["document"], at, read_history(history), named)
    findings = given.findings
    answer: dict[str, Any] = {
        level: [one.rule for one in findings if one.level == level] for level in ("block", "warn", "info", "excepted")
    }
    return {**answer, "can_finalise": can_finalise(findings)}


@click.command("import")
@now_option
@click.option("--replace", is_flag=True, help="Replace a draft that holds other content.")
@click.option("--team-of", "login", metavar="ACCOUNT", help="Whose recorders see them, if the record does not say.")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.pass_context
def import_command(
    context: click.Context, now: str | None, replace: bool, login: str | None, files: tuple[str, ...]
) -> None:
    """Read documents into records; they arrive as drafts."""
    desk: Desk = context.obj.desk(context.obj.clock(now))
    code = 0
    try:
        team = team_of(desk.account_of(login)) if login is not None else None
    except Refusal as refused:
        raise Unable(str(refused)) from None
    for file in files:
        try:
            with Path(file).open("rb") as opened:
                raw = opened.read(contract.MAX_BYTES + 1)
            reference, happened = desk.import_document(raw, administrator(), replace=replace, team=team)
        except OSError as problem:
            click.echo(f"{file}: the file cannot be read: {problem.strerror}.", err=True)
            code = NOT_READ
        except (Refused, Refusal, NotAllowed) as refused:
            click.echo(f"{file}: {refused}", err=True)
            code = NOT_READ
        else:
            click.echo(f"{reference} {happened}")
    context.exit(code)


@click.command("list")
@click.option("--kind", metavar="K", help="Only records of this kind (strategy_discussion, briefing).")
@click.option("--status", metavar="S", help="Only records in this state (draft, final, withdrawn).")
@click.pass_context
def list_command(context: click.Context, kind: str | None, status: str | None) -> None:
    """List records: reference, kind, status, version, title."""
    for given, what, known in (
        (kind, "kind", [one.name for one in KINDS]),
        (status, "status", [str(one) for one in DocumentStatus]),
    ):
        if given is not None and given not in known:
            raise Unable(f"There is no {what} ‘{given}’. Use one of: {', '.join(known)}.")
    desk: Desk = context.obj.desk()
    for one in desk.records(administrator(), kind, status):
        click.echo("\t".join((one.reference, one.kind, str(one.status), str(one.version), one.title)))


@click.command("finalise")
@now_option
@click.option("--as", "login", default="administrator", metavar="ACCOUNT", help="In whose name.")
@click.argument("reference")
@click.pass_context
def finalise_command(context: click.Context, now: str | None, login: str, reference: str) -> None:
    """Freeze a draft and print its content hash; or print what is still needed."""
    moment = context.obj.clock(now)
    desk: Desk = context.obj.desk(moment)
    try:
        click.echo(desk.finalise(reference, desk.account_of(login)))
        context.obj.post(moment).send()
    except NotReady as not_ready:
        for finding in not_ready.findings:
            click.echo(as_line({"file": reference, **finding.as_line()}))
        context.exit(CANNOT_FINALISE)
    except (NoSuchMeeting, NoSuchMove, Refusal, NotAllowed) as refused:
        raise Unable(str(refused)) from None


@click.command("demo")
@click.pass_context
def demo_command(context: click.Context) -> None:
    """Load or renew the demonstration people and records."""
    if context.obj.settings.production:
        raise Unable("Demonstration data is refused in production.")
    desk: Desk = context.obj.desk()
    for line in load_demonstration(desk):
        click.echo(line)


def load_demonstration(desk: Desk) -> list[str]:
    """Keep the demonstration people and bring the demonstration records back to how they came; say what was done.

    A demonstration record that was finalised stays as it is: nothing that is final is replaced. There is a briefing in
    force afterwards.
    """
    from forms.demonstration import keep_people  # only when asked for
    from forms.demonstration.issued import issue_briefing

    lines = keep_people(desk)
    for file in sorted(DEMONSTRATION.glob("SD-*.json")):
        try:
            reference, happened = desk.import_document(file.read_bytes(), administrator(), replace=True)
        except Refused as refused:
            lines.append(str(refused))
        else:
            lines.append(f"{reference} {happened}")
    return [*lines, issue_briefing(desk)]


# ── Accounts ─────────────────────────────────────────────────────────────────────────────────────────────────────


@click.group("people")
def people_command() -> None:
    """Say who may sign in: add, list, link, disable, enable."""


def _accounts(context: click.Context) -> Any:
    from meetings.accounts import Accounts  # only when asked for

    return Accounts(context.obj.desk())


def _give_link(context: click.Context, accounts: Any, login: str, *, mail: bool) -> None:
    """Print a link to choose a password, once, or send it. No password is ever printed: there is none yet."""
    desk: Desk = accounts.desk
    page = f"{context.obj.page}/choose/"
    if not mail:
        link = accounts.give_link(login, administrator())
        until = spell_instant(local(link.expires_at).replace(second=0))
        click.echo(f"Link to choose a password, shown once, works once and until {until}:")
        click.echo(f"{page}{link.token}")
        return
    person = accounts.mail_link(login, administrator(), page)
    context.obj.post(desk.now()).send()
    letter = desk.store.letters_to(person.id)[-1]
    if letter.sent_at is None:
        raise Unable(f"{letter.problem} It is tried again by itself; or show a link: people link {person.login}.")
    click.echo(f"A link to choose a password was sent to {person.email}.")


def _asked(work: Any) -> Any:
    try:
        return work()
    except (Refusal, NotAllowed) as refused:
        raise Unable(str(refused)) from None


@people_command.command("add")
@click.option("--name", required=True, help="Full name, as it stands in records.")
@click.option("--login", required=True, help="Name of the account, such as ada.finch.")
@click.option("--agency", required=True, help="Agency, such as police or social_care.")
@click.option("--organisation", required=True, help="Organisation, such as the force or the council.")
@click.option("--role", required=True, help="recorder, reviewer, officer or administrator.")
@click.option("--grade", default="", help="Rank or grade.")
@click.option("--email", default="", help="E-mail address.")
@click.option("--mail", is_flag=True, help="Send the link to that address instead of showing it.")
@click.pass_context
def people_add(context: click.Context, mail: bool, **said: str) -> None:
    """Add somebody, and give a link by which they choose a password."""
    from meetings.accounts import New  # as above

    context.obj.require_address()
    accounts = _accounts(context)
    if mail and not said["email"].strip():
        raise Unable("--mail needs --email: the address that the link is to be sent to.")
    person = _asked(lambda: accounts.add(New(**said), administrator()))
    click.echo(
        f"{person.login} added: {person.name}, {person.agency.label}, {person.organisation}. {person.role.label}"
    )
    _asked(lambda: _give_link(context, accounts, person.login, mail=mail))


@people_command.command("link")
@click.option("--mail", is_flag=True, help="Send it to the address that is known.")
@click.argument("login")
@click.pass_context
def people_link(context: click.Context, mail: bool, login: str) -> None:
    """Give a new link to choose a password; one that was given before works no more."""
    context.obj.require_address()
    accounts = _accounts(context)
    _asked(lambda: _give_link(context, accounts, login, mail=mail))


@people_command.command("list")
@click.pass_context
def people_list(context: click.Context) -> None:
    """List accounts: login, name, agency, organisation, grade, role, state."""
    for one, state in _accounts(context).everybody(administrator()):
        row = (one.login, one.name, str(one.agency), one.organisation, one.grade, str(one.role), state)
        click.echo("\t".join(row))


@people_command.command("disable")
@click.argument("login")
@click.pass_context
def people_disable(context: click.Context, login: str) -> None:
    """Let nobody sign in with an account any more; who is signed in with it is signed out."""
    accounts = _accounts(context)
    person = _asked(lambda: accounts.disable(login, administrator()))
    click.echo(f"{person.login} disabled")


@people_command.command("enable")
@click.argument("login")
@click.pass_context
def people_enable(context: click.Context, login: str) -> None:
    """Let somebody sign in again."""
    accounts = _accounts(context)
    person = _asked(lambda: accounts.enable(login, administrator()))
    click.echo(f"{person.login} enabled")


COMMANDS = (people_command, judge_command, import_command, list_command, finalise_command, demo_command)
"""What this door adds to the command line."""
