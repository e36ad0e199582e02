"""The second look at a card: whatever it says is compared, in both directions, and so is what Ashby would be sent."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest
from another_ashby import Seen
from desk import EXAMPLES, NOW, SCORECARD, Desk, make, meeting
from situations import email, offer, reason, stage

from langchain_ashby import AshbyToolkit
from langchain_ashby.agent.cards import Card, ReadCache, card_of, differences, markdown
from langchain_ashby.agent.cards.differences import newly_past
from langchain_ashby.agent.execution.attempt import only_what_is_on
from langchain_ashby.errors import ArgumentError

pytestmark = pytest.mark.slow


def words_of(card: Card) -> str:
    return markdown({**card, "links": []})


@pytest.mark.parametrize("name", EXAMPLES)
def test_whatever_reads_otherwise_on_the_card_is_a_change_in_both_directions(desk: Desk, name: str) -> None:
    seen = Seen(desk, EXAMPLES[name](desk))
    shown = words_of(seen.card)
    differed = 0
    for key, way, value in seen.ways():
        if isinstance(value, dict | list) or way[-1] in ("id", "profileUrl"):
            continue
        other = not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else f"{value} no more"
        card = seen.altered(key, way, other)
        if words_of(card) != shown:
            differed += 1
            assert differences(seen.card, card), (way, value)
            assert differences(card, seen.card), (way, value)
    assert differed or name == "create_candidate_tag", "only a new tag refers to nothing"


def fields(form: Any) -> dict[str, Any]:
    return {
        it["field"]["path"]: it["field"] for section in form["formDefinition"]["sections"] for it in section["fields"]
    }


def answer(desk: Desk, endpoint: str, results: Any, times: int = 20) -> None:
    desk.sandbox.fault(endpoint, times=times, body=json.dumps({"success": True, "results": results}))


def swapped(desk: Desk) -> Any:
    """The scorecard's form with labels and titles that mean something else."""
    form = copy.deepcopy(desk.client.call(make("get_feedback_form_definition", feedback_form_definition_id=desk.id(
        "feedbackFormDefinition", title="Interview Scorecard"))))  # fmt: skip
    options = fields(form)["overall_recommendation"]["selectableValues"]
    turned = {"Strong Yes": "Strong No", "Strong No": "Strong Yes"}
    for option in options:
        option["label"] = turned.get(option["label"], option["label"])
    return form


def test_labels_that_mean_something_else_by_now_are_told_with_what_would_be_sent(desk: Desk) -> None:
    request = EXAMPLES["submit_application_feedback"](desk)
    card, form = desk.card(request), swapped(desk)
    assert card["sent"] is not None and card["sent"]["applicationFeedback.submit"]["exact"]
    answer(desk, "feedbackFormDefinition.info", form)
    told = differences(card, desk.card(request))
    assert any(it.startswith("the body for applicationFeedback.submit: ") for it in told)


def test_what_is_not_on_the_card_is_not_sent_even_if_it_changes_after_the_second_look(desk: Desk) -> None:
    request = EXAMPLES["submit_application_feedback"](desk)
    card, form = desk.card(request), swapped(desk)
    answer(desk, "feedbackFormDefinition.info", form, times=1)
    with only_what_is_on(card), pytest.raises(ArgumentError, match="not what was shown") as caught:
        desk.client.call(request)
    assert caught.value.code == "not_as_approved" and "applicationFeedback.submit" not in desk.reads()
    with only_what_is_on(card):
        desk.client.call(request)
    assert desk.reads()[-1] == "applicationFeedback.submit"


async def test_under_asyncio_too_only_what_is_on_the_card_is_sent(desk: Desk) -> None:
    request = EXAMPLES["submit_application_feedback"](desk)
    card, form = desk.card(request), swapped(desk)
    tool = next(it for it in AshbyToolkit(desk.client, toolsets="all").get_tools() if it.name == request.tool_name())
    answer(desk, "feedbackFormDefinition.info", form, times=1)
    with only_what_is_on(card):
        told = await tool.ainvoke(request.model_dump(mode="json", exclude_unset=True))
    assert told.startswith("not_as_approved: ") and "applicationFeedback.submit" not in desk.reads()


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("submit_application_feedback", "feedbackFormDefinition.info"),
        ("set_custom_field_value", "customField.list"),
    ],
)
def test_what_could_not_be_resolved_for_the_card_is_not_sent(desk: Desk, name: str, reads: str) -> None:
    request = EXAMPLES[name](desk)
    desk.sandbox.fault(reads, status=403, body="{}")
    card = desk.card(request)
    assert card["sent"] == {} and card["risk"] == "high"
    with only_what_is_on(card), pytest.raises(ArgumentError, match="could not be shown"):
        desk.client.call(request)
    assert request.path not in desk.reads()


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_on_the_card_is_sent(desk: Desk, name: str) -> None:
    request = EXAMPLES[name](desk)
    with only_what_is_on(desk.card(request)):
        desk.client.call(request)
    assert request.path in desk.reads()


