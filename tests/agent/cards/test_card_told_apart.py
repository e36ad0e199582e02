"""Two writes that differ, in what they send or in whom it is about, never have the same card."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from another_ashby import Seen, Way
from arguments import of_field
from desk import EXAMPLES, NOW, Desk, make
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from test_card_says_all import body_of, words_of

from langchain_ashby import records
from langchain_ashby.agent.cards import ReadCache, card_of, markdown
from langchain_ashby.ids import ids_of
from langchain_ashby.text.words import at, one_line

NO_EFFECT = {("update_interview_schedule", "allow_feedback_deletion")} | {
    (tool, "exclude_form_definition") for tool in ("create_offer", "update_offer", "start_offer_approval")
}
"""Arguments that change nothing in these calls: the exact arguments tell them apart, the words need not."""

QUIET = settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def neighbours(value: Any) -> list[Any]:
    """Values that are nearly the same: another letter, the next second, a flag turned."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, -value]
    if isinstance(value, str):
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            return [f"{value}s", value.swapcase(), f"{value} {value}"]
        later = [time + timedelta(days=1)] + ([time + timedelta(minutes=1)] if "T" in value else [])
        return [it.isoformat() if "T" in value else it.date().isoformat() for it in later]
    return []


def changed(value: Any) -> list[Any]:
    """The argument with one of its leaves replaced by a neighbour."""
    if isinstance(value, dict):
        return [{**value, key: it} for key, entry in value.items() for it in changed(entry)]
    if isinstance(value, list):
        return [[*value[:at], it, *value[at + 1 :]] for at, entry in enumerate(value) for it in changed(entry)]
    return neighbours(value)


def check_neighbours(desk: Desk, tool: str, how: settings) -> None:
    """Draws a value for each argument that is no id, and compares its card with those of its neighbours."""
    operation = type(EXAMPLES[tool](desk))
    example = EXAMPLES[tool](desk).model_dump(mode="json", exclude_unset=True)
    reads = ReadCache(desk.client, now=NOW)
    free = [
        name
        for name, field in operation.model_fields.items()
        if not ids_of(field) and name not in ("field_submissions", "file_path")
        and type(None) not in typing.get_args(operation.model_fields[name].annotation)[:1]
    ]  # fmt: skip

    @how
    @given(st.data())
    def check(data: st.DataObject) -> None:
        for name in free:
            value = data.draw(of_field(operation.model_fields[name], full=True), label=name)
            asked = []
            for it in [value, *changed(value)[:3]]:
                with suppress(ValidationError):  # such as an end before its start
                    request = make(tool, **{**example, name: it})
                    card = card_of(request, reads)
                    asked.append((it, card, body_of(request, card)))
            for other, card, body in asked[1:] if asked and asked[0][0] is value else ():
                if body == asked[0][2]:
                    continue
                told = f"{tool}: {name}: {value!r} and {other!r} have the same card"
                assert markdown(card) != markdown(asked[0][1]), told
                if (tool, name) not in NO_EFFECT and one_line(str(value)) != one_line(str(other)):
                    assert words_of(card) != words_of(asked[0][1]), f"{told} but for the exact arguments"

    check()


@pytest.mark.parametrize("tool", EXAMPLES)
def test_arguments_that_are_nearly_the_same_have_different_cards(desk: Desk, tool: str) -> None:
    check_neighbours(desk, tool, settings(QUIET, max_examples=1))


@pytest.mark.slow
@pytest.mark.parametrize("tool", EXAMPLES)
def test_many_arguments_that_are_nearly_the_same_have_different_cards(desk: Desk, tool: str) -> None:
    check_neighbours(desk, tool, settings(QUIET, max_examples=10))


