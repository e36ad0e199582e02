"""A company small enough to know by heart: one of most things, with self-explanatory ids."""

import uuid
from collections.abc import Iterator
from typing import Any

T0 = "2026-01-05T09:00:00.000Z"


def ident(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def user(name: str, **more: Any) -> tuple[str, dict[str, Any]]:
    record = {
        "id": ident(name),
        "firstName": name.title(),
        "lastName": "Doe",
        "email": f"{name}@acme.example",
        "globalRole": "Elevated Access",
        "isEnabled": True,
        "updatedAt": T0,
        "customFieldValues": {},
    }
    return "user", record | more


def field(path: str, field_type: str, *, required: bool = False, choices: tuple[str, ...] = ()) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "id": ident(f"field {path}"),
        "type": field_type,
        "path": path,
        "humanReadablePath": path,
        "title": path.title(),
        "isNullable": not required,
    }
    if choices:
        detail["selectableValues"] = [{"label": choice.title(), "value": choice} for choice in choices]
    return {"isRequired": required, "field": detail}


def form(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"sections": [{"title": "All", "fields": list(fields)}]}


def custom_field(name: str, object_type: str, field_type: str, **more: Any) -> tuple[str, dict[str, Any]]:
    record = {
        "id": ident(name),
        "title": name,
        "objectType": object_type,
        "fieldType": field_type,
        "isRequired": False,
        "isPrivate": False,
        "isArchived": False,
    }
    return "customField", record | more


