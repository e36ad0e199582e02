"""Rules for undoing writes whose declared effect does not say enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from langchain_ashby.agent.cards.builder import Fact
from langchain_ashby.agent.cards.candidates import place
from langchain_ashby.agent.cards.jobs import NEXT
from langchain_ashby.agent.cards.plain import title_of
from langchain_ashby.agent.cards.postings import lost_tags
from langchain_ashby.agent.cards.values import as_fact
from langchain_ashby.agent.undo.opposite import (
    NotUndoable,
    Opposite,
    Value,
    Written,
    argument_of,
    by_effect,
    checked,
    put_back,
    set_by,
    undone_by,
)
from langchain_ashby.endpoints.applications import ChangeApplicationStage, TransferApplication
from langchain_ashby.endpoints.candidates import UpdateCandidate
from langchain_ashby.endpoints.jobs import SetJobStatus, UpdateJobPosting
from langchain_ashby.endpoints.openings import SetOpeningState
from langchain_ashby.endpoints.organization import SetCustomFieldValue, SetCustomFieldValues
from langchain_ashby.text.words import at, enumerated


@undone_by(ChangeApplicationStage)
def _stage(request: ChangeApplicationStage, written: Written) -> Iterable[Opposite]:
    """Moves an application back; into the archive, with its former reason."""
    stage = written.value("Stage", "interview_stage_id")
    kind = at(written.card["refers"].get(request.interview_stage_id), "kind")
    _refuse_hires(written, kind)
    if kind is None:
        raise NotUndoable("The type of the stage was not known, so neither is what the move did.")
    values, remains = {"interview_stage_id": stage}, []
    args = {"interview_stage_id": stage.was}
    if written.before("Status") == "Archived":
        args["archive_reason_id"] = argument_of(written.before("Archive reason"))
        values["archive_reason_id"] = Value("Archive reason", args["archive_reason_id"], request.archive_reason_id)
    elif request.archive_email:
        remains.append("A sent e-mail cannot be recalled, and a scheduled one may still go out.")
    return put_back(written, values, remains, **args)


def _refuse_hires(written: Written, kind: object) -> None:
    if kind == "Hired" or written.before("Status") == "Hired":
        raise NotUndoable("A hire fills an opening, and Ashby does not document what reversing it does.")


@undone_by(TransferApplication)
def _transfer(request: TransferApplication, written: Written) -> Iterable[Opposite]:
    """Transfers an application back, without starting the activities of its stage again."""
    _refuse_hires(written, at(written.card["refers"].get(request.interview_stage_id), "kind"))
    if written.before("Status") == "Archived":
        raise NotUndoable("It was archived before, and a transfer cannot put it back into the archive.")
    titles = {"job_id": "Job", "interview_plan_id": "Interview plan", "interview_stage_id": "Stage"}
    values = {name: written.value(title, name) for name, title in titles.items()}
    if any(it.was is None for it in values.values()):
        raise NotUndoable("Where it was before could not be read.")
    args = {name: it.was for name, it in values.items()}
    started = request.start_automatic_activities is not False
    remains = ["What the stage's automatic activities did is not undone."] if started else []
    return put_back(written, values, remains, **args, start_automatic_activities=False)


@undone_by(UpdateCandidate)
def _candidate(request: UpdateCandidate, written: Written) -> Iterable[Opposite]:
    """Restores the former profile. An added alternate e-mail address stays."""
    own = {"candidate_id", "alternate_email", "social_links", "location"}
    values, remains = dict[str, Value](), list[str]()
    effect = request.effect
    assert effect is not None
    links = ("linked_in_url", "github_url", "website_url")
    for name in set_by(request):
        if name not in own and not (name in links and request.social_links is not None):
            values[name] = written.value(title_of(name, effect), name)
    if request.social_links is not None:
        was, left = written.before("List of links"), sorted(f"{it.type} {it.url}" for it in request.social_links)
        kinds = [dict(zip(("type", "url"), it.split(" ", 1), strict=True)) for it in was or []]
        values["social_links"] = Value("List of links", kinds, left)
    if request.location:
        values["location"] = Value("Location", _address(written.before("Location")), place(request.location))
    if request.alternate_email:
        remains.append("Ashby has no method that removes an additional e-mail address.")
    for name, words in (("email", "e-mail address"), ("phone_number", "phone number")):
        if name in values and values[name].was:
            remains.append(f"The {words} may stay on the profile as an additional one.")
    if not values:
        raise NotUndoable(" ".join(remains))
    return put_back(written, values, remains)


def _address(fact: Fact) -> Any:
    if fact is None:
        return None
    if not isinstance(fact, dict):
        raise NotUndoable("Location: the former value cannot be set through the API.")
    return {key: value for key, value in fact.items() if key != "words"}


@undone_by(SetCustomFieldValue)
def _custom_field(request: SetCustomFieldValue, written: Written) -> Iterable[Opposite]:
    """Sets a custom field to its former value."""
    title = _title(written, request.custom_field_id)
    sent = at(written.card["sent"] or {}, "customField.setValue", "body", "fieldValue")
    value = Value(title, written.before(title), as_fact(sent))
    given = {"object_type": request.object_type, "object_id": request.object_id}
    return put_back(written, {"field_value": value}, **given, custom_field_id=request.custom_field_id)


@undone_by(SetCustomFieldValues)
def _custom_fields(request: SetCustomFieldValues, written: Written) -> Iterable[Opposite]:
    """Sets custom fields to their former values."""
    sent = at(written.card["sent"] or {}, "customField.setValues", "body", "values") or []
    stored = {at(it, "fieldId"): as_fact(at(it, "fieldValue")) for it in sent}
    titles = {it.custom_field_id: _title(written, it.custom_field_id) for it in request.values}
    was = [{"custom_field_id": it, "field_value": written.before(title)} for it, title in titles.items()]
    left = {title: stored.get(it) for it, title in titles.items()}
    given = {"object_type": request.object_type, "object_id": request.object_id}
    args = {**given, "values": was}
    return [checked(Opposite(request.tool_name(), args, written.card["line"], {"": left}))]


def _title(written: Written, custom_field_id: str) -> str:
    """The title under which the card has a custom field."""
    return str(at(written.card["refers"].get(custom_field_id), "name"))


@undone_by(SetJobStatus)
def _job_status(request: SetJobStatus, written: Written) -> Iterable[Opposite]:
    """Sets a job back to its former status, if Ashby allows that in one step."""
    was = written.before("Status")
    if was != request.status and was not in NEXT[request.status]:
        way = next((it for it in NEXT[request.status] if was in NEXT[it]), "another status")
        raise NotUndoable(
            f"Ashby lets a job go from {enumerated(request.status)} to {enumerated(was)} only through "
            f"{enumerated(way)}, which takes two separate changes."
        )
    return by_effect(written)


@undone_by(UpdateJobPosting)
def _posting(request: UpdateJobPosting, written: Written) -> Iterable[Opposite]:
    """Restores a posting's former text, as far as Ashby accepts it."""
    first, *others = by_effect(written)
    lost = lost_tags(first.args.get("description") or "")
    remains = [f"The former text comes back without its tags {', '.join(lost)}: Ashby drops them."] if lost else []
    return [replace(first, remains=(*first.remains, *remains)), *others]


@undone_by(SetOpeningState)
def _opening_state(request: SetOpeningState, written: Written) -> Iterable[Opposite]:
    """Sets an opening back to its former state."""
    state = written.value("State", "opening_state")
    remains = ["The former closing reason is not restored: Ashby does not show it."]
    return put_back(written, {"opening_state": state}, remains if state.was == "Closed" else ())
