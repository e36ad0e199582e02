"""Promises that hold for all the tools together, and how they work as LangChain tools."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from pydantic import BaseModel, ValidationError
from recorder import Answer, Recorder, failure, success

import langchain_ashby
from langchain_ashby import AshbyClient, AshbyToolkit, endpoints, errors
from langchain_ashby.endpoint import SENT_AS_NULL, Access, Arguments, Endpoint, Operation
from langchain_ashby.endpoints import OPERATIONS, TOOLSETS
from langchain_ashby.endpoints import internal as steps
from langchain_ashby.endpoints.candidates import ListCandidates
from langchain_ashby.endpoints.interviews import CreateInterviewSchedule

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
OTHER = "2e1d9b63-6c2f-4d4f-8e63-7d2a2d8b1c22"

# A W marks the tools that change something in Ashby.
NAMES = {
    "candidates": """
        ashby_list_candidates  ashby_get_candidate  ashby_search_candidates  ashby_create_candidate W
        ashby_update_candidate W  ashby_list_candidate_notes  ashby_create_candidate_note W  ashby_add_candidate_tag W
        ashby_list_candidate_tags  ashby_upload_candidate_resume W  ashby_upload_candidate_file W""",
    "applications": """
        ashby_list_applications  ashby_get_application  ashby_create_application W  ashby_update_application W
        ashby_change_application_stage W  ashby_change_application_source W  ashby_list_application_feedback
        ashby_submit_application_feedback W""",
    "jobs": """
        ashby_list_jobs  ashby_get_job  ashby_search_jobs  ashby_create_job W  ashby_update_job W
        ashby_set_job_status W  ashby_list_job_postings  ashby_get_job_posting""",
    "offers": "ashby_list_offers  ashby_get_offer  ashby_create_offer W",
    "interviews": """
        ashby_list_interviews  ashby_list_interview_schedules  ashby_create_interview_schedule W
        ashby_update_interview_schedule W  ashby_cancel_interview_schedule W  ashby_list_interview_plans
        ashby_list_interview_stages  ashby_get_interview_stage""",
    "feedback_forms": "ashby_list_feedback_form_definitions  ashby_get_feedback_form_definition",
    "organization": """
        ashby_list_users  ashby_get_user  ashby_list_custom_fields  ashby_set_custom_field_value W
        ashby_list_sources  ashby_list_departments  ashby_get_department  ashby_list_locations
        ashby_list_archive_reasons""",
    "openings": """
        ashby_list_openings  ashby_get_opening  ashby_search_openings  ashby_create_opening W
        ashby_update_opening W  ashby_add_opening_job W  ashby_remove_opening_job W  ashby_set_opening_state W
        ashby_set_opening_archived W""",
}
ALL = [word for words in NAMES.values() for word in words.split() if word != "W"]
WRITES = re.findall(r"(\w+) W\b", " ".join(NAMES.values()))
PERMISSIONS = {
    f"{module}{right}" for module in ("candidates", "jobs", "offers", "interviews") for right in ("Read", "Write")
}
PERMISSIONS |= {"organizationRead", "hiringProcessMetadataRead"}

every_tool = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


@pytest.fixture
def tools(client: AshbyClient) -> dict[str, BaseTool]:
    return {tool.name: tool for tool in AshbyToolkit(client).get_tools()}


def schema_of(operation: type[Operation[Any]]) -> dict[str, Any]:
    tool = AshbyToolkit(AshbyClient("key"), include=[operation.tool_name()]).get_tools()[0]
    return dict(convert_to_openai_tool(tool)["function"])


def nodes(schema: Any, path: str = "$") -> list[tuple[str, dict[str, Any]]]:
    """Every object in a schema, with the way to it."""
    if isinstance(schema, list):
        return [found for number, each in enumerate(schema) for found in nodes(each, f"{path}[{number}]")]
    if not isinstance(schema, dict):
        return []
    return [(path, schema), *(found for key, each in schema.items() for found in nodes(each, f"{path}.{key}"))]


class TestNames:
    def test_are_the_58_in_order(self) -> None:
        assert len(ALL) == 58
        assert list(OPERATIONS) == ALL
        assert [tool.name for tool in AshbyToolkit(AshbyClient("key")).get_tools()] == ALL

    def test_are_grouped_into_toolsets(self) -> None:
        assert {toolset: list(tools) for toolset, tools in TOOLSETS.items()} == {
            toolset: [word for word in words.split() if word != "W"] for toolset, words in NAMES.items()
        }

    def test_of_the_25_writes(self) -> None:
        assert len(WRITES) == 25
        assert [name for name, operation in OPERATIONS.items() if operation.access is Access.WRITE] == WRITES

    def test_are_taken_by_every_provider(self) -> None:
        assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in OPERATIONS)

    def test_belong_to_one_method_each(self) -> None:
        paths = [operation.path for operation in OPERATIONS.values()]
        assert len(set(paths)) == 58
        assert all(re.fullmatch(r"[a-z][A-Za-z]+\.[a-z][A-Za-z]+", path) for path in paths)

    def test_of_the_classes_can_be_imported_together(self) -> None:
        for operation in OPERATIONS.values():
            assert getattr(endpoints, operation.__name__) is operation


@every_tool
class TestDeclaration:
    def test_has_its_own_description_of_at_most_two_sentences(self, operation: type[Operation[Any]]) -> None:
        assert "__doc__" in vars(operation)
        text = operation.tool_description()
        assert 15 <= len(text) <= 260
        assert text[0].isupper()
        assert text.endswith(".")
        assert "\n" not in text
        assert len(re.findall(r"[.!?](?= [A-Z]|$)", text)) <= 2

    def test_has_a_title(self, operation: type[Operation[Any]]) -> None:
        assert operation.tool_name() == f"ashby_{operation.tool_title().lower().replace(' ', '_')}"

    def test_names_known_permissions_that_fit_its_access(self, operation: type[Operation[Any]]) -> None:
        assert set(operation.permissions()) <= PERMISSIONS
        assert operation.permission.endswith("Write") is (operation.access is Access.WRITE)

    def test_that_reads_destroys_nothing_and_can_be_repeated(self, operation: type[Operation[Any]]) -> None:
        if operation.access is Access.READ:
            assert not operation.destructive
            assert operation.idempotent
            assert all(step.access is Access.READ for step in operation.steps)

    def test_is_frozen_and_takes_nothing_unknown(self, operation: type[Operation[Any]]) -> None:
        assert operation.model_config.get("frozen") is True
        assert operation.model_config.get("extra") == "forbid"

    def test_names_only_its_own_fields_as_alternatives(self, operation: type[Operation[Any]]) -> None:
        assert {*operation.exactly_one, *operation.at_least_one} <= set(operation.model_fields)
        required = {name for name, field in operation.model_fields.items() if field.is_required()}
        assert not required & {*operation.exactly_one, *operation.at_least_one}


@every_tool
class TestSchema:
    def test_has_no_alternatives_at_the_top(self, operation: type[Operation[Any]]) -> None:
        parameters = schema_of(operation)["parameters"]
        assert parameters["type"] == "object"
        assert set(parameters) <= {"type", "properties", "required"}

    def test_has_nothing_that_says_nothing(self, operation: type[Operation[Any]]) -> None:
        for path, node in nodes(schema_of(operation)["parameters"]):
            if path.endswith(".properties"):
                continue
            assert not {"$ref", "$defs", "title", "allOf", "oneOf"} & set(node), path
            # Inside an object langchain-google-genai requires what has no default; elsewhere a default says nothing.
            assert "default" not in node or re.fullmatch(r"\$\.properties\.\w+\.properties\.\w+", path), path
            assert node.get("additionalProperties") is not False, path

    def test_knows_null_only_where_it_clears(self, operation: type[Operation[Any]]) -> None:
        clearing = {
            f"$.properties.{name}" for name, field in operation.model_fields.items() if SENT_AS_NULL in field.metadata
        }
        nulls = {path.rpartition(".anyOf")[0] for path, node in nodes(schema_of(operation)["parameters"])
                 if node.get("type") == "null" and ".additionalProperties" not in path}  # fmt: skip
        in_words = {f"$.properties.{name}" for name, field in operation.model_fields.items()
                    if (field.description or "").endswith("empty text clears.")}  # fmt: skip
        assert nulls == clearing - in_words

    def test_has_snake_case_arguments(self, operation: type[Operation[Any]]) -> None:
        for path, node in nodes(schema_of(operation)["parameters"]):
            if path.endswith(".properties"):
                assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in node), path

    def test_shows_what_is_required(self, operation: type[Operation[Any]]) -> None:
        required = [name for name, field in operation.model_fields.items() if field.is_required()]
        assert schema_of(operation)["parameters"].get("required", []) == required

    def test_mentions_only_tools_that_exist(self, operation: type[Operation[Any]]) -> None:
        assert set(re.findall(r"ashby_\w+", json.dumps(schema_of(operation)))) <= set(OPERATIONS)

    def test_names_every_alternative_that_is_needed(self, operation: type[Operation[Any]]) -> None:
        required = {name for name, field in operation.model_fields.items() if field.is_required()}
        if operation.exactly_one or operation.at_least_one:
            with pytest.raises(ValidationError, match=r"give (exactly|at least) one of"):
                operation(**{name: value for name, value in MINIMAL[operation.tool_name()].items() if name in required})


@every_tool
def test_the_metadata_says_what_a_tool_does(operation: type[Operation[Any]]) -> None:
    tool = AshbyToolkit(AshbyClient("key"), include=[operation.tool_name()]).get_tools()[0]
    assert tool.metadata == {
        "title": operation.tool_title(),
        "readOnlyHint": operation.tool_name() not in WRITES,
        "destructiveHint": operation.destructive,
        "idempotentHint": operation.idempotent,
        "openWorldHint": True,
        "ashby": {
            "endpoint": operation.path,
            "permission": operation.permission,
            "toolset": operation.toolset(),
            "risk": "none" if operation.tool_name() not in WRITES else "medium" if operation.destructive else "low",
        },
    }


def test_every_class_of_arguments_says_what_it_is() -> None:
    def below(kind: type[BaseModel]) -> list[type[BaseModel]]:
        return [each for child in kind.__subclasses__() for each in (child, *below(child))]

    named = [
        kind for kind in below(Arguments) if "[" not in kind.__name__ and kind.__module__.startswith("langchain_ashby")
    ]
    assert len(named) > 70
    assert [kind.__name__ for kind in named if not vars(kind).get("__doc__")] == []


def test_the_steps_are_no_tools() -> None:
    known = [thing for thing in vars(steps).values() if isinstance(thing, type) and issubclass(thing, Endpoint)]
    assert not {step.__name__ for step in known} & {operation.__name__ for operation in OPERATIONS.values()}


def test_arguments_follow_ashbys_spelling() -> None:
    """The wire's key is the argument in camelCase, but for ids that the wire calls otherwise."""
    renamed = {
        (operation.path, name, field.serialization_alias)
        for operation in OPERATIONS.values()
        for name, field in operation.model_fields.items()
        if field.serialization_alias != re.sub("_(.)", lambda match: match[1].upper(), name)
    }
    assert renamed == {
        ("candidate.info", "candidate_id", "id"),
        ("job.info", "job_id", "id"),
        ("interviewSchedule.cancel", "interview_schedule_id", "id"),
        *(
            (path, "department_id", "teamId")
            for path in ("job.create", "job.update", "opening.create", "opening.update")
        ),
    }


