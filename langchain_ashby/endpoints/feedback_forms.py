"""Feedback forms: the scorecards that interviewers fill in."""

from __future__ import annotations

from langchain_ashby.endpoint import Endpoint, Synced
from langchain_ashby.endpoints.fields import IncludeArchived
from langchain_ashby.ids import FeedbackFormDefinitionId
from langchain_ashby.records import FeedbackForm


class ListFeedbackFormDefinitions(Synced[FeedbackForm]):
    """List the feedback forms: the scorecard templates that interviewers fill in."""

    path = "feedbackFormDefinition.list"
    permission = "hiringProcessMetadataRead"

    include_archived: IncludeArchived | None = None


class GetFeedbackFormDefinition(Endpoint[FeedbackForm]):
    """Get one feedback form (scorecard): the questions with paths, types and options, to submit feedback."""

    path = "feedbackFormDefinition.info"
    permission = "hiringProcessMetadataRead"

    feedback_form_definition_id: FeedbackFormDefinitionId
