"""Each channel sends what it should, safely, and says in words why it could not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from proxies import authorities
from recorder import Answer, Recorder, raw_server, unused_port
from told import NOON, SECRET, STRANGER, mail_server

from langchain_ashby.errors import ConfigurationError
from langchain_ashby.inbox.notifications import Email, Slack, Webhook, posting
from langchain_ashby.inbox.notifications.message import Item, Message, NotDeliveredError

URL = "https://inbox.example/approvals/q1/1"
HOSTILE = f"{STRANGER} @here https://evil.example\r\nBcc: everybody@example.com\u202e \ud800"


def message(text: str = "Change stage", headline: str = "1 change waits for approval: Change stage") -> Message:
    return Message("msg_1", "approvals.waiting", NOON, headline, (Item(text, URL, {"kind": "new"}),), 2, URL)


def test_a_webhook_is_signed_as_standard_webhooks_describe(recorder: Recorder) -> None:
    Webhook(f"{recorder.url}/hook", SECRET).send(message(), "", NOON)
    [sent] = recorder.requests
    assert sent.headers["webhook-id"] == "msg_1"
    assert sent.headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    signed = b"msg_1." + sent.headers["webhook-timestamp"].encode() + b"." + sent.content
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert sent.headers["webhook-signature"] == f"v1,{expected}"
    assert sent.body["type"] == "approvals.waiting" and sent.body["timestamp"] == NOON.isoformat()
    assert sent.body["data"]["items"] == [{"kind": "new", "text": "Change stage", "url": URL}]
    assert "Authorization" not in sent.headers


def test_the_signature_is_that_of_the_example_in_the_specification() -> None:
    from pydantic import SecretStr

    from langchain_ashby.inbox.notifications.webhook import _checked, _signature

    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    key = SecretStr(_checked(secret))
    assert _signature(key, signed) == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_is_replaced_a_message_is_signed_by_both(recorder: Recorder) -> None:
    new = base64.b64encode(b"n" * 32).decode()
    Webhook(recorder.url, [new, SECRET]).send(message(), "", NOON)
    signatures = recorder.last.headers["webhook-signature"].split(" ")
    assert len({*signatures}) == 2 and all(it.startswith("v1,") for it in signatures)


@pytest.mark.parametrize("secret", ["", "whsec_", "short", "not base64!", base64.b64encode(b"x" * 65).decode(), []])
def test_a_secret_that_cannot_be_one_is_refused_without_being_repeated(secret: Any) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Webhook("https://hooks.example", secret)
    assert "openssl" in str(refused.value) and (not secret or str(secret) not in str(refused.value))


@pytest.mark.parametrize("url", ["http://hooks.example/T0KEN", "ftp://T0KEN", "https:///T0KEN", "T0KEN", ""])
def test_an_address_that_is_not_https_is_refused_without_being_repeated(url: str) -> None:
    for make in (lambda: Webhook(url, SECRET), lambda: Slack(url)):
        with pytest.raises(ConfigurationError) as refused:
            make()
        assert "T0KEN" not in str(refused.value)


def test_no_secret_is_in_what_a_channel_prints_or_raises(
    recorder: Recorder, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"http://127.0.0.1:{unused_port()}/T0KEN"
    channels: list[Any] = [
        Webhook(url, SECRET),
        Slack(url),
        Email("localhost", unused_port(), "a@b.example", user="u", password="T0KEN"),
    ]
    for channel in channels:
        with pytest.raises(NotDeliveredError) as failed:
            channel.send(message(), "ada@example.com", NOON)
        seen = f"{channel!r} {vars(channel)} {failed.value} {failed.value.__cause__} {caplog.text}"
        assert "T0KEN" not in seen and SECRET.removeprefix("whsec_") not in seen
        assert failed.value.down and failed.value.why == "has been unreachable"


def test_slack_finds_no_mention_and_no_link_in_what_strangers_wrote(recorder: Recorder) -> None:
    Slack(f"{recorder.url}/services/T/B/X").send(message(HOSTILE), "", NOON)
    body = recorder.last.body
    texts = [field for block in body["blocks"] for field in block["fields"]]
    said = [it for it in texts if it["type"] == "plain_text"]
    assert all("<" not in it["text"] and ">" not in it["text"] and it["emoji"] is False for it in said)
    assert "&lt;!channel&gt;" in said[1]["text"] and "[U+202E]" in said[1]["text"]
    links = {it["text"] for it in texts if it["type"] == "mrkdwn"}
    assert links == {f"<{URL}|Open>"}, "only our own words are marked up"
    assert body["text"] == "1 change waits for approval: Change stage"
    assert len(body["blocks"]) == 3 and "and 2 more" in said[2]["text"]


def test_a_long_text_fits_into_what_slack_takes(recorder: Recorder) -> None:
    Slack(recorder.url).send(message("&" * 10_000), "", NOON)
    fields = [field for block in recorder.last.body["blocks"] for field in block["fields"]]
    assert max(len(it["text"]) for it in fields) <= 2000


def test_an_email_is_encrypted_signed_in_and_readable_as_text_and_html() -> None:
    with mail_server() as (mailbox, port):
        channel = Email("localhost", port, "inbox@example.com", user="u", password="right", authorities=authorities())
        channel.send(message(HOSTILE), "ada@example.com", NOON)
    [(sender, to, letter)] = mailbox.letters
    assert (sender, to, mailbox.was_encrypted) == ("inbox@example.com", ["ada@example.com"], [True])
    assert mailbox.signed_in == [("u", "right")]
    assert letter["Subject"] == "1 change waits for approval: Change stage"
    assert letter["Message-ID"] == "<msg_1@example.com>" and letter["Auto-Submitted"] == "auto-generated"
    assert letter["Bcc"] is None and letter["To"] == "ada@example.com"
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None and html is not None
    assert URL in plain.get_content() and "[U+202E]" in plain.get_content() and "[U+D800]" in plain.get_content()
    assert "<!channel>" not in html.get_content() and "&lt;!channel&gt;" in html.get_content()
    assert html.get_content().count("<a href=") == 2, "only our own links"


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nBcc: c@d.example", "Ada <a@b.example>", "a@b.example, c@d.example", "a b@c.example", "a@", ""],
)
def test_an_address_that_is_not_exactly_one_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError):
        Email("localhost", 25, address)
    assert not Email("localhost", 25, "a@b.example").takes(address)


def test_a_headline_with_line_breaks_adds_no_header() -> None:
    with mail_server() as (mailbox, port):
        channel = Email("localhost", port, "a@b.example", authorities=authorities())
        with pytest.raises(NotDeliveredError) as failed:
            channel.send(message(headline="Hello\r\nBcc: everybody@example.com"), "ada@example.com", NOON)
    assert not mailbox.letters and not failed.value.down


def test_email_leaves_this_machine_only_over_tls_with_a_certificate_that_is_right() -> None:
    with pytest.raises(ConfigurationError):
        Email("mail.example", 25, "a@b.example", security="none")
    with mail_server() as (mailbox, port):
        channel = Email("localhost", port, "a@b.example", authorities=authorities(right=False))
        with pytest.raises(NotDeliveredError, match="TLS"):
            channel.send(message(), "ada@example.com", NOON)
    with mail_server(tls_context=None, require_starttls=False) as (mailbox, port):
        channel = Email("localhost", port, "a@b.example", user="u", password="right")
        with pytest.raises(NotDeliveredError):
            channel.send(message(), "ada@example.com", NOON)
    assert not mailbox.letters and not mailbox.signed_in, "no password without TLS"


@pytest.mark.parametrize(
    ("to", "password", "answers", "why", "down"),
    [
        ("nobody@example.com", "right", [], "has been refusing a recipient", False),
        ("ada@example.com", "wrong", [], "has been refusing the user or password", True),
        ("ada@example.com", "right", ["451 later"], "has been answering 451", True),
    ],
)
def test_what_a_mail_server_refuses_is_said_without_quoting_it(
    to: str, password: str, answers: list[str], why: str, down: bool
) -> None:
    with mail_server() as (mailbox, port):
        mailbox.answers = answers
        channel = Email("localhost", port, "a@b.example", user="u", password=password, authorities=authorities())
        with pytest.raises(NotDeliveredError) as failed:
            channel.send(message(), to, NOON)
    assert (failed.value.why, failed.value.down) == (why, down)


def test_a_mail_server_that_hangs_up_without_a_goodbye_has_the_message_all_the_same() -> None:
    async def hang_up(server: Any, *_: Any) -> str:
        server.transport.abort()
        return "221 Bye"

    with mail_server() as (mailbox, port):
        mailbox.handle_QUIT = hang_up  # type: ignore[attr-defined]
        Email("localhost", port, "a@b.example", authorities=authorities()).send(message(), "ada@example.com", NOON)
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize(
    ("answer", "why", "pause"),
    [
        (Answer(status=500), "has been answering 500", None),
        (Answer(status=429, headers={"Retry-After": "120"}), "has been answering 429", 120.0),
        (Answer(status=429, headers={"Retry-After": "9" * 30}), "has been answering 429", 3600.0),
        (Answer(status=302, headers={"Location": "/elsewhere"}), "has been answering 302", None),
    ],
)
def test_only_an_answer_of_2xx_means_that_a_message_arrived(
    recorder: Recorder, answer: Answer, why: str, pause: float | None
) -> None:
    recorder.answers["hook"] = [answer]
    with pytest.raises(NotDeliveredError) as failed:
        Webhook(f"{recorder.url}/hook", SECRET).send(message(), "", NOON)
    assert (failed.value.why, failed.value.retry_after, failed.value.down) == (why, pause, True)
    assert len(recorder.requests) == 1, "no redirect is followed"


def test_a_server_that_never_answers_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "_SECONDS", 0.2)

    def drip(connection: Any) -> None:
        connection.recv(65536)
        for _ in range(50):
            connection.sendall(b"H")
            import time

            time.sleep(0.05)

    with raw_server(drip) as url, pytest.raises(NotDeliveredError, match="has not answered"):
        Slack(url).send(message(), "", NOON)


def test_the_same_message_is_the_same_bytes_each_time(recorder: Recorder) -> None:
    channel = Webhook(recorder.url, SECRET)
    for attempt in range(2):
        channel.send(message(), "", NOON + timedelta(minutes=attempt))
    first, second = recorder.requests
    assert json.loads(first.content) == second.body and first.content == second.content
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"], "each attempt has its time"


def test_an_answer_that_breaks_off_after_its_status_counts(recorder: Recorder) -> None:
    recorder.answers["hook"] = [Answer(b"x" * 100, cut=3)]
    Webhook(f"{recorder.url}/hook", SECRET).send(message(), "", NOON)
    assert len(recorder.requests) == 1
