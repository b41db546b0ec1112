"""Connects the rooms: settings, the Flask app, one handler for each refusal, the command line. It decides nothing."""

from __future__ import annotations

import errno
import os
import re
import secrets
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import click

from meetings.desk import Desk, administrator
from meetings.post import Post
from meetings.profiles import BadProfile, use_folder
from meetings.register import Register
from meetings.store import Store, StoreToAsk, Unavailable, Unusable, migrate
from meetings.tries import Tries
from meetings.vocabulary import Agency

ROOT = Path(__file__).parent

AGENCY_SETTINGS = ("ACCORD_SEAL_P12_", "ACCORD_SEAL_PASSPHRASE_")
"""What an agency's own key and its passphrase are set with; the code of the agency follows, in capitals."""


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
    agency_seals: tuple[tuple[Agency, Path, str | None], ...] = field(default=(), repr=False)
    mail_server: Any = field(default=None, repr=False)
    address: str | None = None
    trust: Path | None = None
    token: Any = field(default=None, repr=False)
    proxies: tuple[Any, ...] = ()

    @property
    def has_key(self) -> bool:
        """Whether a key of its own is set, so that nothing is sealed for demonstration."""
        return bool(self.seal_p12 or self.agency_seals or self.token)

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
    secret = environ.get("ACCORD_SECRET_KEY") or None
    if secret is not None and (fault := weakness_of(secret)):
        raise WrongSetting(f"ACCORD_SECRET_KEY {fault}. {MAKE_A_KEY}")
    p12 = environ.get("ACCORD_SEAL_P12")
    if p12 and not Path(p12).is_file():
        raise WrongSetting(f"ACCORD_SEAL_P12 is ‘{p12}’, which is no file.")
    agency_seals = read_agency_seals(environ)
    tsa_url = environ.get("ACCORD_TSA_URL")
    if tsa_url and not re.match(r"https?://.", tsa_url):
        raise WrongSetting("ACCORD_TSA_URL is not an address that begins http:// or https://.")
    address = environ.get("ACCORD_ADDRESS")
    if address and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", address):
        raise WrongSetting(
            f"ACCORD_ADDRESS is ‘{address}’; use the address people open, such as https://accord.example."
        )
    trust = environ.get("ACCORD_TRUST")
    if trust and not Path(trust).is_dir():
        raise WrongSetting(
            f"ACCORD_TRUST is ‘{trust}’, which is no folder. Make it, with signers/, stamps/ and revoked/ in it."
        )
    if address and production == "1":
        check_address(address)
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
        agency_seals,
        read_smtp_url(environ.get("ACCORD_SMTP_URL")),
        address.rstrip("/") if address else None,
        Path(trust).absolute() if trust else None,
        read_token(environ),
        read_proxies(environ.get("ACCORD_PROXIES") or ""),
    )


MAKE_A_KEY = 'Make one with: python3 -c "import secrets; print(secrets.token_hex(32))", or leave it out.'
SHORTEST_KEY = 32
_KNOWN_KEYS = re.compile(
    r"secret|password|change.?me|change.?this|default|example|insecure|replace|your.?key|keyboard|test.?key|dev.?key"
    r"|qwerty|01234567|12345678|abcdefgh|deadbeef|cafebabe",
    re.IGNORECASE,
)


