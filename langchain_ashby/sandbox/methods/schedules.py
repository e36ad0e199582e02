"""Interview schedules: the meetings of an application."""

from typing import Any

from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.filters import CREATED_AFTER, same
from langchain_ashby.sandbox.messages import invalid
from langchain_ashby.sandbox.paging import Page, listing_within
from langchain_ashby.sandbox.records import (
    Application,
    EventInterviewer,
    Feedback,
    Interview,
    InterviewEvent,
    InterviewSchedule,
)
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import interviews as reply
from langchain_ashby.sandbox.resource import Resource
from langchain_ashby.sandbox.statement import (
    Alternatives,
    Choice,
    Email,
    Field,
    Flag,
    Many,
    Moment,
    OneOrMany,
    Shape,
    Text,
    Uuid,
    request,
)
from langchain_ashby.sandbox.store import equals


class _ExtraData:
    """Another system's notes: short texts, and few of them."""

    def check(self, value: Any, where: str) -> dict[str, str]:
        if not isinstance(value, dict):
            raise invalid(where, "must be an object")
        for key, text in value.items():
            Text(longest=100).check(key, where)
            Text(blank=True, longest=512).check(text, f"{where}.{key}")
        if sum(len(f"{key}{text}".encode()) for key, text in value.items()) >= 1024:
            raise invalid(where, "must be smaller than 1 kB")
        return value


_EVENT: dict[str, Field] = {
    "startTime": Moment(),
    "endTime": Moment(),
    "interviewers": Many(Shape({"email": Email()}, {"feedbackRequired": Flag()}), least=1),
}
_EVENT_OPTIONS: dict[str, Field] = {"interviewId": Uuid(), "extraData": _ExtraData()}
_DELETION: dict[str, Field] = {"allowFeedbackDeletion": Flag()}


SCHEDULES = Resource(InterviewSchedule, "interviews", reply.schedule)
SCHEDULES.list("interviewSchedule.list", CREATED_AFTER, same(applicationId=Uuid(), interviewStageId=Uuid()))


@method(
    "interviewEvent.list",
    "interviewsRead",
    request(
        {"interviewScheduleId": Uuid()}, {**CREATED_AFTER.optional, "expand": Many(Choice(("interview",)))}, paged=True
    ),
)
def list_events(call: Call) -> Page:
    """Pages through the meetings of a schedule."""
    schedule = call.get(InterviewSchedule, call.body["interviewScheduleId"])
    after = [condition.values[0] for condition in CREATED_AFTER.conditions(call)]
    with_interview = "interview" in call.body.get("expand", [])
    events = [event for event in schedule["interviewEvents"] if not after or event["createdAt"] > after[0]]
    replies = [reply.event(call, schedule, event, with_interview=with_interview) for event in events]
    return listing_within(call, InterviewSchedule, schedule["id"], replies)


@method(
    "interviewSchedule.create",
    "interviewsWrite",
    request({"applicationId": Uuid(), "interviewEvents": Many(Shape(_EVENT, _EVENT_OPTIONS), least=1)}),
)
def create_schedule(call: Call) -> Any:
    """Schedules meetings for the stage that the application is in."""
    application = call.get(Application, call.body["applicationId"])
    schedule = call.create(
        InterviewSchedule,
        applicationId=application["id"],
        interviewStageId=application["currentInterviewStageId"],
        status="Scheduled",
        scheduledById=call.acting_user_id,
        createdByKeyId=call.key.id,
    )
    for index, stated in enumerate(call.body["interviewEvents"]):
        schedule["interviewEvents"].append(_new_event(call, stated, f"interviewEvents[{index}]"))
    return reply.schedule(call, call.save(InterviewSchedule, schedule))


@method(
    "interviewSchedule.update",
    "interviewsWrite",
    Alternatives(
        Shape(
            {
                "interviewScheduleId": Uuid(),
                "interviewEvent": OneOrMany(Shape(_EVENT, {**_EVENT_OPTIONS, "interviewEventId": Uuid()})),
            },
            _DELETION,
        ),
        Shape({"interviewScheduleId": Uuid(), "interviewEventIdToCancel": OneOrMany(Uuid())}, _DELETION),
    ),
)
def update_schedule(call: Call) -> Any:
    """Adds, changes or cancels meetings; canceling the last one cancels the schedule."""
    schedule = _own_schedule(call, "interviewScheduleId")
    for stated in call.body.get("interviewEvent", []):
        _apply_event(call, schedule, stated)
    for event_id in call.body.get("interviewEventIdToCancel", []):
        _cancel_event(call, schedule, event_id)
    if not schedule["interviewEvents"]:
        schedule["status"] = "Cancelled"
    elif "interviewEvent" in call.body:
        schedule["status"] = "Scheduled"
    return reply.schedule(call, call.save(InterviewSchedule, schedule))


