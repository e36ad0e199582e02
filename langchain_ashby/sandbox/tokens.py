"""Opaque tokens that nobody but the sandbox can make: cursors, sync tokens, and signatures of the storage."""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any


class Tokens:
    """Seals values into tokens and opens them again."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, text: str) -> str:
        """The signature of a text."""
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()

    def is_signed(self, text: str, signature: str) -> bool:
        """Whether this is the text's signature."""
        return hmac.compare_digest(self.sign(text).encode(), signature.encode())

    def seal(self, *values: Any) -> str:
        """A token that holds the values."""
        text = json.dumps(values, separators=(",", ":"))
        return base64.urlsafe_b64encode(f"{self.sign(text)[:32]}{text}".encode()).decode().rstrip("=")

    def open(self, token: str) -> list[Any] | None:
        """The values that a token holds; `None` if the sandbox did not make it."""
        try:
            text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
        except (binascii.Error, ValueError):
            return None
        signature, text = text[:32], text[32:]
        if not hmac.compare_digest(self.sign(text)[:32].encode(), signature.encode()):
            return None
        values: list[Any] = json.loads(text)
        return values
