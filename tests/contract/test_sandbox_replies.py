"""The sandbox's replies match Ashby's own schemas, for its whole company and every method."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from ashby import ContractViolation, full_schemas, load_contract
from checked_caller import Caller
from slice import FILE, read, slice_of
from wire_examples import CASES, EXAMPLES

from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.company import company

CONTRACT = load_contract()

# Lists, with the arguments that make them complete.
LISTS: dict[str, dict[str, Any]] = {
    "application.list": {"expand": ["openings"]},
    "applicationFeedback.list": {},
    "approval.list": {},
    "candidate.list": {},
    "candidateTag.list": {"includeArchived": True},
    "closeReason.list": {"includeArchived": True},
    "customField.list": {"includeArchived": True},
    "department.list": {"includeArchived": True},
    "feedbackFormDefinition.list": {"includeArchived": True},
    "interview.list": {"includeArchived": True, "includeNonSharedInterviews": True},
    "interviewPlan.list": {"includeArchived": True},
    "interviewSchedule.list": {},
    "job.list": {"status": ["Draft", "Open", "Closed", "Archived"], "expand": ["location", "openings"]},
    "location.list": {"includeArchived": True, "includeLocationHierarchy": True},
    "offer.list": {},
    "opening.list": {},
    "user.list": {"includeDeactivated": True},
}

# Reads of one record: the method, the name of its id, and the kind of record.
INFOS = [
    ("candidate.info", "id", "candidate"),
    ("candidate.listNotes", "candidateId", "candidate"),
    ("application.info", "applicationId", "application"),
    ("application.listHistory", "applicationId", "application"),
    ("application.listCriteriaEvaluations", "applicationId", "application"),
    ("job.info", "id", "job"),
    ("jobPosting.info", "jobPostingId", "jobPosting"),
    ("offer.info", "offerId", "offer"),
    ("opening.info", "openingId", "opening"),
    ("interview.info", "id", "interview"),
    ("interviewEvent.list", "interviewScheduleId", "interviewSchedule"),
    ("notetakerTranscript.info", "notetakerTranscriptId", "notetakerTranscript"),
    ("interviewStage.info", "interviewStageId", "interviewStage"),
    ("interviewStage.list", "interviewPlanId", "interviewPlan"),
    ("feedbackFormDefinition.info", "feedbackFormDefinitionId", "feedbackFormDefinition"),
    ("department.info", "departmentId", "department"),
    ("customField.info", "customFieldId", "customField"),
    ("user.info", "userId", "user"),
]
MORE: dict[str, dict[str, Any]] = {
    "application.info": {"expand": ["openings", "applicationFormSubmissions", "referrals"]},
    "job.info": {"expand": ["location", "openings"], "includeUnpublishedJobPostingsIds": True},
    "jobPosting.info": {"expand": ["job"], "includeUnpublishedJobPostings": True},
    "interviewEvent.list": {"expand": ["interview"]},
}


def named_keys(schema: Any) -> Iterator[str]:
    """The keys of objects that a schema describes."""
    for value in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from named_keys(value)
    if isinstance(schema, dict) and isinstance(named := schema.get("properties"), dict):
        yield from named


@pytest.fixture(scope="module")
def ashby() -> Iterator[Caller]:
    """A caller of a sandbox that is only read."""
    with AshbySandbox() as sandbox:
        yield Caller(sandbox, CONTRACT)


@pytest.fixture
def fresh(writable: Caller) -> Caller:
    """A caller of a freshly reset sandbox."""
    writable.sandbox.reset()
    return writable


@pytest.fixture(scope="module")
def writable() -> Iterator[Caller]:
    made_once = list(company())  # these tests reset it very often
    with AshbySandbox(company=lambda: made_once) as sandbox:
        yield Caller(sandbox, CONTRACT)


# The contract itself


def test_the_contract_has_the_schemas_of_every_method_that_a_tool_calls() -> None:
    called = {step.path for operation in OPERATIONS.values() for step in (operation, *operation.steps)}
    missing = called - set(CONTRACT.endpoints) | {it.path for it in OPERATIONS.values()} - set(CONTRACT.methods)
    how = "python -m tests.contract.slice adds them from Ashby's OpenAPI file"
    assert not missing, f"tests/contract/ashby.json lacks {', '.join(sorted(missing))}: {how}"
    assert set(CONTRACT.methods) <= set(CONTRACT.endpoints)


def test_the_slice_that_is_checked_in_has_facts_and_no_prose() -> None:
    words = set(re.findall(r'"([^"]*)"', FILE.read_text("utf-8")))
    assert max(len(word.split(" ")) for word in words if "|" not in word) <= 2
    assert not words & {"description", "example", "examples", "summary"} - set(named_keys(read()["schemas"]))


@pytest.mark.skipif(full_schemas() is None, reason="ASHBY_CONTRACT_DIR names no folder with Ashby's full schemas")
def test_the_checked_in_slice_matches_the_full_schemas() -> None:
    folder = full_schemas()
    assert folder is not None
    assert read() == slice_of(folder), "run python -m tests.contract.slice"


def test_schemas_and_list_of_methods_name_the_same_parameters() -> None:
    for endpoint, method in CONTRACT.methods.items():
        for path in method.parameters:
            body: Any = 0
            for part in reversed(path.split(".")):
                body = {part.removesuffix("[]"): [body] if part.endswith("[]") else body}
            assert not CONTRACT.unknown_request_keys(endpoint, body), (endpoint, path)


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("candidate.info", {"candidateId": "e9ed20fd-d45f-4aad-8a00-a19bfba0083e"}),
        ("candidate.info", {"id": "not a uuid"}),
        ("candidate.create", {"name": "Ada", "customFields": []}),
        ("candidate.create", {"name": "Ada", "location": {"planet": "Earth"}}),
        ("candidate.list", {"limit": "many"}),
        ("job.setStatus", {"jobId": "e9ed20fd-d45f-4aad-8a00-a19bfba0083e", "status": "Ajar"}),
        ("opening.update", {"identifier": "no opening is named"}),
        ("department.info", []),
    ],
)
def test_the_contract_refuses_what_ashby_would(endpoint: str, body: Any) -> None:
    with pytest.raises(ContractViolation):
        CONTRACT.check_request(endpoint, body)


def test_the_contract_refuses_a_reply_without_results_or_with_a_wrong_one() -> None:
    for reply in (
        {"success": True},
        {"success": True, "results": {"id": 1}},
        {"success": False, "errors": []},
        {"success": True, "errors": ["x"], "errorInfo": {"code": "x"}},
    ):
        with pytest.raises(ContractViolation):
            CONTRACT.check_response("candidate.createNote", reply)


# The whole company


def test_there_is_an_example_for_every_method_and_helper() -> None:
    missing = set(CONTRACT.endpoints) - set(EXAMPLES)
    assert not missing, f"add an example to tests/examples.py for the tools that call {', '.join(sorted(missing))}"
    assert set(EXAMPLES) <= set(CONTRACT.endpoints)


@pytest.mark.parametrize("endpoint", sorted(LISTS))
def test_every_page_of_every_list_keeps_the_contract(ashby: Caller, endpoint: str) -> None:
    pages = list(ashby.pages(endpoint, **LISTS[endpoint]))
    ids = [item["id"] for page in pages for item in page["results"]]
    assert ids and len(set(ids)) == len(ids)
    assert not {key for page in pages for key in CONTRACT.unknown_response_keys(endpoint, page)}
    if "limit" not in _keys(endpoint):
        return
    small = list(ashby.pages(endpoint, **LISTS[endpoint], limit=3))
    assert [item["id"] for page in small for item in page["results"]] == ids
    assert all(page["moreDataAvailable"] and "syncToken" not in page for page in small[:-1])
    assert not small[-1]["moreDataAvailable"] and "nextCursor" not in small[-1]
    assert ("syncToken" in small[-1]) == ("syncToken" in _keys(endpoint))


def _keys(endpoint: str) -> set[str]:
    documented = ("limit", "cursor", "syncToken")
    return {key for key in documented if not CONTRACT.unknown_request_keys(endpoint, {key: "x"})}


@pytest.mark.parametrize(("endpoint", "key", "kind"), INFOS, ids=[endpoint for endpoint, _, _ in INFOS])
def test_the_reply_about_every_single_record_keeps_the_contract(
    ashby: Caller, endpoint: str, key: str, kind: str
) -> None:
    records = ashby.seed[kind]
    assert records
    unknown = set()
    for record in records:
        reply = ashby.reply(endpoint, {key: record["id"], **MORE.get(endpoint, {})})
        unknown |= set(CONTRACT.unknown_response_keys(endpoint, reply))
    assert not unknown


def test_the_plan_of_every_job_that_has_one_keeps_the_contract(ashby: Caller) -> None:
    for job in ashby.sandbox.records("job"):
        if "defaultInterviewPlanId" in job:
            ashby.call("jobInterviewPlan.info", jobId=job["id"])


def test_searches_find_everyone_and_everything(ashby: Caller) -> None:
    state = ashby.sandbox.state()
    for candidate in state["candidate"]:
        for contact in candidate["emailAddresses"]:
            found = ashby.call("candidate.search", email=contact["value"].upper())
            assert candidate["id"] in [each["id"] for each in found]
        assert candidate["id"] in [each["id"] for each in ashby.call("candidate.search", name=candidate["name"])]
    for user in state["user"]:
        if user["isEnabled"]:
            assert [each["id"] for each in ashby.call("user.search", email=user["email"])] == [user["id"]]
    for job in state["job"]:
        assert job["id"] in [each["id"] for each in ashby.call("job.search", requisitionId=job["customRequisitionId"])]
    for opening in state["opening"]:
        found = ashby.call("opening.search", identifier=opening["latestVersion"]["identifier"])
        assert opening["id"] in [each["id"] for each in found]


def test_every_file_can_be_read(ashby: Caller) -> None:
    for file in ashby.sandbox.records("file"):
        url = ashby.call("file.info", fileHandle=file["handle"])["url"]
        content = requests.get(url, timeout=30).content
        assert len(content) == file["contentLength"]


def test_a_key_without_toggles_sees_no_confidential_or_private_data(ashby: Caller) -> None:
    state = ashby.sandbox.state()
    jobs = {job["id"] for job in state["job"] if job["confidential"]}
    hidden = {each["id"]: each for each in state["application"] if each["jobId"] in jobs}
    seen_otherwise = {each["candidateId"] for each in state["application"] if each["jobId"] not in jobs}
    secrets = {each["candidateId"] for each in hidden.values()} - seen_otherwise
    secrets |= jobs | set(hidden) | {note["id"] for note in state["note"] if note["isPrivate"]}
    for found in state.values():
        secrets |= {each["id"] for each in found if each.get("jobId") in jobs or each.get("applicationId") in hidden}
    # The toggle covers private fields other than those of offers.
    fields = [field for field in state["customField"] if field["isPrivate"] and field["objectType"] != "Offer"]
    secrets |= {field["id"] for field in fields}
    assert len(secrets) > 8
    modest = Caller(ashby.sandbox, CONTRACT, ashby.sandbox.add_key(confidential=False, private=False))
    replies = [page for endpoint, body in LISTS.items() for page in modest.pages(endpoint, **body)]
    for endpoint, key, kind in INFOS:
        for record in state[kind]:
            reply = modest.send(endpoint, {key: record["id"], **MORE.get(endpoint, {})})
            replies += [reply["results"]] if reply["success"] else []
    told = json.dumps(replies)
    assert not {secret for secret in secrets if secret in told}


def test_private_fields_of_offers_need_no_toggle(ashby: Caller) -> None:
    modest = Caller(ashby.sandbox, CONTRACT, ashby.sandbox.add_key(confidential=False, private=False))
    titles = {field["title"] for field in modest.items("customField.list") if field["isPrivate"]}
    assert titles == {"Sign-on bonus"}


@pytest.mark.parametrize("endpoint", [endpoint for endpoint, method in CONTRACT.methods.items() if method.incremental])
def test_a_sync_token_brings_what_has_changed_since(fresh: Caller, endpoint: str) -> None:
    body = EXAMPLES[endpoint][0](fresh)
    token = list(fresh.pages(endpoint, **body))[-1]["syncToken"]
    again = fresh.reply(endpoint, {**body, "syncToken": token})
    assert again["results"] == [] and not again["moreDataAvailable"] and again["syncToken"]


# Every method


@pytest.mark.parametrize(("endpoint", "number"), CASES, ids=[f"{endpoint}-{number}" for endpoint, number in CASES])
def test_every_example_is_answered_within_the_contract_and_only_writes_change_the_company(
    fresh: Caller, endpoint: str, number: int
) -> None:
    writes = CONTRACT.methods[endpoint].write if endpoint in CONTRACT.methods else endpoint in WRITING_HELPERS
    body = EXAMPLES[endpoint][number](fresh)
    before = fresh.company()
    reply = fresh.reply(endpoint, body)
    assert not CONTRACT.unknown_response_keys(endpoint, reply)
    assert (fresh.company() != before) == writes
    assert not fresh.stale()


WRITING_HELPERS = {
    "candidateTag.create",
    "customField.setValues",
    "file.createFileUploadHandle",
    "offer.start",
    "offerProcess.start",
}


@pytest.mark.parametrize("endpoint", [endpoint for endpoint in EXAMPLES if endpoint in CONTRACT.methods])
def test_a_method_asks_for_the_permission_that_ashby_names(fresh: Caller, endpoint: str) -> None:
    permission = CONTRACT.methods[endpoint].permission
    body = EXAMPLES[endpoint][0](fresh)
    others = [each.permission for each in CONTRACT.methods.values() if each.permission != permission]
    assert _status(fresh, endpoint, body, set(others)) == (403, "missing_endpoint_permission")
    status, code = _status(fresh, endpoint, body, {permission})
    assert status == 200 and code != "missing_endpoint_permission"


def _status(ashby: Caller, endpoint: str, body: Any, permissions: set[str]) -> tuple[int, str | None]:
    key = ashby.sandbox.add_key(permissions=permissions)
    response = ashby.session.post(f"{ashby.sandbox.url}/{endpoint}", json=body, auth=(key, ""), timeout=30)
    return response.status_code, (response.json().get("errorInfo") or {}).get("code")


@pytest.mark.parametrize(("endpoint", "number"), CASES, ids=[f"{endpoint}-{number}" for endpoint, number in CASES])
def test_an_unknown_id_is_refused_within_the_contract(fresh: Caller, endpoint: str, number: int) -> None:
    body = EXAMPLES[endpoint][number](fresh)
    before = fresh.company()
    for key, value in body.items():
        if re.fullmatch(r"id|\w+Id", key) and isinstance(value, str) and not key.casefold().endswith("requisitionid"):
            reply = fresh.send(endpoint, {**body, key: "00000000-0000-4000-8000-00000000dead"})
            if endpoint.endswith(".list"):  # a filter that matches nothing
                assert reply["success"] is False or reply["results"] == [], (endpoint, key)
            else:
                assert reply["success"] is False, (endpoint, key)
    assert fresh.company() == before


def test_a_refusal_keeps_the_contract(ashby: Caller) -> None:
    reply = ashby.send("candidate.create", {})
    assert reply["errorInfo"]["code"] == "invalid_input" and reply["errors"] == ["invalid_input"]
