"""Operations of several steps: one deadline for all, and a report of the finished steps when a later one fails."""

import itertools
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from recorder import KEY, Answer, Recorder, failure, success

from langchain_ashby import AshbyClient, AshbyToolkit, errors
from langchain_ashby.endpoint import Access, Caller, Operation
from langchain_ashby.endpoints.candidates import AddCandidateTag, CreateCandidate
from langchain_ashby.endpoints.offers import CreateOffer
from langchain_ashby.endpoints.organization import SetCustomFieldValue
from langchain_ashby.records import Candidate

pytestmark = pytest.mark.slow

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
PROCESS = "2e1d9b63-6c2f-4d4f-8e63-7d2a2d8b1c22"
FORM = "3f2e0c74-7d30-4e50-9f74-8e3b3e9c2d33"


def later(seconds: float, answer: Answer) -> Callable[[Any], Answer]:
    def wait(_: Any) -> Answer:
        time.sleep(seconds)
        return answer

    return wait


class TestDeadline:
    """Judged by the requests that still go out, so that a busy machine does not matter."""

    @pytest.mark.parametrize("how", ["sync", "async"])
    async def test_of_a_tool_covers_the_lookups_after_a_refusal_too(self, recorder: Recorder, how: str) -> None:
        for endpoint in ("candidate.info", "application.info", "user.info", "job.info"):
            recorder.answers[endpoint] = [later(0.5, failure(f"{endpoint.split('.')[0]}_not_found"))]
        with AshbyClient(KEY, recorder.url, budget=1.2, max_retries=0) as client:
            [tool] = AshbyToolkit(client, include=["ashby_get_candidate"]).get_tools()
            call = {"type": "tool_call", "id": "1", "name": tool.name, "args": {"candidate_id": ID}}
            message = tool.invoke(call) if how == "sync" else await tool.ainvoke(call)
        assert message.content.startswith("candidate_not_found: ")
        assert recorder.endpoints()[0] == "candidate.info"
        assert "job.info" not in recorder.endpoints(), "it would have begun after 1.5 s"

    def test_of_an_operation_is_for_all_its_steps(self, recorder: Recorder) -> None:
        cursors = itertools.count()

        def page(_: Any) -> Answer:
            time.sleep(0.2)
            return success([], moreDataAvailable=True, nextCursor=f"c{next(cursors)}")

        recorder.answers["customField.list"] = [page]
        request = SetCustomFieldValue(object_type="Candidate", object_id=ID, custom_field_id=ID, field_value="x")
        with (
            AshbyClient(KEY, recorder.url, budget=0.7, max_retries=0) as client,
            pytest.raises(errors.RequestTimeoutError) as caught,
        ):
            client.call(request)
        assert 1 <= len(recorder.requests) <= 4
        assert "customField.setValue" not in recorder.endpoints()
        assert not caught.value.outcome_unknown
        assert not caught.value.done

    def test_covers_several_calls_on_request(self, recorder: Recorder) -> None:
        recorder.answers["candidate.create"] = [later(0.3, success({}))]
        with AshbyClient(KEY, recorder.url, budget=0.5, max_retries=0) as client, client.deadline():
            client.call(CreateCandidate(name="Ada"))
            with pytest.raises(errors.RequestTimeoutError):
                for _ in range(9):
                    client.call(CreateCandidate(name="Ada"))
        assert len(recorder.requests) <= 2


class TagNewcomer(Operation[Candidate]):
    """Create a candidate and tag them."""

    path = "candidate.addTag"
    access = Access.WRITE
    permission = "candidatesWrite"
    steps = (CreateCandidate,)

    name: str

    def perform(self, caller: Caller) -> Candidate:
        candidate = caller.call(CreateCandidate(name=self.name))
        return caller.call(AddCandidateTag(candidate_id=candidate["id"], tag_id=ID))


FAILURES = {
    "refused": failure("tag_not_found", "No such tag"),
    "rate limit": Answer(status=429, headers={"Retry-After": "600"}),
    "key": Answer(status=401),
    "no reply": Answer(success({}).content, cut=5),
}


class TestWhatWasDone:
    @pytest.mark.parametrize("trouble", FAILURES)
    def test_is_in_the_error_of_any_operation(self, client: AshbyClient, recorder: Recorder, trouble: str) -> None:
        recorder.answers["candidate.create"] = [success({"id": ID})]
        recorder.answers["candidate.addTag"] = [FAILURES[trouble]]
        with pytest.raises(errors.AshbyError) as caught:
            client.call(TagNewcomer(name="Ada"))
        assert caught.value.done == "Already done: candidate.create."
        assert "Already done: candidate.create." in caught.value.for_model()
        assert not caught.value.retryable, "the same call would create the candidate again"
        assert "The same call can succeed" not in str(caught.value)

    def test_is_empty_if_the_first_step_fails(self, client: AshbyClient, recorder: Recorder) -> None:
        recorder.answers["candidate.create"] = [failure("invalid_input", "No")]
        with pytest.raises(errors.Refused) as caught:
            client.call(TagNewcomer(name="Ada"))
        assert caught.value.done == ""
        assert caught.value.for_model() == "invalid_input: No."

    @pytest.mark.parametrize("trouble", FAILURES)
    @pytest.mark.parametrize("step", ["offer.start", "offer.create"])
    def test_of_an_offer_says_how_to_continue(
        self, client: AshbyClient, recorder: Recorder, step: str, trouble: str
    ) -> None:
        recorder.answers["offerProcess.start"] = [success({"id": PROCESS})]
        recorder.answers["offer.start"] = [success({"id": FORM, "formDefinition": {"sections": []}})]
        recorder.answers[step] = [FAILURES[trouble]]
        with pytest.raises(errors.AshbyError) as caught:
            client.call(CreateOffer(application_id=ID, field_submissions=[]))
        text = caught.value.for_model()
        assert "The offer process is started." in text
        ids = dict(re.findall(r"(offer_process_id|offer_form_id) (\S+)", text))
        assert ids == {"offer_process_id": PROCESS} | ({"offer_form_id": FORM} if step == "offer.create" else {})
        assert "instead of application_id" in text
        assert "nothing was sent" not in text
        recorder.answers[step] = [success({"id": FORM})]
        with AshbyClient(KEY, recorder.url) as other:  # the first client still observes the pause after a 429
            other.call(CreateOffer.model_validate({**ids, "field_submissions": []}))
        assert recorder.endpoints().count("offerProcess.start") == 1

    def test_of_an_offer_is_not_claimed_for_a_process_that_was_given(
        self, client: AshbyClient, recorder: Recorder
    ) -> None:
        recorder.answers["offer.start"] = [Answer(status=429, headers={"Retry-After": "600"})]
        with pytest.raises(errors.RateLimitError) as caught:
            client.call(CreateOffer(offer_process_id=PROCESS, field_submissions=[]))
        assert caught.value.done == ""
        assert caught.value.retryable
