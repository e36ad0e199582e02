"""Turns the arguments of calls into forms, by the tools' own declarations, and back."""

from langchain_ashby.inbox.forms.changes import changes
from langchain_ashby.inbox.forms.lists import Lists
from langchain_ashby.inbox.forms.make import form
from langchain_ashby.inbox.forms.model import ABSENT, Choice, Choices, Field, Form, Offered, Typed
from langchain_ashby.inbox.forms.reading import Read, read
from langchain_ashby.inbox.forms.shapes import Declared, Kind

__all__ = [
    "ABSENT",
    "Choice",
    "Choices",
    "Declared",
    "Field",
    "Form",
    "Kind",
    "Lists",
    "Offered",
    "Read",
    "Typed",
    "changes",
    "form",
    "read",
]
