"""Arguments on the wire: times, shapes that some providers do not support, and nulls."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from examples import EXAMPLES, Company
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.tools import BaseTool
from recorder import Recorder, success

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.endpoints.candidates import ListCandidates
from langchain_ashby.endpoints.interviews import CreateInterviewSchedule
from langchain_ashby.sandbox import AshbySandbox

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
OTHER = "2e1d9b63-6c2f-4d4f-8e63-7d2a2d8b1c22"


@pytest.fixture
def tools(client: AshbyClient) -> dict[str, BaseTool]:
    return {tool.name: tool for tool in AshbyToolkit(client, toolsets="all").get_tools()}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox() as running:
        yield running


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
            ("1970-01-01T00:00:01.001Z", 1001),  # 1000.9999999999999 as a float
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
            return  # historical zones with seconds in the offset
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
    @pytest.mark.parametrize("name", EXAMPLES)
    def test_that_a_model_gives_for_what_it_leaves_out_are_not_sent(
        self, name: str, sandbox: AshbySandbox, tmp_path: Path
    ) -> None:
        """LangChain fills in defaults, and some models send a null for each argument; in Ashby a null clears the
        value."""
        sandbox.reset()
        with AshbyClient(sandbox.api_key, sandbox.url, upload_dirs=[tmp_path]) as client:
            example = EXAMPLES[name](Company(sandbox.state(), client, tmp_path))
            fields = OPERATIONS[name].model_fields.items()
            nulls = {field: None for field, info in fields if not info.is_required()}
            meant = {field for field, value in example.items() if value is None}
            [tool] = AshbyToolkit(client, include=[name]).get_tools()
            before = len(sandbox.requests())
            tool.invoke(nulls | example)
        sent = [request["body"] for request in sandbox.requests()[before:]]
        assert sent
        assert str(sent).count("None") == len(meant)

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
