"""Cards for writes on interview schedules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from langchain_ashby.agent.cards.builder import UNREAD, CardBuilder, Fact, Record
from langchain_ashby.agent.cards.card import same
from langchain_ashby.agent.cards.lookup import request_for
from langchain_ashby.agent.cards.meetings import (
    REQUIRED,
    briefly,
    loosely,
    overlaps,
    people_of,
    standing,
    standing_words,
    stated,
    stated_words,
    warn_of_feedback,
    warn_of_times,
)
from langchain_ashby.agent.cards.reads import ReadCache, Records
from langchain_ashby.agent.cards.registry import builds
from langchain_ashby.agent.cards.shared import called_job, candidate_and_job, the_application, who
from langchain_ashby.endpoints.applications import GetApplication
from langchain_ashby.endpoints.fields import InterviewEvent, InterviewEventChange
from langchain_ashby.endpoints.interviews import (
    CancelInterviewSchedule,
    CreateInterviewSchedule,
    ListInterviewEvents,
    ListInterviewSchedules,
    UpdateInterviewSchedule,
)
from langchain_ashby.errors import AshbyError
from langchain_ashby.text.words import at, count, enumerated, named, parsed

_CANCELLED = ("Cancelled", "NeedsScheduling", "WaitingOnCandidateBooking", "WaitingOnCandidateAvailability")
"""The statuses of a schedule whose meetings are canceled."""


@builds(CreateInterviewSchedule)
def create(request: CreateInterviewSchedule, reads: ReadCache, builder: CardBuilder) -> None:
    """Schedule interviews."""
    found, schedules_read = reads.all(
        GetApplication(application_id=request.application_id),
        ListInterviewSchedules(application_id=request.application_id),
    )
    application = the_application(builder, found)
    candidate = candidate_and_job(builder, reads, application)
    people = people_of(builder, reads, request.interview_events)
    schedules = builder.records("The interviews of the application", schedules_read)
    meetings = [event for it in schedules if at(it, "status") != "Cancelled" for event in _events(it)]
    number = len(request.interview_events)
    stage = at(application, "currentInterviewStage", "title")
    builder.line = (
        f"Schedule {'an interview' if number == 1 else f'{number} interviews'} with {who(builder, application)}"
        f"{f', in the stage {named(stage)}' if stage else ''}"
    )
    for place, event in enumerate(request.interview_events, 1):
        builder.new_value("Meeting" if number == 1 else f"Meeting {place}", stated_words(event, people))
    for interview in people.interviews.values():
        if at(interview, "jobId") not in (None, at(application, "job", "id")):
            other = builder.clarified("The job of the interview", request_for("job_id", interview["jobId"]))
            job = called_job(builder, other)
            builder.warn(f"The interview {named(at(interview, 'title'))} belongs to another job: {job}.")
    if at(application, "status") == "Archived":
        builder.warn("The application is archived.")
    warn_of_times(builder, request.interview_events, meetings, reads.now, candidate)
    _invites(builder, request.interview_events)
    builder.consequence("The agent can change the schedule later only with the same API key.")

    wanted = sorted((stated(event) for event in request.interview_events), key=str)
    alike = [it for it in schedules if at(it, "status") != "Cancelled" and _same_meetings(it, [*map(loosely, wanted)])]
    if alike:
        builder.warn("The same interviews are already scheduled.", "high")
    different = [it for it in alike if not _same_meetings(it, wanted)]
    like = [request.application_id, str(wanted)]
    builder.lookalikes(
        "Schedules with these interviews", like, alike, schedules.complete, "createdAt", doubtful=different
    )
    at_that_time = [it for it in meetings if any(overlaps(event, it) for event in request.interview_events)]
    if schedules.complete:
        builder.facts["Other meetings at that time"] = [
            {"id": at(it, "id"), "words": standing_words(it)} for it in at_that_time
        ]


@builds(UpdateInterviewSchedule)
def update(request: UpdateInterviewSchedule, reads: ReadCache, builder: CardBuilder) -> None:
    """Change, add or cancel meetings."""
    schedule, application, events = _schedule(builder, reads, request.interview_schedule_id)
    by_id = {str(at(it, "id")): it for it in events or []}
    changes = request.interview_event or []
    candidate = candidate_and_job(builder, reads, application) if changes else {}
    people = people_of(builder, reads, changes)
    added = [it for it in changes if it.interview_event_id is None]
    cancelled = request.interview_event_id_to_cancel or []
    for place, event_id in enumerate(cancelled, 1):
        _cancel(builder, events, by_id.get(event_id), event_id, place, bool(request.allow_feedback_deletion))
        _warn_if_over(builder, by_id.get(event_id), reads.now)
    for place, event in enumerate(changes, 1):
        if event.interview_event_id:
            _change(builder, events, by_id.get(event.interview_event_id), event, place, stated_words(event, people))
    for event in added:
        builder.new_value("New meeting", stated_words(event, people))
    if request.allow_feedback_deletion and any(
        at(by_id.get(it), "hasSubmittedFeedback") is not True for it in cancelled
    ):
        builder.consequence("Any feedback that is submitted on a canceled meeting is deleted.", "medium")
    touched = {it.interview_event_id for it in changes} | set(cancelled)
    others = [it for key, it in by_id.items() if key not in touched]
    warn_of_times(builder, list(changes), others, reads.now, candidate)
    if changes:
        _invites(builder, changes)
    if events and cancelled and not set(by_id) - set(cancelled):
        builder.warn("No meeting is left. It is not documented what then happens to the schedule.")
    builder.consequence("Ashby changes only schedules that were made with the same API key.")
    if added:
        wanted = [stated(event) for event in added]
        loose = [*map(loosely, wanted)]
        alike = [it for it in by_id.values() if any(standing(it, want) == want for want in loose)]
        parts = [[it for it in by_id.values() if standing(it, want) == want] for want in wanted]
        different = [it for it in alike if not any(it in part for part in parts)]
        if alike:
            builder.warn("A meeting like the new one is already scheduled.")
        like = [request.interview_schedule_id, str(wanted)]
        builder.lookalikes(
            "Meetings like the new one", like, alike, _all_read(events), "createdAt", doubtful=different, parts=parts
        )
    what = [
        count(len(cancelled), "meeting") + " canceled" if cancelled else "",
        count(len(changes) - len(added), "meeting") + " changed" if len(changes) > len(added) else "",
        count(len(added), "meeting") + " added" if added else "",
    ]
    builder.line = f"Change the interviews of {who(builder, application)}: {', '.join(filter(None, what))}"
    if schedule:
        builder.facts["Schedule"] = enumerated(at(schedule, "status"))
    if at(schedule, "status") == "Cancelled":
        builder.warn("The schedule is canceled: Ashby may refuse.")


@builds(CancelInterviewSchedule)
def cancel(request: CancelInterviewSchedule, reads: ReadCache, builder: CardBuilder) -> None:
    """Cancel a schedule."""
    schedule, application, events = _schedule(builder, reads, request.interview_schedule_id)
    builder.line = f"Cancel the interviews of {who(builder, application)}"
    if request.allow_reschedule:
        builder.line += ", to be scheduled again"
    after = "to be scheduled again" if request.allow_reschedule else "cancelled"
    status = at(schedule, "status")
    present: Fact = UNREAD if not status else enumerated(status)
    # When it is left open, Ashby has several names for the state that it comes to be in.
    if request.allow_reschedule and status in _CANCELLED:
        present = after if status != "Cancelled" else "cancelled"
    builder.set_field("Schedule", present, after)
    for event in events or []:
        builder.changes.append({"field": "Meeting", "before": standing_words(event), "after": None})
        given = "Feedback was submitted on this meeting, and it may be deleted"
        warn_of_feedback(builder, event, given, "any may be deleted", "high")
        _warn_if_over(builder, event, reads.now)
    if events is not None:
        builder.facts["Meetings"] = [{"id": at(it, "id"), "words": standing_words(it)} for it in events]
    builder.consequence(_TOLD, "high")
    if request.allow_reschedule:
        builder.consequence("The schedule can be rescheduled.")
    else:
        builder.consequence("The schedule can't be rescheduled.", "high")
    if status == "Cancelled":
        builder.warn("The schedule is already canceled.")


def _schedule(
    builder: CardBuilder, reads: ReadCache, schedule_id: str
) -> tuple[Record, Record, Records[Record] | None]:
    """A schedule, its application and its meetings; None for meetings that could not be read.

    Ashby gives a single schedule's meetings, but not the schedule. So that is looked for among those which were made
    since shortly before its first meeting was.
    """
    [read] = reads.all(ListInterviewEvents(interview_schedule_id=schedule_id, expand=["interview"]))
    events = builder.records("The meetings of the schedule", read)
    times = [time for it in events if (time := parsed(at(it, "createdAt")))]
    since = min(times) - timedelta(days=1) if times else None
    try:
        schedule = reads.first(ListInterviewSchedules(created_after=since), lambda it: at(it, "id") == schedule_id)
    except AshbyError as error:
        schedule = None
        builder.record("The schedule", error)
    else:
        if schedule is None:
            builder.not_checked("The schedule was not found among those looked through, so its status is not known.")
    application: Record = {}
    if schedule is not None:
        builder.record("The schedule", schedule)
        if application_id := at(schedule, "applicationId"):
            [found] = reads.all(GetApplication(application_id=application_id))
            application = the_application(builder, found)
    return schedule or {}, application, events if isinstance(read, list) else None


def _all_read(events: Records[Record] | None) -> bool:
    return events is not None and events.complete


def _events(schedule: Record) -> Iterable[Record]:
    return at(schedule, "interviewEvents") or []


def _same_meetings(schedule: Record, wanted: list[Fact]) -> bool:
    there = list(_events(schedule))
    if len(there) != len(wanted):
        return False
    left = there
    for want in wanted:
        match = next((it for it in left if standing(it, want) == want), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _cancel(
    builder: CardBuilder, events: Records[Record] | None, event: Record | None, event_id: str, place: int, allowed: bool
) -> None:
    title = f"Meeting {place}"
    if event is None and not _all_read(events):
        builder.set_field(title, UNREAD, None, change=("Meeting", "not known", None))
    elif event is None:
        builder.set_field(title, None, None)
        builder.warn(f"The schedule has no meeting {event_id}: it may already be canceled.")
    else:
        words = standing_words(event)
        builder.set_field(title, {"id": event_id, "words": words}, None, change=("Meeting", words, None))
        if allowed:
            given = "Feedback that was submitted on this meeting is deleted"
            warn_of_feedback(builder, event, given, "any is deleted", "high")
        else:
            given = "Feedback was submitted on this meeting, so Ashby will refuse"
            warn_of_feedback(builder, event, given, "with any, Ashby refuses", "medium")
    builder.consequence(_TOLD)


def _change(
    builder: CardBuilder,
    events: Records[Record] | None,
    event: Record | None,
    to: InterviewEventChange,
    place: int,
    words: str,
) -> None:
    field, wanted = f"Meeting {place}", stated(to)
    if to.interview_id is None:
        present = f", instead of {named(title)}" if (title := at(event, "interview", "title")) else ""
        builder.warn(
            "No interview is given: the meeting gets the organization's default interview, "
            f"and the scorecard that goes with it{present}."
        )
    if event is None:
        builder.set_field(field, UNREAD, wanted, change=("Meeting", "not known", words))
        if _all_read(events):
            builder.warn(f"The schedule has no meeting {to.interview_event_id}: Ashby will refuse.")
        return
    given = "Feedback was already submitted on this meeting"
    warn_of_feedback(builder, event, given, "there may be some", "medium")
    feedback = REQUIRED in words or any(it.feedback_required is not None for it in to.interviewers)
    before = standing_words(event, feedback=feedback, extra=to.extra_data is not None)
    builder.set_field(field, standing(event, wanted), wanted, change=("Meeting", before, words))
    if not same(standing(event, wanted), wanted):
        return
    if words == before:
        builder.warn(f"The meeting is already like this; nothing would change: {before}.")
    else:  # who has to give feedback is no fact that is compared, but can be what changes
        builder.changes.append({"field": "Meeting", "before": before, "after": words})


def _warn_if_over(builder: CardBuilder, event: Record | None, now: datetime) -> None:
    start = parsed(at(event, "startTime"))
    if event and start is None:
        builder.warn(f"Whether the meeting has taken place is not known: {briefly(event)}.", "high")
    elif event and start and start < now:
        builder.warn(f"A meeting has already taken place, or is under way: {briefly(event)}.")


_TOLD = "Interviewers and the candidate may get e-mail; this is not documented."


def _invites(builder: CardBuilder, events: Iterable[InterviewEvent]) -> None:
    builder.consequence(_TOLD, "medium")
    if any(it.extra_data for it in events):
        builder.consequence("Every API user who can see the schedule can read its extra data.")
    builder.consequence("Interviewer availability isn't checked (no calendar access).")