def weakness_of(key: str) -> str:
    """Return why a session key can be guessed, as the rest of a sentence; nothing if it cannot.

    >>> [weakness_of(key)[:14] for key in ("short", "ab" * 30, "your-secret-key-goes-here-12345!", "f3" * 3)]
    ['is shorter tha', 'repeats itself', 'is one that is', 'is shorter tha']
    >>> weakness_of(secrets.token_hex(32)), weakness_of(secrets.token_urlsafe(32))
    ('', '')
    """
    if len(key.strip()) < SHORTEST_KEY:
        return f"is shorter than {SHORTEST_KEY} characters, and could be guessed"
    if _KNOWN_KEYS.search(key):
        return "is one that is well known, and could be guessed"
    repeats = any(key == (key[:size] * len(key))[: len(key)] for size in range(1, len(key) // 2 + 1))
    if repeats or len(set(key)) < 8:
        return "repeats itself, and could be guessed"
    return ""


def check_address(address: str) -> None:
    """Refuse an address over which passwords would travel open to everybody. Raises WrongSetting."""
    from forms.front import is_loopback  # the other commands need no web

    if not address.startswith("https://") and not is_loopback(address):
        raise WrongSetting(
            f"ACCORD_ADDRESS is ‘{address}’; in production it begins with https://, since passwords travel by it."
        )


def read_proxies(text: str) -> tuple[Any, ...]:
    """Read which proxies may name the client. Raises WrongSetting."""
    if not text:
        return ()
    from forms.front import NoNetwork, read_networks  # as above

    try:
        return read_networks(text)
    except NoNetwork as wrong:
        raise WrongSetting(f"ACCORD_PROXIES: {wrong}") from None


def read_smtp_url(url: str | None) -> Any:
    """Read which mail server is used, if one is set. Raises WrongSetting."""
    if not url:
        return None
    from exports.mail import BadMailServer, read_mail_server  # few commands send anything

    try:
        return read_mail_server(url)
    except BadMailServer as bad:
        raise WrongSetting(f"ACCORD_SMTP_URL {bad}") from None


def read_token(environ: Mapping[str, str]) -> Any:
    """Read where the key is that is held in hardware (PKCS#11), if one is set. Raises WrongSetting."""
    uri, pin, pem = (environ.get(f"ACCORD_SEAL_{name}") for name in ("PKCS11", "PIN", "CERTIFICATES"))
    if not uri:
        for name, value in (("ACCORD_SEAL_PIN", pin), ("ACCORD_SEAL_CERTIFICATES", pem)):
            if value:
                raise WrongSetting(f"{name} is for a key in a token: set ACCORD_SEAL_PKCS11 too, or leave it out.")
        return None
    if environ.get("ACCORD_SEAL_P12"):
        raise WrongSetting("ACCORD_SEAL_P12 and ACCORD_SEAL_PKCS11 both name the organisation’s key: set one of them.")
    if not pem or not Path(pem).is_file():
        raise WrongSetting(
            f"ACCORD_SEAL_CERTIFICATES is ‘{pem or ''}’, which is no file. A key in a token needs its certificate,"
            " with those of its issuers, as a PEM file."
        )
    from exports.token import BadToken, read_uri  # few installations have one

    try:
        return read_uri(uri, pin, Path(pem).absolute())
    except BadToken as bad:
        raise WrongSetting(f"ACCORD_SEAL_PKCS11 {bad}") from None


def post_of(settings: Settings, store: Store, now: Callable[[], datetime]) -> Post:
    """Return what sends the letters of an installation: by its mail server, or into the outbox."""
    from exports.mail import by_smtp, into  # as above

    way_out = by_smtp(settings.mail_server) if settings.mail_server else into(settings.instance / "outbox")
    return Post(store, now, way_out)


def read_agency_seals(environ: Mapping[str, str]) -> tuple[tuple[Agency, Path, str | None], ...]:
    """Read which agencies have a key of their own (`ACCORD_SEAL_P12_HEALTH`) and where it is. Raises WrongSetting."""
    codes = {code.upper(): code for code in Agency}
    named = {name.removeprefix(each) for each in AGENCY_SETTINGS for name in environ if name.startswith(each)}
    for name in sorted(named - set(codes)):
        known = ", ".join(sorted(codes))
        raise WrongSetting(f"ACCORD_SEAL_P12_{name} names no agency that is known here. Use one of {known}.")
    found = []
    for name, agency in codes.items():
        p12, passphrase = (environ.get(f"{each}{name}") for each in AGENCY_SETTINGS)
        if p12 and not Path(p12).is_file():
            raise WrongSetting(f"ACCORD_SEAL_P12_{name} is ‘{p12}’, which is no file.")
        if passphrase and not p12:
            raise WrongSetting(f"ACCORD_SEAL_PASSPHRASE_{name} opens nothing: set ACCORD_SEAL_P12_{name} too.")
        if p12:
            found.append((agency, Path(p12).absolute(), passphrase))
    return tuple(found)


def seal_of(settings: Settings) -> Callable[[], Any]:
    """Return what finds the seal of an installation, once; only a final export asks for it. It raises NoSeal."""
    from exports.keys import AgencyKey, NoSeal, find_seal  # most commands seal nothing
    from exports.verify import trusted_here
    from exports.verify_trust import NoCertificates, Trust

    def token() -> Any:
        from exports.token import open_token  # needs a package that few installations have

        return open_token(settings.token)

    def revocation() -> Trust:
        """What is known of revoked certificates; only what is stamped takes it along."""
        if not settings.tsa_url:
            return Trust()
        try:
            return trusted_here(settings.instance, production=settings.production, folder=settings.trust)
        except NoCertificates as problem:
            raise NoSeal(str(problem)) from None

    return cache(
        lambda: find_seal(
            settings.instance,
            p12=settings.seal_p12,
            passphrase=settings.seal_passphrase,
            tsa_url=settings.tsa_url,
            production=settings.production,
            agencies=[AgencyKey(*one) for one in settings.agency_seals],
            now=settings.now(),
            token=token if settings.token else None,
            revocation=revocation(),
        )
    )


def open_store(settings: Settings) -> Store:
    """Open the database, making the instance folder and the newest tables where they are missing.

    Raises Unusable, Unavailable, WrongSetting.
    """
    make_instance(settings)
    store = Store(settings.database_url)
    migrate(store)
    store.make_area("This installation")
    if store.find_account(login="administrator") is None:
        store.keep_account(administrator(), None, demonstration=False)
    return store


def make_instance(settings: Settings, *, to_write: bool = False) -> None:
    """Make the instance folder where it is missing. Raises WrongSetting if it cannot be made, or written `to_write`."""
    folder = settings.instance
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if to_write:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"it can be written to")
    except OSError as problem:
        why = "it is no folder" if isinstance(problem, FileExistsError | NotADirectoryError) else problem.strerror
        raise WrongSetting(
            f"The folder {folder} cannot be used: {why}. Mend that, or name another in ACCORD_INSTANCE."
        ) from None


def first_steps(settings: Settings, desk: Desk) -> list[str]:
    """Return what a new installation needs before its first minutes: three lines, or none once somebody can sign in."""
    if any(one.disabled_at is None for one in desk.store.accounts(demonstration=False)):
        return []
    wanted = [
        ("ACCORD_SEAL_P12 and ACCORD_SEAL_PASSPHRASE (the key that seals minutes)", settings.has_key),
        ("ACCORD_SMTP_URL (mail; without it letters are written into outbox/)", settings.mail_server),
        ("ACCORD_PROXIES (the proxy in front, if there is one)", settings.proxies),
    ]
    missing = "; ".join(name for name, is_set in wanted if not is_set) or "nothing more"
    people = 'python3 run.py people add --name "NAME" --login NAME --agency police --organisation "FORCE" --role'
    return [
        f"Nobody can sign in yet. To be set: {missing}.",
        f"Add an administrator: {people} administrator",
        f"Then recorders, reviewers and officers, there or on the page Accounts: {people} recorder",
    ]


def secret_key(settings: Settings) -> str:
    """Return the session key of the environment, or the one made on first run. Raises WrongSetting."""
    if settings.secret_key:
        return settings.secret_key
    file = settings.instance / "secret_key"
    try:
        if not file.exists():
            make_instance(settings)
            new = file.with_name(f"secret_key.{secrets.token_hex(4)}")
            new.touch(mode=0o600)
            new.write_text(secrets.token_hex(32), encoding="ascii")
            new.replace(file)  # whole or not at all: a start that was cut off leaves no empty key
        key = file.read_text(encoding="ascii").strip()
    except OSError as problem:
        raise WrongSetting(f"{file} cannot be read or written: {problem.strerror}.") from None
    except UnicodeDecodeError:
        key = ""
    if weakness_of(key) or not key.isprintable():
        raise WrongSetting(
            f"{file} holds no session key. Remove it: another is made at the next start, and everybody signs in anew."
        )
    return key


def create_app(settings: Settings, store: Store | None = None, now: Callable[[], datetime] | None = None) -> Any:
    """Make the Flask app over a store and a clock."""
    import exports.checking  # the command line needs no web
    import exports.downloads
    import exports.handing
    import forms.accounts
    import forms.addresses
    import forms.agreeing
    import forms.blueprint
    import forms.briefings
    import forms.drawing
    import forms.entry
    import forms.fault_log
    import forms.front
    import forms.live
    import forms.officer
    import forms.pages
    import forms.quick
    import forms.refusals
    import forms.sent
    import forms.signing
    import forms.versions

    app = forms.addresses.Site(__name__)
    forms.fault_log.use_for_own()
    own = [forms.front.host_of(settings.address)] if settings.address else []
    hosts = own if settings.production and own else [*own, *forms.front.LOOPBACK]
    app.config.update(
        SECRET_KEY=secret_key(settings),
        TRUSTED_HOSTS=hosts,
        SECURE=bool(settings.production and settings.address and settings.address.startswith("https://")),
        MAX_CONTENT_LENGTH=6_000_000,
        MAX_FORM_MEMORY_SIZE=6_000_000,
        MAX_FORM_PARTS=20_000,
        WTF_CSRF_TIME_LIMIT=None,
        PRODUCTION=settings.production,
        ADDRESS=settings.address,
        HAS_MAIL_SERVER=settings.mail_server is not None,
        INSTANCE=str(settings.instance),
        TRUST=str(settings.trust or ""),
        HAS_KEY=settings.has_key,
    )
    app.jinja_env.finalize = forms.drawing.shown
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.wsgi_app = forms.front.Front(app.wsgi_app, hosts, settings.proxies)  # type: ignore[method-assign]
    desk = Desk(store or open_store(settings), now or settings.now, production=settings.production)
    desk.store.end_sessions_of_the_other_mode(production=settings.production)
    app.extensions["accord"] = desk
    app.extensions["accord-tries"] = Tries(desk.store, lambda: datetime.now(UTC))
    app.extensions["accord-post"] = post_of(settings, desk.store, desk.now)
    app.extensions["accord-seal"] = seal_of(settings)
    exports.checking.register(app)
    forms.entry.register(app)
    forms.sent.register(app)
    forms.once.register(app)
    forms.accounts.register(app)
    forms.refusals.register(app)
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

    def close(self) -> None:
        """Close the database, if it was opened."""
        if "store" in self.__dict__:
            self.store.close()

    def register(self) -> Register:
        """The register of this installation, as one that only asks it; whether it can be reached shows then."""
        return Register(StoreToAsk(self.settings.database_url))

    @cached_property
    def find_seal(self) -> Callable[[], Any]:
        """What finds the seal of this installation."""
        return seal_of(self.settings)

    def desk(self, now: datetime | None = None) -> Desk:
        """Return a desk at the product's store; at a fixed moment if one is given."""
        clock = (lambda: now) if now else self.settings.now
        return Desk(self.store, clock, production=self.settings.production)

    def post(self, now: datetime) -> Post:
        """Return what sends the letters of this installation, at a moment."""
        return post_of(self.settings, self.store, lambda: now)

    def require_address(self) -> None:
        """Ask in production for the address that links in letters begin with. Raises WrongSetting."""
        if self.settings.production and self.settings.address is None:
            raise WrongSetting(
                "ACCORD_ADDRESS is not set. In production it says by which address people open Accord, such as "
                "https://accord.example: links in letters begin with it, and requests for other hosts are refused."
            )

    @property
    def page(self) -> str:
        """What links begin with that this machine gives out."""
        return self.settings.address or f"http://127.0.0.1:{self.settings.port}"

    def clock(self, now: str | None) -> datetime:
        """Return the moment a command works at: the one given with `--now`, or the product's. Raises WrongSetting."""
        return read_moment("--now", now, self.settings.production) or self.settings.now()


class Commands(click.Group):
    """The command line, which ends with a sentence and exit code 2 where the installation cannot be worked with."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(context)
        except Unavailable as problem:
            said = f"{problem} {problem.fault.remedy}"
        except (WrongSetting, BadProfile, Unusable) as problem:
            said = str(problem)
        except OSError as problem:
            if problem.errno == errno.EPIPE:  # whoever read what was printed has gone
                raise
            said = f"{problem.filename or 'A file'} cannot be used: {problem.strerror}."
        click.echo(said, err=True)
        return context.exit(2)


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Record strategy discussions, judge records, and give out minutes and actions."""
    context.obj = Product(read_settings(os.environ))
    context.call_on_close(context.obj.close)
    use_folder(context.obj.settings.instance / "profiles")
    if context.invoked_subcommand is None:
        context.invoke(serve)


@main.command()
@click.pass_obj
def serve(product: Product) -> None:
    """Serve the pages on 127.0.0.1 (what happens when no command is named)."""
    from exports.keys import NoSeal
    from forms.demonstration import first_run
    from forms.serving import PortTaken, listen, serve_forever

    settings = product.settings
    make_instance(settings, to_write=True)
    if settings.has_key:
        try:
            seal = product.find_seal()
        except NoSeal as problem:
            raise WrongSetting(str(problem)) from None
        for warning in seal.warnings(settings.now()):
            click.echo(warning, err=True)
    product.require_address()
    try:
        app = create_app(settings, product.store)
        listening = listen(settings.port)
    except PortTaken as problem:
        raise WrongSetting(str(problem)) from None
    here = f"http://127.0.0.1:{settings.port}/"
    if settings.production:
        lines = [f"Accord is at {settings.address}/ and listens at {here}", *first_steps(settings, product.desk())]
    else:
        lines = [f"Accord is at {here}", *first_run(product.desk())]
    for line in [*lines, "Stop it with Ctrl+C."]:
        click.echo(line)
    post = app.extensions["accord-post"]

    def in_each_process() -> None:
        product.store.begin_in_this_process()
        threading.Thread(target=post.keep_sending, daemon=True).start()

    serve_forever(app, listening, one_process=product.store.is_sqlite, in_each_process=in_each_process)


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
    from forms.fault_log import begin

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    begin()
    commands()(prog_name="run.py")
