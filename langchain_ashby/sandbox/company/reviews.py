"""What is decided about people: the AI review of applications, and the approval of offers."""

from langchain_ashby.sandbox.company.make import Record, Records, ident, present

# key, title, prompt
CRITERIA = (
    ("maritime", "Maritime experience", "Has the candidate worked with ports, ships or freight?"),
    ("distributed", "Distributed systems", "Has the candidate built systems that run on several machines?"),
)
_REASONS = {
    "Meets": "The résumé names such work at {company}.",
    "Does Not Meet": "Nothing in the résumé speaks of it; {company} is in another line of business.",
}


def evaluations(application_id: str, company: str, evaluated: str) -> Records:
    """What the AI review says of an application: nothing could be read without a résumé."""
    for at, (key, title, prompt) in enumerate(CRITERIA):
        outcome = "Meets" if (len(company) + at) % 2 else "Does Not Meet"
        said = company and {
            "outcome": outcome,
            "outcomeNumber": 0.9 if outcome == "Meets" else 0.2,
            "reasoning": _REASONS[outcome].format(company=company),
            "evaluatedAt": evaluated,
        }
        yield (
            "criteriaEvaluation",
            {
                "id": ident(application_id, "criterion", key),
                "applicationId": application_id,
                "criterion": {"id": ident("criterion", key), "title": title, "type": "ResumePrompt", "prompt": prompt},
                "status": "Completed" if company else "Skipped",
                **(said or {"skipReason": "There is no résumé."}),
            },
        )


def feedback_request(application_id: str, interviewer: str, asked: str) -> Records:
    """A request for feedback without a meeting."""
    yield (
        "feedbackRequest",
        {
            "id": ident(application_id, "feedback request"),
            "applicationId": application_id,
            "interviewId": ident("interview", "manager"),
            "interviewerUserId": ident("user", interviewer),
            "createdAt": asked,
        },
    )


def approval(application_id: str, version: Record) -> Records:
    """The approval of an offer's version, by a manager and the head of finance; none that is not started."""
    status = version.get("approvalStatus")
    if status is None:
        return
    asked = version["createdAt"]
    approved = {"requestedAt": asked, "decision": "approve", "decidedAt": asked}
    pending = {"requestedAt": asked, "decision": "pending"}
    second = approved if status == "Approved" else pending
    yield (
        "approval",
        present(
            id=ident(version["id"], "approval"),
            approvalDefinitionId=ident("approval definition", "offer"),
            entityType="offer",
            entityId=version["id"],
            applicationId=application_id,
            steps=[
                _step(version["id"], "yuki", approved, asked),
                _step(version["id"], "mateo", second, asked if status == "Approved" else None),
            ],
            createdAt=asked,
            submittedAt=asked,
            completedAt=asked if status == "Approved" else None,
        ),
    )


def _step(version_id: str, approver: str, said: Record, completed: str | None) -> Record:
    return present(
        id=ident(version_id, "step", approver),
        approvalsRequired=1,
        approvers=[{"id": ident(version_id, "approver", approver), "userId": ident("user", approver), **said}],
        completedAt=completed,
    )
