"""Retries over real sockets: which requests are retried and when, and which never are."""

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import Any

import pytest
from recorder import KEY, Answer, Recorder, raw_server, success, unused_port

from langchain_ashby import AshbyClient, AshbyError, AshbyToolkit, errors
from langchain_ashby.endpoints.candidates import CreateCandidate, GetCandidate, ListCandidates
from langchain_ashby.ids import short

pytestmark = pytest.mark.slow

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
READ = GetCandidate(candidate_id=ID)
WRITE = CreateCandidate(name="Ada Lovelace")
GOOD = success({"id": ID})

PAUSE = 0.2
"""Seconds of pause that replies ask for. Tests only assert lower bounds on times, which a busy machine cannot break."""


def failing(client: AshbyClient, request: Any) -> AshbyError:
    with pytest.raises(AshbyError) as caught:
        client.call(request)
    return caught.value


@pytest.fixture
def trying(recorder: Recorder) -> Iterator[AshbyClient]:
    with AshbyClient(KEY, recorder.url, timeout=60) as client:
        yield client


def answers(recorder: Recorder, *given: Answer | Callable[[Any], Answer]) -> None:
    for endpoint in ("candidate.info", "candidate.create"):
        recorder.answers[endpoint] = list(given)


class TestARead:
    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_is_sent_again_when_ashby_fails(self, trying: AshbyClient, recorder: Recorder, status: int) -> None:
        answers(recorder, Answer(b"", status), GOOD)
        assert trying.call(READ)["id"] == ID
        assert len(recorder.requests) == 2

    @pytest.mark.parametrize("broken", [Answer(b'{"success": tr'), Answer(b""), Answer(GOOD.content, cut=10)])
    def test_is_sent_again_when_the_reply_cannot_be_read(
        self, trying: AshbyClient, recorder: Recorder, broken: Answer
    ) -> None:
        answers(recorder, broken, GOOD)
        assert trying.call(READ)["id"] == ID

    def test_is_sent_again_when_no_answer_comes_in_time(self, recorder: Recorder) -> None:
        finish = threading.Event()

        def late(_: Any) -> Answer:
            finish.wait(60)
            return GOOD

        answers(recorder, late, GOOD)
        with AshbyClient(KEY, recorder.url, timeout=0.3, max_retries=50) as client:
            assert client.call(READ)["id"] == ID
        finish.set()

    def test_is_sent_this_often_and_no_more(self, recorder: Recorder) -> None:
        answers(recorder, Answer(b"", 500))
        with AshbyClient(KEY, recorder.url, max_retries=1) as client:
            assert isinstance(failing(client, READ), errors.ServerError)
        assert len(recorder.requests) == 2

    def test_waits_as_long_as_ashby_says_when_it_is_unavailable(self, trying: AshbyClient, recorder: Recorder) -> None:
        answers(recorder, Answer(b"", 503, {"Retry-After": str(PAUSE)}), GOOD)
        began = time.monotonic()
        trying.call(READ)
        assert time.monotonic() - began >= PAUSE

    @pytest.mark.parametrize("refusal", [Answer(b"", 401), Answer(b"", 403), Answer(b"", 404), Answer(b"", 302)])
    def test_is_not_sent_again_when_that_would_not_help(
        self, trying: AshbyClient, recorder: Recorder, refusal: Answer
    ) -> None:
        answers(recorder, refusal, GOOD)
        failing(trying, READ)
        assert len(recorder.requests) == 1


