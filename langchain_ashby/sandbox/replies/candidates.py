"""Candidates, applications, notes, feedback and offers."""

from collections.abc import Collection
from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.records import (
    Application,
    ArchiveReason,
    Candidate,
    CandidateTag,
    Contact,
    Feedback,
    HistoryEntry,
    InterviewStage,
    Job,
    Note,
    Offer,
    OfferFormDefinition,
    OfferVersion,
    Opening,
    Project,
    Source,
)
from langchain_ashby.sandbox.replies.interviews import interview_stage
from langchain_ashby.sandbox.replies.jobs import opening
from langchain_ashby.sandbox.replies.shared import (
    WEBSITE,
    Reply,
    custom_fields,
    file_handle,
    hiring_team,
    person,
    submission,
    user,
    without,
)
from langchain_ashby.sandbox.store import equals
from langchain_ashby.sandbox.visibility import visible


def _primary(contacts: list[Contact]) -> Contact | None:
    return next((contact for contact in contacts if contact["isPrimary"]), None)


def _credits(call: Call, record: Candidate | Application) -> Reply:
    """The source of a candidate or an application, and the user credited with it."""
    reply: Reply = {}
    if "sourceId" in record:
        reply["source"] = dict(call.embedded(Source, record["sourceId"]))
    if "creditedToUserId" in record:
        reply["creditedToUser"] = user(call, record["creditedToUserId"])
    return reply


def _primary_contacts(record: Candidate) -> Reply:
    primary = {
        "primaryEmailAddress": _primary(record["emailAddresses"]),
        "primaryPhoneNumber": _primary(record["phoneNumbers"]),
    }
    return {key: contact for key, contact in primary.items() if contact is not None}


def candidate(call: Call, record: Candidate) -> Reply:
    """A candidate."""
    stored = ("tagIds", "projectIds", "fileIds", "resumeFileId", "sourceId", "creditedToUserId", "externalMappingIds")
    reply = without(record, *stored, "customFieldValues") | _primary_contacts(record) | _credits(call, record)
    of_candidate = equals("candidateId", record["id"])
    reply["applicationIds"] = call.store.ids(Application, of_candidate, *visible(Application, call.key))
    reply["tags"] = [dict(call.embedded(CandidateTag, tag_id)) for tag_id in record["tagIds"]]
    reply["fileHandles"] = [file_handle(call, file_id) for file_id in record["fileIds"]]
    if "resumeFileId" in record:
        reply["resumeFileHandle"] = file_handle(call, record["resumeFileId"])
    reply["customFields"] = custom_fields(call, record["customFieldValues"])
    reply["profileUrl"] = f"{WEBSITE}/candidates/{record['id']}"
    return reply


def application(call: Call, record: Application, expand: Collection[str] = ()) -> Reply:
    """An application."""
    stored = ("candidateId", "jobId", "interviewPlanId", "currentInterviewStageId", "archiveReasonId", "sourceId")
    parts = ("applicationHistory", "applicationFormSubmissions", "referrals", "openingIds", "archiveEmail")
    reply = without(record, *stored, "creditedToUserId", *parts, "customFieldValues") | _credits(call, record)
    of = call.embedded(Candidate, record["candidateId"])
    reply["candidate"] = {"id": of["id"], "name": of["name"], **_primary_contacts(of)}
    job = call.embedded(Job, record["jobId"])
    reply["job"] = {key: job[key] for key in ("id", "title", "locationId", "departmentId")}
    reply["currentInterviewStage"] = interview_stage(call.embedded(InterviewStage, record["currentInterviewStageId"]))
    if "archiveReasonId" in record:
        reply["archiveReason"] = {**call.embedded(ArchiveReason, record["archiveReasonId"]), "customFields": []}
    reply["hiringTeam"] = hiring_team(call, record["hiringTeam"])
    reply["customFields"] = custom_fields(call, record["customFieldValues"])
    if "openings" in expand:
        reply["openings"] = [opening(call, call.embedded(Opening, opening_id)) for opening_id in record["openingIds"]]
    return reply


def application_details(call: Call, record: Application, expand: Collection[str] = ()) -> Reply:
    """An application with its history, the candidate's resume, and what `expand` asks for."""
    reply = application(call, record, expand)
    reply["applicationHistory"] = [history_entry(call, entry) for entry in record["applicationHistory"]]
    resume_id = call.embedded(Candidate, record["candidateId"]).get("resumeFileId")
    if resume_id is not None:
        reply["resumeFileHandle"] = file_handle(call, resume_id)
    if "applicationFormSubmissions" in expand:
        reply["applicationFormSubmissions"] = [submission(form) for form in record["applicationFormSubmissions"]]
    if "referrals" in expand:
        reply["referrals"] = [
            {"user": user(call, referral["userId"]), "referredAt": referral["referredAt"]}
            for referral in record["referrals"]
        ]
    return reply


def history_entry(call: Call, entry: HistoryEntry) -> Reply:
    """A stay in a stage. No method of the sandbox edits the history, so no action is allowed on it."""
    title = call.embedded(InterviewStage, entry["stageId"])["title"]
    return {**entry, "title": title, "allowedActions": ["none"]}


def project(call: Call, record: Project) -> Reply:
    """A project."""
    fields = custom_fields(call, record["customFieldValues"])
    return without(record, "customFieldValues") | {"customFieldEntries": fields}


def note(call: Call, record: Note) -> Reply:
    """A note on a candidate."""
    return without(record, "candidateId", "authorId") | {"author": person(call, record["authorId"])}


def feedback(call: Call, record: Feedback) -> Reply:
    """Submitted feedback."""
    return without(record, "submittedByUserId") | {"submittedByUser": user(call, record["submittedByUserId"])}


def offer(call: Call, record: Offer) -> Reply:
    """An offer with its newest terms."""
    reply = without(record, "offerProcessId", "offerFormDefinitionId", "versions", "createdAt")
    return reply | {"latestVersion": _offer_version(call, record["versions"][-1])}


def offer_details(call: Call, record: Offer, *, with_form: bool) -> Reply:
    """An offer with all its terms, and the form it was made with unless that is unwanted."""
    reply = offer(call, record)
    reply["versions"] = [_offer_version(call, version) for version in record["versions"]]
    if with_form:
        form = call.embedded(OfferFormDefinition, record["offerFormDefinitionId"])
        reply["formDefinition"] = form["formDefinition"]
    return reply


def _offer_version(call: Call, version: OfferVersion) -> Reply:
    reply = without(version, "authorId", "fileIds", "customFieldValues")
    if "startDate" in version:
        reply["startDate"] = f"{version['startDate'][:10]}T00:00:00.000Z"
    # Ashby says outright that there is no approval; other absences it leaves out.
    approval: Any = version.get("approvalStatus")
    return reply | {
        "approvalStatus": approval,
        "author": user(call, version["authorId"]),
        "fileHandles": [file_handle(call, file_id) for file_id in version["fileIds"]],
        "customFields": custom_fields(call, version["customFieldValues"]),
    }
