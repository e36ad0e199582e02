"""The table of methods: each is a statement of its request, a permission, and a rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.keys import PERMISSIONS
from langchain_ashby.sandbox.statement import Field

Rule = Callable[[Call], Any]
"""Does what the method does and returns its `results`, or the `Page` of a list."""


@dataclass(frozen=True)
class Method:
    """One of Ashby's methods."""

    name: str
    permission: str
    request: Field
    rule: Rule

    @property
    def reads(self) -> bool:
        """True if it only reads: the store refuses writes while it runs."""
        return self.permission.endswith("Read")


METHODS: dict[str, Method] = {}
"""Every method by the name in its path, under its deprecated spellings too."""


def method(name: str, permission: str, request: Field, *, spellings: Sequence[str] = ()) -> Callable[[Rule], Rule]:
    """Registers a rule as one of Ashby's methods."""
    if permission not in PERMISSIONS:
        raise ValueError(f"there is no permission {permission}")

    def register(rule: Rule) -> Rule:
        for spelling in (name, *spellings):
            if spelling in METHODS:
                raise ValueError(f"{spelling} is stated twice")
            METHODS[spelling] = Method(name, permission, request, rule)
        return rule

    return register
