"""Ashby refuses or cannot be reached: every call gets an answer that claims no more than is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.tools import ToolException
from langgraph.types import Command
from office import (
    Office,
    agent,
    approve,
    assert_sendable,
    calling,
    edit,
    lose_connection,
    read,
    refuse,
    results,
    thread,
    user,
    write,
)
from recorder import KEY, Answer, Recorder

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.errors import (
    AshbyError,
    AuthenticationError,
    ConfigurationError,
    RateLimitError,
    UnreachableError,
    already_done,
)


def failing(error: Exception) -> Callable[[str], None]:
    def fail(_: str) -> None:
        raise error

    return fail


def written(office: Office, decision: dict[str, Any] | None = None) -> Any:
    config = thread()
    graph = agent(office, calling(write("ada")), "I see.")
    graph.invoke(user(), config)
    result = graph.invoke(Command(resume={"decisions": [decision]} if decision else approve()), config)
    assert result["messages"][-1].content == "I see."
    assert_sendable(result["messages"])
    return results(result)[0]


def test_a_tool_of_ones_own_that_calls_ashbys_learns_of_an_error_as_an_error() -> None:
    with Recorder() as ashby, AshbyClient(KEY, ashby.url) as client:
        ashby.answers["candidate.createNote"] = [Answer(status=502)]
        [tool] = AshbyToolkit(client, include=["ashby_create_candidate_note"]).get_tools()
        note = {"candidate_id": "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11", "note": "Hello"}
        answer = written(Office(on_write=lambda _: tool.invoke(note)))
    assert answer.text.startswith("Outcome not known.")


def test_what_ashby_refuses_is_read_by_the_model() -> None:
    result = agent(Office(on_read=refuse), calling(read("ada")), "I see.").invoke(user(), thread())
    [answer] = results(result)
    assert answer.status == "error"
    assert answer.content == "candidate_not_found: there is no such candidate"
    refused = written(Office(on_write=refuse))
    assert refused.status == "error" and refused.text.startswith("candidate_not_found")


def test_a_read_without_a_reply_is_answered_and_the_others_continue() -> None:
    def fail(candidate_id: str) -> None:
        if candidate_id == "ada":
            raise UnreachableError("the connection broke", retryable=True)

    office = Office(on_read=fail)
    result = agent(office, calling(read("ada"), read("ben")), "I see.").invoke(user(), thread())
    lost, found = results(result)
    assert lost.status == "error"
    assert lost.text.startswith("Nothing could be read. unreachable: the connection broke.")
    assert "Trying again may help." in lost.content
    assert found.content == "candidate ben"
    assert_sendable(result["messages"])


def test_a_read_that_can_never_succeed_says_so() -> None:
    office = Office(on_read=failing(AuthenticationError("the key was not accepted")))
    [answer] = results(agent(office, calling(read("ada")), "I see.").invoke(user(), thread()))
    assert "Trying again will not help" in answer.content


def test_a_write_whose_reply_was_lost_is_not_known() -> None:
    answer = written(Office(on_write=lose_connection))
    assert answer.status == "error"
    assert answer.text.startswith("Outcome not known. unreachable: the connection broke.")
    assert "before you propose it again" in answer.content


def test_an_edited_write_whose_reply_was_lost_is_not_known_either() -> None:
    answer = written(Office(on_write=lose_connection), edit(candidate_id="ben", stage="Offer"))
    assert answer.text.startswith("Outcome not known.")
    assert '"candidate_id": "ben"' in answer.content, "what may have run must be known, to be looked up"


@pytest.mark.parametrize("error", [RateLimitError("too many requests"), AuthenticationError("no such key")])
def test_a_write_that_had_no_effect_is_not_executed(error: AshbyError) -> None:
    answer = written(Office(on_write=failing(error)))
    assert answer.status == "error"
    assert answer.text.startswith(f"Not executed. {error.code}")


def test_an_edited_write_that_ashby_refuses_was_not_executed_as_edited() -> None:
    answer = written(Office(on_write=refuse), edit(candidate_id="ben", stage="Offer"))
    assert answer.status == "error"
    assert answer.text.startswith("candidate_not_found") and '"candidate_id": "ben"' in answer.content


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), ZeroDivisionError()])
def test_a_fault_in_a_program_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)):
        agent(Office(on_read=failing(error)), calling(read("ada"))).invoke(user(), thread())
    with pytest.raises(type(error)):
        written(Office(on_write=failing(error)))


def test_a_declared_error_of_a_tool_that_does_not_handle_it_is_told_to_the_model() -> None:
    office = Office(on_read=failing(ToolException("not on Sundays")))
    toolkit = Office(more=[])
    for tool in office.get_tools():
        tool.handle_tool_error = False
        tool.name = f"strict_{tool.name}"
        toolkit.more.append(tool)
    call = {**read("ada"), "name": "strict_get_candidate"}
    [answer] = results(agent(toolkit, calling(call), "I see.").invoke(user(), thread()))
    assert answer.status == "error" and answer.content == "not on Sundays"


async def test_the_same_holds_for_async_runs() -> None:
    office, config = Office(on_read=lose_connection, on_write=lose_connection), thread()
    graph = agent(office, calling(read("ada"), write("ada")), "I see.")
    result = await graph.ainvoke(user(), config)
    assert results(result)[0].text.startswith("Nothing could be read.")
    result = await graph.ainvoke(Command(resume=approve()), config)
    assert results(result)[1].text.startswith("Outcome not known.")
    faulty = agent(Office(on_read=failing(KeyError("x"))), calling(read("ada")))
    with pytest.raises(KeyError):
        await faulty.ainvoke(user(), thread())


@pytest.mark.parametrize("error", [RateLimitError("too many requests"), UnreachableError("it broke", remedy="")])
def test_a_write_that_failed_halfway_says_what_was_done_and_how_to_continue(error: AshbyError) -> None:
    def fail(_: str) -> None:
        with already_done("The process is started.", "Call again with process_id 7."):
            raise error

    answer = written(Office(on_write=fail))
    assert answer.status == "error"
    assert answer.content == (
        f"Executed in part. {error.code}: {error.message}. The process is started. Call again with process_id 7."
    )


def test_a_write_that_failed_half_way_and_may_have_ended_says_so_too() -> None:
    def fail(_: str) -> None:
        with already_done("The process is started.", "Call again with process_id 7."):
            raise UnreachableError("the connection broke", outcome_unknown=True)

    answer = written(Office(on_write=fail))
    assert answer.content.startswith("Outcome not known. unreachable: the connection broke.")
    assert "The process is started. " in answer.content
    assert answer.content.endswith("Call again with process_id 7.")


async def test_a_run_without_a_thread_says_how_to_name_one() -> None:
    graph = agent(Office(), "Done.")
    inputs: list[Any] = [user(), Command(resume=approve())]
    for given in inputs:
        with pytest.raises(ConfigurationError, match=r'config=\{"configurable": \{"thread_id"'):
            graph.invoke(given)
        with pytest.raises(ConfigurationError, match="names no thread"):
            await graph.ainvoke(given)
