"""What comes in over HTTP and what goes out, apart from any server."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """A request as it came in. `key` is the user name of its credentials, if it has any."""

    verb: str
    endpoint: str
    content: bytes
    key: str | None
    headers: Mapping[str, str]
    url: str


@dataclass(frozen=True)
class Response:
    """What goes back; a `drop` resets the connection instead."""

    status: int = 200
    content: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
