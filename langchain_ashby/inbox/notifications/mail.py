"""Sends messages by e-mail, through an SMTP server."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

from pydantic import SecretStr

from langchain_ashby.errors import ConfigurationError
from langchain_ashby.http import network
from langchain_ashby.inbox.notifications.message import Message, NotDeliveredError
from langchain_ashby.text.html import Markup, bold, box, joined, link, paragraph
from langchain_ashby.text.safe import visible

_SECONDS = 10.0
_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?", re.ASCII)

Security = Literal["starttls", "tls", "none"]


class Email:
    """Sends each message as an e-mail, in plain text and simple HTML, with one recipient.

    A message that is sent again has the same `Message-ID`, so most mailboxes show it once.

    Args:
        host: The SMTP server.
        port: Its port: 587 for STARTTLS, 465 for TLS from the start.
        sender: The address that messages come from.
        to: The recipients of notices that no rule sends elsewhere.
        user: The user name for the server; None to send without signing in.
        password: The password for it.
        security: `starttls`; `tls` from the start; `none` is for a server on this machine only.
        authorities: A file with the certificates of the authorities to trust; None for the system's.
        details: Name candidates, describe each change, and say why it was rejected.

    Raises:
        ConfigurationError: if an address is malformed, or if messages or the password would cross the network
            unencrypted.
    """

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        to: Sequence[str] = (),
        user: str | None = None,
        password: str | None = None,
        security: Security = "starttls",
        authorities: str | None = None,
        details: bool = False,
    ) -> None:
        if isinstance(to, str):
            raise ConfigurationError("to must be a list of addresses", remedy="Put the address in a list.")
        if not all(map(is_address, [sender, *to])):
            raise ConfigurationError(
                "An e-mail address is malformed",
                remedy="Give it without a display name and in ASCII, such as ada@example.com.",
            )
        if security not in ("starttls", "tls", "none"):
            raise ConfigurationError("security must be starttls, tls or none")
        if security == "none" and not network.is_loopback(f"http://{host}"):
            raise ConfigurationError(
                "E-mail would leave this machine unencrypted",
                remedy="Use starttls or tls; none is only for a server on this machine.",
            )
        if (user is None) is not (password is None):
            raise ConfigurationError("user and password go together: give both or neither")
        self.to = tuple(to)
        self.details = details
        self._host, self._port, self._sender, self._security = host, port, sender, security
        self._user = user
        self._password = None if password is None else SecretStr(password)
        self._authorities = authorities

    def __repr__(self) -> str:
        return f"Email(details={self.details})"

    def takes(self, address: str) -> bool:
        """True for an e-mail address."""
        return is_address(address)

    def send(self, message: Message, address: str, now: datetime) -> None:
        """Sends a message.

        Raises:
            NotDeliveredError: unless the server took it.
        """
        try:
            letter = self._written(message, address)
        except (MessageError, ValueError, UnicodeError):
            raise NotDeliveredError("could not be sent a message", down=False) from None
        try:
            server = self._connected()
            try:
                if self._user is not None and self._password is not None:
                    server.login(self._user, self._password.get_secret_value())
                server.send_message(letter, self._sender, [address])
            finally:
                with suppress(smtplib.SMTPException, OSError):  # it has the message by then
                    server.quit()
        except smtplib.SMTPRecipientsRefused:
            raise NotDeliveredError("has been refusing a recipient", down=False) from None
        except smtplib.SMTPAuthenticationError:
            raise NotDeliveredError("has been refusing the user or password", down=True) from None
        except smtplib.SMTPResponseException as error:
            raise NotDeliveredError(f"has been answering {error.smtp_code}", down=True) from None
        except ssl.SSLError:
            raise NotDeliveredError("has been unreachable over TLS", down=True) from None
        except TimeoutError:
            raise NotDeliveredError("has not answered", down=True) from None
        except (smtplib.SMTPException, OSError, ValueError):
            raise NotDeliveredError("has been unreachable", down=True) from None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=self._authorities)
        if self._security == "tls":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=_SECONDS, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=_SECONDS)
        if self._security == "starttls":
            try:
                server.starttls(context=context)
            except BaseException:
                server.close()
                raise
        return server

    def _written(self, message: Message, address: str) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        letter["From"] = Address(addr_spec=self._sender)
        letter["To"] = Address(addr_spec=address)
        letter["Subject"] = message.headline
        letter["Date"] = format_datetime(message.at)
        letter["Message-ID"] = f"<{message.id}@{self._sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"  # no out-of-office replies
        letter.set_content(_plain(message))
        letter.add_alternative(_html(message), subtype="html")
        return letter


def is_address(text: str) -> bool:
    """True for one e-mail address and nothing else."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text


def _plain(message: Message) -> str:
    lines = [message.headline, ""]
    for item in message.items:
        lines += [f"- {visible(item.text)}", f"  {item.url}"]
    if message.more:
        lines += [f"- and {message.more} more"]
    return "\n".join([*lines, "", message.url, ""])


def _html(message: Message) -> str:
    items = [Markup(f"<li>{joined(it.text, ' ', link('Open', it.url))}</li>") for it in message.items]
    if message.more:
        items.append(Markup(f"<li>and {message.more} more</li>"))
    return box(
        paragraph(bold(message.headline)),
        Markup(f"<ul>{''.join(items)}</ul>"),
        paragraph(link("Open the inbox", message.url)),
    )
