"""The evidence about a person: null never reads as none, as no, or as the usual."""

from __future__ import annotations

from typing import Any

from recorder import Recorder, success

from langchain_ashby import AshbyClient
from langchain_ashby.inbox.evidence import Person, person_of

ONE, TWO = (f"3f1c000{it}-5b1e-4c3e-9d52-6c1f1c7a0b1{it}" for it in (1, 2))


def read(recorder: Recorder, client: AshbyClient, **more: Any) -> Person:
    """Reads the evidence on an application with these fields."""
    stage = {"id": ONE, "title": "Onsite"}
    application = {
        "id": ONE,
        "status": "Active",
        "candidate": {"id": TWO, "name": "Ada"},
        "currentInterviewStage": stage,
    }
    recorder.answers["application.info"] = [success(application | more.get("application", {}))]
    candidate = {"id": TWO, "name": "Ada", "applicationIds": [ONE], "tags": []}
    recorder.answers["candidate.info"] = [success(candidate | more.get("candidate", {}))]
    recorder.answers["applicationFeedback.list"] = [success(more.get("feedback", []), moreDataAvailable=False)]
    return person_of(client, ONE, None)


def test_usual_values_are_left_out_and_unknown_ones_are_not(recorder: Recorder, client: AshbyClient) -> None:
    assert read(recorder, client).facts == [("Stage", "Onsite")]
    unknown = {"applicationIds": None, "tags": None}
    found = read(recorder, client, application={"status": None}, candidate=unknown)
    said = dict.fromkeys(("Status", "Tags", "Applications"), "not known")
    assert dict(found.facts) == {"Stage": "Onsite"} | said


def test_namesakes_are_told_apart(recorder: Recorder, client: AshbyClient) -> None:
    source = {"id": ONE, "title": "Jane", "sourceType": {"title": "Agency"}, "isArchived": True}
    credited = {"id": ONE, "firstName": "Maren", "lastName": "Solberg", "email": "m@example.com", "isEnabled": False}
    tags = [{"id": ONE, "title": "Fast, good"}, {"id": TWO, "title": None, "isArchived": True}]
    found = read(recorder, client, application={"source": source, "creditedToUser": credited}, candidate={"tags": tags})
    assert dict(found.facts) == {
        "Stage": "Onsite",
        "Source": "Jane (Agency, archived)",
        "Credited to": "Maren Solberg <m@example.com> (deactivated)",
        "Tags": '"Fast, good", unknown (archived)',
    }


def test_days_count_the_current_stage(recorder: Recorder, client: AshbyClient) -> None:
    earlier = {"id": TWO, "stageId": TWO, "enteredStageAt": "2026-01-01T00:00:00Z"}
    now = {"id": ONE, "stageId": ONE, "enteredStageAt": None}
    found = read(recorder, client, application={"applicationHistory": [earlier, now]})
    assert dict(found.facts) == {"Stage": "Onsite"}


def test_a_scorecard_shows_every_choice_and_missing_scores(recorder: Recorder, client: AshbyClient) -> None:
    choices = [{"value": "a", "label": None}, {"value": "b", "label": "Slow"}]
    fields = [
        {"field": {"path": "r", "title": "Recommendation", "type": "ValueSelect", "selectableValues": choices}},
        {"field": {"path": "c", "title": "Concerns", "type": "MultiValueSelect", "selectableValues": choices}},
        {"field": {"path": "s", "title": "Depth", "type": "Score"}},
        {"field": {"path": "t", "title": "Notes", "type": "LongText"}},
    ]
    form = {"sections": [{"fields": fields}]}
    given = {"id": ONE, "formDefinition": form, "submittedValues": {"r": "a", "c": ["b"], "t": "long"}}
    nothing = given | {"submittedValues": None}
    cards = read(recorder, client, feedback=[given, nothing]).scorecards
    assert [it.answers for it in cards] == [
        [("Recommendation", "a"), ("Concerns", "Slow"), ("Depth", "not scored")],
        [("Answers", "not known")],
    ]