IDENTIFIES: dict[type, tuple[str, ...]] = {
    records.Candidate: ("name", "primaryEmailAddress.value"),
    records.Job: ("title", "departmentId locationId customRequisitionId"),
    records.JobPosting: ("title", "locationName", "departmentName"),
    records.InterviewStage: ("title", "type"),
    records.User: ("firstName", "lastName", "email", "isEnabled"),
    records.Tag: ("title", "isArchived"),
    records.Project: ("title", "isArchived"),
    records.Source: ("title", "isArchived", "sourceType.title"),
    records.ArchiveReason: ("text", "reasonType", "isArchived"),
    records.Opening: ("latestVersion.identifier",),
    records.Interview: ("title", "isArchived"),
    records.InterviewPlan: ("title", "isArchived"),
    records.FeedbackForm: ("title", "isArchived"),
    records.CustomField: ("title", "objectType", "isArchived"),
    records.Department: ("name", "isArchived"),
    records.Location: ("name", "isArchived"),
    records.CloseReason: ("reasonText", "isArchived"),
}  # fmt: skip
"""By what people tell the records of a kind apart. Of several places in one string, one has to be on the card."""

PARTS: dict[type, dict[str, type]] = {records.Application: {"candidate": records.Candidate, "job": records.Job}}
"""The records inside those of a kind: what tells them apart is altered wherever it was read."""

IDENTIFIES_BY_METHOD = {"interviewEvent.list": ("startTime", "endTime")}

OTHERS: dict[str, Any] = {"type": "Lead", "reasonType": "Other", "objectType": "Opening"}

Found = dict[tuple[str, str], list[tuple[Any, Way, Any]]]


def identifying(seen: Seen) -> Found:
    """The facts that identify the records that the call is about, by id and places, wherever they were read."""
    found: Found = {}
    about = {*seen.card["targets"], *seen.card["refers"]}
    for key, way, kind, record in everything_in(seen):
        if about.isdisjoint(record.get(it) for it in ("id", "interviewScheduleId")):
            continue
        for places in IDENTIFIES_BY_METHOD.get(key[0].path) or IDENTIFIES.get(kind, ()):
            for place in places.split():
                if (value := at(record, *place.split("."))) not in (None, "", []):
                    found.setdefault((record["id"], places), []).append((key, (*way, *place.split(".")), value))
    return found


def everything_in(seen: Seen) -> Iterator[tuple[Any, Way, type, dict[str, Any]]]:
    """Every record that was read, and the records inside it: the reply, the way to it, its kind, and the record."""
    key: Any
    for key, reply in seen.replies.items():
        results, kind = getattr(reply, "results", reply), key[0].record()
        numbered: Any = enumerate(results) if isinstance(results, list) else [(None, results)]
        for number, record in numbered:
            if not isinstance(record, dict):
                continue
            way: Way = () if number is None else (number,)
            yield key, way, kind, record
            inside = ((name, part) for name, part in PARTS.get(kind, {}).items() if record.get(name))
            yield from ((key, (*way, name), part, record[name]) for name, part in inside)


def another(place: str, value: Any) -> Any:
    """Another value of a fact."""
    if isinstance(value, bool):
        return not value
    key = place.rpartition(".")[2]
    if key in OTHERS:
        return OTHERS[key] if value != OTHERS[key] else "Archived"
    if key.endswith("Time"):
        return (datetime.fromisoformat(value) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    return "99999999-1111-4222-8333-444455556666" if key.endswith("Id") else f"{value} the Second"


@pytest.mark.parametrize("tool", EXAMPLES)
def test_records_that_differ_in_what_people_tell_them_apart_by_have_different_cards(desk: Desk, tool: str) -> None:
    seen = Seen(desk, EXAMPLES[tool](desk))
    alike = []
    for (_, places), read in identifying(seen).items():
        value = read[0][2]
        instead = another(places, value)
        if words_of(seen.altered_in([(key, way) for key, way, _ in read], instead)) == words_of(seen.card):
            alike.append(f"{tool}: {read[0][0][0].path}: {places}: {value!r} and {instead!r}")
    assert not alike, "the same card for\n" + "\n".join(alike)


def test_every_write_but_one_to_a_new_record_names_one_that_people_have_to_tell_apart(desk: Desk) -> None:
    without = [tool for tool in EXAMPLES if not identifying(Seen(desk, EXAMPLES[tool](desk)))]
    assert without == ["create_candidate_tag"]
