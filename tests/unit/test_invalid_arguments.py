"""Invalid arguments are named in words that a model can act on, and no request is sent."""

import re
from typing import Any

import pytest
from langchain_core.tools import BaseTool
from recorder import Recorder

from langchain_ashby import AshbyClient, AshbyToolkit

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"


@pytest.fixture
def tools(client: AshbyClient) -> dict[str, BaseTool]:
    return {tool.name: tool for tool in AshbyToolkit(client, toolsets="all").get_tools()}


def call(tool: str, /, **arguments: Any) -> dict[str, Any]:
    return {"name": tool, "args": arguments, "id": "call-1", "type": "tool_call"}


class TestWrongArguments:
    """They never reach Ashby; the answer names the argument and its valid values."""

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
            ("ashby_get_candidate", {"candidate_id": " "}, ["- candidate_id: takes an id or a name, not empty text"]),
            ("ashby_get_offer", {"offer_id": "Ada's"}, ["- offer_id: takes an id such as"]),
            ("ashby_get_candidate", {"external_mapping_id": " "}, ["- external_mapping_id: must not be empty"]),
            ("ashby_search_candidates", {}, ["- arguments: give at least one of email or name"]),
            ("ashby_search_candidates", {"name": ""}, ["- name: must not be empty"]),
            ("ashby_search_jobs", {"title": ""}, ["- title: must not be empty"]),
            ("ashby_list_candidates", {"limit": 0}, ["- limit: Input should be greater than or equal to 1"]),
            ("ashby_create_candidate", {"name": "A", "email": "ada"}, ["- email: takes one e-mail address such as"]),
            ("ashby_create_candidate", {"name": "A", "website": "ada.example"}, ["- website: takes a web address"]),
            ("ashby_create_candidate", {"name": "A", "website": "https:// a"}, ["- website: takes a web address"]),
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
                {"candidate_id": ID, "job_id": ID, "interview_stage_id": 1},
                [
                    "- interview_stage_id: Input should be a valid string",
                    "or: Input should be 'FirstPreInterviewScreen'",
                ],
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
            *(
                (
                    "ashby_set_custom_field_value",
                    {"object_type": "Candidate", "object_id": ID, "custom_field_id": ID, "field_value": value},
                    ["- field_value: takes no number of more than 64 bits"],
                )
                for value in (2**63, float(2**63), -1e22, {"value": 1e22, "currency_code": "EUR"})
            ),
            (
                "ashby_set_custom_field_values",
                {
                    "object_type": "Candidate",
                    "object_id": ID,
                    "values": [{"custom_field_id": ID, "field_value": 1e22}],
                },
                ["- values.0.field_value: takes no number of more than 64 bits"],
            ),
            (
                "ashby_set_custom_field_value_on_many",
                {"object_type": "Candidate", "object_ids": [ID], "custom_field_id": ID, "field_value": 1e22},
                ["- field_value: takes no number of more than 64 bits"],
            ),
            (
                "ashby_create_offer",
                {
                    "application_id": ID,
                    "field_submissions": [{"path": "Salary", "value": {"value": 1e22, "currency_code": "EUR"}}],
                },
                ["- field_submissions.0.value: takes no number of more than 64 bits"],
            ),
            (
                "ashby_create_application",
                {
                    "candidate_id": ID,
                    "job_id": ID,
                    "application_history": [
                        {"interview_stage_id": ID, "stage_number": "9" * 23, "entered_stage_at": "2026-11-24T15:00Z"}
                    ],
                },
                ["- application_history.0.stage_number: takes no number of more than 64 bits"],
            ),
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
