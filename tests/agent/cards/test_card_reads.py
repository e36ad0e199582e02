"""How much a card reads: few records, each once, related ones in parallel."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from desk import EXAMPLES, NOW, Desk, make
from recorder import Answer, Recorder, Sent, success
from snapshot import check

from langchain_ashby import AshbyClient
from langchain_ashby.agent.cards import ReadCache, card_of
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import GetCandidate, GetJob, GetOpening, ListCandidates, ListSources
from langchain_ashby.errors import AshbyError, Refused

READS = Path(__file__).with_name("reads.txt")
"""What is read for the card of each example. The look before the write makes the same requests again."""
MOST = 8


def reads(desk: Desk, name: str) -> list[tuple[str, str]]:
    """The requests that the card of an example makes, with their bodies."""
    desk.sandbox.reset()
    request = EXAMPLES[name](desk)
    before = len(desk.sandbox.requests())
    state = desk.sandbox.state()
    desk.card(request)
    assert desk.sandbox.state() == state
    return [(it["endpoint"], json.dumps(it["body"])) for it in desk.sandbox.requests()[before:]]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_card_takes_few_reads_and_each_once(desk: Desk, name: str) -> None:
    asked = reads(desk, name)
    assert len(set(asked)) == len(asked) <= MOST


def test_a_card_reads_what_it_read_before(desk: Desk) -> None:
    lines = [f"{name}: {', '.join(sorted(endpoint for endpoint, _ in reads(desk, name)))}\n" for name in EXAMPLES]
    check(READS, "".join(lines))


def test_cards_that_are_made_together_share_their_reads(desk: Desk) -> None:
    reads = ReadCache(desk.client, now=NOW)
    requests = [
        EXAMPLES[name](desk) for name in ("update_application", "change_application_source", "create_application")
    ]
    cards = [threading.Thread(target=card_of, args=(request, reads)) for request in [*requests, *requests]]
    for card in cards:
        card.start()
    for card in cards:
        card.join()
    asked = [(it["endpoint"], json.dumps(it["body"])) for it in desk.sandbox.requests()]
    assert len(asked) == len(set(asked)) == 6  # application, its job, source, user, candidate, the other job


def test_reads_that_belong_together_are_made_at_the_same_time(recorder: Recorder, client: AshbyClient) -> None:
    together = threading.Barrier(3, timeout=10)

    def answer(sent: Sent) -> Answer:
        together.wait()  # no request is answered until all three have arrived
        return success({"method": sent.endpoint})

    endpoints = ["candidate.info", "job.info", "opening.info"]
    for endpoint in endpoints:
        recorder.answers[endpoint].append(answer)
    some_id = "00000000-0000-4000-8000-000000000000"
    found = ReadCache(client).all(
        GetCandidate(candidate_id=some_id), GetJob(job_id=some_id), GetOpening(opening_id=some_id)
    )
    assert [it["method"] for it in found] == endpoints


def test_what_was_read_before_takes_no_thread(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[Operation[Any]] = [GetJob(job_id=desk.job()), ListSources()]
    reads = ReadCache(desk.client)
    found = reads.all(*requests)
    monkeypatch.setattr(threading.Thread, "start", lambda thread: pytest.fail("a thread was started"))
    assert reads.all(*requests) == found


def test_an_error_stands_in_the_place_of_its_read(desk: Desk) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    reads = ReadCache(desk.client)
    found = reads.all(GetJob(job_id=desk.job()), None, GetCandidate(candidate_id=nobody), ListSources())
    assert found[0]["title"] == "Staff Engineer" and found[1] is None
    assert isinstance(found[2], Refused) and found[2].code == "candidate_not_found"
    assert len(found[3]) == 8
    with pytest.raises(AshbyError):
        reads.call(GetCandidate(candidate_id=nobody))
    assert desk.reads().count("candidate.info") == 1, "what failed is not asked again in the same look"


def test_a_look_never_writes(desk: Desk) -> None:
    with pytest.raises(ValueError, match="not a read"):
        ReadCache(desk.client).call(EXAMPLES["set_job_status"](desk))
    assert desk.reads() == []


def test_a_long_listing_is_read_five_pages_far(desk: Desk) -> None:
    reads = ReadCache(desk.client)
    some = reads.items(ListCandidates(limit=10))
    assert len(some) == 50 and not some.complete
    all_of_them = reads.items(ListCandidates(limit=20))
    assert len(all_of_them) == 60 and all_of_them.complete
    assert desk.reads() == ["candidate.list"] * 8
    assert reads.first(ListCandidates(limit=10), lambda it: it["id"] == some[25]["id"]) == some[25]
    assert reads.first(ListCandidates(limit=10), lambda it: False) is None
    assert desk.reads() == ["candidate.list"] * 8, "the pages are known already"


def test_settling_takes_no_more_reads_than_the_card(desk: Desk) -> None:
    for name in ("create_candidate", "change_application_stage", "create_interview_schedule"):
        for_the_card = len(reads(desk, name))
        desk.sandbox.reset()
        request = EXAMPLES[name](desk)
        card = desk.card(request)
        before = len(desk.reads())
        desk.settled(request, card)
        assert len(desk.reads()) - before == for_the_card


def test_a_write_without_a_card_of_its_own_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langchain_ashby.agent.cards.registry.BUILDERS", {})
    request = EXAMPLES["cancel_interview_schedule"](desk)
    card = desk.card(request)
    assert card["line"] == "Cancel interview schedule" and card["risk"] == "high"
    assert card["unchecked"] == ["There is no card for this write: only its arguments are known."]
    assert desk.settled(request, card) is None


def test_a_reply_of_another_shape_leaves_a_plain_card(desk: Desk) -> None:
    odd = {
        "success": True,
        "results": {"id": desk.application(), "candidate": {"id": 7}, "currentInterviewStage": "Onsite"},
    }
    desk.sandbox.fault("application.info", body=json.dumps(odd))
    card = desk.card(make("change_application_source", application_id=desk.application(), source_id=None))
    assert card["changes"] == [] or card["unchecked"]
    empty = {"success": True, "results": {"sections": 3, "formDefinition": {"sections": [{"fields": [{}]}]}}}
    desk.sandbox.fault("feedbackFormDefinition.info", body=json.dumps(empty))
    card = desk.card(EXAMPLES["submit_application_feedback"](desk))
    assert any("The form could not be read" in it for it in card["unchecked"]) and card["sent"] == {}
    broken = {"success": True, "results": [{"id": 7}]}
    desk.sandbox.fault("offer.list", times=2, body=json.dumps(broken))
    card = desk.card(EXAMPLES["create_offer"](desk))
    assert card["risk"] == "high" and card["line"].startswith("Create an offer for Ada Lovelace")
    assert any("id is not an id as Ashby writes it" in it for it in card["unchecked"])
    assert card["args"]["application_id"] == desk.application()
