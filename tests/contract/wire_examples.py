"""Requests that make sense in the sandbox's company, for every method and helper.

An example is a function of the caller that makes any preparatory calls and returns the request's body.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import examples
from ashby import load_contract
from checked_caller import Caller
from examples import Company

from langchain_ashby import AshbyClient
from langchain_ashby.endpoint import Endpoint
from langchain_ashby.endpoints import OPERATIONS

Body = dict[str, Any]


def _submit_feedback(ashby: Caller) -> Body:
    values = {
        "overall_recommendation": "3",
        "feedback": {"type": "PlainText", "value": "Good."},
        "technical_depth": {"score": 3},
        "areas": ["coding", "ops"],
        "work_with": True,
    }
    return {
        "applicationId": ashby.application("Ada Lovelace"),
        "formDefinitionId": ashby.id("feedbackFormDefinition", title="Interview Scorecard"),
        "feedbackForm": {"fieldSubmissions": [{"path": path, "value": value} for path, value in values.items()]},
    }


def _submit_feedback_on_event(ashby: Caller) -> Body:
    application = ashby.application("Ingrid Bjørnsdatter Halvorsen")
    schedule = ashby.find("interviewSchedule", applicationId=application, status="WaitingOnFeedback")
    event = next(event for event in schedule["interviewEvents"] if not event["hasSubmittedFeedback"])
    user = event["interviewers"][0]["userId"]
    return {**_submit_feedback(ashby), "applicationId": application, "interviewEventId": event["id"], "userId": user}


def _submit_every_type(ashby: Caller) -> Body:
    pay = {"minValue": 80000, "maxValue": 90000, "currencyCode": "EUR", "interval": "1 YEAR"}
    values = {
        "overall_recommendation": "4",
        "summary": {"type": "PlainText", "value": "Yes."},
        "one_line": "A yes",
        "motivation": "Ships.",
        "notice_weeks": 6,
        "earliest_start": "2027-01-15",
        "expected_pay": {"type": "compensation-range", **pay},
        "current_pay": {"value": 70000, "currencyCode": "EUR"},
        "team_sizes": {"type": "number-range", "minValue": 2, "maxValue": 8},
        "reference_email": "reference@example.org",
        "reference_phone": "+44 7700 900123",
        "reference_url": "https://reference.example.org/",
        "referring_user": ashby.id("user", firstName="Sofia"),
    }
    return {
        "applicationId": ashby.application("Kwame Mensah"),
        "userId": ashby.id("user", firstName="Priya"),
        "formDefinitionId": ashby.id("feedbackFormDefinition", title="Recruiter Screen"),
        "feedbackForm": {"fieldSubmissions": [{"path": path, "value": value} for path, value in values.items()]},
    }


def _create_offer(ashby: Caller) -> Body:
    application = ashby.application("Kwame Mensah")
    process = ashby.call("offerProcess.start", applicationId=application)["id"]
    form = ashby.call("offer.start", offerProcessId=process)
    values = {
        "Base salary": {"value": 125000, "currencyCode": "EUR"},
        "Start date": "2027-02-01",
        "Employment type": "ft",
        "Equity (options)": 4000,
        "Notes": "Welcome.",
    }
    fields = [field["field"] for section in form["formDefinition"]["sections"] for field in section["fields"]]
    submissions = [{"path": each["path"], "value": values[each["title"]]} for each in fields if each["title"] in values]
    return {"offerProcessId": process, "offerFormId": form["id"], "offerForm": {"fieldSubmissions": submissions}}


def _update_offer(ashby: Caller) -> Body:
    created = _create_offer(ashby)
    offer = ashby.call("offer.create", **created)
    return {"offerId": offer["id"], "offerForm": created["offerForm"]}


def _start_approval(ashby: Caller) -> Body:
    offer = ashby.call("offer.create", **_create_offer(ashby))
    return {"offerVersionId": offer["latestVersion"]["id"]}


def _member(ashby: Caller, first_name: str, role: str) -> Body:
    return {
        "applicationId": ashby.application("Ada Lovelace"),
        "teamMemberId": ashby.id("user", firstName=first_name),
        "roleId": ashby.id("applicationHiringTeamRole", title=role),
    }


def _transfer(ashby: Caller) -> Body:
    plan = ashby.id("interviewPlan", title="Business & Design")
    return {
        "applicationId": ashby.application("Ada Lovelace"),
        "jobId": ashby.id("job", title="Senior Product Designer"),
        "interviewPlanId": plan,
        "interviewStageId": ashby.id("interviewStage", interviewPlanId=plan, type="PreInterviewScreen"),
    }


def _start_offer(ashby: Caller) -> Body:
    process = ashby.call("offerProcess.start", applicationId=ashby.application("Kwame Mensah"))
    return {"offerProcessId": process["id"]}


def _event(ashby: Caller, hour: int = 10) -> Body:
    return {
        "startTime": f"2027-01-12T{hour}:00:00.000Z",
        "endTime": f"2027-01-12T{hour}:45:00.000Z",
        "interviewers": [{"email": "yuki@example.com", "feedbackRequired": True}, {"email": "ravi@example.com"}],
        "interviewId": ashby.id("interview", title="Final Interview"),
        "extraData": {"room": "Lighthouse"},
    }


def _create_schedule(ashby: Caller) -> Body:
    return {"applicationId": ashby.application("Ada Lovelace"), "interviewEvents": [_event(ashby), _event(ashby, 14)]}


def _own_schedule(ashby: Caller) -> dict[str, Any]:
    schedule: dict[str, Any] = ashby.call("interviewSchedule.create", **_create_schedule(ashby))
    return schedule


def _change_event(ashby: Caller) -> Body:
    schedule = _own_schedule(ashby)
    changed = {**_event(ashby, 16), "interviewEventId": schedule["interviewEvents"][0]["id"]}
    return {"interviewScheduleId": schedule["id"], "interviewEvent": changed}


def _cancel_event(ashby: Caller) -> Body:
    schedule = _own_schedule(ashby)
    return {
        "interviewScheduleId": schedule["id"],
        "interviewEventIdToCancel": schedule["interviewEvents"][0]["id"],
        "allowFeedbackDeletion": True,
    }


def _move(ashby: Caller) -> Body:
    application = ashby.application("Ada Lovelace")
    return {"applicationId": application, "interviewStageId": ashby.stage(application, "Offer")}


def _application_with_history(ashby: Caller) -> Body:
    plan = ashby.id("interviewPlan", title="Engineering")
    stages = [
        ashby.id("interviewStage", interviewPlanId=plan, title=title) for title in ("New Lead", "Recruiter Screen")
    ]
    return {
        "candidateId": ashby.id("candidate", name="Trần Mỹ Linh"),
        "jobId": ashby.id("job", title="Machine Learning Engineer"),
        "interviewPlanId": plan,
        "interviewStageId": stages[1],
        "sourceId": ashby.id("source", title="Employee Referral"),
        "creditedToUserId": ashby.id("user", firstName="Ravi"),
        "createdAt": "2026-09-01T08:00:00.000Z",
        "applicationHistory": [
            {"stageId": stage, "stageNumber": at, "enteredStageAt": f"2026-09-0{at + 1}T08:00:00.000Z"}
            for at, stage in enumerate(stages)
        ],
    }


def _field_value(object_type: str, kind: str, equal: Body, title: str, value: Any) -> "Example":
    return lambda ashby: {
        "objectType": object_type,
        "objectId": ashby.id(kind, **equal),
        "fieldId": ashby.field(object_type, title),
        "fieldValue": value,
    }


def _contact(email: str) -> Body:
    return {
        "email": email,
        "phoneNumber": "+1 212 555 0142",
        "linkedInUrl": "https://www.linkedin.com/in/example-mary",
        "githubUrl": "https://github.com/example-mary",
        "location": {"city": "Bath", "region": "England", "country": "United Kingdom"},
        "createdAt": "2026-10-01T08:00:00.000Z",
    }


Example = Callable[[Caller], Body]
ADA: Body = {"name": "Ada Lovelace"}
STAFF: Body = {"title": "Staff Engineer"}
OPENING: Body = {"openingState": "Open"}
MARCH = 1_772_323_200_000  # 2026-03-01, in milliseconds

FURTHER: dict[str, list[Example]] = {
    "apiKey.info": [lambda _: {}],
    "application.changeSource": [
        lambda a: {"applicationId": a.application("Ada Lovelace"), "sourceId": a.id("source", title="Careers Page")},
    ],
    "application.changeStage": [_move],
    "application.create": [
        lambda a: {
            "candidateId": a.id("candidate", name="Trần Mỹ Linh"),
            "jobId": a.id("job", **STAFF),
            "interviewStageId": "FirstPreInterviewScreen",
        },
        _application_with_history,
    ],
    "application.info": [
        lambda a: {
            "applicationId": a.application("Ethan Brooks"),
            "expand": ["openings", "applicationFormSubmissions", "referrals"],
        },
        lambda a: {
            "submittedFormInstanceId": a.find("application", id=a.application("Ingrid Bjørnsdatter Halvorsen"))[
                "applicationFormSubmissions"
            ][0]["id"]
        },
    ],
    "application.list": [
        lambda a: {"status": "Active", "jobId": a.id("job", **STAFF), "expand": ["openings"], "createdAfter": MARCH},
    ],
    "application.listHistory": [lambda a: {"applicationId": a.application("Ada Lovelace"), "limit": 2}],
    "application.addHiringTeamMember": [lambda a: _member(a, "Zofia", "Coordinator")],
    "application.removeHiringTeamMember": [lambda a: _member(a, "Ravi", "Interviewer")],
    "application.transfer": [_transfer, lambda a: {**_transfer(a), "startAutomaticActivities": True}],
    "applicationFeedbackRequest.create": [
        lambda a: {
            "applicationId": a.application("Ada Lovelace"),
            "interviewId": a.id("interview", title="Pair Programming"),
            "interviewerUserId": a.id("user", firstName="Ravi"),
        }
    ],
    "applicationHiringTeamRole.list": [lambda _: {}],
    "application.listCriteriaEvaluations": [lambda a: {"applicationId": a.find("criteriaEvaluation")["applicationId"]}],
    "application.update": [
        lambda a: {
            "applicationId": a.application("Ada Lovelace"),
            "sourceId": a.id("source", title="Sourced on GitHub"),
            "creditedToUserId": a.id("user", firstName="Yuki"),
            "createdAt": "2026-09-01T08:00:00.000Z",
            "sendNotifications": False,
        }
    ],
    "applicationFeedback.list": [
        lambda _: {"createdAfter": MARCH, "limit": 30},
    ],
    "applicationFeedback.submit": [_submit_feedback, _submit_feedback_on_event, _submit_every_type],
    "approval.list": [
        lambda _: {"limit": 5},
        lambda a: {"entityType": "offer", "entityId": a.find("approval")["entityId"]},
    ],
    "archiveReason.list": [lambda _: {"includeArchived": True}],
    "candidate.create": [
        lambda _: {"name": "Mary Somerville"},
        lambda a: {
            "name": "Mary Somerville",
            **_contact("mary@example.org"),
            "website": "https://mary.example.org/",
            "alternateEmailAddresses": ["mary@example.net"],
            "sourceId": a.id("source", title="Careers Page"),
            "creditedToUserId": a.id("user", firstName="Priya"),
        },
    ],
    "candidate.createNote": [
        lambda a: {
            "candidateId": a.id("candidate", **ADA),
            "note": {"type": "text/html", "value": "<b>Called</b> back."},
            "isPrivate": True,
            "sendNotifications": False,
            "createdAt": "2026-10-01T08:00:00.000Z",
        },
    ],
    "candidate.info": [
        lambda a: {"externalMappingId": a.find("candidate", **ADA)["externalMappingIds"][0]},
    ],
    "candidate.list": [lambda _: {"createdAfter": MARCH}],
    "candidate.listNotes": [lambda a: {"candidateId": a.id("candidate", **ADA), "limit": 2}],
    "candidate.search": [lambda _: {"email": "ada.lovelace@example.org"}],
    "candidate.update": [
        lambda a: {
            "candidateId": a.id("candidate", **ADA),
            "name": "Ada King",
            **_contact("countess@example.org"),
            "websiteUrl": "https://ada.example.org/",
            "alternateEmail": "ada@example.net",
            "sourceId": a.id("source", title="Careers Page"),
            "creditedToUserId": a.id("user", firstName="Priya"),
            "sendNotifications": False,
        },
        lambda a: {
            "candidateId": a.id("candidate", **ADA),
            "socialLinks": [{"type": "Website", "url": "https://ada.example.org/"}],
        },
    ],
    "candidate.uploadFile": [
        lambda a: {
            "candidateId": a.id("candidate", **ADA),
            "fileHandle": a.upload("CandidateFiles", "letter.txt", b"To whom it may concern"),
        }
    ],
    "candidate.uploadResume": [
        lambda a: {
            "candidateId": a.id("candidate", **ADA),
            "resumeHandle": a.upload("CandidateResume", "resume.txt", b"Ada Lovelace, Principal Engineer"),
        }
    ],
    "candidateTag.create": [lambda _: {"title": "Left-handed"}],
    "candidate.listProjects": [lambda a: {"candidateId": a.id("candidate", **ADA), "limit": 1}],
    "candidateTag.list": [lambda _: {"includeArchived": True, "limit": 3}],
    "closeReason.list": [lambda _: {}, lambda _: {"includeArchived": True}],
    "communicationTemplate.list": [lambda _: {}],
    "customField.info": [lambda a: {"customFieldId": a.field("Job", "Tech stack")}],
    "customField.list": [lambda _: {"includeArchived": True, "limit": 10}],
    "customField.setValue": [
        _field_value("Candidate", "candidate", ADA, "Open to relocation", True),
        _field_value("Candidate", "candidate", ADA, "Notice period (weeks)", 9),
        _field_value("Candidate", "candidate", ADA, "Languages", ["en", "fr"]),
        _field_value("Candidate", "candidate", ADA, "Work authorization", "sponsor"),
        _field_value("Candidate", "candidate", ADA, "Portfolio", "https://ada.example.org/notes"),
        _field_value("Candidate", "candidate", ADA, "Earliest start", "2027-03-01"),
        _field_value("Candidate", "candidate", ADA, "Notice period (weeks)", None),
        _field_value(
            "Candidate", "candidate", ADA, "Years of experience", {"type": "number-range", "minValue": 1, "maxValue": 4}
        ),
        _field_value("Job", "job", STAFF, "Cost centre", "41-XYZ"),
        _field_value("Opening", "opening", OPENING, "Seniority", "l6"),
        lambda a: {
            "objectType": "Application",
            "objectId": a.application("Ada Lovelace"),
            "fieldId": a.field("Application", "Relocation budget"),
            "fieldValue": {"value": 7000, "currencyCode": "EUR"},
        },
        lambda a: {
            "objectType": "Application",
            "objectId": a.application("Ada Lovelace"),
            "fieldId": a.field("Application", "HRIS record"),
            "fieldValue": a.application("Kwame Mensah"),
        },
    ],
    "customField.setValues": [
        lambda a: {
            "objectType": "Candidate",
            "objectId": a.id("candidate", **ADA),
            "values": [
                {"fieldId": a.field("Candidate", "Preferred name"), "fieldValue": "Ada"},
                {"fieldId": a.field("Candidate", "Languages"), "fieldValue": ["zh"]},
            ],
        }
    ],
    "department.list": [lambda _: {"includeArchived": True, "limit": 5}],
    "feedbackFormDefinition.list": [lambda _: {"includeArchived": True, "limit": 2}],
    "file.createFileUploadHandle": [
        lambda _: {
            "fileUploadContext": "CandidateResume",
            "filename": "cv.pdf",
            "contentType": "application/pdf",
            "contentLength": 1234,
        }
    ],
    "file.info": [lambda a: {"fileHandle": a.find("file", state="Attached")["handle"]}],
    "interview.info": [lambda a: {"id": a.id("interview", title="Final Interview")}],
    "interview.list": [
        lambda _: {"includeArchived": True, "includeNonSharedInterviews": True, "limit": 4},
        lambda _: {"includeArchived": True, "excludeArchivedScheduleTemplateInterviews": True},
    ],
    "interviewEvent.list": [
        lambda a: {"interviewScheduleId": a.id("interviewSchedule", status="Complete")},
        lambda a: {"interviewScheduleId": a.id("interviewSchedule", status="Scheduled"), "expand": ["interview"]},
    ],
    "interviewPlan.list": [lambda _: {"includeArchived": True, "limit": 1}],
    "interviewSchedule.cancel": [
        lambda a: {"id": _own_schedule(a)["id"], "allowReschedule": True},
    ],
    "interviewSchedule.create": [_create_schedule],
    "interviewSchedule.list": [
        lambda a: {"applicationId": a.application("Ada Lovelace"), "createdAfter": MARCH},
        lambda a: {"interviewStageId": a.stage(a.application("Ada Lovelace"), "Onsite")},
    ],
    "interviewSchedule.update": [
        _change_event,
        _cancel_event,
    ],
    "hiringTeamRole.list": [lambda _: {"namesOnly": True}],
    "job.create": [
        lambda a: {
            "title": "Lighthouse Keeper",
            "teamId": a.id("department", name="Platform"),
            "locationId": a.id("location", name="Oslo"),
            "defaultInterviewPlanId": a.id("interviewPlan", title="Engineering"),
            "jobTemplateId": a.id("jobTemplate"),
            "brandId": a.id("brand"),
            "employmentType": "Contract",
        },
        lambda a: {
            "title": "Lighthouse Keeper",
            "teamId": a.id("department", name="Platform"),
            "locationId": a.id("location", name="Oslo"),
        },
    ],
    "job.info": [
        lambda a: {
            "id": a.id("job", **STAFF),
            "expand": ["location", "openings"],
            "includeUnpublishedJobPostingsIds": True,
        }
    ],
    "job.list": [
        lambda _: {
            "status": ["Draft", "Open", "Closed", "Archived"],
            "expand": ["location", "openings"],
            "includeUnpublishedJobPostingsIds": True,
            "createdAfter": 0,
        },
        lambda _: {"openedAfter": MARCH, "closedBefore": MARCH * 2, "openedBefore": MARCH * 2, "closedAfter": MARCH},
    ],
    "job.search": [lambda _: {"requisitionId": "TW-101"}],
    "job.update": [
        lambda a: {
            "jobId": a.id("job", **STAFF),
            "title": "Staff Engineer, Scheduling",
            "teamId": a.id("department", name="Fleet Software"),
            "locationId": a.id("location", name="London"),
            "defaultInterviewPlanId": a.id("interviewPlan", title="Engineering"),
            "customRequisitionId": "TW-101b",
            "employmentType": "PartTime",
        }
    ],
    "jobInterviewPlan.info": [lambda a: {"jobId": a.id("job", **STAFF)}],
    "jobTemplate.list": [lambda _: {"expand": ["location"], "limit": 1}],
    "project.list": [lambda _: {"createdAfter": MARCH}],
    "jobPosting.info": [
        lambda a: {
            "jobPostingId": a.id("jobPosting", title="Staff Engineer"),
            "jobBoardId": a.id("jobBoard", isPrimary=True),
            "expand": ["job"],
        },
        lambda a: {
            "jobPostingId": a.id("jobPosting", title="Fleet Software Intern"),
            "includeUnpublishedJobPostings": True,
        },
    ],
    "jobPosting.list": [
        lambda _: {"location": "Oslo", "department": "Engineering", "listedOnly": True},
        lambda a: {"jobBoardId": a.id("jobBoard", isPrimary=False), "includeUnpublishedJobPostings": True},
    ],
    "jobPosting.update": [
        lambda a: {
            "jobPostingId": a.id("jobPosting", title="Fleet Software Intern"),
            "title": "Intern, Fleet Software",
            "workplaceType": "OnSite",
            "description": {"type": "text/html", "content": "<h1>Hi</h1><p>Ships <b>and</b> ports.</p>"},
            "suppressDescriptionOpening": True,
            "suppressDescriptionClosing": False,
        }
    ],
    "location.list": [
        lambda _: {"includeArchived": True, "includeLocationHierarchy": True, "limit": 5},
    ],
    "notetakerTranscript.info": [lambda a: {"notetakerTranscriptId": a.id("notetakerTranscript")}],
    "offer.create": [_create_offer, lambda a: {**_create_offer(a), "excludeFormDefinition": True}],
    "offer.info": [
        lambda a: {"offerId": a.id("offer", acceptanceStatus="WaitingOnResponse"), "excludeFormDefinition": True},
    ],
    "offer.list": [
        lambda a: {
            "applicationId": a.application("Ethan Brooks"),
            "offerStatus": ["CandidateAccepted"],
            "acceptanceStatus": ["Accepted"],
            "approvalStatus": ["Approved"],
            "createdAfter": MARCH,
        },
    ],
    "offer.start": [_start_offer],
    "offer.startApprovalProcess": [
        _start_approval,
        lambda a: {**_start_approval(a), "note": "Please.", "excludeFormDefinition": True},
    ],
    "offer.update": [_update_offer, lambda a: {**_update_offer(a), "excludeFormDefinition": True}],
    "offerProcess.start": [lambda a: {"applicationId": a.application("Kwame Mensah")}],
    "opening.create": [
        lambda _: {},
        lambda a: {
            "identifier": "OP-900",
            "description": "One more",
            "teamId": a.id("department", name="Platform"),
            "locationIds": [a.id("location", name="Oslo")],
            "jobIds": [a.id("job", **STAFF)],
            "targetHireDate": "2027-03-01",
            "targetStartDate": "2027-04-01",
            "isBackfill": True,
            "employmentType": "Contract",
            "openingState": "Open",
        },
    ],
    "opening.list": [lambda _: {"createdAfter": MARCH}],
    "opening.update": [
        lambda a: {
            "openingId": a.id("opening", **OPENING),
            "identifier": "OP-201b",
            "description": "Changed",
            "teamId": a.id("department", name="Fleet Software"),
            "targetHireDate": "2027-05-01",
            "targetStartDate": "2027-06-01",
            "isBackfill": True,
            "employmentType": "PartTime",
        }
    ],
    "source.list": [lambda _: {"includeArchived": True}],
    "user.info": [lambda a: {"userId": a.id("user", firstName="Yuki")}],
    "user.list": [lambda _: {"includeDeactivated": True, "limit": 5}],
    "user.search": [lambda _: {"email": "yuki@example.com"}, lambda _: {"email": "nobody@example.com"}],
}
"""What the tools' own examples cannot say: helpers, tools of several calls, and rarer keys and values."""


def _sent(tool: str) -> Example:
    """The request that a single-call tool sends for its example."""

    def example(ashby: Caller) -> Body:
        # Such tools never upload, so no directory is needed.
        with AshbyClient(ashby.sandbox.api_key, ashby.sandbox.url) as client:
            request = OPERATIONS[tool](**examples.EXAMPLES[tool](Company(ashby.seed, client, Path())))
        assert isinstance(request, Endpoint)
        return request.wire()

    return example


def _all() -> dict[str, list[Example]]:
    """The tools' own examples by method, and behind them the further ones."""
    sent: dict[str, list[Example]] = {}
    for tool in examples.EXAMPLES:
        operation = OPERATIONS[tool]
        # Another test names the methods whose schemas are missing.
        if issubclass(operation, Endpoint) and operation.path in load_contract().endpoints:
            sent.setdefault(operation.path, []).append(_sent(tool))
    return {path: [*sent.get(path, []), *FURTHER.get(path, [])] for path in dict.fromkeys([*sent, *FURTHER])}


EXAMPLES = _all()
CASES = [(endpoint, at) for endpoint, examples in EXAMPLES.items() for at in range(len(examples))]
"""(endpoint, index of the example), to parametrize a test."""
