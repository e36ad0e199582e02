"""Interviews that have taken place, will, or did not: schedules with their events, and the feedback."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from langchain_ashby.sandbox.company.forms import FORM_DEFINITIONS
from langchain_ashby.sandbox.company.jobs import JOB_ROWS, USUAL_PAY
from langchain_ashby.sandbox.company.make import NOW, Record, Records, ago, ident, present, time
from langchain_ashby.sandbox.company.people import Person
from langchain_ashby.sandbox.company.plans import INTERVIEWS, STAGES, stage_id
from langchain_ashby.sandbox.company.stories import OBSERVATIONS, REMARKS

STATES = {
    "done": "Complete",
    "waiting": "WaitingOnFeedback",
    "scheduled": "Scheduled",
    "needs": "NeedsScheduling",
    "booking": "WaitingOnCandidateBooking",
    "availability": "WaitingOnCandidateAvailability",
    "submitted": "CandidateAvailabilitySubmitted",
    "hold": "OnHold",
    "cancelled": "Cancelled",
}
"""The states that a stage's interviews can be in."""

_WITH_EVENTS = ("done", "waiting", "scheduled", "cancelled")
_FORM = {key: form for key, _, _, form, *_ in INTERVIEWS}
_MINUTES = {key: minutes for key, _, _, _, _, minutes, *_ in INTERVIEWS}
_AREAS = {"system-design": ["design", "ops"], "pairing": ["coding"], "final": ["lead", "values"], "manager": ["values"]}


class Visit(NamedTuple):
    """A stay of an application in a stage with interviews: whose, where in the history, how many days ago it began."""

    person: Person
    application_id: str
    job: str
    stage: str
    history_id: str
    entered: float
    state: str  # a key of `STATES`


def records(visit: Visit, rng: Random) -> Records:
    """The schedule of the visit, then the feedback on it."""
    recruiter = JOB_ROWS[visit.job].team.split()[1]
    schedule_id = ident(visit.application_id, "schedule", visit.stage)
    began = NOW - timedelta(days=visit.entered)
    if visit.state == "scheduled":
        began = NOW + timedelta(days=rng.randint(1, 8))
    events = list(_events(visit, began)) if visit.state in _WITH_EVENTS else []
    # Who waits for feedback, waits for the last interviewer's.
    answered = {"done": len(events), "waiting": len(events) - 1}.get(visit.state, 0)
    yield (
        "interviewSchedule",
        present(
            id=schedule_id,
            applicationId=visit.application_id,
            interviewStageId=stage_id(JOB_ROWS[visit.job].plan, visit.stage),
            status=STATES[visit.state],
            scheduledById=ident("user", recruiter) if events else None,
            interviewEvents=[
                _event(schedule_id, interview, interviewer, start, ago(visit.entered), answered=at < answered)
                | (_recorded(schedule_id, interview) if visit.state == "done" else {})
                for at, (interview, interviewer, start) in enumerate(events)
            ],
            createdAt=ago(visit.entered),
            updatedAt=ago(max(visit.entered - 1, 0)),
        ),
    )
    for interview, _, start in events if visit.state == "done" else ():
        if recorded := _recorded(schedule_id, interview):
            yield (
                "notetakerTranscript",
                {
                    "id": recorded["notetakerTranscriptId"],
                    "applicationId": visit.application_id,
                    "interviewScheduleId": schedule_id,
                    "interviewEventId": ident(schedule_id, interview),
                    "createdAt": time(start + timedelta(minutes=_MINUTES[interview])),
                },
            )
    for at, (interview, interviewer, start) in enumerate(events[:answered]):
        recommendation = visit.person.recommendations[at % len(visit.person.recommendations)]
        yield "feedback", _feedback(visit, schedule_id, interview, interviewer, start, recommendation, rng)


