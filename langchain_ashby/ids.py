"""Ids: Ashby's UUIDs, and a shorter spelling of them for long listings.

Most of what a long listing costs a model is ids. A UUID takes some 23 tokens; its 16 bytes in base64url, 22 characters,
take some 16. Both name the same record, and every argument that takes an id takes either.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

_SHORT = re.compile("[0-9A-Za-z_-]{21}[AQgw]")  # the last character holds two bits
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def canonical(written: str) -> str:
    """The id as Ashby writes it, from either spelling.

    Raises:
        ValueError: if it is neither.
    """
    if _SHORT.fullmatch(written):
        return str(UUID(bytes=urlsafe_b64decode(f"{written}==")))
    return str(UUID(written))


def short(uuid: str) -> str:
    """The short spelling of a UUID."""
    return urlsafe_b64encode(UUID(uuid).bytes).decode().rstrip("=")


def with_short_ids(text: str) -> str:
    """A text with its UUIDs in the short spelling."""
    return _UUID.sub(lambda found: short(found[0]), text)
