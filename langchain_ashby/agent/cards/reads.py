"""Methods of Ashby that only cards call: names for ids that no tool looks up."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from langchain_ashby.endpoint import Endpoint, Synced
from langchain_ashby.endpoints.fields import InterviewId, InterviewScheduleId
from langchain_ashby.records import CloseReason, Interview


class GetInterview(Endpoint[Interview]):
    """One interview definition."""

    path = "interview.info"
    permission = "interviewsRead"

    interview_id: Annotated[InterviewId, Field(serialization_alias="id")]


class ListCloseReasons(Synced[CloseReason]):
    """Why openings are closed."""

    path = "closeReason.list"
    permission = "hiringProcessMetadataRead"

    include_archived: bool | None = None


class ListCommunicationTemplates(Endpoint[list[dict[str, Any]]]):
    """The e-mail templates."""

    path = "communicationTemplate.list"
    permission = "hiringProcessMetadataRead"


class ListInterviewEvents(Synced[dict[str, Any]]):
    """The meetings of an interview schedule."""

    path = "interviewEvent.list"
    permission = "interviewsRead"

    interview_schedule_id: InterviewScheduleId
    expand: tuple[str, ...] = ("interview",)
