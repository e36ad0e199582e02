"""Proxies that cannot be used, in each way in which one can be given, and what is known of a write through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from recorder import KEY, unused_port

from langchain_ashby import AshbyClient, AshbyError, errors
from langchain_ashby.endpoints.candidates import CreateCandidate, GetCandidate

ASHBY = "https://api.ashbyhq.com"
READ = GetCandidate(candidate_id="1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11")
WRITE = CreateCandidate(name="Ada Lovelace")
PASSWORD = "the-proxys-password"

both = pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])

Way = Callable[[str, pytest.MonkeyPatch], AshbyClient]


def from_environment(name: str) -> Way:
    def given(proxy: str, monkeypatch: pytest.MonkeyPatch) -> AshbyClient:
        monkeypatch.setenv(name, proxy)
        return AshbyClient(KEY, ASHBY, timeout=1, budget=3, max_retries=0)

    return given


def from_session(key: str) -> Way:
    def given(proxy: str, _: pytest.MonkeyPatch) -> AshbyClient:
        session = requests.Session()
        session.proxies = {key: proxy}
        return AshbyClient(KEY, ASHBY, timeout=1, budget=3, max_retries=0, session=session)

    return given


NAMES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
KEYS = ("https", "all", ASHBY)
every_way = pytest.mark.parametrize(
    "way", [*map(from_environment, NAMES), *map(from_session, KEYS)], ids=[*NAMES, *(f"proxies {key}" for key in KEYS)]
)


@pytest.fixture(autouse=True)
def no_other_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, "NO_PROXY", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def failing(client: AshbyClient, request: Any) -> AshbyError:
    with pytest.raises(AshbyError) as failed:
        client.call(request)
    return failed.value


NO_ADDRESSES = [
    *("http://[", "http://[::1", f"http://{PASSWORD}@[bad", "http://a b:1", "http://exa mple:1", "http://a\nb:1"),
    *("http://proxy:99999", "http://127.0.0.1:99999", "http://proxy:port", "nonsense://proxy:1", "ftp://proxy"),
    *("http://", "http:x", "://", "//", "http://.", "http://%zz:1", f"http://user:{PASSWORD}@:80"),
    *("http://ex..ample:1", "https://ex..ample", f"http://{'a' * 64}:1", "http://\udcff:1"),
]


@every_way
def test_one_whose_address_is_none_is_an_error_of_configuration(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    for proxy in NO_ADDRESSES:
        for request_ in (READ, WRITE):
            error = failing(way(proxy, monkeypatch), request_)
            assert type(error) is errors.ConfigurationError, ascii(proxy)
            assert "The proxy cannot be used" in error.message, ascii(proxy)
            assert error.endpoint == request_.path
            assert not error.outcome_unknown
            assert not error.retryable
            assert PASSWORD not in str(error), ascii(proxy)


@every_way
@pytest.mark.parametrize("proxy", [f"http://user:{PASSWORD}@127.0.0.1:{{}}", f"https://{PASSWORD}@127.0.0.1:{{}}"])
def test_one_that_is_not_there_has_sent_no_write_on(way: Way, proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    error = failing(way(proxy.format(unused_port()), monkeypatch), WRITE)
    assert type(error) is errors.ProxyError
    assert "No connection could be made through the proxy" in error.message
    assert not error.outcome_unknown
    assert error.retryable
    assert PASSWORD not in str(error)


@both
@pytest.mark.parametrize(
    "value", ["[", "[::1", "*.", "..", "%zz", "1.2.3.4/99", "1.2.3.4/x", ",, ,", "\udcff", "a" * 300]
)
def test_a_no_proxy_that_cannot_be_one_is_no_trouble(
    request_: Any, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{unused_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, value)
    for session in (None, requests.Session()):
        error = failing(AshbyClient(KEY, ASHBY, max_retries=0, session=session), request_)
        assert type(error) is errors.ProxyError
