"""Tools that make several calls, against the sandbox: offers, feedback, custom fields, uploads, users.

Every request is checked against Ashby's contract.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from ashby import load_contract
from langchain_core.messages import ToolMessage

from langchain_ashby import AshbyClient, AshbyToolkit, errors
from langchain_ashby.ids import short
from langchain_ashby.sandbox import AshbySandbox

NOBODY = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"


class Desk:
    """Tools on the sandbox."""

    def __init__(self, sandbox: AshbySandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.client = AshbyClient(sandbox.api_key, sandbox.url, upload_dirs=[folder])
        self.tools = {
            tool.name: tool for tool in AshbyToolkit(self.client, toolsets="all", on_error="raise").get_tools()
        }

    def call(self, tool: str, /, **arguments: Any) -> ToolMessage:
        message = self.tools[tool].invoke({"name": tool, "args": arguments, "id": "1", "type": "tool_call"})
        assert isinstance(message, ToolMessage)
        return message

    def results(self, tool: str, /, **arguments: Any) -> Any:
        message = self.call(tool, **arguments)
        assert message.status == "success", message.content
        return message.artifact["results"]

    def error(self, tool: str, /, **arguments: Any) -> str:
        message = self.call(tool, **arguments)
        assert message.status == "error", message.content
        return str(message.content)

    def sent(self) -> list[tuple[str, Any]]:
        return [(request["endpoint"], request["body"]) for request in self.sandbox.requests()]

    def endpoints(self) -> list[str]:
        return [endpoint for endpoint, _ in self.sent()]

    def find(self, kind: str, **equal: Any) -> Any:
        """The first stored record of the kind with these values."""
        return next(
            record
            for record in self.sandbox.records(kind)
            if all(record.get(key) == value for key, value in equal.items())
        )


@pytest.fixture(scope="module")
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox() as running:
        yield running


@pytest.fixture
def desk(sandbox: AshbySandbox, tmp_path: Path) -> Iterator[Desk]:
    contract = load_contract()
    sandbox.reset()
    with (at_work := Desk(sandbox, tmp_path)).client:
        yield at_work
    for endpoint, body in at_work.sent():
        if not endpoint.startswith("_"):
            contract.check_request(endpoint, body)


class TestOffer:
    TERMS = (
        {"path": "Base salary", "value": {"value": 140000, "currency_code": "eur"}},
        {"path": "startDate", "value": "2027-03-01"},
        {"path": "employment type", "value": "full-time"},
    )

    @pytest.fixture
    def application_id(self, desk: Desk) -> str:
        candidate = desk.find("candidate", name="Kwame Mensah")
        return str(desk.find("application", candidateId=candidate["id"])["id"])

    def test_takes_three_calls(self, desk: Desk, application_id: str) -> None:
        offer = desk.results(
            "ashby_create_offer",
            application_id=application_id,
            field_submissions=[*self.TERMS, {"path": "Equity (options)", "value": 500}],
        )
        assert desk.endpoints() == ["offerProcess.start", "offer.start", "offer.create"]
        body = desk.sent()[-1][1]
        assert list(body) == ["offerProcessId", "offerFormId", "offerForm"]
        assert [entry["value"] for entry in body["offerForm"]["fieldSubmissions"]] == [
            {"value": 140000, "currencyCode": "EUR"}, "2027-03-01", "ft", 500,
        ]  # fmt: skip
        stored = desk.find("offer", id=offer["id"])
        assert stored["applicationId"] == application_id
        assert stored["versions"][0]["salary"] == {"value": 140000, "currencyCode": "EUR"}

    def test_continues_with_the_ids_from_the_error(self, desk: Desk, application_id: str) -> None:
        before = len(desk.sandbox.records("offer"))
        text = desk.error(
            "ashby_create_offer",
            application_id=application_id,
            field_submissions=[self.TERMS[0], {"path": "Perks", "value": "Fruit"}],
        )
        assert desk.endpoints() == ["offerProcess.start", "offer.start"]
        for says in (
            "form_mismatch: field_submissions: Perks: the form has no such field",
            "Start date: is required",
            "Employment type: is required",
            "- Base salary (path salary): Currency, required",
            "; options: Full-time, Part-time, Fixed term",
            "instead of application_id",
        ):
            assert says in text
        ids = dict(re.findall(r"(offer_process_id|offer_form_id) (\S+)", text))
        assert set(ids) == {"offer_process_id", "offer_form_id"}
        offer = desk.results("ashby_create_offer", **ids, field_submissions=list(self.TERMS))
        assert "offerProcess.start" not in desk.endpoints()[2:]
        assert short(desk.sent()[-1][1]["offerFormId"]) == ids["offer_form_id"]
        assert len(desk.sandbox.records("offer")) == before + 1
        assert offer["applicationId"] == application_id

    def test_can_continue_with_only_the_process(self, desk: Desk, application_id: str) -> None:
        text = desk.error("ashby_create_offer", application_id=application_id, field_submissions=[])
        process = re.findall(r"offer_process_id (\S+)", text)[0]
        desk.results("ashby_create_offer", offer_process_id=process, field_submissions=list(self.TERMS))

    def test_names_the_ids_when_ashby_refuses_the_last_call(self, desk: Desk, application_id: str) -> None:
        opening = {"path": "openingId", "value": NOBODY}
        text = desk.error("ashby_create_offer", application_id=application_id, field_submissions=[*self.TERMS, opening])
        assert desk.endpoints() == ["offerProcess.start", "offer.start", "offer.create"]
        assert "call again with offer_process_id" in text

    def test_names_the_ids_when_the_connection_breaks(self, desk: Desk, application_id: str) -> None:
        desk.sandbox.fault("offer.create", drop="before")
        with pytest.raises(
            errors.UnreachableError, match=r"call again with offer_process_id .* and offer_form_id"
        ) as lost:
            desk.call("ashby_create_offer", application_id=application_id, field_submissions=list(self.TERMS))
        assert lost.value.outcome_unknown

    def test_of_an_unknown_application_goes_no_further(self, desk: Desk) -> None:
        text = desk.error("ashby_create_offer", application_id=NOBODY, field_submissions=list(self.TERMS))
        assert "offer_process_id" not in text
        assert [endpoint for endpoint in desk.endpoints() if not endpoint.endswith(".info")] == ["offerProcess.start"]


class TestOfferThatIsThere:
    @pytest.fixture
    def offer(self, desk: Desk) -> Any:
        candidate = desk.find("candidate", name="Kwame Mensah")
        application = desk.find("application", candidateId=candidate["id"])["id"]
        return desk.results("ashby_create_offer", application_id=application, field_submissions=list(TestOffer.TERMS))

    def test_gets_new_terms_by_the_form_that_it_has(self, desk: Desk, offer: Any) -> None:
        terms = [{"path": "base salary", "value": {"value": 1, "currency_code": "eur"}}, *TestOffer.TERMS[1:]]
        changed = desk.results("ashby_update_offer", offer_id=offer["id"], field_submissions=terms)
        assert desk.endpoints()[-2:] == ["offer.info", "offer.update"]
        assert changed["latestVersion"]["id"] != offer["latestVersion"]["id"]
        assert desk.find("offer", id=offer["id"])["versions"][-1]["salary"] == {"value": 1, "currencyCode": "EUR"}

    def test_keeps_its_terms_if_a_field_is_missing(self, desk: Desk, offer: Any) -> None:
        text = desk.error("ashby_update_offer", offer_id=offer["id"], field_submissions=[TestOffer.TERMS[0]])
        assert "Start date: is required" in text and desk.endpoints()[-1] == "offer.info"
        assert len(desk.find("offer", id=offer["id"])["versions"]) == 1

    def test_goes_to_the_approvers_with_its_latest_version(self, desk: Desk, offer: Any) -> None:
        desk.results("ashby_update_offer", offer_id=offer["id"], field_submissions=list(TestOffer.TERMS))
        latest = desk.find("offer", id=offer["id"])["versions"][-1]["id"]
        desk.results("ashby_start_offer_approval", offer_id=offer["id"], note="Soon, please.")
        assert desk.sent()[-1] == ("offer.startApprovalProcess", {"offerVersionId": latest, "note": "Soon, please."})

    def test_is_not_sent_anywhere_if_its_latest_version_is_not_known(self, desk: Desk, offer: Any) -> None:
        desk.sandbox.fault("offer.info", body='{"success": true, "results": {"id": "x"}}', times=5)
        with pytest.raises(errors.UnreadableReplyError, match="which version is the latest"):
            desk.call("ashby_start_offer_approval", offer_id=offer["id"])
        assert "offer.startApprovalProcess" not in desk.endpoints()

    def test_is_not_sent_anywhere_if_its_latest_version_has_no_proper_id(self, desk: Desk, offer: Any) -> None:
        desk.sandbox.fault("offer.info", body='{"success": true, "results": {"latestVersion": {"id": true}}}', times=5)
        with pytest.raises(errors.UnreadableReplyError, match="the next request was not sent"):
            desk.call("ashby_start_offer_approval", offer_id=offer["id"])
        assert "offer.startApprovalProcess" not in desk.endpoints()


class TestFeedback:
    @pytest.fixture
    def to(self, desk: Desk) -> dict[str, str]:
        return {
            "application_id": desk.find("application", status="Active")["id"],
            "feedback_form_definition_id": desk.find("feedbackFormDefinition", title="Interview Scorecard")["id"],
        }

    def test_takes_titles_and_labels(self, desk: Desk, to: dict[str, str]) -> None:
        receipt = desk.results(
            "ashby_submit_application_feedback",
            **to,
            field_submissions=[
                {"path": "Overall recommendation", "value": "strong yes"},
                {"path": "What did you see?", "value": "Clear thinking."},
                {"path": "technical_depth", "value": {"score": 4, "comments": "Deep."}},
                {"path": "Communication", "value": 3},
                {"path": "Areas covered", "value": ["Coding", "lead"]},
                {"path": "work_with", "value": True},
            ],
        )
        assert desk.endpoints() == [
            "feedbackFormDefinition.info",
            "applicationFeedback.submit",
            "applicationFeedback.list",  # has this user submitted one before?
        ]
        assert receipt["submittedFormInstance"]["submittedValues"] == {
            "overall_recommendation": "4",
            "feedback": "Clear thinking.",
            "technical_depth": {"score": 4, "comments": "Deep."},
            "communication": {"score": 3},
            "areas": ["coding", "lead"],
            "work_with": True,
        }

    def test_takes_a_field_of_every_type(self, desk: Desk, to: dict[str, str]) -> None:
        form = desk.find("feedbackFormDefinition", title="Recruiter Screen")
        pay = {"min_value": 90000, "max_value": 110000, "currency_code": "EUR", "interval": "1 YEAR"}
        values = {
            "Move forward?": "Yes",
            "Summary of the call": "Good.",
            "In one line": "Yes.",
            "Why Tidewright?": "The work.",
            "Notice period in weeks": 4,
            "Earliest start": "2027-01-01",
            "Expected pay": pay,
            "Current pay": {"value": 80000, "currency_code": "EUR"},
            "Team sizes led": {"min_value": 2, "max_value": 9},
            "Reference: e-mail": "grace@example.com",
            "Reference: phone": "+47 555 01 00",
            "Reference: link": "https://example.com/grace",
            "Id of the referring colleague": NOBODY,
        }
        titles = [
            entry["field"]["title"] for section in form["formDefinition"]["sections"] for entry in section["fields"]
        ]
        assert set(values) == set(titles)
        submissions = [{"path": title, "value": value} for title, value in values.items()]
        to = to | {"feedback_form_definition_id": form["id"]}
        desk.results("ashby_submit_application_feedback", **to, field_submissions=submissions)

    def test_that_does_not_fit_is_not_submitted(self, desk: Desk, to: dict[str, str]) -> None:
        text = desk.error(
            "ashby_submit_application_feedback",
            **to,
            field_submissions=[{"path": "technical_depth", "value": 5}, {"path": "work_with", "value": "maybe"}],
        )
        assert desk.endpoints() == ["feedbackFormDefinition.info"]
        assert "technical_depth: takes a score from 1 to 4" in text
        assert "work_with: takes true or false" in text
        assert "Overall recommendation: is required" in text
        assert "options: Strong No, No, Yes, Strong Yes" in text

    def test_needs_a_form_that_exists(self, desk: Desk, to: dict[str, str]) -> None:
        desk.error(
            "ashby_submit_application_feedback",
            **(to | {"feedback_form_definition_id": NOBODY}),
            field_submissions=[],
        )
        assert desk.endpoints() == ["feedbackFormDefinition.info"]


CUSTOM_VALUES: dict[str, tuple[Any, Any, Any]] = {
    "Boolean": (True, True, "yes"),
    "CompensationRange": (
        {"min_value": 1, "max_value": 2, "currency_code": "eur", "interval": "1 YEAR"},
        {"type": "compensation-range", "minValue": 1, "maxValue": 2, "currencyCode": "EUR", "interval": "1 YEAR"},
        {"min_value": 1, "max_value": 2},
    ),
    "Currency": ({"value": 1.5, "currency_code": "EUR"}, {"value": 1.5, "currencyCode": "EUR"}, 5),
    "Date": ("2027-01-01", "2027-01-01", "soon"),
    "LongText": ("Two\nlines", "Two\nlines", 5),
    "MultiValueSelect": (["english", "no"], ["en", "no"], "English"),
    "Number": (2.5, 2.5, "2.5"),
    "NumberRange": ({"min_value": 1, "max_value": 2}, {"type": "number-range", "minValue": 1, "maxValue": 2}, "1 to 2"),
    "String": ("Countess", "Countess", True),
    "UUID": (NOBODY, NOBODY, "abc"),
    "Url": ("https://example.com", "https://example.com", "example.com"),
    "ValueSelect": ("has a permit", "permit", "has none"),
}
"""For each type: the model's value, Ashby's value, and an invalid one."""
OBJECTS = {"Candidate": "candidate", "Application": "application", "Job": "job", "Opening": "opening"}


class TestCustomField:
    def of_type(self, desk: Desk, type_: str) -> dict[str, Any]:
        fields = [field for field in desk.sandbox.records("customField") if field["objectType"] in OBJECTS]
        field = next(field for field in fields if field["fieldType"] == type_ and not field["isArchived"])
        return {
            "object_type": field["objectType"],
            "object_id": desk.sandbox.records(OBJECTS[field["objectType"]])[0]["id"],
            "custom_field_id": field["id"],
        }

    def test_of_every_type_is_tried(self, desk: Desk) -> None:
        there = {f["fieldType"] for f in desk.sandbox.records("customField") if f["objectType"] in OBJECTS}
        assert there == set(CUSTOM_VALUES)

    @pytest.mark.parametrize("type_", CUSTOM_VALUES)
    def test_is_set_and_cleared(self, desk: Desk, type_: str) -> None:
        said, stored, _ = CUSTOM_VALUES[type_]
        to = self.of_type(desk, type_)
        desk.results("ashby_set_custom_field_value", **to, field_value=said)
        assert desk.endpoints()[-1] == "customField.setValue"
        assert desk.sent()[-1][1]["fieldValue"] == stored
        desk.results("ashby_set_custom_field_value", **to, field_value=None)
        assert desk.sent()[-1][1]["fieldValue"] is None

    @pytest.mark.parametrize("type_", CUSTOM_VALUES)
    def test_refuses_invalid_values_before_they_are_sent(self, desk: Desk, type_: str) -> None:
        text = desk.error(
            "ashby_set_custom_field_value", **self.of_type(desk, type_), field_value=CUSTOM_VALUES[type_][2]
        )
        assert text.startswith("invalid_argument: field_value: takes ")
        assert f": {type_}" in text
        assert set(desk.endpoints()) == {"customField.list"}

    def test_has_to_belong_to_the_record(self, desk: Desk) -> None:
        to = self.of_type(desk, "String") | {"object_type": "Opening"}
        assert "belongs to Candidate, not Opening" in desk.error("ashby_set_custom_field_value", **to, field_value="x")
        assert set(desk.endpoints()) == {"customField.list"}

    def test_that_is_archived_is_not_there(self, desk: Desk) -> None:
        to = self.of_type(desk, "String")
        archived = desk.find("customField", isArchived=True, objectType="Candidate")
        text = desk.error(
            "ashby_set_custom_field_value", **(to | {"custom_field_id": archived["id"]}), field_value=None
        )
        assert text.startswith("custom_field_not_found: ")


class TestUpload:
    CONTENT = bytes(range(256)) * 50

    @pytest.fixture
    def candidate_id(self, desk: Desk) -> str:
        return str(desk.find("candidate", name="Ada Lovelace")["id"])

    def content_of(self, desk: Desk, handle: str) -> bytes:
        auth = (desk.sandbox.api_key, "")
        reply = requests.post(
            f"{desk.sandbox.url}/file.info", json={"fileHandle": handle}, auth=auth, timeout=10
        ).json()
        return requests.get(reply["results"]["url"], timeout=10).content

    @pytest.mark.parametrize("name", ["cv.pdf", "Zoë Ł.pdf", 'quo"te.pdf', "cv"])
    def test_of_a_resume_brings_its_bytes(self, desk: Desk, tmp_path: Path, candidate_id: str, name: str) -> None:
        (tmp_path / name).write_bytes(self.CONTENT)
        candidate = desk.results("ashby_upload_candidate_resume", candidate_id=candidate_id, file_path=name)
        assert candidate["resumeFileHandle"]["name"] == name
        assert self.content_of(desk, candidate["resumeFileHandle"]["handle"]) == self.CONTENT

    def test_of_a_file_adds_it_to_the_others(self, desk: Desk, tmp_path: Path, candidate_id: str) -> None:
        for name in ("one.txt", "two.txt"):
            (tmp_path / name).write_text(name)
            candidate = desk.results("ashby_upload_candidate_file", candidate_id=candidate_id, file_path=name)
        assert [file["name"] for file in candidate["fileHandles"]][-2:] == ["one.txt", "two.txt"]
        assert self.content_of(desk, candidate["fileHandles"][-1]["handle"]) == b"two.txt"

    def test_may_be_made_before(self, desk: Desk, tmp_path: Path, candidate_id: str) -> None:
        (tmp_path / "cv.pdf").write_bytes(self.CONTENT)
        handle = desk.client.upload("cv.pdf", "CandidateFiles")
        desk.results("ashby_upload_candidate_file", candidate_id=candidate_id, file_handle=handle)

    def test_of_a_handle_that_is_too_old_is_refused(self, desk: Desk, tmp_path: Path, candidate_id: str) -> None:
        (tmp_path / "cv.pdf").write_bytes(self.CONTENT)
        handle = desk.client.upload("cv.pdf", "CandidateFiles")
        desk.sandbox.advance_clock(11 * 60)
        desk.error("ashby_upload_candidate_file", candidate_id=candidate_id, file_handle=handle)

    @pytest.mark.parametrize("fault", [{"status": 403}, {"drop": "before"}])
    def test_that_is_not_stored_leaves_the_candidate_alone(
        self, desk: Desk, tmp_path: Path, candidate_id: str, fault: dict[str, Any]
    ) -> None:
        (tmp_path / "cv.pdf").write_bytes(self.CONTENT)
        desk.sandbox.fault("_storage", **fault)
        with pytest.raises(errors.AshbyError) as failed:
            desk.call("ashby_upload_candidate_resume", candidate_id=candidate_id, file_path="cv.pdf")
        assert not failed.value.outcome_unknown
        assert "candidate.uploadResume" not in desk.endpoints()


class TestUser:
    def test_is_found_by_id_and_by_address(self, desk: Desk) -> None:
        somebody = desk.find("user", isEnabled=True)
        by_id = desk.results("ashby_get_user", user_id=somebody["id"])
        by_email = desk.results("ashby_get_user", email=somebody["email"])
        assert by_id["id"] == by_email["id"] == somebody["id"]
        assert desk.endpoints() == ["user.info", "user.search"]

    def test_that_is_not_there_is_said_to_be_so(self, desk: Desk) -> None:
        assert "user_not_found" in desk.error("ashby_get_user", email="nobody@example.com")
        desk.error("ashby_get_user", user_id=NOBODY)
