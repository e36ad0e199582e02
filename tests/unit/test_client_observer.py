"""What an observer is told of a write: it is sent, it certainly was not made, or it was answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from recorder import KEY, Answer, Recorder, success, unused_port
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from langchain_ashby import AshbyClient, AshbyError
from langchain_ashby.endpoint import Endpoint
from langchain_ashby.endpoints.candidates import CreateCandidate, GetCandidate
from langchain_ashby.http.observer import observed_by

READ = GetCandidate(candidate_id="1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11")
WRITE = CreateCandidate(name="Ada Lovelace")


class Told:
    def __init__(self, recorder: Recorder) -> None:
        self.of: list[tuple[str, int]] = []
        self._recorder = recorder

    def _note(self, what: str) -> None:
        self.of.append((what, len(self._recorder.requests)))

    def sending(self, request: Endpoint[Any]) -> None:
        self._note("sending")

    def not_made(self, request: Endpoint[Any]) -> None:
        self._note("not made")

    def answered(self, request: Endpoint[Any], result: Any) -> None:
        self._note("answered")


@pytest.fixture
def told(recorder: Recorder) -> Iterator[Told]:
    told = Told(recorder)
    with observed_by(told):
        yield told


def test_each_attempt_is_told_before_it_leaves_and_afterwards(recorder: Recorder, told: Told) -> None:
    recorder.answers["candidate.create"] = [Answer(status=429, headers={"Retry-After": "0"}), success({"id": "1"})]
    AshbyClient(KEY, recorder.url).call(WRITE)
    assert told.of == [("sending", 0), ("not made", 1), ("sending", 1), ("answered", 2)]


@pytest.mark.parametrize("broken", [Answer(status=500), Answer(b""), Answer(success({}).content, cut=5)])
def test_one_whose_outcome_is_not_known_is_neither_made_nor_not_made(
    recorder: Recorder, told: Told, broken: Answer
) -> None:
    recorder.answers["candidate.create"] = [broken]
    with pytest.raises(AshbyError):
        AshbyClient(KEY, recorder.url).call(WRITE)
    assert told.of == [("sending", 0)]


def test_one_whose_reply_came_to_a_hook_that_fails_is_neither_made_nor_not_made(recorder: Recorder, told: Told) -> None:
    def wrong(response: requests.Response, **_: Any) -> None:
        raise ValueError

    session = requests.Session()
    session.hooks["response"].append(wrong)
    with pytest.raises(ValueError):
        AshbyClient(KEY, recorder.url, session=session).call(WRITE)
    assert told.of == [("sending", 0)]


def test_one_that_could_not_leave_was_not_made(recorder: Recorder, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = AshbyClient(KEY, f"http://127.0.0.1:{unused_port()}", max_retries=0)
    session = requests.Session()
    repeating = AshbyClient(KEY, recorder.url, session=session)
    session.mount("http://", HTTPAdapter(max_retries=Retry(3, allowed_methods=None)))
    monkeypatch.setenv("HTTPS_PROXY", "http://a..b")
    for client in (nobody, repeating, AshbyClient(KEY, "https://127.0.0.1")):
        with pytest.raises(AshbyError):
            client.call(WRITE)
    assert told.of == [("sending", 0), ("not made", 0)] * 3


def test_one_that_the_observer_holds_back_does_not_leave(recorder: Recorder) -> None:
    class HoldsBack(Told):
        def sending(self, request: Endpoint[Any]) -> None:
            raise AshbyError("Not now")

    with observed_by(HoldsBack(recorder)), pytest.raises(AshbyError, match="Not now"):
        AshbyClient(KEY, recorder.url).call(WRITE)
    assert recorder.requests == []


def test_nothing_is_told_of_a_read(recorder: Recorder, told: Told) -> None:
    AshbyClient(KEY, recorder.url).call(READ)
    assert told.of == []
