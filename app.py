"""Connects the rooms: settings, the Flask app, one handler for each refusal, the command line. It decides nothing."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import click

from meetings.desk import Desk, administrator
from meetings.profiles import BadProfile, use_folder
from meetings.store import Store, migrate

ROOT = Path(__file__).parent


class WrongSetting(Exception):
    """An environment variable has a value that cannot be used; the sentence names it."""


@dataclass(frozen=True)
class Settings:
    """What the environment says. Everything a running product writes lies under `instance`."""

    instance: Path
    database_url: str
    port: int
    secret_key: str | None
    fixed_now: datetime | None
    production: bool
    seal_p12: Path | None = None
    seal_passphrase: str | None = field(default=None, repr=False)
    tsa_url: str | None = None

    def now(self) -> datetime:
        """Return the present moment, or the fixed one."""
        return self.fixed_now or datetime.now(UTC)


def read_moment(name: str, text: str | None, production: bool) -> datetime | None:
    """Read the instant that fixes the clock, if one is given. Raises WrongSetting."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WrongSetting(f"{name} is ‘{text}’; use a time such as 2026-12-02T14:10:00+00:00.") from None
    if moment.tzinfo is None:
        raise WrongSetting(f"{name} is ‘{text}’, which has no offset; add +00:00.")
    if production:
        raise WrongSetting(f"{name} is refused in production: the clock is the true one there.")
    return moment


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from the environment. Raises WrongSetting."""
    instance = Path(environ.get("ACCORD_INSTANCE") or ROOT / "instance").absolute()
    production = environ.get("ACCORD_PRODUCTION", "")
    if production not in ("", "0", "1"):
        raise WrongSetting(f"ACCORD_PRODUCTION is ‘{production}’; use 1, or leave it out.")
    port = environ.get("ACCORD_PORT") or "8000"
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise WrongSetting(f"ACCORD_PORT is ‘{port}’; use a number from 1 to 65535.")
    url = environ.get("ACCORD_DATABASE_URL") or f"sqlite:///{instance / 'accord.db'}"
    if not re.match(r"(sqlite|postgresql)(\+\w+)?://", url):
        raise WrongSetting("ACCORD_DATABASE_URL is not an address that begins postgresql:// or sqlite://.")
    moment = read_moment("ACCORD_NOW", environ.get("ACCORD_NOW"), production == "1")
    secret = environ.get("ACCORD_SECRET_KEY")
    p12 = environ.get("ACCORD_SEAL_P12")
    if p12 and not Path(p12).is_file():
        raise WrongSetting(f"ACCORD_SEAL_P12 is ‘{p12}’, which is no file.")
    tsa_url = environ.get("ACCORD_TSA_URL")
    if tsa_url and not re.match(r"https?://.", tsa_url):
        raise WrongSetting("ACCORD_TSA_URL is not an address that begins http:// or https://.")
    return Settings(
        instance,
        url,
        int(port),
        secret,
        moment,
        production == "1",
        Path(p12).absolute() if p12 else None,
        environ.get("ACCORD_SEAL_PASSPHRASE"),
        tsa_url or None,
    )


def seal_of(settings: Settings) -> Callable[[], Any]:
    """Return what finds the seal of an installation, once; only a final export asks for it. It raises NoSeal."""
    from exports.keys import find_seal  # most commands seal nothing

    return cache(
        lambda: find_seal(
            settings.instance,
            p12=settings.seal_p12,
            passphrase=settings.seal_passphrase,
            tsa_url=settings.tsa_url,
            production=settings.production,
            now=settings.now(),
        )
    )


def open_store(settings: Settings) -> Store:
    """Open the database, making the instance folder and the newest tables where they are missing."""
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(settings.database_url)
    migrate(store)
    store.make_area("This installation")
    if store.find_account(login="administrator") is None:
        store.keep_account(administrator(), None, demonstration=False)
    return store


def secret_key(settings: Settings) -> str:
    """Return the session key of the environment, or the one made on first run."""
    if settings.secret_key:
        return settings.secret_key
    file = settings.instance / "secret_key"
    if not file.exists():
        settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), encoding="ascii")
    return file.read_text(encoding="ascii")


def create_app(settings: Settings, store: Store | None = None, now: Callable[[], datetime] | None = None) -> Any:
    """Make the Flask app over a store and a clock."""
    from flask import Flask  # the command line needs no web

    import exports.downloads
    import forms.addresses
    import forms.agreeing
    import forms.blueprint
    import forms.briefings
    import forms.drawing
    import forms.entry
    import forms.live
    import forms.officer
    import forms.pages
    import forms.refusals

    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secret_key(settings),
        MAX_CONTENT_LENGTH=6_000_000,
        MAX_FORM_MEMORY_SIZE=6_000_000,
        MAX_FORM_PARTS=20_000,
        WTF_CSRF_TIME_LIMIT=None,
        PRODUCTION=settings.production,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["accord"] = Desk(store or open_store(settings), now or settings.now)
    app.extensions["accord-seal"] = seal_of(settings)
    forms.entry.register(app)
    forms.refusals.register(app)
    forms.addresses.remember(app)
    app.register_blueprint(forms.blueprint.bp)
    app.register_blueprint(exports.downloads.bp)
    return app


class Product:
    """What the commands share: the settings, and a desk when one is needed."""

    def __init__(self, settings: Settings) -> None:
        """Work with those settings."""
        self.settings = settings

    @cached_property
    def store(self) -> Store:
        """The database, opened once."""
        return open_store(self.settings)

    @cached_property
    def find_seal(self) -> Callable[[], Any]:
        """What finds the seal of this installation."""
        return seal_of(self.settings)

    def desk(self, now: datetime | None = None) -> Desk:
        """Return a desk at the product's store; at a fixed moment if one is given."""
        return Desk(self.store, (lambda: now) if now else self.settings.now)

    def clock(self, now: str | None) -> datetime:
        """Return the moment a command works at: the one given with `--now`, or the product's. Ends with exit code 2."""
        try:
            return read_moment("--now", now, self.settings.production) or self.settings.now()
        except WrongSetting as wrong:
            click.echo(str(wrong), err=True)
            click.get_current_context().exit(2)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Record strategy discussions, judge records, and give out minutes and actions."""
    try:
        context.obj = Product(read_settings(os.environ))
        use_folder(context.obj.settings.instance / "profiles")
    except (WrongSetting, BadProfile) as wrong:
        click.echo(str(wrong), err=True)
        context.exit(2)
    if context.invoked_subcommand is None:
        context.invoke(serve)


@main.command()
@click.pass_obj
def serve(product: Product) -> None:
    """Serve the pages on 127.0.0.1 (what happens when no command is named)."""
    from exports.keys import NoSeal
    from forms.demonstration import first_run
    from forms.serving import serve_forever

    settings = product.settings
    if settings.seal_p12:
        try:
            product.find_seal()
        except NoSeal as problem:
            click.echo(str(problem), err=True)
            click.get_current_context().exit(2)
    app = create_app(settings, product.store)
    address = f"http://127.0.0.1:{settings.port}/"
    lines = [] if settings.production else first_run(product.desk())
    for line in [f"Accord is at {address}", *lines, "Stop it with Ctrl+C."]:
        click.echo(line)
    serve_forever(app, settings.port, one_process=product.store.is_sqlite)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def test(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Run every check; what is named after it goes to pytest."""
    from tests.gate import check

    context.exit(check(list(arguments)))


@main.command()
@click.pass_context
def fix(context: click.Context) -> None:
    """Mend what a tool can mend."""
    from tests.gate import mend

    context.exit(mend())


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a figure.")
@click.pass_context
def bench(context: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Measure speed against something named in the same run."""
    from tests.benchmarks import run

    context.exit(run(names, as_json=as_json))


def commands() -> click.Group:
    """Return the whole command line: this group with what the two doors add."""
    import exports.commands
    import forms.commands

    for command in (*forms.commands.COMMANDS, *exports.commands.COMMANDS):
        main.add_command(command)
    return main


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    commands()(prog_name="run.py")