@method("interviewSchedule.cancel", "interviewsWrite", request({"id": Uuid()}, {"allowReschedule": Flag()}))
def cancel_schedule(call: Call) -> Any:
    """Cancels a schedule, or with `allowReschedule` empties it so that it can be scheduled again."""
    schedule = _own_schedule(call, "id")
    if call.body.get("allowReschedule"):
        schedule["status"] = "NeedsScheduling"
        # A meeting with feedback has taken place.
        held = [event for event in schedule["interviewEvents"] if event["hasSubmittedFeedback"]]
        schedule["interviewEvents"] = held
    else:
        schedule["status"] = "Cancelled"
    return reply.schedule(call, call.save(InterviewSchedule, schedule))


def _own_schedule(call: Call, where: str) -> InterviewSchedule:
    """A schedule that this key made and that is not canceled."""
    schedule = call.get(InterviewSchedule, call.body[where])
    if schedule.get("createdByKeyId") != call.key.id:
        raise invalid(where, "only the API key that created this interview schedule may change it")
    if schedule["status"] == "Cancelled":
        raise invalid(where, "the interview schedule is canceled")
    return schedule


def _new_event(call: Call, stated: dict[str, Any], where: str) -> InterviewEvent:
    event: InterviewEvent = {
        "id": call.store.new_id(),
        "interviewId": _interview(call, stated, where)["id"],
        "startTime": stated["startTime"],
        "endTime": stated["endTime"],
        "interviewers": [],
        "hasSubmittedFeedback": False,
        "createdAt": call.now,
        "updatedAt": call.now,
    }
    _fill_event(call, event, stated, where)
    return event


def _apply_event(call: Call, schedule: InterviewSchedule, stated: dict[str, Any]) -> None:
    """Adds an event, or changes the one that is named."""
    if "interviewEventId" not in stated:
        schedule["interviewEvents"].append(_new_event(call, stated, "interviewEvent"))
        return
    event = _event(schedule, stated["interviewEventId"], "interviewEvent.interviewEventId")
    event["updatedAt"] = call.now
    event["interviewId"] = _interview(call, stated, "interviewEvent")["id"]
    _fill_event(call, event, stated, "interviewEvent")


def _fill_event(call: Call, event: InterviewEvent, stated: dict[str, Any], where: str) -> None:
    if stated["startTime"] >= stated["endTime"]:
        raise invalid(f"{where}.endTime", "must be after startTime")
    event["startTime"], event["endTime"] = stated["startTime"], stated["endTime"]
    required = call.embedded(Interview, event["interviewId"])["isFeedbackRequired"]
    event["interviewers"] = _interviewers(call, stated["interviewers"], f"{where}.interviewers", required)
    if "extraData" in stated:
        event["extraData"] = stated["extraData"]


def _interviewers(call: Call, stated: list[dict[str, Any]], where: str, required: bool) -> list[EventInterviewer]:
    """The interviewers; `required` is the interview's own rule for those of whom the body does not say."""
    interviewers: list[EventInterviewer] = []
    for item in stated:
        user_id = call.enabled_user(item["email"], where)["id"]
        if user_id in [interviewer["userId"] for interviewer in interviewers]:
            raise invalid(where, f"{item['email']} is given twice")
        interviewers.append({"userId": user_id, "isFeedbackRequired": item.get("feedbackRequired", required)})
    return interviewers


def _interview(call: Call, stated: dict[str, Any], where: str) -> Interview:
    """The interview that an event names, and the organization's default for one that names none."""
    if "interviewId" in stated:
        return call.refer(Interview, stated["interviewId"], f"{where}.interviewId")
    found = call.store.find(Interview, equals("isDefault", True), limit=1)
    if not found:
        raise invalid("interviewId", "is required, since the company has no default interview")
    return found[0]


def _event(schedule: InterviewSchedule, event_id: str, where: str) -> InterviewEvent:
    for event in schedule["interviewEvents"]:
        if event["id"] == event_id:
            return event
    raise invalid(where, f"the interview schedule has no event {event_id}")


def _cancel_event(call: Call, schedule: InterviewSchedule, event_id: str) -> None:
    """Takes an event away, and its feedback with it if the caller allows that."""
    event = _event(schedule, event_id, "interviewEventIdToCancel")
    of_event = equals("interviewEventId", event_id)
    given = call.store.find(Feedback, equals("applicationId", schedule["applicationId"]), of_event)
    if given and not call.body.get("allowFeedbackDeletion"):
        raise invalid("interviewEventIdToCancel", "the event has feedback; allowFeedbackDeletion would delete it")
    for feedback in given:
        call.store.delete(Feedback, feedback["id"])
    schedule["interviewEvents"].remove(event)
