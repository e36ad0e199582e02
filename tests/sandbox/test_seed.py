"""The company of a fresh sandbox: always the same, consistent, and varied enough to try everything."""

import itertools
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from langchain_ashby.sandbox.company import company
from langchain_ashby.sandbox.records import API_USER_ID, KINDS, completed

pytestmark = pytest.mark.slow

Company = dict[str, dict[str, Any]]

# The kind of record that a key points to, if its name does not tell.
POINTERS = {
    "managerId": "user",
    "userId": "user",
    "authorId": "user",
    "actorId": "user",
    "creditedToUserId": "user",
    "scheduledById": "user",
    "submittedByUserId": "user",
    "interviewerUserId": "user",
    "parentId": "department",
    "teamId": "department",
    "parentLocationId": "location",
    "primaryLocationId": "location",
    "secondaryLocationIds": "location",
    "tagIds": "candidateTag",
    "resumeFileId": "file",
    "defaultInterviewPlanId": "interviewPlan",
    "currentInterviewStageId": "interviewStage",
    "stageId": "interviewStage",
    "appliedViaJobPostingId": "jobPosting",
}
# Ids without a record, and names that only look like ids.
NOT_RECORDS = {"organizationId", "interviewStageGroupId", "applicationHistoryId", "interviewEventId"} | {
    "approvalDefinitionId",
    "entityId",
    "externalMappingIds",
    "customRequisitionId",
}


@pytest.fixture(scope="module", params=[60, 600])
def records(request: pytest.FixtureRequest) -> Company:
    found: Company = defaultdict(dict)
    for kind, record in company(request.param):
        assert record["id"] not in found[kind], f"two {kind} records with one id"
        found[kind][record["id"]] = completed(KINDS[kind], record)
    return found


def walk(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every (key, scalar) of a record; the items of a list have the list's key."""
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from walk(each, inner)
    elif isinstance(value, list):
        for each in value:
            yield from walk(each, key)
    else:
        yield key, value


def misfits(value: Any, declared: Any, path: str) -> Iterator[str]:
    """The paths of values that do not match their declared type."""
    origin, arguments = get_origin(declared), get_args(declared)
    if declared is Any:
        return
    if is_typeddict(declared):
        hints = get_type_hints(declared)
        yield from (f"{path}.{key}: unknown" for key in value.keys() - hints.keys())
        yield from (f"{path}.{key}: missing" for key in declared.__required_keys__ - value.keys())
        for key in value.keys() & hints.keys():
            yield from misfits(value[key], hints[key], f"{path}.{key}")
    elif origin is list:
        for each in value:
            yield from misfits(each, arguments[0], f"{path}[]")
    elif origin is dict:
        for each in value.values():
            yield from misfits(each, arguments[1], f"{path}{{}}")
    elif origin is Literal:
        if value not in arguments:
            yield f"{path}: {value!r} is none of {arguments}"
    elif not isinstance(value, (int, float) if declared is float else declared) or isinstance(value, NoneType):
        yield f"{path}: {value!r} is no {declared}"


def values(records: Company, kind: str, key: str) -> set[Any]:
    return {record[key] for record in records[kind].values() if key in record}


def applications_at(records: Company, job_title: str, stage_title: str) -> list[dict[str, Any]]:
    return [
        application
        for application in records["application"].values()
        if records["job"][application["jobId"]]["title"] == job_title
        and records["interviewStage"][application["currentInterviewStageId"]]["title"] == stage_title
    ]


def test_the_same_count_always_gives_the_same_company() -> None:
    assert list(company(150)) == list(company(150))


def test_more_candidates_leave_the_first_ones_as_they_were() -> None:
    few, many = list(company(70)), company(90)
    assert list(itertools.islice(many, len(few))) == few


def test_fewer_candidates_are_possible() -> None:
    assert [record["name"] for kind, record in company(1) if kind == "candidate"] == ["Ada Lovelace"]
    assert not [kind for kind, _ in company(0) if kind == "candidate"]


def test_thousands_of_candidates_are_made_one_at_a_time() -> None:
    stream = company(10**9)
    candidates = (record for kind, record in stream if kind == "candidate")
    ids = {record["id"] for record in itertools.islice(candidates, 5000)}
    assert len(ids) == 5000


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_record_has_the_keys_and_types_that_its_kind_declares(kind: str) -> None:
    for found, record in company(200):
        if found == kind:
            assert not list(misfits(record, KINDS[kind], kind))


def test_every_kind_of_record_is_in_the_company(records: Company) -> None:
    assert set(records) == set(KINDS)


def test_no_key_is_stored_without_a_value(records: Company) -> None:
    for kind, found in records.items():
        for record in found.values():
            assert None not in [value for _, value in walk(record)], (kind, record)


def test_every_id_points_to_a_record(records: Company) -> None:
    for kind, found in records.items():
        for record in found.values():
            for key, value in walk(record):
                if not re.search(r"[a-z]Ids?$", key) or key in NOT_RECORDS:
                    continue
                pointed = POINTERS.get(key) or re.sub(r"Ids?$", "", key)
                assert value in records[pointed], (kind, key, value)


def test_references_to_nested_records_resolve(records: Company) -> None:
    schedules = records["interviewSchedule"].values()
    events = {event["id"]: (event, schedule) for schedule in schedules for event in schedule["interviewEvents"]}
    for feedback in records["feedback"].values():
        application = records["application"][feedback["applicationId"]]
        assert feedback["applicationHistoryId"] in [entry["id"] for entry in application["applicationHistory"]]
        event, schedule = events[feedback["interviewEventId"]]
        assert schedule["applicationId"] == application["id"]
        assert event["hasSubmittedFeedback"]
        assert feedback["submittedByUserId"] in [each["userId"] for each in event["interviewers"]]
    for owner, found in records.items():
        for record in found.values():
            versions = [record, record.get("latestVersion", {}), *record.get("versions", [])]
            for field, _ in itertools.chain(*[version.get("customFieldValues", {}).items() for version in versions]):
                kind = records["customField"][field]["objectType"].lower()
                assert kind in (owner.lower(), f"talent_{owner.lower()}", "employee")


def test_ids_are_uuids_and_the_api_user_is_left_to_the_sandbox(records: Company) -> None:
    for found in records.values():
        for record_id in found:
            assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", record_id)
    assert API_USER_ID not in records["user"]


def test_times_are_written_as_ashby_writes_them_and_lie_in_order(records: Company) -> None:
    for found in records.values():
        for record in found.values():
            for key, value in walk(record):
                if key.endswith(("At", "Time")):
                    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value), (key, value)
            assert record.get("createdAt", "") <= record.get("updatedAt", "9")
    for application in records["application"].values():
        candidate, job = records["candidate"][application["candidateId"]], records["job"][application["jobId"]]
        entered = [entry["enteredStageAt"] for entry in application["applicationHistory"]]
        assert job["createdAt"] <= application["createdAt"] and candidate["createdAt"] <= application["createdAt"]
        assert entered == sorted(entered) and entered[0] >= application["createdAt"]
        assert entered[-1] < "2026-11-02"
    for feedback in records["feedback"].values():
        assert feedback["submittedAt"] < "2026-11-02T09"
    for note in records["note"].values():
        assert note["createdAt"] >= records["candidate"][note["candidateId"]]["createdAt"]


