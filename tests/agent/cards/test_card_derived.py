"""A plain write that declares its effect gets its card, stale check, targets and verdict with no other code."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from desk import Desk, Request

from langchain_ashby.agent.cards import differences
from langchain_ashby.effect import Adds, Creates, Removes, Sets, Stored
from langchain_ashby.endpoint import Access, Endpoint
from langchain_ashby.endpoints import GetCandidate
from langchain_ashby.endpoints.fields import Day, Text
from langchain_ashby.ids import CandidateId, DepartmentId, LocationId, OpeningId, TagId
from langchain_ashby.records import Candidate, Opening, Tag


class RemoveCandidateTag(Endpoint[Candidate]):
    """Take a tag off a candidate."""

    path = "candidate.removeTag"
    access = Access.WRITE
    permission = "candidatesWrite"
    destructive = True
    effect = Removes("candidate_id", tag_id="tags")

    candidate_id: CandidateId
    tag_id: TagId


class CreateCandidateTag(Endpoint[Tag]):
    """Create a tag for candidates."""

    path = "candidateTag.create"
    access = Access.WRITE
    permission = "hiringProcessMetadataWrite"
    idempotent = False
    effect = Creates(alike_by="title")

    title: Text


class PlanOpening(Endpoint[Opening]):
    """Change an opening's plan."""

    path = "opening.update"
    access = Access.WRITE
    permission = "jobsWrite"
    destructive = True
    effect = Sets(
        "opening_id",
        within="latestVersion",
        department_id=Stored(("teamId", "departmentId")),
        location_ids=Stored("locationIds", "Locations", "The opening shows up under other offices."),
        budget_id=None,
    )

    opening_id: OpeningId
    description: Text | None = None
    department_id: DepartmentId | None = None
    location_ids: list[LocationId] | None = None
    target_hire_date: Day | None = None
    budget_id: Text | None = None


class RetitleTag(Endpoint[Tag]):
    """Rename a tag."""

    path = "candidateTag.update"
    access = Access.WRITE
    permission = "hiringProcessMetadataWrite"
    destructive = True
    effect = Sets("tag_id")

    tag_id: TagId
    title: Text


def tagged(desk: Desk) -> tuple[Request, dict[str, Any]]:
    candidate = next(it for it in desk.seed["candidate"] if it["tagIds"])
    return RemoveCandidateTag(candidate_id=candidate["id"], tag_id=candidate["tagIds"][0]), candidate


def answer_without_tags(desk: Desk, candidate_id: str) -> None:
    """Makes Ashby answer as if the candidate had no tags."""
    record = desk.client.call(GetCandidate(candidate_id=candidate_id))
    desk.sandbox.fault("candidate.info", times=5, body=json.dumps({"success": True, "results": {**record, "tags": []}}))


def test_removing_a_tag_shows_the_tags_before_and_after(desk: Desk) -> None:
    request, candidate = tagged(desk)
    titles = [desk.one("candidateTag", id=it)["title"] for it in candidate["tagIds"]]
    card = desk.card(request)
    assert card["line"] == f"Remove the tag {titles[0]} from {candidate['name']} (ada.lovelace@example.org)"
    [change] = card["changes"]
    assert change == {"field": "Tags", "before": change["before"], "after": ", ".join(titles[1:]) or None}
    assert sorted(str(change["before"]).split(", ")) == sorted(titles)
    assert (card["risk"], card["warnings"], card["unchecked"]) == ("medium", [], [])
    assert card["targets"] == [candidate["id"], candidate["tagIds"][0]]
    assert card["links"]


def test_removing_a_tag_is_stale_and_settled_once_the_tag_is_gone(desk: Desk) -> None:
    request, candidate = tagged(desk)
    card = desk.card(request)
    assert differences(card, desk.card(request)) == []
    assert desk.settled(request, card) is False
    answer_without_tags(desk, candidate["id"])
    assert any(it.endswith(": no, was yes") for it in differences(card, desk.card(request)))
    assert desk.settled(request, card) is True
    assert desk.card(request)["warnings"] == ["Already up to date; nothing would change."]


