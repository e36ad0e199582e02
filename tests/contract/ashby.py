"""Ashby's own contract: the JSON Schemas of its requests and replies, to check ours against.

`ashby.json` is a slice of their facts, made by `slice.py`. If the environment variable ``ASHBY_CONTRACT_DIR`` names a
folder with the full schemas, the tests read those instead.

    contract = load_contract()
    contract.check_request("candidate.create", {"name": "Ada Lovelace"})
    contract.check_response("candidate.create", reply.json())
"""

import copy
import functools
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from slice import read, slice_of

Schema = dict[str, Any]

UUID_PATTERN = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
FIELD_TYPES = ["Boolean", "CompensationRange", "Currency", "Date", "Email", "LongText", "MultiValueSelect", "Number"]
FIELD_TYPES += ["NumberRange", "Phone", "String", "UUID", "Url", "ValueSelect"]


class ContractViolation(AssertionError):
    """A request or a reply that Ashby's schemas do not allow."""


@dataclass(frozen=True)
class Deviation:
    """A place where Ashby's schema contradicts itself or the running service."""

    reason: str
    side: str  # "request" or "response"
    endpoints: tuple[str, ...]
    key: str  # every property of this name in these schemas
    read_as: Callable[[Schema], Schema]

    def apply(self, schema: Schema) -> int:
        """Changes the schema in place; returns the number of changes."""
        places = 0
        for node in _nodes(schema):
            properties = node.get("properties")
            if isinstance(properties, dict) and self.key in properties:
                properties[self.key] = self.read_as(properties[self.key])
                places += 1
        return places


def _anything(_: Schema) -> Schema:
    return {}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _any_string(_: Schema) -> Schema:
    return {"type": "string"}


def _with(**properties: Schema) -> Callable[[Schema], Schema]:
    """The schema with further properties, in the object itself or in the objects of its array."""

    def read_as(schema: Schema) -> Schema:
        return {"allOf": [schema, {"properties": properties}, {"items": {"properties": properties}}]}

    return read_as


JOB_REPLIES = ("job.info", "job.list", "job.search", "job.create", "job.update", "job.setStatus")
REAL_UUID: Schema = {"type": "string", "format": "uuid"}

