"""The client: one HTTP connection pool to Ashby, and the calls, pages and uploads that go over it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
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
    RequestTimeoutError,
    UnexpectedStatusError,
)
from langchain_ashby.http import settings, wire
from langchain_ashby.http import transport as connections
from langchain_ashby.http.deadline import Budget, OutOfTime, current, within
from langchain_ashby.http.rate_limit import LONGEST_PAUSE, Pace
from langchain_ashby.http.uploads import LocalFile, read_upload

R = TypeVar("R")
T = TypeVar("T")

EMPTY_PAGES = 100
"""So many pages in a row with nothing on them are no listing any more."""


class AshbyClient:
    """A client for Ashby's API; threads may share it.

    A request that had no effect for certain is repeated: where no connection could be made, and after a 429. A read is
    repeated as well when Ashby failed, did not answer in time or sent what cannot be read. A write that may have taken
    effect is never repeated; its error says `outcome_unknown`.

    Args:
        api_key: The key; `ASHBY_API_KEY` if left out.
        base_url: Where Ashby is; `ASHBY_BASE_URL`, or else Ashby itself. It has to be https unless it is this machine.
        timeout: Seconds to wait for a connection and then for each piece of the reply; one number or a pair.
        budget: Seconds that a call may take in all, with its repetitions and waits.
        max_retries: How often a request is repeated at most.
        requests_per_minute: The most requests that all threads together send in a minute; no limit if left out. What
            Ashby says in a 429 is heeded in any case.
        max_connections: How many connections are kept open, and how many tools run at once under asyncio.
        on_behalf_of: The id of the user to act as. The key must be allowed to.
        upload_dirs: Directories below which local files may be uploaded. None, unless the application says so.
        upload_limit: The most bytes that an uploaded file may have.
        reply_limit: The most bytes that a reply may have, decompressed.

    Raises:
        MissingAPIKeyError: if there is no key.
        ConfigurationError: if the key, the base URL, a time, a limit or `upload_dirs` cannot be right.
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
        max_connections: int = connections.CONNECTIONS,
        on_behalf_of: str | None = None,
        upload_dirs: Iterable[str | os.PathLike[str]] = (),
        upload_limit: int = 20_000_000,
        reply_limit: int = 32_000_000,
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
        self._pace = Pace(requests_per_minute)
        self.upload_dirs = settings.directories(upload_dirs)
        self.upload_limit = settings.above_zero("upload_limit", upload_limit)
        self._on_behalf_of = None if on_behalf_of is None else settings.user(on_behalf_of)
        self._session = self._open_session()
        self._threads: ThreadPoolExecutor | None = None
        self._guard = threading.Lock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"

    def __getstate__(self) -> None:
        raise TypeError("an AshbyClient is not copied or pickled: it holds a key")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Calls under way come to their end; new ones are opened if the client is used again."""
        self._session.close()
        with self._guard:
            threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False)  # what waits for its turn still runs: nobody cancelled it

    @property
    def on_behalf_of(self) -> str | None:
        """The id of the user for whom a call made here and now would act; None for nobody but the key's owner."""
        return _acting_for.get().get(self, self._on_behalf_of)

    @contextmanager
    def acting_for(self, user_id: str | None) -> Iterator[None]:
        """Act on behalf of another user as long as this lasts, in this thread or task only; None changes nothing.

        A thread that is started meanwhile does the same if it runs in a copy of the context (`contextvars`).
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
        """Perform an operation and return its result, Ashby's JSON.

        Raises:
            AshbyError: of a kind that says what went wrong; see `langchain_ashby.errors`.
        """
        return self.exchange(request).result

    def exchange(self, request: Operation[R]) -> wire.Reply[R]:
        """Perform an operation and return its result with Ashby's warnings and request ids."""
        conversation = _Conversation(self)
        with within(current() or Budget(self.budget)):
            result = request.perform(conversation)
        return wire.Reply(result, tuple(conversation.warnings), tuple(conversation.request_ids))

    async def run_blocking(self, work: Callable[[], T], *, stops: bool) -> T:
        """Let calls of this client run in a thread of its own, with one budget, and wait for what they give.

        Args:
            work: The calls.
            stops: Whether they end when this is cancelled. Otherwise they come to their end, and nobody learns of it.
        """
        budget = Budget(self.budget)
        context = copy_context()

        def run() -> T:
            with within(budget):
                return work()

        with self._guard:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self.max_connections, thread_name_prefix="ashby")
            started = self._threads.submit(context.run, run)
        if (noted := _noted.get()) is not None:
            noted.append(started)
        try:
            return await asyncio.wrap_future(started)
        except asyncio.CancelledError:
            if stops:
                budget.stop()
            raise

    def pages(self, request: Paged[T]) -> Iterator[Page[T]]:
        """Go through the pages of a listing.

        Raises:
            PagingError: if Ashby gives a cursor that it gave before, or 100 empty pages: the listing would never end.
            CursorExpiredError: if the cursor got too old on the way; the listing has to start again.
        """
        return _pages(self.call, request)

    def items(self, request: Paged[T]) -> Iterator[T]:
        """Go through all records of a listing, a page at a time."""
        return _items(self.call, request)

    def upload(self, path: str, context: str) -> str:
        """Upload a local file and return Ashby's handle for it, which lives ten minutes.

        Args:
            path: A file below one of `upload_dirs`.
            context: What it is for: `CandidateResume`, `CandidateFiles` or `ApplicationForm`.

        Raises:
            ArgumentError: if the file may not be read, is missing, empty or too large.
        """
        with within(current() or Budget(self.budget)):
            return _Conversation(self).upload(path, context)

    def local_file(self, path: str) -> LocalFile:
        """Read a local file as `upload` would, without uploading it.

        Raises:
            ArgumentError: if the file may not be read, is missing, empty or too large.
        """
        return read_upload(path, self.upload_dirs, self.upload_limit)

    def _post(self, request: Endpoint[R]) -> wire.Reply[R]:
        """Send a request, again where that is safe, and read the reply."""
        budget, retry = current() or Budget(self.budget), self._retry
        while True:
            turn = self._turn(request, budget)
            try:
                return self._attempt(request, budget, turn)
            except AshbyError as failure:
                if failure.outcome_unknown or not failure.retryable:
                    raise
                try:
                    retry = retry.increment("POST", request.path)
                except MaxRetryError:
                    raise failure from None
                wait = retry.get_backoff_time()
                if not isinstance(failure, RateLimitError):  # that is a pause for all threads, which _turn keeps
                    wait = max(wait, min(failure.retry_after or 0, LONGEST_PAUSE))
                if not budget.allows(wait):
                    raise
            with suppress(OutOfTime):  # _turn says it
                budget.sleep(wait)

    def _turn(self, request: Endpoint[Any], budget: Budget) -> float:
        """Wait until the request may go, and return since when it may."""
        try:
            return self._pace.wait(budget)
        except RateLimitError as error:
            error.endpoint, error.permission = request.path, request.permission
            raise
        except OutOfTime:
            pass
        raise RequestTimeoutError("The call was stopped", endpoint=request.path, permission=request.permission)

    def _attempt(self, request: Endpoint[R], budget: Budget, turn: float) -> wire.Reply[R]:
        try:
            # A write has a connection of its own. One that was kept open may be closed by the other side at the moment
            # of sending, after a person took their time, and then nobody could tell whether the write arrived.
            if request.access is Access.WRITE:
                with self._open_session() as session:
                    status, headers, body = self._exchange(session, request, budget)
            else:
                status, headers, body = self._exchange(self._session, request, budget)
        except requests.RequestException as error:
            failure = connections.no_reply(error, request)
        except OutOfTime:
            failure = RequestTimeoutError("No time was left", endpoint=request.path, permission=request.permission)
        except KeyboardInterrupt as interrupt:
            if request.access is Access.WRITE:
                interrupt.add_note(f"{request.path} may or may not have taken effect: look before you try it again.")
            raise interrupt.with_traceback(None) from interrupt.__cause__  # the frames below hold the key
        else:
            if status != 429:
                self._pace.accepted(headers)
            try:
                return wire.decode(request, status, headers, body)
            except RateLimitError as refusal:
                self._pace.refused(turn, refusal.retry_after)
                raise
        raise failure  # out here, where it does not refer to theirs, whose frames hold the key

    def _exchange(self, session: requests.Session, request: Endpoint[Any], budget: Budget) -> tuple[int, Any, bytes]:
        """Status, headers and body of the reply."""
        left = budget.remaining()
        with session.post(
            f"{self.base_url}/{request.path}",
            data=wire.encode(request),
            headers={"X-On-Behalf-Of": user} if (user := self.on_behalf_of) else None,
            timeout=(min(self.timeout[0], left), min(self.timeout[1], left)),
            allow_redirects=False,  # a redirect would carry the key elsewhere
            stream=True,
        ) as response:
            return response.status_code, response.headers, connections.body(response, self.reply_limit, request)

    def _open_session(self) -> requests.Session:
        session = connections.session(self.base_url, self._api_key, self.max_connections)
        session.headers.update(wire.HEADERS)
        return session

    def _store(self, url: str, fields: dict[str, str], name: str, content_type: str, content: bytes) -> None:
        """Send a file to the address that Ashby gave: fields first, file last, and never the key."""
        try:
            settings.web_address(url.partition("?")[0])
        except ConfigurationError:
            raise UnexpectedStatusError(
                "Ashby gave an upload address that is not https; the file was not sent"
            ) from None
        budget = current() or Budget(self.budget)
        try:
            with connections.session(url, None) as session:
                response = session.post(
                    url,
                    data=fields,
                    files={"file": (name, content, content_type)},
                    # While it sends, urllib3 waits as long as for a connection, and a file takes longer than that.
                    timeout=min(max(self.timeout), budget.remaining()),
                    allow_redirects=False,
                    stream=True,  # what the storage says besides its status is not read
                )
                status = response.status_code
                response.close()
        except requests.RequestException as error:
            raise connections.no_reply(error, None) from None
        except OutOfTime:
            raise RequestTimeoutError("No time was left to store the file; nothing was changed in Ashby") from None
        if not 200 <= status < 300:
            raise UnexpectedStatusError(
                f"The file could not be stored (HTTP {status}); nothing was changed in Ashby",
                status=status,
                retryable=True,
            )


@contextmanager
def collecting_futures() -> Iterator[list[Future[Any]]]:
    """What is let run by `run_blocking` as long as this lasts, in this task and in those that it starts meanwhile."""
    noted: list[Future[Any]] = []
    before = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(before)


_noted: ContextVar[list[Future[Any]] | None] = ContextVar("noted", default=None)

_BACKOFF, _LONGEST_BACKOFF = 0.5, 10  # seconds

_acting_for: ContextVar[Mapping[AshbyClient, str]] = ContextVar("acting_for", default={})  # noqa: B039  # never changed


class _Conversation:
    """The calls of one operation: passes them on, and keeps the warnings and request ids of the replies."""

    def __init__(self, client: AshbyClient) -> None:
        self._client = client
        self.warnings: list[str] = []
        self.request_ids: list[str] = []

    def call(self, request: Operation[R]) -> R:
        return request.perform(self)

    def items(self, request: Paged[T]) -> Iterator[T]:
        return _items(self.call, request)

    def send(self, request: Endpoint[R]) -> R:
        reply = self._client._post(request)
        self.warnings += reply.warnings
        self.request_ids += reply.request_ids
        return reply.result

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
