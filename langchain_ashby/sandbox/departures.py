"""People who leave the company's records: Ashby does this on its own pages, or by methods that no tool here calls."""

from langchain_ashby.sandbox.records import (
    KINDS,
    Application,
    Candidate,
    Note,
    OfferForm,
    OfferProcess,
)
from langchain_ashby.sandbox.store import Store, equals

ANONYMOUS = "Anonymous Candidate"
"""The name that an anonymized candidate has."""


def delete_candidate(store: Store, candidate_id: str) -> None:
    """Deletes a candidate with applications, notes and all that belongs to them."""
    _existing(store, candidate_id)
    for application in store.find(Application, equals("candidateId", candidate_id)):
        delete_application(store, application["id"])
    for note in store.find(Note, equals("candidateId", candidate_id)):
        store.delete(Note, note["id"])
    store.delete(Candidate, candidate_id)


def delete_application(store: Store, application_id: str) -> None:
    """Deletes an application with its offers, meetings, feedback and whatever else names it."""
    if store.get(Application, application_id) is None:
        raise ValueError(f"there is no application {application_id}")
    of_application = equals("applicationId", application_id)
    for process in store.find(OfferProcess, of_application):
        for form in store.find(OfferForm, equals("offerProcessId", process["id"])):
            store.delete(OfferForm, form["id"])
    for kind in KINDS.values():
        if "applicationId" in kind.__annotations__:
            for record in store.find(kind, of_application):
                store.delete(kind, record["id"])
    store.delete(Application, application_id)


def anonymize_candidate(store: Store, candidate_id: str, now: str) -> None:
    """Takes everything from a candidate that tells who it is; the applications stay."""
    kept = ("id", "tagIds", "sourceId", "creditedToUserId", "createdAt")
    candidate = _existing(store, candidate_id)
    bare = {key: value for key, value in candidate.items() if key in kept}
    bare |= {"name": ANONYMOUS, "updatedAt": now, "customFieldValues": {}, "fileIds": []}
    bare |= {"emailAddresses": [], "phoneNumbers": [], "socialLinks": []}
    for note in store.find(Note, equals("candidateId", candidate_id)):
        store.delete(Note, note["id"])
    store.put(Candidate, bare)


def merge_candidates(store: Store, candidate_id: str, into: str, now: str) -> None:
    """Gives a candidate's applications and notes to another one and deletes it."""
    _existing(store, candidate_id)
    _existing(store, into)
    if candidate_id == into:
        raise ValueError("a candidate cannot be merged into itself")
    for application in store.find(Application, equals("candidateId", candidate_id)):
        store.put(Application, {**application, "candidateId": into, "updatedAt": now})
    for note in store.find(Note, equals("candidateId", candidate_id)):
        store.put(Note, {**note, "candidateId": into})
    store.delete(Candidate, candidate_id)


def _existing(store: Store, candidate_id: str) -> Candidate:
    found = store.get(Candidate, candidate_id)
    if found is None:
        raise ValueError(f"there is no candidate {candidate_id}")
    return found
