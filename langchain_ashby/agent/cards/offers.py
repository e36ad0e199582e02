"""The card for an offer."""

from __future__ import annotations

from datetime import date
from typing import Any

from langchain_ashby.agent.cards.builder import CardBuilder, Record
from langchain_ashby.agent.cards.lookup import request_for
from langchain_ashby.agent.cards.names import fact_of
from langchain_ashby.agent.cards.offered import status_words, warn_of_offers
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import (
    applications_of,
    the_application,
    the_candidate,
    the_job,
    warn_of_others,
    who,
)
from langchain_ashby.agent.cards.values import as_fact, show_entries
from langchain_ashby.endpoints.applications import GetApplication
from langchain_ashby.endpoints.candidates import GetCandidate
from langchain_ashby.endpoints.internal import FormSubmissions, StartOffer, StartOfferProcess, SubmitOffer
from langchain_ashby.endpoints.offers import CreateOffer, GetOffer, ListOffers
from langchain_ashby.endpoints.openings import GetOpening
from langchain_ashby.errors import AshbyError
from langchain_ashby.forms import Form
from langchain_ashby.text.words import UNNAMED, at, day, enumerated, named


@builds(CreateOffer)
def create(request: CreateOffer, reads: ReadCache, builder: CardBuilder) -> None:
    """Create an offer."""
    builder.raise_risk("high")
    found, offers_read = reads.all(
        GetApplication(application_id=request.application_id) if request.application_id else None,
        ListOffers(application_id=request.application_id) if request.application_id else None,
    )
    application = the_application(builder, found) if request.application_id else {}
    offers = builder.records("The offers for the application", offers_read)
    candidate_read, job_read = reads.all(
        GetCandidate(candidate_id=application["candidate"]["id"]) if at(application, "candidate", "id") else None,
        request_for("job_id", application["job"]["id"]) if at(application, "job", "id") else None,
    )
    candidate: Record = {}
    if application:
        candidate, _ = the_candidate(builder, candidate_read)
        the_job(builder, job_read)
    if request.application_id is None:
        builder.line = "Create an offer in a process that was started before"
        builder.not_checked("Who the offer is for: Ashby does not say so of an offer process.")
    else:
        builder.line = f"Create an offer for {who(builder, application)}"
    form = _form(builder, reads, offers)
    values = show_entries(builder, form, request.field_submissions)
    _say_what_is_sent(request, builder, values if form else None)
    if form is None or "openingId" in values:
        builder.not_checked("Whether another offer uses the opening: Ashby refuses one that is in use.", "medium")
    check_opening(builder, reads, values.get("openingId"), application)
    check_start(builder, values.get("startDate"))
    builder.consequence(
        "It is not documented whether the offer's approval starts or the candidate hears of it.", "high"
    )
    if request.offer_process_id:
        builder.consequence("If the process has an offer already, this makes a new version of it.")
    builder.consequence("The agent can't withdraw the offer.")

    stage = at(application, "currentInterviewStage")
    if at(application, "status") == "Archived":
        builder.warn("The application is archived: Ashby may refuse.", "high")
    elif stage and at(stage, "type") != "Offer":
        builder.warn(f"The application is not at an offer stage: it is in {named(at(stage, 'title') or UNNAMED)}.")
    warn_of_offers(builder, offers)
    warn_of_others(builder, applications_of(builder, reads, candidate, but=request.application_id))
    if request.application_id:
        if isinstance(offers_read, list):
            builder.facts["Offers"] = [{"id": str(at(it, "id")), "name": status_words(it)} for it in offers]
            builder.facts["Stage"] = fact_of(at(stage, "id"), stage) if stage else None
        versions = [version for it in offers if (version := at(it, "latestVersion"))]
        all_known = len(values) == len(request.field_submissions)
        other = [it for it in versions if not (all_known and has_values(it, values))]
        complete = offers.complete and isinstance(offers_read, list)
        builder.lookalikes(
            "Terms offered so far", request.application_id, versions, complete, "createdAt", doubtful=other
        )


