"""What Ashby lets pass: keys that a request does not have, and what is there already."""

from collections.abc import Iterator

import pytest
import requests
import small_company
from caller import Caller
from small_company import ident

from langchain_ashby.sandbox import AshbySandbox

CARA = ident("Cara Ruiz")
APPLICATION = ident("Cara Ruiz for engineer")


@pytest.fixture
def lenient() -> Iterator[Caller]:
    with AshbySandbox(company=small_company.company, strict=False) as sandbox:
        yield Caller(sandbox, sandbox.api_key)


def warnings(call: Caller) -> list[str]:
    """The warnings of the last call."""
    entry: list[str] = call.sandbox.requests()[-1]["warnings"]
    return entry


def test_a_key_that_the_request_does_not_have_is_ignored_and_the_log_says_so(lenient: Caller) -> None:
    stages = lenient("interviewStage.list", interviewPlanId=ident("plan"))
    assert warnings(lenient) == []
    assert lenient("interviewStage.list", interviewPlanId=ident("plan"), limit=50) == stages
    (warning,) = warnings(lenient)
    assert warning.startswith("limit: ") and "ignored" in warning
    assert "warnings" not in lenient.envelope("interviewStage.list", interviewPlanId=ident("plan"), limit=50)


def test_an_ignored_key_leaves_no_trace_in_the_record(lenient: Caller) -> None:
    plain = lenient("candidate.createNote", candidateId=CARA, note="Hello")
    typed = lenient("candidate.createNote", candidateId=CARA, note="Hello", type="text/plain")
    assert [word.partition(":")[0] for word in warnings(lenient)] == ["type"]
    assert typed.keys() == plain.keys() and typed["content"] == plain["content"]
    lenient("application.update", applicationId=APPLICATION, sourceId=ident("referral"), colour="red")
    (stored,) = [it for it in lenient.sandbox.records("application") if it["id"] == APPLICATION]
    assert stored["sourceId"] == ident("referral") and "colour" not in stored


def test_keys_are_ignored_at_any_depth_and_named_by_their_place(lenient: Caller) -> None:
    lenient("candidate.createNote", candidateId=CARA, note={"type": "text/plain", "value": "Hello", "lang": "en"})
    lenient("candidate.update", candidateId=CARA, socialLinks=[{"type": "GitHub", "url": "https://a.example", "x": 1}])
    first, second = (entry["warnings"] for entry in lenient.sandbox.requests())
    assert first[0].startswith("note.lang: ") and second[0].startswith("socialLinks[0].x: ")


def test_a_key_of_another_way_to_ask_is_not_ignored(lenient: Caller) -> None:
    assert "externalMappingId" in lenient.refused("candidate.info", id=CARA, externalMappingId="x")
    assert lenient("candidate.info", id=CARA, candidateId=CARA)["id"] == CARA


def test_a_required_key_that_is_misspelled_is_still_missed(lenient: Caller) -> None:
    assert "candidateId" in lenient.refused("candidate.createNote", candidateID=CARA, note="Hello")
    assert len(warnings(lenient)) == 0


def test_the_log_over_http_has_the_warnings(lenient: Caller) -> None:
    lenient("user.list", role="any")
    (entry,) = requests.get(f"{lenient.sandbox.url}/_sandbox/requests", timeout=10).json()
    assert entry["warnings"][0].startswith("role: ")


def test_a_strict_sandbox_refuses_such_a_key_without_effect() -> None:
    with AshbySandbox(company=small_company.company, strict=True) as sandbox:
        call, before = Caller(sandbox, sandbox.api_key), sandbox.state()
        body = {"candidateId": CARA, "note": "Hello", "type": "text/plain"}
        assert call.refused("candidate.createNote", **body).startswith("invalid_input type:")
        assert (sandbox.state(), warnings(call)) == (before, [])


def test_an_identifier_may_be_given_to_two_openings(lenient: Caller) -> None:
    ids = [lenient("opening.create", identifier="OP-1")["id"] for _ in range(2)]
    assert ids == [opening["id"] for opening in lenient("opening.search", identifier="OP-1")][-2:]
    assert ids[0] != ids[1]


def test_a_candidate_may_apply_for_the_same_job_again(lenient: Caller) -> None:
    body = {"candidateId": CARA, "jobId": ident("engineer")}
    made = [lenient("application.create", **body) for _ in range(2)]
    assert made[0]["id"] != made[1]["id"] and {each["status"] for each in made} == {"Lead"}
    assert {each["id"] for each in made} < set(lenient("candidate.info", id=CARA)["applicationIds"])


@pytest.mark.parametrize("with_event", [True, False])
def test_a_person_may_submit_a_second_scorecard(lenient: Caller, with_event: bool) -> None:
    application = {"applicationId": APPLICATION}
    times = {"startTime": "2027-01-12T10:00:00Z", "endTime": "2027-01-12T11:00:00Z"}
    event = {**times, "interviewers": [{"email": "ben@acme.example", "feedbackRequired": True}]}
    schedule = lenient("interviewSchedule.create", **application, interviewEvents=[event])
    form = {"fieldSubmissions": [{"path": "rating", "value": {"score": 3}}]}
    body = {**application, "formDefinitionId": ident("scorecard"), "feedbackForm": form, "userId": ident("ben")}
    if with_event:
        body["interviewEventId"] = schedule["interviewEvents"][0]["id"]
    for _ in range(2):
        lenient("applicationFeedback.submit", **body)
    assert len(lenient("applicationFeedback.list", **application)) == 2
