"""Turns requests into bytes and replies into results or errors. Pure: it opens no connection."""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar

from pydantic import SecretStr
from pydantic_core import from_json

from langchain_ashby.endpoint import Access, Endpoint, Paged
from langchain_ashby.errors import (
    AshbyError,
    AuthenticationError,
    BrokenJSONError,
    CursorExpiredError,
    EmptyReplyError,
    EndpointNotFoundError,
    HTMLReplyError,
    PermissionDeniedError,
    ProxyError,
    RateLimitError,
    Refused,
    ServerError,
    SyncTokenExpiredError,
    SyncTooLargeError,
    UnexpectedStatusError,
    calling,
)
from langchain_ashby.ids import unknown_id
from langchain_ashby.text.json import whole_characters

R = TypeVar("R")

API_VERSION = "2026-01-01"
HEADERS = {
    "Accept": "application/json; version=1",
    "Ashby-Version": API_VERSION,
    "Content-Type": "application/json",
}
WHERE_KEYS_ARE = "in Ashby under Admin > Integrations > API Keys"

_REFUSED_BY_CODE: dict[str, type[Refused]] = {
    "next_cursor_expired": CursorExpiredError,
    "invalid_next_cursor": CursorExpiredError,
    "cursor_invalid": CursorExpiredError,
    "sync_token_expired": SyncTokenExpiredError,
    "sync_token_invalid": SyncTokenExpiredError,
    "incremental_sync_too_large": SyncTooLargeError,
}

_REMEDIES = {
    "communication_template_not_allowed": "Use an e-mail template that is meant for archiving.",
    "opening_in_use": "Choose another opening: this one is taken by another offer.",
    "opening_state_invalid": "Choose another opening: this one is closed or filled.",
}


@dataclass(frozen=True, slots=True)
class Reply(Generic[R]):
    """Ashby's answer.

    Attributes:
        result: The result of the operation.
        warnings: What Ashby left undone of a request that it carried out in part.
        request_ids: Ashby's ids of the requests that it accepted, in order.
        more: True if Ashby has more records than these in a listing that, by its documentation, has no pages.
        next_cursor: The cursor for them, if there is one.
    """

    result: R
    warnings: tuple[str, ...] = ()
    request_ids: tuple[str, ...] = ()
    more: bool = False
    next_cursor: str | None = None


def encode(request: Endpoint[Any]) -> bytes:
    """Writes the body of a request. Ashby expects an object even if it is empty."""
    body = request.wire() | ({"cursor": request.after} if request.after else {})
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def decode(
    request: Endpoint[R], status: int, headers: Mapping[str, str], body: bytes, key: SecretStr | None = None
) -> Reply[R]:
    """Reads the reply to a request.

    Args:
        request: The request.
        status: The HTTP status.
        headers: The reply's headers; the mapping ignores case.
        body: The reply's body, decompressed.
        key: The key that was sent. If the reply repeats it, `[API key]` takes its place; a request id that holds it is
            dropped.

    Raises:
        AshbyError: of the matching kind, if the reply is not a success.
    """
    with calling(request.path, request.permission):
        return _decode(request, status, headers, body, key)


def _decode(
    request: Endpoint[R], status: int, headers: Mapping[str, str], body: bytes, key: SecretStr | None
) -> Reply[R]:
    envelope, unreadable = _parse(headers, _without_key(body, key))
    request_id = _request_id(headers, envelope, key)
    facts: dict[str, Any] = {"status": status, "request_id": request_id}
    writes = request.access is Access.WRITE
    if status >= 500:
        raise _from_status(
            ServerError,
            f"Ashby failed with HTTP {status}",
            envelope,
            facts,
            outcome_unknown=writes,
            retry_after=_wait(headers),
        )
    if status == 401:
        raise _from_status(AuthenticationError, "Ashby rejected the API key (HTTP 401)", envelope, facts)
    if status == 407:  # from a proxy for plain http; the others refuse the connection
        raise ProxyError("The proxy asks for a user name and a password (HTTP 407)", retryable=False, **facts)
    if status == 403:
        raise _forbidden(request, envelope, facts, a_page=isinstance(unreadable, HTMLReplyError))
    if status == 404:
        raise _from_status(EndpointNotFoundError, f"There is no {request.path} at this address", envelope, facts)
    if status == 429:
        raise _from_status(
            RateLimitError, "Ashby received too many requests", envelope, facts, retry_after=_wait(headers)
        )
    if envelope is not None and envelope["success"] is False:
        raise _refused(request, envelope, facts)
    if status != 200:
        unknown = writes and status not in _NOT_DONE
        raise UnexpectedStatusError(f"Ashby answered with HTTP {status}", outcome_unknown=unknown, **facts)
    if envelope is None:
        raise type(unreadable)(unreadable.message, outcome_unknown=writes, **facts)
    if "results" not in envelope and not writes:
        raise BrokenJSONError("The reply says success but has no results", **facts)
    try:
        result = request.read_result(envelope)
    except ValueError as lacking:
        raise BrokenJSONError(f"The reply {lacking}", outcome_unknown=writes, **facts) from None
    request_ids = (request_id,) if request_id else ()
    if isinstance(request, Paged) or writes:
        return Reply(result, _warnings(envelope), request_ids)
    more = envelope.get("moreDataAvailable")
    cursor = None if more is False else envelope.get("nextCursor")
    return Reply(result, _warnings(envelope), request_ids, bool(more or cursor), str(cursor) if cursor else None)


