"""Notifies people of what is waiting for them, by webhook, Slack or e-mail."""

from langchain_ashby.inbox.notifications.mail import Email
from langchain_ashby.inbox.notifications.notices import Notice
from langchain_ashby.inbox.notifications.notifier import Notifier, Trouble, troubles
from langchain_ashby.inbox.notifications.slack import Slack
from langchain_ashby.inbox.notifications.webhook import Webhook

__all__ = ["Email", "Notice", "Notifier", "Slack", "Trouble", "Webhook", "troubles"]
