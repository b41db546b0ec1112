"""Messages: handed to a mail server that speaks SMTP, or written into the outbox; nothing about a child in any."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from app import WrongSetting, read_settings
from exports import mail
from exports.mail import MailServer, by_smtp, into
from meetings.post import Message, NotDelivered
from meetings.store import Letter
from meetings.vocabulary import Agency, LetterAbout
from tests.makers import NOW, a_discussion
from tests.post_office import a_post_office

PAGE = "https://accord.example/answer/3f9c-token"


def a_message(address="i.holm@school.example", about=LetterAbout.LINK, tries=0):
    letter = Letter(
        "0b3c1a52-6f0e-4d1c-9a57-2f7a6f3f1c05",
        "SD-2027-0311",
        about,
        address,
        Agency.EDUCATION,
        PAGE,
        "Paul Reed",
        NOW,
        tries=tries,
    )
    return Message(letter, PAGE, NOW, NOW + timedelta(days=7) if about is LetterAbout.LINK else None)


def a_server(office, **more):
    return MailServer("127.0.0.1", office.port, "accord@force.example", **more)


def test_a_link_goes_to_the_mail_server_with_its_address_its_time_and_no_code():
    with a_post_office() as office:
        by_smtp(a_server(office))(a_message())
    (letter,) = office.letters
    assert office.envelopes == [("accord@force.example", ["i.holm@school.example"])]
    assert letter["Subject"] == "Please answer: SD-2027-0311"
    assert letter["From"] == "Accord <accord@force.example>"
    assert letter["To"] == "i.holm@school.example"
    assert letter["Message-ID"] == "<0b3c1a52-6f0e-4d1c-9a57-2f7a6f3f1c05.0@force.example>"
    text = " ".join(letter.get_content().split())
    assert f" {PAGE} " in text
    assert "until 10 February 2027, 12:00" in text
    assert "ring the recorder, Paul Reed" in text
    assert "The page asks for the six-digit code that you were told in the meeting. It is never sent by e-mail." in text


@pytest.mark.parametrize("about", list(LetterAbout))
def test_no_message_holds_anything_about_a_child_or_the_family(about):
    with a_post_office() as office:
        by_smtp(a_server(office))(a_message(about=about))
    (letter,) = office.letters
    everything = letter.as_string()
    document = a_discussion()
    people = [one["name"] for name in ("children", "adults") for one in document[name]]
    for words in (*people, "Marsh", document["referral"]["text"], document["places"][0]["text"]):
        assert words not in everything


def test_a_refusal_is_made_known_with_the_reference_alone():
    with a_post_office() as office:
        by_smtp(a_server(office))(a_message(about=LetterAbout.NOT_APPROVED))
    (letter,) = office.letters
    assert letter["Subject"] == "Not approved: SD-2027-0311"
    text = " ".join(letter.get_content().split())
    assert "One agency does not approve it: Education (nursery, school, college)." in text


def test_an_address_beyond_ascii_is_written_as_it_is():
    with a_post_office() as office:
        by_smtp(a_server(office))(a_message("zoë@schüle.example"))
    assert office.envelopes[0][1] == ["zoë@schüle.example"]


# ── Accounts and protection ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for this machine and its key, in one file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Post office of a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file


def _tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize("implicit", [True, False])
def test_a_password_goes_only_over_a_protected_line(certificate, monkeypatch, implicit):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with a_post_office(tls=_tls(certificate), implicit=implicit, account=("accord", "se:cret")) as office:
        secure = {"implicit_tls": True} if implicit else {"starttls": True}
        by_smtp(a_server(office, user="accord", password="se:cret", **secure))(a_message())
        assert office.signed_in == [("accord", "se:cret")]
        assert office.over_tls == [True]

        wrong = by_smtp(a_server(office, user="accord", password="wrong", **secure))
        with pytest.raises(NotDelivered, match=r"The mail server 127.0.0.1 did not accept the account that is set\."):
            wrong(a_message())


def test_a_server_whose_certificate_is_not_trusted_gets_nothing(certificate, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with a_post_office(tls=_tls(certificate), account=("accord", "secret")) as office:
        with pytest.raises(NotDelivered, match="could not be reached") as refused:
            by_smtp(a_server(office, user="accord", password="secret", starttls=True))(a_message())
        assert not refused.value.for_good
    assert office.signed_in == []
    assert office.letters == []


# ── What does not go ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answers", "sentence", "for_good"),
    [
        (
            {"RCPT": b"550 No such mailbox"},
            "The mail server does not take the address i.holm@school.example: No such mailbox.",
            True,
        ),
        ({"RCPT": b"450 Greylisted, come back"}, "does not take the address i.holm@school.example: Greylisted", False),
        ({"MAIL": b"451 Busy\x07 now"}, "The mail server 127.0.0.1 refused the message: Busy now.", False),
        ({"DATA": b"554 Spam"}, "The mail server 127.0.0.1 refused the message: Spam.", True),
        ({"STARTTLS": b"454 No"}, "The mail server 127.0.0.1 broke off: STARTTLS extension not supported", False),
    ],
)
def test_what_a_mail_server_refuses_is_told_and_whether_it_is_tried_again(answers, sentence, for_good):
    with a_post_office(answers=answers) as office:
        server = a_server(office, starttls="STARTTLS" in answers)
        with pytest.raises(NotDelivered) as refused:
            by_smtp(server)(a_message())
    assert sentence in str(refused.value)
    assert refused.value.for_good is for_good
    assert office.letters == []


def test_a_server_that_hangs_up_is_silent_or_is_not_there_is_told(monkeypatch):
    with a_post_office(hang_up_at="DATA") as office, pytest.raises(NotDelivered, match="broke off"):
        by_smtp(a_server(office))(a_message())
    with a_post_office() as office:
        gone = a_server(office)
    with pytest.raises(NotDelivered, match=r"The mail server 127\.0\.0\.1 could not be reached"):
        by_smtp(gone)(a_message())


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: c@d.example", "a\nb@c.example"])
def test_an_address_that_no_header_can_hold_is_refused_for_good(address):
    with a_post_office() as office, pytest.raises(NotDelivered) as refused:
        by_smtp(a_server(office))(a_message(address))
    assert refused.value.for_good
    assert office.letters == []


# ── The outbox ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_mail_server_a_message_is_a_file_that_only_its_owner_reads(tmp_path):
    deliver = into(tmp_path / "outbox")
    deliver(a_message())
    (file,) = (tmp_path / "outbox").iterdir()
    assert file.name == "20270203T120000Z-link-0b3c1a52-6f0e-4d1c-9a57-2f7a6f3f1c05.eml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert PAGE in message_from_bytes(file.read_bytes(), policy=default).get_content()
    (tmp_path / "file").touch()
    with pytest.raises(NotDelivered, match="The message could not be written into"):
        into(tmp_path / "file")(a_message())


# ── The setting ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:2525", MailServer("127.0.0.1", 2525, "accord@127.0.0.1")),
        ("smtp://mail.force.example", MailServer("mail.force.example", 25, "accord@mail.force.example")),
        (
            "smtp://accord%40force.example:p%3Aw%40rd@mail.example?starttls",
            MailServer("mail.example", 587, "accord@force.example", "accord@force.example", "p:w@rd", starttls=True),
        ),
        (
            "smtps://me:secret@mail.example?from=minutes@force.example",
            MailServer("mail.example", 465, "minutes@force.example", "me", "secret", implicit_tls=True),
        ),
    ],
)
def test_the_address_of_a_mail_server_is_read(url, server):
    assert read_settings({"ACCORD_SMTP_URL": url}).mail_server == server


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://mail.example", "ACCORD_SMTP_URL does not begin with smtp:// or smtps://."),
        ("mail.example", "does not begin with smtp://"),
        ("smtp://", "names no host, or more than a host."),
        ("smtp://mail.example/inbox", "names no host, or more than a host."),
        ("smtp://mail.example:nine", "is not an address of a mail server."),
        ("smtp://mail.example:99999", "is not an address of a mail server."),
        ("smtp://[mail", "is not an address of a mail server."),
        ("smtp://mail.example?tls=yes", "has ‘tls’ after the question mark; only starttls and from can stand there."),
        ("smtp://mail.example?starttls=no", "has starttls with a value"),
        ("smtps://mail.example?starttls", "asks for smtps and for starttls. Use one of them."),
        ("smtp://me@mail.example?starttls", "has a user without a password"),
        ("smtp://me:hush-hush@mail.example", "would send a password unprotected over the network."),
        ("smtp://mail.example?from=nobody", "has from=‘nobody’, which is not an e-mail address."),
    ],
)
def test_a_wrong_address_of_a_mail_server_is_refused_at_start_with_a_sentence_that_shows_no_password(url, sentence):
    with pytest.raises(WrongSetting) as refused:
        read_settings({"ACCORD_SMTP_URL": url})
    assert sentence in str(refused.value)
    assert "hush-hush" not in str(refused.value)


def test_the_address_people_open_is_read_and_a_wrong_one_refused():
    assert read_settings({"ACCORD_ADDRESS": "https://accord.example/"}).address == "https://accord.example"
    for wrong in ("accord.example", "ftp://accord.example", "https://a.example?x=1", "https://", "https://a b"):
        with pytest.raises(WrongSetting, match="use the address people open, such as https://accord.example"):
            read_settings({"ACCORD_ADDRESS": wrong})


def test_no_password_is_shown_where_settings_are(tmp_path):
    settings = read_settings({"ACCORD_SMTP_URL": "smtps://me:hush-hush@mail.example"})
    assert "hush-hush" not in repr(settings)
    assert "hush-hush" not in repr(settings.mail_server)
    assert mail.PATIENCE <= 10
