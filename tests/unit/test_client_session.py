"""A custom session: its settings are kept, and the client's own limits still hold."""

import http.client
import shutil
import socket
import ssl
import subprocess
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from recorder import KEY, Answer, Recorder, failure, raw_server, success
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from langchain_ashby import AshbyClient, errors
from langchain_ashby.endpoints.candidates import CreateCandidate, GetCandidate, UploadCandidateFile
from langchain_ashby.http import transport

pytestmark = pytest.mark.slow

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
READ = GetCandidate(candidate_id=ID)
WRITE = CreateCandidate(name="Ada Lovelace")


class Counting(HTTPAdapter):
    """Counts its requests."""

    sent = 0

    def send(self, *arguments: Any, **more: Any) -> requests.Response:
        self.sent += 1
        return super().send(*arguments, **more)


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


def test_its_adapter_headers_and_hooks_are_used(session: requests.Session, recorder: Recorder) -> None:
    adapter, seen = Counting(), []
    session.mount("http://", adapter)
    session.headers["X-Team"] = "recruiting"
    session.hooks["response"].append(lambda response, **_: seen.append(response.status_code))
    client = AshbyClient(KEY, recorder.url, session=session)
    client.call(READ)
    client.call(WRITE)
    assert adapter.sent == 2
    assert seen == [200, 200]
    assert recorder.last.headers["X-Team"] == "recruiting"
    assert recorder.last.headers["Ashby-Version"]


