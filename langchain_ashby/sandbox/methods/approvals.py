"""Approvals of offers: their steps are those of the company's one way of approving."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import same
from langchain_ashby.sandbox.messages import invalid
from langchain_ashby.sandbox.records import Approval, ApprovalStep, Offer, OfferProcess, User
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import candidates as reply
from langchain_ashby.sandbox.replies.shared import without
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import Choice, Flag, Text, Uuid, request
from langchain_ashby.sandbox.store import equals

APPROVALS = Resource(Approval, "approvals", lambda call, record: without(record, "applicationId", "note"))
APPROVALS.list("approval.list", same(entityType=Choice(("offer", "job", "opening")), entityId=Uuid()))


@method(
    "offer.startApprovalProcess",
    "offersWrite",
    request({"offerVersionId": Uuid()}, {"note": Text(blank=True), "excludeFormDefinition": Flag()}),
)
def start_approval(call: Call) -> Any:
    """Sends the newest terms of an offer to the approvers."""
    found = call.store.find(Offer, equals("versions[#-1].id", call.body["offerVersionId"]))
    offer = next((it for it in found if call.find(Offer, it["id"])), None)
    if offer is None:
        raise invalid("offerVersionId", "is not the latest version of any offer")
    if offer["offerStatus"] != "WaitingOnApprovalStart":
        raise invalid("offerVersionId", f"the offer does not wait for its approval to start ({offer['offerStatus']})")
    ask_for_approval(call, offer, call.body.get("note"))
    return reply.offer_details(call, offer, with_form=not call.body.get("excludeFormDefinition", False))


def ask_for_approval(call: Call, offer: Offer, note: str | None = None) -> None:
    """Makes the approval of an offer's newest terms, and stores the offer as waiting for it."""
    version = offer["versions"][-1]
    version["approvalStatus"] = "WaitingOnApprovals"
    offer |= {"acceptanceStatus": "Pending", "offerStatus": "WaitingOnOfferApproval"}
    call.save(Offer, offer)
    process = call.embedded(OfferProcess, offer["offerProcessId"])
    call.save(OfferProcess, {**process, "status": "WaitingOnOfferApproval"})
    call.create(
        Approval,
        approvalDefinitionId=_definition_id(call),
        entityType="offer",
        entityId=version["id"],
        applicationId=offer["applicationId"],
        note=note,
        steps=[_step(call)],
        submittedAt=call.now,
    )


def _definition_id(call: Call) -> str:
    """The definition that earlier approvals were made by."""
    earlier = call.store.find(Approval, equals("entityType", "offer"), limit=1)
    return earlier[0]["approvalDefinitionId"] if earlier else call.store.new_id()


def _step(call: Call) -> ApprovalStep:
    administrators = call.store.find(User, equals("globalRole", "Organization Admin"), equals("isEnabled", True))
    return {
        "id": call.store.new_id(),
        "approvalsRequired": 1,
        "approvers": [
            {"id": call.store.new_id(), "userId": user["id"], "decision": "pending", "requestedAt": call.now}
            for user in administrators
        ],
    }
