"""Where a run's settings may be: in a `Context` or a mapping, and in no other place without being refused."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypedDict

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command
from office import approve, request, results, thread, user
from pydantic import BaseModel
from two_users import NOTE, Ashby

from langchain_ashby import AshbyClient
from langchain_ashby.agent import Context
from langchain_ashby.agent.run.context import SettingsError
from langchain_ashby.agent.state import Conversation
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import BY_DEFAULT, TOOLSETS
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

LOOKED_AT = [name for name in TOOLSETS["jobs"] if name in BY_DEFAULT and BY_DEFAULT[name].access is Access.READ]


@pytest.fixture
def ashby() -> Iterator[Ashby]:
    with AshbySandbox(candidates=12) as sandbox, AshbyClient(sandbox.api_key, sandbox.url, timeout=5) as client:
        yield Ashby(sandbox, client)


@dataclass
class Data:
    read_only: bool = True


class Model(BaseModel):
    read_only: bool = True
    on_behalf_of: str | None = None


class Ours(Context):
    tenant: str = "north"


class Shape(TypedDict, total=False):
    read_only: bool
    tenant: str


NARROW: dict[str, Any] = {"read_only": True, "toolsets": ["jobs"]}
NOT_OURS = [
    Data(),
    Model(),
    SimpleNamespace(read_only=True),
    '{"read_only": true}',
    [("read_only", True)],
    True,
    Context,
]


@pytest.mark.parametrize("context", NOT_OURS, ids=lambda it: type(it).__name__)
async def test_a_context_of_another_class_is_refused_and_nothing_runs(ashby: Ashby, context: Any) -> None:
    graph, config = ashby.agent(), thread()
    said = f"of the class {type(context).__name__}, which the agent cannot read"
    with pytest.raises(SettingsError, match=said):
        graph.invoke(user(), config, context=context)
    with pytest.raises(SettingsError, match=said):
        await graph.ainvoke(user(), config, context=context)
    assert ashby.sent() == []
    assert request(graph.invoke(user(), config))
    before = ashby.sent()
    with pytest.raises(SettingsError, match=said):
        graph.invoke(Command(resume=approve()), config, context=context)
    assert ashby.sent() == before


@pytest.mark.parametrize("context", [Context(**NARROW), Ours(**NARROW), NARROW, UserDict(NARROW)])
def test_a_subclass_of_ours_and_any_mapping_are_taken(ashby: Ashby, context: Any) -> None:
    ashby.agent("Hello.").invoke(user(), thread(), context=context)
    assert list(ashby.model.tool_names) == LOOKED_AT


@pytest.mark.parametrize(
    "name, value", [("read_only", True), ("toolsets", ["jobs"]), ("policy", "x"), ("on_behalf_of", "x")]
)
def test_a_setting_in_the_config_is_not_passed_over(ashby: Ashby, name: str, value: Any) -> None:
    config = thread()
    config["configurable"][name] = value
    with pytest.raises(SettingsError, match=f"{name}: it is in the run's configurable"):
        ashby.agent().invoke(user(), config, context={"reviewer": "Cy"})
    assert ashby.sent() == []


# Inside another graph


def around(node: Any, schema: Any) -> Any:
    outer = StateGraph(Conversation, context_schema=schema)
    outer.add_node("agent", node)
    outer.add_edge(START, "agent")
    return outer.compile(checkpointer=InMemorySaver())


@pytest.mark.parametrize(
    "schema, context", [(Context, NARROW), (Context, Context(**NARROW)), (Ours, NARROW), (dict, NARROW), (None, NARROW)]
)
def test_as_a_node_the_agent_takes_the_settings_in_the_context_of_the_larger_graph(
    ashby: Ashby, schema: Any, context: Any
) -> None:
    graph = around(ashby.agent("Hello.", checkpointer=None), schema)
    graph.invoke(user(), thread(), context=context)
    assert list(ashby.model.tool_names) == LOOKED_AT


@pytest.mark.parametrize(
    "schema, context, problem",
    [
        (Data, {"read_only": True}, "the class Data"),
        (Data, Data(), "the class Data"),
        (Model, {"on_behalf_of": "somebody"}, "the class Model"),
        (Shape, {"read_only": True, "tenant": "north"}, "there is no setting 'tenant'"),
        (Ours, {"policy": "lax"}, "there is no policy 'lax'"),
    ],
)
def test_as_a_node_it_does_not_run_with_a_context_that_is_not_meant_for_it(
    ashby: Ashby, schema: Any, context: Any, problem: str
) -> None:
    graph, config = around(ashby.agent(checkpointer=None), schema), thread()
    with pytest.raises(SettingsError, match=problem):
        graph.invoke(user(), config, context=context)
    assert ashby.sent() == []


def test_as_a_node_it_needs_no_context(ashby: Ashby) -> None:
    graph = around(ashby.agent(checkpointer=None), Data)
    assert request(graph.invoke(user(), thread()))


@pytest.mark.parametrize("own", [Context(), Context(read_only=True), {"read_only": True}])
def test_a_node_that_calls_the_agent_says_which_settings_hold(ashby: Ashby, own: Any) -> None:
    agent = ashby.agent(checkpointer=None)
    graph, config = around(lambda state: agent.invoke(state, context=own), Data), thread()
    result = graph.invoke(user(), config, context=Data())
    if own == Context():
        assert request(result)
        graph.invoke(Command(resume=approve()), config, context=Data())
        assert ashby.notes() == [None]
    else:
        assert f"There is no tool '{NOTE}'" in results(result)[0].text


@pytest.mark.parametrize("field", ["reviewer", "on_behalf_of"])
def test_who_decides_and_for_whom_are_taken_from_the_larger_graph_too(ashby: Ashby, field: str) -> None:
    graph, config = around(ashby.agent(checkpointer=None), dict), thread()
    context = {field: ashby.ada["id"]}
    graph.invoke(user(), config, context=context)
    graph.invoke(Command(resume=approve()), config, context=context)
    assert getattr(ashby.entry(), field) == ashby.ada["id"]
