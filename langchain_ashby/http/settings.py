"""Checks of AshbyClient's arguments, made before anything is sent.

Each function raises `ConfigurationError` if a value cannot be right.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr

from langchain_ashby.errors import ConfigurationError, MissingAPIKeyError
from langchain_ashby.http import network, wire
from langchain_ashby.text.words import joined

N = TypeVar("N", int, float)

BASE_URL = "https://api.ashbyhq.com"


def secret(key: str | SecretStr | None) -> SecretStr:
    """Wraps a key, so that no text shows it."""
    return SecretStr((key.get_secret_value() if isinstance(key, SecretStr) else key or "").strip())


def check_key(key: SecretStr) -> None:
    """Checks that there is a key and that it can be one."""
    if not key:
        from langchain_ashby.endpoints import BY_DEFAULT  # without a key there is nothing to be quick for

        needed = dict.fromkeys(it for operation in BY_DEFAULT.values() for it in operation.permissions())
        reads, writes = ([it for it in needed if it.endswith(kind)] for kind in ("Read", "Write"))
        raise MissingAPIKeyError(
            "There is no Ashby API key",
            remedy=f"Set ASHBY_API_KEY or give api_key. Keys are made {wire.WHERE_KEYS_ARE}. Grant "
            f"{joined(reads)} to look things up; {joined(writes)} to make changes; apiKeysRead lets "
            "`langchain-ashby doctor` check them.",
        )
    if not re.fullmatch("[!-9;-~]+", key.get_secret_value()):  # printable ASCII without space and colon
        raise ConfigurationError("The API key contains characters that no key has", remedy="Copy it again from Ashby.")


def seconds(timeout: float | tuple[float, float]) -> tuple[float, float]:
    """Splits a timeout into the seconds for a connection and for each piece of a reply."""
    pair = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if len(pair) != 2 or not all(isinstance(it, int | float) and it > 0 for it in pair):
        raise ConfigurationError("timeout takes a number of seconds above 0, or a pair of them")
    return pair


def above_zero(name: str, number: N) -> N:
    """Checks a limit."""
    if not isinstance(number, int | float) or not 0 < number < float("inf"):
        raise ConfigurationError(f"{name} takes a number above 0")
    return number


def directories(named: Iterable[str | os.PathLike[str]]) -> tuple[Path, ...]:
    """Checks a list of directories. A lone string is refused: its letters would be taken for directories, even "/"."""
    if isinstance(named, str | bytes | os.PathLike):
        raise ConfigurationError("upload_dirs takes a list of directories", remedy=f"Give [{os.fspath(named)!r}].")
    return tuple(map(Path, named))


def web_address(url: str) -> str:
    """Checks an address to which a key or a file may be sent: https, or this machine."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        well_formed = parts.port != 0 and url.isprintable() and " " not in url
        (parts.hostname or "").encode("idna")  # as urllib3 does: an empty or overlong label raises
    except ValueError:
        raise ConfigurationError("The base URL is not a web address", remedy=f"Such as {BASE_URL}.") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("The base URL contains a user or password", remedy="Give the key as api_key.")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or not well_formed:
        raise ConfigurationError(f"The base URL {url!r} is not a web address", remedy=f"Such as {BASE_URL}.")
    if parts.scheme == "http" and not network.is_loopback(url):
        raise ConfigurationError(
            f"The base URL {url!r} is not https", remedy="Use https; plain http is for this machine only."
        )
    return url.rstrip("/")


def user(user_id: str) -> str:
    """Checks the id of a user, which goes into a header."""
    if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", user_id):
        raise ConfigurationError("on_behalf_of takes a user's id", remedy="Ids are listed by ashby_list_users.")
    return user_id
