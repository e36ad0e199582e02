"""The fault matrix as data: every failure between a tool and Ashby, and the required outcome."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from proxies import Scheme

TIMEOUT, PATIENT_TIMEOUT = 0.5, 10.0
"""The client's timeout in seconds for each piece of a reply: for replies that never come, and otherwise."""
BUDGET, PATIENT_BUDGET = 2.0, 20.0
"""A call's budget in seconds: for replies that drip, and otherwise. A busy machine must not look like a fault."""
SLACK = 1.5
"""Extra seconds for a call on a busy machine."""
MAX_RETRIES = 1
REPLY_LIMIT = 1_000_000

ANSWERED = "answered"
"""The tool answers normally."""
REFUSED = "refused"
"""The tool answers with an error that the model can act on."""
FOR_EVER = 1000

ELSEWHERE = "http://localhost:{port}/user.list"
"""The other host that replies point to; the trial fills in the port."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a call.

    Attributes:
        told: `ANSWERED`, `REFUSED`, or the name of the raised error.
        arrivals: How often the request reaches the sandbox.
        effect: True if the request is carried out.
        unknown: True if the error says that the outcome is not known.
    """

    told: str
    arrivals: int = 1
    effect: bool = False
    unknown: bool = False


@dataclass(frozen=True)
class Route:
    """A way to the sandbox through TLS and a proxy.

    Attributes:
        proxy: The kind of the proxy; None to go without one.
        fails: True if it lets nothing through from the request of the trial on.
        answer: What it then answers: an HTTP status, or the number of a refusal for SOCKS. None if nobody is there.
        host: Its name, if that is one that nobody has.
        authorities: Whose certificates the client accepts.
    """

    proxy: Scheme | None = "http"
    fails: bool = False
    answer: int | None = None
    host: str | None = None
    authorities: Literal["right", "wrong", "missing"] = "right"

    @property
    def is_wrong_throughout(self) -> bool:
        """True if not even the first request of a tool gets through, so that there is no second."""
        return self.host is not None or self.authorities != "right"


@dataclass(frozen=True)
class Trouble:
    """A fault in one request.

    Attributes:
        name: Its name in the documentation.
        how: The sandbox's settings; empty if the request never reaches it.
        read: The outcome of a read.
        write: The outcome of a write.
        step: The outcome of a write if the fault hits an earlier writing request; defaults to `write`.
        upload: The outcome of a write if the fault hits the upload to the storage; None if it cannot.
        peer: The other end: the sandbox, nobody, or a server that hangs up.
        route: The way there through TLS, if it is not a direct one.
    """

    name: str
    how: Mapping[str, Any]
    read: Outcome
    write: Outcome
    step: Outcome | None = None
    upload: Outcome | None = None
    peer: Literal["sandbox", "nobody", "hangs up"] = "sandbox"
    route: Route | None = None

    @property
    def timeout(self) -> float:
        """The client's timeout in seconds for each piece of the reply."""
        return TIMEOUT if "delay" in self.how else PATIENT_TIMEOUT

    @property
    def budget(self) -> float:
        """The call's budget in seconds."""
        return BUDGET if {"drip_head", "drip_body"} & self.how.keys() else PATIENT_BUDGET


def envelope(**content: Any) -> str:
    """A reply in JSON."""
    return json.dumps(content)


ALL = 1 + MAX_RETRIES
_SUCCESS = envelope(success=True, results={"id": "1"})
_BOMB = gzip.compress(b'{"success": true, "results": [' + b" " * 30_000_000 + b"]}", mtime=0)
_DONE = Outcome(ANSWERED, effect=True)


def _unknown(told: str, effect: bool) -> Outcome:
    return Outcome(told, effect=effect, unknown=True)


def _broken(name: str, told: str, upload: Outcome | None = _DONE, **how: Any) -> Trouble:
    """The change is made, but the reply is useless. A read is repeated, a write is not."""
    how = {"times": FOR_EVER, "effect": True, **how}
    return Trouble(name, how, Outcome(told, ALL, effect=True), _unknown(told, effect=True), upload=upload)


