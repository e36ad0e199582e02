"""The client for Ashby's API: calls, pages and uploads over one pool of connections."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from types import TracebackType
from typing import Any, Self, TypeVar

import requests
from pydantic import SecretStr, ValidationError

from langchain_ashby.endpoint import Access, Endpoint, Operation, Page, Paged
from langchain_ashby.endpoints.internal import CreateFileUploadHandle, GetFile
from langchain_ashby.errors import AshbyError, ConfigurationError, Refused, UnreadableReplyError, calling
from langchain_ashby.http import paging, settings, transport, wire
from langchain_ashby.http.approved import check_approved
from langchain_ashby.http.deadline import Deadline, current, within
from langchain_ashby.http.observer import changes_ashby, observer_of, tell_of
from langchain_ashby.http.sender import Sender, Terms
from langchain_ashby.http.threads import Threads
from langchain_ashby.http.uploads import LocalFile, read_upload
from langchain_ashby.scoped import scoped

R = TypeVar("R")
T = TypeVar("T")

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
        if not isinstance(max_retries, int) or max_retries < 0:
            raise ConfigurationError("max_retries takes an integer from 0")
        self.upload_dirs = settings.directories(upload_dirs)
        self.upload_limit = settings.above_zero("upload_limit", upload_limit)
        self._on_behalf_of = None if on_behalf_of is None else settings.user(on_behalf_of)
        self._sender = Sender(
            self.base_url,
            api_key,
            session,
            max_connections=self.max_connections,
            max_retries=max_retries,
            requests_per_minute=requests_per_minute,
            reply_limit=self.reply_limit,
        )
        self._threads = Threads(self.max_connections)
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
        self._sender.close()
        self._threads.close()

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
        known = _acting_for.get()
        with scoped(_acting_for, known if user_id is None else {**known, self: settings.user(user_id)}):
            yield

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
                result = _performed(request, conversation)
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
        return await self._threads.run(work, Deadline(self.budget), cancellable=cancellable)

    def pages(self, request: Paged[T]) -> Iterator[Page[T]]:
        """Iterates over the pages of a listing.

        Raises:
            PagingError: if Ashby repeats a cursor or gives 100 empty pages in a row: the listing would never end.
            CursorExpiredError: if the cursor gets too old on the way; the listing has to start again.
        """
        return paging.pages(self.call, request)

    def items(self, request: Paged[T]) -> Iterator[T]:
        """Iterates over all records of a listing, fetching a page at a time."""
        return paging.items(self.call, request)

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


_ROUNDS = 20_000
"""Of the hash that makes a fingerprint of a key: some milliseconds, once per client."""

_acting_for: ContextVar[Mapping[AshbyClient, str]] = ContextVar("acting_for", default={})  # noqa: B039  # never changed


def _performed(request: Operation[R], by: _Conversation) -> R:
    """Performs an operation. One that cannot make its next request of a reply goes no further."""
    try:
        return request.perform(by)
    except ValidationError:  # it quotes the reply
        raise UnreadableReplyError("Ashby's reply has an unknown form, so the next request was not sent") from None


class _Conversation:
    """The calls of one operation. Collects the replies' warnings and request ids, and the writes that succeeded."""

    def __init__(self, client: AshbyClient) -> None:
        self._client = client
        self.warnings: list[str] = []
        self.request_ids: list[str] = []
        self.changed: list[str] = []
        self.more = False

    @property
    def on_behalf_of(self) -> str | None:
        return self._client.on_behalf_of

    def call(self, request: Operation[R]) -> R:
        return request.perform(self)

    def items(self, request: Paged[T]) -> Iterator[T]:
        return paging.items(self.call, request)

    def send(self, request: Endpoint[R]) -> R:
        check_approved(request)
        try:
            reply = self._posted(request)
        finally:
            if request.access is Access.WRITE:
                with self._client._guard:
                    self._client.written[request.record()] += 1
        if reply.more and isinstance(reply.result, list):
            self._read_on(request, reply, reply.result)
        if changes_ashby(type(request)):
            self.changed.append(request.path)
            observer_of(request).answered(request, reply.result)
        return reply.result

    def _posted(self, request: Endpoint[R]) -> wire.Reply[R]:
        client = self._client
        with client.deadline() as deadline:
            reply = client._sender.post(request, Terms(deadline, client.timeout, client.on_behalf_of))
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

    def download(self, handle: str) -> bytes:
        request = GetFile(file_handle=handle)
        url = self.call(request)["url"]
        with self._client.deadline() as deadline:
            return self._client._sender.fetch(request, url, Terms(deadline, self._client.timeout))

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
        with self._client.deadline() as deadline:
            terms = Terms(deadline, self._client.timeout)
            self._client._sender.store(file, handle["url"], handle["fields"], terms)
        return handle["handle"]
