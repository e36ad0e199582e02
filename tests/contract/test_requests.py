"""The tools send only what Ashby's contract allows, and can send every parameter that it documents.

Generated arguments go through the real tools and the real client, over a socket, to a recording server.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from arguments import CUSTOM_FIELDS, FORM, arguments
from ashby import Contract, load_contract
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorder import Answer, Recorder, success

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoint import Access, Operation
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.toolkit.beside import LOOKS

LEFT_OUT: dict[tuple[str, str], str] = {}
"""Documented parameters that tools deliberately never send, by method and path, with the reason. Currently empty."""

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"


class Desk:
    """The tools, and a server that answers just enough and records what they send."""

    def __init__(self, recorder: Recorder, folder: Path) -> None:
        (folder / "cv.pdf").write_bytes(b"%PDF-1.7")
        self.folder = folder
        self.recorder = recorder
        self.client = AshbyClient("key", recorder.url, upload_dirs=[folder])
        self.tools = {tool.name: tool for tool in AshbyToolkit(self.client, toolsets="all").get_tools()}
        handle = {"handle": "handle-1", "url": f"{recorder.url}/_store", "fields": {"key": "uploads/1"}}
        recorder.answers |= {
            "feedbackFormDefinition.info": [success({"id": ID, "formDefinition": FORM})],
            "application.info": [success({"id": ID, "currentInterviewStage": {"interviewPlanId": ID}})],
            "interviewStage.list": [success([{"id": ID, "type": "Archived"}])],
            "offer.info": [success({"id": ID, "formDefinition": FORM, "latestVersion": {"id": ID}})],
            "offerProcess.start": [success({"id": ID})],
            "offer.start": [success({"id": ID, "formDefinition": FORM})],
            "file.createFileUploadHandle": [success(handle)],
            "_store": [Answer(status=204)],
            "candidate.info": [success({"id": ID, "resumeFileHandle": {"name": "cv.pdf", "handle": "handle-2"}})],
            "file.info": [success({"url": f"{recorder.url}/_files/cv"})],
            "_files/cv": [Answer(b"A life in engines.")],
            "user.search": [success([{"id": ID}])],
            "customField.list": [lambda _: success(self.custom_fields)],
        }
        self.custom_fields: list[dict[str, Any]] = []

    def run(self, name: str, given_: dict[str, Any]) -> list[tuple[str, Any]]:
        """Calls a tool and returns the methods and bodies that it sent to Ashby."""
        self.custom_fields = [each for each in CUSTOM_FIELDS if each["objectType"] == given_.get("object_type")]
        given_ = given_ | dict.fromkeys(given_.keys() & {"file_path", "file_name"}, "cv.pdf")
        self.recorder.requests.clear()
        message = self.tools[name].invoke({"name": name, "args": given_, "id": "1", "type": "tool_call"})
        assert message.status == "success", message.content
        return [(sent.endpoint, sent.body) for sent in self.recorder.requests if not sent.endpoint.startswith("_")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Recorder() as recorder:
        yield Desk(recorder, tmp_path_factory.mktemp("uploads"))


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract()


def paths(body: Any, path: str = "") -> set[str]:
    """The paths of all values in a body, such as `location.city` and `socialLinks[].url`."""
    if isinstance(body, list):
        return {path, *(each for item in body for each in paths(item, f"{path}[]"))}
    if isinstance(body, dict):
        inner = {each for key, value in body.items() for each in paths(value, f"{path}.{key}" if path else key)}
        return inner | {path} if path else inner
    return {path}


READS = {it.path for it in OPERATIONS.values() if it.access is Access.READ}
"""The methods that change nothing, which a tool may read beside a result."""

# Another test names the methods whose schemas are missing.
STATED = {name: it for name, it in OPERATIONS.items() if it.path in load_contract().endpoints}


@pytest.mark.parametrize("operation", STATED.values(), ids=STATED)
def test_every_request_of_a_tool_fits_the_contract(
    operation: type[Operation[Any]], desk: Desk, contract: Contract
) -> None:
    @settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
    @given(arguments(operation))
    def sends_what_fits(given_: dict[str, Any]) -> None:
        sent = desk.run(operation.tool_name(), given_)
        known = {operation.path, *(step.path for step in operation.steps)}
        beside = {endpoint for endpoint, _ in sent} - known
        assert not beside or operation in LOOKS
        assert beside <= READS
        assert operation.path in {endpoint for endpoint, _ in sent} or operation.tool_name() == "ashby_get_user"
        for endpoint, body in sent:
            contract.check_request(endpoint, body)

    sends_what_fits()


def test_every_documented_parameter_can_be_sent(desk: Desk, contract: Contract) -> None:
    reached: defaultdict[str, set[str]] = defaultdict(set)

    @settings(max_examples=5, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def call_everything(data: st.DataObject) -> None:
        for name, operation in OPERATIONS.items():
            for alternative in operation.exactly_one or (None,):
                for endpoint, body in desk.run(name, data.draw(arguments(operation, alternative, full=True))):
                    # the documentation describes a single object where a list may be sent
                    reached[endpoint] |= {each for path in paths(body) for each in (path, path.replace("[]", "", 1))}

    call_everything()
    documented = {(method.endpoint, path) for method in contract.methods.values() for path in method.parameters}
    covered = {(endpoint, path) for endpoint, path in documented if path in reached[endpoint]}
    print(
        f"{len(set(contract.methods) & set(reached))}/{len(contract.methods)} endpoints, "
        f"{len(covered)}/{len(documented)} parameters, {len(LEFT_OUT)} left out on purpose"
    )
    assert set(contract.methods) <= set(reached)
    assert sorted(documented - covered) == sorted(LEFT_OUT)


def test_the_tools_are_the_methods_of_the_contract(contract: Contract) -> None:
    """Name, method, access, permission and paging match Ashby's documentation."""
    assert {method.tool: method.endpoint for method in contract.methods.values()} == {
        name: operation.path
        for name, operation in OPERATIONS.items()
        if operation.path in contract.methods
        and not issubclass(operation, Bulk)  # which makes the requests of another tool
        and name != "ashby_get_context"  # which reads several things
    }
    for method in contract.methods.values():
        name, operation = method.tool, OPERATIONS[method.tool]
        assert (operation.access == "write") is method.write, name
        assert operation.permission == method.permission, name
        arguments_ = set(operation.model_fields)
        documented = set(method.parameters)
        assert ("sync_token" in arguments_) >= ("syncToken" in documented), name
        assert ("cursor" in arguments_) >= ("cursor" in documented), name


def test_no_tool_takes_a_value_that_the_contract_does_not_list(contract: Contract) -> None:
    """Enums have exactly the documented values."""
    for method in contract.methods.values():
        name, operation = method.tool, OPERATIONS[method.tool]
        enums = {
            path: set(parameter.enum)
            for path, parameter in method.parameters.items()
            if parameter.enum and "." not in path and path != "note"
        }
        for field_name, field in operation.model_fields.items():
            wire_name = field.serialization_alias or field_name
            if wire_name in enums:
                schema = operation.argument_schema()["properties"][field_name]
                allowed = (
                    schema.get("enum") or schema.get("items", {}).get("enum") or [schema.get("items", {}).get("const")]
                )
                assert set(allowed) == enums[wire_name], f"{name}.{field_name}"
