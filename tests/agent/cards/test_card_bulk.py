"""The card of a bulk write: everyone on a line, and what is said of several of them once."""

from __future__ import annotations

import io

import pytest
from desk import BULK, NOW, Desk, make
from rich.console import Console
from test_card_second_look import answer

from langchain_ashby.agent.cards import Card, ReadCache, card_of, html, is_current, markdown
from langchain_ashby.cli.card import panel
from langchain_ashby.ids import short
from langchain_ashby.sandbox.records import KINDS


def rows(card: Card) -> list[dict[str, str]]:
    table = card["table"]
    return [dict(zip(table["heads"], row, strict=True)) for row in table["rows"]]


def archiving(desk: Desk, number: int) -> Card:
    active = [it["id"] for it in desk.sandbox.records("application") if it["status"] == "Active"][:number]
    reason = desk.id("archiveReason", text="Did not meet the technical bar")
    return desk.card(make("archive_applications", application_ids=active, archive_reason_id=reason))


@pytest.mark.parametrize("name", BULK)
def test_everybody_has_a_line_with_what_tells_them_apart(desk: Desk, name: str) -> None:
    card = desk.card(BULK[name](desk))
    assert is_current(card)
    assert [it["name"] for it in rows(card)] == [
        "Ada Lovelace (ada.lovelace@example.org)",
        "Kwame Mensah (kwame.mensah@example.org)",
    ]
    assert any(f"2 {noun}" in card["line"] for noun in ("applications", "candidates"))


@pytest.mark.parametrize("name", BULK)
def test_it_is_shown_alike_as_markdown_as_html_and_in_the_terminal(desk: Desk, name: str) -> None:
    card = desk.card(BULK[name](desk))
    terminal = Console(file=io.StringIO(), width=120)
    terminal.print(panel(card))
    assert isinstance(terminal.file, io.StringIO)
    for shown in (markdown(card).replace("\\", ""), html(card), terminal.file.getvalue()):
        assert shown.count("ada.lovelace@example.org") >= 1
        assert "Kwame Mensah" in shown


def test_what_one_person_has_besides_is_not_said_of_those_who_do_not_change(desk: Desk) -> None:
    tag, people = desk.id("candidateTag", title="Fast track"), ["Ada Lovelace", "Nora Lind"]
    candidates = [desk.id("candidate", name=it) for it in people]
    card = desk.card(make("add_tag_to_candidates", candidate_ids=candidates, tag_id=tag))
    assert card["changes"] == [] and card["line"] == "Tag 2 candidates with Fast track"
    assert [it["tags"] for it in rows(card)] == ["no change", "Silver medalist"]


def test_a_value_that_some_have_already_is_said_of_all(desk: Desk) -> None:
    ada, kwame = (desk.id("candidate", name=it) for it in ("Ada Lovelace", "Kwame Mensah"))
    name = {"object_type": "Candidate", "custom_field_id": desk.id("customField", title="Preferred name")}
    desk.client.call(make("set_custom_field_value", **name, object_id=kwame, field_value="Al"))
    card = desk.card(make("set_custom_field_value_on_many", **name, object_ids=[ada, kwame], field_value="Al"))
    assert card["changes"] == [{"field": "Preferred name", "before": "various", "after": "Al"}]
    assert [it["preferred name"] for it in rows(card)] == ["none", "no change"]


def test_an_archived_application_shows_its_job_its_stage_and_the_days_in_it(desk: Desk) -> None:
    card = archiving(desk, 6)
    assert {*rows(card)[0]} == {"name", "job", "days in stage", "stage"}
    assert rows(card)[0]["job"] == "Staff Engineer (TW-101, Oslo)"
    assert rows(card)[0]["days in stage"].isdigit()
    assert "Onsite" in rows(card)[0]["stage"]
    assert card["risk"] == "high"


def test_days_count_the_current_stage_and_are_left_out_if_its_start_is_unknown(desk: Desk) -> None:
    found = desk.client.call(make("get_application", application_id=desk.application()))
    now = found["currentInterviewStage"]["id"]
    history = [
        {**it, **({"enteredStageAt": None} if it["stageId"] == now else {})} for it in found["applicationHistory"]
    ]
    assert any(it["enteredStageAt"] for it in history)
    answer(desk, "application.info", {**found, "applicationHistory": history})
    reason = desk.id("archiveReason", text="Did not meet the technical bar")
    card = desk.card(make("archive_applications", application_ids=[found["id"]], archive_reason_id=reason))
    assert "days in stage" not in rows(card)[0]


