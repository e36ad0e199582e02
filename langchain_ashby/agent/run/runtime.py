"""Reads the run's store, thread and user from LangGraph."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import var_child_runnable_config
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.config import get_config, get_store
from langgraph.runtime import Runtime, get_runtime
from langgraph.store.base import BaseStore
from langgraph.types import Interrupt

from langchain_ashby.agent.messages.artifacts import Artifacts, collecting
from langchain_ashby.agent.run.context import Context, SettingsError
from langchain_ashby.scoped import scoped

T = TypeVar("T")


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
    thread_id = run_configurable().get("thread_id")
    store: BaseStore | None = get_store()
    return RunLocation(own_store if store is None else store, None if thread_id is None else str(thread_id))


def run_checkpointer() -> BaseCheckpointSaver[Any] | None:
    """Returns the checkpointer of the run. A graph around this one, or a server, brings its own."""
    found = run_configurable().get(_CHECKPOINTER)
    return found if isinstance(found, BaseCheckpointSaver) else None


def for_run(
    config: RunnableConfig | None, *, again: bool = False, answers: bool = False
) -> tuple[RunnableConfig, Artifacts]:
    """Returns the config of a run, and where the artifacts of its answers will be.

    The config notes whether this is certainly a first run, not one `again` from an earlier checkpoint, and whether it
    `answers` a question.

    LangGraph tells the attempt only of the node that runs the agent, and only here: inside, each step has its own.
    """
    given = (config or {}).get("configurable") or {}
    ambient = (var_child_runnable_config.get() or {}).get("configurable") or {}
    configurable = {**ambient, **given}
    runtime = configurable.get(_RUNTIME)
    around = runtime.execution_info if isinstance(runtime, Runtime) else None
    if around is None:
        first = not configurable.get("checkpoint_ns")
    else:
        first = around.node_attempt == 1 and "|" not in around.checkpoint_ns
    first = first and not again and not _is_retry((config or {}).get("callbacks"))
    configurable, artifacts = collecting({**given, _FIRST_ATTEMPT: first, _ANSWERS: answers})
    return {**(config or {}), "configurable": configurable}, artifacts


def _is_retry(callbacks: Any) -> bool:
    """True in a retry by `with_retry`, which LangChain shows only in a tag."""
    return any(str(tag).startswith("retry:attempt:") for tag in getattr(callbacks, "tags", []))


def is_within_another_graph() -> bool:
    """True if a graph around the agent runs it: what that graph has read is not in the agent's thread."""
    return "|" in str(run_configurable().get("checkpoint_ns", ""))


def is_first_attempt() -> bool:
    """True if this run certainly is not a repeat, which would not know what the agent wrote before.

    Retries are repeats, and so are runs from an earlier checkpoint.
    """
    return run_configurable().get(_FIRST_ATTEMPT) is True


def answers_a_question() -> bool:
    """True if the run began with an answer. Within another graph this is unknown, so False."""
    return run_configurable().get(_ANSWERS) is True


def is_saved(patience: float = 2.0) -> bool:
    """True if what led to this step can be read back from the checkpointer, here and in the graphs around this one.

    With durability "async" it may still be in transit, so this waits a little. With "exit" it comes too late.
    """
    saver, configurable = run_checkpointer(), run_configurable()
    checkpoints = configurable.get("checkpoint_map")
    if saver is None or not checkpoints:
        return False
    thread = {"thread_id": configurable.get("thread_id")}
    configs: list[RunnableConfig] = [
        {"configurable": thread | {"checkpoint_ns": ns, "checkpoint_id": it}} for ns, it in checkpoints.items()
    ]
    until = time.monotonic() + (0 if configurable.get(_DURABILITY) == "exit" else patience)
    while not all(_can_be_read(saver, config) for config in configs):
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE)
    return True


