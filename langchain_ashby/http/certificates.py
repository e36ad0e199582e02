"""Checks files with certificates before they are used: a failure later could not be told from a broken connection."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from pathlib import Path

Verify = bool | str | None
Cert = str | tuple[str, str] | None


def files(verify: Verify, cert: Cert) -> list[str]:
    """The files that the settings of a session name: those of authorities, and its own certificate with its key."""
    own = cert if isinstance(cert, tuple) else (cert,)
    return [file for file in (verify, *own) if isinstance(file, str)]


def check(verify: Verify, cert: Cert) -> None:
    """Loads the files, unless they were loaded before and have not changed.

    Raises:
        OSError: if one is missing, or holds no certificate or key.
    """
    if named := files(verify, cert):
        _load(verify, cert, tuple(Path(file).stat().st_mtime_ns for file in named))


@lru_cache(maxsize=8)
def _load(verify: Verify, cert: Cert, changed: tuple[int, ...]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if isinstance(verify, str) and not os.path.isdir(verify):
        context.load_verify_locations(verify)
    if cert:
        own, key = cert if isinstance(cert, tuple) else (cert, None)
        try:
            context.load_cert_chain(own, key, password=_ask_nobody)
        except _LockedError:
            return  # only the connection may ask for the password


class _LockedError(Exception):
    """The key has a password."""


def _ask_nobody() -> str:
    raise _LockedError
