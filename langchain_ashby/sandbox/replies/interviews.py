"""Interview stages, definitions, schedules and events."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.records import (
    Application,
    Candidate,
    Interview,
    InterviewEvent,
    InterviewSchedule,
    InterviewStage,
    NotetakerTranscript,
)
from langchain_ashby.sandbox.replies.shared import WEBSITE, Reply, person, user, without


def interview_stage(record: InterviewStage) -> Reply:
    """A stage of a plan."""
    return without(record, "activities")


def stage_with_activities(call: Call, record: InterviewStage) -> Reply:
    """A stage with the interviews that it asks for."""
    activities = [
        {
            **activity,
            "interviews": [
                {**item, "title": call.embedded(Interview, item["interviewId"])["title"]}
                for item in activity["interviews"]
            ],
        }
        for activity in record["activities"]
    ]
    return without(record, "activities", "interviewPlanId") | {"activities": activities}


def interview(record: Interview) -> Reply:
    """The definition of an interview."""
    return without(record, "isDefault", "scheduleTemplateIsArchived")


def schedule(call: Call, record: InterviewSchedule) -> Reply:
    """A schedule with its meetings."""
    reply = without(record, "scheduledById", "createdByKeyId")
    if "scheduledById" in record:
        reply["scheduledBy"] = user(call, record["scheduledById"])
    reply["interviewEvents"] = [event(call, record, item) for item in record["interviewEvents"]]
    return reply


def event(call: Call, of: InterviewSchedule, record: InterviewEvent, *, with_interview: bool = True) -> Reply:
    """A meeting of a schedule."""
    interviewers: list[dict[str, Any]] = [
        {
            **user(call, interviewer["userId"]),
            "trainingRole": None,
            "interviewerPool": None,
            "isFeedbackRequired": interviewer["isFeedbackRequired"],
        }
        for interviewer in record["interviewers"]
    ]
    reply: Reply = {
        **record,
        "interviewScheduleId": of["id"],
        "interviewerUserIds": [interviewer["userId"] for interviewer in record["interviewers"]],
        "interviewers": interviewers,
        "feedbackLink": f"{WEBSITE}/interview-briefings/{record['id']}/feedback",
        "location": record.get("location"),
        "meetingLink": record.get("meetingLink"),
        "interviewerCalendarEventId": None,
    }
    if with_interview:
        reply["interview"] = interview(call.embedded(Interview, record["interviewId"]))
    return reply


def transcript(call: Call, record: NotetakerTranscript) -> Reply:
    """A transcript with who took part. The sandbox serves no text at its address."""
    of = call.embedded(InterviewSchedule, record["interviewScheduleId"])
    candidate = call.embedded(Candidate, call.embedded(Application, of["applicationId"])["candidateId"])
    emails = [contact["value"] for contact in candidate["emailAddresses"] if contact["isPrimary"]]
    return without(record, "applicationId") | {
        "participants": [
            *(
                _interviewer(call, interviewer["userId"])
                for event in of["interviewEvents"]
                if event["id"] == record["interviewEventId"]
                for interviewer in event["interviewers"]
            ),
            {"id": candidate["id"], "type": "candidate", "name": candidate["name"], "email": next(iter(emails), None)},
        ],
        "transcriptUrl": f"{WEBSITE}/transcripts/{record['id']}.json?expires={int(call.clock.time()) + 300}",
    }


def _interviewer(call: Call, user_id: str) -> Reply:
    known = person(call, user_id)
    name = f"{known['firstName']} {known['lastName']}"
    return {"id": user_id, "type": "interviewer", "name": name, "email": known["email"]}