class Keeping(HTTPAdapter):
    """Keeps what it should send."""

    kept: dict[str, Any]

    def send(self, request: requests.PreparedRequest, *_: Any, **how: Any) -> requests.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        proxies = dict(how.pop("proxies"))
        self.kept = {**how, "url": request.url, "headers": headers, "body": request.body, "proxies": proxies}
        raise requests.ConnectionError


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"HTTPS_PROXY": "http://proxy.example:1"},
        {"HTTPS_PROXY": "http://proxy.example:1", "NO_PROXY": "xn--bcher-kva.example"},
        {"REQUESTS_CA_BUNDLE": "/some/authorities.pem"},
        {"SSL_CERT_FILE": "/others.pem", "ALL_PROXY": "socks5://proxy.example:1"},
    ],
)
@pytest.mark.parametrize("url", ["http://127.0.0.1:1/a", "https://api.example/a", "https://bücher.example/a"])
@pytest.mark.parametrize("headers", [{"accept": "x", "X-Own": "1"}, {"Authorization": None}])
def test_the_clients_own_session_sends_what_merging_its_settings_would_send(
    environment: dict[str, str], url: str, headers: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    own, adapter = transport.session(url), Keeping()
    for scheme in ("http://", "https://"):
        own.mount(scheme, adapter)
    how = {"auth": transport.NoAuth(), "timeout": (1, 2), "stream": True, "allow_redirects": False}
    kept = []
    ways: list[Callable[..., Any]] = [own.request, partial(requests.Session.request, own)]
    for request in ways:
        with pytest.raises(requests.ConnectionError):
            request("POST", url, data=b"{}", headers=headers, **how)
        kept.append(adapter.kept)
    assert kept[0] == kept[1]


def test_its_proxies_are_used(session: requests.Session, recorder: Recorder) -> None:
    session.trust_env = False
    session.proxies = {"http": recorder.url}
    AshbyClient(KEY, "http://127.0.0.1:9/ashby", session=session, max_retries=0).call(READ)
    assert recorder.last.path == "http://127.0.0.1:9/ashby/candidate.info"


def test_the_key_is_sent_and_never_stored_in_it(session: requests.Session, recorder: Recorder) -> None:
    session.auth = ("somebody", "else")
    client = AshbyClient(KEY, recorder.url, session=session, on_behalf_of=ID)
    client.call(READ)
    assert recorder.last.headers["Authorization"] == requests.auth._basic_auth_str(KEY, "")
    assert recorder.last.headers["X-On-Behalf-Of"] == ID
    assert session.auth == ("somebody", "else")
    assert not {"Authorization", "X-On-Behalf-Of", "Ashby-Version"} & session.headers.keys()
    assert KEY not in f"{vars(session)} {vars(client)} {client!r}"


def test_the_key_is_not_sent_to_the_file_storage(session: requests.Session, recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_text("x")
    handle = {"handle": "h", "url": f"{recorder.url}/store", "fields": {}}
    recorder.answers["file.createFileUploadHandle"] = [success(handle)]
    session.auth = ("somebody", "else")
    client = AshbyClient(KEY, recorder.url, session=session, upload_dirs=[tmp_path])
    client.call(UploadCandidateFile(candidate_id=ID, file_path="cv.pdf"))
    [stored] = [sent for sent in recorder.requests if sent.path == "/store"]
    assert stored.headers["Authorization"] is None


def test_whoever_opened_it_closes_it(session: requests.Session, recorder: Recorder) -> None:
    with AshbyClient(KEY, recorder.url, session=session) as client:
        client.call(READ)
    session.post(f"{recorder.url}/candidate.info", json={})
    first, second = recorder.requests
    assert first.connection == second.connection


def test_a_write_never_goes_over_a_connection_that_waited(session: requests.Session, recorder: Recorder) -> None:
    client = AshbyClient(KEY, recorder.url, session=session)
    for request in (READ, READ, WRITE, WRITE):
        client.call(request)
    first, again, one, other = [sent.connection for sent in recorder.requests]
    assert first == again
    assert len({first, one, other}) == 3


def test_no_redirect_is_followed(session: requests.Session, recorder: Recorder) -> None:
    recorder.answers["candidate.info"] = [Answer(status=307, headers={"Location": f"{recorder.url}/user.list"})]
    with pytest.raises(errors.UnexpectedStatusError):
        AshbyClient(KEY, recorder.url, session=session).call(READ)
    assert recorder.endpoints() == ["candidate.info"]


def test_a_reply_is_bounded_in_size(session: requests.Session, recorder: Recorder) -> None:
    recorder.answers["candidate.info"] = [success("x" * 5_000)]
    with pytest.raises(errors.ReplyTooLargeError):
        AshbyClient(KEY, recorder.url, session=session, reply_limit=4_000).call(READ)


def drip(connection: socket.socket) -> None:
    """Answers a GET at once, and anything else a byte at a time."""
    while connection.recv(65536).startswith(b"GET"):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.05)


def drip_in_a_head(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(200):
        connection.sendall(b"X-Header: x\r\n")
        time.sleep(0.05)


NOBODY = "http://127.0.0.1:9/ashby"


def reached(way: str, session: requests.Session, url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Lets the session reach a server in some way, and returns the base URL for that."""
    session.trust_env = way == "a proxy of the environment"
    match way:
        case "a proxy" | "a proxy that was used before":
            session.proxies = {"http": url}
        case "a tunnel":
            session.proxies = {"https": url}
            return NOBODY.replace("http:", "https:")
        case "a proxy of the environment":
            monkeypatch.setenv("http_proxy", url)
            monkeypatch.setenv("no_proxy", "")
    if way.endswith("used before"):
        session.get(url)
    return NOBODY if "a proxy" in way else url


WAYS = [
    "directly",
    "a connection that was used before",
    "a proxy",
    "a proxy that was used before",
    "a proxy of the environment",
    "a tunnel",
]


@pytest.mark.parametrize("way", WAYS)
def test_a_reply_is_bounded_in_time(session: requests.Session, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with raw_server(drip_in_a_head if way == "a tunnel" else drip) as url:
        base_url = reached(way, session, url, monkeypatch)
        began = time.monotonic()
        with pytest.raises(errors.UnreachableError):
            AshbyClient(KEY, base_url, session=session, timeout=5, budget=0.5, max_retries=0).call(READ)
        assert time.monotonic() - began < 3, "the whole reply takes ten seconds"


@pytest.mark.parametrize("way", WAYS)
def test_http_client_prints_no_key(
    session: requests.Session, way: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    with raw_server(drip_in_a_head if way == "a tunnel" else drip) as url:
        base_url = reached(way, session, url, monkeypatch)
        with pytest.raises(errors.UnreachableError):
            AshbyClient(KEY, base_url, session=session, timeout=5, budget=0.2, max_retries=0).call(READ)
    assert b64encode(f"{KEY}:".encode()).decode() not in capsys.readouterr().out


def test_the_reply_of_the_file_storage_is_bounded_in_time(
    session: requests.Session, recorder: Recorder, tmp_path: Path
) -> None:
    (tmp_path / "cv.pdf").write_text("x")
    session.mount(recorder.url, HTTPAdapter())  # for Ashby alone, as one with a certificate
    with raw_server(drip_in_a_head) as url:
        recorder.answers["file.createFileUploadHandle"] = [success({"handle": "h", "url": url, "fields": {}})]
        client = AshbyClient(KEY, recorder.url, session=session, timeout=5, budget=0.5, upload_dirs=[tmp_path])
        began = time.monotonic()
        with pytest.raises(errors.RequestTimeoutError):
            client.upload("cv.pdf", "CandidateFiles")
        assert time.monotonic() - began < 3, "the whole head takes ten seconds"


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_only_safe_requests_are_sent_again(session: requests.Session, recorder: Recorder, request_: Any) -> None:
    recorder.answers[request_.path] = [Answer(status=500), success({"id": ID})]
    session.mount("http://", HTTPAdapter(max_retries=Retry(3, status_forcelist=[500])))
    client = AshbyClient(KEY, recorder.url, session=session)
    if request_ is READ:
        assert client.call(request_) == {"id": ID}
        assert len(recorder.requests) == 2
    else:
        with pytest.raises(errors.ServerError) as caught:
            client.call(request_)
        assert caught.value.outcome_unknown
        assert len(recorder.requests) == 1


@pytest.mark.parametrize("methods", [None, ["POST"]])
def test_an_adapter_that_would_repeat_a_write_is_refused(session: requests.Session, methods: Any) -> None:
    session.mount("https://", HTTPAdapter(max_retries=Retry(3, allowed_methods=methods)))
    with pytest.raises(errors.ConfigurationError, match="a write could be made twice"):
        AshbyClient(KEY, session=session)


@pytest.mark.parametrize("below", ["", "/candidate.create"])
def test_an_adapter_that_comes_later_and_would_repeat_a_write_is_refused_as_well(
    session: requests.Session, recorder: Recorder, below: str
) -> None:
    client = AshbyClient(KEY, recorder.url, session=session)
    session.mount(f"{recorder.url}{below}", HTTPAdapter(max_retries=Retry(3, allowed_methods=None)))
    with pytest.raises(errors.ConfigurationError, match="a write could be made twice") as refused:
        client.call(WRITE)
    assert not refused.value.outcome_unknown
    assert recorder.requests == []
    client.call(READ)


def test_a_write_is_not_repeated_if_tls_fails_in_the_reply(session: requests.Session, tls: tuple[str, Path]) -> None:
    url, certificate = tls
    session.trust_env = False
    session.verify = str(certificate)
    session.mount("https://", HTTPAdapter(max_retries=3))
    with pytest.raises(errors.UnreachableError) as broken:
        AshbyClient(KEY, url, session=session, max_retries=0).call(WRITE)
    assert broken.value.outcome_unknown
    assert (certificate.parent / "requests").read_text() == "POST "


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server that notes each request, and then answers with what is not TLS; and its certificate."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is needed to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=me -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection.dup(), server_side=True) as secure:
            with (tmp_path / "requests").open("ab") as file:
                file.write(secure.recv(65536)[:5])
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with raw_server(talk) as url:
        yield url.replace("http:", "https:"), certificate


def test_its_content_type_and_authorization_are_not_those_of_a_file(
    session: requests.Session, recorder: Recorder, tmp_path: Path
) -> None:
    (tmp_path / "cv.pdf").write_text("x")
    handle = {"handle": "h", "url": f"{recorder.url}/store", "fields": {}}
    recorder.answers["file.createFileUploadHandle"] = [success(handle)]
    session.headers.update({"Content-Type": "application/json", "Authorization": "Bearer of others"})
    AshbyClient(KEY, recorder.url, session=session, upload_dirs=[tmp_path]).upload("cv.pdf", "CandidateFiles")
    assert recorder.last.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert recorder.last.headers["Authorization"] is None


def test_a_write_whose_pool_another_thread_has_closed_was_not_sent(
    session: requests.Session, recorder: Recorder
) -> None:
    class Closed(HTTPAdapter):
        """Has its pool closed just before it sends for the first time."""

        looked = 0

        def cert_verify(self, conn: Any, *settings: Any) -> None:
            self.looked += 1
            if self.looked == 2:  # the first look is the client's
                conn.close()

    session.mount("http://", Closed())
    recorder.answers["candidate.create"] = [success({"id": ID})]
    with pytest.raises(errors.UnreachableError) as unsent:
        AshbyClient(KEY, recorder.url, session=session, max_retries=0).call(WRITE)
    assert not unsent.value.outcome_unknown
    assert recorder.requests == []


def test_a_session_without_an_adapter_is_refused(session: requests.Session) -> None:
    session.adapters.clear()
    with pytest.raises(errors.ConfigurationError, match="no adapter for https"):
        AshbyClient(KEY, session=session)


def test_a_refusal_is_read_as_usual(session: requests.Session, recorder: Recorder) -> None:
    recorder.answers["candidate.info"] = [failure("candidate_not_found", "No such candidate")]
    with pytest.raises(errors.Refused, match="No such candidate"):
        AshbyClient(KEY, recorder.url, session=session).call(READ)