class TestAWrite:
    @pytest.mark.parametrize(
        "lost",
        [Answer(b"", 500), Answer(b"", 503, {"Retry-After": "0"}), Answer(b"{"), Answer(b""), Answer(b"<html>")],
        ids=["500", "503 with Retry-After", "broken", "empty", "a web page"],
    )
    def test_is_sent_once_if_it_may_have_taken_effect(
        self, trying: AshbyClient, recorder: Recorder, lost: Answer
    ) -> None:
        answers(recorder, lost, GOOD)
        assert failing(trying, WRITE).outcome_unknown
        assert len(recorder.requests) == 1

    def test_is_sent_again_after_a_429(self, trying: AshbyClient, recorder: Recorder) -> None:
        answers(recorder, Answer(b"", 429, {"Retry-After": "0"}), GOOD)
        assert trying.call(WRITE)["id"] == ID
        assert len(recorder.requests) == 2

    def test_goes_through_as_soon_as_a_server_listens(self) -> None:
        port = unused_port()
        connected = threading.Event()

        def listen() -> None:
            time.sleep(0.3)
            with socket.create_server(("127.0.0.1", port)) as listener:
                connection, _ = listener.accept()
                with connection:
                    connected.set()
                    connection.recv(65536)
                    connection.sendall(
                        b"HTTP/1.1 200 OK\r\nContent-Length: 29\r\n\r\n" + b'{"success":true,"results":{}}'
                    )

        server = threading.Thread(target=listen)
        server.start()
        with AshbyClient(KEY, f"http://127.0.0.1:{port}", timeout=60, max_retries=50) as client:
            assert client.call(WRITE) == {}
        server.join()
        assert connected.is_set()

    def test_never_goes_over_a_connection_that_waited(self, trying: AshbyClient, recorder: Recorder) -> None:
        for request in (READ, WRITE, READ, WRITE):
            trying.call(request)
        first_read, first_write, second_read, second_write = [sent.connection for sent in recorder.requests]
        assert first_read == second_read
        assert len({first_read, first_write, second_write}) == 3

    def test_that_is_interrupted_says_that_its_outcome_is_not_known(self, trying: AshbyClient) -> None:
        def interrupt(*_: Any) -> Any:
            raise KeyboardInterrupt

        trying._sender._exchange = interrupt  # type: ignore[assignment, method-assign]  # a signal can come at any instant
        with pytest.raises(KeyboardInterrupt) as caught:
            trying.call(WRITE)
        assert caught.value.__notes__ == [
            "candidate.create may or may not have taken effect: look before you try it again."
        ]


class TestA429:
    def test_gives_up_when_it_comes_again_and_again(self, recorder: Recorder) -> None:
        answers(recorder, Answer(b"", 429, {"Retry-After": "0"}))
        with AshbyClient(KEY, recorder.url, max_retries=2) as client:
            assert isinstance(failing(client, WRITE), errors.RateLimitError)
        assert len(recorder.requests) == 3

    def test_asks_for_a_pause_in_seconds(self, trying: AshbyClient, recorder: Recorder) -> None:
        answers(recorder, Answer(b"", 429, {"Retry-After": str(PAUSE)}), GOOD)
        began = time.monotonic()
        trying.call(READ)
        assert time.monotonic() - began >= PAUSE

    def test_asks_for_a_pause_until_a_date(self, trying: AshbyClient, recorder: Recorder) -> None:
        theirs = time.time() - 3600  # their clock is an hour behind
        headers = {"Date": formatdate(theirs, usegmt=True), "Retry-After": formatdate(theirs + 1, usegmt=True)}
        answers(recorder, Answer(b"", 429, headers), GOOD)
        began = time.monotonic()
        trying.call(READ)
        assert time.monotonic() - began >= 1

    def test_is_answered_at_once_when_the_pause_is_longer_than_the_budget(self, recorder: Recorder) -> None:
        answers(recorder, Answer(b"", 429, {"Retry-After": "3600"}))
        # Half of the longest pause: a budget of the same length would leave the next call just enough time to wait.
        with AshbyClient(KEY, recorder.url, budget=30) as client:
            began = time.monotonic()
            error = failing(client, READ)
            # The next call must not go out before the pause is over either.
            again = failing(client, READ)
        assert isinstance(error, errors.RateLimitError)
        assert isinstance(again, errors.RateLimitError)
        assert "The same call can succeed in" in again.for_model()
        assert time.monotonic() - began < 30
        assert len(recorder.requests) == 1

    def test_makes_all_threads_pause_and_then_continue_one_after_the_other(self, recorder: Recorder) -> None:
        arrivals: list[float] = []
        refusals = iter([True] * 8)
        all_are_under_way = threading.Barrier(8)

        def answer(_: Any) -> Answer:
            if next(refusals, False):
                all_are_under_way.wait(60)
                return Answer(b"", 429, {"Retry-After": "1"})
            arrivals.append(time.monotonic())
            return GOOD

        answers(recorder, answer)
        with AshbyClient(KEY, recorder.url) as client, ThreadPoolExecutor(8) as threads:
            began = time.monotonic()
            assert all(found["id"] == ID for found in threads.map(lambda _: client.call(READ), range(24)))
        assert min(arrivals) - began >= 1
        # Eight refusals in total, and no second ones: no stampede.
        assert len(recorder.requests) == 32
        first = sorted(arrivals)[:8]
        assert first[-1] - first[0] > 0.15