def _can_be_read(saver: BaseCheckpointSaver[Any], config: RunnableConfig) -> bool:
    return read_either_way(lambda: saver.get_tuple(config), lambda: saver.aget_tuple(config)) is not None


def read_either_way(read: Callable[[], T], aread: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
    """Reads from a checkpointer, under asyncio if it can be read only so; None if there is no event loop for that."""
    try:
        return read()
    except NotImplementedError:  # the savers of servers, for example
        loop = _event_loop.get()
        return None if loop is None else asyncio.run_coroutine_threadsafe(aread(), loop).result()


def of_event_loop() -> scoped[asyncio.AbstractEventLoop]:
    """Keeps the event loop of a step that works in a thread: a checkpointer may be bound to it."""
    return scoped(_event_loop, asyncio.get_running_loop())


_event_loop: ContextVar[asyncio.AbstractEventLoop | None] = ContextVar("event_loop", default=None)


def question_id() -> str:
    """Returns the id of the first interrupt of this step.

    It stays the same when LangGraph runs the step again with the answer, and differs in any other step.
    """
    return Interrupt.from_ns(None, ns=str(run_configurable().get("checkpoint_ns", ""))).id


def reviewer() -> str | None:
    """Returns who decides in this run: the user authenticated by a LangGraph server, or named by the application.

    The application names them in the run's context as `reviewer`, or in its config as `configurable.reviewer` or
    `configurable.user_id`. None if the inbox of a server answers: each of its decisions names who made it.
    """
    if _of_user("names_reviewers") is True:
        return None
    configurable = run_configurable()
    names = (
        configurable.get("langgraph_auth_user_id"),
        settings_given().get("reviewer"),
        *map(configurable.get, ("reviewer", "user_id")),
    )
    return next((str(name) for name in names if name), None)


def settings_given() -> dict[str, Any]:
    """Returns the settings in this run's context, unchecked.

    Raises:
        SettingsError: if the context cannot hold settings, or if they are in the config instead: what was meant to
            narrow a run must not be ignored.
    """
    context: Any = get_runtime().context
    if context is None:
        given = {}
    elif isinstance(context, Context):  # or the application's own subclass with more fields
        given = {name: getattr(context, name) for name in Context.model_fields}
    elif isinstance(context, Mapping):
        given = {str(name): value for name, value in context.items()}
    else:
        raise SettingsError(
            f"the context of this run is of the class {type(context).__name__}, which the agent cannot read",
            remedy="Pass a langchain_ashby.agent.Context or a dict. In a larger graph, use a subclass of Context as "
            "context_schema, or call the agent in a node of your own and pass it a Context.",
        )
    configurable = run_configurable()
    for name in ("on_behalf_of", "toolsets", "read_only", "policy"):
        if configurable.get(name) and not given.get(name):
            raise SettingsError(
                f"{name}: it is in the run's configurable, which the agent does not read",
                remedy="Pass it in the run's context.",
            )
    return given


def ashby_user() -> str | None:
    """Returns the Ashby user of a LangGraph server's authenticated user, if it has an `ashby_user_id`."""
    found = _of_user("ashby_user_id")
    return str(found) if found else None


def _of_user(name: str) -> Any:
    """Returns an attribute of the user whom a LangGraph server authenticated. No client can set it."""
    user = run_configurable().get("langgraph_auth_user")
    return user.get(name) if isinstance(user, Mapping) else getattr(user, name, None)


_CHECKPOINTER, _DURABILITY, _RUNTIME = "__pregel_checkpointer", "__pregel_durability", "__pregel_runtime"
"""The keys under which LangGraph passes these to subgraphs."""

_FIRST_ATTEMPT = "__langchain_ashby_first_attempt"
_ANSWERS = "__langchain_ashby_answers"

_PAUSE = 0.01  # seconds


def run_configurable() -> dict[str, Any]:
    """Returns what the config of the step that is running has as `configurable`."""
    return get_config().get("configurable") or {}