_NOT_DONE = {301, 302, 307, 308, 400, 405, 410, 411, 413, 414, 415, 417, 421, 422, 425, 426, 428, 431, 451}
"""The other statuses that, by their definition, answer a request that was not carried out.

303 See Other, for one, follows a POST that took effect, and some gateways answer 408, 409 or 499 after passing one on.
"""


def _parse(headers: Mapping[str, str], body: bytes) -> tuple[dict[str, Any] | None, AshbyError]:
    """Reads Ashby's envelope, or says why there is none."""
    unreadable: AshbyError = BrokenJSONError("The reply is not Ashby's JSON")
    start = body.lstrip()[:15].lower()
    if not start:
        return None, EmptyReplyError("The reply is empty")
    if "html" in headers.get("Content-Type", "").lower() or start.startswith((b"<!doctype", b"<html")):
        return None, HTMLReplyError("The reply is a web page")
    try:
        envelope = _json(body)
    except (ValueError, RecursionError):
        return None, BrokenJSONError("The reply is broken or cut off")
    if isinstance(envelope, dict) and isinstance(envelope.get("success"), bool):
        if _says_twice(body):
            return None, BrokenJSONError("The reply has one of its keys twice")
        return envelope, unreadable
    return None, unreadable


def _json(body: bytes) -> Any:
    try:
        return from_json(body)
    except ValueError:
        # Slower, but accepts a byte order mark, and half an emoji as JavaScript writes it.
        return whole_characters(json.loads(body))


def _says_twice(body: bytes) -> bool:
    """Tells if the envelope has a key twice: the parser would keep the last, whatever the first says of a write."""
    if body.count(b'"success"') < 2 and body.count(b'"results"') < 2:
        return False  # nearly always, at no cost
    keys: list[str] = json.loads(body, object_pairs_hook=lambda pairs: [key for key, _ in pairs])
    return len(keys) > len(set(keys))


def _request_id(headers: Mapping[str, str], envelope: dict[str, Any] | None, key: SecretStr | None) -> str | None:
    """Reads Ashby's id of the request. It goes into logs, which may hold neither the key nor anything but an id."""
    info = (envelope or {}).get("errorInfo")
    for said in (headers.get("x-ashby-request-id"), info.get("requestId") if isinstance(info, dict) else None):
        if isinstance(said, str) and _REQUEST_ID.fullmatch(said) and not _holds(said, key):
            return said
    return None


def _holds(said: str, key: SecretStr | None) -> bool:
    """Tells if a text holds the key, as it is or as it is sent."""
    return any(it in said for it in _forms(key))


def _without_key(body: bytes, key: SecretStr | None) -> bytes:
    """Takes the key out of a reply: gateways may repeat the request in their errors, which go to models and stores.

    A key too short to be a real one stays: it could be part of any word.
    """
    if key is None or len(key) < _SHORTEST_KEY:
        return body
    for form in _forms(key):
        for spelled in (form, form.replace("/", "\\/")):  # as some write JSON
            body = body.replace(spelled.encode(), b"[API key]")
    return body


def _forms(key: SecretStr | None) -> tuple[str, ...]:
    """The key as it is, and as it is sent; nothing without a key."""
    if not key:
        return ()
    plain = key.get_secret_value()
    return plain, b64encode(f"{plain}:".encode()).decode().rstrip("=")


_SHORTEST_KEY = 8

_REQUEST_ID = re.compile("(?=[A-Za-z_-]*[0-9])[0-9A-Za-z_-]{1,64}")
"""A ULID, a UUID or the like: one word with a digit in it."""


def _warnings(envelope: dict[str, Any]) -> tuple[str, ...]:
    warnings = envelope.get("warnings")
    if isinstance(warnings, str):
        return (warnings,)
    return tuple(map(str, warnings)) if isinstance(warnings, list) else ()