KNOWN_DEVIATIONS = (
    Deviation(
        "typed as a string, while the documentation gives a shape for each type of field",
        "request", ("applicationFeedback.submit", "offer.create", "offer.update"), "value", _anything,
    ),
    Deviation(
        "null unsets the source, which the schema's uuid leaves no room for",
        "request", ("application.changeSource",), "sourceId", _or_null,
    ),
    Deviation(
        "null clears a custom field, which none of the listed types allows",
        "request", ("customField.setValue", "customField.setValues"), "fieldValue", _or_null,
    ),
    Deviation(
        "a uuid or the word FirstPreInterviewScreen, which the schema's uuid leaves out",
        "request", ("application.create",), "interviewStageId",
        lambda schema: {"anyOf": [schema, {"const": "FirstPreInterviewScreen"}]},
    ),
    Deviation(
        "marked as a uuid, while job.search takes any string for the same thing",
        "request", ("job.update",), "customRequisitionId", _any_string,
    ),
    Deviation(
        "marked as a uuid, while job.search takes any string for the same thing",
        "response", JOB_REPLIES, "customRequisitionId", _any_string,
    ),
    Deviation(
        "titles alone by default, and objects if namesOnly is false, which the schema gives the failure's place",
        "response", ("hiringTeamRole.list",), "results",
        lambda schema: {"anyOf": [schema, {"items": {"properties": {"id": REAL_UUID, "title": {"type": "string"}}}}]},
    ),
    Deviation(
        "interviewEventId tells an update from an addition, in the single event and in each of an array",
        "request", ("interviewSchedule.update",), "interviewEvent", _with(interviewEventId=REAL_UUID),
    ),
    Deviation(
        "a cleared field has no value to show, though the schema requires one",
        "response", ("customField.setValue", "customField.setValues"), "value", _or_null,
    ),
    Deviation(
        "the documentation of values knows Url, UUID, Email and Phone fields, the list of types does not",
        "response", ("customField.list", "customField.info"), "fieldType",
        lambda _: {"enum": FIELD_TYPES},
    ),
)  # fmt: skip
"""Corrections to named schemas. Four more are general and live in the code that reads the schemas:

* ``oneOf`` is read as ``anyOf``, because its alternatives overlap (a date is also a string) and a literal reading
  refuses documented values; a reply's ``success`` decides which branch applies;
* ``additionalProperties: false`` inside an ``allOf`` applies to the whole, because read literally it forbids its own
  sibling's ``cursor`` (interviewEvent.list, location.list);
* if the type allows null, so does the enum, which omits it (an interviewer's ``trainingRole``);
* facts that only the list of methods has (parameters of August 2026, parameters that proved required) are added.
"""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method; ``required`` is relative to its parent."""

    path: str
    type: str
    required: bool
    enum: tuple[str, ...]


@dataclass(frozen=True)
class Method:
    """A method that a tool calls, as listed in `methods.json`."""

    endpoint: str
    tool: str
    write: bool
    permission: str
    paginated: bool
    incremental: bool
    parameters: dict[str, Parameter]


FORGOTTEN_REQUIRED = {"application.listHistory": ["applicationId"], "customField.info": ["customFieldId"]}
"""Parameters that a meaningful request needs, though the schemas do not require them."""

UNSTATED_REPLY_KEYS = {
    "applicationHiringTeamRole.list": {"success"},  # as in every reply
    "jobPosting.info": {"results.job"},  # returned on the request's expand
    "opening.list": {"moreDataAvailable", "nextCursor", "syncToken"},  # the request has cursor and syncToken
}
"""Keys that replies have although the schemas omit them."""


class Contract:
    """Ashby's schemas, corrected by `KNOWN_DEVIATIONS`, and the list of methods."""

    def __init__(self, schemas: dict[str, Any], methods: list[dict[str, Any]]) -> None:
        self.methods = {stated["endpoint"]: _method(stated) for stated in methods}
        self.requests: dict[str, Schema] = {}
        self.responses: dict[str, Schema] = {}
        for endpoint, stated in schemas.items():
            request = _lenient({"type": "object", **(stated["request"] or {})})
            success, failure = (_lenient(branch) for branch in stated["responses"]["200"]["oneOf"])
            if method := self.methods.get(endpoint):
                _add_newer_parameters(request, method)
            request["required"] = sorted({*request.get("required", ()), *FORGOTTEN_REQUIRED.get(endpoint, ())})
            for deviation in KNOWN_DEVIATIONS:
                if endpoint in deviation.endpoints and not deviation.apply(
                    request if deviation.side == "request" else success
                ):
                    raise ValueError(f"{endpoint} has no {deviation.key} to read otherwise")
            self.requests[endpoint] = request
            self.responses[endpoint] = {
                "if": {"properties": {"success": {"const": True}}, "required": ["success"]},
                "then": {"allOf": [success, {"required": ["results"]}]},
                "else": {"allOf": [failure, {"properties": {"success": {"const": False}}}]},
            }

    @property
    def endpoints(self) -> list[str]:
        """The tools' methods and their helpers."""
        return sorted(self.requests)

    @functools.cache  # noqa: B019  (one contract per process)
    def request_validator(self, endpoint: str) -> Draft202012Validator:
        """A validator of the request's JSON object."""
        return Draft202012Validator(self.requests[endpoint], format_checker=FORMATS)

    @functools.cache  # noqa: B019
    def response_validator(self, endpoint: str) -> Draft202012Validator:
        """A validator of the whole reply, success or failure."""
        return Draft202012Validator(self.responses[endpoint], format_checker=FORMATS)

    def unknown_request_keys(self, endpoint: str, body: Any) -> list[str]:
        """Undocumented paths in the body, such as ``location.planet``."""
        return sorted(set(_unknown_keys([self.requests[endpoint]], body)))

    def unknown_response_keys(self, endpoint: str, body: Any) -> list[str]:
        """Undocumented paths in the reply."""
        branch = self.responses[endpoint]["then" if body.get("success") else "else"]
        return sorted(set(_unknown_keys([branch], body)) - UNSTATED_REPLY_KEYS.get(endpoint, set()))

    def allows_request(self, endpoint: str, body: Any) -> bool:
        """True if `check_request` would pass."""
        return self.request_validator(endpoint).is_valid(body) and not self.unknown_request_keys(endpoint, body)

    def check_request(self, endpoint: str, body: Any) -> None:
        """Raises `ContractViolation` unless Ashby's schema allows the body and documents each of its keys."""
        self._check("request", endpoint, body, self.request_validator(endpoint), self.unknown_request_keys)

    def check_response(self, endpoint: str, body: Any) -> None:
        """Raises `ContractViolation` unless Ashby's schema allows the reply; undocumented keys are allowed."""
        self._check("reply", endpoint, body, self.response_validator(endpoint), lambda *_: [])

    def _check(
        self,
        what: str,
        endpoint: str,
        body: Any,
        validator: Draft202012Validator,
        unknown: Callable[[str, Any], list[str]],
    ) -> None:
        problems = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(body)]
        problems += [f"$.{path}: not documented by Ashby" for path in unknown(endpoint, body)]
        if problems:
            raise ContractViolation(f"{endpoint}, {what}:\n  " + "\n  ".join(problems[:8]))


