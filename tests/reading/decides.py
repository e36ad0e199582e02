"""What recruiters decide on, by kind of record, and what results leave out; places in the JSON by Ashby's own names."""

from __future__ import annotations

from typing import Any

from shapes import Place

from langchain_ashby import records
from langchain_ashby.endpoint import Operation


def _places(text: str) -> frozenset[Place]:
    return frozenset(tuple(it.split(".")) for it in text.split())


_OPENING = """id latestVersion.identifier openingState latestVersion.description latestVersion.targetHireDate
    latestVersion.jobIds isArchived"""
_CANDIDATE = """id name primaryEmailAddress.value position company tags.title tags.isArchived source.title
    source.sourceType.title source.isArchived createdAt fraudStatus location.locationComponents.name applicationIds"""
_APPLICATION = """id candidate.name candidate.id job.title job.id currentInterviewStage.title currentInterviewStage.type
    status archiveReason.text archiveReason.reasonType source.title source.sourceType.title updatedAt
    createdAt archivedAt"""
_POSTING = """id title departmentName teamName locationName workplaceType employmentType isListed
    compensationTierSummary publishedDate applicationDeadline jobId"""
_PERSON = "firstName lastName email"
_MEETING = """id startTime endTime interview.title hasSubmittedFeedback location meetingLink interviewers.email
    interviewers.isEnabled interviewers.isFeedbackRequired interviewers.trainingRole"""
_SCHEDULE = "id applicationId status interviewStageId " + " ".join(f"interviewEvents.{it}" for it in _MEETING.split())

DECIDES: dict[type, frozenset[Place]] = {
    records.Candidate: _places(_CANDIDATE),
    records.FoundCandidate: _places(_CANDIDATE),
    records.Application: _places(_APPLICATION),
    records.StageStay: _places("stageId title enteredStageAt leftStageAt actorId"),
    records.CriteriaEvaluation: _places(
        "criterion.title criterion.prompt status outcome outcomeNumber reasoning skipReason evaluatedAt"
    ),
    records.TeamMember: _places("userId firstName lastName email role"),
    records.FeedbackRequest: _places("interviewEventId applicationId interviewerUserId"),
    records.ApplicationRole: _places("id title"),
    records.Note: _places("createdAt author.firstName author.lastName author.email isPrivate content"),
    records.Tag: _places("id title isArchived"),
    records.Feedback: _places(
        """applicationId submittedAt submittedByUser.firstName submittedByUser.lastName submittedByUser.email
        interviewEventId interviewId feedbackFormDefinitionId submittedValues
        formDefinition.sections.fields.field.title formDefinition.sections.title"""
    ),
    records.FeedbackReceipt: _places(
        """submittedFormInstance.submittedValues
        submittedFormInstance.formDefinition.sections.fields.field.title"""
    ),
    records.Job: _places(
        """id title status customRequisitionId employmentType departmentId locationId defaultInterviewPlanId openedAt
        closedAt confidential"""
    ),
    records.JobPosting: _places(_POSTING),
    records.Offer: _places(
        """id applicationId offerStatus acceptanceStatus decidedAt latestVersion.approvalStatus
        latestVersion.salary.value latestVersion.salary.currencyCode latestVersion.startDate latestVersion.createdAt"""
    ),
    records.Approval: _places(
        """entityId entityType createdAt submittedAt completedAt steps.approvalsRequired steps.completedAt
        steps.approvers.userId steps.approvers.decision steps.approvers.decidedAt steps.approvers.requestedAt"""
    ),
    records.Interview: _places("id title isArchived isDebrief feedbackFormDefinitionId jobId"),
    records.InterviewSchedule: _places(_SCHEDULE),
    records.Meeting: _places(f"{_MEETING} interviewId interviewScheduleId notetakerTranscriptId"),
    records.NotetakerTranscript: _places(
        """id interviewEventId interviewScheduleId createdAt transcriptUrl participants.id participants.type
        participants.name participants.email"""
    ),
    records.InterviewPlan: _places("id title isArchived"),
    records.InterviewStage: _places("id title type orderInInterviewPlan"),
    records.FeedbackForm: _places("id title isArchived"),
    records.User: _places(f"id {_PERSON} globalRole isEnabled"),
    records.CustomField: _places(
        "id title objectType fieldType isPrivate isArchived selectableValues.label selectableValues.isArchived"
    ),
    records.CustomFieldValue: _places("id title value valueLabel isPrivate"),
    records.Source: _places("id title sourceType.title isArchived"),
    records.Department: _places("id name parentId isArchived"),
    records.Location: _places("id name workplaceType type parentLocationId isArchived"),
    records.ArchiveReason: _places("id text reasonType isArchived"),
    records.CloseReason: _places("id reasonText isArchived"),
    records.CommunicationTemplate: _places("id title intendedTypes"),
    records.JobTemplate: _places("id title status departmentId locationId defaultInterviewPlanId"),
    records.Brand: _places("id name hostedJobsPageSlug"),
    records.JobBoard: _places("id title isInternal"),
    records.HiringTeamRole: _places("id title"),
    records.Project: _places("id title description isArchived confidential createdAt"),
    records.Opening: _places(_OPENING),
}
"""What a row has to tell apart. Of a time, the day; of a list of ids in a listing, each."""

NULL_IS_ITS_OWN: dict[type, frozenset[Place]] = {
    records.Candidate: _places("applicationIds"),
    records.FoundCandidate: _places("applicationIds"),
    records.Job: _places("confidential"),
    records.JobPosting: _places("isListed"),
    records.User: _places("isEnabled"),
}
"""Places where null, or no key at all, means that it is not known: neither none nor no."""