def test_an_application_is_where_its_history_ends_and_has_the_status_of_that_stage(records: Company) -> None:
    status = {"Lead": "Lead", "Hired": "Hired", "Archived": "Archived"}
    for application in records["application"].values():
        last = application["applicationHistory"][-1]
        stage = records["interviewStage"][application["currentInterviewStageId"]]
        assert last["stageId"] == stage["id"] and "leftStageAt" not in last
        assert all("leftStageAt" in entry for entry in application["applicationHistory"][:-1])
        assert stage["interviewPlanId"] == application["interviewPlanId"]
        assert application["status"] == status.get(stage["type"], "Active")
        assert ("archiveReasonId" in application) == (stage["type"] == "Archived")


def test_an_opening_is_used_by_one_application_at_most(records: Company) -> None:
    used = [opening for application in records["application"].values() for opening in application["openingIds"]]
    filled = {key for key, each in records["opening"].items() if each["openingState"] == "Filled"}
    assert sorted(used) == sorted(filled)


def test_everything_that_ashby_distinguishes_occurs(records: Company) -> None:
    stages = records["interviewStage"]
    held = [stages[each["currentInterviewStageId"]]["type"] for each in records["application"].values()]
    every_type = {"Lead", "PreInterviewScreen", "Active", "Offer", "Hired", "Archived"}
    for plan in records["interviewPlan"]:
        assert every_type >= {each["type"] for each in stages.values() if each["interviewPlanId"] == plan}
    assert set(held) == values(records, "interviewStage", "type") == every_type
    assert values(records, "job", "status") == {"Draft", "Open", "Closed", "Archived"}
    assert [each["status"] for each in records["job"].values()].count("Open") >= 4
    assert values(records, "opening", "openingState") == {"Draft", "Approved", "Open", "Closed", "Filled"}
    assert values(records, "archiveReason", "reasonType") == {"RejectedByCandidate", "RejectedByOrg", "Other"}
    roles = {"Organization Admin", "Elevated Access", "Limited Access", "External Recruiter"}
    assert values(records, "user", "globalRole") == roles
    assert len(values(records, "interviewSchedule", "status")) == 9
    assert values(records, "location", "type") == {"Location", "LocationHierarchy"}
    assert values(records, "location", "workplaceType") == {"OnSite", "Hybrid", "Remote"}
    assert len(values(records, "offer", "offerStatus")) >= 5
    assert values(records, "application", "status") == {"Lead", "Active", "Hired", "Archived"}


def test_something_of_every_kind_that_can_be_archived_is_archived(records: Company) -> None:
    kinds = ["archiveReason", "candidateTag", "closeReason", "customField", "department", "feedbackFormDefinition"]
    for kind in [*kinds, "interview", "interviewPlan", "location", "opening", "source"]:
        assert values(records, kind, "isArchived") == {True, False}, kind
    assert values(records, "user", "isEnabled") == {True, False}
    assert values(records, "job", "confidential") == {True, False}
    assert values(records, "jobPosting", "isListed") == values(records, "jobPosting", "isPublished") == {True, False}
    assert values(records, "note", "isPrivate") == values(records, "customField", "isPrivate") == {True, False}


