"""Bulk writes: one decision about many records, each of which is changed by a single write of its own.

`class ArchiveApplications(Bulk[ChangeApplicationStage])` declares one: `each` is the argument that lists the records,
and `single` makes the write for one of them. Everything else is known from the single write.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, ClassVar, Generic, Literal, Protocol, TypedDict, TypeVar, cast

from langchain_ashby.endpoint import Access, Caller, Operation
from langchain_ashby.errors import (
    ArgumentError,
    AshbyError,
    AuthenticationError,
    ConfigurationError,
    EndpointNotFoundError,
    HTMLReplyError,
    PermissionDeniedError,
    RateLimitError,
    Refused,
    UnexpectedStatusError,
    UnreachableError,
    UnreadableReplyError,
)

R = TypeVar("R")
S = TypeVar("S", bound=Operation[Any])


class Reads(Protocol):
    """Reads what the single writes are made of."""

    def call(self, request: Operation[R]) -> R:
        """Performs a read and returns its result."""
        ...


class Made(TypedDict):
    """What became of the write for one record: its id, and the reason unless it was `made`."""

    id: str
    outcome: Literal["made", "not made", "not known", "not attempted"]
    reason: str


class Bulk(Operation[list[Made]], Generic[S]):
    """A write for many records at once. `S` is the single write."""

    access = Access.WRITE
    on_request = True
    of: ClassVar[type[Operation[Any]]]
    """The single write."""
    each: ClassVar[str]
    """The argument that lists the records, such as `candidate_ids`."""
    line: ClassVar[str]
    """The card's first line, with `{records}` for their number, `{after}` for the new value, and the arguments."""
    done: ClassVar[str]
    """What has been done to each record that was changed, such as `archived`."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        generic = (it.__pydantic_generic_metadata__ for it in cls.__mro__ if issubclass(it, Bulk))
        single = next((it["args"][0] for it in generic if it["origin"] is Bulk), None)
        if (
            isinstance(single, type)
            and issubclass(single, Operation)
            and cls.__pydantic_generic_metadata__["origin"] is None
        ):
            cls.of = single
            cls.path, cls.permission = single.path, single.permission
            cls.steps = tuple(dict.fromkeys([*cls.steps, *single.steps]))
            cls.destructive, cls.idempotent = single.destructive, single.idempotent
        super().__pydantic_init_subclass__(**kwargs)

    @classmethod
    @cache
    def record(cls) -> type | None:
        """None: the result says what became of each write."""
        return None

    @classmethod
    def one(cls) -> str:
        """The single write's argument for its record, such as `candidate_id`."""
        return cls.each.removesuffix("s")

    @classmethod
    def methods(cls) -> tuple[str, ...]:
        """The methods that the write for a record takes."""
        return cls.path, *(step.path for step in cls.steps)

    def records(self) -> list[str]:
        """The ids of the records, in order."""
        return cast(list[str], getattr(self, self.each))

    def single(self, record_id: str, reads: Reads) -> S:
        """Makes the write for one record, of the arguments with the same names; may read what it needs for that.

        Raises:
            AshbyError: if there is nothing to write for this record, or it could not be read.
        """
        given = {name: getattr(self, name) for name in self.model_fields_set if name != self.each}
        return cast(S, self.of(**{self.one(): record_id}, **given))

    def write_for(self, record_id: str, reads: Reads) -> S:
        """Makes the `single` write; a reply in which it does not find its way concerns that record alone.

        Raises:
            AshbyError: as `single` does, and if a reply has another form than Ashby describes.
        """
        try:
            return self.single(record_id, reads)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise UnreadableReplyError(
                "What Ashby answered about this record has an unknown form, so nothing was sent for it"
            ) from error

    def perform(self, caller: Caller) -> list[Made]:
        """Makes the writes one after the other. What goes wrong with one record does not stop the others.

        What would go wrong with all of them does; see `Brake`.

        Raises:
            AshbyError: as the single write does, if it goes wrong at once and would for all.
        """
        brake, reads, made = Brake(self.methods()), _ReadOnce(caller), list[Made]()
        for record_id in self.records():
            if brake.reason:
                made.append(Made(id=record_id, outcome="not attempted", reason=brake.why))
                continue
            try:
                caller.call(self.write_for(record_id, reads))
            except AshbyError as error:
                brake.passed([error])
                if brake.reason and not made and not error.outcome_unknown:
                    raise
                outcome: Literal["not known", "not made"] = "not known" if error.outcome_unknown else "not made"
                made.append(Made(id=record_id, outcome=outcome, reason=error.for_model()))
            else:
                brake.passed()
                made.append(Made(id=record_id, outcome="made", reason=""))
        return made


class Brake:
    """Stops a bulk write if its next request would most likely fail as the last one did.

    Args:
        needed: The methods that each of its writes takes.

    Attributes:
        reason: The error because of which no further write is begun; None as long as there is none.
    """

    def __init__(self, needed: Collection[str]) -> None:
        self.reason: AshbyError | None = None
        self._needed = needed
        self._in_a_row = 0

    @property
    def why(self) -> str:
        """The reason in words. Whether that write was made is left to its own line: no other was begun."""
        reason = self.reason
        if reason is None:
            return ""
        said = (f"{reason.code}: {reason.message}", reason.remedy or "")
        return " ".join(f"{it.rstrip('.')}." for it in said if it)

    def failed(self, error: AshbyError) -> None:
        """Learns of a request that failed."""
        if self.reason is None and (isinstance(error, _CONCERN_ALL) or self._is_denied(error)):
            self.reason = error

    def passed(self, errors: Sequence[AshbyError] = ()) -> None:
        """Learns that the write for one record is over, and which requests failed on the way."""
        for error in errors:
            self.failed(error)
        failures = [it for it in errors if not isinstance(it, (Refused, ArgumentError))]
        self._in_a_row = self._in_a_row + 1 if failures else 0
        if self._in_a_row > 1 and self.reason is None:
            self.reason = failures[0]

    def _is_denied(self, error: AshbyError) -> bool:
        """True if the key may not do what each write takes. What only explains a write can stay unread."""
        return isinstance(error, PermissionDeniedError) and error.endpoint in (None, *self._needed)


_CONCERN_ALL = (
    AuthenticationError,
    ConfigurationError,
    EndpointNotFoundError,
    HTMLReplyError,
    RateLimitError,
    UnexpectedStatusError,
    UnreachableError,
)
"""Failures of the key or the connection: they have nothing to do with a record."""


class _ReadOnce:
    """Makes each read once: several records share a plan, a field or a form."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._found: dict[tuple[type, str], Any] = {}

    def call(self, request: Operation[R]) -> R:
        key = type(request), request.model_dump_json()
        if key not in self._found:
            self._found[key] = self._caller.call(request)
        return cast(R, self._found[key])
