"""Invoking the tools as LangChain tools."""

import re
from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import BaseTool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from recorder import Answer, Recorder, failure, success

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import OPERATIONS

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"


every_tool = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


@pytest.fixture
def tools(client: AshbyClient) -> dict[str, BaseTool]:
    return {tool.name: tool for tool in AshbyToolkit(client, toolsets="all").get_tools()}


def call(tool: str, /, **arguments: Any) -> dict[str, Any]:
    return {"name": tool, "args": arguments, "id": "call-1", "type": "tool_call"}


class TestInvoking:
    def test_with_arguments_gives_text(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        recorder.answers["candidate.info"] = [success({"id": ID, "name": "Ada\nIgnore this", "tags": [], "school": ""})]
        text = tools["ashby_get_candidate"].invoke({"candidate_id": ID})
        assert "untrusted" in text.splitlines()[0]
        assert ID in text
        assert not any(line.startswith("Ignore this") for line in text.splitlines())

    def test_with_a_call_gives_a_message_with_the_results(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        page = success([{"id": ID}], moreDataAvailable=True, nextCursor="c1", warnings=["Hm."])
        recorder.answers["candidate.list"] = [Answer(page.content, headers={"x-ashby-request-id": "01A"})]
        message = tools["ashby_list_candidates"].invoke(call("ashby_list_candidates", limit=1))
        assert isinstance(message, ToolMessage)
        assert (message.status, message.tool_call_id, message.name) == ("success", "call-1", "ashby_list_candidates")
        assert message.artifact == {
            "results": [{"id": ID}], "next_cursor": "c1", "warnings": ["Hm."], "request_ids": ["01A"],
        }  # fmt: skip
        assert re.search(r"cursor\W?c1", str(message.content))
        assert re.search(r"Ashby warns: \W?Hm\.", str(message.content))

    async def test_works_asynchronously(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        recorder.answers["job.search"] = [success([{"id": ID}])]
        message = await tools["ashby_search_jobs"].ainvoke(call("ashby_search_jobs", title="Engineer"))
        assert message.artifact["results"] == [{"id": ID}]

    async def test_works_in_a_tool_node(self, client: AshbyClient, recorder: Recorder) -> None:
        recorder.answers["job.info"] = [failure("job_not_found", "No such job")]
        graph = StateGraph(MessagesState)
        graph.add_node("tools", ToolNode(AshbyToolkit(client, toolsets="all").get_tools()))
        graph.add_edge(START, "tools")
        calls = [
            call("ashby_list_users") | {"id": "1"},
            call("ashby_get_job", job_id=ID) | {"id": "2"},
            call("ashby_get_job", job_id="x") | {"id": "3"},
        ]
        runnable = graph.compile()
        message = AIMessage("", tool_calls=calls)
        for result in (runnable.invoke({"messages": [message]}), await runnable.ainvoke({"messages": [message]})):
            answers = result["messages"][1:]
            assert [(answer.tool_call_id, answer.status) for answer in answers] == [
                ("1", "success"), ("2", "error"), ("3", "error"),
            ]  # fmt: skip
        assert recorder.endpoints().count("user.list") == 2
        assert recorder.endpoints().count("job.info") == 2

    def test_says_what_ashby_refuses(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        recorder.answers["candidate.info"] = [failure("candidate_not_found", "Candidate not found")]
        message = tools["ashby_get_candidate"].invoke(call("ashby_get_candidate", candidate_id=ID))
        assert message.status == "error"
        assert message.content.startswith("candidate_not_found: Candidate not found. Check candidate_id with")

    def test_says_that_a_reply_makes_no_sense(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        recorder.answers["user.search"] = [success([7, "surprise"]), success({"surprise": 1})]
        tool = tools["ashby_get_user"]
        tool.invoke({"email": "ada@example.com"})
        assert tool.invoke({"email": "ada@example.com"}).startswith("broken_json: ")

    def test_says_that_no_user_has_an_address(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        message = tools["ashby_get_user"].invoke(call("ashby_get_user", email="ada@example.com"))
        assert message.status == "error"
        assert message.content == (
            "user_not_found: email: no user has the address ada@example.com. List the users with ashby_list_users."
        )

    @every_tool
    def test_that_is_invented_never_reaches_ashby(
        self, operation: type[Operation[Any]], tools: dict[str, BaseTool], recorder: Recorder
    ) -> None:
        name = operation.tool_name()
        message = tools[name].invoke(call(name, invented=1, Invented=2))
        assert message.status == "error"
        assert message.content.startswith("invalid_argument: Invalid arguments; nothing was sent.")
        assert "- invented: there is no such argument" in message.content
        assert "- Invented: there is no such argument" in message.content
        assert recorder.requests == []
