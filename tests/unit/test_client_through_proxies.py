"""Real proxies on this machine, and certificates of an authority of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import requests
from proxies import TLS, Proxy, Scheme, authorities
from recorder import KEY, Answer, Recorder, success, unused_port

from langchain_ashby import AshbyClient, AshbyError, errors
from langchain_ashby.endpoints.candidates import CreateCandidate, ListCandidates, UploadCandidateFile
from langchain_ashby.sandbox import AshbySandbox

READ, WRITE = ListCandidates(limit=1), CreateCandidate(name="Ada Lovelace")
SCHEMES: list[Scheme] = ["http", "https", "socks5h"]

each_scheme = pytest.mark.parametrize("scheme", SCHEMES)
both = pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])


@pytest.fixture(scope="module")
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox(candidates=3) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authorities())


@pytest.fixture
def ashby(sandbox: AshbySandbox) -> Iterator[TLS]:
    """The sandbox behind TLS."""
    with TLS(int(sandbox.url.rpartition(":")[2])) as front:
        yield front


def client(sandbox: AshbySandbox, ashby: TLS, retries: int = 1) -> AbstractContextManager[AshbyClient]:
    return AshbyClient(sandbox.api_key, ashby.url, timeout=5, budget=10, max_retries=retries)


def failing(sandbox: AshbySandbox, ashby: TLS, request: Any, retries: int = 1) -> AshbyError:
    before = len(sandbox.requests())
    with client(sandbox, ashby, retries) as made, pytest.raises(AshbyError) as failed:
        made.call(request)
    assert len(sandbox.requests()) == before
    assert not failed.value.outcome_unknown
    return failed.value


@both
@each_scheme
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_request_goes_through_a_proxy(
    name: str, scheme: Scheme, request_: Any, sandbox: AshbySandbox, ashby: TLS, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(scheme) as proxy, client(sandbox, ashby) as made:
        monkeypatch.setenv(name, proxy.url)
        before = len(sandbox.requests())
        made.call(request_)
    assert [it["endpoint"] for it in sandbox.requests()[before:]] == [request_.path]
    assert proxy.asked_for == [f"localhost:{ashby.port}"]


@both
@each_scheme
def test_a_proxy_that_is_not_there_has_sent_nothing_and_is_tried_again(
    scheme: Scheme, request_: Any, sandbox: AshbySandbox, ashby: TLS, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://127.0.0.1:{unused_port()}")
    error = failing(sandbox, ashby, request_)
    assert type(error) is errors.ProxyError
    assert error.retryable
    assert "HTTPS_PROXY" in error.remedy
    assert "attempt 2" in caplog.text


@both
@pytest.mark.parametrize(
    ("status", "says", "attempts"),
    [
        (403, "did not let the connection through (HTTP 403)", 1),
        (407, "asks for a user name and a password (HTTP 407)", 1),
        (502, "did not let the connection through (HTTP 502)", 2),
    ],
)
def test_a_proxy_that_makes_no_connection_has_sent_nothing(
    status: int, says: str, attempts: int, request_: Any, sandbox: AshbySandbox, ashby: TLS,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with Proxy("http", tunnels=0, then=status) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = failing(sandbox, ashby, request_)
    assert type(error) is errors.ProxyError
    assert says in error.message
    assert error.retryable == (attempts > 1)
    assert proxy.turned_away == attempts


@both
def test_a_socks_proxy_that_makes_no_connection_has_sent_nothing(
    request_: Any, sandbox: AshbySandbox, ashby: TLS, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy("socks5h", tunnels=0, then=2) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        error = failing(sandbox, ashby, request_)
    assert type(error) is errors.ProxyError
    assert proxy.turned_away == 2


@both
@each_scheme
def test_a_request_that_a_proxy_did_not_let_through_is_sent_again_and_made_once(
    scheme: Scheme, request_: Any, sandbox: AshbySandbox, ashby: TLS, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(scheme, then=1 if scheme == "socks5h" else 503, leaves_out=1) as proxy, client(sandbox, ashby) as made:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        before = len(sandbox.requests())
        made.call(request_)
    assert proxy.turned_away == 1
    assert [it["endpoint"] for it in sandbox.requests()[before:]] == [request_.path]


@both
def test_a_proxy_for_plain_http_that_asks_for_a_password(
    request_: Any, sandbox: AshbySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Recorder() as proxy:
        proxy.answers[f"http://127.0.0.1:9/{request_.path}"] = [Answer(status=407)]
        session = requests.Session()
        session.proxies = {"http": proxy.url}
        with pytest.raises(errors.ProxyError, match="asks for a user name and a password") as failed:
            AshbyClient(KEY, "http://127.0.0.1:9", session=session, max_retries=1).call(request_)
    assert len(proxy.requests) == 1
    assert not failed.value.outcome_unknown


@both
@pytest.mark.parametrize("proxied", [False, True])
def test_a_certificate_of_an_unknown_authority_is_no_outage_and_says_what_to_set(
    proxied: bool, request_: Any, sandbox: AshbySandbox, ashby: TLS, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authorities(right=False))
    with Proxy("http") as proxy:
        if proxied:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = failing(sandbox, ashby, request_)
    assert type(error) is errors.UnreachableError
    assert "the certificate was not accepted" in error.message
    assert "SSL_CERT_FILE or REQUESTS_CA_BUNDLE" in error.remedy
    assert not error.retryable
    ashby.wait()
    assert ashby.turned_away == 1


@both
def test_authorities_come_from_the_variable_that_the_sdks_of_models_read(
    request_: Any, sandbox: AshbySandbox, ashby: TLS, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.setenv("SSL_CERT_FILE", authorities())
    with client(sandbox, ashby) as made:
        made.call(request_)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authorities(right=False))
    assert "certificate" in failing(sandbox, ashby, request_).message, "the variable of requests comes first"


@both
def test_a_variable_that_names_no_file_is_an_error_of_configuration(
    request_: Any, sandbox: AshbySandbox, ashby: TLS, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.setenv("SSL_CERT_FILE", "/nothing/authorities.pem")
    error = failing(sandbox, ashby, request_)
    assert type(error) is errors.ConfigurationError
    assert "/nothing/authorities.pem" in error.message
    assert "SSL_CERT_FILE" in error.remedy


@both
def test_a_server_that_speaks_no_tls_was_sent_nothing(request_: Any, sandbox: AshbySandbox) -> None:
    url = sandbox.url.replace("http:", "https:")
    with AshbyClient(KEY, url, max_retries=0) as made, pytest.raises(errors.UnreachableError) as failed:
        made.call(request_)
    assert not failed.value.outcome_unknown
    assert failed.value.retryable


@pytest.mark.parametrize("then", [None, 403, 503])
def test_a_proxy_on_the_way_to_the_storage_leaves_ashby_unchanged(
    then: int | None, ashby: TLS, recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cv.pdf").write_text("x")
    recorder.answers["file.createFileUploadHandle"] = [success({"handle": "h", "url": ashby.url, "fields": {}})]
    upload = UploadCandidateFile(candidate_id="1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11", file_path="cv.pdf")
    with Proxy("http", tunnels=0, then=then) as proxy, AshbyClient(KEY, recorder.url, upload_dirs=[tmp_path]) as made:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(errors.ProxyError) as failed:
            made.call(upload)
    assert not failed.value.outcome_unknown
    assert recorder.endpoints() == ["file.createFileUploadHandle"]
