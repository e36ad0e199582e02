"""Filters that many lists share."""

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.clock import iso_from_milliseconds
from langchain_ashby.sandbox.statement import Field, Flag, Milliseconds
from langchain_ashby.sandbox.store import Condition, compares, equals

CREATED_AFTER: dict[str, Field] = {"createdAfter": Milliseconds()}
INCLUDE_ARCHIVED: dict[str, Field] = {"includeArchived": Flag()}


def time_filter(call: Call, where: str, key: str, operator: str = ">") -> list[Condition]:
    """The records whose time `key` lies on this side of the body's `where`."""
    if where not in call.body:
        return []
    return [compares(key, operator, iso_from_milliseconds(call.body[where]))]


def created_after(call: Call, key: str = "createdAt") -> list[Condition]:
    """The records created after the body's `createdAfter`."""
    return time_filter(call, "createdAfter", key)


def equal(call: Call, *keys: str) -> list[Condition]:
    """The records that have the body's value in each of these keys that the body has."""
    return [equals(key, call.body[key]) for key in keys if key in call.body]


def unarchived(call: Call) -> list[Condition]:
    """The records that are not archived, unless the body asks for all."""
    return [] if call.body.get("includeArchived") else [equals("isArchived", False)]
