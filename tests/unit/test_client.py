"""The client over real sockets: its requests, their destination, and its errors when no reply comes."""

import base64
import copy
import io
import json
import logging
import pickle
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from faults.leaks import everything_about
from pydantic import SecretStr
from recorder import KEY, Answer, Recorder, failure, raw_server, success, unused_port

from langchain_ashby import AshbyClient, AshbyError, AshbyToolkit, errors
from langchain_ashby.endpoints.applications import ChangeApplicationSource
from langchain_ashby.endpoints.candidates import CreateCandidate, GetCandidate, ListCandidates
from langchain_ashby.endpoints.organization import GetUser, ListUsers

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
READ = GetCandidate(candidate_id=ID)
WRITE = CreateCandidate(name="Ada Lovelace")
CODED = base64.b64encode(f"{KEY}:".encode()).decode()


def failing(client: AshbyClient, request: Any) -> AshbyError:
    with pytest.raises(AshbyError) as caught:
        client.call(request)
    return caught.value


class TestRequest:
    def test_is_a_post_to_the_method_with_the_headers_that_ashby_wants(
        self, client: AshbyClient, recorder: Recorder
    ) -> None:
        client.call(READ)
        sent = recorder.last
        assert sent.path == "/candidate.info"
        assert sent.headers["Authorization"] == f"Basic {CODED}"
        assert sent.headers["Ashby-Version"] == "2026-01-01"
        assert sent.headers["Accept"] == "application/json; version=1"
        assert sent.headers["Content-Type"] == "application/json"
        assert sent.headers["X-On-Behalf-Of"] is None
        assert sent.body == {"id": ID}

    def test_has_an_empty_object_where_there_is_nothing_to_say(self, client: AshbyClient, recorder: Recorder) -> None:
        client.call(ListUsers())
        assert recorder.last.content == b"{}"

    def test_names_the_user_to_act_for_when_asked(self, recorder: Recorder) -> None:
        AshbyClient(KEY, recorder.url, on_behalf_of=ID).call(READ)
        assert recorder.last.headers["X-On-Behalf-Of"] == ID

    @pytest.mark.parametrize("user", ["", "a b", "x\r\nEvil: 1", "ä", "x" * 65])
    def test_cannot_act_for_an_invalid_user_id(self, client: AshbyClient, user: str) -> None:
        with pytest.raises(errors.ConfigurationError, match="on_behalf_of takes a user's id"):
            AshbyClient(KEY, on_behalf_of=user)
        with pytest.raises(errors.ConfigurationError, match="on_behalf_of takes a user's id"), client.acting_for(user):
            pass

    def test_names_another_user_inside_of_a_block_and_nowhere_else(self, recorder: Recorder) -> None:
        with AshbyClient(KEY, recorder.url, on_behalf_of=ID) as one, AshbyClient(KEY, recorder.url) as other:

            def named_by(client: AshbyClient) -> str | None:
                client.call(READ)
                assert client.on_behalf_of == recorder.last.headers["X-On-Behalf-Of"]
                return client.on_behalf_of

            with one.acting_for("ben"), ThreadPoolExecutor(1) as thread:
                assert (named_by(one), named_by(other)) == ("ben", None)
                with one.acting_for("cy"), other.acting_for("di"), one.acting_for(None):
                    assert (named_by(one), named_by(other)) == ("cy", "di")
                    assert thread.submit(named_by, one).result() == ID
                    assert thread.submit(copy_context().run, named_by, one).result() == "cy"
                assert (named_by(one), named_by(other)) == ("ben", None)
            assert (named_by(one), named_by(other)) == (ID, None)

    def test_goes_below_the_path_of_the_base_url(self, recorder: Recorder) -> None:
        AshbyClient(KEY, f"{recorder.url}/ashby/").call(READ)
        assert recorder.last.path == "/ashby/candidate.info"

    def test_sends_a_null_only_where_it_clears(self, client: AshbyClient, recorder: Recorder) -> None:
        client.call(ChangeApplicationSource(application_id=ID, source_id=None))
        assert recorder.last.body == {"applicationId": ID, "sourceId": None}

    def test_gives_the_result_the_warnings_and_the_request_ids_of_every_step(
        self, client: AshbyClient, recorder: Recorder
    ) -> None:
        recorder.answers["user.search"] = [
            Answer(success([{"id": ID}], warnings=["Slow."]).content, headers={"x-ashby-request-id": "01A"})
        ]
        reply = client.exchange(GetUser(email="ada@example.com"))
        assert (reply.result, reply.warnings, reply.request_ids) == ({"id": ID}, ("Slow.",), ("01A",))