class TestPace:
    def test_keeps_to_the_requests_per_minute_over_all_threads(self, recorder: Recorder) -> None:
        answers(recorder, GOOD)
        with (
            AshbyClient(KEY, recorder.url, requests_per_minute=3600) as client,
            ThreadPoolExecutor(8) as threads,
        ):
            began = time.monotonic()
            list(threads.map(lambda _: client.call(READ), range(20)))
        assert time.monotonic() - began >= 0.3

    def test_heeds_headers_that_say_nothing_is_left(self, trying: AshbyClient, recorder: Recorder) -> None:
        answers(
            recorder,
            Answer(GOOD.content, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(PAUSE)}),
            GOOD,
        )
        began = time.monotonic()
        trying.call(READ)
        trying.call(READ)
        assert time.monotonic() - began >= PAUSE

    @pytest.mark.parametrize("reset", ["nan", "soon", "-1", ""])
    def test_ignores_headers_that_name_no_time(self, trying: AshbyClient, recorder: Recorder, reset: str) -> None:
        answers(recorder, Answer(GOOD.content, headers={"RateLimit-Remaining": "0", "RateLimit-Reset": reset}), GOOD)
        began = time.monotonic()
        trying.call(READ)
        trying.call(READ)
        assert time.monotonic() - began < 60  # any pause at all would be the maximum

    @pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
    def test_refuses_an_invalid_rate(self, rate: float) -> None:
        with pytest.raises(errors.ConfigurationError, match="requests_per_minute takes a number above 0"):
            AshbyClient(KEY, requests_per_minute=rate)


class TestBudget:
    @pytest.mark.parametrize("part", ["head", "body"])
    def test_ends_a_reply_that_comes_in_drips(self, part: str) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n"

        def drip(connection: socket.socket) -> None:
            connection.recv(65536)
            connection.sendall(head if part == "head" else head + b"\r\n")
            while True:
                connection.sendall(b"x")
                time.sleep(0.05)

        with raw_server(drip) as url, AshbyClient(KEY, url, timeout=60, budget=0.5) as client:
            began = time.monotonic()
            error = failing(client, WRITE)
        assert isinstance(error, errors.RequestTimeoutError)
        assert error.outcome_unknown
        assert time.monotonic() - began < 60  # the dripping would last more than an hour

    def test_is_for_all_attempts_together(self, recorder: Recorder) -> None:
        answers(recorder, Answer(b"", 500))
        with AshbyClient(KEY, recorder.url, budget=1, max_retries=10_000) as client:
            assert isinstance(failing(client, READ), errors.ServerError | errors.RequestTimeoutError)
        assert 1 < len(recorder.requests) < 1000

    @pytest.mark.parametrize("number", [0, -1, float("nan"), float("inf"), "5", None])
    @pytest.mark.parametrize("name", ["budget", "reply_limit"])
    def test_takes_no_number_that_is_no_limit(self, name: str, number: Any) -> None:
        with pytest.raises(errors.ConfigurationError, match=f"{name} takes a number above 0"):
            AshbyClient(KEY, **{name: number})

    @pytest.mark.parametrize("number", [-1, "3"])
    def test_takes_no_negative_number_of_retries(self, number: Any) -> None:
        with pytest.raises(errors.ConfigurationError, match="max_retries takes an integer from 0"):
            AshbyClient(KEY, max_retries=number)


class TestSize:
    @pytest.mark.parametrize("compressed", [False, True])
    def test_of_a_reply_is_bounded(self, recorder: Recorder, compressed: bool) -> None:
        content = b'{"success": true, "results": "' + b"x" * 5_000_000 + b'"}'
        reply = Answer(gzip.compress(content), headers={"Content-Encoding": "gzip"}) if compressed else Answer(content)
        answers(recorder, reply)
        with AshbyClient(KEY, recorder.url, reply_limit=1_000_000) as client:
            for request in (READ, WRITE):
                error = failing(client, request)
                assert isinstance(error, errors.ReplyTooLargeError)
                assert error.outcome_unknown is (request is WRITE)
        assert len(recorder.requests) == 2


