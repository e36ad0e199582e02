"""Which function draws which write's card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from langchain_ashby.agent.cards import (
    applications,
    candidates,
    feedback,
    fields,
    files,
    jobs,
    offers,
    openings,
    schedules,
    stages,
)
from langchain_ashby.agent.cards.builder import CardBuilder
from langchain_ashby.agent.cards.reads import ReadCache
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints.applications import (
    ChangeApplicationSource,
    ChangeApplicationStage,
    CreateApplication,
    SubmitApplicationFeedback,
    UpdateApplication,
)
from langchain_ashby.endpoints.candidates import (
    AddCandidateTag,
    CreateCandidate,
    CreateCandidateNote,
    UpdateCandidate,
    UploadCandidateFile,
    UploadCandidateResume,
)
from langchain_ashby.endpoints.interviews import (
    CancelInterviewSchedule,
    CreateInterviewSchedule,
    UpdateInterviewSchedule,
)
from langchain_ashby.endpoints.jobs import CreateJob, SetJobStatus, UpdateJob
from langchain_ashby.endpoints.offers import CreateOffer
from langchain_ashby.endpoints.openings import (
    AddOpeningJob,
    CreateOpening,
    RemoveOpeningJob,
    SetOpeningArchived,
    SetOpeningState,
    UpdateOpening,
)
from langchain_ashby.endpoints.organization import SetCustomFieldValue

Draw = Callable[[Any, ReadCache, CardBuilder], None]

BUILDERS: Mapping[type[Operation[Any]], Draw] = {
    CreateCandidate: candidates.create,
    UpdateCandidate: candidates.update,
    CreateCandidateNote: candidates.create_note,
    AddCandidateTag: candidates.add_tag,
    UploadCandidateResume: files.upload_resume,
    UploadCandidateFile: files.upload_file,
    CreateApplication: applications.create,
    UpdateApplication: applications.update,
    ChangeApplicationStage: stages.change,
    ChangeApplicationSource: applications.change_source,
    SubmitApplicationFeedback: feedback.submit,
    CreateJob: jobs.create,
    UpdateJob: jobs.update,
    SetJobStatus: jobs.set_status,
    CreateOffer: offers.create,
    CreateInterviewSchedule: schedules.create,
    UpdateInterviewSchedule: schedules.update,
    CancelInterviewSchedule: schedules.cancel,
    SetCustomFieldValue: fields.set_value,
    CreateOpening: openings.create,
    UpdateOpening: openings.update,
    AddOpeningJob: openings.add_job,
    RemoveOpeningJob: openings.remove_job,
    SetOpeningState: openings.set_state,
    SetOpeningArchived: openings.set_archived,
}


def build(request: Operation[Any], reads: ReadCache) -> CardBuilder:
    """The draft of a write's card. A reply that is not as expected leaves the card plain, and it says so."""
    builder = CardBuilder(request, reads.now)
    draw = BUILDERS.get(type(request))
    if draw is None:
        builder.not_checked("There is no card for this write: only its arguments are known.")
        return builder
    try:
        draw(request, reads, builder)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # Ashby's replies change over time. A person can still decide, and is told what they do not see.
        builder = CardBuilder(request, reads.now)
        builder.not_checked(f"The card could not be made ({type(error).__name__}: {error}).")
        builder.raise_risk("high")
    return builder
