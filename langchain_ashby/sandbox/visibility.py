"""The records that an API key sees: confidential jobs and private data need their own toggles."""

from langchain_ashby.sandbox.keys import Key
from langchain_ashby.sandbox.records import (
    Application,
    Approval,
    Candidate,
    CriteriaEvaluation,
    CustomField,
    Feedback,
    FeedbackRequest,
    Interview,
    InterviewPlan,
    InterviewSchedule,
    InterviewStage,
    Job,
    JobPosting,
    Note,
    NotetakerTranscript,
    Offer,
    OfferProcess,
    Project,
)
from langchain_ashby.sandbox.store import Condition, equals

# A plus before a column keeps its type out of the comparison: else SQLite passes over the indexes on JSON.
_HIDDEN_JOBS = "SELECT +id FROM records WHERE kind = 'job' AND json_extract(data, '$.confidential')"
_APPLICATION_OF_CANDIDATE = (
    "SELECT 1 FROM records AS a WHERE a.kind = 'application' AND json_extract(a.data, '$.candidateId') = +records.id"
)

_OF_A_JOB = Condition(f"coalesce(json_extract(data, '$.jobId'), '') NOT IN ({_HIDDEN_JOBS})")
_OF_AN_APPLICATION = Condition(
    "NOT EXISTS (SELECT 1 FROM records AS a WHERE a.kind = 'application'"
    " AND a.id = json_extract(records.data, '$.applicationId')"
    f" AND json_extract(a.data, '$.jobId') IN ({_HIDDEN_JOBS}))"
)

_WITHOUT_CONFIDENTIAL: dict[type, Condition] = {
    Job: Condition(f"id NOT IN ({_HIDDEN_JOBS})"),
    JobPosting: _OF_A_JOB,
    Application: _OF_A_JOB,
    InterviewPlan: _OF_A_JOB,
    Interview: _OF_A_JOB,
    InterviewStage: Condition(
        "NOT EXISTS (SELECT 1 FROM records AS p WHERE p.kind = 'interviewPlan'"
        " AND p.id = json_extract(records.data, '$.interviewPlanId')"
        f" AND json_extract(p.data, '$.jobId') IN ({_HIDDEN_JOBS}))"
    ),
    InterviewSchedule: _OF_AN_APPLICATION,
    Feedback: _OF_AN_APPLICATION,
    FeedbackRequest: _OF_AN_APPLICATION,
    CriteriaEvaluation: _OF_AN_APPLICATION,
    NotetakerTranscript: _OF_AN_APPLICATION,
    Approval: _OF_AN_APPLICATION,
    OfferProcess: _OF_AN_APPLICATION,
    Offer: _OF_AN_APPLICATION,
    Project: equals("confidential", False),
    # A candidate without any application is visible; one whose applications are all hidden is not.
    Candidate: Condition(
        f"NOT EXISTS ({_APPLICATION_OF_CANDIDATE}) OR EXISTS"
        f" ({_APPLICATION_OF_CANDIDATE} AND json_extract(a.data, '$.jobId') NOT IN ({_HIDDEN_JOBS}))"
    ),
}

_WITHOUT_PRIVATE: dict[type, Condition] = {
    Note: equals("isPrivate", False),
    # The toggle is about private fields other than those of offers.
    CustomField: Condition("NOT json_extract(data, '$.isPrivate') OR json_extract(data, '$.objectType') = 'Offer'"),
}


def visible(kind: type, key: Key) -> list[Condition]:
    """The conditions that a record must meet for this key to see it."""
    conditions = []
    if not key.confidential and kind in _WITHOUT_CONFIDENTIAL:
        conditions.append(_WITHOUT_CONFIDENTIAL[kind])
    if not key.private and kind in _WITHOUT_PRIVATE:
        conditions.append(_WITHOUT_PRIVATE[kind])
    return conditions
