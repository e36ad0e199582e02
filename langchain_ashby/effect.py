"""Declares the effect of a write on Ashby's records.

From the declaration follow the approval card, the facts that are checked again before the write runs, and how its
effect is recognized afterwards. A path such as `primaryEmailAddress.value` leads through the record's JSON;
`socialLinks[type=GitHub].url` takes the entry of a list that has this type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.alias_generators import to_camel

NOT_STORED = ("send_notifications",)
"""Arguments that say how a write is made and are no part of the record."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The place where a record keeps an argument, and its title on the card.

    Attributes:
        path: The way through the record's JSON; of several, the first that the record has.
        title: The field in words; by default made from the argument's name, `source_id` being "Source".
        consequence: A sentence that the card adds when the field changes.
    """

    path: str | tuple[str, ...]
    title: str | None = None
    consequence: str | None = None

    def paths(self) -> tuple[str, ...]:
        """Every path at which the value may stand."""
        return (self.path,) if isinstance(self.path, str) else self.path


class Effect:
    """The effect of a write.

    Args:
        record: The argument that names the record that changes.
        line: The card's first line, with `{record}` and the arguments as placeholders; a default is derived.
        within: The object in the record that holds the fields.
        reverting: The arguments that can change to a default if they are left out.
        stored: Where the record keeps each argument: a path, or `Stored`; None for an argument that is not kept.
    """

    def __init__(
        self,
        record: str | None,
        /,
        *,
        line: str | None = None,
        within: str | None = None,
        reverting: tuple[str, ...] = (),
        **stored: str | Stored | None,
    ) -> None:
        self.record = record
        self.line = line
        self.within = within
        self.reverting = reverting
        self._stored = stored

    def arguments(self) -> list[str]:
        """The arguments that the declaration names."""
        return [*([self.record] if self.record else []), *self.reverting, *self._stored]

    def stored(self, names: Mapping[str, Any]) -> dict[str, Stored]:
        """The place in the record of each argument in `names`; defaults to its camelCase name."""
        found = {}
        for name in names:
            place = self._stored.get(name, to_camel(name))
            if name == self.record or name in NOT_STORED or place is None:
                continue
            found[name] = place if isinstance(place, Stored) else Stored(place)
        return found


class Sets(Effect):
    """Sets fields of a record: `Sets("job_id")`, or `Sets("application_id", source_id="source")`."""


class Adds(Effect):
    """Adds something to a list of a record: `Adds("candidate_id", tag_id="tags")`."""


class Removes(Effect):
    """Removes something from a list of a record: `Removes("candidate_id", tag_id="tags")`."""


class Creates(Effect):
    """Makes a record: `Creates(alike_by="title")`.

    Args:
        alike_by: The argument, or arguments, by which a record that is there already is taken for the same one.
        line: As for every effect; there is no `{record}`.
        within: As for every effect.
        stored: As for every effect.
    """

    def __init__(
        self,
        *,
        alike_by: str | tuple[str, ...],
        line: str | None = None,
        within: str | None = None,
        **stored: str | Stored | None,
    ) -> None:
        super().__init__(None, line=line, within=within, reverting=(), **stored)
        self.alike_by = (alike_by,) if isinstance(alike_by, str) else alike_by

    def arguments(self) -> list[str]:
        """The arguments that the declaration names."""
        return [*super().arguments(), *self.alike_by]
