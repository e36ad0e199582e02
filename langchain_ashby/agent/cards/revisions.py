"""Cards for an offer that there is: new terms, and the start of its approval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Record
from langchain_ashby.agent.cards.complete import is_unread
from langchain_ashby.agent.cards.offered import agree, is_accepted, is_out, is_over, standing_words, status_words
from langchain_ashby.agent.cards.offers import check_opening, check_start, has_values
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import candidate_and_job, the_application, who
from langchain_ashby.agent.cards.values import as_fact, in_the_words_of, name_of, show_entries
from langchain_ashby.endpoints.applications import GetApplication
from langchain_ashby.endpoints.internal import FormSubmissions, StartApproval, SubmitOfferUpdate
from langchain_ashby.endpoints.offers import GetOffer, StartOfferApproval, UpdateOffer
from langchain_ashby.forms import Field, Form
from langchain_ashby.results.phrases import is_money
from langchain_ashby.text.words import at, joined, moment, named, paragraph


@builds(UpdateOffer)
def update(request: UpdateOffer, reads: ReadCache, builder: CardBuilder) -> None:
    """Give an offer new terms."""
    builder.raise_risk("high")
    offer, application, of_whom = _offer(builder, reads, request.offer_id)
    builder.line = f"Change the terms of {of_whom}"
    definition = at(offer, "formDefinition")
    form = Form(definition) if definition else None
    values = show_entries(builder, form, request.field_submissions)
    builder.sent = {}  # without the form the body is unknown, so nothing may be sent
    if form is None:
        builder.not_checked("The offer's form could not be read, so the values for its fields could not be checked.")
    else:
        _show_present(builder, form, at(offer, "latestVersion") or {}, values)
        builder.sends(
            SubmitOfferUpdate(
                offer_id=request.offer_id,
                offer_form=FormSubmissions.of(values),
                exclude_form_definition=request.exclude_form_definition,
            )
        )
        left_out = [named(name_of(it, form)) for it in form.fields if it.path not in values]
        if left_out:
            builder.warn(f"Not given: {joined(left_out)}. It is not documented whether their present values are kept.")
    builder.consequence(
        "Ashby makes a new version of the offer, and every approval that it needs starts again.", "high"
    )
    builder.consequence("It is not documented whether the candidate hears of it.")
    builder.consequence("The agent can't withdraw a version; it can only make another.")
    _warn_of_status(builder, offer)
    check_opening(builder, reads, values.get("openingId"), application)
    check_start(builder, values.get("startDate"))
    versions = at(offer, "versions")
    known = [it for it in versions if isinstance(it, dict)] if isinstance(versions, list) else []
    complete = isinstance(versions, list) and len(known) == len(versions)
    all_known = form is not None and len(values) == len(request.field_submissions)
    other = [it for it in known if not (all_known and has_values(it, values))]
    builder.lookalikes("Terms offered so far", request.offer_id, known, complete, "createdAt", doubtful=other)


@builds(StartOfferApproval)
def start(request: StartOfferApproval, reads: ReadCache, builder: CardBuilder) -> None:
    """Send the latest version of an offer to its approvers."""
    builder.raise_risk("medium")
    offer, _, of_whom = _offer(builder, reads, request.offer_id)
    version = at(offer, "latestVersion") or {}
    made = moment(at(version, "createdAt")) if at(version, "createdAt") else "not known when"
    builder.line = f"Start the approval of {of_whom}"
    builder.sent = {}  # without the version nothing may be sent
    if version_id := at(version, "id"):
        builder.sends(
            StartApproval(
                offer_version_id=version_id,
                note=request.note,
                exclude_form_definition=request.exclude_form_definition,
            )
        )
    else:
        builder.not_checked("Which version of the offer is the latest is not known, so nothing will be sent.")
    status = at(offer, "offerStatus")
    waits = status == "WaitingOnApprovalStart"
    before: Any = UNREAD
    if offer and version_id and not is_unread(offer, "offerStatus"):
        before = "not started" if waits else "started" if status in _STARTED else status_words(offer)
    # The title names the version: what becomes of another one proves nothing.
    title = f"Approval of the terms of {made} ({version_id})"
    builder.set_field(title, before, "started", change=("Approval", str(before), "started"))
    definition = at(offer, "formDefinition")
    if definition:
        _show_terms(builder, Form(definition), version)
    else:
        builder.not_checked("The offer's form could not be read, so its terms are not shown.")
    builder.new_value("Note to the approvers", paragraph(request.note) if request.note else None)
    if status and not waits:
        builder.warn(f"The offer is not waiting for its approval to start ({status_words(offer)}): Ashby will refuse.")
    builder.consequence("Ashby sends the offer to its approvers.", "high")
    builder.consequence("The agent can't stop an approval that has started.")


_STARTED = ("WaitingOnOfferApproval", "WaitingOnCandidateResponse", "CandidateAccepted", "CandidateRejected")
"""The statuses of an offer whose approval has begun."""


def _offer(builder: CardBuilder, reads: ReadCache, offer_id: str) -> tuple[Record, Record, str]:
    """The offer, its application, and what to call it."""
    [found] = reads.all(GetOffer(offer_id=offer_id))
    offer = builder.record("The offer", found)
    application_id = at(offer, "applicationId")
    if application_id is None:
        return offer, {}, "an offer whose candidate is not known"
    [read] = reads.all(GetApplication(application_id=application_id))
    application = the_application(builder, read)
    candidate_and_job(builder, reads, application)
    if at(application, "status") == "Archived":
        builder.warn("The application is archived.", "high")
    return offer, application, f"the offer for {who(builder, application)}"


def _terms(form: Form, version: Record) -> Iterator[tuple[Field, Any]]:
    """The fields of the form with the values that a version of the offer shows."""
    custom = {at(it, "id"): at(it, "value") for it in at(version, "customFields") or []}
    for field in form.fields:
        there = at(version, field.path)
        there = custom.get(field.path) if there is None else there
        if there is not None:
            yield field, there


def _show_present(builder: CardBuilder, form: Form, version: Record, values: dict[str, Any]) -> None:
    """Puts the present terms beside the new ones, as far as the latest version shows them."""
    for field, present in _terms(form, version):
        title = name_of(field, form)
        if field.path not in values:
            continue
        builder.facts[f"Present {title}"] = as_fact(present)
        if is_money(present):
            builder.private[title] = builder.private[f"Present {title}"] = "compensation"
        for change in builder.changes:
            if change["field"] == title:
                change["before"] = in_the_words_of(field, present)


def _show_terms(builder: CardBuilder, form: Form, version: Record) -> None:
    """Shows the terms that go to the approvers."""
    for field, value in _terms(form, version):
        title = name_of(field, form)
        builder.facts[title] = as_fact(value)
        if is_money(value):
            builder.private[title] = "compensation"
        builder.new_value(title, in_the_words_of(field, value))


def _warn_of_status(builder: CardBuilder, offer: Record) -> None:
    if not offer:
        return
    builder.facts["Offer status"] = status_words(offer)
    approval = at(offer, "latestVersion", "approvalStatus")
    if is_accepted(offer):
        builder.warn(f"The offer {standing_words(offer)}.", "high")
    elif is_over(offer):
        sure = "is" if agree(offer) else "may be"
        builder.warn(f"The offer {sure} over ({status_words(offer)}): Ashby may refuse.", "high")
    elif is_out(offer):
        builder.warn("The candidate may have the present terms already.", "high")
    if approval == "Approved":
        builder.warn("The present terms are approved; the approval does not hold for the new ones.")
    elif approval == "WaitingOnApprovals":
        builder.warn("The present terms are with their approvers.")
