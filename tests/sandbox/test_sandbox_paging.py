"""Paged lists, and incremental ones."""

import pytest
import small_company
from caller import Caller
from small_company import ident

from langchain_ashby.sandbox import AshbySandbox

FORTNIGHT = 14 * 24 * 3600


def create(call: Caller, *names: str) -> list[str]:
    return [call("candidate.create", name=name)["id"] for name in names]


def test_pages_follow_each_other_and_only_the_last_has_a_sync_token(call: Caller) -> None:
    first = call.envelope("candidate.list", limit=3)
    assert (len(first["results"]), first["moreDataAvailable"]) == (3, True)
    assert "syncToken" not in first
    last = call.envelope("candidate.list", limit=3, cursor=first["nextCursor"])
    assert (len(last["results"]), last["moreDataAvailable"]) == (1, False)
    assert "nextCursor" not in last
    assert last["syncToken"]


def test_a_page_has_at_most_a_hundred_results(call: Caller) -> None:
    create(call, *[f"Candidate {number}" for number in range(110)])
    assert len(call("candidate.list")) == 100
    assert len(call("candidate.list", limit=500)) == 100
    assert "limit" in call.refused("candidate.list", limit=0)
    assert len(call.everything("candidate.list")) == 114


def test_a_list_neither_skips_nor_repeats_while_records_are_added_and_changed(call: Caller) -> None:
    first = call.envelope("candidate.list", limit=2)
    create(call, "Late One")
    call("candidate.update", candidateId=first["results"][0]["id"], name="Changed")
    rest = call.envelope("candidate.list", limit=100, cursor=first["nextCursor"])
    names = [found["name"] for found in first["results"] + rest["results"]]
    assert names == ["Cara Ruiz", "Dora Lind", "Ezra Moss", "Saul Secret", "Late One"]


def test_a_sync_brings_what_was_created_or_changed_since(call: Caller) -> None:
    token = call.envelope("candidate.list")["syncToken"]
    assert call("candidate.list", syncToken=token) == []
    (new,) = create(call, "New One")
    call("candidate.addTag", candidateId=ident("Dora Lind"), tagId=ident("python"))
    call(
        "customField.setValue",
        objectType="Candidate",
        objectId=ident("Cara Ruiz"),
        fieldId=ident("note field"),
        fieldValue="x",
    )
    call("application.update", applicationId=ident("Ezra Moss for engineer"), sourceId=ident("referral"))
    changed = call.envelope("candidate.list", syncToken=token)
    expected = {new, ident("Dora Lind"), ident("Cara Ruiz"), ident("Ezra Moss")}
    assert {found["id"] for found in changed["results"]} == expected
    assert call("candidate.list", syncToken=changed["syncToken"]) == []


def test_what_changes_during_a_full_list_is_in_the_next_sync(call: Caller) -> None:
    first = call.envelope("candidate.list", limit=2)
    call("candidate.update", candidateId=ident("Cara Ruiz"), name="Changed")
    last = call.envelope("candidate.list", limit=2, cursor=first["nextCursor"])
    assert [found["name"] for found in call("candidate.list", syncToken=last["syncToken"])] == ["Changed"]


def test_a_sync_goes_in_pages_and_keeps_its_token_beside_the_cursor(call: Caller) -> None:
    token = call.envelope("candidate.list")["syncToken"]
    ids = create(call, "A", "B", "C")
    first = call.envelope("candidate.list", syncToken=token, limit=2)
    call("candidate.update", candidateId=ids[0], name="A again")
    last = call.envelope("candidate.list", syncToken=token, limit=2, cursor=first["nextCursor"])
    assert [found["id"] for found in first["results"] + last["results"]] == ids
    assert [found["name"] for found in call("candidate.list", syncToken=last["syncToken"])] == ["A again"]
    assert call.refused("candidate.list", cursor=first["nextCursor"]).startswith("invalid_next_cursor")


@pytest.mark.parametrize("cursor", ["nonsense", "bm9uc2Vuc2U", "é", "=" * 7])
def test_a_cursor_that_the_sandbox_did_not_make_is_refused(call: Caller, cursor: str) -> None:
    assert call.refused("candidate.list", cursor=cursor).startswith("invalid_next_cursor")
    assert call.refused("candidate.list", syncToken=cursor).startswith("sync_token_invalid")