class TestCancellation:
    async def test_ends_a_read_at_once(self, recorder: Recorder) -> None:
        finish = threading.Event()
        answers(recorder, lambda _: (finish.wait(60) and GOOD) or GOOD)
        with AshbyClient(KEY, recorder.url) as client:
            (tool,) = AshbyToolkit(client, include=["ashby_get_candidate"]).get_tools()
            waiting = asyncio.ensure_future(tool.ainvoke({"candidate_id": ID}))
            while not recorder.requests:
                await asyncio.sleep(0.01)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            await asyncio.to_thread(_all_threads_idle, client)
            assert not finish.is_set()
            finish.set()

    async def test_lets_a_write_come_to_its_end(self, recorder: Recorder) -> None:
        finish, answered = threading.Event(), threading.Event()

        def answer(_: Any) -> Answer:
            finish.wait(60)
            answered.set()
            return GOOD

        answers(recorder, answer)
        with AshbyClient(KEY, recorder.url) as client:
            (tool,) = AshbyToolkit(client, include=["ashby_create_candidate"]).get_tools()
            waiting = asyncio.ensure_future(tool.ainvoke({"name": "Ada Lovelace"}))
            while not recorder.requests:
                await asyncio.sleep(0.01)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            finish.set()
            assert await asyncio.to_thread(answered.wait, 60)
        assert len(recorder.requests) == 1

    async def test_of_a_read_that_waits_leaves_its_connection_to_whoever_uses_it_now(self, recorder: Recorder) -> None:
        asked, finish = threading.Event(), threading.Event()

        def answer(_: Any) -> Answer:
            asked.set()
            finish.wait(60)
            return GOOD

        answers(recorder, Answer(b"", 503, {"Retry-After": "30"}), answer)
        with AshbyClient(KEY, recorder.url) as client:
            (tool,) = AshbyToolkit(client, include=["ashby_get_candidate"]).get_tools()
            waiting = asyncio.ensure_future(tool.ainvoke({"candidate_id": ID}))
            while not recorder.requests:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)  # the reply has arrived, and the read is waiting to retry
            other = asyncio.ensure_future(tool.ainvoke({"candidate_id": ID}))
            assert await asyncio.to_thread(asked.wait, 60)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            finish.set()
            assert short(ID) in await other
        first, second = recorder.requests  # the second was not aborted and resent
        assert first.connection == second.connection


class TestTools:
    async def test_run_at_once_under_asyncio_as_far_as_there_are_connections(self, recorder: Recorder) -> None:
        most, busy, all_there, guard = 0, 0, threading.Event(), threading.Lock()

        def answer(_: Any) -> Answer:
            nonlocal most, busy
            with guard:
                busy += 1
                most = max(most, busy)
                if busy == 5:
                    all_there.set()
            # The admitted calls wait for each other, and a little longer for one too many.
            all_there.wait(60)
            time.sleep(0.1)
            with guard:
                busy -= 1
            return GOOD

        answers(recorder, answer)
        with AshbyClient(KEY, recorder.url, max_connections=5) as client:
            (tool,) = AshbyToolkit(client, include=["ashby_get_candidate"]).get_tools()
            await asyncio.gather(*(tool.ainvoke({"candidate_id": ID}) for _ in range(10)))
        assert most == 5
        assert len({request.connection for request in recorder.requests}) == 5

    async def test_that_wait_for_their_turn_are_not_cancelled_when_the_client_is_closed(
        self, recorder: Recorder
    ) -> None:
        finish = threading.Event()
        answers(recorder, lambda _: (finish.wait(60) and GOOD) or GOOD)
        with AshbyClient(KEY, recorder.url, max_connections=1) as client:
            (tool,) = AshbyToolkit(client, include=["ashby_get_candidate"]).get_tools()
            waiting = [asyncio.ensure_future(tool.ainvoke({"candidate_id": ID})) for _ in range(3)]
            while not recorder.requests:
                await asyncio.sleep(0.01)
            client.close()
            finish.set()
            assert all(short(ID) in text for text in await asyncio.gather(*waiting))

    def test_need_a_connection(self) -> None:
        with pytest.raises(errors.ConfigurationError, match="max_connections"):
            AshbyClient(KEY, max_connections=0)


def _all_threads_idle(client: AshbyClient) -> None:
    client._threads.close(wait=True)


def test_a_listing_of_empty_pages_ends(trying: AshbyClient, recorder: Recorder) -> None:
    cursors = iter(range(1000))

    def answer(_: Any) -> Answer:
        return success([], moreDataAvailable=True, nextCursor=str(next(cursors)))

    recorder.answers["candidate.list"] = [answer]
    with pytest.raises(errors.PagingError, match="100 empty pages in a row"):
        list(trying.items(ListCandidates()))
