"""Ashby itself: what happens to a request between the socket and a method's rule."""

import json
import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.clock import Clock
from langchain_ashby.sandbox.faults import STORAGE, Fault, Faults
from langchain_ashby.sandbox.keys import Key, Keys, RateLimit
from langchain_ashby.sandbox.messages import Refusal, Request, Response, invalid
from langchain_ashby.sandbox.methods import METHODS
from langchain_ashby.sandbox.paging import Page
from langchain_ashby.sandbox.records import API_USER_ID, User
from langchain_ashby.sandbox.registry import Method
from langchain_ashby.sandbox.statement import ignoring
from langchain_ashby.sandbox.store import Store, equals
from langchain_ashby.sandbox.tokens import Tokens

API_VERSION = "2026-01-01"

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LONGEST_LOG = 100_000
_log = logging.getLogger(__name__)

Company = Iterable[tuple[str, Mapping[str, Any]]]


def found(store: Store, company: Company) -> None:
    """Puts a company into an empty store, and the user that API keys act as."""
    with store.transaction():
        store.add(
            User,
            {
                "id": API_USER_ID,
                "firstName": "API",
                "lastName": "Key",
                "email": "api-key@ashby.example",
                "globalRole": "Organization Admin",
                # Disabled, so that it is not listed, cannot interview, and cannot be acted for.
                "isEnabled": False,
                "updatedAt": "2020-01-01T00:00:00.000Z",
                "customFieldValues": {},
            },
        )
        store.load(company)


