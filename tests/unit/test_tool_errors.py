"""Errors that a model cannot correct: told to it by default, with what is known of a write, and raised on request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.tools import BaseTool
from recorder import KEY, Answer, Recorder, unused_port

from langchain_ashby import AshbyClient, AshbyToolkit, errors
from langchain_ashby.toolkit.tool import OnError

READ, WRITE = "ashby_get_candidate", "ashby_create_candidate"
ARGUMENTS: dict[str, dict[str, Any]] = {
    READ: {"candidate_id": "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"},
    WRITE: {"name": "Ada Lovelace"},
}
UNKNOWN = "It is not known whether the change was made: look before you try it again."
NOT_MADE = "The change was not made."
NOT_SENT = "The change was not sent."

FAILURES: dict[str, tuple[Answer, str, str]] = {
    "unauthorized": (Answer(status=401), "AuthenticationError", NOT_MADE),
    "endpoint_not_found": (Answer(status=404), "EndpointNotFoundError", NOT_MADE),
    "rate_limited": (Answer(status=429), "RateLimitError", NOT_MADE),
    "unexpected_status": (Answer(status=302), "UnexpectedStatusError", NOT_MADE),
    "server_error": (Answer(status=502), "ServerError", UNKNOWN),
    "html_reply": (Answer(b"<html>"), "HTMLReplyError", UNKNOWN),
    "broken_json": (Answer(b"{"), "BrokenJSONError", UNKNOWN),
    "empty_reply": (Answer(), "EmptyReplyError", UNKNOWN),
    "unreachable": (Answer(b"x" * 9, cut=2), "UnreachableError", UNKNOWN),
}
each_failure = pytest.mark.parametrize(("answer", "kind", "of_a_write"), FAILURES.values(), ids=FAILURES)


@pytest.fixture
def client(recorder: Recorder) -> Iterator[AshbyClient]:
    with AshbyClient(KEY, recorder.url, max_retries=0) as made:
        yield made


def tool_of(client: AshbyClient, name: str, on_error: OnError = "tell") -> BaseTool:
    [tool] = AshbyToolkit(client, include=[name], on_error=on_error).get_tools()
    return tool


def call(name: str) -> dict[str, Any]:
    return {"type": "tool_call", "id": "1", "name": name, "args": ARGUMENTS[name]}


@each_failure
@pytest.mark.parametrize("name", [READ, WRITE])
async def test_a_failure_is_told_with_what_is_known_of_a_write(
    name: str, answer: Answer, kind: str, of_a_write: str, client: AshbyClient, recorder: Recorder
) -> None:
    recorder.answers["candidate.info"] = recorder.answers["candidate.create"] = [answer]
    tool = tool_of(client, name)
    for message in (tool.invoke(call(name)), await tool.ainvoke(call(name))):
        assert message.status == "error"
        assert message.text.startswith(f"{getattr(errors, kind).default_code}: ")
        assert [it for it in (UNKNOWN, NOT_MADE, NOT_SENT) if it in message.text] == [of_a_write] * (name == WRITE)


@pytest.mark.parametrize("name", [READ, WRITE])
def test_a_connection_that_cannot_be_made_is_told_as_a_change_that_was_not_sent(name: str) -> None:
    with AshbyClient(KEY, f"http://127.0.0.1:{unused_port()}", max_retries=0) as client:
        message = tool_of(client, name).invoke(call(name))
    assert message.status == "error"
    assert message.text.startswith("unreachable: No connection could be made.")
    assert message.text.endswith(NOT_SENT) == (name == WRITE)


def test_an_answer_that_never_comes_is_told(client: AshbyClient, recorder: Recorder) -> None:
    def late(_: object) -> Answer:
        released.wait(10)
        return Answer()

    released = threading.Event()
    recorder.answers["candidate.create"] = [late]
    with AshbyClient(KEY, recorder.url, timeout=0.2, max_retries=0) as impatient:
        message = tool_of(impatient, WRITE).invoke(call(WRITE))
    released.set()
    assert message.status == "error"
    assert message.text.startswith("timeout: No answer in time.")
    assert UNKNOWN in message.text


@each_failure
@pytest.mark.parametrize("name", [READ, WRITE])
async def test_a_failure_is_raised_on_request(
    name: str, answer: Answer, kind: str, of_a_write: str, client: AshbyClient, recorder: Recorder
) -> None:
    recorder.answers["candidate.info"] = recorder.answers["candidate.create"] = [answer]
    tool = tool_of(client, name, on_error="raise")
    with pytest.raises(getattr(errors, kind)):
        tool.invoke(call(name))
    with pytest.raises(getattr(errors, kind)):
        await tool.ainvoke(call(name))


def test_a_refusal_is_told_in_either_case(client: AshbyClient, recorder: Recorder) -> None:
    recorder.answers["candidate.create"] = [Answer(status=403)]
    for on_error in ("tell", "raise"):
        message = tool_of(client, WRITE, on_error).invoke(call(WRITE))
        assert message.status == "error"
        assert message.text.startswith("forbidden: ")


def test_there_is_no_third_way(client: AshbyClient) -> None:
    with pytest.raises(errors.ConfigurationError, match="no value of on_error 'ignore'") as refused:
        AshbyToolkit(client, on_error="ignore")  # type: ignore[arg-type]
    assert "tell, raise" in refused.value.remedy
