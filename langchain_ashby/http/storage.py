"""Where files may be sent and fetched: Ashby names the address, and a false Ashby could name one in this network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from langchain_ashby.http import network

# Stricter than the standard, so that no two parsers find different hosts in it: no user, no escapes, plain letters.
_ADDRESS = re.compile(
    r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?(?:[/?][!-~]*)?", re.ASCII | re.IGNORECASE
)
_NUMBER = re.compile("[0-9]+|0x[0-9a-f]*")
_NAMES_INSIDE = ("localhost", "local", "internal")


LARGEST_DOWNLOAD = 20 * 1024**2
"""The most bytes of a file that is fetched."""


@dataclass(frozen=True)
class StorageAddress:
    """An address to which Ashby wants a file sent, or from which to fetch one.

    Attributes:
        url: The address.
        own: True if it is where Ashby itself is: the same origin, or this machine as well. Any other has to be public.
    """

    url: str
    own: bool

    @classmethod
    def allowed(cls, url: str, base_url: str) -> Self | None:
        """Returns the address if files may be sent there and fetched, else None.

        What a name stands for shows on connecting.

        Args:
            url: What Ashby named.
            base_url: Where Ashby is.
        """
        origin = _origin(url)
        if origin is None:
            return None
        own = origin == _origin(base_url) or (network.is_loopback(url) and network.is_loopback(base_url))
        return cls(url, own) if own or _is_public(*origin) else None


def _origin(url: str) -> tuple[str, str, int] | None:
    found = _ADDRESS.fullmatch(url)
    if found is None:
        return None
    scheme, host, port = found.groups()
    return scheme.lower(), host.lower(), int(port or (443 if scheme.lower() == "https" else 80))


def _is_public(scheme: str, host: str, port: int) -> bool:
    """True for a name in the public domain name system; never for an IP address, in whichever notation."""
    *above, last = labels = host.removesuffix(".").split(".")
    named = (
        bool(above)
        and all(0 < len(it) < 64 for it in labels)
        and not _NUMBER.fullmatch(last)
        and last not in _NAMES_INSIDE
    )
    return scheme == "https" and port == 443 and named and not host.startswith("[")
