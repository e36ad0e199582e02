"""The columns of each kind of record: the facts that recruiters decide on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from langchain_ashby import records
from langchain_ashby.forms import fields_by_path
from langchain_ashby.results.application_cells import (
    APPLIED,
    ENDED,
    REASON,
    REASON_IN_FULL,
    STAGE,
    STATUS,
    UPDATED,
    WHOSE,
)
from langchain_ashby.results.cell_makers import (
    all_named,
    calendar_day,
    each,
    each_text,
    kind_of_location,
    name,
    options,
    own_id,
    pay,
    person,
    sent,
    small,
    stage_of,
    under,
    word_for,
)
from langchain_ashby.results.cells import (
    Column,
    Day,
    Legend,
    application_ids,
    applications,
    contact_and_work,
    first_of,
    fraud,
    openings,
    posting_location,
    reached_at,
    with_workplace,
    workplace,
)
from langchain_ashby.results.meetings import meeting
from langchain_ashby.results.phrases import (
    labelled_value,
    name_and_email,
    stage,
)
from langchain_ashby.text.words import at, enumerated

_ARCHIVED = Column("state", word_for("isArchived", "archived"))
_PRIVATE = Column("visible", word_for("isPrivate", "private"))

_CANDIDATE: Sequence[Column] = (
    own_id(records.Candidate),
    Column("name", name("name")),
    Column("email position at company, city, country", contact_and_work),
    Column("tags", all_named("tags")),
    Column("fraud", fraud),
    Column("applications (blank: 1)", applications, kept=True, brief=True),
    Column("source", small("source"), lettered=True, notes_spare=True),
    Column("created", Day("createdAt"), spare=True),
    Column("application_ids", application_ids, spare=True),
)

_FOUND_CANDIDATE = tuple(
    it._replace(spare=it.spare and it.cell is not application_ids) for it in _CANDIDATE if not it.brief
)
"""Those whom a search finds have the ids of their applications, however many are found."""

COLUMNS: Mapping[type, Sequence[Column]] = {
    records.Candidate: _CANDIDATE,
    records.FoundCandidate: _FOUND_CANDIDATE,
    records.Application: (
        own_id(records.Application),
        Column("candidate", name("candidate", "name")),
        Column("candidate_id", under("candidate", "id")),
        Column("job", sent("job", "title")),
        STAGE,
        STATUS,
        REASON,
        Column("source", small("source"), lettered=True, notes_spare=True),
        Column("openings", openings),
        APPLIED,
        UPDATED,
        ENDED,
    ),
    records.StageStay: (
        Column("interview_stage_id", under("stageId")),
        Column("stage", under("title")),
        Column("entered", under("enteredStageAt")),
        Column("left", under("leftStageAt")),
        Column("by user_id", under("actorId")),
    ),
    records.CriteriaEvaluation: (
        Column("evaluated", Day("evaluatedAt")),
        Column("status", under("status")),
        Column("criterion", under("criterion", "title")),
        Column("question", under("criterion", "prompt")),
        Column("outcome", under("outcome")),
        Column("score (0 to 1)", under("outcomeNumber")),
        Column("reasoning", under("reasoning"), full=True),
        Column("skipped because", under("skipReason")),
    ),
    records.TeamMember: (
        Column("user_id", under("userId")),
        Column("name and e-mail", name_and_email, full=True),
        Column("role", sent("role")),
    ),
    records.FeedbackRequest: (
        Column("interview_event_id", under("interviewEventId")),
        Column("application_id", under("applicationId")),
        Column("interviewer user_id", under("interviewerUserId")),
    ),
    records.ApplicationRole: (own_id(records.ApplicationRole), Column("title", under("title"))),
    records.Note: (
        Column("created", Day("createdAt")),
        Column("author", person("author"), full=True),
        _PRIVATE,
        Column("note", sent("content"), full=True),
    ),
    records.Tag: (own_id(records.Tag), Column("title", under("title")), _ARCHIVED),
    records.Feedback: (
        Column("application_id", under("applicationId")),
        Column("submitted", under("submittedAt")),
        Column("by", person("submittedByUser"), full=True),
        Column("feedback_form_definition_id", under("feedbackFormDefinitionId")),
        Column("interview_id", under("interviewId")),
        Column("interview_event_id", under("interviewEventId")),
    ),
    records.FeedbackReceipt: (Column("application_id", under("submittedFormInstance", "applicationId")),),
    records.Job: (
        own_id(records.Job),
        Column("title", sent("title")),
        Column("status", sent("status")),
        Column("requisition", under("customRequisitionId")),
        Column("employment", sent("employmentType")),
        Column("department_id", under("departmentId")),
        Column("location_id", lambda job: job.get("locationId") or at(job, "location", "id")),
        Column("location", with_workplace),
        Column("interview_plan_id", first_of("defaultInterviewPlanId", "interviewPlanIds")),
        Column("opened", Day("openedAt")),
        Column("closed", Day("closedAt")),
        Column("visible", word_for("confidential", "confidential", missing=None)),
        Column("openings", openings),
    ),
    records.JobPosting: (
        own_id(records.JobPosting),
        Column("title", sent("title")),
        Column("department", sent("departmentName")),
        Column("team", sent("teamName")),
        Column("location", sent("locationName", cell=posting_location)),
        Column("workplace", under("workplaceType")),
        Column("employment", sent("employmentType")),
        Column("listed", word_for("isListed", "listed", "unlisted", missing=None)),
        Column("status", under("status")),
        Column("pay", under("compensationTierSummary")),
        Column("published", sent("publishedDate", cell=calendar_day("publishedDate"))),
        Column("deadline", calendar_day("applicationDeadline")),
        Column("job_id", sent("jobId")),
    ),
    records.Offer: (
        own_id(records.Offer),
        Column("application_id", under("applicationId")),
        *WHOSE,
        Column("offer", sent("offerStatus")),
        Column("acceptance", sent("acceptanceStatus")),
        Column("approval", sent("latestVersion", cell=under("latestVersion", "approvalStatus"))),
        Column("salary", pay("latestVersion", "salary")),
        Column("start", Day("latestVersion", "startDate")),
        Column("latest terms", under("latestVersion", "createdAt")),
        Column("decided", Day("decidedAt")),
    ),
    records.Approval: (
        Column("entity_id", under("entityId")),
        Column("entity_type", under("entityType")),
        Column("created", Day("createdAt")),
        Column("submitted", Day("submittedAt")),
        Column("completed", Day("completedAt")),
    ),
    records.Interview: (
        own_id(records.Interview),
        Column("title", under("title")),
        _ARCHIVED,
        Column("kind", word_for("isDebrief", "debrief")),
        Column("feedback_form_definition_id", under("feedbackFormDefinitionId")),
        Column("job_id", under("jobId")),
    ),
    records.InterviewSchedule: (
        own_id(records.InterviewSchedule),
        Column("application_id", sent("applicationId")),
        *WHOSE,
        Column("status", sent("status")),
        Column("interview_stage_id", under("interviewStageId")),
    ),
    records.Meeting: (
        own_id(records.Meeting),
        Column("meeting", meeting, full=True),
        Column("interview_id", under("interviewId")),
        Column("interview_schedule_id", under("interviewScheduleId")),
        Column("notetaker_transcript_id", under("notetakerTranscriptId")),
    ),
    records.NotetakerTranscript: (
        own_id(records.NotetakerTranscript),
        Column("interview_event_id", under("interviewEventId")),
        Column("interview_schedule_id", under("interviewScheduleId")),
        Column("created", under("createdAt")),
        Column("transcript url", under("transcriptUrl"), full=True),
    ),
    records.InterviewPlan: (own_id(records.InterviewPlan), Column("title", under("title")), _ARCHIVED),
    records.InterviewStage: (
        own_id(records.InterviewStage),
        Column("order", under("orderInInterviewPlan")),
        Column("stage", stage),
    ),
    records.FeedbackForm: (
        own_id(records.FeedbackForm),
        Column("title", under("title")),
        _ARCHIVED,
        Column("fields", lambda record: len(fields_by_path(record.get("formDefinition")))),
    ),
    records.User: (
        own_id(records.User),
        Column("name and e-mail", name_and_email, full=True),
        Column("role", sent("globalRole")),
        Column("state", word_for("isEnabled", "", "deactivated", missing=None)),
    ),
    records.CustomField: (
        own_id(records.CustomField),
        Column("title", under("title")),
        Column("object_type", under("objectType")),
        Column("type", under("fieldType")),
        Column("options", options, full=True),
        _PRIVATE,
        _ARCHIVED,
    ),
    records.CustomFieldValue: (
        own_id(records.CustomFieldValue),
        Column("title", under("title")),
        Column("value", labelled_value, full=True, kept=True),
        _PRIVATE,
    ),
    records.Source: (
        own_id(records.Source),
        Column("title", under("title")),
        Column("type", under("sourceType", "title")),
        _ARCHIVED,
    ),
    records.Department: (
        own_id(records.Department),
        Column("name", under("name")),
        Column("parent department_id", under("parentId")),
        _ARCHIVED,
    ),
    records.Location: (
        own_id(records.Location),
        Column("name", under("name")),
        Column("workplace", workplace),
        Column("kind", kind_of_location),
        Column("parent location_id", under("parentLocationId")),
        _ARCHIVED,
    ),
    records.ArchiveReason: (
        own_id(records.ArchiveReason),
        Column("reason", under("text")),
        Column("type", lambda reason: enumerated(reason.get("reasonType") or "")),
        _ARCHIVED,
    ),
    records.CommunicationTemplate: (
        own_id(records.CommunicationTemplate),
        Column("title", under("title")),
        Column("for", each_text("intendedTypes")),
    ),
    records.JobTemplate: (
        own_id(records.JobTemplate),
        Column("title", under("title")),
        Column("status", under("status")),
        Column("department_id", under("departmentId")),
        Column("location_id", under("locationId")),
        Column("location", small("location")),
        Column("interview_plan_id", under("defaultInterviewPlanId")),
    ),
    records.Brand: (
        own_id(records.Brand),
        Column("name", under("name")),
        Column("careers page", under("hostedJobsPageSlug")),
    ),
    records.JobBoard: (
        own_id(records.JobBoard),
        Column("title", under("title")),
        Column("kind", word_for("isInternal", "internal", missing=None)),
    ),
    records.HiringTeamRole: (Column("role_id", under("id")), Column("role", under("title"))),
    records.Project: (
        own_id(records.Project),
        Column("title", under("title")),
        Column("description", under("description")),
        Column("created", Day("createdAt")),
        Column("visible", word_for("confidential", "confidential", missing=None)),
        _ARCHIVED,
    ),
    records.CloseReason: (own_id(records.CloseReason), Column("reason", under("reasonText")), _ARCHIVED),
    records.Opening: (
        own_id(records.Opening),
        Column("identifier", sent("latestVersion", "identifier")),
        Column("opening_state", sent("openingState")),
        Column("description", sent("latestVersion", "description")),
        Column("target hire", under("latestVersion", "targetHireDate")),
        Column("job_ids", sent("latestVersion", "jobIds"), full=True),
        Column("state", word_for("isArchived", "archived", missing=None)),
    ),
}
"""The columns of a listing. A column that is blank in every row is omitted."""

LEGENDS: Mapping[type, Legend] = {
    records.Application: Legend(
        "job",
        (
            Column("job_id", under("id")),
            Column("job", sent("title"), full=True),
            Column("department_id", under("departmentId")),
            Column("location_id", under("locationId")),
        ),
        if_alike=("departmentId", "locationId"),
    ),
}
"""What the rows of a listing name by its title."""

AFTER_WRITING: Mapping[type, Sequence[Column]] = {
    records.Candidate: (
        own_id(records.Candidate),
        Column("name", under("name")),
        Column("emails", sent("emailAddresses", cell=reached_at("primaryEmailAddress", "emailAddresses"))),
        Column("phone", sent("phoneNumbers", cell=reached_at("primaryPhoneNumber", "phoneNumbers"))),
        Column("links", each("socialLinks", "url")),
        Column("position", under("position")),
        Column("company", under("company")),
        Column("location", under("location", "locationSummary")),
        Column("tags", all_named("tags")),
        Column("source", small("source")),
        Column("credited to", person("creditedToUser")),
        Column("résumé", under("resumeFileHandle", "name")),
        Column("files", each("fileHandles", "name")),
        Column("application_ids", application_ids),
        Column("created", Day("createdAt")),
    ),
    records.Application: (
        own_id(records.Application),
        Column("candidate", name("candidate", "name")),
        Column("candidate_id", under("candidate", "id")),
        Column("job", sent("job", "title")),
        Column("stage", sent("currentInterviewStage", cell=stage_of)),
        Column("status", sent("status")),
        REASON_IN_FULL,
        Column("source", small("source")),
        Column("openings", openings),
        Column("updated", Day("updatedAt")),
        Column("job_id", under("job", "id")),
        Column("credited to", person("creditedToUser")),
        Column("created", Day("createdAt")),
        ENDED,
    ),
    records.JobPosting: (
        *COLUMNS[records.JobPosting],
        Column("text", sent("descriptionPlain"), full=True),
    ),
    records.Opening: (
        *COLUMNS[records.Opening],
        Column("target start", under("latestVersion", "targetStartDate")),
        Column("employment", sent("latestVersion", "employmentType")),
        Column("backfill", sent("latestVersion", "isBackfill")),
        Column("department_id", under("latestVersion", "teamId")),
        Column("location_ids", sent("latestVersion", "locationIds")),
        Column("close_reason_id", under("closeReasonId")),
    ),
}
"""The columns after a write, for records of which tools set more than a listing shows."""