def _said(envelope: dict[str, Any] | None) -> tuple[str | None, str | None, dict[str, Any]]:
    """Takes code, message and further facts with all details out of an error, in any of Ashby's three shapes."""
    info, listed = (envelope or {}).get("errorInfo"), (envelope or {}).get("errors") or []
    details = [info, *(listed if isinstance(listed, list) else [listed])]
    codes, told = [], []
    for it in details:
        if isinstance(it, dict):
            codes.append(_text(it.get("code")))
            told.append(_detail(it))
        elif isinstance(it, str) and _CODE.fullmatch(it):
            codes.append(it)
        else:
            told.append(_text(it))
    code, *others = dict.fromkeys(filter(None, codes)) or [None]
    texts: list[str] = []
    for text in filter(None, [*told, *others]):
        if not any(text in it for it in texts):
            texts.append(text)
    meta = info.get("meta") if isinstance(info, dict) else None
    unnamed = "invalid_input" if any(isinstance(it, dict) for it in details[1:]) else None
    return code or unnamed, _text("; ".join(texts)), meta if isinstance(meta, dict) else {}


def _detail(said: dict[str, Any]) -> str | None:
    """Tells one detail of an error: the parameter that it is about, the message, and whatever else it says."""
    where, message = _text(said.get("parameter")), _text(said.get("message"))
    more = {key: it for key, it in said.items() if key not in _TOLD_APART and it not in (None, {}, [], "")}
    text = ": ".join(filter(None, [where, message]))
    return _text(" ".join(filter(None, [text, json.dumps(more, ensure_ascii=False) if more else ""])))


_CODE = re.compile("[a-z0-9_.]+")
_TOLD_APART = ("code", "message", "parameter", "requestId")


def _text(said: Any) -> str | None:
    """Puts Ashby's text on one line: it may quote people, and a line of its own could pass for one of ours."""
    line = " ".join(str(said).split()) if said else ""
    return (f"{line[:_LONGEST_TEXT]}…" if len(line) > _LONGEST_TEXT else line) or None


_LONGEST_TEXT = 2_000
"""The most characters of Ashby's text that an error keeps."""


def _from_status(
    kind: type[AshbyError], message: str, envelope: dict[str, Any] | None, facts: dict[str, Any], **more: Any
) -> AshbyError:
    code, said, meta = _said(envelope)
    return kind(f"{message}: {said}" if said else message, code=code, meta=meta, **facts, **more)


def _forbidden(
    request: Endpoint[Any], envelope: dict[str, Any] | None, facts: dict[str, Any], *, a_page: bool = False
) -> AshbyError:
    code, said, meta = _said(envelope)
    if code == "missing_endpoint_permission":
        remedy = f"Grant the key {request.permission}, {WHERE_KEYS_ARE}."
    else:
        remedy = f"Check that the key is active and may use {request.permission}, {WHERE_KEYS_ARE}."
    what = "A proxy on the way refused the request, or Ashby refused" if a_page else "Ashby refused"
    message = said or f"{what} the API key (HTTP 403): it is wrong, deactivated or lacks a permission"
    return PermissionDeniedError(message, code=code, remedy=remedy, meta=meta, **facts)


def _refused(request: Endpoint[Any], envelope: dict[str, Any], facts: dict[str, Any]) -> AshbyError:
    code, said, meta = _said(envelope)
    if code == "missing_endpoint_permission":
        return _forbidden(request, envelope, facts)
    if code == "internal_server_error":
        unknown = request.access is Access.WRITE
        return _from_status(ServerError, "Ashby failed", envelope, facts, outcome_unknown=unknown)
    kind = _REFUSED_BY_CODE.get(code or "", Refused)
    mistaken = unknown_id(code)
    remedy = mistaken.remedy if mistaken else _REMEDIES.get(code or "")
    only_code = "Ashby refused and gave only this code" if code and kind is Refused else kind.default_message
    return kind(said or only_code, code=code, remedy=remedy, meta=meta, **facts)


def _wait(headers: Mapping[str, str]) -> float | None:
    """Reads the seconds of `Retry-After`: a number, or a date that is compared with the date of the reply."""
    retry_after, now = headers.get("Retry-After"), headers.get("Date")
    if retry_after is None:
        return None
    try:
        wait = float(retry_after)
    except ValueError:
        try:
            since = parsedate_to_datetime(now) if now else datetime.now(UTC)
            wait = (parsedate_to_datetime(retry_after) - since).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, wait) if math.isfinite(wait) else None
