"""Sends single requests to Ashby, again where that is safe, and files to the storage that Ashby names."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
from pydantic import SecretStr
from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from langchain_ashby.endpoint import Access, Endpoint
from langchain_ashby.endpoints.internal import GetFile
from langchain_ashby.errors import (
    ArgumentError,
    AshbyError,
    RateLimitError,
    ReplyTooLargeError,
    RequestTimeoutError,
    UnexpectedStatusError,
    calling,
)
from langchain_ashby.http import transport, wire
from langchain_ashby.http.attempt import RequestLog, logged
from langchain_ashby.http.deadline import Deadline, DeadlineExceeded
from langchain_ashby.http.network import public_only
from langchain_ashby.http.observer import observer_of
from langchain_ashby.http.rate_limit import LONGEST_PAUSE, RateLimit
from langchain_ashby.http.storage import LARGEST_DOWNLOAD, StorageAddress
from langchain_ashby.http.uploads import LocalFile

R = TypeVar("R")

_BACKOFF, _LONGEST_BACKOFF = 0.5, 10  # seconds

_log = logging.getLogger("langchain_ashby.http")


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a request.

    Attributes:
        deadline: For all of its attempts together.
        timeout: Seconds to wait for a connection, and then for each piece of the reply.
        user: The id of the user to act for; None to act as the key itself.
    """

    deadline: Deadline
    timeout: tuple[float, float]
    user: str | None = None


