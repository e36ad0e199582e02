"""Proxies that cannot be used, in each way in which one can be given, and what is known of a write through them."""

from __future__ import annotations

import base64
import socket
import traceback
from collections.abc import Callable
from typing import Any

import pytest
import requests
from recorder import KEY, Recorder, success, unused_port

from langchain_ashby import AshbyClient, errors
from langchain_ashby.endpoints.candidates import CreateCandidate, GetCandidate

ASHBY = "https://api.ashbyhq.com"
READ = GetCandidate(candidate_id="1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11")
WRITE = CreateCandidate(name="Ada Lovelace")
PASSWORD = "the-proxys-password"


def from_environment(name: str) -> Callable[[str, pytest.MonkeyPatch], AshbyClient]:
    def given(proxy: str, monkeypatch: pytest.MonkeyPatch) -> AshbyClient:
        monkeypatch.setenv(name, proxy)
        return AshbyClient(KEY, ASHBY, timeout=1, max_retries=0)

    return given


def from_session(key: str) -> Callable[[str, pytest.MonkeyPatch], AshbyClient]:
    def given(proxy: str, _: pytest.MonkeyPatch) -> AshbyClient:
        session = requests.Session()
        session.proxies = {key: proxy}
        return AshbyClient(KEY, ASHBY, timeout=1, max_retries=0, session=session)

    return given


WAYS = [
    *map(from_environment, ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")),
    *map(from_session, ("https", "all", "https://api.ashbyhq.com")),
]


@pytest.fixture(autouse=True)
def no_other_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def said(error: BaseException) -> str:
    """What a talkative reporter shows of an error and its causes: each frame with its variables, but for the tests."""
    link: BaseException | None = error
    told = []
    while link is not None:
        shown = traceback.TracebackException.from_exception(link, capture_locals=True)
        shown.stack[:] = [frame for frame in shown.stack if "/tests/" not in frame.filename]
        told.append("".join(shown.format(chain=False)))
        link = link.__cause__ or link.__context__
    return "".join(told)


HEADER = base64.b64encode(f"{KEY}:".encode()).decode()


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "proxy",
    [
        *(f"http://{PASSWORD}@[bad", "http://a b:1", "http://proxy:99999", "http://proxy:port", "nonsense://proxy:1"),
        *("http://", f"http://user:{PASSWORD}@:80", "ftp://proxy", f"http://{'a' * 70}.example", "http://ex..ample:1"),
        *("http://.", "://", "http://%zz", "https://ex..ample", "http:x", "http://a\nb:1"),
    ],
)
def test_one_whose_address_is_none_is_an_error_of_configuration(
    way: Callable[[str, pytest.MonkeyPatch], AshbyClient], proxy: str, request_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(errors.ConfigurationError, match="The address of the proxy cannot be used") as caught:
        way(proxy, monkeypatch).call(request_)
    assert not caught.value.outcome_unknown
    assert not caught.value.retryable
    assert HEADER not in said(caught.value)
    assert KEY not in said(caught.value)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("way", WAYS)
def test_one_that_is_not_there_has_sent_no_write_on(
    way: Callable[[str, pytest.MonkeyPatch], AshbyClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(errors.UnreachableError, match="No connection could be made") as caught:
        way(f"http://user:{PASSWORD}@127.0.0.1:{unused_port()}", monkeypatch).call(WRITE)
    assert not caught.value.outcome_unknown
    assert HEADER not in said(caught.value)
    assert KEY not in said(caught.value)


def failing_as_if(kind: str) -> Callable[..., None]:
    """A hook that fails, when the reply has come, as a request does that was never sent."""

    def hook(*_: Any, **__: Any) -> None:
        if kind == "nobody there":
            requests.get(f"http://127.0.0.1:{unused_port()}/metrics")
        elif kind == "no address":
            requests.get("http://ex..ample/")
        elif kind == "no scheme":
            requests.get("nonsense://x/")
        elif kind == "too slow":
            raise requests.ConnectTimeout("no time")
        else:
            raise requests.HTTPError("400")

    return hook


@pytest.mark.parametrize("kind", ["nobody there", "no address", "no scheme", "too slow", "bad status"])
@pytest.mark.parametrize("alone", [True, False])
def test_a_write_whose_reply_came_to_a_failing_hook_is_not_repeated_and_not_called_unsent(
    recorder: Recorder, kind: str, alone: bool
) -> None:
    recorder.answers["candidate.create"] = [success({"id": "1"})]
    session = requests.Session()
    session.hooks["response"] = failing_as_if(kind) if alone else [failing_as_if(kind)]
    with pytest.raises(errors.AshbyError) as caught:
        AshbyClient(KEY, recorder.url, session=session).call(WRITE)
    assert caught.value.outcome_unknown
    assert recorder.endpoints() == ["candidate.create"]


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
@pytest.mark.parametrize("own", [True, False])
def test_an_error_that_nobody_foresaw_shows_no_frame_that_holds_the_key(
    request_: Any, own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_: Any, **__: Any) -> None:
        raise LookupError("the resolver is broken")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(LookupError, match="the resolver is broken") as caught:
        AshbyClient(KEY, ASHBY, session=None if own else requests.Session()).call(request_)
    assert HEADER not in said(caught.value)
    assert KEY not in said(caught.value)
