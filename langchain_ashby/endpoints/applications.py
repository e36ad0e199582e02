"""Applications: candidates considered for jobs, their stages, sources and feedback."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from langchain_ashby.effect import Adds, Removes, Sets, Stored
from langchain_ashby.endpoint import SENT_AS_NULL, Access, Caller, Endpoint, Operation, Paged, Synced
from langchain_ashby.endpoints.feedback_forms import GetFeedbackFormDefinition
from langchain_ashby.endpoints.fields import (
    ArchiveEmail,
    FieldSubmission,
    ListOf,
    Moment,
    SendNotifications,
    Since,
    StageVisit,
)
from langchain_ashby.endpoints.internal import FormSubmissions, SubmitFeedback
from langchain_ashby.forms import Form
from langchain_ashby.ids import (
    ApplicationId,
    ArchiveReasonId,
    CandidateId,
    FeedbackFormDefinitionId,
    FormInstanceId,
    InterviewEventId,
    InterviewId,
    InterviewPlanId,
    InterviewStageId,
    JobId,
    RoleId,
    SourceId,
    UserId,
)
from langchain_ashby.records import (
    Application,
    ApplicationRole,
    CriteriaEvaluation,
    Feedback,
    FeedbackReceipt,
    FeedbackRequest,
    StageStay,
    TeamMember,
)


class ListApplications(Synced[Application]):
    """List the applicants for jobs: who applied, who is in the pipeline; applications that are active, archived
    (rejected), hired or lead, by job or since a date. One candidate's ids are in ashby_get_candidate."""

    path = "application.list"
    permission = "candidatesRead"

    created_after: Since | None = None
    status: Literal["Hired", "Archived", "Active", "Lead"] | None = None
    job_id: JobId | None = None
    expand: ListOf[Literal["openings"]] | None = None


class GetApplication(Endpoint[Application]):
    """Get one application: where it stands, its stage, source, hiring team and stage history."""

    path = "application.info"
    permission = "candidatesRead"
    exactly_one = ("application_id", "submitted_form_instance_id")

    application_id: ApplicationId | None = None
    submitted_form_instance_id: FormInstanceId | None = None
    expand: ListOf[Literal["openings", "applicationFormSubmissions", "referrals"]] | None = None

    @model_validator(mode="after")
    def _referrals_go_by_application(self) -> Self:
        if self.submitted_form_instance_id and "referrals" in (self.expand or []):
            raise ValueError("expand: referrals needs application_id")
        return self


class CreateApplication(Endpoint[Application]):
    """Open an application for an existing candidate: apply or add them to a job, put them forward or consider them for
    a role they fit. Without a stage, it starts in the first Lead stage of the default plan."""

    path = "application.create"
    access = Access.WRITE
    irreversible = "Ashby has no method that deletes an application. It can be archived, with a reason."
    permission = "candidatesWrite"
    idempotent = False

    candidate_id: CandidateId
    job_id: JobId
    interview_plan_id: Annotated[InterviewPlanId | None, Field(description="Omit for the default plan.")] = None
    interview_stage_id: InterviewStageId | Literal["FirstPreInterviewScreen"] | None = None
    source_id: SourceId | None = None
    credited_to_user_id: UserId | None = None
    created_at: Moment | None = None
    application_history: Annotated[ListOf[StageVisit] | None, Field(description="Past stages, for imports.")] = None


class UpdateApplication(Endpoint[Application]):
    """Change an application's source, credit or creation date; an omitted source or credit stays. For its stage use
    ashby_change_application_stage."""

    path = "application.update"
    access = Access.WRITE
    permission = "candidatesWrite"
    destructive = True
    effect = Sets(
        "application_id",
        source_id="source",
        credited_to_user_id=Stored("creditedToUser", "Credit"),
        created_at=Stored("createdAt", "Creation time"),
        reverting=("created_at",),
    )

    application_id: ApplicationId
    source_id: SourceId | None = None
    credited_to_user_id: UserId | None = None
    created_at: Moment | None = None
    send_notifications: SendNotifications | None = None


class ChangeApplicationStage(Endpoint[Application]):
    """Move, advance or push an application to the next or another stage, such as onsite or offer. To reject (decline,
    turn down) or archive, use an Archived stage and archive_reason_id; a rejection e-mail is optional."""

    path = "application.changeStage"
    access = Access.WRITE
    permission = "candidatesWrite"
    destructive = True

    application_id: ApplicationId
    interview_stage_id: InterviewStageId
    archive_reason_id: Annotated[
        ArchiveReasonId | None,
        Field(description="Required for an Archived stage, refused elsewhere."),
    ] = None
    archive_email: Annotated[ArchiveEmail | None, Field(description="To the candidate; Archived stage only.")] = None


