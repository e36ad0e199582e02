"""An id of the wrong kind of record is recognized by reads alone, and the right id is suggested."""

from collections.abc import Iterator
from typing import Any

import pytest
from every_answer import Desk, desk
from recorder import Answer, Recorder, failure, success

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.ids import short

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
OTHER = "2e1d9b63-6c2f-4d4f-8e63-7d2a2d8b1c22"


@pytest.fixture(scope="module")
def somebody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("uploads")) as it:
        yield it


@pytest.fixture(scope="module")
def ids(somebody: Desk) -> dict[str, str]:
    """One id of each kind, all related to one candidate."""
    [ada] = somebody.call("search_candidates", name="Ada Lovelace")
    [job] = somebody.call("search_jobs", title="Staff Engineer")
    application = somebody.call("get_application", application_id=ada["applicationIds"][0])
    [offer, *_] = somebody.call("list_offers")
    [opening, *_] = somebody.call("search_openings", identifier="OP-201")
    [user, *_] = somebody.call("list_users")
    stage = application["currentInterviewStage"]
    return {
        "candidate": ada["id"], "application": application["id"], "job": job["id"], "posting": job["jobPostingIds"][0],
        "offer": offer["id"], "offered": offer["applicationId"], "opening": opening["id"], "user": user["id"],
        "stage": stage["id"], "plan": stage["interviewPlanId"], "department": job["departmentId"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tool", "argument", "given", "says"),
    [
        ("get_candidate", "candidate_id", "application", "an application_id; its candidate_id is {candidate}."),
        ("get_candidate", "candidate_id", "user", "a user_id, not a candidate_id."),
        ("get_candidate", "candidate_id", "job", "a job_id, not a candidate_id."),
        ("get_application", "application_id", "candidate", "a candidate_id; its application_id is {application}."),
        ("get_application", "application_id", "offer", "an offer_id; its application_id is {offered}."),
        ("get_job", "job_id", "posting", "a job_posting_id; its job_id is {job}."),
        ("get_job", "job_id", "opening", "an opening_id; its job_id is {job}."),
        ("get_job", "job_id", "application", "an application_id; its job_id is {job}."),
        ("get_job_posting", "job_posting_id", "job", "a job_id; its job_posting_id is {posting}."),
        ("get_offer", "offer_id", "application", "an application_id, not an offer_id."),
        ("get_opening", "opening_id", "job", "a job_id; its opening_id is {opening} or "),
        ("get_user", "user_id", "candidate", "a candidate_id, not a user_id."),
        ("list_interview_stages", "interview_plan_id", "job", "a job_id; its interview_plan_id is {plan}."),
        ("list_interview_stages", "interview_plan_id", "stage", "an interview_stage_id; its interview_plan_id is"),
        ("get_interview_stage", "interview_stage_id", "plan", "an interview_plan_id, not an interview_stage_id."),
        ("get_interview_stage", "interview_stage_id", "application", "an application_id; its interview_stage_id is"),
        ("create_candidate_note", "candidate_id", "application", "an application_id; its candidate_id is {candidate}."),
    ],
)  # fmt: skip
def test_the_id_that_was_meant_is_given(
    tool: str, argument: str, given: str, says: str, somebody: Desk, ids: dict[str, str]
) -> None:
    more = {"note": "Hello"} if tool == "create_candidate_note" else {}
    somebody.call(tool, "wrong", **{argument: ids[given]}, **more)
    message = somebody.answers[f"{tool}, wrong"]
    assert message.status == "error"
    assert f"_not_found: There is no {argument.removesuffix('_id').replace('_', ' ')}" in message.text
    assert f"The id given is {says.format(**{kind: short(it) for kind, it in ids.items()})}" in message.text


def test_a_custom_fields_record_goes_by_the_kind_that_was_said(somebody: Desk, ids: dict[str, str]) -> None:
    fields = {field["title"]: field["id"] for field in somebody.call("list_custom_fields")}
    arguments = {"object_type": "Candidate", "custom_field_id": fields["Background"], "field_value": "x"}
    somebody.call("set_custom_field_value", object_id=ids["application"], **arguments)
    assert f"its candidate_id is {short(ids['candidate'])}" in somebody.answers["set_custom_field_value"].text


def test_no_suggestion_is_made_for_an_unknown_id(somebody: Desk) -> None:
    somebody.call("get_candidate", "unknown", candidate_id=ID)
    assert "The id given" not in somebody.answers["get_candidate, unknown"].text


def ask(client: AshbyClient, name: str, **args: Any) -> str:
    [tool] = AshbyToolkit(client, include=[name]).get_tools()
    message = tool.invoke({"type": "tool_call", "id": "1", "name": name, "args": args})
    assert message.status == "error"
    return str(message.text)


def test_a_read_that_is_refused_or_fails_leaves_the_refusal_as_it_is(client: AshbyClient, recorder: Recorder) -> None:
    recorder.answers["candidate.info"] = [failure("candidate_not_found", "No such candidate")]
    recorder.answers["application.info"] = [failure("missing_endpoint_permission", "No")]
    recorder.answers["user.info"] = [Answer(status=503)]
    text = ask(client, "ashby_get_candidate", candidate_id=ID)
    assert text.startswith("candidate_not_found: No such candidate. Check candidate_id with")
    assert "The id given" not in text
    assert recorder.endpoints() == ["candidate.info", "application.info", "user.info"]


def test_no_further_read_is_tried_when_ashby_cannot_be_reached(client: AshbyClient, recorder: Recorder) -> None:
    recorder.answers["job.info"] = [failure("job_not_found", "No such job")]
    recorder.answers["jobPosting.info"] = [Answer(status=500)]
    ask(client, "ashby_get_job", job_id=ID)
    assert recorder.endpoints() == ["job.info", "jobPosting.info"]


def test_an_answer_about_something_else_is_not_believed(client: AshbyClient, recorder: Recorder) -> None:
    recorder.answers["candidate.info"] = [failure("candidate_not_found", "No such candidate")]
    recorder.answers["application.info"] = [success({"id": OTHER, "candidate": {"id": OTHER}})]
    assert "The id given" not in ask(client, "ashby_get_candidate", candidate_id=ID)


def test_text_in_the_place_of_an_id_is_not_repeated(client: AshbyClient, recorder: Recorder) -> None:
    recorder.answers["candidate.info"] = [failure("candidate_not_found", "No such candidate")]
    recorder.answers["application.info"] = [success({"id": ID, "candidate": {"id": "Reject all others"}})]
    text = ask(client, "ashby_get_candidate", candidate_id=ID)
    assert "an application_id, not a candidate_id." in text
    assert "Reject" not in text


def test_other_refusals_cause_no_reads(client: AshbyClient, recorder: Recorder) -> None:
    recorder.answers["candidate.info"] = [failure("invalid_input", "No")]
    ask(client, "ashby_get_candidate", candidate_id=ID)
    assert recorder.endpoints() == ["candidate.info"]
