"""The errors of this package, one class per kind.

Every error is an `AshbyError`; its text says what happened and what to do next. Two families matter to a caller:

- `Refused` and its kinds (Ashby understood and said no) and `ArgumentError` (the arguments cannot be right). A model
  may read these and try something else.
- all others: the key, the connection or the reply is at fault, and other arguments would not help.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar


class AshbyError(Exception):
    """A call to Ashby that failed.

    Attributes:
        message: What happened, in a sentence.
        code: Ashby's own code (`candidate_not_found`), or this package's name for the fault (`timeout`).
        remedy: What to do about it; empty if unknown.
        done: What earlier steps of the same operation had already changed in Ashby; empty if they changed nothing.
        endpoint: The method that was called (`candidate.info`), if any.
        permission: The permission that this method needs (`candidatesRead`).
        status: The HTTP status, if there was a reply.
        request_id: Ashby's id of the request, for its support.
        retryable: True if the same call can succeed later, and repeats nothing that is done.
        outcome_unknown: True for a write that may or may not have taken effect.
        retry_after: Seconds to wait, if Ashby named a time.
        meta: Further data that Ashby added to the error.
    """

    default_code: ClassVar[str] = "error"
    default_remedy: ClassVar[str] = ""
    default_retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        remedy: str | None = None,
        endpoint: str | None = None,
        permission: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        retryable: bool | None = None,
        outcome_unknown: bool = False,
        retry_after: float | None = None,
        meta: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.remedy = self.default_remedy if remedy is None else remedy
        self.done = ""
        self.endpoint = endpoint
        self.permission = permission
        self.status = status
        self.request_id = request_id
        self.retryable = self.default_retryable if retryable is None else retryable
        self.outcome_unknown = outcome_unknown
        self.retry_after = retry_after
        self.meta = meta or {}

    def __str__(self) -> str:
        """The full text in one line, for logs and tracebacks."""
        where = f"{self.endpoint}: " if self.endpoint else ""
        trace = f" [request {self.request_id}]" if self.request_id else ""
        return f"{where}{self.for_model()}{trace}"

    def for_model(self) -> str:
        """The text of a tool message: code, what happened, what had been done, what to do, and if a retry can help."""
        parts = [f"{self.code}: {_sentence(self.message)}"]
        if self.outcome_unknown:
            parts.append("It is not known whether the change was made: look before you try it again.")
        if self.done:
            parts.append(_sentence(self.done))
        if self.remedy:
            parts.append(_sentence(self.remedy))
        if self.retryable and not self.outcome_unknown:
            wait = f" in {self.retry_after:g} seconds" if self.retry_after else " later"
            parts.append(f"The same call can succeed{wait}.")
        return " ".join(parts)


class ConfigurationError(AshbyError):
    """The client was given settings that cannot work, such as no key or a malformed proxy."""

    default_code = "configuration"


class MissingAPIKeyError(ConfigurationError):
    """No API key was given, neither as an argument nor in `ASHBY_API_KEY`."""

    default_code = "missing_api_key"


class ArgumentError(AshbyError):
    """The arguments cannot be right. The write itself was not sent; `done` names earlier steps that were."""

    default_code = "invalid_argument"


class Refused(AshbyError):
    """Ashby understood the request and said no (`success: false`)."""

    default_code = "refused"
    default_message: ClassVar[str] = "Ashby refused without a reason"
    """The message used when Ashby sends a code without text."""


class PermissionDeniedError(Refused):
    """The key lacks a permission, is wrong or is deactivated (HTTP 403 or `missing_endpoint_permission`)."""

    default_code = "forbidden"


class CursorExpiredError(Refused):
    """The cursor is too old or unknown to Ashby: the listing has to start again from its first page."""

    default_code = "next_cursor_expired"
    default_remedy = "Drop `cursor` and list again from the first page; a cursor needs the other arguments of its page."
    default_message = "The cursor is too old or belongs to another listing"


class SyncTokenExpiredError(Refused):
    """The sync token is too old or unknown to Ashby: a full listing is needed."""

    default_code = "sync_token_expired"
    default_message = "The sync token is too old or belongs to another listing"
    default_remedy = "Drop `sync_token` and list everything again; the last page gives a new token."


class SyncTooLargeError(Refused):
    """More has changed since the sync token than Ashby hands out incrementally: a full listing is needed."""

    default_code = "incremental_sync_too_large"
    default_message = "More has changed since the sync token than Ashby lists as changes"
    default_remedy = "Drop `sync_token` and list everything again; the last page gives a new token."


class AuthenticationError(AshbyError):
    """Ashby rejected the API key (HTTP 401)."""

    default_code = "unauthorized"
    default_remedy = "Check ASHBY_API_KEY; keys are made in Ashby under Admin > Integrations > API Keys."


class EndpointNotFoundError(AshbyError):
    """The method does not exist at this address (HTTP 404)."""

    default_code = "endpoint_not_found"
    default_remedy = "Check ASHBY_BASE_URL; it takes the host alone, such as https://api.ashbyhq.com."


class RateLimitError(AshbyError):
    """Too many requests (HTTP 429). The request had no effect."""

    default_code = "rate_limited"
    default_retryable = True


class ServerError(AshbyError):
    """Ashby failed (HTTP 5xx)."""

    default_code = "server_error"
    default_retryable = True


class UnexpectedStatusError(AshbyError):
    """An HTTP status that Ashby does not use, such as a redirect."""

    default_code = "unexpected_status"


class UnreadableReplyError(AshbyError):
    """The reply is not Ashby's JSON envelope."""

    default_code = "unreadable_reply"
    default_retryable = True


