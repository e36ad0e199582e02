"""Openings: the seats that jobs fill."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import CREATED_AFTER, search
from langchain_ashby.sandbox.messages import invalid
from langchain_ashby.sandbox.methods.jobs import EMPLOYMENT_TYPES
from langchain_ashby.sandbox.records import (
    CloseReason,
    Department,
    Job,
    Location,
    Opening,
    OpeningState,
    OpeningVersion,
)
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import jobs as reply
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Choice, Day, Field, Flag, Many, Text, Uuid, request

# Filled is not among them: hiring alone fills an opening.
_STATES = ("Draft", "Approved", "Open", "Closed")
_VERSION: dict[str, Field] = {
    "identifier": Text(),
    "description": Text(blank=True),
    "teamId": Uuid(),
    "targetHireDate": Day(),
    "targetStartDate": Day(),
    "isBackfill": Flag(),
    "employmentType": Choice(EMPLOYMENT_TYPES),
}


OPENINGS = Resource(Opening, "jobs", reply.opening)
OPENINGS.list("opening.list", CREATED_AFTER)
OPENINGS.info("opening.info")
OPENINGS.search("opening.search", search("identifier", Text(), "latestVersion.identifier"))
OPENINGS.archive("opening.setArchived", flag="archive")


@method(
    "opening.create",
    "jobsWrite",
    request(
        optional={**_VERSION, "jobIds": Many(Uuid()), "locationIds": Many(Uuid()), "openingState": Choice(_STATES)}
    ),
)
def create_opening(call: Call) -> Any:
    """Creates an opening, as a draft unless the body says otherwise."""
    job_ids = [call.refer(Job, job_id, "jobIds")["id"] for job_id in call.body.get("jobIds", [])]
    locations = [call.refer(Location, location_id, "locationIds") for location_id in call.body.get("locationIds", [])]
    opening: Opening = {
        "id": call.store.new_id(),
        "openingState": "Draft",
        "isArchived": False,
        "latestVersion": {
            "id": call.store.new_id(),
            "createdAt": call.now,
            "authorId": call.acting_user_id,
            "identifier": "",
            "description": "",
            "jobIds": list(dict.fromkeys(job_ids)),
            "locationIds": list(dict.fromkeys(location["id"] for location in locations)),
            "isBackfill": False,
            "employmentType": "FullTime",
            "hiringTeam": [],
            "customFieldValues": {},
        },
        "createdAt": call.now,
    }
    _apply(call, opening)
    _set_state(call, opening, call.body.get("openingState", "Draft"))
    return reply.opening(call, call.store.add(Opening, opening))


@method("opening.update", "jobsWrite", request({"openingId": Uuid()}, _VERSION))
def update_opening(call: Call) -> Any:
    """Changes what the body names, and to their defaults what has one; jobs and state have methods of their own."""
    opening = call.get(Opening, call.body["openingId"])
    opening["latestVersion"] |= {"isBackfill": False, "employmentType": "FullTime"}
    _apply(call, opening)
    _start_version(call, opening)
    return reply.opening(call, call.save(Opening, opening))


def _has(name: str, verb: Literal["add", "remove"], field: str, kind: type[Mapping[str, object]]) -> None:
    """Registers a method that adds an entry to a list of ids of an opening, or removes it.

    What is there already, or is not there, changes nothing.
    """

    @method(name, "jobsWrite", request({"openingId": Uuid(), field: Uuid()}))
    def change(call: Call) -> Any:
        opening = call.get(Opening, call.body["openingId"])
        entry = call.refer(kind, call.body[field], field)["id"]
        present = cast(list[object], opening["latestVersion"][f"{field}s"])  # type: ignore[literal-required]
        if (entry in present) is (verb == "remove"):
            present.append(entry) if verb == "add" else present.remove(entry)
            _start_version(call, opening)
            opening = call.save(Opening, opening)
        return reply.opening(call, opening)


_has("opening.addJob", "add", "jobId", Job)
_has("opening.removeJob", "remove", "jobId", Job)
_has("opening.addLocation", "add", "locationId", Location)
_has("opening.removeLocation", "remove", "locationId", Location)


@method(
    "opening.setOpeningState",
    "jobsWrite",
    request({"openingId": Uuid(), "openingState": Choice(_STATES)}, {"closeReasonId": Uuid()}),
)
def set_opening_state(call: Call) -> Any:
    """Moves an opening to another state; closing it may give a reason."""
    opening = call.get(Opening, call.body["openingId"])
    state: OpeningState = call.body["openingState"]
    if "closeReasonId" in call.body:
        if state != "Closed":
            raise invalid("closeReasonId", "is only for the state Closed")
        call.refer_if_given(CloseReason, "closeReasonId")
    opening.pop("closeReasonId", None)
    _set_state(call, opening, state)
    if "closeReasonId" in call.body:
        opening["closeReasonId"] = call.body["closeReasonId"]
    return reply.opening(call, call.save(Opening, opening))


def _apply(call: Call, opening: Opening) -> None:
    call.refer_if_given(Department, "teamId")
    changes = {key: call.body[key] for key in _VERSION if key in call.body}
    opening["latestVersion"] = cast(OpeningVersion, {**opening["latestVersion"], **changes})


def _start_version(call: Call, opening: Opening) -> None:
    opening["latestVersion"] |= {"id": call.store.new_id(), "createdAt": call.now, "authorId": call.acting_user_id}


def _set_state(call: Call, opening: Opening, state: OpeningState) -> None:
    version = opening["latestVersion"]
    if state != "Draft" and not (version["identifier"] and version["jobIds"]):
        raise invalid("openingState", f"an opening needs an identifier and a job before it can be {state}")
    if state == opening["openingState"]:
        return
    opening["openingState"] = state
    if state == "Closed":
        opening["closedAt"] = call.now
    else:
        opening.pop("closedAt", None)
    if state == "Open":
        opening["openedAt"] = call.now
