"""Requests, responses and refusals, independent of any server."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_PIECE = 1 << 16


@dataclass(frozen=True)
class Request:
    """A request as it came in. `key` is the user name of its credentials, if it has any."""

    verb: str
    endpoint: str
    content: bytes
    key: str | None
    headers: Mapping[str, str]
    url: str


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How a reply travels: whole and at once, unless a fault says otherwise.

    Attributes:
        size: The body is padded with spaces to so many bytes.
        cut: The connection ends after so many bytes of the body.
        drip_head: Seconds before each byte of the status line and the headers.
        drip_body: Seconds before each byte of the body.
    """

    size: int | None = None
    cut: int | None = None
    drip_head: float | None = None
    drip_body: float | None = None

    @property
    def reset(self) -> bool:
        """True if the connection ends with a reset in the middle of the body, or at the cut."""
        return False

    @property
    def is_whole(self) -> bool:
        """True if all of the body is sent."""
        return self.cut is None and not self.reset

    def length(self, content: bytes) -> int:
        """The length that the reply says it has."""
        return max(self.size or 0, len(content))

    def pieces(self, content: bytes) -> Iterator[bytes]:
        """Yields the body as far as it is sent; padding is made piece by piece."""
        end = self.length(content)
        if not self.is_whole:
            end = min(end, end // 2 if self.cut is None else self.cut)
        yield content[:end]
        for start in range(len(content), end, _PIECE):
            yield b" " * min(_PIECE, end - start)


@dataclass(frozen=True)
class Response:
    """A response; a `drop` resets the connection instead. It is `carried_out` if the method had its effect.

    `warnings` are for the log alone: what Ashby would have passed over in silence.
    """

    status: int = 200
    content: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    delivery: Delivery = field(default_factory=Delivery)
    carried_out: bool = False
    warnings: tuple[str, ...] = ()


class Refusal(Exception):
    """Refuses a request with one of Ashby's codes; most are sent with HTTP 200, as Ashby's are."""

    def __init__(self, code: str, message: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.headers = dict(headers or {})

    def envelope(self, request_id: str) -> dict[str, Any]:
        """The reply's body."""
        return {
            "success": False,
            "errors": [self.code],
            "errorInfo": {"code": self.code, "message": self.message, "requestId": request_id},
        }


def invalid(where: str, what: str) -> Refusal:
    """The refusal of a value: `where` names the field, `what` says what is wrong with it."""
    return Refusal("invalid_input", f"{where}: {what}")
