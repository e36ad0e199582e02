"""The sandbox accepts the requests that Ashby's schemas allow, and refuses all others."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from ashby import Schema, flat, load_contract, properties
from checked_caller import Caller
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_examples import CASES, EXAMPLES

from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.company import company

CONTRACT = load_contract()
COMPANY = list(company())  # built once: these tests reset the sandbox very often
IDS = [f"{endpoint}-{number}" for endpoint, number in CASES]

Path = tuple[str | int, ...]


@pytest.fixture(scope="module")
def ashby() -> Iterator[Caller]:
    with AshbySandbox(company=lambda: COMPANY) as sandbox:
        yield Caller(sandbox, CONTRACT)


# Invalid requests


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every key in a body, at any depth."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        if isinstance(key, str):
            yield (*path, key)
        yield from paths(inner, (*path, key))


def changed(body: Any, path: Path, change: str) -> Any:
    """The body with the key at the path renamed, dropped, or with a value of the wrong type."""
    body = copy.deepcopy(body)
    parent = body
    for key in path[:-1]:
        parent = parent[key]
    key = path[-1]
    if change == "renamed":
        parent[f"{key}Renamed"] = parent.pop(key)
    elif change == "dropped":
        del parent[key]
    else:
        parent[key] = wrong(parent[key])
    return body


def wrong(value: Any) -> Any:
    """A value of another type, which no lenient parser accepts."""
    if isinstance(value, str):
        return "neither a word of a list nor an id" if re.fullmatch(r"[A-Z]\w+|[0-9a-f-]{36}", value) else {"x": 1}
    if isinstance(value, bool | int | float):
        return "neither true nor a number"
    return "a string"


@pytest.mark.parametrize(("endpoint", "number"), CASES, ids=IDS)
def test_a_corrupted_request_that_ashby_would_refuse_is_refused_without_effect(
    ashby: Caller, endpoint: str, number: int
) -> None:
    ashby.sandbox.reset()
    body = EXAMPLES[endpoint][number](ashby)
    before = ashby.company()
    tried = 0
    for path in paths(body):
        for change in ("renamed", "dropped", "of another type"):
            mutant = changed(body, path, change)
            if CONTRACT.allows_request(endpoint, mutant):
                continue
            tried += 1
            reply = ashby.send(endpoint, mutant)
            assert not reply["success"], f"{endpoint}: {path} {change} was accepted: {mutant}"
            assert reply["errorInfo"]["code"] == "invalid_input", f"{endpoint}: {path} {change}: {reply['errorInfo']}"
    assert ashby.company() == before
    assert tried >= len(body), "every key can at least be renamed"


def test_a_body_that_is_no_object_is_refused(ashby: Caller) -> None:
    bodies: list[Any] = [[], "text", 7, [{}]]
    for endpoint in EXAMPLES:
        for body in bodies:
            assert ashby.send(endpoint, body)["errorInfo"]["code"] == "invalid_input", endpoint


def test_an_empty_request_is_refused_where_ashby_requires_something(ashby: Caller) -> None:
    for endpoint in EXAMPLES:
        if not CONTRACT.allows_request(endpoint, {}):
            assert ashby.send(endpoint, {})["errorInfo"]["code"] == "invalid_input", endpoint


# Valid requests

KINDS = {
    "candidateId": "candidate",
    "applicationId": "application",
    "jobId": "job",
    "jobIds": "job",
    "openingId": "opening",
    "interviewStageId": "interviewStage",
    "stageId": "interviewStage",
    "interviewPlanId": "interviewPlan",
    "defaultInterviewPlanId": "interviewPlan",
    "archiveReasonId": "archiveReason",
    "communicationTemplateId": "communicationTemplate",
    "sourceId": "source",
    "creditedToUserId": "user",
    "userId": "user",
    "teamId": "department",
    "departmentId": "department",
    "locationId": "location",
    "locationIds": "location",
    "brandId": "brand",
    "jobTemplateId": "jobTemplate",
    "jobBoardId": "jobBoard",
    "jobPostingId": "jobPosting",
    "tagId": "candidateTag",
    "projectId": "project",
    "offerId": "offer",
    "offerProcessId": "offerProcess",
    "interviewId": "interview",
    "interviewScheduleId": "interviewSchedule",
    "feedbackFormDefinitionId": "feedbackFormDefinition",
    "formDefinitionId": "feedbackFormDefinition",
    "customFieldId": "customField",
    "fieldId": "customField",
    "closeReasonId": "closeReason",
    "entityId": "approval",
    "teamMemberId": "user",
    "interviewerUserId": "user",
    "roleId": "applicationHiringTeamRole",
    "notetakerTranscriptId": "notetakerTranscript",
}
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40).filter(str.strip)
# Strings in the schemas that the prose restricts further.
WORDS: dict[str, st.SearchStrategy[Any]] = {
    "email": st.sampled_from(["ada.lovelace@example.org", "yuki@example.com", "new@example.net"]),
    "startTime": st.just("2027-01-12T10:00:00.000Z"),
    "endTime": st.just("2027-01-12T11:00:00.000Z"),
    "targetHireDate": st.dates().map(str),
    "targetStartDate": st.dates().map(str),
}
WORDS |= dict.fromkeys(["alternateEmail", "alternateEmailAddresses"], st.just("other@example.net"))
WORDS |= dict.fromkeys(
    ["url", "website", "websiteUrl", "linkedInUrl", "githubUrl"], st.just("https://www.example.org/")
)
WORDS |= {"contentType": st.just("application/pdf"), "contentLength": st.integers(1, 10**6)}
OPAQUE = {"cursor", "syncToken"}  # only values from the sandbox are valid
# The sandbox's messages about a request's shape. The shape of a custom field's value is left out: it depends on the
# field.
SHAPE = re.compile(
    r"^(?!.*fieldValue).*: (must be (a string|a UUID|true or false|an integer|a number|one of .*|a list|an object)"
    r"|is required|is not a key that this request has)$"
)


def requests_of(schema: Schema, key: str, ids: dict[str, list[str]], types: dict[str, str]) -> st.SearchStrategy[Any]:
    """Values that the schema allows, with ids of existing records where the key tells the kind."""
    parts = list(flat([schema]))
    alternatives = [each for part in parts for each in part.get("anyOf", ())]
    named = properties([schema])
    if not named and alternatives:
        return st.one_of([requests_of(each, key, ids, types) for each in alternatives])
    if named or not key:
        return objects(schema, ids, types)
    merged = {name: value for part in parts for name, value in part.items()}
    if "const" in merged:
        return st.just(merged["const"])
    if "enum" in merged:
        return st.sampled_from([word for word in merged["enum"] if word != ""])
    if merged.get("type") == "array":
        least = merged.get("minItems", 0)
        return st.lists(requests_of(merged.get("items", {}), key, ids, types), min_size=least, max_size=3)
    if kind := KINDS.get(key) or types.get(key):
        return st.sampled_from(ids[kind])
    if key in WORDS:
        return WORDS[key]
    if merged.get("format") == "uuid":
        return st.uuids(version=4).map(str)
    if merged.get("format") == "date-time":
        return st.datetimes().map(lambda moment: moment.isoformat(timespec="milliseconds") + "Z")
    if key == "limit":
        return st.integers(1, 100)
    return {
        "string": TEXTS,
        "boolean": st.booleans(),
        "integer": st.integers(0, 2**40),
        "number": st.integers(0, 10**6),
        "null": st.none(),
        "object": st.dictionaries(st.sampled_from(["room", "floor"]), TEXTS, max_size=2),
    }[merged.get("type", "string")]


def objects(schema: Schema, ids: dict[str, list[str]], types: dict[str, str]) -> st.SearchStrategy[Any]:
    """Objects that the schema allows, one alternative at a time."""
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices and all("properties" in choice for choice in choices) and "properties" not in schema:
        return st.one_of([objects(choice, ids, types) for choice in choices])
    named = properties([schema])
    values = {key: requests_of({"allOf": found}, key, ids, types) for key, found in named.items() if key not in OPAQUE}
    always = {key for part in flat([{**schema, "anyOf": [], "oneOf": []}]) for key in part.get("required", ())}
    shapes = []
    for choice in choices or [{}]:
        required = always | set(choice.get("required", ()))
        excluded = {key for other in schema.get("oneOf", ()) for key in other["required"]} - required
        optional = {key: value for key, value in values.items() if key not in required | excluded}
        shapes.append(st.fixed_dictionaries({key: values[key] for key in required}, optional=optional))
    return st.one_of(shapes)


@pytest.mark.parametrize("endpoint", sorted(EXAMPLES))
def test_no_request_that_ashby_allows_is_refused_for_its_shape(ashby: Caller, endpoint: str) -> None:
    ashby.sandbox.reset()
    ids = {kind: [record["id"] for record in found] for kind, found in ashby.seed.items()}
    resource = endpoint.split(".")[0]
    types = {"id": resource, "interviewScheduleId": "interviewSchedule", "objectId": "candidate"}

    @settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(requests_of(CONTRACT.requests[endpoint], "", ids, types))
    def run(body: Any) -> None:
        CONTRACT.check_request(endpoint, body)
        reply = ashby.send(endpoint, body)
        if not reply["success"] and reply["errorInfo"]["code"] == "invalid_input":
            assert not SHAPE.search(reply["errorInfo"]["message"]), f"{body}: {reply['errorInfo']['message']}"

    before = ashby.company()
    run()
    if endpoint in CONTRACT.methods and not CONTRACT.methods[endpoint].write:
        assert ashby.company() == before