def _events(visit: Visit, began: datetime) -> Iterator[tuple[str, str, datetime]]:
    """(interview, interviewer, start). The final interview and the debrief are never part of it: they come later."""
    team = JOB_ROWS[visit.job].team.split()
    interviews = next(names for title, _, names in STAGES[JOB_ROWS[visit.job].plan] if title == visit.stage).split()
    start = began.replace(hour=10, minute=0, second=0, microsecond=0)
    start += timedelta(days=0 if visit.state == "scheduled" else 1)
    start += timedelta(days=7 - start.weekday() if start.weekday() > 4 else 0)  # nobody works at the weekend
    for at, interview in enumerate(name for name in interviews if name not in ("final", "debrief")):
        if interview == "recruiter-screen":
            interviewer = team[1]
        else:
            panel = team[2:] or team[:1]
            interviewer = panel[at % len(panel)]
        yield interview, interviewer, start + timedelta(hours=2 * at)


def _recorded(schedule_id: str, interview: str) -> dict[str, str]:
    """Screening calls are recorded by the notetaker."""
    recorded = interview == "recruiter-screen"
    return {"notetakerTranscriptId": ident(schedule_id, interview, "transcript")} if recorded else {}


def _event(
    schedule_id: str, interview: str, interviewer: str, start: datetime, made: str, answered: bool
) -> dict[str, Any]:
    return {
        "id": ident(schedule_id, interview),
        "interviewId": ident("interview", interview),
        "startTime": time(start),
        "endTime": time(start + timedelta(minutes=_MINUTES[interview])),
        "interviewers": [{"userId": ident("user", interviewer), "isFeedbackRequired": True}],
        "hasSubmittedFeedback": answered,
        "createdAt": made,
        "updatedAt": made,
        "meetingLink": f"https://meet.example.com/{ident(schedule_id, interview)[:8]}",
    }


def _feedback(
    visit: Visit,
    schedule_id: str,
    interview: str,
    interviewer: str,
    start: datetime,
    recommendation: str,
    rng: Random,
) -> Record:
    text = OBSERVATIONS.get((visit.person.key, interview)) or rng.choice(REMARKS[recommendation])
    form = _FORM[interview]
    answers = _screen if form == "screen" else _scorecard
    return {
        "id": ident(schedule_id, interview, "feedback"),
        "applicationId": visit.application_id,
        "applicationHistoryId": visit.history_id,
        "feedbackFormDefinitionId": ident("form", form),
        "formDefinition": FORM_DEFINITIONS[form],
        "submittedValues": answers(visit, interview, recommendation, text, rng),
        "submittedByUserId": ident("user", interviewer),
        "submittedAt": time(start + timedelta(hours=5)),
        "interviewId": ident("interview", interview),
        "interviewEventId": ident(schedule_id, interview),
    }


def _scorecard(visit: Visit, interview: str, recommendation: str, text: str, rng: Random) -> Record:
    score = int(recommendation)
    near = max(1, min(4, score + rng.choice((-1, 0, 0))))
    return {
        "overall_recommendation": recommendation,
        "feedback": text,
        "technical_depth": {"score": score},
        "problem_solving": {"score": near},
        "communication": {"score": score},
        "areas": _AREAS.get(interview, ["coding", "values"]),
        "work_with": score >= 3,
    }


def _screen(visit: Visit, interview: str, recommendation: str, text: str, rng: Random) -> Record:
    currency, low, high = JOB_ROWS[visit.job].pay or USUAL_PAY
    pay = rng.randrange(low, high, 5000)
    return {
        "overall_recommendation": recommendation,
        "summary": text,
        "one_line": "Worth the panel's time" if recommendation in "34" else "Not now",
        "notice_weeks": rng.choice((4, 6, 8, 12)),
        "earliest_start": f"2027-0{rng.randint(1, 4)}-01",
        "expected_pay": {
            "type": "compensation-range",
            "minValue": pay,
            "maxValue": pay + 15000,
            "currencyCode": currency,
            "interval": "1 YEAR",
        },
        "team_sizes": {"type": "number-range", "minValue": 2, "maxValue": rng.randint(3, 14)},
    }
