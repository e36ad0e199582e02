"""What the tests of notifications share: questions that wait, a clock that is set, a server for e-mail."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore
from proxies import AUTHORITY
from recorder import Recorder, unused_port

from langchain_ashby.agent.execution.audit_log import AuditRecord, audit_op
from langchain_ashby.agent.execution.waiting import Waiting
from langchain_ashby.inbox.notifications import Notifier, Webhook
from langchain_ashby.inbox.questions import Question
from langchain_ashby.inbox.trail import Trail

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ="
BASE = "https://inbox.example"
STRANGER = "<!channel> Ada <https://evil.example|Lovelace> & Co"


def card(line: str = f"Move {STRANGER} to Offer", **other: Any) -> dict[str, Any]:
    """A card of this version."""
    return {
        "version": 2, "made": NOON.isoformat(), "tool": "ashby_change_application_stage", "line": line,
        "changes": [{"field": "Stage", "before": "Onsite", "after": "Offer"}], "consequences": [], "warnings": [],
        "unchecked": [], "risk": "medium", "links": [], "targets": [], "facts": {},
        "before": {"revision": {}, "passed": {}, "creates": None},
        "refers": {
            "ada": {"what": "The candidate", "name": "Ada Lovelace", "kind": None},
            "eng": {"what": "The job", "name": "Backend Engineer", "kind": None},
        },
        "sent": None, "private": {}, "beside": {"consequences": [], "warnings": []}, "args": {},
    } | other  # fmt: skip


def action(name: str = "ashby_change_application_stage", title: str = "Change stage", **other: Any) -> dict[str, Any]:
    return {"name": name, "args": {}, "title": title, "tool_call_id": "call", "card": card()} | other


def question(
    name: str = "q1",
    *actions: dict[str, Any],
    since: datetime = NOON,
    lives: timedelta | None = None,
    requester: str | None = "ravi@example.com",
) -> Question:
    return Question(
        Waiting(
            interrupt_id=name,
            thread_id=f"thread of {name}",
            request={"action_requests": [*(actions or [action()])]},
            since=since.isoformat(),
            expires=(since + lives).isoformat() if lives else None,
            requester=requester,
            settings={},
            turn=None,
            asked="",
            said="",
        )
    )


def record(number: int = 0, **other: Any) -> AuditRecord:
    facts: dict[str, Any] = {
        "at": NOON + timedelta(seconds=number), "thread_id": "thread of q1", "call_id": "call",
        "tool": "ashby_change_application_stage", "args": {"note": "Hello."}, "original": None, "card": card(),
        "decision": "reject", "reviewer": "Ben", "decided_at": NOON.isoformat(), "policy": "ask", "outcome": "rejected",
        "detail": "Not executed. A person rejected this call. Their reason: too early", "request_ids": [],
    }  # fmt: skip
    return AuditRecord(**facts | other)


def put(store: BaseStore, *records: AuditRecord) -> None:
    start = len(store.search(("langchain_ashby", "audit"), limit=1_000_000))
    store.batch([audit_op(it, f"key-{number}") for number, it in enumerate(records, start)])


class Office:
    """A store, and the time, which the tests set."""

    def __init__(self, store: BaseStore | None = None) -> None:
        self.store = store or InMemoryStore()
        self.now = NOON
        self.questions: list[Question] = []

    def tick(self, notifier: Notifier, *, after: float = 0) -> None:
        self.now += timedelta(seconds=after)
        notifier.tick(self.now, self.store, self.questions, Trail(self.store, every=0))


class Mailbox:
    """Takes e-mail, or refuses it with the answers given."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, list[str], EmailMessage]] = []
        self.signed_in: list[tuple[str, str]] = []
        self.was_encrypted: list[bool] = []
        self.answers: list[str] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 no such user: the password is hunter2"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes) and envelope.mail_from is not None
        if self.answers:
            return self.answers.pop(0)
        self.was_encrypted.append(session.ssl is not None)
        letter: Any = message_from_bytes(envelope.content, policy=default)
        self.letters.append((envelope.mail_from, [*map(str, envelope.rcpt_tos)], letter))
        return "250 OK"


@contextmanager
def mail_server(**options: Any) -> Iterator[tuple[Mailbox, int]]:
    """A server for e-mail with STARTTLS. Yields its mailbox and port."""
    mailbox = Mailbox()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("localhost", "127.0.0.1").configure_cert(context)

    def signed_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        from aiosmtpd.smtp import AuthResult

        mailbox.signed_in.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"right", handled=False)

    settings: dict[str, Any] = {"tls_context": context, "require_starttls": True, "authenticator": signed_in} | options
    port = unused_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **settings)
    controller.start()
    try:
        yield mailbox, port
    finally:
        controller.stop()


def hook(recorder: Recorder, path: str = "hook", **options: Any) -> Webhook:
    return Webhook(f"{recorder.url}/{path}", SECRET, **options)


def texts(sent: Sequence[Any]) -> list[str]:
    """The headlines that a webhook received."""
    return [it.body["data"]["text"] for it in sent]