def test_what_is_the_same_for_all_is_said_once(desk: Desk) -> None:
    card = archiving(desk, 10)
    assert card["consequences"].count("The application is archived.") == 1
    assert [it["after"] for it in card["changes"] if it["field"] == "Status"] == ["Archived"]


def test_a_warning_names_those_that_it_is_about(desk: Desk) -> None:
    card = archiving(desk, 10)
    about_offers = [it for it in card["warnings"] if "offer" in it]
    assert about_offers
    assert all(it.startswith("No. 10: ") for it in about_offers)


def test_the_address_of_an_email_is_in_the_table_so_that_the_sentence_is_said_once(desk: Desk) -> None:
    card = desk.card(BULK["archive_applications"](desk))
    assert [it["e-mail to"] for it in rows(card)] == ["ada.lovelace@example.org", "kwame.mensah@example.org"]
    assert sum("gets the e-mail" in it for it in card["consequences"]) == 1
    assert not any("@" in it for it in card["consequences"])


def test_the_present_values_that_a_change_would_replace_are_in_the_table(desk: Desk) -> None:
    card = desk.card(BULK["set_custom_field_value_on_many"](desk))
    assert [it["languages"] for it in rows(card)] == ["German, Norwegian", "English, Norwegian"]


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("Name", "name (field)"),
        ("Job", "job (field)"),
        ("Days in stage", "days in stage (field)"),
        ("E-mail to", "e-mail to (field)"),
        ("E-mail address", "e-mail address"),
    ],
)
def test_a_custom_field_called_like_a_column_gets_one_of_its_own(desk: Desk, title: str, head: str) -> None:
    store, field = desk.sandbox._engine.store, desk.one("customField", title="Languages")
    with store.transaction():
        store.put(KINDS["customField"], {**field, "title": title})
    card = desk.card(BULK["set_custom_field_value_on_many"](desk))
    assert card["table"]["heads"] == ["name", head]
    assert [it[head] for it in rows(card)] == ["German, Norwegian", "English, Norwegian"]
    assert rows(card)[0]["name"].startswith("Ada Lovelace")


def test_records_without_a_write_are_left_out_by_name_with_the_reason(desk: Desk) -> None:
    state = desk.sandbox.state()
    [gone] = [it["id"] for it in state["application"] if it["status"] == "Archived"][:1]
    nobody = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
    ids = [gone, desk.application(), nobody]
    reason = desk.id("archiveReason", text="Did not meet the technical bar")
    card = desk.card(make("archive_applications", application_ids=ids, archive_reason_id=reason))
    said = [it for it in card["consequences"] if it.startswith("Left out: ")]
    assert len(said) == 2
    assert "@" in said[0]
    assert "archived already" in said[0]
    assert short(nobody) in said[1]
    assert len(rows(card)) == 1


@pytest.mark.parametrize("tool", ["add_note_to_candidates", "set_custom_field_value_on_many"])
def test_somebody_who_cannot_be_read_is_left_out_of_any_bulk_write(desk: Desk, tool: str) -> None:
    person, nobody = desk.seed["candidate"][0]["id"], "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
    note = {"candidate_ids": [nobody, person], "note": "Hello."}
    field = desk.id("customField", objectType="Candidate", title="Preferred name")
    value = {"object_type": "Candidate", "object_ids": [nobody, person], "custom_field_id": field, "field_value": "Ada"}
    card = desk.card(make(tool, **(note if "note" in tool else value)))
    assert [it for it in card["consequences"] if it.startswith("Left out: ") and short(nobody) in it]
    assert card["table"]["records"] == [person]


def test_if_nothing_can_be_written_the_card_says_so(desk: Desk) -> None:
    reason = desk.id("archiveReason", text="Did not meet the technical bar")
    nobody = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
    card = desk.card(make("archive_applications", application_ids=[nobody], archive_reason_id=reason))
    assert is_current(card)
    assert card["unchecked"]


@pytest.mark.slow
def test_a_hundred_people_cost_few_characters_and_reads_each(desk: Desk) -> None:
    from langchain_ashby import AshbyClient
    from langchain_ashby.sandbox import AshbySandbox

    with AshbySandbox(candidates=400) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        state = sandbox.state()
        ids = [it["id"] for it in state["application"] if it["status"] == "Active"][:100]
        reason = state["archiveReason"][0]["id"]
        before = len(sandbox.requests())
        request = make("archive_applications", application_ids=ids, archive_reason_id=reason)
        card = card_of(request, ReadCache(client, now=NOW))
        assert len(sandbox.requests()) - before <= 5 * len(ids) + 30
    assert len(card["table"]["rows"]) == 100
    assert len(markdown(card)) <= 220 * len(ids)
