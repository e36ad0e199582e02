"""Offers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from langchain_ashby.endpoint import Access, Caller, Endpoint, Operation, Synced
from langchain_ashby.endpoints.fields import (
    FieldSubmission,
    ListOf,
    Since,
    Text,
)
from langchain_ashby.endpoints.internal import (
    FormSubmissions,
    StartApproval,
    StartOffer,
    StartOfferProcess,
    SubmitOffer,
    SubmitOfferUpdate,
)
from langchain_ashby.errors import UnreadableReplyError, already_done
from langchain_ashby.forms import Form
from langchain_ashby.ids import ApplicationId, EntityId, OfferFormId, OfferId, OfferProcessId
from langchain_ashby.records import Approval, Offer
from langchain_ashby.text.words import at

OfferStatus = Literal[
    "WaitingOnApprovalStart",
    "WaitingOnOfferApproval",
    "WaitingOnApprovalDefinition",
    "WaitingOnCandidateResponse",
    "CandidateRejected",
    "CandidateAccepted",
    "OfferCancelled",
]
AcceptanceStatus = Literal["Accepted", "Declined", "Pending", "Created", "Cancelled", "WaitingOnResponse"]
ApprovalStatus = Literal["Approved", "WaitingOnApprovals", "Declined"]


class ListOffers(Synced[Offer]):
    """List offers made, by application or status (pending, sent, accepted, declined), each with its latest version."""

    path = "offer.list"
    permission = "offersRead"

    created_after: Since | None = None
    application_id: ApplicationId | None = None
    offer_status: Annotated[ListOf[OfferStatus] | None, Field(min_length=1)] = None
    acceptance_status: Annotated[ListOf[AcceptanceStatus] | None, Field(min_length=1)] = None
    approval_status: Annotated[ListOf[ApprovalStatus] | None, Field(min_length=1)] = None


class GetOffer(Endpoint[Offer]):
    """Get one offer's terms, such as start date and salary, with all its versions."""

    path = "offer.info"
    permission = "offersRead"

    offer_id: OfferId
    exclude_form_definition: bool | None = None


class CreateOffer(Operation[Offer]):
    """Make (draft, extend) an offer for an application, with its start date, salary and the other fields of its form.
    If one is missing or wrong, the error says how to continue."""

    path = "offer.create"
    access = Access.WRITE
    irreversible = "No tool withdraws an offer."
    permission = "offersWrite"
    steps = (StartOfferProcess, StartOffer)
    idempotent = False
    exactly_one = ("application_id", "offer_process_id")

    application_id: ApplicationId | None = None
    offer_process_id: OfferProcessId | None = None
    offer_form_id: OfferFormId | None = None
    field_submissions: list[FieldSubmission]
    exclude_form_definition: bool | None = None

    @model_validator(mode="after")
    def _a_form_belongs_to_a_process(self) -> Self:
        if self.offer_form_id and not self.offer_process_id:
            raise ValueError("offer_process_id is needed with offer_form_id")
        return self

    def perform(self, caller: Caller) -> Offer:
        """Starts the process and its form, unless given; checks the values; submits them."""
        process_id, done = self.offer_process_id, ""
        if process_id is None:
            process_id = caller.call(StartOfferProcess(application_id=str(self.application_id)))["id"]
            done = "The offer process is started."
        with already_done(done, _call_again(process_id, self.offer_form_id)):
            # Ashby cannot show a started form again, only start another for the process. The fields are the same in
            # both, so the values are checked against the new one and submitted to the one that was asked for.
            started = caller.call(StartOffer(offer_process_id=process_id))
        form_id = self.offer_form_id or started["id"]
        with already_done(f"{done} Its form is started.".strip(), _call_again(process_id, form_id)):
            values = Form.of(started).fill(self.field_submissions)
            return caller.call(
                SubmitOffer(
                    offer_process_id=process_id,
                    offer_form_id=form_id,
                    offer_form=FormSubmissions.of(values),
                    exclude_form_definition=self.exclude_form_definition,
                )
            )


class ListApprovals(Synced[Approval]):
    """List approvals of offers, jobs and openings, step by step: who has approved, who has yet to."""

    path = "approval.list"
    permission = "approvalsRead"
    on_request = True

    entity_type: Literal["offer", "job", "opening"] | None = None
    entity_id: Annotated[EntityId | None, Field(description="Of an offer, the entity_id of its version.")] = None


class UpdateOffer(Operation[Offer]):
    """Change an offer's terms, such as the salary, as a new version. Fill in all fields of its form, also those that
    stay."""

    path = "offer.update"
    access = Access.WRITE
    irreversible = "Ashby has no method that removes a version of an offer. A new version can restore the former terms."
    permission = "offersWrite"
    steps = (GetOffer,)
    destructive = True
    idempotent = False
    on_request = True

    offer_id: OfferId
    field_submissions: list[FieldSubmission]
    exclude_form_definition: bool | None = None

    def perform(self, caller: Caller) -> Offer:
        """Reads the offer's form, checks the values against it and submits them."""
        values = Form.of(caller.call(GetOffer(offer_id=self.offer_id))).fill(self.field_submissions)
        return caller.call(
            SubmitOfferUpdate(
                offer_id=self.offer_id,
                offer_form=FormSubmissions.of(values),
                exclude_form_definition=self.exclude_form_definition,
            )
        )


class StartOfferApproval(Operation[Offer]):
    """Send an offer that waits for approval, in its latest version, to its approvers. See who has decided with
    ashby_list_approvals."""

    path = "offer.startApprovalProcess"
    access = Access.WRITE
    irreversible = "Ashby has no method that cancels an offer approval."
    permission = "offersWrite"
    steps = (GetOffer,)
    idempotent = False
    on_request = True

    offer_id: OfferId
    note: Annotated[Text | None, Field(description="For the approvers.")] = None
    exclude_form_definition: bool | None = None

    def perform(self, caller: Caller) -> Offer:
        """Reads which version is the latest, and starts its approval."""
        offer = caller.call(GetOffer(offer_id=self.offer_id, exclude_form_definition=True))
        version_id = at(offer, "latestVersion", "id")
        if version_id is None:
            raise UnreadableReplyError("Ashby's reply does not say which version is the latest", endpoint=GetOffer.path)
        return caller.call(
            StartApproval(
                offer_version_id=version_id,
                note=self.note,
                exclude_form_definition=self.exclude_form_definition,
            )
        )


def _call_again(process_id: str, form_id: str | None) -> str:
    form = f" and offer_form_id {form_id}" if form_id else ""
    return f"To continue, call again with offer_process_id {process_id}{form} instead of application_id."
