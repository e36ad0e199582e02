"""Sends a message over HTTP: once, without following redirects, within a few seconds."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr
from urllib3.exceptions import HTTPError

from langchain_ashby.errors import AshbyError, ConfigurationError
from langchain_ashby.http import deadline, network, transport
from langchain_ashby.inbox.notifications.message import NotDeliveredError

_SECONDS = 10.0
_LONGEST_PAUSE = 3600.0
_MOST_READ = 65536
"""Bytes of an answer that are read, so that its server need not think that it failed."""


def secret_address(url: str, what: str) -> SecretStr:
    """Checks an address that a message may be sent to. Whoever knows it may be able to post there, so it is a secret.

    Raises:
        ConfigurationError: if it is neither https nor on this machine. The error does not repeat it.
    """
    try:
        parts = urlsplit(url.strip())
        usable = bool(parts.hostname) and parts.port != 0 and url.strip().isprintable() and " " not in url.strip()
        (parts.hostname or "").encode("idna")
    except ValueError:
        usable = False
    if not usable or parts.scheme not in ("http", "https"):
        raise ConfigurationError(f"The address for {what} is not a web address", remedy="It must begin with https://.")
    if parts.scheme == "http" and not network.is_loopback(url.strip()):
        raise ConfigurationError(
            f"The address for {what} is not https", remedy="Use https; plain http is for this machine only."
        )
    return SecretStr(url.strip())


def post(address: SecretStr, content: bytes, headers: Mapping[str, str]) -> None:
    """Posts JSON, through the proxies and with the authorities that the environment names.

    Raises:
        NotDeliveredError: unless the answer is 2xx.
    """
    url = address.get_secret_value()
    try:
        with deadline.within(deadline.Deadline(_SECONDS)), transport.session(url) as session:
            transport.prepare(session, url)
            with transport.post(
                session,
                url,
                auth=transport.NoAuth(),
                data=content,
                headers={"Content-Type": "application/json", "User-Agent": "langchain-ashby", **headers},
                timeout=(_SECONDS / 2, _SECONDS),
            ) as response:
                status, pause = response.status_code, response.headers.get("Retry-After", "")
                with suppress(requests.RequestException, HTTPError, OSError):  # the status has said what counts
                    next(response.iter_content(_MOST_READ), b"")
    except ConfigurationError as error:
        raise NotDeliveredError(f"has been unreachable ({error.message})", down=True) from None
    except (requests.Timeout, TimeoutError):
        raise NotDeliveredError("has not answered", down=True) from None
    except (requests.RequestException, HTTPError, AshbyError, OSError):
        raise NotDeliveredError("has been unreachable", down=True) from None
    if not 200 <= status < 300:
        wait = min(float(pause), _LONGEST_PAUSE) if pause.isascii() and pause.isdigit() else None
        raise NotDeliveredError(f"has been answering {status}", down=True, retry_after=wait)