class TestToolkit:
    client = AshbyClient("key")

    def names(self, **chosen: Any) -> list[str]:
        return [tool.name for tool in AshbyToolkit(self.client, **chosen).get_tools()]

    def test_chooses_by_toolset(self) -> None:
        assert self.names(toolsets=["offers", "jobs"]) == [*TOOLSETS["jobs"], *TOOLSETS["offers"]]
        assert self.names(toolsets=[]) == []

    def test_chooses_what_changes_nothing(self) -> None:
        assert self.names(read_only=True) == [name for name in ALL if name not in WRITES]

    def test_chooses_by_name_and_keeps_the_order(self) -> None:
        assert self.names(include=["ashby_get_job", "ashby_list_jobs"]) == ["ashby_list_jobs", "ashby_get_job"]
        assert self.names(exclude={"ashby_get_job"}) == [name for name in ALL if name != "ashby_get_job"]
        assert self.names(exclude=[]) == ALL
        assert self.names(include=[]) == []

    def test_combines_its_choices(self) -> None:
        chosen = self.names(
            toolsets=("jobs",), read_only=True, exclude=["ashby_get_job"], include=iter(TOOLSETS["jobs"])
        )
        assert chosen == ["ashby_list_jobs", "ashby_search_jobs", "ashby_list_job_postings", "ashby_get_job_posting"]

    @pytest.mark.parametrize(
        ("chosen", "says"),
        [
            ({"toolsets": ["candidate"]}, "There is no toolset 'candidate'. Did you mean candidates"),
            ({"toolsets": ["zzz"]}, "Did you mean candidates or applications or jobs"),
            ({"include": ["ashby_list_job"]}, "There is no tool 'ashby_list_job'. Did you mean ashby_list_jobs"),
            ({"exclude": ["list_jobs"]}, "There is no tool 'list_jobs'. Did you mean ashby_list_jobs"),
            ({"toolsets": "jobs"}, "A list of toolsets is needed, not the text 'jobs'. Give ['jobs']."),
            ({"exclude": "ashby_get_job"}, "A list of tools is needed"),
        ],
    )
    def test_suggests_what_may_have_been_meant(self, chosen: dict[str, Any], says: str) -> None:
        with pytest.raises(errors.ConfigurationError) as caught:
            AshbyToolkit(self.client, **chosen)
        assert says in str(caught.value)

    def test_without_a_client_needs_a_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(errors.MissingAPIKeyError):
            AshbyToolkit()
        monkeypatch.setenv("ASHBY_API_KEY", "from-the-environment")
        assert len(AshbyToolkit().get_tools()) == 58

    def test_asks_for_approval_of_exactly_the_writes(self) -> None:
        assert AshbyToolkit(self.client).interrupt_on() == dict.fromkeys(WRITES, True)
        assert AshbyToolkit(self.client, read_only=True).interrupt_on() == {}

    def test_asks_for_approval_of_a_tool_that_nobody_knows(self) -> None:
        toolkit = AshbyToolkit(self.client, include=["ashby_list_jobs"])
        for hint in ({}, {"readOnlyHint": "true"}, {"readOnlyHint": 1}, None):
            toolkit.get_tools()[0].metadata = hint
            assert toolkit.interrupt_on() == {"ashby_list_jobs": True}

    def test_gives_its_tools_in_a_list_of_ones_own(self) -> None:
        toolkit = AshbyToolkit(self.client)
        toolkit.get_tools().clear()
        assert len(toolkit.get_tools()) == 58


