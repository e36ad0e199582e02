"""Each write is made and undone through the agent: then all is as before, or the agent says what is not."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from examples import EXAMPLES, WRITES
from undoing import Undoer, differences, the_call, undone
from undoing import company as company
from undoing import sandbox as sandbox

from langchain_ashby.agent import AuditEntry, undo_of
from langchain_ashby.agent.undo import is_declared
from langchain_ashby.effect import Adds
from langchain_ashby.endpoint import Access, Endpoint
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.sandbox.records import KINDS

pytestmark = pytest.mark.slow

NOT_UNDONE = {
    "ashby_create_candidate",
    "ashby_create_candidate_note",
    "ashby_upload_candidate_resume",
    "ashby_upload_candidate_file",
    "ashby_create_candidate_tag",
    "ashby_create_application",
    "ashby_submit_application_feedback",
    "ashby_request_feedback",
    "ashby_create_job",
    "ashby_create_offer",
    "ashby_update_offer",
    "ashby_start_offer_approval",
    "ashby_create_interview_schedule",
    "ashby_update_interview_schedule",
    "ashby_cancel_interview_schedule",
    "ashby_create_opening",
    "ashby_add_note_to_candidates",
    # Its example closes an open job.
    "ashby_set_job_status",
}
"""The writes whose examples cannot be undone. Each says why."""


def test_each_write_says_how_it_is_undone_or_why_not() -> None:
    silent = [name for name, it in OPERATIONS.items() if it.access is Access.WRITE and not is_declared(it)]
    assert not silent, f"{', '.join(silent)}: declare an effect with an opposite, a rule in agent/undo, or irreversible"


def test_a_write_without_a_word_about_it_is_noticed() -> None:
    class PolishBadge(Endpoint[Any]):
        """Polish a badge."""

        path = "badge.polish"
        access = Access.WRITE
        permission = "badgesWrite"

        badge_id: str
        polish: str

    class PolishMore(PolishBadge):
        effect = Adds("badge_id", polish="polishes")

    class PolishForGood(PolishBadge):
        irreversible: ClassVar[str | None] = "Nothing takes polish off."

    assert [is_declared(it) for it in (PolishBadge, PolishMore, PolishForGood)] == [False, False, True]


@pytest.mark.parametrize("tool", WRITES)
def test_what_was_done_is_put_back_or_the_reason_is_said(company: Undoer, tool: str) -> None:
    args = EXAMPLES[tool](company)
    before = company.sandbox.state()
    agent, trail = company.write(tool, args)
    entry = the_call(trail)
    assert entry.outcome == "applied"
    undo = undo_of(entry, trail)
    assert bool(undo) is (tool not in NOT_UNDONE)
    if not undo:
        assert undo.why_not
        assert undo.why_not.endswith(".")
        return
    outcomes = [it.outcome for it in undone(agent, trail) if it.part_of is None]
    assert outcomes == ["applied"] * len(undo.calls)
    different = [*differences(before, company.sandbox.state())]
    assert not different or any(call.remains for call in undo.calls), different


def moved(company: Undoer, title: str, **more: Any) -> dict[str, Any]:
    return {"application_id": company.application(), "interview_stage_id": company.stage(title), **more}


def reason(company: Undoer) -> str:
    return company.id("archiveReason", text="Did not meet the technical bar")


def test_an_application_goes_back_into_the_archive_with_its_reason(company: Undoer) -> None:
    company.write("ashby_change_application_stage", moved(company, "Archived", archive_reason_id=reason(company)))
    before = company.sandbox.state()
    agent, trail = company.write("ashby_change_application_stage", moved(company, "Onsite"))
    [entry] = undone(agent, trail)
    assert entry.args["archive_reason_id"] == reason(company)
    assert [it for it in differences(before, company.sandbox.state()) if "archivedAt" not in it] == []


def test_an_archived_application_gets_its_former_reason_back(company: Undoer) -> None:
    first = moved(company, "Archived", archive_reason_id=reason(company))
    company.write("ashby_change_application_stage", first)
    other = next(
        it["id"] for it in company.seed["archiveReason"] if it["id"] != reason(company) and not it["isArchived"]
    )
    agent, trail = company.write("ashby_change_application_stage", {**first, "archive_reason_id": other})
    [entry] = undone(agent, trail)
    assert entry.args == first
    assert entry.outcome == "applied"


@pytest.mark.parametrize("way", ["into", "out of"])
def test_a_hire_is_not_undone(company: Undoer, way: str) -> None:
    _, [entry] = company.write("ashby_change_application_stage", moved(company, "Offer"))
    fields = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    card, stage = fields["card"], fields["args"]["interview_stage_id"]
    if way == "into":
        card["refers"][stage]["kind"] = "Hired"
    else:
        card["facts"]["Status"] = "Hired"
    assert str(undo_of(AuditEntry(**fields)).why_not).startswith("A hire fills an opening")


def test_a_source_that_was_not_there_is_cleared_again(company: Undoer) -> None:
    company.write("ashby_change_application_source", {"application_id": company.application(), "source_id": None})
    before = company.sandbox.state()
    args = {
        "application_id": company.application(),
        "source_id": company.id("source", title="LinkedIn Job Post"),
        "created_at": "2026-06-01T00:00:00Z",
    }
    agent, trail = company.write("ashby_update_application", args)
    tools = [it.tool for it in undo_of(the_call(trail)).calls]
    assert tools == ["ashby_update_application", "ashby_change_application_source"]
    assert [it.outcome for it in undone(agent, trail)] == ["applied", "applied"]
    assert [*differences(before, company.sandbox.state())] == []


def test_what_was_empty_and_cannot_be_cleared_is_named(company: Undoer) -> None:
    args = {"candidate_id": company.candidate(), "github_url": "https://github.com/ada"}
    _, trail = company.write("ashby_update_candidate", args)
    undo = undo_of(the_call(trail))
    assert undo.why_not == "GitHub: there was none before, and Ashby's candidate.update cannot clear it."


def test_a_profile_is_put_back_with_its_links_and_place(company: Undoer) -> None:
    args = {
        "candidate_id": company.candidate(),
        "name": "Ada King",
        "phone_number": "+44 20 7946 0999",
        "social_links": [{"type": "GitHub", "url": "https://github.com/ada-king"}],
        "location": {"city": "Bergen", "country": "Norway"},
        "alternate_email": "countess@example.com",
    }
    before = company.sandbox.state()
    agent, trail = company.write("ashby_update_candidate", args)
    undo = undo_of(the_call(trail))
    assert "Ashby has no method that removes an additional e-mail address." in undo.calls[0].remains
    assert [it.outcome for it in undone(agent, trail)] == ["applied"]
    places = {it.partition(":")[0] for it in differences(before, company.sandbox.state())}
    assert places == {".candidate.emailAddresses", ".candidate.location.id"}


@pytest.mark.parametrize("was", ["values", "nothing"])
def test_every_kind_of_custom_field_is_set_back(company: Undoer, was: str) -> None:
    """First each is set, then changed, then the change is undone; or it was empty before."""
    records = {
        "Application": company.application(),
        "Candidate": company.candidate(),
        "Job": company.job(),
        "Opening": company.opening("OP-202"),
    }
    tried, of = set(), set()
    for field in company.seed["customField"]:
        kind = field["fieldType"]
        if field["isArchived"] or kind not in VALUES or field["objectType"] not in records:
            continue
        if kind in tried and field["objectType"] in of and not field["isPrivate"]:
            continue
        options = [it["value"] for it in field.get("selectableValues") or [] if not it.get("isArchived")]
        one, other = VALUES[kind] or (options[:1], options[-1:])
        if kind == "ValueSelect":
            one, other = one[0], other[0]
        args = {
            "object_type": field["objectType"],
            "object_id": records[field["objectType"]],
            "custom_field_id": field["id"],
        }
        first = one if was == "values" else None
        company.write("ashby_set_custom_field_value", {**args, "field_value": first})
        before = company.sandbox.state()
        agent, trail = company.write("ashby_set_custom_field_value", {**args, "field_value": other})
        if (shown := the_call(trail).card) and shown["private"]:
            assert "is private" in str(undo_of(the_call(trail)).why_not)
            continue
        assert [it.outcome for it in undone(agent, trail)] == ["applied"], kind
        assert [*differences(before, company.sandbox.state())] == [], kind
        tried.add(kind)
        of.add(field["objectType"])
    assert tried == {
        "Boolean", "Date", "LongText", "MultiValueSelect", "Number", "NumberRange", "String", "Url", "ValueSelect"
    }  # fmt: skip
    assert of == records.keys()


VALUES: dict[str, Any] = {
    "Boolean": (True, False),
    "Date": ("2026-11-24", "2026-12-01"),
    "LongText": ("One\n\nand more", "Two"),
    "MultiValueSelect": None,
    "Number": (3, 4.5),
    "NumberRange": ({"min_value": 1, "max_value": 2}, {"min_value": 2, "max_value": 5}),
    "String": ("One", "Two"),
    "ValueSelect": None,
    "Url": ("https://one.example.com", "https://two.example.com"),
}
"""Two values for each type of field; None for those that take an option."""


def test_custom_fields_whose_titles_could_read_the_same_are_each_set_back_to_their_own_value(company: Undoer) -> None:
    field = company.one("customField", title="Preferred name")
    store, ids = company.sandbox._engine.store, [f"1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b1{number}" for number in range(3)]
    kinds = {"fieldType": "String", "title": "Notice"}, {"fieldType": "LongText", "title": "Notice"}
    with store.transaction():
        for it, own in zip(ids, [*kinds, {"title": "Notice (long text)"}], strict=True):
            store.add(KINDS["customField"], {**field, "id": it, **own})
    args: dict[str, Any] = {"object_type": "Candidate", "object_id": company.candidate()}

    def values(how: str) -> dict[str, Any]:
        return {**args, "values": [{"custom_field_id": it, "field_value": f"{how} {it}"} for it in ids]}

    company.write("ashby_set_custom_field_values", values("was"))
    before = company.sandbox.state()
    agent, trail = company.write("ashby_set_custom_field_values", values("is"))
    assert undo_of(the_call(trail)).calls[0].args == values("was")
    assert [it.outcome for it in undone(agent, trail)] == ["applied"]
    assert [*differences(before, company.sandbox.state())] == []


def test_values_of_different_people_are_set_back_together_where_they_were_alike(company: Undoer) -> None:
    field = company.id("customField", title="Preferred name")
    people = [str(it["id"]) for it in company.seed["candidate"][:3]]
    for person, value in zip(people, ("Al", "Al", "Bo"), strict=True):
        args = {"object_type": "Candidate", "object_id": person, "custom_field_id": field, "field_value": value}
        company.write("ashby_set_custom_field_value", args)
    before = company.sandbox.state()
    many = {"object_type": "Candidate", "object_ids": people, "custom_field_id": field, "field_value": "Cy"}
    agent, trail = company.write("ashby_set_custom_field_value_on_many", many)
    undo = undo_of(the_call(trail), trail)
    assert [(it.tool, it.args["field_value"]) for it in undo.calls] == [
        ("ashby_set_custom_field_value_on_many", "Al"),
        ("ashby_set_custom_field_value", "Bo"),
    ]
    undone(agent, trail)
    assert [*differences(before, company.sandbox.state())] == []


def test_of_a_bulk_write_only_what_it_changed_is_undone(company: Undoer) -> None:
    people = [company.candidate(), company.candidate("Kwame Mensah")]
    tag = company.id("candidateTag", title="Fast track")
    before = company.sandbox.state()
    agent, trail = company.write("ashby_add_tag_to_candidates", {"candidate_ids": people, "tag_id": tag})
    [call] = undo_of(the_call(trail), trail).calls
    assert call.args["candidate_id"] == people[1]  # Ada had it
    assert call.remains == ()
    undone(agent, trail)
    assert [*differences(before, company.sandbox.state())] == []


def test_without_its_single_writes_a_bulk_write_says_what_to_pass(company: Undoer) -> None:
    people = [company.candidate(), company.candidate("Kwame Mensah")]
    tag = company.id("candidateTag", title="Fast track")
    _, trail = company.write("ashby_add_tag_to_candidates", {"candidate_ids": people, "tag_id": tag})
    entry = the_call(trail)
    assert "Pass those of its thread as trail" in str(undo_of(entry).why_not)
    fields = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    rejected = AuditEntry(**{**fields, "outcome": "rejected"})
    assert str(undo_of(rejected).why_not).startswith("None of its single writes is known to have been made.")


@pytest.mark.parametrize("outcome", ["not applied", "refused", "stale", "rejected", "unknown", "partly applied"])
def test_only_what_was_made_is_undone(company: Undoer, outcome: Any) -> None:
    _, [entry] = company.write("ashby_add_candidate_tag", EXAMPLES["ashby_add_candidate_tag"](company))
    fields = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    assert undo_of(entry)
    assert undo_of(AuditEntry(**{**fields, "outcome": outcome})).why_not


def test_a_value_that_no_conversation_can_hold_is_not_put_back(company: Undoer) -> None:
    _, [entry] = company.write("ashby_update_job", EXAMPLES["ashby_update_job"](company))
    fields = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    facts = {**fields["card"]["facts"], "Title": "Half \ud83d of it"}
    odd = AuditEntry(**{**fields, "card": {**fields["card"], "facts": facts}})
    assert undo_of(odd).why_not == "The former value has characters that a conversation cannot hold."


def test_a_private_value_is_not_put_into_a_conversation(company: Undoer) -> None:
    _, [entry] = company.write("ashby_update_job", EXAMPLES["ashby_update_job"](company))
    fields = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    private = AuditEntry(**{**fields, "card": {**fields["card"], "private": {"Title": "fields"}}})
    assert undo_of(private).why_not == "Title: the former value is private, and is not put into a conversation."


def test_of_a_bulk_write_the_rest_is_undone_where_one_value_cannot_be(company: Undoer) -> None:
    field = company.id("customField", title="Preferred name")
    people = [str(it["id"]) for it in company.seed["candidate"][:3]]
    args = {"object_type": "Candidate", "object_ids": people, "custom_field_id": field, "field_value": "Cy"}
    _, trail = company.write("ashby_set_custom_field_value_on_many", args)
    part = next(it for it in trail if it.part_of and it.args["object_id"] == people[1])
    assert part.card
    part.card["private"]["Preferred name"] = "fields"
    undo = undo_of(the_call(trail), trail)
    assert {it for call in undo.calls for it in call.args.get("object_ids", [call.args.get("object_id")])} == {
        people[0],
        people[2],
    }
    assert undo.calls[0].remains == (
        f"{part.card['line']}: Preferred name: the former value is private, and is not put into a conversation.",
    )


def test_a_value_that_was_not_read_is_not_made_up(company: Undoer) -> None:
    _, [entry] = company.write("ashby_update_job", EXAMPLES["ashby_update_job"](company))
    fields = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    facts = {title: it for title, it in fields["card"]["facts"].items() if title != "Title"}
    unread = AuditEntry(**{**fields, "card": {**fields["card"], "facts": facts}})
    assert undo_of(unread).why_not == "Title: the former value could not be read."
