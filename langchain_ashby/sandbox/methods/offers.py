"""Offers: the process, the form that it hands out, and the offer that a filled-in form makes."""

from typing import Any

from langchain_ashby.sandbox import forms
from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import CREATED_AFTER, any_of, same
from langchain_ashby.sandbox.messages import Refusal, invalid
from langchain_ashby.sandbox.methods.approvals import ask_for_approval
from langchain_ashby.sandbox.records import (
    Application,
    Offer,
    OfferForm,
    OfferFormDefinition,
    OfferProcess,
    OfferVersion,
    Opening,
)
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import candidates as reply
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Flag, Uuid, request
from langchain_ashby.sandbox.store import equals

_OFFER_STATUSES = (
    "WaitingOnApprovalStart",
    "WaitingOnOfferApproval",
    "WaitingOnApprovalDefinition",
    "WaitingOnCandidateResponse",
    "CandidateRejected",
    "CandidateAccepted",
    "OfferCancelled",
)
_ACCEPTANCE_STATUSES = ("Accepted", "Declined", "Pending", "Created", "Cancelled", "WaitingOnResponse")
_FINISHED = ("CandidateAccepted", "CandidateRejected", "OfferCancelled")
_WITHDRAWN = ("CandidateRejected", "OfferCancelled")


OFFERS = Resource(Offer, "offers", reply.offer)
OFFERS.list(
    "offer.list",
    CREATED_AFTER,
    same(applicationId=Uuid()),
    any_of("offerStatus", _OFFER_STATUSES),
    any_of("acceptanceStatus", _ACCEPTANCE_STATUSES),
    any_of("approvalStatus", ("Approved", "WaitingOnApprovals", "Declined"), "versions[#-1].approvalStatus"),
)
OFFERS.info(
    "offer.info",
    optional={"excludeFormDefinition": Flag()},
    reply=lambda call, offer: _details(call, offer),
)


@method("offerProcess.start", "offersWrite", request({"applicationId": Uuid()}))
def start_process(call: Call) -> Any:
    """Starts an offer process; one that still waits for its first offer is returned again."""
    application = call.get(Application, call.body["applicationId"])
    _require_undecided(application, "applicationId")
    of_application = equals("applicationId", application["id"])
    for process in call.store.find(OfferProcess, of_application):
        if process["status"] == "WaitingOnOfferCreation":
            return _process(process)
        if process["status"] not in _FINISHED:
            raise invalid("applicationId", f"the application has an offer process under way ({process['id']})")
    return _process(call.create(OfferProcess, applicationId=application["id"], status="WaitingOnOfferCreation"))


@method("offer.start", "offersWrite", request({"offerProcessId": Uuid()}))
def start_offer(call: Call) -> Any:
    """Hands out a new form for an offer, each time it is called."""
    process = _open_process(call)
    definition = call.store.find(OfferFormDefinition, limit=1)[0]
    form = call.create(OfferForm, offerProcessId=process["id"], offerFormDefinitionId=definition["id"])
    return {"id": form["id"], "formDefinition": definition["formDefinition"]}


@method(
    "offer.create",
    "offersWrite",
    request(
        {"offerProcessId": Uuid(), "offerFormId": Uuid(), "offerForm": forms.SUBMISSIONS},
        {"excludeFormDefinition": Flag()},
    ),
)
def create_offer(call: Call) -> Any:
    """Makes an offer of a filled-in form, or new terms for the offer that the process already has."""
    process = _open_process(call)
    application = call.get(Application, process["applicationId"])
    _require_undecided(application, "offerProcessId")
    form = call.refer(OfferForm, call.body["offerFormId"], "offerFormId")
    if form["offerProcessId"] != process["id"]:
        raise invalid("offerFormId", "belongs to another offer process")
    if "offerId" in form:
        raise invalid("offerFormId", "has been used already: start another with offer.start")
    definition = call.embedded(OfferFormDefinition, form["offerFormDefinitionId"])
    values = forms.fill_in(definition["formDefinition"], call.body["offerForm"]["fieldSubmissions"], "offerForm")
    if "openingId" in values:
        _require_free_opening(call, values["openingId"], application)
    version = _version(call, values)
    found = [
        offer
        for offer in call.store.find(Offer, equals("applicationId", application["id"]))
        if offer["offerProcessId"] == process["id"]
    ]
    if found:
        offer = found[0]
        offer["versions"].append(version)
        offer |= {"acceptanceStatus": "Created", "offerStatus": "WaitingOnApprovalStart"}
        call.save(Offer, offer)
    else:
        offer = call.create(
            Offer,
            applicationId=application["id"],
            offerProcessId=process["id"],
            offerFormDefinitionId=definition["id"],
            acceptanceStatus="Created",
            offerStatus="WaitingOnApprovalStart",
            versions=[version],
        )
    call.save(OfferForm, {**form, "offerId": offer["id"]})
    call.save(OfferProcess, {**process, "status": "WaitingOnApprovalStart"})
    return _details(call, offer)


