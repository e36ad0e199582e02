"""Ids as a model reads them, everywhere in the short spelling, so that what two answers say can be joined.

Only ids at places of ids are spelled so. What people wrote, addresses on the web, and ids of other systems stay as they
are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from langchain_ashby.ids import UUID_FORM, short

_WRITTEN = frozenset({"extraData", "extra_data", "submittedValues", "field_submissions"})
"""Keys of objects that have keys of their own kind, and texts that people wrote."""

_OF_OTHERS = frozenset({"customRequisitionId", "custom_requisition_id", "externalMappingId", "external_mapping_id"})
_OF_OTHERS |= {"requisition_id"}
"""Keys of ids that are not Ashby's: arguments take them as they are."""

_IS_ID = re.compile("ids?|.*(Ids?|_ids?)")
_UUID = re.compile(UUID_FORM, re.IGNORECASE)
_LENGTH = 36
_IN_TEXT = re.compile(rf"\S*://\S*|(?<![\w/-])({UUID_FORM})(?![\w/-])", re.IGNORECASE)


def with_short_ids(value: Any, key: str = "") -> Any:
    """JSON, or arguments, with the UUIDs in the short spelling that stand under keys of ids: `id`, `…Id`, `…_ids`."""
    if isinstance(value, str):  # as most are
        return short(value) if len(value) == _LENGTH and _is_id(key) and _UUID.fullmatch(value) else value
    if isinstance(value, list):
        return [with_short_ids(it, key) for it in value]
    if isinstance(value, Mapping):
        return {name: it if name in _WRITTEN else with_short_ids(it, name) for name, it in value.items()}
    return value


@lru_cache(maxsize=2_000)
def _is_id(key: str) -> bool:
    return key not in _OF_OTHERS and _IS_ID.fullmatch(key) is not None


def in_words(text: str) -> str:
    """A text of the package's or of Ashby's, such as an error, with its UUIDs in the short spelling."""
    return _IN_TEXT.sub(lambda found: short(found[1]) if found[1] else found[0], text)