def test_a_warning_that_is_gone_is_a_change(desk: Desk) -> None:
    form = desk.client.call(
        make(
            "get_feedback_form_definition",
            feedback_form_definition_id=desk.id("feedbackFormDefinition", title="Interview Scorecard"),
        )
    )
    request = make(
        "submit_application_feedback",
        application_id=desk.application(),
        feedback_form_definition_id=form["id"],
        field_submissions=SCORECARD[:1],
    )
    card = desk.card(request)
    assert any("Required and missing" in it for it in card["warnings"])
    relaxed = copy.deepcopy(form)
    for section in relaxed["formDefinition"]["sections"]:
        for entry in section["fields"]:
            entry["isRequired"] = False
    answer(desk, "feedbackFormDefinition.info", relaxed)
    told = differences(card, desk.card(request))
    assert any(it.startswith("a warning is gone: Required and missing") for it in told)


def test_a_stage_of_another_kind_and_name_is_told(desk: Desk) -> None:
    request = EXAMPLES["change_application_stage"](desk)
    card = desk.card(request)
    stage = desk.client.call(make("get_interview_stage", interview_stage_id=desk.stage("Archived")))
    answer(desk, "interviewStage.info", {**stage, "title": "Hired", "type": "Hired"})
    assert "The stage: Hired (Hired), was Archived (Archived)" in differences(card, desk.card(request))


# Time.


def test_that_time_passes_makes_no_card_stale(desk: Desk) -> None:
    desk.client.call(make("create_interview_schedule", application_id=desk.application(), interview_events=[meeting()]))
    request = EXAMPLES["change_application_stage"](desk)
    card = desk.card(request)
    assert any("An interview is still scheduled" in it for it in card["warnings"])
    reads = ReadCache(desk.client, now=NOW + timedelta(days=30))
    assert differences(card, card_of(request, reads.as_of(NOW))) == []
    gone = card_of(request, reads)
    assert not any("An interview is still scheduled" in it for it in gone["warnings"])
    told = newly_past(card_of(request, reads.as_of(NOW)), gone)
    [said] = told
    assert said.startswith("there is a new warning: The e-mail's time, ") and said.endswith(" is sent at once.")


def test_an_email_that_waits_for_the_morning_makes_no_card_stale(desk: Desk) -> None:
    request = stage(desk, "Archived", **reason(desk), **email(desk))
    later = ReadCache(desk.client, now=NOW + timedelta(days=2))
    assert differences(desk.card(request), card_of(request, later)) == []


def test_an_offer_that_was_made_or_accepted_meanwhile_is_told(desk: Desk) -> None:
    request = stage(desk, "Archived", **reason(desk))
    card = desk.card(request)
    made = desk.client.call(offer(desk))
    told = differences(card, desk.card(request))
    assert any("The offer for this application is under way: waiting on approval start" in it for it in told), told
    card = desk.card(request)
    answer(desk, "offer.list", [{**made, "acceptanceStatus": "Accepted"}])
    told = differences(card, desk.card(request))
    assert any("is accepted according to one of its statuses" in it for it in told), told


def test_an_application_that_was_archived_meanwhile_gets_no_email_and_the_card_is_stale(desk: Desk) -> None:
    request = stage(desk, "Archived", **reason(desk), **email(desk))
    card = desk.card(request)
    desk.client.call(stage(desk, "Archived", **reason(desk)))
    told = differences(card, desk.card(request))
    assert "there is a new warning: The application is archived already: Ashby sends no e-mail." in told


def test_an_email_template_that_was_changed_is_told(desk: Desk) -> None:
    request = EXAMPLES["change_application_stage"](desk)
    card = desk.card(request)
    templates = desk.client.call(make("list_communication_templates"))
    later = [{**it, "updatedAt": "2026-11-02T11:00:00.000Z"} for it in templates]
    answer(desk, "communicationTemplate.list", later)
    [told] = differences(card, desk.card(request))
    assert told.startswith("The e-mail template was last changed: 2026-11-02T11:00:00.000Z, was ")
