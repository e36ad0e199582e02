"""Reads the run's store, thread and user from LangGraph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langgraph.config import get_config, get_store
from langgraph.runtime import get_runtime
from langgraph.store.base import BaseStore

from langchain_ashby.agent.run.context import Context, SettingsError


@dataclass(frozen=True)
class RunLocation:
    """The store and the thread of a run. A server brings its own store; None if there is none."""

    store: BaseStore | None
    thread_id: str | None


def current_run(own_store: BaseStore | None) -> RunLocation:
    """Returns the store and the thread of the step that is running.

    Args:
        own_store: The store that the agent was made with. As a node of another graph it gets that graph's, or none.
    """
    thread_id = _configurable().get("thread_id")
    store: BaseStore | None = get_store()
    return RunLocation(own_store if store is None else store, None if thread_id is None else str(thread_id))


def reviewer() -> str | None:
    """Returns who decides in this run: the user authenticated by a LangGraph server, or named by the application.

    The application names them in the run's context as `reviewer`, or in its config as `configurable.reviewer` or
    `configurable.user_id`.
    """
    configurable = _configurable()
    names = (
        configurable.get("langgraph_auth_user_id"),
        settings_given().get("reviewer"),
        *map(configurable.get, ("reviewer", "user_id")),
    )
    return next((str(name) for name in names if name), None)


def settings_given() -> dict[str, Any]:
    """Returns the settings in this run's context, not checked.

    Raises:
        SettingsError: if the context is nothing that settings could be in, or if they are in the config instead: what
            was meant to narrow a run may not be passed over.
    """
    context: Any = get_runtime().context
    if context is None:
        given = {}
    elif isinstance(context, Context):  # of a class of the application's, too, with fields of its own
        given = {name: getattr(context, name) for name in Context.model_fields}
    elif isinstance(context, Mapping):
        given = {str(name): value for name, value in context.items()}
    else:
        raise SettingsError(
            f"the context of this run is of the class {type(context).__name__}, which the agent cannot read",
            remedy="Give a langchain_ashby.agent.Context or a dict. A larger graph takes a subclass of Context as its "
            "context_schema, or calls the agent in a node of its own and gives it a Context.",
        )
    configurable = _configurable()
    for name in ("on_behalf_of", "toolsets", "read_only", "policy"):
        if configurable.get(name) and not given.get(name):
            raise SettingsError(
                f"{name}: it stands in the run's configurable, where the agent does not look",
                remedy="Give it as context.",
            )
    return given


def ashby_user() -> str | None:
    """Returns the Ashby user of a LangGraph server's authenticated user, if it has an `ashby_user_id`."""
    user = _configurable().get("langgraph_auth_user")
    found = user.get("ashby_user_id") if isinstance(user, Mapping) else getattr(user, "ashby_user_id", None)
    return str(found) if found else None


def _configurable() -> dict[str, Any]:
    return get_config().get("configurable") or {}