def _form(builder: CardBuilder, reads: ReadCache, offers: list[Record]) -> Form | None:
    """The form that offers are made with. Ashby hands it out only to who starts one, so an earlier offer's is used."""
    try:
        any_offer = offers[0] if offers else reads.first(ListOffers(limit=1), lambda offer: True)
        if any_offer and (offer_id := at(builder.record("An earlier offer", any_offer), "id")):
            earlier = builder.record("An earlier offer", reads.call(GetOffer(offer_id=offer_id)))
            definition = at(earlier, "formDefinition")
            if definition:
                builder.not_checked(
                    "The offer's own form is known only once the offer is started: the fields are shown and checked as "
                    "on the form of an earlier offer."
                )
                return Form(definition)
    except AshbyError as error:
        builder.record("An earlier offer's form", error)
    builder.not_checked(
        "The offer's form is known only once the offer is started: the fields are shown as the call names them."
    )
    return None


def _say_what_is_sent(request: CreateOffer, builder: CardBuilder, values: dict[str, Any] | None) -> None:
    """Shows the requests of an offer. Its form arrives with the first, so the body of the last is a forecast."""
    if request.application_id:
        builder.sends(StartOfferProcess(application_id=request.application_id))
    builder.sends(
        StartOffer(offer_process_id=request.offer_process_id or _UNKNOWN),
        unknown=() if request.offer_process_id else ("offerProcessId",),
    )
    offer = SubmitOffer(
        offer_process_id=request.offer_process_id or _UNKNOWN,
        offer_form_id=request.offer_form_id or _UNKNOWN,
        offer_form=FormSubmissions.of(values or {}),
        exclude_form_definition=request.exclude_form_definition,
    )
    builder.sends(offer, unknown=("offerProcessId", "offerFormId", *(() if values else ("offerForm",))))


_UNKNOWN = "00000000-0000-0000-0000-000000000000"


def check_opening(builder: CardBuilder, reads: ReadCache, opening_id: Any, application: Record) -> None:
    """Warns of an opening that takes no offer, or is not the job's; names it on the card."""
    if not isinstance(opening_id, str):
        return
    [read] = reads.all(GetOpening(opening_id=opening_id))
    opening = builder.record("The opening", read)
    if not opening:
        return
    name = named(at(opening, "latestVersion", "identifier") or UNNAMED)
    for change in builder.changes:
        if change["after"] == opening_id:
            change["after"] = name
    state = at(opening, "openingState")
    if at(opening, "isArchived") is True:
        builder.warn(f"The opening {name} is archived: Ashby may refuse.", "high")
    elif state == "Closed":
        builder.warn(f"The opening {name} is closed: Ashby will refuse.", "high")
    elif state == "Filled":
        builder.warn(f"The opening {name} is filled: Ashby will refuse, unless this application filled it.", "high")
    elif state == "Draft":
        builder.warn(f"The opening {name} is a draft: Ashby may refuse.", "high")
    job_id, job_ids = at(application, "job", "id"), at(opening, "latestVersion", "jobIds")
    if job_id and isinstance(job_ids, list) and job_id not in job_ids:
        builder.warn(f"The opening {name} does not belong to this job.")
    builder.facts[f"Opening {name}"] = "archived" if at(opening, "isArchived") else enumerated(state or UNNAMED)


def check_start(builder: CardBuilder, start: Any) -> None:
    """Warns of a start date in the past."""
    try:
        starts = date.fromisoformat(str(start)[:10])
    except ValueError:
        return
    if starts < builder.today:
        builder.warn(f"The start date is in the past: {day(starts)}.")


def has_values(version: Record, values: dict[str, Any]) -> bool:
    """True if an offer shows all of these terms."""
    custom = {at(it, "id"): at(it, "value") for it in at(version, "customFields") or []}
    return all(as_fact(value) == as_fact(at(version, path) or custom.get(path)) for path, value in values.items())
