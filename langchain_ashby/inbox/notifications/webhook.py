"""Sends messages to a program: JSON, signed as Standard Webhooks specifies."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from datetime import datetime

from pydantic import SecretStr

from langchain_ashby.errors import ConfigurationError
from langchain_ashby.inbox.notifications import posting
from langchain_ashby.inbox.notifications.message import Message

_PREFIX = "whsec_"


class Webhook:
    """Posts each message as JSON, signed as [Standard Webhooks](https://www.standardwebhooks.com) specifies.

    A message that is sent again has the same `webhook-id`, so a receiver can ignore ids it has seen.

    Args:
        url: The address: https, or on this machine.
        secret: The secret that the receiver knows: 24 to 64 bytes in base64, with or without `whsec_` before them.
            While rotating it, pass the new and the old one: each message is then signed with both.
        details: Name candidates, describe each change, and say why it was rejected.

    Raises:
        ConfigurationError: if the address or a secret is invalid.
    """

    to: tuple[str, ...] = ("",)

    def __init__(self, url: str, secret: str | Sequence[str], *, details: bool = False) -> None:
        self._url = posting.secret_address(url, "the webhook")
        secrets = [secret] if isinstance(secret, str) else [*secret]
        if not secrets:
            raise ConfigurationError("The webhook has no secret", remedy=_REMEDY)
        self._keys = tuple(SecretStr(_checked(it)) for it in secrets)
        self.details = details

    def __repr__(self) -> str:
        return f"Webhook(details={self.details})"

    def takes(self, address: str) -> bool:
        """True only for an empty address: the channel has one destination."""
        return not address

    def send(self, message: Message, address: str, now: datetime) -> None:
        """Posts a message.

        Raises:
            NotDeliveredError: unless the answer is 2xx.
        """
        content = json.dumps(
            {
                "type": message.type,
                "timestamp": message.at.isoformat(),
                "data": {
                    "text": message.headline,
                    "url": message.url,
                    "items": [{**it.data, "text": it.text, "url": it.url} for it in message.items],
                    "more": message.more,
                },
            }
        ).encode()
        sent = str(int(now.timestamp()))
        signed = f"{message.id}.{sent}.".encode() + content
        headers = {
            "webhook-id": message.id,
            "webhook-timestamp": sent,
            "webhook-signature": " ".join(f"v1,{_signature(key, signed)}" for key in self._keys),
        }
        posting.post(self._url, content, headers)


def _signature(key: SecretStr, signed: bytes) -> str:
    digest = hmac.digest(base64.b64decode(key.get_secret_value()), signed, "sha256")
    return base64.b64encode(digest).decode()


def _checked(secret: str) -> str:
    bare = secret.strip().removeprefix(_PREFIX)
    try:
        length = len(base64.b64decode(bare, validate=True))
    except (binascii.Error, ValueError):
        raise ConfigurationError("The webhook's secret is not base64", remedy=_REMEDY) from None
    if not 24 <= length <= 64:
        raise ConfigurationError(f"The webhook's secret has {length} bytes, not 24 to 64", remedy=_REMEDY)
    return bare


_REMEDY = "Make one with `openssl rand -base64 32`."