def test_the_public_names_are_there() -> None:
    assert set(dir(langchain_ashby)) >= {"AshbyClient", "AshbyError", "AshbyToolkit", "create_recruiting_agent"}
    with pytest.raises(AttributeError, match="no attribute 'AshbyCandidate'"):
        _ = langchain_ashby.AshbyCandidate


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
        graph.add_node("tools", ToolNode(AshbyToolkit(client).get_tools()))
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

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (Answer(status=401), errors.AuthenticationError),
            (Answer(status=429), errors.RateLimitError),
            (Answer(status=502), errors.ServerError),
            (Answer(b"<html>"), errors.HTMLReplyError),
            (Answer(b"{"), errors.BrokenJSONError),
            (Answer(), errors.EmptyReplyError),
            (Answer(b"x" * 9, cut=2), errors.UnreachableError),
        ],
    )
    def test_does_not_dress_up_other_errors(
        self, tools: dict[str, BaseTool], recorder: Recorder, answer: Answer, kind: type[Exception]
    ) -> None:
        recorder.answers["candidate.info"] = [answer]
        with pytest.raises(kind):
            tools["ashby_get_candidate"].invoke(call("ashby_get_candidate", candidate_id=ID))

    def test_does_not_dress_up_a_fault_in_the_program(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        recorder.answers["user.search"] = [success([7, "surprise"]), success({"surprise": 1})]
        tool = tools["ashby_get_user"]
        tool.invoke({"email": "ada@example.com"})
        with pytest.raises((LookupError, errors.UnreadableReplyError)):
            tool.invoke({"email": "ada@example.com"})

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
        assert message.content.startswith("invalid_argument: the arguments do not fit, nothing was sent.")
        assert "- invented: there is no such argument" in message.content
        assert "- Invented: there is no such argument" in message.content
        assert recorder.requests == []


class TestWrongArguments:
    """They never reach Ashby; the answer names the argument and what it takes."""

    @pytest.mark.parametrize(
        ("name", "arguments", "lines"),
        [
            (
                "ashby_get_candidate",
                {},
                ["- arguments: give exactly one of candidate_id or external_mapping_id; none was given"],
            ),
            (
                "ashby_get_candidate",
                {"candidate_id": ID, "external_mapping_id": "x"},
                [
                    "- arguments: give exactly one of candidate_id or external_mapping_id; "
                    "candidate_id and external_mapping_id were given"
                ],
            ),
            (
                "ashby_get_candidate",
                {"id": ID},
                ["- id: there is no such argument; it takes candidate_id, external_mapping_id"],
            ),
            ("ashby_get_candidate", {"candidate_id": "Ada"}, ["- candidate_id: takes an id, a UUID such as"]),
            ("ashby_get_candidate", {"external_mapping_id": " "}, ["- external_mapping_id: must not be empty"]),
            ("ashby_search_candidates", {}, ["- arguments: give at least one of email or name"]),
            ("ashby_search_candidates", {"name": ""}, ["- name: must not be empty"]),
            ("ashby_search_jobs", {"title": ""}, ["- title: must not be empty"]),
            ("ashby_list_candidates", {"limit": 0}, ["- limit: Input should be greater than or equal to 1"]),
            ("ashby_create_candidate", {"name": "A", "email": "ada"}, ["- email: takes one e-mail address such as"]),
            ("ashby_create_candidate", {"name": "A", "website": "ada.example"}, ["- website: takes a web address"]),
            ("ashby_create_candidate", {"name": ""}, ["- name: must not be empty"]),
            (
                "ashby_create_candidate",
                {"name": "A", "location": {"planet": "Mars"}},
                ["- location.planet: there is no such"],
            ),
            (
                "ashby_create_candidate_note",
                {"candidate_id": ID, "note": {"type": "text", "value": "x"}},
                ["- note: Input should be a valid string", "- note.type: Input should be 'text/plain' or 'text/html'"],
            ),
            (
                "ashby_create_application",
                {"candidate_id": ID, "job_id": ID, "interview_stage_id": "first"},
                ["- interview_stage_id: takes an id, a UUID such as", "or: Input should be 'FirstPreInterviewScreen'"],
            ),
            (
                "ashby_submit_application_feedback",
                {
                    "application_id": ID,
                    "feedback_form_definition_id": ID,
                    "field_submissions": [{"path": "a", "value": None}],
                },
                ["- field_submissions.0.value: Input should be a valid boolean; or: "],
            ),
            (
                "ashby_submit_application_feedback",
                {
                    "application_id": ID,
                    "feedback_form_definition_id": ID,
                    "field_submissions": [],
                    "interview_event_id": ID,
                },
                ["- arguments: user_id is needed with interview_event_id"],
            ),
            (
                "ashby_get_application",
                {"submitted_form_instance_id": ID, "expand": ["referrals"]},
                ["- arguments: expand: referrals"],
            ),
            (
                "ashby_set_job_status",
                {"job_id": ID, "status": "open"},
                ["- status: Input should be 'Draft', 'Open', 'Closed'"],
            ),
            (
                "ashby_set_opening_state",
                {"opening_id": ID, "opening_state": "Filled"},
                ["- opening_state: Input should be 'Draft'"],
            ),
            ("ashby_update_job", {"job_id": ID}, ["- arguments: give at least one of title, department_id"]),
            ("ashby_change_application_source", {"application_id": ID}, ["- source_id: Field required"]),
            (
                "ashby_create_offer",
                {"field_submissions": []},
                ["- arguments: give exactly one of application_id or offer_process_id"],
            ),
            (
                "ashby_create_offer",
                {"application_id": ID, "offer_form_id": ID, "field_submissions": []},
                ["- arguments: offer_process_id is needed with offer_form_id"],
            ),
            (
                "ashby_update_interview_schedule",
                {"interview_schedule_id": ID},
                ["- arguments: give exactly one of interview_event or"],
            ),
            (
                "ashby_update_interview_schedule",
                {"interview_schedule_id": ID, "interview_event_id_to_cancel": []},
                ["- interview_event_id_to_cancel: Value should have at least 1 item"],
            ),
            (
                "ashby_create_interview_schedule",
                {"application_id": ID, "interview_events": []},
                ["- interview_events: "],
            ),
            (
                "ashby_upload_candidate_file",
                {"candidate_id": ID},
                ["- arguments: give exactly one of file_path or file_handle"],
            ),
            ("ashby_set_opening_archived", {"opening_id": ID}, ["- archive: Field required"]),
        ],
    )
    def test_are_named(
        self, tools: dict[str, BaseTool], recorder: Recorder, name: str, arguments: dict[str, Any], lines: list[str]
    ) -> None:
        message = tools[name].invoke(call(name, **arguments))
        assert message.status == "error"
        for line in lines:
            assert line in message.content
        assert not re.search(r"constrained-str|function-|union\[|NoteContent\.|Value error", message.content)
        assert recorder.requests == []

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"start_time": "2026-11-24T15:00:00"}, "start_time: needs a time zone, such as"),
            ({"start_time": "2026-11-24"}, "start_time: needs a time zone"),
            ({"start_time": "tomorrow at three"}, "start_time: Input should be a valid datetime"),
            ({"start_time": "0001-01-01T00:00:00+05:00"}, "start_time: is too early or too late for a time"),
            ({"end_time": "9999-12-31T23:59:59-05:00"}, "end_time: is too early or too late for a time"),
            ({"end_time": "2026-11-24T15:00:00Z"}, ": end_time must be later than start_time"),
            ({"interviewers": []}, "interviewers: List should have at least 1 item"),
            ({"interviewers": [{"email": ID}]}, "interviewers.0.email: takes one e-mail address"),
            ({"extra_data": {"x" * 101: ""}}, "extra_data: takes keys of at most 100"),
            ({"extra_data": [{"key": "x" * 101, "value": ""}]}, "extra_data: takes keys of at most 100"),
            ({"extra_data": [{"name": "a", "value": "b"}]}, 'extra_data: takes a list of {"key", "value"}'),
            ({"extra_data": [{"key": "a", "value": "b"}] * 2}, "extra_data: has the key 'a' twice"),
            ({"extra_data": [{"key": ["a"], "value": "b"}]}, 'extra_data: takes a list of {"key", "value"}'),
            ({"extra_data": [{"key": "a", "value": None}]}, "extra_data.a: Input should be a valid string"),
            ({"extra_data": {str(n): "x" * 500 for n in range(3)}}, "extra_data: takes less than 1 kB in all"),
            ({"interview_event_id": ID}, "interview_event_id: there is no such argument"),
        ],
    )
    def test_of_a_meeting_are_named(
        self, tools: dict[str, BaseTool], recorder: Recorder, change: dict[str, Any], says: str
    ) -> None:
        event = {
            "start_time": "2026-11-24T15:00:00Z",
            "end_time": "2026-11-24T16:00:00Z",
            "interviewers": [{"email": "ada@example.com"}],
        } | change
        name = "ashby_create_interview_schedule"
        message = tools[name].invoke(call(name, application_id=ID, interview_events=[event]))
        assert message.status == "error"
        assert f"- interview_events.0{'' if says.startswith(':') else '.'}{says}" in message.content
        assert recorder.requests == []