class TestConfiguration:
    def test_comes_from_the_environment(self, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ASHBY_API_KEY", f"  {KEY}\n")
        monkeypatch.setenv("ASHBY_BASE_URL", recorder.url)
        AshbyClient().call(READ)
        assert recorder.last.headers["Authorization"] == f"Basic {CODED}"

    def test_arguments_come_before_the_environment(self, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ASHBY_API_KEY", "another")
        monkeypatch.setenv("ASHBY_BASE_URL", "https://elsewhere.example")
        AshbyClient(SecretStr(KEY), recorder.url).call(READ)
        assert recorder.last.headers["Authorization"] == f"Basic {CODED}"

    def test_is_ashby_itself_by_default(self) -> None:
        assert AshbyClient(KEY).base_url == "https://api.ashbyhq.com"

    @pytest.mark.parametrize("key", [None, "", "  \n", SecretStr("")])
    def test_without_a_key_says_where_to_create_one_and_what_to_grant(self, key: Any) -> None:
        with pytest.raises(errors.MissingAPIKeyError) as caught:
            AshbyClient(key)
        text = str(caught.value)
        assert "ASHBY_API_KEY" in text
        assert "Admin > Integrations > API Keys" in text
        for scope in ("jobs", "candidates", "interviews", "offers"):
            assert f"{scope}Read" in text
            assert f"{scope}Write" in text
        for scope in ("organizationRead", "hiringProcessMetadataRead"):
            assert scope in text

    def test_an_empty_key_does_not_fall_back_to_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ASHBY_API_KEY", KEY)
        with pytest.raises(errors.MissingAPIKeyError):
            AshbyClient("")

    @pytest.mark.parametrize("key", ["two words", "a\nb", "clé", "user:password", "a\x00b", "\x7f"])
    def test_a_key_that_cannot_be_one_is_refused_without_being_shown(self, key: str) -> None:
        with pytest.raises(errors.ConfigurationError) as caught:
            AshbyClient(key)
        assert key not in everything_about(caught.value)

    @pytest.mark.parametrize(
        "url",
        [
            "https://api.ashbyhq.com",
            "HTTPS://api.ashbyhq.com/",
            "https://proxy.example:8443/ashby",
            "http://localhost:8000",
            "http://LOCALHOST",
            "http://127.0.0.1",
            "http://127.0.0.2:9",
            "http://[::1]:8000/",
        ],
    )
    def test_takes_https_and_this_machine(self, url: str) -> None:
        assert AshbyClient(KEY, url).base_url == url.rstrip("/")

    @pytest.mark.parametrize(
        "url",
        [
            "http://api.ashbyhq.com",
            "http://127.0.0.1.evil.com",
            "http://127.0.0.1\t.evil.com",
            "http://localhost.evil.com",
            "http://localhost.",
            "http://evil.com/127.0.0.1",
            "http://evil.com#@127.0.0.1",
            "http://evil.com?@127.0.0.1",
            "http://evil.com\\@127.0.0.1",
            "http://127.0.0.1\\.evil.com",
            "http://127.0.0.1\\@evil.com",
            "http://127.0.0.1@evil.com",
            "http://127.0.0.1:80@evil.com",
            "http://user@127.0.0.1",
            "https://user:secret@api.ashbyhq.com",
            "https://:@api.ashbyhq.com",
            "http://0.0.0.0",
            "http://[::]",
            "http://[::1",
            "http://127.0.0.1 .evil.com",
            "http://local\nhost",
            "http://10.0.0.1",
            "http://2130706433",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "//127.0.0.1",
            "127.0.0.1:8000",
            "api.ashbyhq.com",
            "https://",
            "https://api.ashbyhq.com:port",
            "https://api.ashbyhq.com:99999",
            "https://api.ashbyhq.com?a=1",
            "https://api.ashbyhq.com#a",
            "https://x..y",
            f"https://{'a' * 80}.com",
        ],
    )
    def test_refuses_every_other_base_url(self, url: str) -> None:
        with pytest.raises(errors.ConfigurationError) as caught:
            AshbyClient(KEY, url)
        assert KEY not in everything_about(caught.value)
        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize("timeout", [0, -1, (0, 5), (5, -1), float("nan"), "5", (5, "60"), (5,), None])
    def test_refuses_a_timeout_that_is_no_time(self, timeout: Any) -> None:
        with pytest.raises(errors.ConfigurationError, match="timeout takes a number of seconds above 0"):
            AshbyClient(KEY, timeout=timeout)


class TestConnection:
    def test_is_kept_for_the_next_call(self, client: AshbyClient, recorder: Recorder) -> None:
        recorder.answers["candidate.list"] = [failure("invalid_input"), Answer(status=500), success([])]
        for _ in range(3):
            client.call(READ)
        for _ in range(3):
            try:
                client.call(ListCandidates())
            except AshbyError:
                continue
        assert len({sent.connection for sent in recorder.requests}) == 1

    def test_is_shared_by_many_threads(self, client: AshbyClient, recorder: Recorder) -> None:
        recorder.answers["candidate.info"] = [lambda sent: success({"id": sent.body["id"]})]
        ids = [ID[:-4] + f"{number:04x}" for number in range(200)]
        with ThreadPoolExecutor(16) as pool:
            found = list(pool.map(lambda each: client.call(GetCandidate(candidate_id=each))["id"], ids))
        assert found == ids
        assert len({sent.connection for sent in recorder.requests}) <= 16

    def test_opens_again_after_it_was_closed(self, client: AshbyClient, recorder: Recorder) -> None:
        client.call(READ)
        client.close()
        client.call(READ)
        assert len(recorder.requests) == 2

    def test_keeps_no_cookies(self, client: AshbyClient, recorder: Recorder) -> None:
        recorder.answers["candidate.info"] = [
            Answer(success({}).content, headers={"Set-Cookie": "session=1; Path=/"}),
        ]
        client.call(READ)
        client.call(READ)
        assert recorder.last.headers["Cookie"] is None

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    @pytest.mark.parametrize("to_itself", [True, False])
    def test_follows_no_redirect(self, client: AshbyClient, recorder: Recorder, status: int, to_itself: bool) -> None:
        with Recorder() as elsewhere:
            target = recorder.url if to_itself else elsewhere.url
            recorder.answers["candidate.info"] = [Answer(status=status, headers={"Location": f"{target}/user.list"})]
            redirected = failing(client, READ)
            assert type(redirected) is errors.UnexpectedStatusError
            assert redirected.status == status
            assert recorder.endpoints() == ["candidate.info"]
            assert elsewhere.requests == []

    @pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
    def test_to_this_machine_goes_through_no_proxy(
        self, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        with Recorder() as proxy:
            monkeypatch.setenv(name, proxy.url)
            AshbyClient(KEY, recorder.url).call(READ)
            assert recorder.endpoints() == ["candidate.info"]
            assert proxy.requests == []

    def test_takes_its_key_from_nowhere_else(
        self, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        AshbyClient(KEY, recorder.url).call(READ)
        assert recorder.last.headers["Authorization"] == f"Basic {CODED}"


def reset(connection: socket.socket) -> None:
    """Closes with a reset instead of a clean shutdown."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def read_then(reply: bytes, *, hold: float = 0, hard: bool = False) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += connection.recv(65536)
        connection.sendall(reply)
        time.sleep(hold)
        if hard:
            reset(connection)

    return talk


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"


class TestNoReply:
    """The class of the error, and whether a write may still have happened."""

    def test_from_an_unused_port(self) -> None:
        client = AshbyClient(KEY, f"http://127.0.0.1:{unused_port()}", max_retries=0)
        for request in (READ, WRITE):
            unreachable = failing(client, request)
            assert type(unreachable) is errors.UnreachableError
            assert "No connection could be made" in str(unreachable)
            assert unreachable.retryable
            assert not unreachable.outcome_unknown
            assert unreachable.endpoint == request.path
            assert unreachable.permission == request.permission

    def test_from_a_host_that_does_not_exist(self) -> None:
        unreachable = failing(AshbyClient(KEY, "https://no-such-host.invalid", max_retries=0), WRITE)
        assert type(unreachable) is errors.UnreachableError
        assert not unreachable.outcome_unknown

    @pytest.mark.parametrize(
        "reply",
        [b"", HEAD, HEAD + b'{"success": true', b"not HTTP at all\r\n\r\n"],
        ids=["nothing", "no body", "half a body", "no HTTP"],
    )
    @pytest.mark.parametrize("hard", [False, True], ids=["closed", "reset"])
    def test_but_a_broken_connection(self, reply: bytes, hard: bool) -> None:
        with raw_server(read_then(reply, hard=hard)) as url:
            for request in (READ, WRITE):
                broken = failing(AshbyClient(KEY, url, max_retries=0), request)
                assert type(broken) is errors.UnreachableError
                assert "broke before the reply was complete" in str(broken)
                assert broken.retryable
                assert broken.outcome_unknown is (request is WRITE)

    def test_but_a_body_without_length_that_is_cut_off(self) -> None:
        with raw_server(read_then(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b'{"success": tr')) as url:
            broken = failing(AshbyClient(KEY, url, max_retries=0), WRITE)
            assert type(broken) is errors.BrokenJSONError
            assert broken.outcome_unknown

    def test_but_a_chunk_that_is_cut_off(self) -> None:
        chunked = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"success": true'
        with raw_server(read_then(chunked)) as url:
            assert type(failing(AshbyClient(KEY, url, max_retries=0), READ)) is errors.UnreachableError

    def test_but_a_body_that_is_no_gzip(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"
        with raw_server(read_then(head)) as url:
            broken = failing(AshbyClient(KEY, url, max_retries=0), WRITE)
            assert isinstance(broken, errors.UnreachableError | errors.UnreadableReplyError)
            assert broken.outcome_unknown

    @pytest.mark.parametrize(
        "reply", [b"", HEAD, HEAD + b'{"success": true'], ids=["nothing", "a head only", "half a body"]
    )
    def test_in_time(self, reply: bytes) -> None:
        with raw_server(read_then(reply, hold=0.5)) as url:
            for request in (READ, WRITE):
                with AshbyClient(KEY, url, timeout=(5, 0.1), max_retries=0) as client:
                    late = failing(client, request)
                assert type(late) is errors.RequestTimeoutError
                assert late.code == "timeout"
                assert "timeout" in late.remedy
                assert late.outcome_unknown is (request is WRITE)

    def test_because_no_connection_came_in_time(self) -> None:
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            port = full.getsockname()[1]
            waiting = [socket.socket() for _ in range(4)]
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(("127.0.0.1", port))
            late = failing(AshbyClient(KEY, f"http://127.0.0.1:{port}", timeout=(0.1, 5), max_retries=0), WRITE)
            for each in waiting:
                each.close()
        assert type(late) is errors.RequestTimeoutError
        assert not late.outcome_unknown

    def test_because_the_certificate_is_not_to_be_trusted(self, self_signed: str) -> None:
        untrusted = failing(AshbyClient(KEY, self_signed, max_retries=0), WRITE)
        assert type(untrusted) is errors.UnreachableError
        assert "certificate" in str(untrusted)
        assert not untrusted.retryable
        assert not untrusted.outcome_unknown

    def test_because_the_other_side_does_not_speak_tls(self, recorder: Recorder) -> None:
        plain = failing(AshbyClient(KEY, recorder.url.replace("http:", "https:"), max_retries=0), READ)
        assert type(plain) is errors.UnreachableError
        assert "certificate" not in str(plain)
        assert recorder.requests == []


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[str]:
    """A local server with a self-signed certificate."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is needed to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = (
        f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def shake_hands(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(1)

    with raw_server(shake_hands) as url:
        yield url.replace("http:", "https:")


class TestKey:
    """The key is only in the header."""

    def test_is_in_no_text_about_the_client(self, client: AshbyClient) -> None:
        toolkit = AshbyToolkit(client)
        tool = toolkit.get_tools()[0]
        texts = [f(each) for f in (repr, str) for each in (client, toolkit, tool, vars(client), client._sender.auth)]
        assert "base_url='http://127.0.0.1" in texts[0]
        assert not [text for text in texts if KEY in text or CODED in text]

    @pytest.mark.parametrize(
        "answer",
        [Answer(status=401), Answer(status=500), Answer(b"<html>"), failure("invalid_input"), Answer(b"x" * 9, cut=3)],
        ids=["401", "500", "html", "refused", "cut off"],
    )
    def test_is_in_no_traceback(self, client: AshbyClient, recorder: Recorder, answer: Answer) -> None:
        recorder.answers["candidate.info"] = [answer]
        told = everything_about(failing(client, READ))
        assert "candidate.info" in told
        assert KEY not in told
        assert CODED not in told

    def test_is_in_no_traceback_of_a_failed_connection(self) -> None:
        told = everything_about(failing(AshbyClient(KEY, f"http://127.0.0.1:{unused_port()}", max_retries=0), WRITE))
        with raw_server(read_then(b"", hold=0.3)) as url:
            told += everything_about(failing(AshbyClient(KEY, url, timeout=0.1, max_retries=0), WRITE))
        assert KEY not in told
        assert CODED not in told

    def test_is_in_no_log(
        self,
        client: AshbyClient,
        recorder: Recorder,
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        recorder.answers["candidate.info"] = [success({}), Answer(status=500), Answer(b"x" * 9, cut=3)]
        with caplog.at_level(logging.DEBUG):
            client.call(READ)
            failing(client, READ)
            failing(client, READ)
        printed = "".join(capsys.readouterr())
        assert "candidate.info" in caplog.text
        assert KEY not in caplog.text + printed
        assert CODED not in caplog.text + printed

    def test_is_in_no_pickle(self, client: AshbyClient) -> None:
        for attempt in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError, match="key"):
                attempt(client)
        with pytest.raises(TypeError, match="key"):
            pickle.Pickler(io.BytesIO()).dump({"client": client})


class TestPages:
    def test_follow_the_cursors_to_the_end(self, client: AshbyClient, recorder: Recorder) -> None:
        recorder.answers["candidate.list"] = [
            success([{"id": "1"}, {"id": "2"}], moreDataAvailable=True, nextCursor="c1"),
            success([], moreDataAvailable=True, nextCursor="c2"),
            success([{"id": "3"}], moreDataAvailable=False, syncToken="s1"),
        ]
        pages = list(client.pages(ListCandidates(limit=2, sync_token="s0")))
        assert [[record["id"] for record in page.results] for page in pages] == [["1", "2"], [], ["3"]]
        assert [page.next_cursor for page in pages] == ["c1", "c2", None]
        assert [page.sync_token for page in pages] == [None, None, "s1"]
        assert [sent.body for sent in recorder.requests] == [
            {"limit": 2, "syncToken": "s0"},
            {"limit": 2, "syncToken": "s0", "cursor": "c1"},
            {"limit": 2, "syncToken": "s0", "cursor": "c2"},
        ]

    def test_are_fetched_only_as_far_as_they_are_looked_at(self, client: AshbyClient, recorder: Recorder) -> None:
        recorder.answers["candidate.list"] = [
            success([{"id": "1"}, {"id": "2"}], nextCursor="c1"),
            success([{"id": "3"}]),
        ]
        items = client.items(ListCandidates())
        assert [next(items)["id"], next(items)["id"]] == ["1", "2"]
        assert len(recorder.requests) == 1
        assert [item["id"] for item in items] == ["3"]
        assert len(recorder.requests) == 2

    @pytest.mark.parametrize(
        ("start", "cursors"), [(None, ["c1", "c1"]), (None, ["c1", "c2", "c1"]), ("c0", ["c0"]), ("c0", ["c1", "c0"])]
    )
    def test_stop_at_a_cursor_that_comes_again(
        self, client: AshbyClient, recorder: Recorder, start: str | None, cursors: list[str]
    ) -> None:
        recorder.answers["candidate.list"] = [
            success([{"id": str(number)}], moreDataAvailable=True, nextCursor=cursor)
            for number, cursor in enumerate(cursors)
        ]
        seen = []
        with pytest.raises(errors.PagingError) as caught:
            for record in islice(client.items(ListCandidates(cursor=start)), 10):
                seen.append(record["id"])
        assert seen == [str(number) for number in range(len(cursors))]
        assert len(recorder.requests) == len(cursors)
        assert caught.value.endpoint == "candidate.list"
        assert "same cursor twice" in str(caught.value)

    @pytest.mark.parametrize("code", ["next_cursor_expired", "invalid_next_cursor"])
    def test_say_that_a_cursor_expired_on_the_way(self, client: AshbyClient, recorder: Recorder, code: str) -> None:
        recorder.answers["candidate.list"] = [success([{"id": "1"}], nextCursor="c1"), failure(code)]
        with pytest.raises(errors.CursorExpiredError, match="list again from the first page"):
            list(client.items(ListCandidates()))

    @pytest.mark.parametrize("code", ["sync_token_expired", "sync_token_invalid", "incremental_sync_too_large"])
    def test_say_that_a_sync_token_is_of_no_use(self, client: AshbyClient, recorder: Recorder, code: str) -> None:
        recorder.answers["candidate.list"] = [failure(code)]
        with pytest.raises(errors.Refused, match="Drop `sync_token` and list everything again") as caught:
            client.call(ListCandidates(sync_token="old"))
        assert caught.value.code == code

    def test_of_a_hundred_threads_do_not_mix(self, client: AshbyClient, recorder: Recorder) -> None:
        def page(sent: Any) -> Answer:
            limit, cursor = sent.body["limit"], int(sent.body.get("cursor", 0))
            more = {"moreDataAvailable": True, "nextCursor": str(cursor + 1)} if cursor < 3 else {}
            return success([{"id": f"{limit}-{cursor}"}], **more)

        recorder.answers["candidate.list"] = [page]
        with ThreadPoolExecutor(20) as pool:
            found = list(
                pool.map(lambda limit: [r["id"] for r in client.items(ListCandidates(limit=limit))], range(1, 101))
            )
        assert found == [[f"{limit}-{cursor}" for cursor in range(4)] for limit in range(1, 101)]


def test_leaving_the_with_block_closes_the_connections(recorder: Recorder) -> None:
    before = threading.active_count()
    for _ in range(5):
        with AshbyClient(KEY, recorder.url) as client:
            client.call(READ)
    time.sleep(0.05)
    assert threading.active_count() <= before + 1
    assert json.loads(recorder.last.content) == {"id": ID}
