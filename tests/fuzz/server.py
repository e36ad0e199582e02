"""Sends the sandbox broken HTTP, broken JSON, and bodies that no method or control accepts."""

from __future__ import annotations

import json
import logging
import re
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import requests
from hypothesis import strategies as st

from fuzz.overheard import RAW, tool_calls
from fuzz.target import Target
from fuzz.values import changed, changes
from langchain_ashby.sandbox import AshbySandbox

CONTROLS: list[tuple[str, Any]] = [
    ("_sandbox/faults", {"endpoint": "user.list", "times": 2, "status": 500, "headers": {"Retry-After": "1"}}),
    ("_sandbox/faults", {"endpoint": "*", "drop": "after", "delay": 0.1, "body": "{}", "content_type": "text/html"}),
    ("_sandbox/keys", {"permissions": ["jobsRead"], "confidential": False, "private": False, "act_on_behalf": True}),
    ("_sandbox/keys", {"api_key": "another"}),
    ("_sandbox/clock", {"advance": 60}),
    ("_sandbox/reset", {}),
    ("_sandbox/state", {}),
    ("_storage", {}),
]

_verbs = st.sampled_from([b"POST", b"GET", b"HEAD", b"PUT", b"OPTIONS", b"CONNECT", b"", b"P\0ST", b"post"])
_paths = st.sampled_from(
    [
        b"/user.list", b"/_sandbox/state", b"/_sandbox/reset", b"/_storage", b"/_storage/1?expires=x&signature=%ff",
        b"*", b"//", b"/../../etc/passwd", b"/%00", b"/%", b"http://[::1",
        b"http://localhost:99999999/user.list", b"/\xff",
        b"/_storage/1?expires=" + b"9" * 5000, b"/" + b"x" * 70_000, b"",
    ]
)  # fmt: skip
_versions = st.sampled_from(
    [b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.x", b"", b"FTP/1"]
)
_headers = st.lists(
    st.one_of(
        st.sampled_from(
            [
                b"Content-Length: 2", b"Content-Length: -1", b"Content-Length: x", b"Content-Length: " + b"9" * 400,
                b"Content-Length: 99999999", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked",
                b"Connection: close", b"Connection: keep-alive", b"Expect: 100-continue", b"Host:",
                b"Host: localhost:x", b"Host: [::1", b"Host: \xff", b"Host: localhost:" + b"9" * 400,
                b"Authorization: Basic !!!",
                b"Authorization: Basic gICA", b"Authorization: Basic", b"Authorization: Digest username=\"x",
                b"X-On-Behalf-Of: \xff", b"Ashby-Version: \0", b"Content-Type: multipart/form-data",
                b"Content-Type: multipart/form-data; boundary=\"\xc3\xa9\"",
                b"Content-Type: multipart/form-data; boundary=x",
                b"Upgrade: h2c", b"no colon", b": no name", b" folded", b"X: " + b"x" * 70_000,
            ]
        ),
        st.binary(max_size=20),
    ),
    max_size=5,
)  # fmt: skip
_bodies = st.one_of(
    st.sampled_from(
        [b"{}", b"", b"5\r\n{}\r\n", b"2\r\n{}\r\n0\r\n\r\n", b"zz\r\n", b"-1\r\n{}\r\n", b"ffffffff\r\n{}"]
    ),
    st.sampled_from([b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\n\xff\r\n--x--\r\n', *RAW]),
    st.binary(max_size=60),
)
_messages = st.one_of(
    st.builds(
        lambda verb, path, version, headers, body: b"\r\n".join(
            [b" ".join([verb, path, version]), b"Host: localhost", *headers, b"", body]
        ),
        _verbs, _paths, _versions, _headers, _bodies,
    ),
    st.binary(max_size=200),
)  # fmt: skip


@contextmanager
def messages() -> Iterator[Target]:
    """Messages to the sandbox, which must answer each without failing, and keep serving."""
    with ExitStack() as stack:
        uploads = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        heard = [(endpoint, json.loads(body)) for case in tool_calls(uploads) for endpoint, body in case.replies]
        sandbox = stack.enter_context(AshbySandbox(candidates=1))
        session = stack.enter_context(requests.Session())
        session.auth = (sandbox.api_key, "")
        complaints = stack.enter_context(_complaints())
        port = int(sandbox.url.rpartition(":")[2])

        def check(example: bytes | tuple[str, Any, bytes | None]) -> str:
            if isinstance(example, bytes):
                came = _raw(port, example)
                assert session.post(f"{sandbox.url}/user.list", json={"limit": 1}, timeout=10).status_code == 200
            else:
                endpoint, body, raw = example
                content = json.dumps(body).encode() if raw is None else raw
                verb = "GET" if endpoint == "_sandbox/state" else "POST"
                answer = session.request(verb, f"{sandbox.url}/{endpoint}", data=content, timeout=30)
                came = f"{answer.status_code // 100}xx"
                if endpoint.startswith("_"):
                    sandbox.reset()
                else:
                    answer.json()
            said = [*complaints]
            complaints.clear()
            assert not said, said
            assert came != "5xx", example
            return came

        bodies = st.sampled_from([*heard, *CONTROLS * 5]).flatmap(
            lambda known: st.tuples(
                st.just(known[0]),
                changes.map(lambda made: changed(known[1], made)),
                st.none() | st.none() | st.sampled_from(RAW),
            )
        )
        yield Target(bodies | _messages, check)


def _raw(port: int, message: bytes) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        received = b""
        try:
            connection.sendall(message)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                received += chunk
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            return "reset"  # it hung up before reading everything
    assert b"Traceback" not in received
    statuses = re.findall(rb"^HTTP/1\.[01] (\d)\d\d ", received, re.MULTILINE)
    # 501 and 505 are correct for unknown verbs and versions.
    if b"5" in statuses and not re.search(rb"^HTTP/1\.[01] 50[15] ", received, re.MULTILINE):
        return "5xx"
    return f"{statuses[-1].decode()}xx" if statuses else "no head" if received else "nothing"


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collects what the sandbox and its server log."""
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(f"{record.getMessage()} {logging.Formatter().format(record)[-500:]}")  # type: ignore[method-assign]
    loggers = [logging.getLogger(name) for name in ("langchain_ashby.sandbox", "werkzeug")]
    for logger in loggers:
        logger.addHandler(handler)
    yield said
    for logger in loggers:
        logger.removeHandler(handler)