class TestTimes:
    @pytest.mark.parametrize(
        ("given_", "milliseconds"),
        [
            ("2026-11-24T15:00:00Z", 1795532400000),
            ("2026-11-24T16:00:00+01:00", 1795532400000),
            ("2026-11-24T15:00:00", 1795532400000),
            ("2026-11-24", 1795478400000),
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59.500Z", -500),
            ("1970-01-01T00:00:01.001Z", 1001),  # 1000.9999999999999 by way of a float
        ],
    )
    def test_of_a_filter_become_milliseconds_and_are_utc_without_a_zone(
        self, tools: dict[str, BaseTool], recorder: Recorder, given_: str, milliseconds: int
    ) -> None:
        tools["ashby_list_candidates"].invoke({"created_after": given_})
        assert recorder.last.body == {"createdAfter": milliseconds}

    @given(st.integers(-(10**13), 10**14), st.integers(-14 * 60, 14 * 60))
    def test_of_a_filter_lose_no_millisecond(self, milliseconds: int, minutes: int) -> None:
        zone = timezone(timedelta(minutes=minutes))
        moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).astimezone(zone)
        assert ListCandidates(created_after=moment.isoformat()).wire() == {"createdAfter": milliseconds}  # type: ignore[arg-type]

    @given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.timezones()))
    def test_of_a_meeting_are_sent_as_utc(self, moment: datetime) -> None:
        try:
            written = moment.isoformat()
            meant = datetime.fromisoformat(written)
        except ValueError:
            return  # zones of old with seconds in them
        if (meant.utcoffset() or timedelta()).total_seconds() % 60:
            return
        event = {
            "start_time": written,
            "end_time": (meant + timedelta(hours=1)).isoformat(),
            "interviewers": [{"email": "a@b"}],
        }
        sent = CreateInterviewSchedule(application_id=ID, interview_events=[event]).wire()["interviewEvents"][0]  # type: ignore[list-item]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", sent["startTime"])
        assert abs(datetime.fromisoformat(sent["startTime"]) - meant) < timedelta(milliseconds=1)

    def test_of_days_are_days(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        tools["ashby_create_opening"].invoke({"target_hire_date": "2026-12-24"})
        assert recorder.last.body == {"targetHireDate": "2026-12-24"}


class TestShapes:
    def test_that_gemini_does_not_know_are_given_as_pairs(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        event = {
            "start_time": "2026-11-24T15:00:00Z",
            "end_time": "2026-11-24T16:00:00Z",
            "interviewers": [{"email": "ada@example.com"}],
        }
        pairs = [{"key": "room", "value": "4.12"}, {"key": "floor", "value": "4"}]
        for extra_data in (pairs, {"room": "4.12", "floor": "4"}):
            arguments = {"application_id": ID, "interview_events": [event | {"extra_data": extra_data}]}
            tools["ashby_create_interview_schedule"].invoke(arguments)
            assert recorder.last.body["interviewEvents"][0]["extraData"] == {"room": "4.12", "floor": "4"}

    def test_a_limit_above_a_page_is_a_whole_page(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        tools["ashby_list_candidates"].invoke({"limit": 500})
        assert recorder.last.body == {"limit": 100}


class TestNulls:
    def test_that_a_model_gives_for_what_it_leaves_out_are_not_sent(
        self, tools: dict[str, BaseTool], recorder: Recorder
    ) -> None:
        """LangChain fills in defaults, and some models give a null for each argument; a null clears in Ashby."""
        recorder.answers["offer.start"] = [success({"id": ID})]
        recorder.answers["customField.list"] = [success([{"id": ID, "objectType": "Candidate", "fieldType": "Number"}])]
        for name, operation in OPERATIONS.items():
            fields = operation.model_fields
            nulls = {field: None for field, info in fields.items() if not info.is_required()}
            minimal = MINIMAL.get(name, {})
            for arguments in (minimal, nulls | minimal):
                before = len(recorder.requests)
                tools[name].invoke(arguments)
                assert len(recorder.requests) > before, name
                for sent in recorder.requests[before:]:
                    assert "null" not in sent.content.decode(), name

    def test_are_sent_where_they_clear(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        tools["ashby_change_application_source"].invoke({"application_id": ID, "source_id": None})
        assert recorder.last.body == {"applicationId": ID, "sourceId": None}
        field = {"id": OTHER, "title": "Shoe size", "objectType": "Candidate", "fieldType": "Number"}
        recorder.answers["customField.list"] = [success([field])]
        for cleared in (None, "", " "):
            tools["ashby_set_custom_field_value"].invoke(
                {"object_type": "Candidate", "object_id": ID, "custom_field_id": OTHER, "field_value": cleared}
            )
            assert recorder.last.body == {
                "objectType": "Candidate", "objectId": ID, "fieldId": OTHER, "fieldValue": None,
            }  # fmt: skip

    def test_inside_nested_arguments_are_not_sent(self, tools: dict[str, BaseTool], recorder: Recorder) -> None:
        tools["ashby_create_candidate"].invoke({"name": "Ada", "location": {"city": "London", "region": None}})
        assert recorder.last.body == {"name": "Ada", "location": {"city": "London"}}

    def test_and_defaults_do_not_stand_in_the_way_of_false(
        self, tools: dict[str, BaseTool], recorder: Recorder
    ) -> None:
        tools["ashby_update_candidate"].invoke({"candidate_id": ID, "send_notifications": False})
        assert recorder.last.body == {"candidateId": ID, "sendNotifications": False}
        tools["ashby_set_opening_archived"].invoke({"opening_id": ID, "archive": False})
        assert recorder.last.body == {"openingId": ID, "archive": False}


EVENT = {
    "start_time": "2026-11-24T15:00:00Z",
    "end_time": "2026-11-24T16:00:00Z",
    "interviewers": [{"email": "ada@example.com"}],
}
MINIMAL: dict[str, dict[str, Any]] = {
    "ashby_get_candidate": {"candidate_id": ID},
    "ashby_search_candidates": {"name": "Ada"},
    "ashby_create_candidate": {"name": "Ada"},
    "ashby_update_candidate": {"candidate_id": ID},
    "ashby_list_candidate_notes": {"candidate_id": ID},
    "ashby_create_candidate_note": {"candidate_id": ID, "note": "Hello"},
    "ashby_add_candidate_tag": {"candidate_id": ID, "tag_id": ID},
    "ashby_upload_candidate_resume": {"candidate_id": ID, "resume_handle": "h"},
    "ashby_upload_candidate_file": {"candidate_id": ID, "file_handle": "h"},
    "ashby_get_application": {"application_id": ID},
    "ashby_create_application": {"candidate_id": ID, "job_id": ID},
    "ashby_update_application": {"application_id": ID},
    "ashby_change_application_stage": {"application_id": ID, "interview_stage_id": ID},
    "ashby_change_application_source": {"application_id": ID, "source_id": ID},
    "ashby_submit_application_feedback": {
        "application_id": ID, "feedback_form_definition_id": ID, "field_submissions": [],
    },
    "ashby_get_job": {"job_id": ID},
    "ashby_search_jobs": {"title": "Engineer"},
    "ashby_create_job": {"title": "Engineer", "department_id": ID, "location_id": ID},
    "ashby_update_job": {"job_id": ID, "title": "Engineer"},
    "ashby_set_job_status": {"job_id": ID, "status": "Open"},
    "ashby_get_job_posting": {"job_posting_id": ID},
    "ashby_get_offer": {"offer_id": ID},
    "ashby_create_offer": {"offer_process_id": ID, "offer_form_id": ID, "field_submissions": []},
    "ashby_create_interview_schedule": {"application_id": ID, "interview_events": [EVENT]},
    "ashby_update_interview_schedule": {"interview_schedule_id": ID, "interview_event": [EVENT]},
    "ashby_cancel_interview_schedule": {"interview_schedule_id": ID},
    "ashby_list_interview_stages": {"interview_plan_id": ID},
    "ashby_get_interview_stage": {"interview_stage_id": ID},
    "ashby_get_feedback_form_definition": {"feedback_form_definition_id": ID},
    "ashby_get_user": {"user_id": ID},
    "ashby_set_custom_field_value": {
        "object_type": "Candidate", "object_id": ID, "custom_field_id": ID, "field_value": 1,
    },
    "ashby_get_department": {"department_id": ID},
    "ashby_get_opening": {"opening_id": ID},
    "ashby_search_openings": {"identifier": "REQ-101"},
    "ashby_update_opening": {"opening_id": ID},
    "ashby_add_opening_job": {"opening_id": ID, "job_id": ID},
    "ashby_remove_opening_job": {"opening_id": ID, "job_id": ID},
    "ashby_set_opening_state": {"opening_id": ID, "opening_state": "Open"},
    "ashby_set_opening_archived": {"opening_id": ID, "archive": True},
}  # fmt: skip
"""The fewest arguments of the tools that need some."""
