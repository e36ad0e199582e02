"""`chat` where a turn ends without an answer: it says why, in words, and its exit status says so."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "providers"))  # its model servers

import pytest
from command_line import run
from note_on_ada import notes
from person import Person
from person import environment as clean
from recorder import Answer
from talking import CHAT, OK, ModelServer, Said, Step, streamed

from langchain_ashby.cli.model_errors import in_words
from langchain_ashby.errors import UnreachableError
from langchain_ashby.sandbox import AshbySandbox


def variables(sandbox: AshbySandbox, server: ModelServer) -> dict[str, str]:
    ashby = {"ASHBY_API_KEY": sandbox.api_key, "ASHBY_BASE_URL": sandbox.url}
    return {**ashby, "OPENAI_API_KEY": "sk-none", "OPENAI_BASE_URL": server.url}


def chat(sandbox: AshbySandbox, *steps: Step, asked: str = "Do it.\n", yes: bool = False) -> tuple[int, str]:
    """The exit status, and what stands after the question."""
    with ModelServer(CHAT, *steps) as server:
        arguments = ["chat", "--model", "openai:gpt-scripted", *(["--yes"] if yes else [])]
        ran = run(*arguments, text=asked, env=clean(**variables(sandbox, server)))
        assert server.refused == [] and "Traceback" not in ran.stdout + ran.stderr
        return ran.returncode, ran.stdout.split("/quit ends.")[-1]


def refused(status: int, message: str, code: str | None = None) -> Answer:
    headers = {"x-should-retry": "false"}
    return Answer(json.dumps({"error": {"message": message, "code": code}}).encode(), status, headers)


WITHOUT_ANSWER: dict[str, tuple[list[Step], str]] = {
    "empty": ([Said(), Said()], "Agent: [The model gave an empty answer. Ask again, perhaps in other words.]"),
    "half": (
        [Said("Moved Ada and", end="length")],
        "Agent: Moved Ada and\n\n[The answer ends here because it reached",
    ),
    "filtered": ([Said(end="filter")], "Agent: [The provider's content filter withheld the answer"),
    "broken off": (
        [Said("Mo", end="nothing")] * 2,
        "Agent: Mo\n\n[The answer ends here because the model broke off.]",
    ),
    "401": ([refused(401, "No such key.")], "✗ The model's provider did not accept the key (No such key). Check"),
    "404": ([refused(404, "No model.")], "✗ The model's provider does not have this model (No model). Check the name"),
    "429": (
        [refused(429, "Slow down.")],
        "✗ The model's provider accepts no more requests for now (Slow down). Wait a",
    ),
    "quota": (
        [refused(429, "You exceeded your quota.", "insufficient_quota")],
        "✗ The account at the model's provider is out of credit (You exceeded your quota). Check its plan",
    ),
    "length": (
        [refused(400, "This model's maximum context length is 8192 tokens.", "context_length_exceeded")],
        "✗ The conversation is longer than the model can read (This model's maximum context length is 8192 tokens).",
    ),
    "500": ([refused(500, "Oh.")], "✗ The model's provider failed or is overloaded (Oh). Ask again later."),
    "502": (
        [Answer(b"<html><title>502 Bad Gateway</title></html>", 502, {"x-should-retry": "false"})],
        "✗ The model's provider failed or is overloaded. Ask again later.",
    ),
    "a login page": ([Answer(b"<html>Log in</html>")], "✗ The model's reply could not be read, or was empty. Ask"),
    "an error in the stream": (
        [streamed([("", {"error": {"message": "Oh.", "type": "server_error", "code": None}})])],
        "✗ The model's provider failed or is overloaded (Oh). Ask again later.",
    ),
    "no stream": ([streamed([])], "✗ The model's reply could not be read, or was empty"),
}


def test_each_turn_without_an_answer_says_why(sandbox: AshbySandbox) -> None:
    steps = [step for it, _ in WITHOUT_ANSWER.values() for step in it]
    status, shown = chat(sandbox, *steps, asked="".join(f"{case}?\n" for case in WITHOUT_ANSWER))
    for case, (_, said) in WITHOUT_ANSWER.items():
        turn = shown.split(f"You: {case}?\n")[1].split("\nYou: ")[0]
        assert said in turn, case
        assert "{" not in turn and "<html" not in turn
    assert status == 1


@pytest.mark.parametrize(("steps", "status"), [([Said(end="length"), OK], 0), ([OK, Said(end="length")], 1)])
def test_the_status_is_that_of_the_last_turn(steps: list[Step], status: int, sandbox: AshbySandbox) -> None:
    assert chat(sandbox, *steps, asked="Do it.\nGo on.\n")[0] == status


@pytest.mark.parametrize("end", ["length", "done"])
def test_half_a_note_is_not_written_even_with_yes(end: str, sandbox: AshbySandbox) -> None:
    candidate = sandbox.records("candidate")[0]["id"]
    whole = json.dumps({"candidate_id": candidate, "note": "Strong. Do NOT move forward yet.", "is_private": True})
    half = Said("", (("ashby_create_candidate_note", whole[: whole.index(" yet")]),), end)
    before = notes(sandbox)
    status, shown = chat(sandbox, half, Said("I could not write it."), yes=True)
    assert notes(sandbox) == before
    assert (status, "Agent: I could not write it." in shown) == (0, True)


def test_a_new_message_withdraws_what_waits_even_while_the_model_is_down(sandbox: AshbySandbox) -> None:
    candidate = sandbox.records("candidate")[0]["id"]
    arguments = json.dumps({"candidate_id": candidate, "note": "Prefers remote."})
    proposal = Said("I propose a note.", (("ashby_create_candidate_note", arguments),))
    before = notes(sandbox)
    with (
        ModelServer(CHAT, proposal, refused(500, "Oh.")) as server,
        Person("chat", "--model", "openai:gpt-scripted", **variables(sandbox, server)) as person,
    ):
        person.is_asked("You:")
        person.types("Note it.")
        person.is_asked("Approve?")
        person.types("l")
        person.is_asked("You:")
        person.types("What is her email?")
        person.sees("✗ The model's provider failed or is overloaded (Oh). Ask again later.")
        person.is_asked("You:")
        person.types("/review")
        person.sees("No changes are open.")
        person.types("Go on.")
        person.sees("All is well again.")
        person.is_asked("You:")
        person.types("")
        assert person.leaves() == 0
        assert server.refused == []
    assert notes(sandbox) == before


def test_errors_that_are_not_the_models_keep_their_names() -> None:
    assert in_words(KeyError("x")) == "KeyError: 'x'"
    assert in_words(UnreachableError("the connection broke")).startswith(
        "UnreachableError: unreachable: the connection"
    )
