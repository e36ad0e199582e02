"""Opaque tokens that only the sandbox can make: cursors, sync tokens, and signatures of the storage."""

import base64
import hashlib
import hmac
from typing import Any


class Tokens:
    """Seals values into tokens and opens them again."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, text: str) -> str:
        """The signature of a text."""
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()

    def is_signed(self, text: str, signature: str) -> bool:
        """True if this is the text's signature."""
        return hmac.compare_digest(self.sign(text).encode(), signature.encode())

    def seal(self, *values: str | int) -> str:
        """A token that holds the values, words and numbers. It is short: models pay for each character."""
        text = ".".join(map(str, values))
        return f"{text}.{self._seal(text)}"

    def open(self, token: str) -> list[Any] | None:
        """The values that a token holds; `None` if the sandbox did not make it."""
        text, _, seal = token.rpartition(".")
        if not token.isascii() or not hmac.compare_digest(self._seal(text), seal):
            return None
        return [int(value) if value.isdecimal() else value for value in text.split(".")]

    def _seal(self, text: str) -> str:
        digest = hmac.new(self._secret, text.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:12]).decode()