def test_tokens_are_good_for_their_own_endpoint_and_filters_only(call: Caller) -> None:
    cursor = call.envelope("candidate.list", limit=1)["nextCursor"]
    token = call.envelope("application.list", status="Active")["syncToken"]
    assert call.refused("application.list", cursor=cursor).startswith("invalid_next_cursor")
    assert call.refused("candidate.list", cursor=cursor, createdAfter=1).startswith("invalid_next_cursor")
    assert call.refused("candidate.list", cursor=cursor[:-2]).startswith("invalid_next_cursor")
    assert call.refused("application.list", syncToken=token).startswith("sync_token_invalid")
    assert call.refused("application.list", cursor=token).startswith("invalid_next_cursor")


def test_tokens_expire_after_a_fortnight(call: Caller) -> None:
    cursor = call.envelope("candidate.list", limit=1)["nextCursor"]
    token = call.envelope("candidate.list")["syncToken"]
    call.sandbox.advance_clock(FORTNIGHT - 60)
    assert call("candidate.list", limit=1, cursor=cursor)
    call.sandbox.advance_clock(120)
    assert call.refused("candidate.list", limit=1, cursor=cursor).startswith("next_cursor_expired")
    assert call.refused("candidate.list", syncToken=token).startswith("sync_token_expired")


def test_a_sync_with_too_many_pages_is_refused() -> None:
    with AshbySandbox(company=small_company.company, sync_page_cap=2) as sandbox:
        call = Caller(sandbox, sandbox.api_key)
        token = call.envelope("candidate.list")["syncToken"]
        create(call, *"ABCDE")
        assert len(call("candidate.list", syncToken=token, limit=3)) == 3
        assert call.refused("candidate.list", syncToken=token, limit=2).startswith("incremental_sync_too_large")


def test_created_after_is_in_milliseconds_and_looks_at_creation(call: Caller) -> None:
    created = call("candidate.create", name="Old One", createdAt="2020-01-01T00:00:00+02:00")
    assert created["createdAt"] == "2019-12-31T22:00:00.000Z"
    assert len(call("candidate.list", createdAfter=1_500_000_000_000)) == 5
    assert [found["id"] for found in call("candidate.list", createdAfter=1_767_603_600_000 - 1)] == [
        ident(name) for name in ("Cara Ruiz", "Dora Lind", "Ezra Moss", "Saul Secret")
    ]
    assert call("candidate.list", createdAfter=1_767_603_600_000) == []


def test_a_history_is_paged_but_does_not_sync(call: Caller) -> None:
    application = ident("Cara Ruiz for engineer")
    for stage in ("Offer", "Active"):
        call("application.changeStage", applicationId=application, interviewStageId=ident(f"plan {stage}"))
    first = call.envelope("application.listHistory", applicationId=application, limit=2)
    last = call.envelope("application.listHistory", applicationId=application, limit=2, cursor=first["nextCursor"])
    assert [entry["title"] for entry in first["results"] + last["results"]] == [
        "Active stage",
        "Offer stage",
        "Active stage",
    ]
    assert "syncToken" not in last


@pytest.mark.parametrize(
    ("endpoint", "shown", "every"),
    [
        ("candidateTag.list", 1, 2),
        ("source.list", 1, 2),
        ("archiveReason.list", 1, 2),
        ("department.list", 2, 3),
        ("customField.list", 6, 7),
    ],
)
def test_archived_records_are_hidden_unless_asked_for(call: Caller, endpoint: str, shown: int, every: int) -> None:
    assert len(call(endpoint)) == shown
    assert len(call(endpoint, includeArchived=True)) == every


def test_users_regions_and_plans_have_their_own_defaults(call: Caller) -> None:
    assert [user["firstName"] for user in call("user.list")] == ["Anna", "Ben"]
    assert len(call("user.list", includeDeactivated=True)) == 4  # plus the API key's own
    assert [place["name"] for place in call("location.list")] == ["Rome"]
    assert len(call("location.list", includeLocationHierarchy=True)) == 2
    assert [plan["title"] for plan in call("interviewPlan.list")] == ["plan", "other plan"]
    assert [interview["title"] for interview in call("interview.list")] == ["Chat"]
    assert len(call("interview.list", includeNonSharedInterviews=True)) == 2