class ChangeApplicationSource(Endpoint[Application]):
    """Set or clear an application's source: where it came from."""

    path = "application.changeSource"
    access = Access.WRITE
    permission = "candidatesWrite"
    destructive = True
    effect = Sets("application_id", source_id="source")

    application_id: ApplicationId
    source_id: Annotated[SourceId | None, SENT_AS_NULL, Field(description="null clears it.")]


class ListApplicationFeedback(Synced[Feedback]):
    """Read interview feedback: submitted scorecards with scores and what interviewers say, for one application or for
    all since a date."""

    path = "applicationFeedback.list"
    permission = "candidatesRead"

    created_after: Since | None = None
    application_id: ApplicationId | None = None


class SubmitApplicationFeedback(Operation[FeedbackReceipt]):
    """Submit (file, enter) interview feedback on an application: fill in a scorecard with scores and comments. Get the
    form's fields first with ashby_get_feedback_form_definition."""

    path = "applicationFeedback.submit"
    access = Access.WRITE
    irreversible = "Ashby has no method that withdraws feedback."
    permission = "candidatesWrite"
    steps = (GetFeedbackFormDefinition,)
    idempotent = False

    application_id: ApplicationId
    feedback_form_definition_id: FeedbackFormDefinitionId
    field_submissions: list[FieldSubmission]
    user_id: Annotated[UserId | None, Field(description="Author; defaults to the API key's user.")] = None
    interview_event_id: Annotated[
        InterviewEventId | None, Field(description="user_id must be one of its interviewers.")
    ] = None

    @model_validator(mode="after")
    def _a_meeting_needs_its_interviewer(self) -> Self:
        if self.interview_event_id and not self.user_id:
            raise ValueError("user_id is needed with interview_event_id: the interviewer whose feedback it is")
        return self

    def perform(self, caller: Caller) -> FeedbackReceipt:
        """Reads the form, checks the values against it and submits them."""
        definition = caller.call(
            GetFeedbackFormDefinition(feedback_form_definition_id=self.feedback_form_definition_id)
        )
        values = Form.of(definition).fill(self.field_submissions)
        return caller.call(
            SubmitFeedback(
                application_id=self.application_id,
                feedback_form_definition_id=self.feedback_form_definition_id,
                feedback_form=FormSubmissions.of(values),
                user_id=self.user_id,
                interview_event_id=self.interview_event_id,
            )
        )


class ListApplicationHistory(Paged[StageStay]):
    """List the stages that an application went through: how long it was in each, when it entered and left, and who
    moved it."""

    path = "application.listHistory"
    permission = "candidatesRead"
    on_request = True

    application_id: ApplicationId


class ListCriteriaEvaluations(Paged[CriteriaEvaluation]):
    """List what Ashby's AI review says about an application: which of the job's criteria it meets, and why."""

    path = "application.listCriteriaEvaluations"
    permission = "candidatesRead"
    on_request = True

    application_id: ApplicationId


class ListApplicationHiringTeamRoles(Endpoint[list[ApplicationRole]]):
    """List the roles in which users can be assigned to an application."""

    path = "applicationHiringTeamRole.list"
    permission = "candidatesRead"
    on_request = True


class TransferApplication(Endpoint[Application]):
    """Transfer (switch) an application to another job, into a stage of its plan."""

    path = "application.transfer"
    access = Access.WRITE
    permission = "candidatesWrite"
    destructive = True
    on_request = True

    application_id: ApplicationId
    job_id: JobId
    interview_plan_id: InterviewPlanId
    interview_stage_id: InterviewStageId
    start_automatic_activities: Annotated[bool | None, Field(description="Those of the stage; default true.")] = None


class AddApplicationHiringTeamMember(Endpoint[TeamMember]):
    """Assign a user to one application in a role, such as coordinator."""

    path = "application.addHiringTeamMember"
    access = Access.WRITE
    permission = "candidatesWrite"
    on_request = True
    effect = Adds("application_id", team_member_id=None, role_id=None)

    application_id: ApplicationId
    team_member_id: UserId
    role_id: RoleId


class RemoveApplicationHiringTeamMember(Endpoint[TeamMember]):
    """Take (unassign) a user off a role on an application; any other roles stay."""

    path = "application.removeHiringTeamMember"
    access = Access.WRITE
    permission = "candidatesWrite"
    destructive = True
    on_request = True
    effect = Removes("application_id", team_member_id=None, role_id=None)

    application_id: ApplicationId
    team_member_id: UserId
    role_id: RoleId


class RequestFeedback(Endpoint[FeedbackRequest]):
    """Ask a user for feedback on an application without a meeting; the interview says which form."""

    path = "applicationFeedbackRequest.create"
    access = Access.WRITE
    irreversible = "Ashby has no method that withdraws a request for feedback."
    permission = "candidatesWrite"
    idempotent = False
    on_request = True

    application_id: ApplicationId
    interview_id: InterviewId
    interviewer_user_id: UserId
