"""Whose an offer or an interview is and for which job, and when somebody was hired: Ashby's lists say neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_ashby.endpoints.applications import GetApplication, ListApplications
from langchain_ashby.endpoints.interviews import ListInterviewSchedules
from langchain_ashby.endpoints.offers import ListOffers
from langchain_ashby.ids import canonical
from langchain_ashby.results.application_cells import HIRED_AT, NOT_READ
from langchain_ashby.text.words import at
from langchain_ashby.toolkit.beside.found import Beside, Look
from langchain_ashby.toolkit.beside.reads import Reads


def _whose(request: Any, results: Any, reads: Reads) -> Beside:
    """Names the candidate and the job of each record, by a read for each application on the page."""
    found = results if isinstance(results, list) else []
    applications = _applications([at(it, "applicationId") for it in found], reads)
    return Beside(results, [_names(applications.get(str(at(it, "applicationId")))) for it in found])


def _names(application: Any) -> Mapping[str, Any]:
    if application is None:
        return {}
    if not isinstance(application, Mapping):
        return dict.fromkeys(("candidate", "job"), NOT_READ)
    return {key: it if isinstance(it := application.get(key), Mapping) else {} for key in ("candidate", "job")}


def _when_hired(request: Any, results: Any, reads: Reads) -> Beside:
    """Adds the day of each hire, which only the history of its application has."""
    found = results if isinstance(results, list) else []
    hires = [it for it in found if at(it, "status") == "Hired" and not at(it, "archivedAt")]
    applications = _applications([at(it, "id") for it in hires], reads)
    adds = [_hired(applications.get(str(at(it, "id")))) for it in found]
    return Beside(results, adds if any(adds) else ())


def _hired(application: Any) -> Mapping[str, Any]:
    if application is None:
        return {}
    history = at(application, "applicationHistory")
    stage = at(application, "currentInterviewStage", "id")
    entered = [at(it, "enteredStageAt") for it in history if at(it, "stageId") == stage] if history else []
    times = [it for it in entered if isinstance(it, str)]
    return {HIRED_AT: max(times) if times else NOT_READ}


def _applications(ids: Sequence[Any], reads: Reads) -> dict[str, Any]:
    """The applications by their ids, or NOT_READ; ids that cannot be any are left out."""
    wanted = [it for it in dict.fromkeys(ids) if isinstance(it, str) and _is_id(it)]
    found = reads.all([GetApplication(application_id=it) for it in wanted])
    # An answer about something else is not believed.
    return {key: it if at(it, "id") == key else NOT_READ for key, it in zip(wanted, found, strict=True)}


def _is_id(text: str) -> bool:
    try:
        return bool(canonical(text))
    except ValueError:
        return False


LOOKS: dict[type[Any], Look] = {
    ListOffers: _whose,
    ListInterviewSchedules: _whose,
    ListApplications: _when_hired,
}
