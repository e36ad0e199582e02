"""The card for an offer."""

from __future__ import annotations

from datetime import date
from typing import Any

from langchain_ashby.agent.cards.draft import Draft, Record
from langchain_ashby.agent.cards.look import Look
from langchain_ashby.agent.cards.shared import (
    applications_of,
    the_application,
    the_candidate,
    the_job,
    warn_of_others,
    who,
)
from langchain_ashby.agent.cards.values import plain, show_entries
from langchain_ashby.agent.cards.words import UNNAMED, at, day, enumerated, named
from langchain_ashby.endpoints.applications import GetApplication
from langchain_ashby.endpoints.candidates import GetCandidate
from langchain_ashby.endpoints.jobs import GetJob
from langchain_ashby.endpoints.offers import CreateOffer, GetOffer, ListOffers
from langchain_ashby.endpoints.openings import GetOpening
from langchain_ashby.errors import AshbyError
from langchain_ashby.forms import Form

FINISHED = ("CandidateRejected", "OfferCancelled")
"""The statuses of an offer that is over without a hire."""


def create(request: CreateOffer, look: Look, draft: Draft) -> None:
    """Create an offer."""
    draft.raise_risk("high")
    found, offers_read = look.all(
        GetApplication(application_id=request.application_id) if request.application_id else None,
        ListOffers(application_id=request.application_id) if request.application_id else None,
    )
    application = the_application(draft, found) if request.application_id else {}
    offers = draft.records("The offers for the application", offers_read)
    candidate_read, job_read = look.all(
        GetCandidate(candidate_id=application["candidate"]["id"]) if at(application, "candidate", "id") else None,
        GetJob(job_id=application["job"]["id"]) if at(application, "job", "id") else None,
    )
    candidate: Record = {}
    if application:
        candidate, _ = the_candidate(draft, candidate_read)
        the_job(draft, job_read)
    if request.application_id is None:
        draft.line = "Create an offer in a process that was started before"
        draft.not_checked("For whom the offer is: Ashby does not tell it of an offer process.")
    else:
        draft.line = f"Create an offer for {who(application)}"
    form = _form(draft, look, offers)
    values = show_entries(draft, form, request.field_submissions)
    _check_opening(draft, look, values.get("openingId"), application)
    _check_start(draft, values.get("startDate"))
    draft.happens("The offer goes into Ashby's approval process. This call alone does not send it to the candidate.")
    draft.happens("The agent cannot take the offer back.")

    stage = at(application, "currentInterviewStage")
    if at(application, "status") == "Archived":
        draft.warn("The application is archived: Ashby will refuse.", "high")
    elif stage and at(stage, "type") != "Offer":
        draft.warn(f"The application is not at an offer stage: it is in {named(at(stage, 'title') or UNNAMED)}.")
    for offer in offers:
        status = str(at(offer, "offerStatus"))
        if status == "CandidateAccepted":
            draft.warn("The candidate has accepted an offer for this application already.", "high")
        elif status not in FINISHED:
            draft.warn(f"An offer for this application is under way: {enumerated(status)}.", "high")
    warn_of_others(draft, applications_of(draft, look, candidate, but=request.application_id))
    if request.application_id:
        if isinstance(offers_read, list):
            draft.facts["Offers"] = [
                {"id": str(at(it, "id")), "name": enumerated(at(it, "offerStatus"))} for it in offers
            ]
            draft.facts["Stage"] = {"id": at(stage, "id"), "name": at(stage, "title")} if stage else None
        versions = [version for it in offers if (version := at(it, "latestVersion"))]
        other = [it for it in versions if not _has_values(it, values)]
        complete = offers.complete and isinstance(offers_read, list)
        draft.looks_alike("Terms offered so far", versions, complete, "createdAt", doubtful=other)


def _form(draft: Draft, look: Look, offers: list[Record]) -> Form | None:
    """The form that offers are made with. Ashby hands it out only to who starts one, so an earlier offer's is used."""
    try:
        any_offer = offers[0] if offers else look.first(ListOffers(limit=1), lambda offer: True)
        if any_offer is not None:
            definition = at(look.call(GetOffer(offer_id=at(any_offer, "id"))), "formDefinition")
            if definition:
                draft.not_checked(
                    "The offer's own form is known only once the offer is started: the fields are shown, and looked "
                    "through, as on the form of an earlier offer."
                )
                return Form(definition)
    except AshbyError as error:
        draft.record("An earlier offer's form", error)
    draft.not_checked(
        "The offer's form is known only once the offer is started: the fields are shown as they were named."
    )
    return None


def _check_opening(draft: Draft, look: Look, opening_id: Any, application: Record) -> None:
    if not isinstance(opening_id, str):
        return
    [read] = look.all(GetOpening(opening_id=opening_id))
    opening = draft.record("The opening", read)
    if not opening:
        return
    name = named(at(opening, "latestVersion", "identifier") or UNNAMED)
    for change in draft.changes:
        if change["after"] == opening_id:
            change["after"] = name
    state = at(opening, "openingState")
    if at(opening, "isArchived") is True:
        draft.warn(f"The opening {name} is archived: Ashby will refuse.", "high")
    elif state not in ("Approved", "Open"):
        draft.warn(f"The opening {name} is {enumerated(state)}: Ashby will refuse.", "high")
    job_id, job_ids = at(application, "job", "id"), at(opening, "latestVersion", "jobIds")
    if job_id and isinstance(job_ids, list) and job_id not in job_ids:
        draft.warn(f"The opening {name} does not belong to this job.")
    draft.facts[f"Opening {name}"] = "archived" if at(opening, "isArchived") else enumerated(state)


def _check_start(draft: Draft, start: Any) -> None:
    try:
        starts = date.fromisoformat(str(start)[:10])
    except ValueError:
        return
    if starts < draft.now.date():
        draft.warn(f"The start date is in the past: {day(starts)}.")


def _has_values(version: Record, values: dict[str, Any]) -> bool:
    """Whether an offer's terms are these, as far as they can be compared."""
    return all(plain(values[path]) == plain(at(version, path)) for path in ("startDate", "salary") if path in values)
