"""A company in which each candidate puts one text into every place that outsiders can write to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from langchain_ashby.sandbox.company import company
from langchain_ashby.sandbox.company.forms import APPLICATION_FORM_DEFINITION
from langchain_ashby.sandbox.company.make import ago, ident
from langchain_ashby.sandbox.company.plans import stage_id

ATTEMPTS: dict[str, str] = {
    row["name"]: row["text"]
    for row in map(json.loads, (Path(__file__).parent / "injections.jsonl").read_text("utf-8").splitlines())
}
"""Injection attempts by name. Invisible characters are escaped in the file."""

PLAN, JOB = "engineering", "staff"


def company_of(texts: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """The usual company plus a candidate per text, with an application, a note and feedback."""
    yield from company(candidates=0)
    yield "customField", _custom_field("outside", "Anything else?", "LongText")
    yield "customField", _custom_field("choice", "A choice", "String")
    for number, text in enumerate(texts):
        yield from _candidate(number, text)


def candidate_id(number: int) -> str:
    return ident("hostile candidate", number)


def application_id(number: int) -> str:
    return ident("hostile application", number)


def _custom_field(key: str, title: str, type_: str) -> dict[str, Any]:
    flags = {"isRequired": False, "isPrivate": False, "isArchived": False}
    return {"id": ident("field", key), "title": title, "objectType": "Candidate", "fieldType": type_, **flags}


def _candidate(number: int, text: str) -> Iterator[tuple[str, Any]]:
    tag, file, user = ident("hostile tag", number), ident("hostile file", number), ident("user", "priya")
    yield "candidateTag", {"id": tag, "title": text, "isArchived": False}
    place = {"id": ident("hostile place", number), "locationSummary": text}
    times = {"createdAt": ago(9), "updatedAt": ago(3)}
    addresses = [f"outsider{number}@example.com", f"{text}@example.com"]
    yield (
        "candidate",
        {
            "id": candidate_id(number),
            "name": text,
            "emailAddresses": [
                {"value": address, "type": "Personal", "isPrimary": place == 0}
                for place, address in enumerate(addresses)
            ],
            "phoneNumbers": [{"value": text, "type": "Personal", "isPrimary": True}],
            "socialLinks": [{"type": "Website", "url": f"https://example.com/{text}"}],
            "tagIds": [tag],
            "fileIds": [file],
            "company": text,
            "position": text,
            "school": text,
            "location": place | {"locationComponents": [{"type": "City", "name": text}]},
            "customFieldValues": {ident("field", "outside"): text, ident("field", "choice"): text},
            **times,
        },
    )
    yield (
        "file",
        {
            "id": file,
            "name": text,
            "handle": f"handle-{number}",
            "contentType": "text/plain",
            "contentLength": 4,
            "fileUploadContext": "CandidateFiles",
            "state": "Attached",
            "createdAt": ago(9),
            "text": "text",
        },
    )
    yield "application", _application(number, text) | times
    note = {"candidateId": candidate_id(number), "authorId": user, "isPrivate": False, "createdAt": ago(2)}
    yield "note", {"id": ident("hostile note", number), "content": text, **note}
    yield (
        "feedback",
        {
            "id": ident("hostile feedback", number),
            "applicationId": application_id(number),
            "feedbackFormDefinitionId": ident("form", "scorecard"),
            "formDefinition": FEEDBACK_FORM,
            "submittedValues": {"feedback": text, "overall_recommendation": "3", "not in the form": text},
            "submittedByUserId": user,
            "submittedAt": ago(1),
        },
    )


FEEDBACK_FORM = {
    "sections": [
        {
            "title": "Recommendation",
            "fields": [
                {
                    "isRequired": True,
                    "field": {
                        "id": ident("hostile field", path),
                        "type": type_,
                        "path": path,
                        "humanReadablePath": path,
                        "title": title,
                        "isNullable": False,
                    },
                }
                for path, title, type_ in (
                    ("feedback", "What did you see?", "RichText"),
                    ("overall_recommendation", "Overall recommendation", "String"),
                )
            ],
        }
    ]
}


def _application(number: int, text: str) -> dict[str, Any]:
    stage = stage_id(PLAN, "Onsite")
    visit = {"id": ident("hostile visit", number), "stageId": stage, "stageNumber": 0, "enteredStageAt": ago(9)}
    answers = {"_systemfield_name": text, "_systemfield_email": f"{text}@example.com", "why": text}
    form = {"id": ident("hostile form", number), "formDefinition": APPLICATION_FORM_DEFINITION}
    return {
        "id": application_id(number),
        "candidateId": candidate_id(number),
        "jobId": ident("job", JOB),
        "interviewPlanId": ident("plan", PLAN),
        "currentInterviewStageId": stage,
        "status": "Active",
        "hiringTeam": [],
        "applicationHistory": [visit],
        "applicationFormSubmissions": [form | {"submittedValues": answers}],
        "referrals": [],
        "openingIds": [],
        "customFieldValues": {},
    }