def _fails(status: int) -> tuple[Trouble, Trouble]:
    told = "ServerError"
    not_stored = Outcome("UnexpectedStatusError")
    return (
        Trouble(
            f"{status} for ever",
            {"times": FOR_EVER, "status": status},
            read=Outcome(told, ALL),
            write=_unknown(told, effect=False),
            upload=not_stored,
        ),
        Trouble(
            f"{status} once, after the effect",
            {"status": status, "effect": True},
            read=Outcome(ANSWERED, 2, effect=True),
            write=_unknown(told, effect=True),
            upload=not_stored,
        ),
    )


def _on_the_way(name: str, told: str, arrivals: int, **route: Any) -> Trouble:
    """The request never leaves for Ashby. The file storage is not reached that way, so no fault hits an upload."""
    outcome = Outcome(told, arrivals)
    return Trouble(name, {}, read=outcome, write=outcome, route=Route(**route))


def _says_no(name: str, told: str, body: str, *, status: int = 200) -> Trouble:
    """Ashby says `success: false`: it did nothing, and the client does not repeat the request."""
    return Trouble(name, {"body": body, "status": status}, read=Outcome(told), write=Outcome(told))


TROUBLES: tuple[Trouble, ...] = (
    Trouble(
        "connection refused",
        {},
        read=Outcome("UnreachableError", 0),
        write=Outcome("UnreachableError", 0),
        upload=Outcome("UnreachableError"),
        peer="nobody",
    ),
    Trouble(
        "connection closed while sending",
        {},
        read=Outcome("UnreachableError", ALL),
        write=_unknown("UnreachableError", effect=False),
        upload=Outcome("UnreachableError"),
        peer="hangs up",
    ),
    _on_the_way("proxy refused", "ProxyError", 0, fails=True),
    _on_the_way("a proxy whose name is unknown", "ProxyError", 0, host="no-such-host.invalid"),
    _on_the_way("403 from a proxy", "ProxyError", 1, fails=True, answer=403),
    _on_the_way("407 from a proxy", "ProxyError", 1, fails=True, answer=407),
    _on_the_way("502 from a proxy", "ProxyError", ALL, fails=True, answer=502),
    _on_the_way("a SOCKS proxy that refuses", "ProxyError", ALL, proxy="socks5h", fails=True, answer=2),
    Trouble("a proxy", {}, read=_DONE, write=_DONE, route=Route("http")),
    Trouble("a proxy with TLS", {}, read=_DONE, write=_DONE, route=Route("https")),
    Trouble("a SOCKS proxy", {}, read=_DONE, write=_DONE, route=Route("socks5h")),
    _on_the_way("a certificate from an unknown authority", "UnreachableError", 1, proxy=None, authorities="wrong"),
    _on_the_way("a missing certificate file", "ConfigurationError", 0, proxy=None, authorities="missing"),
    Trouble(
        "reset before the effect",
        {"times": FOR_EVER, "drop": "before"},
        read=Outcome("UnreachableError", ALL),
        write=_unknown("UnreachableError", effect=False),
        upload=Outcome("UnreachableError"),
    ),
    Trouble(
        "reset once before the effect",
        {"drop": "before"},
        read=Outcome(ANSWERED, 2, effect=True),
        write=_unknown("UnreachableError", effect=False),
        upload=Outcome("UnreachableError"),
    ),
    _broken("reset after the effect", "UnreachableError", Outcome("UnreachableError"), drop="after"),
    _broken("reset in the middle of the reply", "UnreachableError", drop="during"),
    _broken("no answer in time", "RequestTimeoutError", Outcome("RequestTimeoutError"), delay=1.6 * TIMEOUT),
    Trouble(
        "headers that drip",
        {"times": FOR_EVER, "drip_head": 0.05 * BUDGET},
        read=Outcome("RequestTimeoutError", effect=True),
        write=_unknown("RequestTimeoutError", effect=True),
        upload=Outcome("RequestTimeoutError"),
    ),
    Trouble(
        "a body that drips",
        {"times": FOR_EVER, "drip_body": 0.05 * BUDGET},
        read=Outcome("RequestTimeoutError", effect=True),
        write=_unknown("RequestTimeoutError", effect=True),
        upload=_DONE,
    ),
    Trouble(
        "429 once",
        {"status": 429, "headers": {"Retry-After": "0"}},
        read=Outcome(ANSWERED, 2, effect=True),
        write=Outcome(ANSWERED, 2, effect=True),
        upload=Outcome("UnexpectedStatusError"),
    ),
    Trouble(
        "429 for ever",
        {"times": FOR_EVER, "status": 429, "headers": {"Retry-After": "0"}},
        read=Outcome("RateLimitError", ALL),
        write=Outcome("RateLimitError", ALL),
        upload=Outcome("UnexpectedStatusError"),
    ),
    Trouble(
        "429 and a pause longer than the budget",
        {"times": FOR_EVER, "status": 429, "headers": {"Retry-After": "3600"}},
        read=Outcome("RateLimitError"),
        write=Outcome("RateLimitError"),
        upload=Outcome("UnexpectedStatusError"),
    ),
    *_fails(500),
    *_fails(502),
    *_fails(503),
    *_fails(504),
    _broken("JSON that is cut off", "BrokenJSONError", body=_SUCCESS[:-9]),
    _broken("a body shorter than its length", "UnreachableError", cut=20),
    Trouble(
        "the content type of plain text",
        {"content_type": "text/plain"},
        read=_DONE,
        write=_DONE,
        upload=_DONE,
    ),
    _broken("the content type of HTML", "HTMLReplyError", content_type="text/html"),
    _broken("HTML", "HTMLReplyError", body="<!doctype html><title>Log in</title>", content_type="text/html"),
    _broken("an empty body", "EmptyReplyError", body=""),
    Trouble(
        "a gzip bomb",
        {"body": _BOMB, "headers": {"Content-Encoding": "gzip"}, "effect": True},
        read=Outcome("ReplyTooLargeError", effect=True),
        write=_unknown("ReplyTooLargeError", effect=True),
        upload=_DONE,
    ),
    _broken("a body that is no gzip", "UnreachableError", headers={"Content-Encoding": "gzip"}),
    Trouble(
        "50 MB",
        {"size": 50_000_000},
        read=Outcome("ReplyTooLargeError", effect=True),
        write=_unknown("ReplyTooLargeError", effect=True),
        upload=_DONE,
    ),
    *(
        Trouble(
            f"{status} to another host",
            {"status": status, "body": "", "headers": {"Location": ELSEWHERE}},
            read=Outcome("UnexpectedStatusError"),
            write=Outcome("UnexpectedStatusError"),
            upload=Outcome("UnexpectedStatusError"),
        )
        for status in (302, 307)
    ),
    Trouble(
        "the charset of something else",
        {"content_type": "application/json; charset=utf-16"},
        read=_DONE,
        write=_DONE,
        upload=_DONE,
    ),
    _broken("a body in Latin-1", "BrokenJSONError", body=_SUCCESS.replace("1", "Zoë").encode("latin-1")),
    _broken("success twice", "BrokenJSONError", body=_SUCCESS.replace('"results"', '"success": false, "results"')),
    _broken("results twice", "BrokenJSONError", body=_SUCCESS.replace("}}", '}, "results": {"id": "2"}}')),
    _says_no("success: false, with errorInfo", REFUSED, envelope(
        success=False, errors=["invalid_input"], errorInfo={"code": "invalid_input", "message": "No.", "requestId": "1"}
    )),
    _says_no("success: false, with codes", REFUSED, envelope(success=False, errors=["invalid_input"])),
    _says_no("success: false, with messages", REFUSED, envelope(
        success=False, errors=[{"message": "is not right", "parameter": "x"}]
    )),
    _says_no("success: false, and nothing else", REFUSED, envelope(success=False)),
    _says_no("success: false, at 400", REFUSED, envelope(success=False, errors=["invalid_input"]), status=400),
    _says_no("success: false, a permission is missing", REFUSED, envelope(
        success=False, errors=["missing_endpoint_permission"]
    )),
    Trouble(
        "success: false, Ashby failed",
        {"times": FOR_EVER, "body": envelope(success=False, errors=["internal_server_error"])},
        read=Outcome("ServerError", ALL),
        write=_unknown("ServerError", effect=False),
    ),
    Trouble(
        "no results",
        {"times": FOR_EVER, "body": envelope(success=True), "effect": True},
        read=Outcome("BrokenJSONError", ALL, effect=True),
        write=_DONE,
        step=_unknown("BrokenJSONError", effect=True),
    ),
)  # fmt: skip
