"""The toolset `pipeline`: when a toolkit has it, what it costs, and how its tools behave as tools."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import BaseTool
from sqlalchemy import Connection

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.endpoints import BY_DEFAULT, OPERATIONS
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.ids import canonical
from langchain_ashby.mirror import Mirror, MirrorError
from langchain_ashby.sandbox import AshbySandbox

MOST_TOKENS = 1_600


@pytest.fixture(scope="module")
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox() as running:
        yield running


@pytest.fixture(scope="module")
def client(sandbox: AshbySandbox) -> Iterator[AshbyClient]:
    with AshbyClient(sandbox.api_key, sandbox.url) as connected:
        yield connected


@pytest.fixture(scope="module")
def mirror(client: AshbyClient, tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    made = Mirror(f"sqlite:///{tmp_path_factory.mktemp('mirrors') / 'mirror.db'}", client, max_age=timedelta(days=1))
    made.sync(history=None)
    return made


def names(toolkit: AshbyToolkit) -> list[str]:
    return [tool.name for tool in toolkit.get_tools()]


def ask(mirror: Mirror, client: AshbyClient, name: str, **arguments: Any) -> ToolMessage:
    [tool] = AshbyToolkit(client, mirror=mirror, include=[f"ashby_{name}"]).get_tools()
    answer = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": arguments})
    assert isinstance(answer, ToolMessage)
    return answer


def pipeline(mirror: Mirror, client: AshbyClient) -> list[BaseTool]:
    return AshbyToolkit(client, mirror=mirror, toolsets=["pipeline"]).get_tools()


def test_a_mirror_that_cannot_answer_raises_its_error_where_the_toolkit_does(
    client: AshbyClient, tmp_path: Path
) -> None:
    empty = Mirror(f"sqlite:///{tmp_path / 'mirror.db'}", client)
    for on_error in ("tell", "raise"):
        toolkit = AshbyToolkit(client, mirror=empty, include=["ashby_list_worklist"], on_error=on_error)
        [tool] = toolkit.get_tools()
        if on_error == "raise":
            with pytest.raises(MirrorError):
                tool.invoke({})
        else:
            assert "mirror sync" in tool.invoke({})


def test_a_mirror_adds_the_toolset_and_no_mirror_has_none(mirror: Mirror, client: AshbyClient) -> None:
    added = [tool.name for tool in pipeline(mirror, client)]
    assert added == [
        "ashby_find_applications",
        "ashby_find_candidates",
        "ashby_find_interviews",
        "ashby_report_pipeline",
        "ashby_list_worklist",
        "ashby_list_changes",
    ]
    assert names(AshbyToolkit(client, mirror=mirror)) == [*BY_DEFAULT, *added]
    assert names(AshbyToolkit(client, mirror=mirror, toolsets="all")) == [*OPERATIONS, *added]
    assert names(AshbyToolkit(client, mirror=mirror, read_only=True))[-6:] == added
    assert names(AshbyToolkit(client, mirror=mirror, exclude=added)) == list(BY_DEFAULT)
    with pytest.raises(ConfigurationError, match="The toolset pipeline needs a mirror"):
        AshbyToolkit(client, toolsets=["pipeline"])
    with pytest.raises(ConfigurationError, match="tools of the toolset pipeline need a mirror"):
        AshbyToolkit(client, include=["ashby_find_applications"])


def test_its_tools_need_no_approval_and_say_that_they_only_read(mirror: Mirror, client: AshbyClient) -> None:
    toolkit = AshbyToolkit(client, mirror=mirror, toolsets=["pipeline"])
    assert toolkit.interrupt_on() == {}
    assert all((tool.metadata or {})["readOnlyHint"] is True for tool in toolkit.get_tools())


def test_its_definitions_cost_few_tokens(mirror: Mirror, client: AshbyClient) -> None:
    cost = AshbyToolkit(client, mirror=mirror, toolsets=["pipeline"]).describe().total.tokens
    assert cost <= MOST_TOKENS, f"{cost} tokens"


def test_an_agent_asks_and_writes_on_what_it_found(mirror: Mirror, client: AshbyClient, sandbox: AshbySandbox) -> None:
    found = ask(mirror, client, "find_applications", jobs="staff engineer", stages="onsite", limit=1)
    application_id = canonical(found.text.splitlines()[2].split(" ")[0])
    script = lines(
        say("I look.", call("ashby_find_applications", jobs=["Staff Engineer"], stages=["Onsite"], limit=1)),
        say("I propose.", call("ashby_change_application_source", application_id=application_id, source_id=None)),
    )
    agent = create_recruiting_agent(ScriptedChatModel(script=script), AshbyToolkit(client, mirror=mirror))
    result = agent.invoke({"messages": [HumanMessage("Go on.")]}, {"configurable": {"thread_id": "1"}})
    [interrupt] = result["__interrupt__"]
    assert len(interrupt.value["action_requests"]) == 1
    assert any(isinstance(it, ToolMessage) and it.name == "ashby_find_applications" for it in result["messages"])


def test_a_mirror_of_another_account_is_refused(mirror: Mirror) -> None:
    with (
        AshbyClient("another", "http://127.0.0.1:9") as client,
        pytest.raises(ConfigurationError, match="another API key"),
    ):
        AshbyToolkit(client, mirror=mirror)


def test_what_the_key_sees_is_not_told_to_a_user(mirror: Mirror, sandbox: AshbySandbox, client: AshbyClient) -> None:
    user_id = sandbox.records("user")[0]["id"]
    with AshbyClient(sandbox.api_key, sandbox.url) as equal, client.acting_for(user_id), equal.acting_for(user_id):
        for asking in (client, equal):
            answer = ask(mirror, asking, "report_pipeline", metric="applications")
            assert answer.status == "error" and "Ask without on_behalf_of" in answer.text
    with AshbyClient(sandbox.api_key, sandbox.url, on_behalf_of=user_id) as user:
        answer = ask(mirror, user, "report_pipeline", metric="applications")
        assert answer.status == "error" and "Ask without on_behalf_of" in answer.text


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        (
            "find_applications",
            {"jobs": ["Staf Engineer"]},
            "jobs: no job is called “Staf Engineer”. There are: “Staff",
        ),
        ("find_applications", {"stages": ["Onsit"]}, "no stage is called “Onsit”. There are: “Onsite”,"),
        ("find_applications", {"created": "soon"}, "created takes a period, such as 2026-11-24"),
        ("find_applications", {"cursor": "row"}, "cursor must come from an earlier answer"),
        ("find_candidates", {"value": "x"}, "value needs custom_field, which is missing"),
        ("find_candidates", {"custom_field": "Languages", "value": " "}, "value is empty"),
        (
            "find_candidates",
            {"custom_field": "Languages", "value": "Germn"},
            "value: “Languages” has no value “Germn”. There are: “German”, ",
        ),
        ("find_candidates", {"custom_field": "Open to relocation", "value": "perhaps"}, "There are: “yes”, “no”"),
        (
            "find_candidates",
            {"custom_field": "Notice period (weeks)", "value": "some"},
            "has no value “some”. There are: “",
        ),
        ("report_pipeline", {"metric": "conversion"}, "conversion needs to_stage, such as Onsite"),
        ("report_pipeline", {"metric": "current", "period": "today"}, "counts the present: leave out period"),
        ("report_pipeline", {"metric": "applications", "by": "interviewer"}, "cannot be grouped by interviewer"),
        ("list_changes", {"period": "2026-13"}, "period takes a period"),
    ],
)
def test_a_wrong_argument_is_named_with_what_it_takes(
    mirror: Mirror, client: AshbyClient, name: str, arguments: dict[str, Any], says: str
) -> None:
    answer = ask(mirror, client, name, **arguments)
    assert answer.status == "error" and says in answer.text


def test_a_missing_mirror_says_how_to_make_one(client: AshbyClient, tmp_path: Path) -> None:
    answer = ask(Mirror(f"sqlite:///{tmp_path / 'none.db'}"), client, "list_worklist")
    assert answer.status == "error" and "mirror.sync()" in answer.text


def test_every_answer_says_how_fresh_it_is_and_of_how_many_the_history_is_known(
    mirror: Mirror, client: AshbyClient
) -> None:
    asked = {"report_pipeline": {"metric": "current"}, "list_changes": {"period": "last 7 days"}}
    for tool in pipeline(mirror, client):
        name = tool.name.removeprefix("ashby_")
        last = ask(mirror, client, name, **asked.get(name, {})).text.splitlines()[-1]
        assert last.startswith("# as of ") and "history known for 62 of 62" in last and last.endswith("days in UTC")


def test_an_answer_opens_the_mirror_once(mirror: Mirror, client: AshbyClient, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[None] = []
    reading = mirror._database.reading

    def counted() -> AbstractContextManager[Connection]:
        opened.append(None)
        return reading()

    monkeypatch.setattr(mirror._database, "reading", counted)
    assert ask(mirror, client, "find_applications").status == "success" and len(opened) == 1


def test_rows_go_on_where_the_cursor_says_without_gap_or_double(mirror: Mirror, client: AshbyClient) -> None:
    whole = ask(mirror, client, "find_applications", limit=100)
    seen: list[Any] = []
    cursor: str | None = None
    while True:
        page = ask(mirror, client, "find_applications", limit=7, **({"cursor": cursor} if cursor else {}))
        seen += page.artifact["results"]
        cursor = page.artifact.get("next_cursor")
        if cursor is None:
            break
        assert f"more: cursor={cursor} " in page.text
    assert seen == whole.artifact["results"] and len(seen) == 62
