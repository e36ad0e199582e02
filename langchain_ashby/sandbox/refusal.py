"""Refusals: the sandbox's errors, in Ashby's envelope."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """A request is refused with one of Ashby's codes; most refusals travel at HTTP 200, as Ashby's do."""

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