def test_a_record_that_cannot_be_read_leaves_the_question_open(desk: Desk) -> None:
    request, _ = tagged(desk)
    desk.sandbox.fault("*", times=60, status=403, body="{}")
    card = desk.card(request)
    assert card["line"] == "Remove the tag not known from a candidate who could not be read"
    assert len(card["unchecked"]) == 2
    assert desk.settled(request, card) is None


def test_creating_a_tag_names_it_and_warns_of_one_like_it(desk: Desk) -> None:
    card = desk.card(CreateCandidateTag(title="Polar night"))
    assert card["line"] == "Create the candidate tag Polar night"
    assert card["changes"] == [{"field": "Title", "before": None, "after": "Polar night"}]
    assert card["consequences"] == ["The agent can't delete the candidate tag."]
    assert (card["risk"], card["warnings"], card["unchecked"]) == ("low", [], [])
    again = desk.card(CreateCandidateTag(title=" fast  Track "))
    assert again["warnings"] == ["A candidate tag with this title exists."]


def test_a_tag_that_has_come_meanwhile_settles_its_creation(desk: Desk) -> None:
    request = CreateCandidateTag(title="Polar night")
    card = desk.card(request)
    assert desk.settled(request, card) is None
    tag = {"id": "0c3f7a44-1111-4222-8333-444455556666", "title": "Polar night"}
    desk.sandbox.fault("candidateTag.list", times=5, body=json.dumps({"success": True, "results": [tag]}))
    assert differences(card, desk.card(request))
    assert desk.settled(request, card) is True


class CreateRetiredTag(CreateCandidateTag):
    """Create a tag, possibly one that is archived at once."""

    is_archived: bool | None = None


@pytest.mark.parametrize(("archived", "proven"), [(True, True), (False, None)])
def test_a_tag_of_the_same_title_with_another_value_proves_nothing(desk: Desk, archived: bool, proven: Any) -> None:
    request = CreateRetiredTag(title="Polar night", is_archived=True)
    card = desk.card(request)
    tag = {"id": "0c3f7a44-1111-4222-8333-444455556666", "title": "Polar night", "isArchived": archived}
    desk.sandbox.fault("candidateTag.list", times=5, body=json.dumps({"success": True, "results": [tag]}))
    assert desk.settled(request, card) is proven


def test_setting_fields_of_each_kind_shows_names_and_days(desk: Desk) -> None:
    request = PlanOpening(
        opening_id=desk.opening("OP-202"),
        description="Night watch.",
        department_id=desk.id("department", name="Data & ML"),
        location_ids=[desk.id("location", name="Hamburg")],
        target_hire_date=date(2027, 5, 3),
        budget_id="B-7",
    )
    card = desk.card(request)
    changes = {it["field"]: (it["before"], it["after"]) for it in card["changes"]}
    assert changes["Description"][1] == "Night watch."
    assert changes["Department"] == ("Platform (Engineering)", "Data & ML (Engineering)")
    assert changes["Locations"][1] == "Hamburg (Europe)"
    assert changes["Target hire date"][1] == "Mon 3 May 2027"
    assert changes["Budget"] == (None, "B-7")
    assert "The opening shows up under other offices." in card["consequences"]
    assert not card["unchecked"] and not card["warnings"]


def test_a_record_without_a_read_of_its_own_is_found_in_its_listing(desk: Desk) -> None:
    request = RetitleTag(tag_id=desk.id("candidateTag", title="Fast track"), title="Express")
    card = desk.card(request)
    assert card["line"] == "Change the title of the tag Fast track from Fast track to Express"
    assert desk.settled(request, card) is None


def test_an_effect_that_names_no_argument_is_refused() -> None:
    with pytest.raises(TypeError, match="effect names label_id, which is no argument"):

        class Wrong(Endpoint[Candidate]):
            path = "candidate.addTag"
            access = Access.WRITE
            permission = "candidatesWrite"
            effect = Adds("candidate_id", label_id="tags")

            candidate_id: CandidateId
            tag_id: TagId