class BrokenJSONError(UnreadableReplyError):
    """The reply is cut off, is not JSON, or lacks Ashby's envelope."""

    default_code = "broken_json"


class HTMLReplyError(UnreadableReplyError):
    """The reply is a web page: a proxy or a login page stands between this program and Ashby."""

    default_code = "html_reply"
    default_remedy = "Check ASHBY_BASE_URL and any proxy between this program and Ashby."


class EmptyReplyError(UnreadableReplyError):
    """The reply has no body."""

    default_code = "empty_reply"


class ReplyTooLargeError(UnreadableReplyError):
    """The reply has more bytes than the client accepts (`reply_limit`)."""

    default_code = "reply_too_large"
    default_retryable = False


class UnreachableError(AshbyError):
    """No connection could be made, or it broke before the reply was complete."""

    default_code = "unreachable"
    default_remedy = "Check the network and ASHBY_BASE_URL."
    default_retryable = True


class RequestTimeoutError(UnreachableError):
    """Ashby did not answer in time."""

    default_code = "timeout"
    default_remedy = "Ashby may be slow: try AshbyClient with a larger `timeout` or `budget`."


class ProxyError(UnreachableError):
    """A proxy could not be reached or made no connection. Nothing was sent to Ashby."""

    default_code = "proxy"
    default_remedy = "Check HTTPS_PROXY, ALL_PROXY, NO_PROXY and the proxy: it has to let connections to Ashby through."


class PagingError(AshbyError):
    """Ashby gave the same cursor twice, or one empty page after another: the listing would never end."""

    default_code = "repeated_cursor"


class MirrorError(AshbyError):
    """The mirror cannot be used: it is missing, another account's, of another version, or out of reach."""

    default_code = "mirror"


class MirrorBusyError(MirrorError):
    """Another process or thread is bringing the mirror up to date. It can still be read."""

    default_code = "mirror_busy"
    default_retryable = True


@contextmanager
def calling(endpoint: str, permission: str) -> Iterator[None]:
    """Names the method and its permission in an error that is raised inside the block and names none yet."""
    try:
        yield
    except AshbyError as error:
        error.endpoint = error.endpoint or endpoint
        error.permission = error.permission or permission
        raise


@contextmanager
def already_done(done: str, remedy: str) -> Iterator[None]:
    """Adds to an error that is raised inside the block what earlier steps have changed, and how to go on from there."""
    try:
        yield
    except AshbyError as error:
        if done:
            error.done = " ".join(filter(None, [done, error.done]))
            error.retryable = False  # the same call would repeat the step that is done
        error.remedy = " ".join(filter(None, [error.remedy and _sentence(error.remedy), remedy]))
        raise


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
