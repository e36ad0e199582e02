"""The base of operations on Ashby: pydantic classes whose fields are their arguments.

The class is the whole declaration. Its name gives the tool's name, its docstring the tool's description, its fields the
argument schema, and its class variables say what it does to Ashby and which permission it needs. This module knows
neither HTTP nor LangChain.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from inspect import cleandoc
from typing import Annotated, Any, ClassVar, Generic, Protocol, Self, TypeVar, cast, get_args

from pydantic import AfterValidator, AliasGenerator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from langchain_ashby.effect import Effect

R = TypeVar("R")
T = TypeVar("T")


class Access(StrEnum):
    """Tells reads from writes."""

    READ = "read"
    WRITE = "write"


class Arguments(BaseModel):
    """Arguments as a model gives them: snake_case keys, nothing that is not declared.

    `wire()` turns them into Ashby's JSON: camelCase keys, unless a field says otherwise with `serialization_alias`.
    A plain camelCase alias would show up in the schema and lose nested snake_case arguments, hence serialization only.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        revalidate_instances="subclass-instances",  # those of tools' arguments, in which names may stand for ids
        str_strip_whitespace=True,
        allow_inf_nan=False,
        alias_generator=AliasGenerator(serialization_alias=to_camel),
        use_attribute_docstrings=False,
    )

    def wire(self) -> dict[str, Any]:
        """The JSON object that goes to Ashby. What was left out stays out; a null is sent only where it clears."""
        body = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        for name, field in type(self).model_fields.items():
            if SENT_AS_NULL in field.metadata and getattr(self, name) is None:
                body[field.serialization_alias or name] = None
        return body


class ToolArguments(Arguments):
    """The arguments of a tool, which name and describe it."""

    @classmethod
    @cache
    def tool_name(cls) -> str:
        """The name under which a model calls it: `ListCandidates` is `ashby_list_candidates`."""
        return f"ashby_{re.sub(r'(?<!^)(?=[A-Z])', '_', cls.__name__).lower()}"

    @classmethod
    @cache
    def tool_title(cls) -> str:
        """The name in words: `ListCandidates` is `List candidates`."""
        return re.sub(r"(?<!^)(?=[A-Z])", " ", cls.__name__).capitalize()

    @classmethod
    @cache
    def tool_description(cls) -> str:
        """The description for the model: the class's docstring on one line."""
        return " ".join(cleandoc(cls.__doc__ or "").split())

    @classmethod
    @cache
    def argument_schema(cls) -> dict[str, Any]:
        """The JSON Schema of the arguments, without what says nothing: titles, null unions, `default: null`."""
        return cls.model_json_schema(mode="validation", schema_generator=_ArgumentSchema)


class _SentAsNull:
    """Marks a required field whose null means something to Ashby: clear the value."""


SENT_AS_NULL = _SentAsNull()


class Caller(Protocol):
    """Sends endpoints to Ashby for an operation."""

    def call(self, request: Operation[R]) -> R:
        """Perform an operation and return its result."""
        ...

    def items(self, request: Paged[T]) -> Iterator[T]:
        """Yields all records of a listing, page by page."""
        ...

    def send(self, request: Endpoint[R]) -> R:
        """Send one request."""
        ...

    @property
    def on_behalf_of(self) -> str | None:
        """The id of the user for whom the calls are made; None if for the key itself."""
        ...

    def download(self, handle: str) -> bytes:
        """Download the file that Ashby's handle stands for."""
        ...

    def upload(self, path: str, context: str) -> str:
        """Upload a local file and return the handle that Ashby gave for it."""
        ...