class Engine:
    """A company in Ashby, its API keys, and the faults that a test asked for; `fill` founds the company."""

    def __init__(
        self,
        fill: Callable[[Store], None],
        *,
        api_key: str,
        db: str | Path | None = None,
        rate_limit: int | None = None,
        sync_page_cap: int | None = None,
        strict: bool = False,
    ) -> None:
        self._fill = fill
        self._strict = strict
        self._sync_page_cap = sync_page_cap
        self._start: Store | None = None
        self._closed = threading.Event()
        self._log_lock = threading.Lock()
        self._requests: deque[dict[str, Any]] = deque(maxlen=_LONGEST_LOG)
        self._logged = 0
        self.clock = Clock()
        self.tokens = Tokens(api_key.encode())
        self.keys = Keys(api_key, self.clock)
        self.rate_limit = RateLimit(rate_limit, self.clock)
        self.faults = Faults()
        self.store = Store(db)
        if self.store.is_empty():
            try:
                fill(self.store)
            except BaseException:
                self.store.close()
                raise

    def close(self) -> None:
        """Closes the database and ends all delays."""
        self._closed.set()
        self.store.close()
        if self._start is not None:
            self._start.close()

    def reset(self) -> None:
        """Goes back to the start: the company, one key, no faults, no log, the computer's time."""
        self.clock.reset()
        self.keys.reset()
        self.rate_limit.reset()
        self.faults.reset()
        if self._start is None:
            start = Store("")
            self._fill(start)
            self._start = start
        self.store.become(self._start)
        with self._log_lock:
            self._requests.clear()
            self._logged = 0

    def requests(self, after: int) -> list[dict[str, Any]]:
        """The calls after the first `after`, in the order in which they were answered."""
        with self._log_lock:
            forgotten = self._logged - len(self._requests)
            return list(islice(self._requests, max(0, after - forgotten), None))

    def answer(self, request: Request) -> Response:
        """Answers a call, unless a fault strikes it."""
        request_id = _ulid(self.clock.time())
        method = METHODS.get(request.endpoint)
        fault = self.faults.take(method.name if method else request.endpoint)
        response = self._suffered(fault, lambda: self._do(request, request_id), _headers(request_id))
        return self._recorded(request, request_id, response, is_fault=fault is not None)

    def answer_storage(self, answer: Callable[[], Response]) -> Response:
        """Answers an upload or a download, unless a fault strikes it."""
        return self._suffered(self.faults.take(STORAGE), answer, {})

    def _suffered(self, fault: Fault | None, answer: Callable[[], Response], headers: Mapping[str, str]) -> Response:
        """The answer as a fault changes it; `headers` are those of a reply that the method did not make."""
        if fault is None:
            return answer()
        if self._closed.wait(fault.delay or 0):
            return Response(drop=True)
        reply = answer() if fault.is_carried_out else Response(headers=headers)
        if fault.replaces_reply:
            reply = replace(reply, status=fault.status or 200, content=_replacement(fault, headers))
        return replace(
            reply,
            content_type=fault.content_type or reply.content_type,
            headers={**reply.headers, **(fault.headers or {})},
            drop=fault.drop in ("before", "after"),
            delivery=fault,
        )

    def _do(self, request: Request, request_id: str) -> Response:
        with nullcontext(list[str]()) if self._strict else ignoring() as ignored:
            response = self._attempted(request, request_id)
        warnings = tuple(f"{place}: is not a key that this request has, so it was ignored" for place in ignored)
        return replace(response, warnings=warnings)

    def _attempted(self, request: Request, request_id: str) -> Response:
        headers = _headers(request_id)
        try:
            return Response(200, _json(self._results(request)), headers=headers, carried_out=True)
        except Refusal as refusal:
            content = _json(refusal.envelope(request_id))
            return Response(refusal.status, content, headers={**headers, **refusal.headers})
        except Exception:
            _log.exception("The sandbox failed at %s", request.endpoint)
            failure = Refusal("internal_server_error", "The sandbox failed; its log says why.")
            return Response(500, _json(failure.envelope(request_id)), headers=headers)

    def _results(self, request: Request) -> dict[str, Any]:
        """The envelope of a call that succeeds; the checks come in the order in which Ashby would notice."""
        method = METHODS.get(request.endpoint)
        if method is None:
            raise Refusal("not_found", f"There is no method {request.endpoint}.", status=404)
        if request.verb != "POST":
            headers = {"Allow": "POST"}
            raise Refusal("method_not_allowed", "Every method is called with POST.", status=405, headers=headers)
        key = self._key(request)
        self.rate_limit.take(key)
        version = request.headers.get("Ashby-Version", API_VERSION)
        if version != API_VERSION:
            raise invalid("Ashby-Version", f"there is no version {version}; use {API_VERSION}")
        if method.permission not in key.permissions:
            message = f"This API key lacks the permission {method.permission}."
            raise Refusal("missing_endpoint_permission", message, status=403)
        body = method.request.check(_parsed(request.content), "")
        with self.store.transaction(read_only=method.reads):
            call = Call(
                endpoint=method.name,
                body=body,
                key=key,
                store=self.store,
                clock=self.clock,
                tokens=self.tokens,
                url=request.url,
                acting_user_id=self._acting_user(request, key),
                sync_page_cap=self._sync_page_cap,
            )
            return _envelope(method, call)

    def _key(self, request: Request) -> Key:
        if request.key is None:
            message = "Send an API key with Basic authentication: the key is the user name, the password is empty."
            headers = {"WWW-Authenticate": 'Basic realm="Ashby"'}
            raise Refusal("unauthorized", message, status=401, headers=headers)
        key = self.keys.find(request.key)
        if key is None:
            raise Refusal("forbidden", "This API key does not exist or is deactivated.", status=403)
        return key

    def _acting_user(self, request: Request, key: Key) -> str:
        user_id = request.headers.get("X-On-Behalf-Of")
        if user_id is None:
            return API_USER_ID
        if not key.act_on_behalf:
            message = "This API key may not act on behalf of a user."
            raise Refusal("missing_endpoint_permission", message, status=403)
        if self.store.get(User, user_id, equals("isEnabled", True)) is None:
            raise invalid("X-On-Behalf-Of", "must be the id of an enabled user")
        return user_id

    def _recorded(self, request: Request, request_id: str, response: Response, *, is_fault: bool) -> Response:
        """Logs a call. A dropped one has no status; it is `ok` if it was carried out, whatever the fault."""
        key = self.keys.find(request.key) if request.key is not None else None
        try:
            body = _parsed(request.content)
        except Refusal:
            body = None
        entry = {
            "endpoint": request.endpoint,
            "body": body,
            "status": None if response.drop else response.status,
            "ok": response.carried_out,
            "request_id": request_id,
            "key": key.id if key else None,
            "on_behalf_of": request.headers.get("X-On-Behalf-Of"),
            "fault": is_fault,
            "warnings": list(response.warnings),
        }
        with self._log_lock:
            self._requests.append(entry)
            self._logged += 1
        return response


def _envelope(method: Method, call: Call) -> dict[str, Any]:
    results = method.rule(call)
    return results.envelope() if isinstance(results, Page) else {"success": True, "results": results}


def _parsed(content: bytes) -> dict[str, Any]:
    """The body of a request, which must be a JSON object."""
    try:
        body = json.loads(content, parse_constant=_refuse_constant)
        # Half of a surrogate pair is valid JSON, but no text.
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise invalid("body", "must be JSON") from None
    if not isinstance(body, dict):
        raise invalid("body", "must be a JSON object")
    return body


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _replacement(fault: Fault, headers: Mapping[str, str]) -> bytes:
    """The body of a reply that a fault replaces; Ashby's envelope if the fault names only a status."""
    if fault.body is not None:
        return fault.body.encode() if isinstance(fault.body, str) else fault.body
    codes = {401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limit_exceeded"}
    code = codes.get(fault.status or 200, "internal_server_error")
    return _json(Refusal(code, "A fault that a test asked for.").envelope(headers.get("x-ashby-request-id", "")))


def _headers(request_id: str) -> dict[str, str]:
    return {"x-ashby-request-id": request_id, "Ashby-Version": API_VERSION, "Ashby-Version-Status": "active"}


def _ulid(seconds: float) -> str:
    """A ULID: 48 bits of time and 80 of chance."""
    number = int(seconds * 1000) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))
