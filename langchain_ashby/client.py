"""The client for Ashby's API: calls, pages and uploads over one pool of connections."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar, copy_context
from functools import cached_property
from types import TracebackType
from typing import Any, Self, TypeVar

import requests
from pydantic import SecretStr
from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from langchain_ashby.endpoint import Access, Endpoint, Operation, Page, Paged
from langchain_ashby.endpoints.internal import CreateFileUploadHandle
from langchain_ashby.errors import (
    AshbyError,
    ConfigurationError,
    PagingError,
    RateLimitError,
    Refused,
    RequestTimeoutError,
    UnexpectedStatusError,
    calling,
)
from langchain_ashby.http import settings, transport, wire
from langchain_ashby.http.approved import check_approved
from langchain_ashby.http.attempt import RequestLog, logged
from langchain_ashby.http.deadline import Deadline, DeadlineExceeded, current, within
from langchain_ashby.http.network import public_only
from langchain_ashby.http.observer import changes_ashby, observer_of, tell_of
from langchain_ashby.http.rate_limit import LONGEST_PAUSE, RateLimit
from langchain_ashby.http.storage import StorageAddress
from langchain_ashby.http.uploads import LocalFile, read_upload

R = TypeVar("R")
T = TypeVar("T")

EMPTY_PAGES = 100
"""A listing ends with an error after this many empty pages in a row."""

MORE_PAGES = 50
"""The most further pages to read of a listing that, by its documentation, has none."""

_log = logging.getLogger("langchain_ashby.http")


class AshbyClient:
    """A client for Ashby's API; threads may share it.

    A request that certainly had no effect is repeated: if no connection could be made, and after a 429. A read is also
    repeated if Ashby failed, did not answer in time or sent an unreadable reply. A write that may have taken effect is
    never repeated; its error has `outcome_unknown`.

    Every request is logged under `langchain_ashby.http`, even if it is interrupted: method, status or kind of error,
    milliseconds, attempt and Ashby's request id at INFO, retries and pauses at WARNING. The key, bodies and personal
    data are never logged; a request id that is not one word with a digit, or holds the key, is dropped.

    Args:
        api_key: The key; defaults to `ASHBY_API_KEY`.
        base_url: Ashby's address; defaults to `ASHBY_BASE_URL`, or else to Ashby itself. It has to be https unless it
            is this machine.
        timeout: Seconds to wait for a connection and then for each piece of the reply; one number or a pair.
        budget: Seconds that a call may take in all, with its retries, waits and look-ups.
        max_retries: How often a request is repeated at most.
        requests_per_minute: The most requests that all threads together send in a minute; no limit by default. Pauses
            that Ashby asks for in a 429 are always kept.
        max_connections: The number of connections that are kept open, and of tools that run at once under asyncio.
        on_behalf_of: The id of the user to act for. The key must be allowed to.
        upload_dirs: Directories below which local files may be uploaded; none by default.
        upload_limit: The most bytes that an uploaded file may have.
        reply_limit: The most bytes that a reply may have, decompressed.
        session: A `requests.Session` of your own, with its proxies, adapters, certificates and hooks; you close it.
            The client adds the key to each request, never to `session.headers`, and keeps to its own timeouts, limits
            and retries, without redirects; an adapter's `max_retries` do not apply. Before a write it closes the idle
            connections of the session's adapter. A reply counts even if a hook raises one of requests' errors, as
            `raise_for_status` does. Only the connections of an `HTTPAdapter` end by `budget`.

    Raises:
        MissingAPIKeyError: if there is no key.
        ConfigurationError: if the key, the base URL, a time, a limit or `upload_dirs` cannot be right, or if `session`
            would repeat a POST by itself. A write raises it too if `session` has come to do so since, and any call
            raises it if the proxy cannot be one or the certificates cannot be read; then nothing was sent.
    """

    base_url: str = settings.BASE_URL

    def __init__(
        self,
        api_key: str | SecretStr | None = None,
        base_url: str | None = None,
        *,
        timeout: float | tuple[float, float] = (5.0, 60.0),
        budget: float = 120.0,
        max_retries: int = 3,
        requests_per_minute: float | None = None,
        max_connections: int = transport.CONNECTIONS,
        on_behalf_of: str | None = None,
        upload_dirs: Iterable[str | os.PathLike[str]] = (),
        upload_limit: int = 20_000_000,
        reply_limit: int = 32_000_000,
        session: requests.Session | None = None,
    ) -> None:
        # Wrapped at once, so that no frame of a traceback holds it as text.
        self._api_key = api_key = settings.secret(api_key if api_key is not None else os.environ.get("ASHBY_API_KEY"))
        settings.check_key(api_key)
        self.base_url = settings.web_address(base_url or os.environ.get("ASHBY_BASE_URL") or settings.BASE_URL)
        self.timeout = settings.seconds(timeout)
        self.budget = settings.above_zero("budget", budget)
        self.reply_limit = settings.above_zero("reply_limit", reply_limit)
        self.max_connections = settings.above_zero("max_connections", max_connections)
        if max_retries < 0:
            raise ConfigurationError("max_retries takes a number from 0")
        self._retry = Retry(
            total=max_retries,
            backoff_factor=_BACKOFF,
            backoff_jitter=_BACKOFF,
            backoff_max=_LONGEST_BACKOFF,
        )
        self._rate_limit = RateLimit(requests_per_minute)
        self.upload_dirs = settings.directories(upload_dirs)
        self.upload_limit = settings.above_zero("upload_limit", upload_limit)
        self._on_behalf_of = None if on_behalf_of is None else settings.user(on_behalf_of)
        self._auth = transport.KeyAuth(api_key)
        self._own_session = session is None
        if session is not None:
            transport.refuse_to_repeat(session, f"{self.base_url}/")
        self._session = self._open_session() if session is None else session
        self._threads: ThreadPoolExecutor | None = None
        self._guard = threading.Lock()
        self.written: Counter[type | None] = Counter()
        """The number of writes of each kind of record, whether or not they took effect."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def __getstate__(self) -> None:
        raise TypeError("an AshbyClient cannot be copied or pickled: it holds a key")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections, but not a session of your own. Calls under way finish; later calls open new ones."""
        if self._own_session:
            self._session.close()
        with self._guard:
            threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False)  # calls that wait for their turn still run: they were not canceled

    @cached_property
    def account(self) -> str:
        """A fingerprint of the base URL and the key: it tells accounts apart, and neither can be found out from it.

        It is made slowly, so that it is of no use for guessing a key.
        """
        secret = self._api_key.get_secret_value().encode()
        return hashlib.pbkdf2_hmac("sha256", secret, self.base_url.encode(), _ROUNDS, dklen=8).hex()

    @property
    def on_behalf_of(self) -> str | None:
        """The id of the user for whom a call made in this thread or task acts; None if it acts as the key itself."""
        return _acting_for.get().get(self, self._on_behalf_of)

    @contextmanager
    def acting_for(self, user_id: str | None) -> Iterator[None]:
        """Acts on behalf of another user within the block, in this thread or task only; None changes nothing.

        A thread that is started inside the block does the same if it runs in a copy of the context (`contextvars`).
        """
        if user_id is None:
            yield
            return
        before = _acting_for.set({**_acting_for.get(), self: settings.user(user_id)})
        try:
            yield
        finally:
            _acting_for.reset(before)

    def call(self, request: Operation[R]) -> R:
        """Performs an operation and returns its result, Ashby's JSON.

        Raises:
            AshbyError: of the kind that fits the failure; see `langchain_ashby.errors`.
        """
        return self.exchange(request).result

    def exchange(self, request: Operation[R]) -> wire.Reply[R]:
        """Performs an operation and returns its result with Ashby's warnings and request ids.

        Raises:
            AshbyError: as for `call`. Its `done` names what earlier steps of the operation had changed.
        """
        conversation = _Conversation(self)
        with self.deadline(), calling(request.path, request.permission):
            try:
                result = request.perform(conversation)
            except AshbyError as error:
                tell_of(error)
                if conversation.changed and not error.done:
                    error.done = f"Already done: {', '.join(conversation.changed)}."
                    error.retryable = False  # the same call would repeat it
                raise
        warnings, ids = tuple(conversation.warnings), tuple(conversation.request_ids)
        return wire.Reply(result, warnings, ids, conversation.more)

    @contextmanager
    def deadline(self) -> Iterator[Deadline]:
        """Gives all calls made within the block one deadline: `budget` seconds from now, or that of an outer block."""
        with within(current() or Deadline(self.budget)) as deadline:
            yield deadline

    async def run_blocking(self, work: Callable[[], T], *, cancellable: bool) -> T:
        """Runs blocking calls in the client's thread pool under one deadline, and waits for their result.

        Args:
            work: The calls.
            cancellable: True to end them if this coroutine is canceled. Otherwise they finish in the background and
                their result is dropped.
        """
        deadline = Deadline(self.budget)
        context = copy_context()

        def run() -> T:
            with within(deadline):
                return work()

        with self._guard:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self.max_connections, thread_name_prefix="ashby")
            future = self._threads.submit(context.run, run)
        if (collected := _collected.get()) is not None:
            collected.append(future)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if cancellable:
                deadline.cancel()
            raise

    def pages(self, request: Paged[T]) -> Iterator[Page[T]]:
        """Iterates over the pages of a listing.

        Raises:
            PagingError: if Ashby repeats a cursor or gives 100 empty pages in a row: the listing would never end.
            CursorExpiredError: if the cursor gets too old on the way; the listing has to start again.
        """
        return _pages(self.call, request)

    def items(self, request: Paged[T]) -> Iterator[T]:
        """Iterates over all records of a listing, fetching a page at a time."""
        return _items(self.call, request)

    def upload(self, path: str, context: str) -> str:
        """Uploads a local file and returns Ashby's handle for it, which is valid for ten minutes.

        Args:
            path: A file below one of `upload_dirs`.
            context: Its purpose: `CandidateResume`, `CandidateFiles` or `ApplicationForm`.

        Raises:
            ArgumentError: if the file may not be read, is missing, empty or too large.
        """
        with self.deadline():
            return _Conversation(self).upload(path, context)

    def local_file(self, path: str) -> LocalFile:
        """Reads a local file as `upload` would, without uploading it.

        Raises:
            ArgumentError: if the file may not be read, is missing, empty or too large.
        """
        return read_upload(path, self.upload_dirs, self.upload_limit)

    def _post(self, request: Endpoint[R]) -> wire.Reply[R]:
        """Sends a request, again where that is safe, and reads the reply."""
        with self.deadline() as deadline, calling(request.path, request.permission):
            retry, attempt = self._retry, 1
            while True:
                turn = self._turn(deadline)
                try:
                    return self._attempt(request, deadline, turn, attempt)
                except AshbyError as failure:
                    if failure.outcome_unknown:
                        raise
                    observer_of(request).not_made(request)
                    if not failure.retryable:
                        raise
                    try:
                        retry = retry.increment("POST", request.path)
                    except MaxRetryError:
                        raise failure from None
                    wait = retry.get_backoff_time()
                    if not isinstance(failure, RateLimitError):  # that is a pause for all threads, which _turn keeps
                        wait = max(wait, min(failure.retry_after or 0, LONGEST_PAUSE))
                    if not deadline.allows(wait):
                        raise
                    attempt += 1
                    _log.warning(
                        "%s failed with %s: attempt %d in %.1f s", request.path, type(failure).__name__, attempt, wait
                    )
                with suppress(DeadlineExceeded):  # _turn raises it again, as an error of ours
                    deadline.sleep(wait)

    def _turn(self, deadline: Deadline) -> float:
        """Waits until a request may be sent, and returns the moment at which its turn came."""
        try:
            return self._rate_limit.acquire(deadline)
        except DeadlineExceeded:
            raise RequestTimeoutError("The call was canceled") from None

    def _attempt(self, request: Endpoint[R], deadline: Deadline, turn: float, attempt: int) -> wire.Reply[R]:
        observer_of(request).sending(request)
        log = RequestLog(request.path, attempt)
        status, headers, body = logged(
            lambda: self._exchange(request, deadline),
            request,
            log,
            lambda: transport.fault(self._session, self._url(request)),
        )
        if status != 429:
            self._rate_limit.accepted(headers)
        try:
            reply = wire.decode(request, status, headers, body, self._api_key)
        except AshbyError as refusal:
            log.write(status, refusal.request_id)
            if isinstance(refusal, RateLimitError):
                self._rate_limit.refused(turn, refusal.retry_after)
            raise
        log.write(status, *reply.request_ids)
        return reply

    def _exchange(self, request: Endpoint[Any], deadline: Deadline) -> tuple[int, Any, bytes]:
        """Sends a request and returns status, headers and body of the reply.

        A write has a connection of its own. One that was kept open may be closed by the other side at the moment of
        sending, after a person took their time, and then no one could tell whether the write arrived.
        """
        url = self._url(request)
        if request.access is Access.WRITE and self._own_session:
            with self._open_session() as session:
                transport.prepare(session, url)
                return self._send(session, request, deadline)
        if request.access is Access.WRITE:
            transport.refuse_to_repeat(self._session, url)  # its adapters may have changed
            transport.prepare(self._session, url)
            transport.drop_idle_connections(self._session, url)
        elif not self._own_session:
            transport.prepare(self._session, url)
        return self._send(self._session, request, deadline)

    def _send(self, session: requests.Session, request: Endpoint[Any], deadline: Deadline) -> tuple[int, Any, bytes]:
        left = deadline.remaining()
        user = self.on_behalf_of
        with transport.post(
            session,
            self._url(request),
            auth=self._auth,
            data=wire.encode(request),
            headers={**wire.HEADERS, "X-On-Behalf-Of": user} if user else wire.HEADERS,
            timeout=(min(self.timeout[0], left), min(self.timeout[1], left)),
        ) as response:
            return response.status_code, response.headers, transport.body(response, self.reply_limit, request)

    def _url(self, request: Endpoint[Any]) -> str:
        return f"{self.base_url}/{request.path}"

    def _open_session(self) -> requests.Session:
        return transport.session(self.base_url, self.max_connections)

    def _store(self, url: str, fields: dict[str, str], name: str, content_type: str, content: bytes) -> None:
        """Sends a file to the address that Ashby gave: fields first, file last, and never the key."""
        storage = StorageAddress.allowed(url, self.base_url)
        if storage is None:
            raise UnexpectedStatusError("Ashby gave an upload address that is not public https; the file was not sent")
        log = RequestLog("file storage", 1)
        with ExitStack() as stack:
            session = stack.enter_context(transport.session(url)) if self._own_session else self._session
            if not storage.own:
                stack.enter_context(public_only())

            def send() -> int:
                transport.prepare(session, url)
                try:
                    left = (current() or Deadline(self.budget)).remaining()
                except DeadlineExceeded:
                    raise RequestTimeoutError(
                        "No time was left to store the file; nothing was changed in Ashby"
                    ) from None
                with transport.post(
                    session,
                    url,
                    auth=transport.NoAuth(),
                    data=fields,
                    files={"file": (name, content, content_type)},
                    headers={"Authorization": None, "Content-Type": None},  # not those of the session
                    # While it sends, urllib3 waits as long as for a connection, and a file takes longer than that.
                    timeout=min(max(self.timeout), left),
                ) as response:
                    return response.status_code  # the storage's reply is not read further

            status = logged(send, None, log, lambda: transport.fault(session, url))
        log.write(status)
        if not 200 <= status < 300:
            raise UnexpectedStatusError(
                f"The file could not be stored (HTTP {status}); nothing was changed in Ashby",
                status=status,
                retryable=True,
            )


@contextmanager
def collecting_futures() -> Iterator[list[Future[Any]]]:
    """Collects the futures that `run_blocking` submits within the block, in this task and in those that it starts."""
    collected: list[Future[Any]] = []
    before = _collected.set(collected)
    try:
        yield collected
    finally:
        _collected.reset(before)


_collected: ContextVar[list[Future[Any]] | None] = ContextVar("collected", default=None)

_BACKOFF, _LONGEST_BACKOFF = 0.5, 10  # seconds

_ROUNDS = 20_000
"""Of the hash that makes a fingerprint of a key: some milliseconds, once per client."""

_acting_for: ContextVar[Mapping[AshbyClient, str]] = ContextVar("acting_for", default={})  # noqa: B039  # never changed


class _Conversation:
    """The calls of one operation. Collects the replies' warnings and request ids, and the writes that succeeded."""

    def __init__(self, client: AshbyClient) -> None:
        self._client = client
        self.warnings: list[str] = []
        self.request_ids: list[str] = []
        self.changed: list[str] = []
        self.more = False

    def call(self, request: Operation[R]) -> R:
        return request.perform(self)

    def items(self, request: Paged[T]) -> Iterator[T]:
        return _items(self.call, request)

    def send(self, request: Endpoint[R]) -> R:
        check_approved(request)
        try:
            reply = self._posted(request)
        finally:
            if request.access is Access.WRITE:
                self._client.written[request.record()] += 1
        if reply.more and isinstance(reply.result, list):
            self._read_on(request, reply, reply.result)
        if changes_ashby(type(request)):
            self.changed.append(request.path)
            observer_of(request).answered(request, reply.result)
        return reply.result

    def _posted(self, request: Endpoint[R]) -> wire.Reply[R]:
        reply = self._client._post(request)
        self.warnings += reply.warnings
        self.request_ids += reply.request_ids
        return reply

    def _read_on(self, request: Endpoint[Any], reply: wire.Reply[Any], found: list[Any]) -> None:
        """Reads the further pages that Ashby gives of a listing that, by its documentation, has none."""
        seen: set[str] = set()
        while reply.next_cursor and reply.next_cursor not in seen and len(seen) < MORE_PAGES:
            seen.add(reply.next_cursor)
            try:
                following = self._posted(request.continued(reply.next_cursor))
            except Refused:
                break  # it takes no cursor, as documented
            if not isinstance(following.result, list) or following.result == reply.result:
                break  # it ignores the cursor
            reply = following
            found += following.result
        if reply.more:
            self.more = True
            _log.warning("%s: Ashby has more records than it gives", request.path)

    def upload(self, path: str, context: str) -> str:
        file = self._client.local_file(path)
        handle = self.call(
            CreateFileUploadHandle.model_validate(
                {
                    "file_upload_context": context,
                    "filename": file.name,
                    "content_type": file.content_type,
                    "content_length": len(file.content),
                }
            )
        )
        self._client._store(handle["url"], handle["fields"], file.name, file.content_type, file.content)
        return handle["handle"]


def _pages(call: Callable[[Paged[T]], Page[T]], request: Paged[T]) -> Iterator[Page[T]]:
    seen, empty = {request.cursor}, 0
    while True:
        page = call(request)
        yield page
        if page.next_cursor is None:
            return
        empty = 0 if page.results else empty + 1
        if page.next_cursor in seen or empty == EMPTY_PAGES:
            problem = "the same cursor twice" if page.next_cursor in seen else f"{empty} empty pages in a row"
            raise PagingError(f"Ashby gave {problem}", endpoint=request.path, remedy="List again from the first page.")
        seen.add(page.next_cursor)
        request = request.model_copy(update={"cursor": page.next_cursor})


def _items(call: Callable[[Paged[T]], Page[T]], request: Paged[T]) -> Iterator[T]:
    for page in _pages(call, request):
        yield from page.results
