"""Recorded replies for calls of every tool and cards of every write, and a server that corrupts them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent.parent / "agent" / "cards"))

import desk
import every_answer
from recorder import KEY, Answer, Recorder, Sent

from fuzz.values import Change, changed, some_changes
from langchain_ashby import AshbyClient
from langchain_ashby.endpoint import Operation
from langchain_ashby.sandbox import AshbySandbox

NOW = desk.NOW

Replies = dict[tuple[str, str], Any]
"""Envelopes by endpoint and body."""


@dataclass(frozen=True, repr=False)
class Case:
    """A tool, valid arguments, and Ashby's replies."""

    tool: str
    args: dict[str, Any]
    replies: Replies
    request: Operation[Any] | None = None

    def __repr__(self) -> str:
        return f"Case({self.tool}, {self.args})"


class _Listener(Recorder):
    """A proxy that records the sandbox's replies."""

    def __init__(self, sandbox: AshbySandbox) -> None:
        super().__init__()
        self.heard: Replies = {}
        self._sandbox = sandbox

    def answer(self, sent: Sent) -> Answer:
        auth = (self._sandbox.api_key, "")
        reply = requests.post(self._sandbox.url + sent.path, data=sent.content, auth=auth, timeout=30)
        self.heard[sent.endpoint, sent.content.decode()] = reply.json()
        return Answer(reply.content, reply.status_code)


def tool_calls(uploads: Path) -> list[Case]:
    """One or more calls of each tool."""
    cases: list[Case] = []

    class Noting(every_answer.Desk):
        def call(self, name: str, case: str = "", /, **args: Any) -> Any:
            listener.heard = {}
            result = super().call(name, case, **args)
            cases.append(Case(f"ashby_{name}", args, listener.heard))
            return result

    with _heard(uploads) as (sandbox, listener, client):
        every_answer.every_answer(Noting(sandbox, client, uploads))
    return cases


def cards(uploads: Path) -> list[Case]:
    """Each write, with the replies that its card reads."""
    cases = []
    with _heard(uploads) as (sandbox, listener, client):
        seat = desk.Desk(sandbox.state(), client, uploads, sandbox)
        for name, make in desk.EXAMPLES.items():
            sandbox.reset()
            request = make(seat)
            listener.heard = {}
            seat.card(request)
            cases.append(Case(f"ashby_{name}", request.model_dump(mode="json"), listener.heard, request))
    return cases


@contextmanager
def _heard(uploads: Path) -> Iterator[tuple[AshbySandbox, _Listener, AshbyClient]]:
    with (
        AshbySandbox() as sandbox,
        _Listener(sandbox) as listener,
        AshbyClient(KEY, listener.url, timeout=30, upload_dirs=[uploads]) as client,
    ):
        yield sandbox, listener, client


RAW = (
    b"", b" ", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b'\xef\xbb\xbf{"success":true,"results":[]}', b"<html>",
    b'{"success":true}', b'{"success":1,"results":[]}', b'{"success":false}', b'{"success":"true","results":[]}',
    b'{"success":true,"results":NaN}', b'{"success":true,"results":' + b"9" * 5000 + b"}",
    b'{"success":true,"results":1e999}', b'{"success":true,"results":"\\ud800"}',
    b'{"success":true,"results":"\xed\xa0\x80"}', b'{"success":true,"success":false,"results":[]}',
    b'{"success":true,"results":' + b"[" * 200 + b"]" * 200 + b"}",
    b'{"success":true,"results":' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"success":true,"results":' + b'{"a":' * 100_000,
    b'{"success":true,"results":[' + b'{"a":' * 700 + b"1" + b"}" * 700 + b"]}",
    b'{"success":false,"errorInfo":{"code":[],"message":{"a":[1]},"meta":3,"requestId":{}}}',
    b'{"success":false,"errors":[{"message":["x"],"parameter":{}}]}',
    b'{"success":false,"errors":[[]],"errorInfo":null}',
    b'{"success":false,"errorInfo":{"code":"candidate_not_found","message":"\\ud800\\n# ok"}}',
)  # fmt: skip
"""Bodies that changing an envelope cannot produce."""


@dataclass(frozen=True)
class Spoiling:
    """A corruption of one of a case's replies, chosen by `reply`."""

    reply: int
    changes: list[Change] = field(default_factory=list)
    raw: bytes | None = None
    status: int = 200


_reply = st.integers(0, 20)
_results = some_changes.map(lambda made: [Change((1, *change.way), change.to) for change in made])
spoilings = st.lists(
    st.one_of(
        st.builds(Spoiling, _reply, some_changes),
        st.builds(Spoiling, _reply, _results),  # shapes matter most inside the results
        st.builds(Spoiling, _reply, _results),
        st.builds(Spoiling, _reply, st.just([]), st.sampled_from(RAW), st.sampled_from([200, 200, 403, 500])),
    ),
    min_size=1,
    max_size=3,
)


class SpoilingAshby(Recorder):
    """Replays the recorded replies, some of them corrupted."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[tuple[str, str], Answer] = {}

    def prepare(self, case: Case, spoiled: Iterable[Spoiling]) -> None:
        self.requests.clear()
        self._answers = {key: Answer(_encoded(envelope)) for key, envelope in case.replies.items()}
        places = list(case.replies)
        for spoiling in spoiled if places else ():
            place = places[spoiling.reply % len(places)]
            envelope = changed(case.replies[place], spoiling.changes)
            content = _encoded(envelope) if spoiling.raw is None else spoiling.raw
            self._answers[place] = Answer(content, spoiling.status)

    def answer(self, sent: Sent) -> Answer:
        if sent.path.startswith("/_storage"):
            return Answer(status=204)
        found = self._answers.get((sent.endpoint, sent.content.decode()))
        nearest = (answer for (endpoint, _), answer in self._answers.items() if endpoint == sent.endpoint)
        answer = found or next(nearest, Answer(b'{"success":true,"results":{}}'))
        return Answer(_STORAGE.sub(f"{self.url}/_storage".encode(), answer.content), answer.status)


def _encoded(envelope: Any) -> bytes:
    return json.dumps(envelope).encode()


_STORAGE = re.compile(rb"http://127\.0\.0\.1:\d+/_storage")
