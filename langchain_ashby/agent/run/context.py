"""Per-run settings, given in LangGraph's own way: `graph.invoke(…, context={"reviewer": "Ben"})`."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    create_model,
)
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import ErrorDetails

from langchain_ashby.errors import ConfigurationError
from langchain_ashby.text.words import zone_named

UserId = Annotated[str, StringConstraints(pattern="^[0-9A-Za-z-]{1,64}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


_NOTHING: Any = Annotated[None, SkipJsonSchema()]  # type: ignore[type-arg]  # generic for type checkers only
"""Accepts null as "left out", without showing it in the schema, from which forms are made."""


def _setting(title: str, description: str) -> Any:
    return Field(title=title, description=description, json_schema_extra=_without_null)


def _without_null(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _known_zone(name: str) -> str:
    if zone_named(name) is None:
        raise ValueError(f"there is no time zone {name!r}; give one such as Europe/Berlin")
    return name


_MODEL = _setting("Model", "The chat model.")
_TOOLSETS = _setting("Toolsets", "Only tools of these groups.")
_POLICY = _setting("Policy", "What holds for changes besides what always does.")


class SettingsError(ConfigurationError, ValueError):
    """A run asks for something that the application does not have or allow. Nothing was executed.

    Also a `ValueError`, because a LangGraph server passes on the text of those; of other errors only the name.
    """


class Context(BaseModel):
    """Settings of one run. Each names a person or narrows what the application allows; none can widen it.

    An unknown name is refused with a `SettingsError`, and nothing runs. A setting left out stays as the application
    has it. Resuming after a question is another run, which needs its settings again.

    As a node of a larger graph the agent finds the settings in that graph's context, whose schema is `Context` or a
    subclass with more fields. It refuses to run with a context of any other class: settings could be ignored.

    Attributes:
        on_behalf_of: The id of the Ashby user to act as: in reads, in cards and in writes. The key must be allowed to.
            A change proposed in a run for one user is not executed in a run for another, or for none.
        reviewer: Who decides, for the audit trail. A user whom a server authenticated takes precedence.
        model: One of the `models` that the agent was made with, or `default`.
        toolsets: Only tools of these groups are shown to the model, and run.
        read_only: Only tools that read are shown to the model, and run.
        policy: One of the `policies` that the agent was made with. The stricter of it and the agent's own holds.
        time_zone: The zone in which the model is told the day, and cards show times, such as Europe/Berlin; by default
            the one that `TZ` names, or UTC.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    on_behalf_of: Annotated[
        UserId | SkipJsonSchema[None], _setting("On behalf of", "The id of the Ashby user to act as.")
    ] = None
    reviewer: Annotated[Name | SkipJsonSchema[None], _setting("Reviewer", "Who decides about changes.")] = None
    model: Annotated[Name | SkipJsonSchema[None], _MODEL] = None
    toolsets: Annotated[Annotated[list[Name], Field(min_length=1)] | SkipJsonSchema[None], _TOOLSETS] = None
    read_only: Annotated[bool, Field(title="Read only", description="Look, and change nothing.")] = False
    policy: Annotated[Name | SkipJsonSchema[None], _POLICY] = None
    time_zone: Annotated[
        Annotated[Name, AfterValidator(_known_zone)] | SkipJsonSchema[None],
        _setting("Time zone", "The zone of days and times, such as Europe/Berlin."),
    ] = None


class _Checked(Context):
    def __init__(self, **settings: Any) -> None:
        try:
            super().__init__(**settings)
        except ValidationError as error:
            problems = [it for it in error.errors() if it["type"] != "none_required"]
            raise SettingsError("; ".join(map(_in_words, problems))) from None


def _in_words(error: ErrorDetails) -> str:
    setting = error["loc"][0]
    if error["type"] == "extra_forbidden":
        return f"there is no setting {setting!r}; there are {', '.join(Context.model_fields)}"
    return f"{setting}: {error['msg'].removeprefix('Value error, ')}"


@lru_cache(maxsize=32)
def context_schema(models: tuple[str, ...], toolsets: tuple[str, ...], policies: tuple[str, ...]) -> type[Context]:
    """Makes a `Context` with the names that an application knows: forms can offer them, and any other is refused."""
    model, toolset, policy = _known("model", models), _known("toolset", toolsets), _known("policy", policies)
    return create_model(
        "Context",
        __base__=_Checked,
        __doc__="Settings of one run.",
        model=(Annotated[model | _NOTHING, _MODEL], None),
        toolsets=(Annotated[Annotated[list[toolset], Field(min_length=1)] | _NOTHING, _TOOLSETS], None),  # type: ignore[valid-type]  # it is made at run time
        policy=(Annotated[policy | _NOTHING, _POLICY], None),
    )


def _known(kind: str, names: Sequence[str]) -> Any:
    return Annotated[
        Name,
        AfterValidator(partial(_checked, kind, names)),
        Field(json_schema_extra={"enum": list(names)} if names else {}),
    ]


def _checked(kind: str, names: Sequence[str], name: str) -> str:
    if name not in names:
        near = get_close_matches(name, names, n=3) or names
        advice = f"Did you mean {' or '.join(near)}?" if near else "Leave it out."
        raise ValueError(f"there is no {kind} {name!r} that a run may choose. {advice}")
    return name