class Sender:
    """Sends requests over one pool of connections, at the pace of one rate limit; threads may share it.

    Args:
        base_url: Ashby's address.
        api_key: The key.
        session: A session of the caller's, who closes it; None to open one.
        max_connections: The number of connections that are kept open.
        max_retries: How often a request is repeated at most.
        requests_per_minute: The most requests in a minute; None for no limit of our own.
        reply_limit: The most bytes that a reply may have, decompressed.

    Raises:
        ConfigurationError: if the session would repeat a POST by itself, or the rate cannot be one.
    """

    def __init__(
        self,
        base_url: str,
        api_key: SecretStr,
        session: requests.Session | None,
        *,
        max_connections: int,
        max_retries: int,
        requests_per_minute: float | None,
        reply_limit: int,
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._reply_limit = reply_limit
        self._retry = Retry(
            total=max_retries,
            backoff_factor=_BACKOFF,
            backoff_jitter=_BACKOFF,
            backoff_max=_LONGEST_BACKOFF,
        )
        self._rate_limit = RateLimit(requests_per_minute)
        self.auth = transport.KeyAuth(api_key)
        self._owns_session = session is None
        if session is not None:
            transport.refuse_to_repeat(session, f"{base_url}/")
        self.session = transport.session(base_url, max_connections) if session is None else session
        self._writes = transport.session(base_url, 0)

    def close(self) -> None:
        """Closes the connections, but not a session of the caller's."""
        self._writes.close()
        if self._owns_session:
            self.session.close()

    def post(self, request: Endpoint[R], terms: Terms) -> wire.Reply[R]:
        """Sends a request, again where that is safe, and reads the reply.

        Raises:
            AshbyError: of the kind that fits the failure of the last attempt.
        """
        deadline = terms.deadline
        with calling(request.path, request.permission):
            retry, attempt = self._retry, 1
            while True:
                turn = self._turn(deadline)
                try:
                    return self._attempt(request, terms, turn, attempt)
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

    def _attempt(self, request: Endpoint[R], terms: Terms, turn: float, attempt: int) -> wire.Reply[R]:
        observer_of(request).sending(request)
        log = RequestLog(request.path, attempt)
        status, headers, body = logged(
            lambda: self._exchange(request, terms),
            request,
            log,
            lambda: transport.fault(self.session, self._url(request)),
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

    def _exchange(self, request: Endpoint[Any], terms: Terms) -> tuple[int, Any, bytes]:
        """Sends a request and returns status, headers and body of the reply.

        A write has a connection of its own. One that was kept open may be closed by the other side at the moment of
        sending, after a person took their time, and then no one could tell whether the write arrived.
        """
        url = self._url(request)
        if request.access is Access.WRITE and self._owns_session:
            transport.prepare(self._writes, url)
            return self._send(self._writes, request, terms)
        if request.access is Access.WRITE:
            transport.refuse_to_repeat(self.session, url)  # its adapters may have changed
            transport.prepare(self.session, url)
            transport.drop_idle_connections(self.session, url)
        elif not self._owns_session:
            transport.prepare(self.session, url)
        return self._send(self.session, request, terms)

    def _send(self, session: requests.Session, request: Endpoint[Any], terms: Terms) -> tuple[int, Any, bytes]:
        left = terms.deadline.remaining()
        with transport.post(
            session,
            self._url(request),
            auth=self.auth,
            data=wire.encode(request),
            headers={**wire.HEADERS, "X-On-Behalf-Of": terms.user} if terms.user else wire.HEADERS,
            timeout=(min(terms.timeout[0], left), min(terms.timeout[1], left)),
        ) as response:
            return response.status_code, response.headers, transport.body(response, self._reply_limit, request)

    def fetch(self, request: GetFile, url: str, terms: Terms) -> bytes:
        """Downloads a file from the address that Ashby gave, never with the key.

        Raises:
            ArgumentError: if it is too large.
            AshbyError: of the kind that fits another failure.
        """
        log = RequestLog("file storage", 1)
        with self._storage(url, "a file's address that is not public https; it was not asked") as session:

            def send() -> tuple[int, bytes]:
                transport.prepare(session, url)
                left = terms.deadline.remaining()
                with transport.get(
                    session, url, headers={"Authorization": None}, timeout=min(max(terms.timeout), left)
                ) as response:
                    found = transport.body(response, LARGEST_DOWNLOAD, request) if response.status_code == 200 else b""
                    return response.status_code, found

            try:
                status, content = logged(send, None, log, lambda: transport.fault(session, url))
            except ReplyTooLargeError:
                raise ArgumentError(
                    f"file_name: the file has more than {LARGEST_DOWNLOAD:,} bytes, and is not read",
                    code="file_not_readable",
                    remedy="A person has to look at it.",
                ) from None
        log.write(status)
        if status != 200:
            raise UnexpectedStatusError(f"The file could not be downloaded (HTTP {status})", status=status)
        return content

    @contextmanager
    def _storage(self, url: str, refused: str) -> Iterator[requests.Session]:
        """A session for the file storage at an address that Ashby gave, if a public Ashby could have given it."""
        storage = StorageAddress.allowed(url, self._base_url)
        if storage is None:
            raise UnexpectedStatusError(f"Ashby gave {refused}")
        with ExitStack() as stack:
            session = stack.enter_context(transport.session(url)) if self._owns_session else self.session
            if not storage.own:
                stack.enter_context(public_only())
            yield session

    def store(self, file: LocalFile, url: str, fields: dict[str, str], terms: Terms) -> None:
        """Sends a file to the address that Ashby gave: fields first, file last, and never the key.

        Raises:
            AshbyError: of the kind that fits the failure; nothing was changed in Ashby.
        """
        log = RequestLog("file storage", 1)
        with self._storage(url, "an upload address that is not public https; the file was not sent") as session:

            def send() -> int:
                transport.prepare(session, url)
                try:
                    left = terms.deadline.remaining()
                except DeadlineExceeded:
                    raise RequestTimeoutError(
                        "No time was left to store the file; nothing was changed in Ashby"
                    ) from None
                with transport.post(
                    session,
                    url,
                    auth=transport.NoAuth(),
                    data=fields,
                    files={"file": (file.name, file.content, file.content_type)},
                    headers={"Authorization": None, "Content-Type": None},  # not those of the session
                    # While it sends, urllib3 waits as long as for a connection, and a file takes longer than that.
                    timeout=min(max(terms.timeout), left),
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

    def _url(self, request: Endpoint[Any]) -> str:
        return f"{self._base_url}/{request.path}"
