"""Sends messages to a Slack channel, through its incoming webhook."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from langchain_ashby.inbox.notifications import posting
from langchain_ashby.inbox.notifications.message import Message
from langchain_ashby.text.safe import bounded, visible

_LONGEST = 1900
"""Slack takes 2,000 characters a field."""


class Slack:
    """Posts each message to one channel of Slack.

    Slack has no way to recognize a message that it already has. If its answer is lost, the message may appear twice.

    Args:
        url: The address of the incoming webhook. Whoever knows it can post there.
        details: Name candidates, describe each change, and say why it was rejected. All of the channel can read it.

    Raises:
        ConfigurationError: if the address is invalid.
    """

    to: tuple[str, ...] = ("",)

    def __init__(self, url: str, *, details: bool = False) -> None:
        self._url = posting.secret_address(url, "Slack")
        self.details = details

    def __repr__(self) -> str:
        return f"Slack(details={self.details})"

    def takes(self, address: str) -> bool:
        """True only for an empty address: the channel has one destination."""
        return not address

    def send(self, message: Message, address: str, now: datetime) -> None:
        """Posts a message.

        Raises:
            NotDeliveredError: unless the answer is 2xx.
        """
        blocks = [
            _section(message.headline, message.url),
            *(_section(it.text, it.url) for it in message.items),
            *([_section(f"and {message.more} more", message.url)] if message.more else []),
        ]
        body = {"text": _escaped(message.headline), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}
        posting.post(self._url, json.dumps(body).encode(), {})


def _section(text: str, url: str) -> dict[str, Any]:
    """A text with a link beside it. Slack takes the text as plain: it looks for no mentions, links or marks in it."""
    plain = {"type": "plain_text", "text": bounded(_escaped(visible(text)), _LONGEST), "emoji": False}
    link = {"type": "mrkdwn", "text": f"<{_escaped(url).replace('|', '%7C')}|Open>", "verbatim": True}
    return {"type": "section", "fields": [plain, link]}


def _escaped(text: str) -> str:
    """Text in which nothing can begin a mention or a link: those are in angle brackets."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
