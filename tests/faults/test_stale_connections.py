"""Connections closed by the server while idle, as when a person takes their time to approve a write."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from recorder import KEY, raw_server

from langchain_ashby import AshbyClient, errors
from langchain_ashby.endpoints import CreateCandidateNote, GetCandidate
from langchain_ashby.sandbox import AshbySandbox

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
READ = GetCandidate(candidate_id=ID)
WRITE = CreateCandidateNote(candidate_id=ID, note="Met.")
KEEP_ALIVE = 0.03


def test_a_write_at_the_moment_when_the_connection_is_closed_goes_through_once() -> None:
    """In many rounds, the server closes the connection of a read at about the time of the write."""
    rounds, workers = 60, 4
    with AshbySandbox(candidates=3, keep_alive=KEEP_ALIVE) as sandbox:
        candidate = sandbox.records("candidate")[0]["id"]
        with AshbyClient(sandbox.api_key, sandbox.url, timeout=10) as client:

            def work(number: int) -> None:
                rng = random.Random(number)
                for at in range(rounds):
                    client.call(GetCandidate(candidate_id=candidate))
                    time.sleep(rng.uniform(0, 2 * KEEP_ALIVE))
                    client.call(CreateCandidateNote(candidate_id=candidate, note=f"Note {number}-{at}."))

            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(work, range(workers)))
        written = [it["body"]["note"]["value"] for it in sandbox.requests() if it["endpoint"] == "candidate.createNote"]
        assert sorted(written) == sorted(f"Note {number}-{at}." for number in range(workers) for at in range(rounds))
        assert all(entry["ok"] for entry in sandbox.requests())


class Answering:
    """Answers a number of requests per connection, then hangs up on the next one, before or after reading it."""

    def __init__(self, answers: int, *, reads_first: bool) -> None:
        self._answers = answers
        self._reads_first = reads_first
        self.connections = 0
        self.answered: list[str] = []

    def __call__(self, connection: socket.socket) -> None:
        self.connections += 1
        # A kept-open connection must not block others.
        threading.Thread(target=self._talk, args=(connection.dup(),), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        for _ in range(self._answers):
            request = _request(connection)
            if request is None:
                return
            self.answered.append(request)
            body = json.dumps({"success": True, "results": {"id": ID}}).encode()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        if self._reads_first:
            _request(connection)
        else:
            connection.recv(1)


def _request(connection: socket.socket) -> str | None:
    """Reads a whole request; returns its path."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return None
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head.split()[1].decode().removeprefix("/")


@pytest.mark.parametrize("reads_first", [False, True], ids=["at once", "when it has read the request"])
class TestAServerThatHangsUp:
    def test_on_the_second_request_of_a_connection_gets_reads_again_and_writes_once(self, reads_first: bool) -> None:
        server = Answering(1, reads_first=reads_first)
        with raw_server(server) as url, AshbyClient(KEY, url, timeout=5) as client:
            for _ in range(20):
                assert client.call(READ) == {"id": ID}
                assert client.call(WRITE) == {"id": ID}
        assert server.answered.count("candidate.createNote") == 20
        assert server.answered.count("candidate.info") == 20

    def test_on_every_request_gets_a_write_once_and_its_outcome_is_unknown(self, reads_first: bool) -> None:
        server = Answering(0, reads_first=reads_first)
        with raw_server(server) as url, AshbyClient(KEY, url, timeout=5) as client:
            with pytest.raises(errors.UnreachableError) as lost:
                client.call(WRITE)
            assert lost.value.outcome_unknown
            assert server.connections == 1

    def test_on_every_request_gets_a_read_as_often_as_allowed(self, reads_first: bool) -> None:
        server = Answering(0, reads_first=reads_first)
        with raw_server(server) as url, AshbyClient(KEY, url, timeout=5, max_retries=1) as client:
            with pytest.raises(errors.UnreachableError):
                client.call(READ)
            assert server.connections == 2


def test_a_server_that_closes_connections_at_once_gets_no_write_twice() -> None:
    """The client cannot tell whether the server read the write, so it must not send it again."""
    arrived: list[str | None] = []

    def talk(connection: socket.socket) -> None:
        connection.shutdown(socket.SHUT_WR)
        arrived.append(_request(connection))

    with raw_server(talk) as url, AshbyClient(KEY, url, timeout=5) as client:
        with pytest.raises(errors.UnreachableError) as lost:
            client.call(WRITE)
        assert lost.value.outcome_unknown
    assert arrived.count("candidate.createNote") <= 1
