"""Per-run settings: acting user, reviewer, model, tools and policy. They can narrow the limits, never widen them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from langgraph.types import Command
from office import approve, made, request, results, thread, user
from two_users import NOTE, Ashby
from writing_room import DyingJournal, Killed

from langchain_ashby import AshbyClient
from langchain_ashby.agent import ApprovalPolicy, Context
from langchain_ashby.agent.run.context import SettingsError
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import BY_DEFAULT, TOOLSETS
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow


@pytest.fixture
def ashby() -> Iterator[Ashby]:
    with AshbySandbox(candidates=12) as sandbox, AshbyClient(sandbox.api_key, sandbox.url, timeout=5) as client:
        yield Ashby(sandbox, client)


# Acting users


def test_a_run_reads_makes_cards_and_writes_for_its_user(ashby: Ashby) -> None:
    read = made("ashby_get_candidate", {"candidate_id": ashby.candidate})
    graph, config, context = (
        ashby.agent(say("", read, ashby.note()), "Done."),
        thread(),
        {"on_behalf_of": ashby.ben["id"]},
    )
    [action] = request(graph.invoke(user(), config, context=context))["action_requests"]
    name = f"{ashby.ben['firstName']} {ashby.ben['lastName']}"
    assert f"It is made on behalf of {name}." in action["card"]["consequences"]
    assert name in action["description"]
    assert action["on_behalf_of"] == ashby.ben["id"]
    graph.invoke(Command(resume=approve()), config, context=context)
    assert ashby.notes() == [ashby.ben["id"]]
    assert {whom for _, whom in ashby.sent()} == {ashby.ben["id"]}
    assert ashby.entry().on_behalf_of == ashby.ben["id"]
    [note] = [it for it in ashby.sandbox.records("note") if "Met today." in str(it)]
    assert ashby.ben["id"] in str(note), "Ashby does not show the user as the author"


async def test_an_asynchronous_run_acts_for_its_user_too(ashby: Ashby) -> None:
    read = made("ashby_get_candidate", {"candidate_id": ashby.candidate})
    graph, config, context = (
        ashby.agent(say("", read, ashby.note()), "Done."),
        thread(),
        Context(on_behalf_of=ashby.ben["id"]),
    )
    await graph.ainvoke(user(), config, context=context)
    await graph.ainvoke(Command(resume=approve()), config, context=context)
    assert ashby.notes() == [ashby.ben["id"]]
    assert {whom for _, whom in ashby.sent()} == {ashby.ben["id"]}


def test_without_a_user_a_run_acts_for_no_one(ashby: Ashby) -> None:
    graph, config = ashby.agent(), thread()
    graph.invoke(user(), config)
    graph.invoke(Command(resume=approve()), config)
    assert ashby.notes() == [None]
    assert ashby.entry().on_behalf_of is None


def test_runs_for_different_users_at_the_same_time_keep_apart(ashby: Ashby) -> None:
    candidates = [it["id"] for it in ashby.sandbox.records("candidate")[:9]]
    people = dict(zip(candidates, [ashby.ada["id"], ashby.ben["id"], None] * 3, strict=True))

    def writes_about_whom_the_user_names(messages: Any) -> Any:
        about = {"candidate_id": messages[-1].text.splitlines()[-1]}
        return say("", made("ashby_get_candidate", about), made(NOTE, {**about, "note": "Met today."}))

    graph = ashby.agent(writes_about_whom_the_user_names, "Done.")

    def run(candidate: str) -> None:
        config, context = thread(), Context(on_behalf_of=people[candidate])
        graph.invoke(user(candidate), config, context=context)
        graph.invoke(Command(resume=approve()), config, context=context)

    with ThreadPoolExecutor(len(people)) as threads:
        list(threads.map(run, people))
    assert len(ashby.notes()) == len(people)
    for it in ashby.sandbox.requests():
        about = it["body"].get("candidateId") or it["body"].get("id")
        if about in people:
            assert it["on_behalf_of"] == people[about], it["endpoint"]


@pytest.mark.parametrize("answer", ["approve", "edit"])
@pytest.mark.parametrize("proposed_for, approved_for", [("ada", "ben"), ("ada", None), (None, "ben")])
def test_what_was_proposed_for_one_user_is_not_executed_for_another(
    ashby: Ashby, proposed_for: str | None, approved_for: str | None, answer: str
) -> None:
    ids = {"ada": ashby.ada["id"], "ben": ashby.ben["id"], None: None}
    graph, config = ashby.agent(), thread()
    graph.invoke(user(), config, context=Context(on_behalf_of=ids[proposed_for]))
    told = approve() if answer == "approve" else ashby.edit("Met on Monday.")
    result = graph.invoke(Command(resume=told), config, context=Context(on_behalf_of=ids[approved_for], reviewer="Cy"))
    assert ashby.notes() == []
    assert "__interrupt__" not in result
    [message] = results(result)
    assert message.text.startswith("Not executed. It was proposed to be made on ")
    for whom in (proposed_for, approved_for):
        assert str(ids[whom] or "no user's behalf") in message.text
    entry = ashby.entry()
    assert (entry.outcome, entry.decision, entry.reviewer) == ("withheld", answer, "Cy")
    assert entry.on_behalf_of == ids[proposed_for]


@pytest.mark.parametrize("proposed_for, resumed_for", [("ada", "ben"), ("ada", None), (None, "ben")])
def test_what_has_to_be_asked_again_is_not_asked_for_another_user(
    ashby: Ashby, proposed_for: str | None, resumed_for: str | None
) -> None:
    ids = {"ada": ashby.ada["id"], "ben": ashby.ben["id"], None: None}
    graph, config = ashby.agent(), thread()
    graph.invoke(user(), config, context=Context(on_behalf_of=ids[proposed_for]))
    [proposal] = graph.get_state(config).values["proposals"]
    old = proposal | {"card": proposal["card"] | {"version": 0}}
    graph.update_state(config, {"proposals": [old]}, as_node="prepare")
    result = graph.invoke(None, config, context=Context(on_behalf_of=ids[resumed_for]))
    assert "__interrupt__" not in result
    assert results(result)[0].text.startswith("Not executed. It was proposed to be made on ")
    assert ashby.notes() == []
    assert (ashby.entry().outcome, ashby.entry().on_behalf_of) == ("withheld", ids[proposed_for])


def test_a_rejection_counts_whoever_the_run_acts_for(ashby: Ashby) -> None:
    graph, config = ashby.agent(), thread()
    graph.invoke(user(), config, context={"on_behalf_of": ashby.ada["id"]})
    result = graph.invoke(Command(resume={"decisions": [{"type": "reject", "message": "No."}]}), config)
    assert "A person rejected this call. Their reason: No." in results(result)[0].text
    assert ashby.entry().outcome == "rejected"


@pytest.mark.parametrize("point", ["before claim", "after claim", "before outcome"])
def test_an_interrupted_write_is_not_resumed_for_another_user(ashby: Ashby, point: str) -> None:
    config, saver = thread(), {}
    graph = ashby.agent(journal=DyingJournal(point))
    saver = graph.checkpointer
    graph.invoke(user(), config, context={"on_behalf_of": ashby.ada["id"]}, durability="sync")
    with pytest.raises(Killed):
        graph.invoke(Command(resume=approve()), config, context={"on_behalf_of": ashby.ada["id"]}, durability="sync")
    written = ashby.notes()
    assert written == ([ashby.ada["id"]] if point == "before outcome" else [])
    result = ashby.agent(checkpointer=saver).invoke(None, config, context={"on_behalf_of": ashby.ben["id"]})
    assert ashby.notes() == written
    said = results(result)[0].text
    assert said.startswith(
        "Executed." if written else "Not executed. It was proposed to be made on behalf of the user "
    )
    assert ashby.entry().outcome == ("applied" if written else "withheld")


def test_an_application_decides_which_users_its_runs_may_act_for(ashby: Ashby) -> None:
    graph = ashby.agent(act_for=[ashby.ada["id"]])
    graph.invoke(user(), thread(), context={"on_behalf_of": ashby.ada["id"]})
    before = ashby.sent()
    with pytest.raises(SettingsError, match="does not let runs act for this user"):
        graph.invoke(user(), thread(), context={"on_behalf_of": ashby.ben["id"]})
    assert ashby.sent() == before


def test_a_single_id_is_not_taken_for_a_list_of_users(ashby: Ashby) -> None:
    with pytest.raises(ConfigurationError, match=f"act_for takes a list .* Give \\['{ashby.ada['id']}'\\]"):
        ashby.agent(act_for=ashby.ada["id"])


def test_a_client_that_acts_for_a_user_leaves_no_choice(ashby: Ashby) -> None:
    with AshbyClient(ashby.sandbox.api_key, ashby.sandbox.url, on_behalf_of=ashby.ada["id"]) as client:
        graph, config = ashby.agent(client=client), thread()
        with pytest.raises(SettingsError, match="acts for another user, and cannot choose"):
            graph.invoke(user(), thread(), context={"on_behalf_of": ashby.ben["id"]})
        graph.invoke(user(), config)
        graph.invoke(Command(resume=approve()), config, context={"on_behalf_of": ashby.ada["id"]})
    assert ashby.notes() == [ashby.ada["id"]]


def test_a_user_authenticated_by_a_server_acts_as_themselves(ashby: Ashby) -> None:
    graph, config = ashby.agent(act_for=[]), thread()
    config["configurable"]["langgraph_auth_user"] = {"identity": "ada@example.org", "ashby_user_id": ashby.ada["id"]}
    with pytest.raises(SettingsError, match="acts for another user, and cannot choose"):
        graph.invoke(user(), config, context={"on_behalf_of": ashby.ben["id"]})
    graph.invoke(user(), config)
    graph.invoke(Command(resume=approve()), config)
    assert ashby.notes() == [ashby.ada["id"]]


# Reviewers


@pytest.mark.parametrize(
    "configurable, reviewer",
    [
        ({}, "Cy"),
        ({"reviewer": "Di"}, "Cy"),
        ({"langgraph_auth_user_id": "ada@example.org", "reviewer": "Di"}, "ada@example.org"),
    ],
)
def test_the_reviewer_is_the_authenticated_user_or_else_the_one_named_by_the_run(
    ashby: Ashby, configurable: dict[str, str], reviewer: str
) -> None:
    graph, config = ashby.agent(), thread()
    config["configurable"] |= configurable
    graph.invoke(user(), config)
    answer = {"decisions": [{"type": "approve", "reviewer": "Somebody"}]}
    graph.invoke(Command(resume=answer), config, context={"reviewer": "Cy"})
    assert ashby.entry().reviewer == reviewer


# Model, tools and policy


def test_a_run_chooses_among_the_models_that_the_application_has(ashby: Ashby) -> None:
    quick = ScriptedChatModel(script=lines("I am the quick one."))
    graph = ashby.agent("I am the usual one.", models={"quick": quick})
    said = [
        graph.invoke(user(), thread(), context=context)["messages"][-1].text
        for context in (None, {"model": "default"}, {"model": "quick"})
    ]
    assert said == ["I am the usual one.", "I am the usual one.", "I am the quick one."]


def of(toolset: str) -> list[str]:
    return [name for name in TOOLSETS[toolset] if name in BY_DEFAULT]


READS = [name for name, operation in BY_DEFAULT.items() if operation.access is Access.READ]


@pytest.mark.parametrize(
    "context, shown",
    [
        ({}, BY_DEFAULT),
        ({"read_only": True}, READS),
        (
            {"toolsets": ["feedback_forms", "openings"]},
            [*of("feedback_forms"), *of("openings")],
        ),
        ({"toolsets": ["openings"], "read_only": True}, [name for name in of("openings") if name in READS]),
    ],
)
def test_a_run_shows_the_model_only_its_own_tools(
    ashby: Ashby, context: dict[str, Any], shown: Collection[str]
) -> None:
    ashby.agent("Hello.").invoke(user(), thread(), context=context)
    assert sorted(ashby.model.tool_names) == sorted(shown)


@pytest.mark.parametrize("context", [{"read_only": True}, {"toolsets": ["jobs"]}])
def test_a_tool_that_a_run_does_not_have_does_not_run(ashby: Ashby, context: dict[str, Any]) -> None:
    result = ashby.agent().invoke(user(), thread(), context=context)
    assert "__interrupt__" not in result
    assert results(result)[0].text.startswith(f"Not executed. There is no tool '{NOTE}'.")
    assert {endpoint for endpoint, _ in ashby.sent()} <= {"apiKey.info"}


def test_a_read_that_waited_does_not_run_in_a_run_without_its_tool(ashby: Ashby) -> None:
    graph, config = ashby.agent(say("", made("ashby_list_users", {})), "Done."), thread()
    graph.invoke(user(), config, interrupt_before=["reads"])
    result = graph.invoke(None, config, context={"toolsets": ["jobs"]})
    assert results(result)[0].text == "Not executed. The settings of this run do not allow this tool."
    assert {endpoint for endpoint, _ in ashby.sent()} <= {"apiKey.info"}


@pytest.mark.parametrize("answer", ["approve", "edit"])
def test_what_was_approved_is_not_executed_by_a_run_without_its_tool(ashby: Ashby, answer: str) -> None:
    graph, config = ashby.agent(), thread()
    graph.invoke(user(), config)
    told = approve() if answer == "approve" else ashby.edit("Met on Monday.")
    result = graph.invoke(Command(resume=told), config, context={"read_only": True})
    assert results(result)[0].text == "Not executed. It was approved. The settings of this run do not allow this tool."
    assert ashby.notes() == []
    assert ashby.entry().outcome == "withheld"


def test_the_policy_of_a_run_adds_to_that_of_the_agent_and_removes_none_of_it(ashby: Ashby) -> None:
    graph = ashby.agent(
        policies={"open": ApprovalPolicy(default="allow"), "closed": ApprovalPolicy(default="never")},
        policy=ApprovalPolicy({"ashby_add_candidate_tag": "allow"}),
    )
    assert request(graph.invoke(user(), thread(), context={"policy": "open"}))
    assert request(graph.invoke(user(), thread(), context={"policy": "default"}))
    result = graph.invoke(user(), thread(), context={"policy": "closed"})
    assert "The application does not allow this change" in results(result)[0].text
    assert ashby.notes() == []


def test_an_allowed_write_is_asked_about_in_a_run_with_a_stricter_policy(ashby: Ashby) -> None:
    options = {"policy": ApprovalPolicy(default="allow"), "policies": {"careful": ApprovalPolicy()}}
    graph = ashby.agent(**options)
    graph.invoke(user(), thread())
    assert len(ashby.notes()) == 1
    assert request(graph.invoke(user(), thread(), context={"policy": "careful"}))
    assert len(ashby.notes()) == 1


def test_a_stricter_policy_of_the_run_with_the_answer_holds(ashby: Ashby) -> None:
    graph, config = ashby.agent(policies={"closed": ApprovalPolicy(default="never")}), thread()
    graph.invoke(user(), config)
    result = graph.invoke(Command(resume=approve()), config, context={"policy": "closed"})
    assert "It was approved, but the application does not allow this change." in results(result)[0].text
    assert ashby.notes() == []


@pytest.mark.parametrize("stricter", ["run", "agent"])
def test_a_write_allowed_by_a_policy_is_not_resumed_where_a_person_would_be_asked(ashby: Ashby, stricter: str) -> None:
    options: Any = {"policy": ApprovalPolicy(default="allow"), "policies": {"careful": ApprovalPolicy()}}
    graph, config = ashby.agent(journal=DyingJournal("before claim"), **options), thread()
    with pytest.raises(Killed):
        graph.invoke(user(), config, durability="sync")
    by_now = options if stricter == "run" else {**options, "policy": ApprovalPolicy()}
    again = ashby.agent(checkpointer=graph.checkpointer, **by_now)
    result = again.invoke(None, config, context={"policy": "careful" if stricter == "run" else "default"})
    assert "the policy of this run asks a person" in results(result)[0].text
    assert ashby.notes() == []


def test_a_rule_that_forbids_a_card_by_now_overrules_its_approval(ashby: Ashby) -> None:
    config = thread()
    graph = ashby.agent(policy=ApprovalPolicy({NOTE: lambda card: "ask"}))
    graph.invoke(user(), config)
    by_now = ashby.agent(checkpointer=graph.checkpointer, policy=ApprovalPolicy({NOTE: lambda card: "never"}))
    result = by_now.invoke(Command(resume=approve()), config)
    assert "the application does not allow this change" in results(result)[0].text
    assert ashby.notes() == []


def test_a_forbidden_write_does_not_run_even_if_an_approval_was_put_into_the_state(ashby: Ashby) -> None:
    config = thread()
    graph = ashby.agent()
    graph.invoke(user(), config)
    [proposal] = graph.get_state(config).values["proposals"]
    decided = {"decision": "approve", "reviewer": None, "at": proposal["made"]}
    approval = {"call": proposal["call"], "edited": False, "proposal": proposal, "decided": decided}
    graph = ashby.agent(checkpointer=graph.checkpointer, policy=ApprovalPolicy({NOTE: "never"}))
    graph.update_state(config, {"proposals": [], "approvals": [approval]}, as_node="review")
    result = graph.invoke(None, config)
    assert "the application does not allow this change" in results(result)[0].text
    assert ashby.notes() == []


# Refusals


@pytest.mark.parametrize(
    "context, problem",
    [
        ({"model": "gpt"}, "there is no model 'gpt' that a run may choose. Did you mean default?"),
        ({"toolsets": ["candidate"]}, "Did you mean candidates?"),
        ({"toolsets": ["candidates", "offers"]}, "there is no toolset 'offers' that a run may choose."),
        ({"policy": "none"}, "there is no policy 'none' that a run may choose."),
    ],
)
@pytest.mark.parametrize("form", [dict, Context])
def test_names_that_the_application_does_not_know_are_refused_before_anything_runs(
    ashby: Ashby, context: dict[str, Any], problem: str, form: Any
) -> None:
    graph, config = ashby.agent(toolkit={"toolsets": ["candidates", "jobs"]}), thread()
    with pytest.raises(SettingsError) as refused:
        graph.invoke(user(), config, context=form(**context))
    assert problem in str(refused.value)
    assert ashby.sent() == []
    graph.invoke(user(), config)
    before = ashby.sent()
    with pytest.raises(SettingsError):
        graph.invoke(Command(resume=approve()), config, context=form(**context))
    assert ashby.sent() == before
    # The answer sent with it is dropped: the question stays open and takes another.
    result = graph.invoke(Command(resume={"decisions": [{"type": "reject"}]}), config)
    assert "A person rejected this call." in results(result)[0].text
    assert ashby.notes() == []


@pytest.mark.parametrize(
    "context",
    [{"toolset": ["jobs"]}, {"toolsets": []}, {"toolsets": "jobs"}, {"read_only": "perhaps"}, {"on_behalf_of": "a b"}],
)
def test_invalid_settings_are_refused_before_anything_runs(ashby: Ashby, context: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        ashby.agent().invoke(user(), thread(), context=context)
    assert ashby.sent() == []


def test_the_names_that_a_run_may_choose_are_in_the_schema(ashby: Ashby) -> None:
    graph = ashby.agent(
        toolkit={"toolsets": ["jobs"]},
        models={"quick": ScriptedChatModel(script=lines())},
        policies={"a": ApprovalPolicy()},
    )
    properties = graph.get_context_jsonschema()["properties"]
    assert properties.keys() == Context.model_fields.keys()
    assert properties["model"]["enum"] == ["default", "quick"]
    assert properties["policy"]["enum"] == ["default", "a"]
    assert properties["toolsets"]["items"]["enum"] == ["jobs"]


def test_the_agents_own_model_and_policy_keep_their_name(ashby: Ashby) -> None:
    with pytest.raises(ValueError, match="'default' is the name of the agent's own"):
        ashby.agent(policies={"default": ApprovalPolicy(default="allow")})