def plan(name: str, *stage_types: str, **more: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    times = {"createdAt": T0, "updatedAt": T0}
    yield "interviewPlan", {"id": ident(name), "title": name, "isArchived": False, "isPublished": True, **times, **more}
    for order, stage_type in enumerate(stage_types):
        yield (
            "interviewStage",
            {
                "id": ident(f"{name} {stage_type}"),
                "title": f"{stage_type} stage",
                "type": stage_type,
                "orderInInterviewPlan": order,
                "interviewPlanId": ident(name),
                "activities": [],
            },
        )


def job(name: str, **more: Any) -> tuple[str, dict[str, Any]]:
    record = {
        "id": ident(name),
        "title": name,
        "status": "Open",
        "confidential": False,
        "employmentType": "FullTime",
        "departmentId": ident("platform team"),
        "locationId": ident("rome"),
        "defaultInterviewPlanId": ident("plan"),
        "interviewPlanIds": [ident("plan")],
        "authorId": ident("anna"),
        "hiringTeam": [{"userId": ident("anna"), "role": "Hiring Manager"}],
        "customFieldValues": {},
        "createdAt": T0,
        "updatedAt": T0,
        "openedAt": T0,
    }
    return "job", record | more


def posting(name: str, of: str, **more: Any) -> tuple[str, dict[str, Any]]:
    record = {
        "id": ident(name),
        "jobId": ident(of),
        "title": name,
        "isPublished": True,
        "isListed": True,
        "jobBoardIds": [ident("board")],
        "locationIds": {"primaryLocationId": ident("rome"), "secondaryLocationIds": []},
        "descriptionHtml": "<p>Work.</p>",
        "descriptionPlain": "Work.",
        "publishedDate": "2026-01-05",
        "applyLink": "https://acme.example/apply",
        "shouldDisplayCompensationOnJobBoard": False,
        "applicationFormDefinition": form(field("_systemfield_name", "String", required=True)),
        "updatedAt": T0,
    }
    return "jobPosting", record | more


def opening(name: str, state: str, **more: Any) -> tuple[str, dict[str, Any]]:
    version = {
        "id": ident(f"{name} version"),
        "createdAt": T0,
        "authorId": ident("anna"),
        "identifier": name,
        "description": "",
        "jobIds": [ident("engineer")],
        "locationIds": [],
        "isBackfill": False,
        "employmentType": "FullTime",
        "hiringTeam": [],
        "customFieldValues": {},
    }
    record = {"id": ident(name), "openingState": state, "isArchived": False, "latestVersion": version, "createdAt": T0}
    return "opening", record | more


def candidate(name: str, **more: Any) -> tuple[str, dict[str, Any]]:
    record = {
        "id": ident(name),
        "name": name,
        "emailAddresses": [
            {"value": f"{name.split()[0].lower()}@mail.example", "type": "Personal", "isPrimary": True},
            {"value": f"{name.split()[0].lower()}@work.example", "type": "Work", "isPrimary": False},
        ],
        "phoneNumbers": [],
        "socialLinks": [],
        "tagIds": [],
        "fileIds": [],
        "customFieldValues": {},
        "createdAt": T0,
        "updatedAt": T0,
    }
    return "candidate", record | more


def application(of: str, job_name: str, stage_type: str, **more: Any) -> tuple[str, dict[str, Any]]:
    status = {"Lead": "Lead", "Archived": "Archived"}.get(stage_type, "Active")
    stage_id = ident(f"plan {stage_type}")
    entry = {"id": ident(f"{of} history"), "stageId": stage_id, "stageNumber": 0, "enteredStageAt": T0}
    record = {
        "id": ident(f"{of} for {job_name}"),
        "candidateId": ident(of),
        "jobId": ident(job_name),
        "interviewPlanId": ident("plan"),
        "currentInterviewStageId": stage_id,
        "status": status,
        "hiringTeam": [{"userId": ident("anna"), "role": "Hiring Manager"}],
        "applicationHistory": [entry],
        "applicationFormSubmissions": [],
        "referrals": [],
        "openingIds": [],
        "customFieldValues": {},
        "createdAt": T0,
        "updatedAt": T0,
    }
    return "application", record | more


OFFER_FORM = form(
    field("startDate", "Date", required=True),
    field("salary", "Currency", required=True),
    field("openingId", "UUID"),
)
FEEDBACK_FORM = form(
    field("rating", "Score", required=True),
    field("notes", "RichText"),
    field("verdict", "ValueSelect", choices=("yes", "no")),
)


def company() -> Iterator[tuple[str, dict[str, Any]]]:
    yield user("anna")
    yield user("ben")
    yield user("gone", isEnabled=False)
    times = {"createdAt": T0, "updatedAt": T0}
    yield "department", {"id": ident("engineering"), "name": "Engineering", "isArchived": False, **times}
    team = {"id": ident("platform team"), "name": "Platform", "isArchived": False, "parentId": ident("engineering")}
    yield "department", team | times
    yield "department", {"id": ident("old department"), "name": "Old", "isArchived": True, **times}
    place = {"isArchived": False, "isRemote": False}
    yield "location", {"id": ident("italy"), "name": "Italy", "type": "LocationHierarchy", **place}
    yield "location", {"id": ident("rome"), "name": "Rome", "type": "Location", **place}
    yield "source", {"id": ident("referral"), "title": "Referral", "isArchived": False}
    yield "source", {"id": ident("old source"), "title": "Old source", "isArchived": True}
    reason = {"reasonType": "RejectedByOrg"}
    yield "archiveReason", {"id": ident("not qualified"), "text": "Not qualified", "isArchived": False, **reason}
    yield "archiveReason", {"id": ident("old reason"), "text": "Old reason", "isArchived": True, **reason}
    yield "closeReason", {"id": ident("budget"), "reasonText": "Budget", "isArchived": False}
    yield "candidateTag", {"id": ident("python"), "title": "Python", "isArchived": False}
    yield "candidateTag", {"id": ident("old tag"), "title": "Old tag", "isArchived": True}
    yield custom_field("note field", "Candidate", "String")
    yield custom_field("salary wish", "Candidate", "Currency", isPrivate=True)
    choices = [{"label": "Large", "value": "l"}, {"label": "Small", "value": "s", "isArchived": True}]
    yield custom_field("size", "Candidate", "ValueSelect", selectableValues=choices)
    yield custom_field("sizes", "Candidate", "MultiValueSelect", selectableValues=choices)
    yield custom_field("count", "Job", "Number")
    yield custom_field("seat", "Opening", "Boolean")
    yield custom_field("old field", "Candidate", "String", isArchived=True)
    for title, intended in (("Goodbye", "email"), ("Hello", "inMail")):
        template = {"id": ident(title.lower()), "title": title, "intendedTypes": [intended], **times}
        yield "communicationTemplate", template
    yield from plan("plan", "Lead", "PreInterviewScreen", "Active", "Offer", "Hired", "Archived")
    yield from plan("other plan", "PreInterviewScreen", "Active", "Archived")
    yield from plan("draft plan", "Lead", isPublished=False)
    feedback_form = {"organizationId": ident("acme"), "title": "Scorecard", "isArchived": False, "isDefaultForm": True}
    yield "feedbackFormDefinition", {"id": ident("scorecard"), "formDefinition": FEEDBACK_FORM, **feedback_form}
    flags = {"isArchived": False, "isDebrief": False, "isFeedbackRequested": True, "isFeedbackRequired": True}
    interview = flags | {"feedbackFormDefinitionId": ident("scorecard")}
    yield "interview", {"id": ident("chat"), "title": "Chat", "isDefault": True, **interview}
    yield "interview", {"id": ident("exam"), "title": "Exam", "jobId": ident("engineer"), **interview}
    yield "jobBoard", {"id": ident("board"), "title": "Careers", "isPrimary": True}
    yield job("engineer")
    yield job("secret", confidential=True)
    yield job("closed", status="Closed", closedAt=T0)
    draft = job("draft", status="Draft", interviewPlanIds=[])
    del draft[1]["defaultInterviewPlanId"], draft[1]["openedAt"]
    yield draft
    yield posting("listed", "engineer")
    yield posting("unlisted", "engineer", isListed=False)
    yield posting("unpublished", "engineer", isPublished=False)
    yield opening("SEAT-1", "Open")
    yield opening("SEAT-2", "Open")
    yield opening("SEAT-DRAFT", "Draft")
    yield candidate("Cara Ruiz", externalMappingIds=["crm-17"])
    yield candidate("Dora Lind")
    yield candidate("Ezra Moss", emailAddresses=[])
    yield candidate("Saul Secret")
    yield application("Cara Ruiz", "engineer", "Active")
    yield application("Dora Lind", "engineer", "Lead")
    yield application("Ezra Moss", "engineer", "Active")
    yield application("Saul Secret", "secret", "Active")
    note = {"candidateId": ident("Cara Ruiz"), "authorId": ident("anna"), "createdAt": T0}
    yield "note", {"id": ident("open note"), "content": "Fine.", "isPrivate": False, **note}
    yield "note", {"id": ident("private note"), "content": "Hush.", "isPrivate": True, **note}
    yield "offerFormDefinition", {"id": ident("offer form"), "title": "Offer", "formDefinition": OFFER_FORM}
