"""The id that was probably meant, when Ashby knows no record with the one that was given.

People and models take one kind of id for another: an application's for its candidate's, a posting's for its job's.
A read or two tell whether the id belongs to such a neighbour, and which id to give instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints.applications import GetApplication
from langchain_ashby.endpoints.candidates import GetCandidate
from langchain_ashby.endpoints.interviews import GetInterviewStage, ListInterviewStages
from langchain_ashby.endpoints.jobs import GetJob, GetJobPosting
from langchain_ashby.endpoints.offers import GetOffer
from langchain_ashby.endpoints.openings import GetOpening
from langchain_ashby.endpoints.organization import GetUser
from langchain_ashby.errors import AshbyError, Refused
from langchain_ashby.ids import canonical

MOST = 5
"""The most ids that are named."""


class Neighbour(NamedTuple):
    """A kind of record that the id may belong to: what its id is called, how to ask for it, and the way in it to the
    ids that were meant; an empty way where it does not know them."""

    id_name: str
    ask: Callable[[str], Operation[Any]]
    way: tuple[str, ...] = ()


def _application(*way: str) -> Neighbour:
    return Neighbour("application_id", lambda given: GetApplication(application_id=given), way)


def _candidate(*way: str) -> Neighbour:
    return Neighbour("candidate_id", lambda given: GetCandidate(candidate_id=given), way)


def _job(*way: str) -> Neighbour:
    return Neighbour("job_id", lambda given: GetJob(job_id=given, expand=["openings"]), way)


_OFFER = Neighbour("offer_id", lambda given: GetOffer(offer_id=given), ("applicationId",))
_OPENING = Neighbour("opening_id", lambda given: GetOpening(opening_id=given), ("latestVersion", "jobIds"))
_PLAN = Neighbour("interview_plan_id", lambda given: ListInterviewStages(interview_plan_id=given))
_POSTING = Neighbour("job_posting_id", lambda given: GetJobPosting(job_posting_id=given), ("jobId",))
_STAGE = Neighbour(
    "interview_stage_id", lambda given: GetInterviewStage(interview_stage_id=given), ("interviewPlanId",)
)
_USER = Neighbour("user_id", lambda given: GetUser(user_id=given))

NEIGHBOURS: Mapping[str, Sequence[Neighbour]] = {
    "application_id": (_candidate("applicationIds"), _OFFER),
    "candidate_id": (_application("candidate", "id"), _USER, _job()),
    "department_id": (_job("departmentId"),),
    "interview_plan_id": (_job("defaultInterviewPlanId"), _STAGE),
    "interview_schedule_id": (_application(),),
    "interview_stage_id": (_PLAN, _application("currentInterviewStage", "id")),
    "job_id": (_POSTING, _OPENING, _application("job", "id")),
    "job_posting_id": (_job("jobPostingIds"),),
    "location_id": (_job("locationId"),),
    "offer_id": (_application(),),
    "opening_id": (_job("openings", "id"),),
    "user_id": (_candidate(),),
}
"""For each argument, what its id is taken for, likeliest first. Each is one read, made only after Ashby's refusal."""


class Meant(NamedTuple):
    """What the unknown id is, in a sentence, and the ids that were meant, if the record knows them."""

    sentence: str
    ids: tuple[str, ...]


def suggest_id(request: Operation[Any], refused: Refused, call: Callable[[Operation[Any]], Any]) -> Meant | None:
    """What the unknown id is, and which id to give instead; None if that cannot be told.

    Args:
        request: The call that Ashby refused.
        refused: With a code such as `candidate_not_found`, which tells the argument.
        call: Asks Ashby, as `AshbyClient.call` does.
    """
    argument = f"{refused.code.removesuffix('_not_found')}_id"
    given = _given(request, argument)
    if not refused.code.endswith("_not_found") or given is None:
        return None
    for neighbour in NEIGHBOURS.get(argument, ()):
        try:
            record = call(neighbour.ask(given))
        except Refused:
            continue  # no such record either, or the key may not look
        except AshbyError:
            break  # Ashby cannot be reached just now; the refusal is answer enough
        if not _is_about(record, given):
            continue
        ids = tuple(_ids(record, neighbour.way)) if neighbour.way else ()
        more = " and more" if len(ids) > MOST else ""
        instead = f"; its {argument} is {' or '.join(ids[:MOST])}{more}" if ids else f", not {_a(argument)}"
        return Meant(f"The id given is {_a(neighbour.id_name)}{instead}.", ids)
    return None


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"


def _given(request: Operation[Any], argument: str) -> str | None:
    """The id that was given for an argument; the custom fields' tool takes it as `object_id`."""
    if getattr(request, "object_type", "").lower() == argument.removesuffix("_id"):
        argument = "object_id"
    given = getattr(request, argument, None)
    return given if isinstance(given, str) else None


def _is_about(found: Any, given: str) -> bool:
    """Whether an answer is of the record with this id, or lists the stages of the plan with this id."""
    if isinstance(found, list):
        return any(isinstance(entry, Mapping) and entry.get("interviewPlanId") == given for entry in found)
    return isinstance(found, Mapping) and found.get("id") == given


def _ids(found: Any, way: Sequence[str]) -> list[str]:
    """The ids at the end of the way, through objects and lists. What is no id is not repeated to a model."""
    if isinstance(found, list):
        return [each for entry in found for each in _ids(entry, way)]
    if way:
        return _ids(found.get(way[0]), way[1:]) if isinstance(found, Mapping) else []
    try:
        return [canonical(found)]
    except (AttributeError, TypeError, ValueError):
        return []
