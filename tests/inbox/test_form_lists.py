"""Records in forms: by the names that Ashby's lists have."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from controls import controls, page, typed
from examples import EXAMPLES, WRITES, Company

from langchain_ashby import AshbyClient
from langchain_ashby.agent.cards import Card, ReadCache, card_of
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.endpoints.interviews import ListInterviewSchedules
from langchain_ashby.ids import certain
from langchain_ashby.inbox.forms import Field, Form, Lists, Typed, changes, form, read
from langchain_ashby.inbox.forms.fits import same
from langchain_ashby.sandbox import AshbySandbox


class Desk:
    """Forms for calls in the sandbox, with the lists that its client reads."""

    def __init__(self, sandbox: AshbySandbox, client: AshbyClient) -> None:
        self.sandbox = sandbox
        self.client = client
        self.company = Company(sandbox.state(), client, Path())

    def call(self, tool: str, **over: Any) -> tuple[dict[str, Any], Card]:
        """The arguments of the example, and their card."""
        args = {**EXAMPLES[tool](self.company), **over}
        card = card_of(OPERATIONS[tool].model_validate(args), ReadCache(self.client))
        return card["args"], card

    def form(self, tool: str, call: tuple[dict[str, Any], Card], sent: Typed | None = None) -> Form:
        args, card = call
        return form(OPERATIONS[tool], args, Lists(self.client, OPERATIONS[tool], args, card, sent), typed=sent)

    def typed(self, tool: str, call: tuple[dict[str, Any], Card], **over: Any) -> Form:
        """The form after somebody typed into it."""
        return self.form(tool, call, typed(self.form(tool, call), over))


@pytest.fixture
def desk(sandbox: AshbySandbox) -> Iterator[Desk]:
    with AshbyClient(sandbox.api_key, sandbox.url) as client:
        yield Desk(sandbox, client)


def field(shown: Form, way: str) -> Field:
    return next(it for it in shown.top.walk() if it.way == way)


def labels(it: Field) -> list[str]:
    return [choice.label for choice in it.choices]


def chosen(it: Field) -> str:
    return next(choice.label for choice in it.choices if choice.raw == it.text)


def args_of(shown: Form) -> dict[str, Any]:
    found = read(shown)
    assert found.problems == {} and found.args is not None
    return found.args


@pytest.mark.slow
def test_every_form_with_lists_gives_its_arguments_back_and_shows_no_ids(desk: Desk) -> None:
    for tool in [it for it in WRITES if "upload" not in it]:
        call = desk.call(tool)
        assert same(args_of(desk.typed(tool, call)), call[0]), tool
        shown = desk.form(tool, call)
        for it in shown.top.walk():
            if it.shape.id and isinstance(it.value, str | list):
                assert labels(it) or it.notes, (tool, it.way)
                proposed = [choice.label for choice in it.choices if choice.raw in it.held]
                assert proposed and not any(certain(one) or "not in the list" in one for one in proposed), (
                    tool,
                    it.way,
                )


def test_the_stages_are_those_of_the_applications_plan_in_their_order(desk: Desk) -> None:
    call = desk.call("ashby_change_application_stage")
    stage = field(desk.form("ashby_change_application_stage", call), "interview_stage_id")
    plan = desk.company.one("interviewStage", id=stage.text)["interviewPlanId"]
    stages = [it for it in desk.company.seed["interviewStage"] if it["interviewPlanId"] == plan]
    assert labels(stage) == [it["title"] for it in sorted(stages, key=lambda it: it["orderInInterviewPlan"])]
    assert chosen(stage) == "Archived"
    application = field(desk.form("ashby_change_application_stage", call), "application_id")
    assert chosen(application).startswith("Ada Lovelace, Staff Engineer (Onsite, since ")


def test_another_record_is_chosen_by_name_and_sent_by_id(desk: Desk) -> None:
    tool = "ashby_change_application_stage"
    call = desk.call(tool)
    stage = field(desk.form(tool, call), "interview_stage_id")
    offer = next(it.raw for it in stage.choices if it.label == "Offer")
    shown = desk.typed(tool, call, interview_stage_id=offer)
    assert args_of(shown)["interview_stage_id"] == offer
    assert [tuple(it.values()) for it in changes(shown)] == [("Interview stage", "Archived", "Offer")]


def test_users_are_shown_with_their_addresses_and_found_by_either(desk: Desk) -> None:
    tool = "ashby_request_feedback"
    call = desk.call(tool)
    it = field(desk.form(tool, call), "interviewer_user_id")
    assert chosen(it) == "Ravi Menon (ravi@example.com)"
    assert all("@" in label for label in labels(it))
    for query in ("yuki", "YUKI@EXAMPLE", "Yúki"):
        found = field(desk.typed(tool, call, **{"interviewer_user_id~q": query}), "interviewer_user_id")
        assert len(found.choices) == 2 and chosen(found) == "As proposed: Ravi Menon (ravi@example.com)", query


def test_interviewers_are_chosen_by_name_and_sent_by_their_addresses(desk: Desk) -> None:
    tool, way = "ashby_create_interview_schedule", "interview_events.0.interviewers.0.email"
    call = desk.call(tool)
    it = field(desk.form(tool, call), way)
    assert chosen(it) == "Sofia Marchetti (sofia@example.com)"
    args = args_of(desk.typed(tool, call, **{way: "ravi@example.com"}))
    assert args["interview_events"][0]["interviewers"][0]["email"] == "ravi@example.com"
    stranger = {**call[0]["interview_events"][0], "interviewers": [{"email": "eve@example.net"}]}
    other = desk.call(tool, interview_events=[stranger])
    assert chosen(field(desk.form(tool, other), way)) == "As proposed: eve@example.net"


def test_what_tells_records_of_one_name_apart_stands_behind_it(desk: Desk) -> None:
    it = field(desk.form("ashby_update_job", desk.call("ashby_update_job")), "department_id")
    twins = [label for label in labels(it) if label.startswith("Operations")]
    assert len(set(twins)) == 2 and all("(" in label and "(id " not in label for label in twins)
    assert "Platform" in labels(it), "only where it is required"


def test_candidates_are_searched_by_name(desk: Desk) -> None:
    tool = "ashby_add_candidate_tag"
    call = desk.call(tool)
    it = field(desk.form(tool, call), "candidate_id")
    proposed = desk.company.one("candidate", id=it.value)["name"]
    assert labels(it) == [f"As proposed: {proposed}"] and it.offered and it.offered.needs_search
    ada = desk.company.one("candidate", name="Ada Lovelace")["id"]
    found = field(desk.typed(tool, call, **{"candidate_id~q": "lovelace"}), "candidate_id")
    assert "Ada Lovelace (ada.lovelace@example.org)" in labels(found)
    chosen_now = desk.typed(tool, call, **{"candidate_id~q": "lovelace", "candidate_id": ada})
    assert args_of(chosen_now)["candidate_id"] == ada


def test_long_lists_show_their_beginning_and_say_that_there_is_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("langchain_ashby.inbox.forms.lists.MOST", 3)
    call = desk.call("ashby_request_feedback")
    shown = desk.form("ashby_request_feedback", call)
    it = field(shown, "interviewer_user_id")
    assert len(labels(it)) == 4 and chosen(it).startswith("As proposed: Ravi Menon")
    assert "more exist" in page(shown)


def test_if_a_list_may_not_be_read_the_form_says_so_and_takes_an_id_or_a_name(desk: Desk) -> None:
    tool = "ashby_request_feedback"
    call = desk.call(tool)
    key = desk.sandbox.add_key(permissions=["candidatesRead", "interviewsRead"])
    with AshbyClient(key, desk.sandbox.url) as client:
        lists = Lists(client, OPERATIONS[tool], call[0], call[1])
        shown = form(OPERATIONS[tool], call[0], lists)
        it = field(shown, "interviewer_user_id")
        assert "lacks the permission organizationRead" in " ".join(it.notes)
        assert chosen(it) == "As proposed: Ravi Menon" and "Another (id or name)" in page(shown)
        assert not read(form(OPERATIONS[tool], call[0], lists, typed=typed(shown))).changed
        other = form(OPERATIONS[tool], call[0], lists, typed=typed(shown, {"interviewer_user_id~more": "Grace Okafor"}))
        assert args_of(other)["interviewer_user_id"] == "Grace Okafor"
        assert changes(other)[0]["after"] == "Grace Okafor"


def test_ashby_being_away_leaves_a_form_that_works(desk: Desk) -> None:
    tool = "ashby_change_application_stage"
    call = desk.call(tool)
    with AshbyClient(desk.sandbox.api_key, "http://127.0.0.1:9", max_retries=0) as client:
        lists = Lists(client, OPERATIONS[tool], call[0], call[1])
        shown = form(OPERATIONS[tool], call[0], lists)
        it = field(shown, "archive_reason_id")
        assert chosen(it) == "As proposed: “Did not meet the technical bar”" and "could not be read" in it.notes[0]
        application = field(shown, "application_id")
        assert chosen(application) == "As proposed: Ada Lovelace, Staff Engineer" and not application.can_type
        assert not read(form(OPERATIONS[tool], call[0], lists, typed=typed(shown))).changed


def test_a_form_does_not_wait_for_ashby_for_long(desk: Desk) -> None:
    tool = "ashby_create_job"
    call = desk.call(tool)
    desk.sandbox.fault("*", times=10, delay=2.5)
    began = time.monotonic()
    lists = Lists(desk.client, OPERATIONS[tool], call[0], call[1], seconds=0.2)
    shown = form(OPERATIONS[tool], call[0], lists)
    assert time.monotonic() - began < 2
    assert "did not answer in time" in field(shown, "department_id").notes[0]
    assert not read(form(OPERATIONS[tool], call[0], lists, typed=typed(shown))).changed


def test_a_proposed_record_that_is_in_no_list_stays(desk: Desk) -> None:
    tool = "ashby_change_application_source"
    args, card = desk.call(tool)
    gone = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
    args = {**args, "source_id": gone}
    shown = desk.form(tool, (args, card))
    assert chosen(field(shown, "source_id")) == "As proposed: not in the list"
    assert not read(desk.typed(tool, (args, card))).changed
    cleared = desk.typed(tool, (args, card), source_id="~clear")
    assert args_of(cleared)["source_id"] is None
    assert changes(cleared)[0]["after"] == "no value"


def test_a_custom_field_is_answered_by_its_type_also_after_another_is_chosen(desk: Desk) -> None:
    tool = "ashby_set_custom_field_value"
    call = desk.call(tool)
    shown = desk.form(tool, call)
    it = field(shown, "field_value")
    assert it.kind == "some_of" and "Norwegian" in labels(it)
    assert [choice.label for choice in it.choices if choice.raw in it.typed] == ["English", "German"]
    weeks = next(one.raw for one in field(shown, "custom_field_id").choices if "Notice" in one.label)
    other = desk.typed(tool, call, custom_field_id=weeks)
    assert field(other, "field_value").kind in ("number", "rows")
    sent = controls(other).sent | {"field_value": ["4"]}
    number = desk.form(tool, call, sent)
    if field(number, "field_value").kind == "number":
        assert args_of(number)["field_value"] == 4


def test_a_scorecard_has_a_field_for_each_question_answered_or_not(desk: Desk) -> None:
    tool = "ashby_submit_application_feedback"
    call = desk.call(tool)
    shown = desk.form(tool, call)
    answers = field(shown, "field_submissions").fields
    assert [it.label for it in answers][:2] == ["Overall recommendation", "What did you see?"]
    assert chosen(answers[0].fields[1]) == "Strong Yes"
    unanswered = next(it for it in answers if it.label == "Problem solving")
    scored = desk.typed(tool, call, **{f"{unanswered.way}.value.score": "3"})
    submissions = args_of(scored)["field_submissions"]
    assert submissions[:-1] == call[0]["field_submissions"]
    assert submissions[-1] == {"path": "problem_solving", "value": {"score": 3}}


def test_records_without_names_are_chosen_by_candidate(desk: Desk) -> None:
    tool = "ashby_change_application_stage"
    call = desk.call(tool)
    found = field(desk.typed(tool, call, **{"application_id~q": "mensah"}), "application_id")
    kwame = next(it for it in found.choices if it.label.startswith("Kwame Mensah, Staff Engineer ("))
    chosen_now = desk.typed(tool, call, application_id=kwame.raw, **{"application_id~q": "mensah"})
    assert args_of(chosen_now)["application_id"] == kwame.raw
    later = desk.form(tool, call, typed(chosen_now, {"application_id~q": ""}))
    assert chosen(field(later, "application_id")) == kwame.label, "also when the search is over"


def test_meetings_to_choose_from_are_those_of_the_schedule(desk: Desk) -> None:
    tool = "ashby_update_interview_schedule"
    call = desk.call(tool)
    shown = desk.form(tool, call)
    meeting = next(it for it in shown.top.walk() if it.way.endswith(".interview_event_id") and it.value)
    schedules = desk.client.items(ListInterviewSchedules())
    [schedule] = [it for it in schedules if it["id"] == call[0]["interview_schedule_id"]]
    assert " with " in chosen(meeting)
    assert {it.raw for it in meeting.choices} - {""} == {it["id"] for it in schedule["interviewEvents"]}


def test_an_offer_has_a_fitting_field_for_each_term(desk: Desk) -> None:
    tool = "ashby_create_offer"
    call = desk.call(tool)
    shown = desk.form(tool, call)
    terms = {it.label: it.fields[1] for it in field(shown, "field_submissions").fields}
    salary = terms["Base salary"]
    assert [it.label for it in salary.fields] == ["Amount", "Currency"] and terms["Start date"].kind == "day"
    assert "Full-time" in labels(terms["Employment type"]) and any("OP-" in it for it in labels(terms["Opening"]))
    assert "Add to answers" not in page(shown)
    over = {f"{salary.way}.value": "150000"}
    assert changes(desk.typed(tool, call, **over))[0]["field"] == "Base salary, Amount"


def test_listings_are_read_once_for_several_looks_at_a_form(desk: Desk) -> None:
    call = desk.call("ashby_create_job")
    desk.form("ashby_create_job", call)
    before = len(desk.sandbox.requests())
    desk.typed("ashby_create_job", call)
    assert len(desk.sandbox.requests()) == before
