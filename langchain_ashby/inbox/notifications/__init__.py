"""Notifies people of what is waiting for them, by webhook, Slack or e-mail."""

from langchain_ashby.inbox.notifications.mail import Email
from langchain_ashby.inbox.notifications.message import Channel, Item, Message, NotDeliveredError
from langchain_ashby.inbox.notifications.notices import Notice
from langchain_ashby.inbox.notifications.notifier import Notifier, Trouble, troubles
from langchain_ashby.inbox.notifications.slack import Slack
from langchain_ashby.inbox.notifications.webhook import Webhook

__all__ = [
    "Channel",
    "Email",
    "Item",
    "Message",
    "NotDeliveredError",
    "Notice",
    "Notifier",
    "Slack",
    "Trouble",
    "Webhook",
    "troubles",
]
