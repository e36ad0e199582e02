"""What can go wrong with Ashby, one class per kind.

Every error is an `AshbyError` and says in its text what happened and what to do next. Two families matter to a caller:

- `Refused` and its kinds: Ashby understood and said no, or `ArgumentError`: the call could not have worked and was not
  sent. A model may read these and try something else.
- all others: the key, the connection or the reply is at fault. No other arguments would help.
"""

from __future__ import annotations

from typing import Any, ClassVar


class AshbyError(Exception):
    """A call to Ashby that did not do what was asked.

    Attributes:
        message: What happened, in a sentence.
        code: Ashby's own code (`candidate_not_found`), or this package's name for the fault (`timeout`).
        remedy: What to do about it; empty where nothing is known.
        endpoint: The method that was called (`candidate.info`), if one was.
        permission: The permission which that method needs (`candidatesRead`).
        status: The HTTP status, if there was a reply.
        request_id: Ashby's id of the request, for its support.
        retryable: Whether the same call can succeed later.
        outcome_unknown: True for a write that may or may not have taken effect.
        retry_after: Seconds to wait, where Ashby said so.
        meta: What Ashby added to the error.
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
        self.endpoint = endpoint
        self.permission = permission
        self.status = status
        self.request_id = request_id
        self.retryable = self.default_retryable if retryable is None else retryable
        self.outcome_unknown = outcome_unknown
        self.retry_after = retry_after
        self.meta = meta or {}

    def __str__(self) -> str:
        """The whole story in one line, as a log or a traceback shows it."""
        where = f"{self.endpoint}: " if self.endpoint else ""
        trace = f" [request {self.request_id}]" if self.request_id else ""
        return f"{where}{self.for_model()}{trace}"

    def for_model(self) -> str:
        """The error as a tool message: code, what happened, what to do, and whether to try again."""
        parts = [f"{self.code}: {_sentence(self.message)}"]
        if self.outcome_unknown:
            parts.append("It is not known whether the change was made: look before you try it again.")
        if self.remedy:
            parts.append(_sentence(self.remedy))
        if self.retryable and not self.outcome_unknown:
            wait = f" in {self.retry_after:g} seconds" if self.retry_after else " later"
            parts.append(f"The same call can succeed{wait}.")
        return " ".join(parts)


class ConfigurationError(AshbyError):
    """The client was set up in a way that cannot work: no key, a bad base URL."""

    default_code = "configuration"


class MissingAPIKeyError(ConfigurationError):
    """No API key was given, neither as an argument nor in `ASHBY_API_KEY`."""

    default_code = "missing_api_key"


class ArgumentError(AshbyError):
    """The arguments cannot be right, found out before anything was changed in Ashby."""

    default_code = "invalid_argument"


class Refused(AshbyError):
    """Ashby understood the request and said no (`success: false`)."""

    default_code = "refused"
    unsaid: ClassVar[str] = "Ashby refused without a reason"
    """What it means where Ashby gives the code alone."""


class PermissionDeniedError(Refused):
    """The key lacks a permission, is wrong or is deactivated (HTTP 403 or `missing_endpoint_permission`)."""

    default_code = "forbidden"


class CursorExpiredError(Refused):
    """The cursor is too old or is not Ashby's: the listing has to start again from its first page."""

    default_code = "next_cursor_expired"
    default_remedy = "Drop `cursor` and list again from the first page; a cursor needs the other arguments of its page."
    unsaid = "The cursor is too old, or is none of this listing"


class SyncTokenExpiredError(Refused):
    """The sync token is too old or is not Ashby's: a full listing is needed."""

    default_code = "sync_token_expired"
    unsaid = "The sync token is too old, or is none of this listing"
    default_remedy = "Drop `sync_token` and list everything again; the last page gives a new token."


class SyncTooLargeError(Refused):
    """More has changed since the sync token than Ashby hands out incrementally: a full listing is needed."""

    default_code = "incremental_sync_too_large"
    unsaid = "More has changed since the sync token than Ashby lists as changes"
    default_remedy = "Drop `sync_token` and list everything again; the last page gives a new token."


class AuthenticationError(AshbyError):
    """Ashby did not accept the request as coming from a key (HTTP 401)."""

    default_code = "unauthorized"
    default_remedy = "Check ASHBY_API_KEY; keys are made in Ashby under Admin > Integrations > API Keys."


class EndpointNotFoundError(AshbyError):
    """There is no such method at this address (HTTP 404)."""

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
    """A reply arrived that is not Ashby's JSON envelope."""

    default_code = "unreadable_reply"
    default_retryable = True


class BrokenJSONError(UnreadableReplyError):
    """The reply is cut off, or is no JSON, or is JSON without Ashby's envelope."""

    default_code = "broken_json"


class HTMLReplyError(UnreadableReplyError):
    """The reply is a web page: a proxy or a login page stands between this program and Ashby."""

    default_code = "html_reply"
    default_remedy = "Check ASHBY_BASE_URL and any proxy between this program and Ashby."


class EmptyReplyError(UnreadableReplyError):
    """The reply has no body."""

    default_code = "empty_reply"


class ReplyTooLargeError(UnreadableReplyError):
    """The reply has more bytes than the client takes (`reply_limit`)."""

    default_code = "reply_too_large"
    default_retryable = False


class UnreachableError(AshbyError):
    """No connection, or it broke before the reply was complete."""

    default_code = "unreachable"
    default_remedy = "Check the network and ASHBY_BASE_URL."
    default_retryable = True


class RequestTimeoutError(UnreachableError):
    """Ashby did not answer in time."""

    default_code = "timeout"
    default_remedy = "Ashby may be slow: a larger `timeout` or `budget` can be given to AshbyClient."


class PagingError(AshbyError):
    """Ashby gave the same cursor twice, or page after page with nothing on it: going on would never end."""

    default_code = "repeated_cursor"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