def test_forms_and_custom_fields_have_every_type_of_field(records: Company) -> None:
    forms = [each["formDefinition"] for each in records["feedbackFormDefinition"].values()]
    fields = [field["field"] for form in forms for section in form["sections"] for field in section["fields"]]
    in_both = {"Boolean", "CompensationRange", "Currency", "Date", "LongText", "MultiValueSelect", "Number"}
    in_both |= {"NumberRange", "String", "Url", "UUID", "ValueSelect"}
    assert {field["type"] for field in fields} == in_both | {"Score", "RichText", "Email", "Phone"}
    assert values(records, "customField", "fieldType") == in_both
    assert values(records, "customField", "objectType") >= {"Candidate", "Application", "Job", "Opening", "Offer"}
    choices = [choice for field in fields for choice in field.get("selectableValues", [])]
    assert any(choice["label"] != choice["value"] for choice in choices)


def test_feedback_answers_the_form_that_it_names(records: Company) -> None:
    for feedback in records["feedback"].values():
        sections = records["feedbackFormDefinition"][feedback["feedbackFormDefinitionId"]]["formDefinition"]["sections"]
        fields = {field["field"]["path"]: field for section in sections for field in section["fields"]}
        assert set(feedback["submittedValues"]) <= set(fields)
        assert {path for path, field in fields.items() if field["isRequired"]} <= set(feedback["submittedValues"])
        for path, value in feedback["submittedValues"].items():
            if choices := fields[path]["field"].get("selectableValues"):
                assert set(value if isinstance(value, list) else [value]) <= {choice["value"] for choice in choices}


def test_the_staff_engineer_has_a_decision_to_make_at_the_onsite(records: Company) -> None:
    onsite = applications_at(records, "Staff Engineer", "Onsite")
    assert len(onsite) >= 3 and {each["status"] for each in onsite} == {"Active"}
    verdicts = {}
    for application in onsite:
        stay = application["applicationHistory"][-1]["id"]
        given = [each for each in records["feedback"].values() if each["applicationHistoryId"] == stay]
        name = records["candidate"][application["candidateId"]]["name"]
        verdicts[name] = [each["submittedValues"]["overall_recommendation"] for each in given]
        assert len({each["submittedByUserId"] for each in given}) == len(given)
    assert verdicts["Ada Lovelace"] == ["4", "4"]
    assert verdicts["Kwame Mensah"] == ["4", "2"]
    (job,) = [each for each in records["job"].values() if each["title"] == "Staff Engineer"]
    stages = [e for e in records["interviewStage"].values() if e["interviewPlanId"] == job["defaultInterviewPlanId"]]
    order = {each["title"]: each["orderInInterviewPlan"] for each in stages}
    assert job["status"] == "Open" and order["Offer"] == order["Onsite"] + 1
    assert "Final Interview" in values(records, "interview", "title")


def test_awkward_candidates_are_there(records: Company) -> None:
    candidates = records["candidate"].values()
    mails = [contact["value"] for candidate in candidates for contact in candidate["emailAddresses"]]
    assert len(mails) - len(set(mails)) == 1
    jobs = defaultdict(list)
    for application in records["application"].values():
        jobs[application["candidateId"]].append(records["job"][application["jobId"]])
    assert any(all(job["confidential"] for job in mine) for mine in jobs.values())
    assert sum(len(mine) == 2 for mine in jobs.values()) >= 3
    assert len(candidates) > len(jobs)
    assert any("externalMappingIds" in candidate for candidate in candidates)
    lengths = [len(candidate["name"]) for candidate in candidates]
    assert min(lengths) < 4 and max(lengths) > 60
    for script in ("CJK", "ARABIC", "CYRILLIC", "DEVANAGARI", "GREEK", "HANGUL", "HEBREW", "HIRAGANA", "GEORGIAN"):
        assert any(unicodedata.name(each["name"][-1]).startswith(script) for each in candidates), script


def test_hostile_text_is_there_as_data(records: Company) -> None:
    assert any("ignore your previous instructions" in note["content"] for note in records["note"].values())
    answers = json.dumps([each["applicationFormSubmissions"] for each in records["application"].values()])
    assert "</untrusted>" in answers


def test_addresses_and_numbers_are_fictional() -> None:
    fictional = r"\+1 \d{3} 555 01\d\d|\+44 7700 900\d{3}|\+49 30 23125\d{3}|\+33 1 99 00 \d\d \d\d|\+46 8 465 004 \d\d"
    mail = re.compile(r"[^\s\"@]+@([\w.-]+)")
    for _, record in company(500):
        for host in mail.findall(json.dumps(record)):
            assert re.fullmatch(r"(?:[\w-]+\.)*example\.(com|org|net)", host.rstrip(".")), host
        for contact in record.get("phoneNumbers", []):
            assert re.fullmatch(fictional, contact["value"]), contact
