"""Hooks of a session that fail when the reply has come: it counts, and no write is made twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from recorder import KEY, Answer, Recorder, success, unused_port
from urllib3.exceptions import LocationParseError

from langchain_ashby import AshbyClient, errors
from langchain_ashby.endpoints.candidates import CreateCandidate

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
WRITE = CreateCandidate(name="Ada Lovelace")


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


def raise_for_status(response: requests.Response, **_: Any) -> None:
    response.raise_for_status()


def ask_nobody(response: requests.Response, **_: Any) -> None:
    if "candidate" in (response.url or ""):
        requests.get(f"http://127.0.0.1:{unused_port()}", timeout=1)


def ask_no_address(response: requests.Response, **_: Any) -> None:
    requests.get("nonsense://x/")


def ask_no_host(response: requests.Response, **_: Any) -> None:
    raise LocationParseError("ex..ample")


def have_no_time(response: requests.Response, **_: Any) -> None:
    raise requests.ConnectTimeout("no time")


@pytest.mark.parametrize("hook", [raise_for_status, ask_nobody, ask_no_address, ask_no_host, have_no_time])
def test_a_reply_counts_even_if_a_hook_raises(session: requests.Session, recorder: Recorder, hook: Any) -> None:
    session.hooks["response"].append(hook)
    recorder.answers["candidate.create"] = [
        Answer(status=403),
        Answer(status=429, headers={"Retry-After": "0"}),
        success({"id": ID}),
        Answer(status=500),
    ]
    client = AshbyClient(KEY, recorder.url, session=session)
    with pytest.raises(errors.PermissionDeniedError) as refused:
        client.call(WRITE)
    assert not refused.value.outcome_unknown
    assert client.call(WRITE) == {"id": ID}
    with pytest.raises(errors.ServerError) as failed:
        client.call(WRITE)
    assert failed.value.outcome_unknown
    assert len(recorder.requests) == 4


def test_an_error_of_the_package_in_a_hook_repeats_no_write(session: requests.Session, recorder: Recorder) -> None:
    def limited(response: requests.Response, **_: Any) -> None:
        raise errors.RateLimitError("That of another call")

    session.hooks["response"].append(limited)
    recorder.answers["candidate.create"] = [success({"id": ID})]
    assert AshbyClient(KEY, recorder.url, session=session).call(WRITE) == {"id": ID}
    assert len(recorder.requests) == 1


def test_another_error_of_a_hook_is_raised_with_its_own_frames(session: requests.Session, recorder: Recorder) -> None:
    def wrong(response: requests.Response, **_: Any) -> None:
        raise OSError("The disk is full")

    session.hooks["response"].append(wrong)
    with pytest.raises(OSError, match="disk is full") as raised:
        AshbyClient(KEY, recorder.url, session=session).call(WRITE)
    assert raised.traceback[-1].name == "wrong"
    assert not [frame for frame in raised.traceback if "requests" in frame.path.parts]  # type: ignore[union-attr]
    assert "candidate.create may or may not have taken effect" in raised.value.__notes__[0]


def test_a_reply_that_breaks_off_in_a_hook_leaves_the_outcome_of_a_write_unknown(
    session: requests.Session, recorder: Recorder
) -> None:
    session.hooks["response"].append(lambda response, **_: response.content)
    recorder.answers["candidate.create"] = [Answer(b'{"success": true, "results": {}}', cut=9), success({"id": ID})]
    with pytest.raises(errors.AshbyError) as broken:
        AshbyClient(KEY, recorder.url, session=session).call(WRITE)
    assert broken.value.outcome_unknown
    assert recorder.endpoints() == ["candidate.create"]