@functools.cache
def load_contract() -> Contract:
    """The contract, built once per run: from the full schemas if available, otherwise from the slice."""
    folder = full_schemas()
    known = slice_of(folder) if folder else read()
    return Contract(known["schemas"], known["methods"])


def full_schemas() -> Path | None:
    """The folder of the full schemas, or None.

    Raises:
        FileNotFoundError: The folder has no schemas.
    """
    named = os.environ.get("ASHBY_CONTRACT_DIR")
    if named and not (Path(named) / "contract.json").is_file():
        raise FileNotFoundError(f"ASHBY_CONTRACT_DIR: {named} holds no contract.json")
    return Path(named) if named else None


def _method(stated: dict[str, Any]) -> Method:
    return Method(
        endpoint=stated["endpoint"],
        tool=stated["tool"],
        write=stated["write"],
        permission=stated["permission"],
        paginated=stated["paginated"],
        incremental=stated["sync_token"],
        parameters={
            each["name"]: Parameter(
                path=each["name"],
                type=each["type"],
                required=each["required"],
                enum=tuple(each.get("enum", ())),
            )
            for each in stated["params"]
        },
    )


def _add_newer_parameters(request: Schema, method: Method) -> None:
    documented = properties([request])
    top_level = [each for path, each in method.parameters.items() if "." not in path and "[]" not in path]
    for parameter in top_level:
        if parameter.path not in documented:
            schema: Schema = {"enum": list(parameter.enum)} if parameter.enum else {"type": parameter.type}
            request.setdefault("properties", {})[parameter.path] = schema
    required = {parameter.path for parameter in top_level if parameter.required} | set(request.get("required", ()))
    request["required"] = sorted(required)


def _lenient(schema: Any) -> Any:
    """A copy with the general corrections (see `KNOWN_DEVIATIONS`)."""
    if isinstance(schema, list):
        return [_lenient(each) for each in schema]
    if not isinstance(schema, dict):
        return copy.deepcopy(schema)
    read = {key: _lenient(value) for key, value in schema.items()}
    # Alternatives that only list required keys really are exclusive (interviewSchedule.update).
    if not all(each.keys() == {"required"} for each in read.get("oneOf", ())):
        read["anyOf"] = read.pop("oneOf")
    for part in read.get("allOf", ()):
        if part.get("additionalProperties") is False:
            del part["additionalProperties"]
            read["unevaluatedProperties"] = False
    if "enum" in read and "null" in read.get("type", ()) and None not in read["enum"]:
        read["enum"].append(None)
    return read


def _nodes(schema: Any) -> Iterator[Schema]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from _nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _nodes(value)


def flat(schemas: list[Schema]) -> Iterator[Schema]:
    """The schemas and all their components."""
    for schema in schemas:
        yield schema
        for keyword in ("allOf", "anyOf", "oneOf"):
            yield from flat(schema.get(keyword, []))


def properties(schemas: list[Schema]) -> dict[str, list[Schema]]:
    """The schemas of every key in these schemas."""
    found: dict[str, list[Schema]] = {}
    for schema in flat(schemas):
        for key, value in schema.get("properties", {}).items():
            found.setdefault(key, []).append(value)
    return found


def _unknown_keys(schemas: list[Schema], body: Any, path: str = "") -> Iterator[str]:
    """Walks body and schemas together. A schema without keys (an extraData, a submittedValues) allows any."""
    if isinstance(body, list):
        items = [schema["items"] for schema in flat(schemas) if "items" in schema]
        for each in body if items else ():
            yield from _unknown_keys(items, each, f"{path}[]")
    elif isinstance(body, dict):
        documented = properties(schemas)
        named = bool(documented) or not path
        for key, value in body.items():
            if key in documented:
                yield from _unknown_keys(documented[key], value, f"{path}.{key}".lstrip("."))
            elif named:
                yield f"{path}.{key}".lstrip(".")


FORMATS = FormatChecker(formats=())


@FORMATS.checks("uuid")
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(UUID_PATTERN, value, re.IGNORECASE) is not None


@FORMATS.checks("date-time")
def _is_date_time(value: object) -> bool:
    """True for RFC 3339: date, T, time and an offset."""
    if not isinstance(value, str):
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None and "T" in value
    except ValueError:
        return False


@FORMATS.checks("int64")
def _is_int64(value: object) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and not re.search(r"\s", value)