SET_BY_WRITES: dict[type, frozenset[Place]] = {
    records.Candidate: _places(
        """id name emailAddresses.value phoneNumbers.value socialLinks.url position company location.locationSummary
        tags.title tags.isArchived source.title creditedToUser.firstName creditedToUser.email resumeFileHandle.name
        fileHandles.name createdAt"""
    ),
    records.Application: _places(f"{_APPLICATION} creditedToUser.firstName creditedToUser.email createdAt"),
    records.JobPosting: _places(f"{_POSTING} descriptionPlain"),
    records.Opening: _places(
        f"""{_OPENING} latestVersion.targetStartDate latestVersion.employmentType latestVersion.isBackfill
        latestVersion.teamId latestVersion.locationIds closeReasonId"""
    ),
}
"""What the record after a write has to tell, where it is more than its row: all that a tool can set."""

LEFT_OUT: dict[str, str] = {
    "allowedActions": "what the key may do with a visit",
    "applicationFormDefinition": "a form that comes along",
    "applicationLimitCalloutHtml": "the job board's own words to applicants",
    "descriptionHtml": "descriptionPlain says it",
    "descriptionParts": "descriptionPlain says it",
    "feedbackLink": "for the interviewer alone",
    "formDefinition": "a form that comes along; its titles and options stand with the answers",
    "handle": "no tool takes it",
    "humanReadablePath": "the title says it",
    "instructionsHtml": "instructionsPlain says it",
    "interviewStageGroupId": "no tool takes it",
    "interviewerCalendarEventId": "no tool takes it",
    "interviewerPool": "who was drawn from it is named",
    "interviewerUserIds": "interviewers has them",
    "isNullable": "of use to a form alone",
    "linkedData": "the posting once more, for search engines",
    "locationComponents": "locationSummary says it",
    "organizationId": "there is one",
    "primaryEmailAddress": "emailAddresses has it",
    "primaryPhoneNumber": "phoneNumbers has it",
    "stageNumber": "the visits stand in their order",
    "surveyFormDefinitions": "a form that comes along",
}
"""The keys that a single record leaves out, with all that is in them."""

NO_TOOL_TAKES = {"applicationHistory", "compensationTiers", "components", "field", "fileHandles"}
NO_TOOL_TAKES |= {"activities", "interviews", "resumeFileHandle", "sourceType"}
"""Objects whose ids no tool takes."""

BESIDE: dict[str, tuple[str, ...]] = {
    "components": ("summary",),
    "currentInterviewStage": ("orderInInterviewPlan",),
    "selectableValues": ("newInAshby", "value"),
    "sourceType": ("isArchived",),
    "summaryComponents": ("summary",),
    "value": ("type",),
}
"""What is left out in an object, as what is shown of it says the same."""

OF_A_PERSON = frozenset({"firstName", "lastName", "email", "id", "userId", "role", "isEnabled", "trainingRole"}) | {
    "isFeedbackRequired"
}
"""What is said of a person within another record; the rest is asked for with the person's id."""


def decides(operation: type[Operation[Any]], *, written: bool) -> frozenset[Place]:
    """The places that the text of a listing, or of a written record, has to tell apart."""
    kind = operation.record()
    assert kind in DECIDES, f"tests/reading/decides.py does not say what recruiters decide on in {kind}"
    return SET_BY_WRITES.get(kind, DECIDES[kind]) if written else DECIDES[kind]


def is_left_out(record: Any, way: tuple[str | int, ...]) -> bool:
    """True for a place that single records leave out, for one of the reasons above."""
    holder, keys, holders = record, [], []
    for step in way:
        if isinstance(step, str):
            keys.append(step)
            holders.append(holder)
        holder = holder[step]
    if len(keys) > 1 and keys[-2] in ALL_OF and ALL_OF[keys[-2]] not in holders[-2]:
        return keys[-1] != "value"  # of a person who is only mentioned
    of_form = "title" in record  # the record is the form
    left_out = [it for it, key in enumerate(keys) if key in LEFT_OUT and not (key == "formDefinition" and of_form)]
    if left_out:
        return not all(_stands_alone(keys[it], holders[it]) for it in left_out)
    inner = next((place for place, it in enumerate(holders) if place and "firstName" in it), None)
    if inner is not None:
        return keys[inner] not in OF_A_PERSON
    if keys[-1] == "id":
        return (len(keys) > 1 and keys[-2] in NO_TOOL_TAKES) or "locationSummary" in holders[-1]
    if keys[-1] == "type" and "submittedValues" in keys:
        return True  # the machine's name of what the answer is
    if keys[-1] == "currencyCode" and holders[-1].get("compensationType") == "EquityPercentage":
        return True  # a share has no currency
    if "value" in keys and holders[keys.index("value")].get("valueLabel") not in (None, "", []):
        return True  # the label is shown
    return len(keys) > 1 and keys[-1] in BESIDE.get(keys[-2], ())


ALL_OF = {"primaryEmailAddress": "emailAddresses", "primaryPhoneNumber": "phoneNumbers"}


def _stands_alone(key: str, holder: Any) -> bool:
    """True if what says it better is missing: HTML without its plain text, a primary address that the list lacks."""
    if every := ALL_OF.get(key):
        value = (holder[key] or {}).get("value")
        return all(entry.get("value") != value for entry in holder.get(every) or ())
    better = {"descriptionHtml": "descriptionPlain", "instructionsHtml": "instructionsPlain"}
    better |= {"locationComponents": "locationSummary"}
    return key in better and not holder.get(better[key])
