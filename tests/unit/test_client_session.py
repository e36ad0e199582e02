"""A custom session: its settings are kept, and the client's own limits still hold."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from recorder import KEY, Answer, Recorder, failure, raw_server, success
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from langchain_ashby import AshbyClient, errors
from langchain_ashby.endpoints.candidates import CreateCandidate, GetCandidate, UploadCandidateFile

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


def test_a_reply_is_bounded_in_time(session: requests.Session) -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(200):
            connection.sendall(b"x")
            time.sleep(0.05)

    with raw_server(drip) as url:
        began = time.monotonic()
        with pytest.raises(errors.RequestTimeoutError):
            AshbyClient(KEY, url, session=session, timeout=5, budget=0.5, max_retries=0).call(READ)
        assert time.monotonic() - began < 5, "the whole reply takes ten seconds"


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


def test_a_refusal_is_read_as_usual(session: requests.Session, recorder: Recorder) -> None:
    recorder.answers["candidate.info"] = [failure("candidate_not_found", "No such candidate")]
    with pytest.raises(errors.Refused, match="No such candidate"):
        AshbyClient(KEY, recorder.url, session=session).call(READ)