class Operation(ToolArguments, Generic[R]):
    """Something an agent can do in Ashby, in one call or several; `R` is the type of its result."""

    path: ClassVar[str]
    """The Ashby method that does the work, such as `candidate.info`."""
    access: ClassVar[Access] = Access.READ
    permission: ClassVar[str]
    """The permission of that method, such as `candidatesRead`."""
    steps: ClassVar[tuple[type[Endpoint[Any]], ...]] = ()
    """Further methods that are called on the way."""
    destructive: ClassVar[bool] = False
    """True for a write that overwrites, removes or cancels what was there; False for one that only adds."""
    effect: ClassVar[Effect | None] = None
    """The effect of a write on Ashby's records. Its card is derived from this, unless it has its own code."""
    irreversible: ClassVar[str | None] = None
    """Why a write cannot be undone, as a sentence; None if it can."""
    idempotent: ClassVar[bool] = True
    """True if doing it twice leaves Ashby in the same state as doing it once."""
    exactly_one: ClassVar[tuple[str, ...]] = ()
    """Fields of which exactly one has to be given."""
    at_least_one: ClassVar[tuple[str, ...]] = ()
    """Fields of which one or more have to be given."""
    on_request: ClassVar[bool] = False
    """True for a tool that a toolkit has only if its toolset, its name or all tools are asked for."""
    most_results: ClassVar[int | None] = None
    """The number of records at which Ashby stops, of a listing that has no pages."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if unknown := [name for name in cls.effect.arguments() if name not in cls.model_fields] if cls.effect else []:
            raise TypeError(f"{cls.__name__}.effect names {', '.join(unknown)}, which is no argument")

    @abstractmethod
    def perform(self, caller: Caller) -> R:
        """Performs the operation with the calls of `caller` and returns Ashby's JSON.

        Raises:
            AshbyError: if Ashby refuses, cannot be reached, or the arguments turn out not to fit.
        """

    @model_validator(mode="after")
    def _alternatives(self) -> Self:
        given = [name for name in self.exactly_one if getattr(self, name) is not None]
        if self.exactly_one and len(given) != 1:
            raise ValueError(f"give exactly one of {_listed(self.exactly_one)}; {_given(given)}")
        if self.at_least_one and all(getattr(self, name) is None for name in self.at_least_one):
            raise ValueError(f"give at least one of {_listed(self.at_least_one)}")
        return self

    @classmethod
    def toolset(cls) -> str:
        """The group it belongs to: the name of its module under `endpoints`."""
        return cls.__module__.rpartition(".")[2]

    @classmethod
    def risk(cls) -> str:
        """The risk by the declaration alone: `none` for a read, `low` if it only adds, or else `medium`."""
        return "none" if cls.access is Access.READ else "medium" if cls.destructive else "low"

    @classmethod
    @cache
    def record(cls) -> type | None:
        """The kind of record that the result is made of: `Job` for `Synced[Job]` and for `Endpoint[list[Job]]`.

        None where the result is of no declared kind.
        """
        for base in cls.__mro__:
            arguments = getattr(base, "__pydantic_generic_metadata__", {}).get("args") or ()
            for argument in arguments:
                kind = next(iter(get_args(argument)), argument)
                if isinstance(kind, type):
                    return kind
        return None

    @classmethod
    def permissions(cls) -> tuple[str, ...]:
        """Every permission that it takes, its own first."""
        return tuple(dict.fromkeys([cls.permission, *(step.permission for step in cls.steps)]))

    @classmethod
    @cache
    def argument_names(cls) -> dict[str, str]:
        """Maps Ashby's keys, such as `archiveReasonId`, to the names of arguments, nested ones too."""
        names: dict[str, str] = {}
        for part in (*cls.steps, cls):
            names |= _names_within(part)
        return names


