"""Tidewright's interviews, and the plans whose stages ask for them."""

from langchain_ashby.sandbox.company.make import Record, Records, ago, ident, present, ref

# key, title, title for candidates, form, job it belongs to alone, minutes, notes for the interviewer, flags
INTERVIEWS = (
    ("recruiter-screen", "Recruiter Screen", "Chat with our recruiter", "screen", "", 30,
     "Motivation, terms, a picture of the process.", "feedback"),
    ("phone-screen", "Technical Phone Screen", "Technical conversation", "scorecard", "", 60,
     "One problem, talked through. Watch how the candidate narrows it down.", "feedback required default"),
    ("system-design", "System Design", "System design", "scorecard", "", 60,
     "Berth scheduling for a mid-size port; ask about failure first.", "feedback required"),
    ("pairing", "Pair Programming", "Pair programming", "scorecard", "", 90,
     "The candidate drives. Offer help after five silent minutes.", "feedback required"),
    ("final", "Final Interview", "Conversation with leadership", "scorecard", "", 45,
     "Expectations on both sides, the first ninety days.", "feedback required"),
    ("manager", "Hiring Manager Interview", "Meet your manager", "scorecard", "", 45, "", "feedback"),
    ("portfolio", "Work Presentation", "Present your work", "scorecard", "", 60,
     "Two projects, one that went wrong.", "feedback required"),
    ("demo", "Product Demo", "Sell us a berth", "scorecard", "sales", 45, "", "feedback"),
    ("board", "Board Conversation", "Meet the board", "scorecard", "vp", 60, "", "feedback"),
    ("debrief", "Debrief", "", "debrief", "", 30, "Everyone has submitted before we start.", "debrief"),
    ("whiteboard", "Whiteboard Coding", "Coding", "scorecard-2023", "", 60, "", "archived template-archived"),
)  # fmt: skip

# plan, title, the job it belongs to alone, published, archived
PLANS = (
    ("engineering", "Engineering", "", True, False),
    ("general", "Business & Design", "", True, False),
    ("executive", "Executive Search", "vp", True, False),
    ("engineering-2023", "Engineering 2023", "", True, True),
    ("apprentice", "Apprenticeship (draft)", "", False, False),
)

_OPENING = (("New Lead", "Lead", ""), ("Reached Out", "Lead", ""), ("Application Review", "PreInterviewScreen", ""))
_CLOSING = (("Offer", "Offer", ""), ("Hired", "Hired", ""), ("Archived", "Archived", ""))

# plan: (stage, type, the interviews of its activities)
STAGES = {
    "engineering": (
        *_OPENING,
        ("Recruiter Screen", "Active", "recruiter-screen"),
        ("Technical Phone Screen", "Active", "phone-screen"),
        ("Onsite", "Active", "system-design pairing final debrief"),
        *_CLOSING,
    ),
    "general": (
        *_OPENING,
        ("Recruiter Screen", "Active", "recruiter-screen"),
        ("Hiring Manager", "Active", "manager"),
        ("Onsite Panel", "Active", "portfolio final debrief"),
        *_CLOSING,
    ),
    "executive": (
        ("Longlist", "Lead", ""),
        ("Partner Screen", "PreInterviewScreen", ""),
        ("Executive Team", "Active", "manager final"),
        ("Board", "Active", "board"),
        *_CLOSING,
    ),
    "engineering-2023": (*_OPENING[1:], ("Whiteboard", "Active", "whiteboard"), *_CLOSING),
    "apprentice": (*_OPENING[1:], ("Trial Day", "Active", "pairing"), *_CLOSING),
}
_MINUTES = {key: minutes for key, _, _, _, _, minutes, *_ in INTERVIEWS}


def stage_id(plan: str, title: str) -> str:
    """The id of a plan's stage by its title."""
    return ident("stage", plan, title)


def records() -> Records:
    """Interviews, plans and stages."""
    for key, title, external, form, job, _, notes, flags in INTERVIEWS:
        yield (
            "interview",
            present(
                id=ident("interview", key),
                title=title,
                externalTitle=external or None,
                isArchived="archived" in flags.split(),
                isDebrief=key == "debrief",
                isFeedbackRequested="feedback" in flags,
                isFeedbackRequired="required" in flags,
                instructionsPlain=notes or None,
                instructionsHtml=f"<p>{notes}</p>" if notes else None,
                jobId=ref("job", job),
                feedbackFormDefinitionId=ident("form", form),
                isDefault="default" in flags or None,
                scheduleTemplateIsArchived="template-archived" in flags or None,
            ),
        )
    for key, title, job, published, archived in PLANS:
        yield (
            "interviewPlan",
            present(
                id=ident("plan", key),
                title=title,
                isArchived=archived,
                isPublished=published,
                jobId=ref("job", job),
                createdAt=ago(1200),
                updatedAt=ago(75),
            ),
        )
        for order, (stage, stage_type, interviews) in enumerate(STAGES[key]):
            yield (
                "interviewStage",
                {
                    "id": stage_id(key, stage),
                    "title": stage,
                    "type": stage_type,
                    "orderInInterviewPlan": order,
                    "interviewPlanId": ident("plan", key),
                    "interviewStageGroupId": ident("stage group", key, stage_type),
                    "activities": [_activity(key, stage, interview) for interview in interviews.split()],
                },
            )


def _activity(plan: str, stage: str, interview: str) -> Record:
    title = next(title for key, title, *_ in INTERVIEWS if key == interview)
    return {
        "id": ident("activity", plan, stage, interview),
        "title": title,
        "interviews": [
            {
                "id": ident("activity interview", plan, stage, interview),
                "interviewId": ident("interview", interview),
                "interviewDurationMinutes": _MINUTES[interview],
                "isSchedulable": True,
            }
        ],
    }
