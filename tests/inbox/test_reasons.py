"""The reasons for outcomes, in words for people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from langchain_ashby import errors
from langchain_ashby.agent.execution import executor, settling
from langchain_ashby.agent.messages.tool_messages import NOT_EXECUTED, OUTCOME_UNKNOWN
from langchain_ashby.agent.nodes import prepare
from langchain_ashby.errors import AshbyError
from langchain_ashby.inbox.became import OUTCOMES
from langchain_ashby.inbox.reasons import reason
from langchain_ashby.results import told
from langchain_ashby.results.many import Fate, told_of_many


def kinds(of: type[AshbyError] = AshbyError) -> Iterator[type[AshbyError]]:
    yield of
    for it in of.__subclasses__():
        if it.__module__ == errors.__name__:
            yield from kinds(it)


def test_every_error_is_explained_without_codes_or_advice_to_a_model() -> None:
    for kind in kinds():
        error = kind("The thing failed: archive_reason_id is wrong", retryable=True)
        error.done = "The file is uploaded."
        said = reason("not applied", f"{NOT_EXECUTED} {error.for_model()} The change was not made.")
        assert said.why == "The thing failed: archive reason is wrong. The file is uploaded.", kind
        assert said.next, kind
    assert "ask the agent" in reason("refused", "opening_in_use: Taken.").next
    assert "API key" in reason("not applied", "forbidden: It lacks candidatesWrite.").next
    assert "in a few minutes" in reason("not applied", "timeout: No answer.").next


def test_outcomes_say_what_to_do_next() -> None:
    done = {"applied", "approved", "edited"}
    assert {it for it in OUTCOMES if not reason(it, "").next} == done


ADA = "HwyKUlseTD6dUmwfHHoLEQ"


@pytest.mark.parametrize(
    ("outcome", "text", "why"),
    [
        (
            "refused",
            "opening_in_use: The opening is taken. Choose another opening: this one is taken by another offer. "
            "The change was not made.",
            "The opening is taken. Choose another opening: this one is taken by another offer.",
        ),
        (
            "refused",
            "candidate_not_found: No such person. Check candidate_id with ashby_search_candidates.",
            "No such person.",
        ),
        (
            "not applied",
            "form_mismatch: field_submissions: Base salary: is required. The form's fields:\n- Base (path salary)",
            "answers: Base salary: is required.",
        ),
        (
            "stale",
            f"{NOT_EXECUTED} {told('Things have changed:', ['Stage: Do not hire_me, was Onsite'], executor._AGAIN)}",
            "Things have changed:\n- Stage: Do not hire_me, was Onsite",
        ),
        (
            "expired",
            f"{NOT_EXECUTED} It has expired: its card was made at 2026-11-24T12:00:00+00:00. {executor._AGAIN}",
            "It has expired: its card was made on Tue 24 Nov 2026, 12:00 UTC.",
        ),
        (
            "unknown",
            f"{OUTCOME_UNKNOWN} timeout: No answer. {settling._UNREADABLE} Read the record it concerns.",
            "No answer. Ashby cannot be read now to see whether it took effect.",
        ),
        (
            "not applied",
            f"{NOT_EXECUTED} timeout: No answer. {settling._NOT_SEEN}",
            "No answer. Ashby shows that the change was not made.",
        ),
        (
            "rejected",
            f"{NOT_EXECUTED} A person rejected this call. Their reason: Propose him later. Use no_one",
            "Propose him later. Use no_one",
        ),
        ("rejected", f"{NOT_EXECUTED} A person rejected this call. They gave no reason.", ""),
        ("responded", f"{NOT_EXECUTED} A person answered instead: Call again on Monday.", "Call again on Monday."),
        (
            "withheld",
            f"{NOT_EXECUTED} It was approved. The settings of this run do not allow this tool.",
            "It was approved.",
        ),
        (
            "withheld",
            f"{NOT_EXECUTED} {executor._OTHER_ACCOUNT}",
            "It was proposed under another Ashby account (another address or API key).",
        ),
        (
            "policy",
            f"{NOT_EXECUTED} {prepare._FORBIDDEN}",
            "The application does not allow this change, whoever asks for it.",
        ),
        (
            "partly applied",
            told_of_many(
                [
                    Fate("a", "Ada", "applied", ""),
                    Fate("1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11", "Ben", "refused", "Gone"),
                ],
                done="archived",
                title="Archive applications",
            ),
            "Archive applications: 1 of 2 archived.\nRefused by Ashby: 1\n- Gone: Ben",
        ),
        (
            "applied",
            'Executed as edited by a person. The arguments were {"a_b": "c"}, not yours; call no more.\n\n'
            f"Executed. {settling._SEEN}",
            "Ashby shows that the change was made.",
        ),
    ],
)
def test_messages_for_the_agent_are_reworded_for_people(outcome: str, text: str, why: str) -> None:
    assert reason(outcome, text).why == why