class Endpoint(Operation[R]):
    """An operation that is exactly one call of one Ashby method."""

    required_results: ClassVar[Mapping[str, Callable[[Any], object]]] = {}
    """Keys of the result that later steps depend on, each with a check that raises if the value is unusable."""
    _after: str | None = PrivateAttr(default=None)

    @property
    def after(self) -> str | None:
        """The cursor after which to continue a listing that, by its documentation, takes none."""
        return self._after

    def continued(self, cursor: str) -> Self:
        """The same request for what comes after a cursor."""
        request = self.model_copy()
        request._after = cursor
        return request

    def perform(self, caller: Caller) -> R:
        """Send the request."""
        return caller.send(self)

    @classmethod
    def read_result(cls, envelope: dict[str, Any]) -> R:
        """Take the result out of Ashby's envelope. A method without results answers with None.

        Raises:
            ValueError: if the result is not of use: what it lacks.
        """
        results = envelope.get("results")
        for key, check in cls.required_results.items():
            try:
                check(results[key])  # type: ignore[index]  # what it cannot be indexed with is caught
            except (LookupError, TypeError, ValueError, AttributeError):
                raise ValueError(f"has no {key}") from None
        return cast(R, results)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a listing.

    Attributes:
        results: The records, at most 100.
        next_cursor: Give it as `cursor` for the next page; None on the last one.
        sync_token: Only on the last page. Given later, it lists only what has changed since.
    """

    results: list[T]
    next_cursor: str | None = None
    sync_token: str | None = None


PAGE = 100
"""The most records of a page."""


def _at_most_a_page(limit: int | None) -> int | None:
    """More than a page holds is taken as a whole page: its cursor leads to the rest."""
    return limit and min(limit, PAGE)


class Paged(Endpoint[Page[T]]):
    """A listing that comes in pages."""

    cursor: str | None = None
    limit: Annotated[int | None, Field(ge=1), AfterValidator(_at_most_a_page)] = None

    @classmethod
    def read_result(cls, envelope: dict[str, Any]) -> Page[T]:
        """Read a page. Some methods leave `moreDataAvailable` out: then the cursor alone decides."""
        results = envelope.get("results")
        if not isinstance(results, list):  # null is no empty list: nothing is known then
            raise ValueError("has no list of results")
        more = envelope.get("moreDataAvailable")
        cursor = _opaque(envelope.get("nextCursor"))
        if more and cursor is None:
            raise ValueError("says that there is more but has no cursor for it")
        return Page(
            results=results,
            next_cursor=None if more is False else cursor,
            sync_token=_opaque(envelope.get("syncToken")),
        )


class Synced(Paged[T]):
    """A paged listing that can also tell what has changed since last time."""

    sync_token: str | None = None


def _names_within(arguments: type[Arguments]) -> dict[str, str]:
    """The names of the fields by their keys on the wire, those of objects in them first."""
    names: dict[str, str] = {}
    for name, field in arguments.model_fields.items():
        for part in arguments_in(field.annotation):
            names |= _names_within(part)
        names[field.serialization_alias or name] = name
    return names


def arguments_in(annotation: Any) -> Iterator[type[Arguments]]:
    """The classes of objects that a type takes, whatever lists and alternatives they stand in."""
    if isinstance(annotation, type) and issubclass(annotation, Arguments):
        yield annotation
    for part in get_args(annotation):
        yield from arguments_in(part)


class _ArgumentSchema(GenerateJsonSchema):
    """Writes down what can be given, not what happens when it is left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default", ...) is None:
            return self.generate_inner(_without_null(schema["schema"]))
        return super().default_schema(schema)

    def generate(self, schema: core_schema.CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        return cast(JsonSchemaValue, _plain(super().generate(schema, mode)))

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        written = super().model_schema(schema)
        written.pop("title", None)
        written.pop("description", None)  # the tool's own description, or the field's, says it
        written.pop("additionalProperties", None)  # a surplus argument is answered with an error that names it
        return written


def _without_null(schema: Any) -> Any:
    """The schema of the value itself; validators around it (a check that wraps a nullable) keep their place."""
    if schema["type"] == "nullable":
        return schema["schema"]
    if "schema" in schema and schema["type"].startswith("function-"):
        return {**schema, "schema": _without_null(schema["schema"])}
    return schema


def _plain(written: Any) -> Any:
    """The schema in the words that all providers read, without those that say nothing.

    Nobody goes below a count of 0 or 1, or gives a list with nothing in it. Gemini knows no `const`, and refuses a
    union with anything beside it (but for null, which is no union there), so that a description moves into the union.
    """
    if isinstance(written, list):
        return [_plain(entry) for entry in written]
    if not isinstance(written, dict):
        return written
    said = {key: _plain(entry) for key, entry in written.items()}
    said = {key: entry for key, entry in said.items() if not (key in ("minimum", "minItems") and entry in (0, 1))}
    if isinstance(said.get("const"), str):
        said = {"enum": [said.pop("const")], **said}
    union = said.get("anyOf")
    if isinstance(union, list) and {"type": "null"} not in union and isinstance(said.get("description"), str):
        *others, last = union
        said["anyOf"] = [*others, {"description": said.pop("description"), **last}]
    return said


def _opaque(token: Any) -> str | None:
    return str(token) if token else None


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:-1]) + " or " + names[-1] if len(names) > 1 else names[0]


def _given(names: list[str]) -> str:
    return f"{' and '.join(names)} were given" if names else "none was given"