@method(
    "offer.update",
    "offersWrite",
    request({"offerId": Uuid(), "offerForm": forms.SUBMISSIONS}, {"excludeFormDefinition": Flag()}),
)
def update_offer(call: Call) -> Any:
    """Gives an offer new terms. If the former ones were sent to approvers, the new ones are, too."""
    offer = call.get(Offer, call.body["offerId"])
    if offer["offerStatus"] in _FINISHED:
        raise invalid("offerId", f"the offer is finished ({offer['offerStatus']})")
    application = call.get(Application, offer["applicationId"])
    definition = call.embedded(OfferFormDefinition, offer["offerFormDefinitionId"])
    values = forms.fill_in(definition["formDefinition"], call.body["offerForm"]["fieldSubmissions"], "offerForm")
    if "openingId" in values:
        _require_free_opening(call, values["openingId"], application)
    was_sent = "approvalStatus" in offer["versions"][-1]
    offer["versions"].append(_version(call, values))
    if was_sent:
        ask_for_approval(call, offer)
    else:
        offer |= {"acceptanceStatus": "Created", "offerStatus": "WaitingOnApprovalStart"}
        call.save(Offer, offer)
    return _details(call, offer)


def _process(process: OfferProcess) -> dict[str, Any]:
    return {key: process[key] for key in ("id", "applicationId", "status")}


def _details(call: Call, offer: Offer) -> Any:
    return reply.offer_details(call, offer, with_form=not call.body.get("excludeFormDefinition", False))


def _open_process(call: Call) -> OfferProcess:
    process = call.get(OfferProcess, call.body["offerProcessId"])
    if process["status"] in _FINISHED:
        raise invalid("offerProcessId", f"the offer process is finished ({process['status']})")
    return process


def _require_undecided(application: Application, where: str) -> None:
    if application["status"] in ("Hired", "Archived"):
        raise invalid(where, f"the application is {application['status'].lower()} already")


def _require_free_opening(call: Call, opening_id: str, application: Application) -> None:
    opening = call.refer(Opening, opening_id, "openingId")
    identifier = opening["latestVersion"]["identifier"]
    if opening["openingState"] not in ("Approved", "Open") or opening["isArchived"]:
        state = "archived" if opening["isArchived"] else opening["openingState"]
        raise Refusal("opening_state_invalid", f"The opening {identifier} is {state}: no offer can be made for it.")
    # Only the newest terms of an offer hold an opening.
    for offer in call.store.find(Offer, equals("versions[#-1].openingId", opening["id"])):
        if offer["applicationId"] != application["id"] and offer["offerStatus"] not in _WITHDRAWN:
            raise Refusal("opening_in_use", f"The opening {identifier} is in use by another offer.")


def _version(call: Call, values: dict[str, Any]) -> OfferVersion:
    version: OfferVersion = {
        "id": call.store.new_id(),
        "createdAt": call.now,
        "authorId": call.acting_user_id,
        "fileIds": [],
        "customFieldValues": {},
    }
    for path, value in values.items():
        if path == "startDate":
            version["startDate"] = value
        elif path == "salary":
            version["salary"] = value
        elif path == "openingId":
            version["openingId"] = value
        else:
            version["customFieldValues"][path] = value
    return version
