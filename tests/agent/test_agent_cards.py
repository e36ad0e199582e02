"""The path of a card: from a model's call, through the question, into the state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.tools import BaseTool
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from office import Office, agent, approve, calling, made, request, results, thread, user, write

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import audit_trail, create_recruiting_agent
from langchain_ashby.agent.cards import is_current, markdown
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.endpoints import UpdateCandidate, UploadCandidateFile
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox() as running:
        yield running


@pytest.fixture
def toolkit(sandbox: AshbySandbox) -> Iterator[AshbyToolkit]:
    with AshbyClient(sandbox.api_key, sandbox.url, timeout=60) as client:
        yield AshbyToolkit(client)


def asked(toolkit: AshbyToolkit, *calls: Any) -> tuple[Any, Any, list[dict[str, Any]]]:
    """The graph, its thread, and the actions in its question."""
    config = thread()
    graph = create_recruiting_agent(ScriptedChatModel(script=lines(say("", *calls), "Done.")), toolkit)
    return graph, config, request(graph.invoke(user(), config))["action_requests"]


def notes(sandbox: AshbySandbox, *texts: str) -> list[Any]:
    people = sandbox.records("candidate")
    return [
        made("ashby_create_candidate_note", {"candidate_id": person["id"], "note": text})
        for person, text in zip(people, texts, strict=False)
    ]


def test_a_person_is_shown_the_card_in_words_and_as_data(sandbox: AshbySandbox, toolkit: AshbyToolkit) -> None:
    [call] = notes(sandbox, "Met today.")
    _, _, [action] = asked(toolkit, call)
    card = action["card"]
    ada = sandbox.records("candidate")[0]
    assert card["line"] == f"Add a note to {ada['name']} ({ada['emailAddresses'][0]['value']})"
    assert action["description"] == markdown(card)
    assert action["args"] == card["args"] == call["args"]
    assert is_current(json.loads(json.dumps(card)))


def test_the_arguments_on_a_card_are_the_models_own(sandbox: AshbySandbox, toolkit: AshbyToolkit) -> None:
    application = sandbox.records("application")[0]["id"]
    event = {
        "start_time": "2030-01-08T15:00:00+01:00",
        "end_time": "2030-01-08T16:00:00+01:00",
        "interviewers": [{"email": "sofia@example.com"}],
    }
    args = {"application_id": application, "interview_events": event}  # a single one counts as a list of one
    _, _, [action] = asked(toolkit, made("ashby_create_interview_schedule", args))
    assert action["args"] == action["card"]["args"] == args
    assert "14:00 to 15:00 UTC" in action["description"] and "2030-01-08T15:00:00+01:00" in action["description"]


def test_cards_of_one_message_are_in_its_order_and_share_their_reads(
    sandbox: AshbySandbox, toolkit: AshbyToolkit
) -> None:
    candidate = sandbox.records("candidate")[0]["id"]
    calls = [
        made("ashby_create_candidate_note", {"candidate_id": candidate, "note": text})
        for text in ("One.", "Two.", "Three.")
    ]
    _, _, actions = asked(toolkit, *calls)
    assert [action["card"]["changes"][0]["after"] for action in actions] == ["One.", "Two.", "Three."]
    assert [it["endpoint"] for it in sandbox.requests() if it["endpoint"] != "apiKey.info"] in (
        ["candidate.info", "candidate.listNotes"],
        ["candidate.listNotes", "candidate.info"],
    )


def test_invalid_arguments_cause_no_reads(sandbox: AshbySandbox, toolkit: AshbyToolkit) -> None:
    [right] = notes(sandbox, "Met today.")
    _, _, actions = asked(toolkit, made("ashby_create_candidate_note", {"candidate_id": "Ada", "note": ""}), right)
    assert len(actions) == 1
    assert "Ada" not in str([it["body"] for it in sandbox.requests()])


def test_a_card_is_shown_even_if_all_reads_fail(sandbox: AshbySandbox, toolkit: AshbyToolkit) -> None:
    sandbox.fault("*", times=50, status=403, body="{}")
    graph, config, [action] = asked(toolkit, *notes(sandbox, "Met today."))
    assert action["card"]["unchecked"] and "Not checked" in action["description"]
    assert graph.get_state(config).next == ("review",)


def test_a_tool_that_is_not_ashbys_is_described_by_its_arguments() -> None:
    result = agent(Office(), calling(write("ada"))).invoke(user(), thread())
    [action] = request(result)["action_requests"]
    assert "card" not in action and action["description"].startswith("**Move candidate**")


def test_what_was_approved_on_a_card_runs(sandbox: AshbySandbox, toolkit: AshbyToolkit) -> None:
    before = len(sandbox.records("note"))
    graph, config, actions = asked(toolkit, *notes(sandbox, "One.", "Two."))
    graph.invoke(Command(resume=approve(len(actions))), config)
    assert [it["content"] for it in sandbox.records("note")[before:]] in (["One.", "Two."], ["Two.", "One."])


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_file_swapped_after_the_re_check_is_not_uploaded(
    sandbox: AshbySandbox, tmp_path: Path, asynchronous: bool
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("As it was shown.")

    class Swapping(AshbyClient):
        def exchange(self, request: Any) -> Any:
            if isinstance(request, UploadCandidateFile):
                file.write_text("Something else.")
            return super().exchange(request)

    with Swapping(sandbox.api_key, sandbox.url, timeout=60, upload_dirs=[tmp_path]) as client:
        person = sandbox.records("candidate")[0]
        call = made("ashby_upload_candidate_file", {"candidate_id": person["id"], "file_path": "letter.txt"})
        graph, config, _ = asked(AshbyToolkit(client), call)
        approval: Command[Any] = Command(resume={"decisions": [{"type": "approve"}]})
        result = await graph.ainvoke(approval, config) if asynchronous else graph.invoke(approval, config)
    assert sandbox.records("candidate")[0]["fileIds"] == person["fileIds"]
    assert result["messages"][-2].status == "error"


def test_in_a_toolkit_of_ones_own_ashbys_tools_have_cards_and_a_second_look(
    sandbox: AshbySandbox, toolkit: AshbyToolkit
) -> None:
    [call] = notes(sandbox, "Met today.")
    config, store = thread(), InMemoryStore()
    office = Office(more=toolkit.get_tools())
    graph = agent(office, calling(call), "Done.", store=store)
    [action] = request(graph.invoke(user(), config))["action_requests"]
    assert action["card"]["line"].startswith("Add a note to ")
    toolkit.client.call(UpdateCandidate(candidate_id=call["args"]["candidate_id"], name="Somebody Else"))
    [answer] = results(graph.invoke(Command(resume=approve()), config))
    assert answer.text.startswith("Not executed. Since it was proposed, things have changed")
    assert [it.outcome for it in audit_trail(store)] == ["stale"]


def test_a_run_acts_for_a_user_also_with_a_toolkit_of_ones_own(sandbox: AshbySandbox, toolkit: AshbyToolkit) -> None:
    user_id = sandbox.records("user")[0]["id"]
    graph = agent(Office(more=toolkit.get_tools()), calling(*notes(sandbox, "Met today.")), "Done.")
    asked = request(graph.invoke(user(), thread(), context={"on_behalf_of": user_id}))
    assert asked["action_requests"][0]["on_behalf_of"] == user_id


@pytest.mark.parametrize("mixed", ["two toolkits", "a subclass"])
def test_ashbys_tools_with_several_clients_are_refused(
    mixed: str, sandbox: AshbySandbox, toolkit: AshbyToolkit
) -> None:
    with AshbyClient(sandbox.api_key, sandbox.url) as other:
        foreign = AshbyToolkit(other, include=["ashby_get_candidate"]).get_tools()

        class Wider(AshbyToolkit):
            def get_tools(self) -> list[BaseTool]:
                return foreign

        written = AshbyToolkit(toolkit.client, include=["ashby_create_candidate_note"]).get_tools()
        both = Office(more=[*written, *foreign]) if mixed == "two toolkits" else Wider(client=toolkit.client)
        with pytest.raises(ConfigurationError, match="several clients"):
            create_recruiting_agent(ScriptedChatModel(script=lines("Done.")), both)
