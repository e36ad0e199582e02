"""The client: one HTTP connection pool to Ashby, and the calls, pages and uploads that go over it."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from collections.abc import Callable, Iterable, Iterator
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.exceptions import NewConnectionError, ReadTimeoutError, SSLError

from langchain_ashby import wire
from langchain_ashby.endpoint import Access, Endpoint, Operation, Page, Paged
from langchain_ashby.endpoints.steps import CreateFileUploadHandle
from langchain_ashby.errors import (
    AshbyError,
    ConfigurationError,
    MissingAPIKeyError,
    PagingError,
    RequestTimeoutError,
    UnexpectedStatusError,
    UnreachableError,
)
from langchain_ashby.uploads import LocalFile, read_upload

R = TypeVar("R")
T = TypeVar("T")

BASE_URL = "https://api.ashbyhq.com"
CONNECTIONS = 32
"""Connections that are kept open for reuse; more are opened and closed again when that many threads call."""


class AshbyClient:
    """A client for Ashby's API; threads may share it.

    Args:
        api_key: The key; `ASHBY_API_KEY` if left out.
        base_url: Where Ashby is; `ASHBY_BASE_URL`, or else Ashby itself. It has to be https unless it is this machine.
        timeout: Seconds to wait for a connection and then for each piece of the reply; one number or a pair.
        on_behalf_of: The id of the user to act as. The key must be allowed to.
        upload_dirs: Directories below which local files may be uploaded. None, unless the application says so.
        upload_limit: The most bytes that an uploaded file may have.

    Raises:
        MissingAPIKeyError: if there is no key.
        ConfigurationError: if the key, the base URL or the timeout cannot be right.
    """

    base_url: str = BASE_URL

    def __init__(
        self,
        api_key: str | SecretStr | None = None,
        base_url: str | None = None,
        *,
        timeout: float | tuple[float, float] = (5.0, 60.0),
        on_behalf_of: str | None = None,
        upload_dirs: Iterable[str | os.PathLike[str]] = (),
        upload_limit: int = 20_000_000,
    ) -> None:
        # Wrapped at once, so that no frame of a traceback holds it as text.
        api_key = _secret(api_key if api_key is not None else os.environ.get("ASHBY_API_KEY"))
        _check_key(api_key)
        self.base_url = _checked_url(base_url or os.environ.get("ASHBY_BASE_URL") or BASE_URL)
        self.timeout = _checked_timeout(timeout)
        self.upload_dirs = tuple(Path(directory) for directory in upload_dirs)
        self.upload_limit = upload_limit
        self._session = _session(self.base_url, _KeyAuth(api_key))
        self._session.headers.update(wire.HEADERS)
        if on_behalf_of is not None:
            self._session.headers["X-On-Behalf-Of"] = _checked_user(on_behalf_of)

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
        """Close the connections. The client opens new ones if it is used again."""
        self._session.close()

    def call(self, request: Operation[R]) -> R:
        """Perform an operation and return its result, Ashby's JSON.

        Raises:
            AshbyError: of a kind that says what went wrong; see `langchain_ashby.errors`.
        """
        return self.exchange(request).result

    def exchange(self, request: Operation[R]) -> wire.Reply[R]:
        """Perform an operation and return its result with Ashby's warnings and request ids."""
        conversation = _Conversation(self)
        result = request.perform(conversation)
        return wire.Reply(result, tuple(conversation.warnings), tuple(conversation.request_ids))

    def pages(self, request: Paged[T]) -> Iterator[Page[T]]:
        """Go through the pages of a listing.

        Raises:
            PagingError: if Ashby gives a cursor that it gave before: the listing would never end.
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
        return _Conversation(self).upload(path, context)

    def local_file(self, path: str) -> LocalFile:
        """Read a local file as `upload` would, without uploading it.

        Raises:
            ArgumentError: if the file may not be read, is missing, empty or too large.
        """
        return read_upload(path, self.upload_dirs, self.upload_limit)

    def _post(self, request: Endpoint[R]) -> wire.Reply[R]:
        try:
            response = self._session.post(
                f"{self.base_url}/{request.path}",
                data=wire.encode(request),
                timeout=self.timeout,
                allow_redirects=False,  # a redirect would carry the key elsewhere
            )
        except requests.RequestException as error:
            failure = _no_reply(error, request)
        else:
            return wire.decode(request, response.status_code, response.headers, response.content)
        raise failure  # out here, where it does not refer to theirs, whose frames hold the key

    def _store(self, url: str, fields: dict[str, str], name: str, content_type: str, content: bytes) -> None:
        """Send a file to the address that Ashby gave: fields first, file last, and never the key."""
        try:
            _checked_url(url.partition("?")[0])
        except ConfigurationError:
            raise UnexpectedStatusError(
                "Ashby gave an upload address that is not https; the file was not sent"
            ) from None
        try:
            with _session(url, _NoAuth()) as session:
                response = session.post(
                    url,
                    data=fields,
                    files={"file": (name, content, content_type)},
                    timeout=self.timeout,
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            raise _no_reply(error, None) from None
        if not 200 <= response.status_code < 300:
            raise UnexpectedStatusError(
                f"The file could not be stored (HTTP {response.status_code}); nothing was changed in Ashby",
                status=response.status_code,
                retryable=True,
            )


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


class _KeyAuth(AuthBase):
    """Basic authentication with the key as user name. The key leaves its wrapper for the header alone."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        HTTPBasicAuth(self._key.get_secret_value(), "")(request)
        return request


class _NoAuth(AuthBase):
    """No authentication. Without it requests would look for some in a netrc file."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def _pages(call: Callable[[Paged[T]], Page[T]], request: Paged[T]) -> Iterator[Page[T]]:
    seen = {request.cursor}
    while True:
        page = call(request)
        yield page
        if page.next_cursor is None:
            return
        if page.next_cursor in seen:
            raise PagingError(
                "Ashby gave the same cursor twice", endpoint=request.path, remedy="List again from the first page."
            )
        seen.add(page.next_cursor)
        request = request.model_copy(update={"cursor": page.next_cursor})


def _items(call: Callable[[Paged[T]], Page[T]], request: Paged[T]) -> Iterator[T]:
    for page in _pages(call, request):
        yield from page.results


def _session(url: str, auth: AuthBase) -> requests.Session:
    session = requests.Session()
    session.auth = auth
    session.trust_env = urlsplit(url).scheme != "http"  # plain http is for this machine, which needs no proxy
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # Ashby sets no cookies that matter, and a shared cookie jar is the one part of a session that threads fight over.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _no_reply(error: requests.RequestException, request: Endpoint[Any] | None) -> AshbyError:
    """The error for a request without a reply. Its text is our own: theirs can quote the whole request."""
    reason = _reason(error)
    untrusted = isinstance(reason, SSLError) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    never_sent = untrusted or isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
    facts: dict[str, Any] = {}
    if request is not None:
        unknown = request.access is Access.WRITE and not never_sent
        facts = {"endpoint": request.path, "permission": request.permission, "outcome_unknown": unknown}
    if isinstance(error, requests.Timeout) or isinstance(reason, ReadTimeoutError):
        return RequestTimeoutError("No answer in time", **facts)
    if untrusted:
        return UnreachableError(
            "The connection is not secure: the certificate was not accepted", retryable=False, **facts
        )
    if never_sent:
        return UnreachableError("No connection could be made", **facts)
    if isinstance(reason, SSLError):
        return UnreachableError("The secure connection failed", **facts)
    return UnreachableError("The connection broke before the reply was complete", **facts)


def _reason(error: requests.RequestException) -> Any:
    """What urllib3 says is the matter, inside what requests wraps around it."""
    inner = error.args[0] if error.args else None
    return getattr(inner, "reason", inner)


def _secret(key: str | SecretStr | None) -> SecretStr:
    return SecretStr((key.get_secret_value() if isinstance(key, SecretStr) else key or "").strip())


def _check_key(key: SecretStr) -> None:
    if not key:
        raise MissingAPIKeyError(
            "There is no Ashby API key",
            remedy=f"Set ASHBY_API_KEY or give api_key. Keys are made {wire.WHERE_KEYS_ARE}. Grant jobsRead, "
            "candidatesRead, interviewsRead, offersRead, organizationRead and hiringProcessMetadataRead to look things "
            "up; candidatesWrite, jobsWrite, interviewsWrite and offersWrite for the changes that you want made; "
            "apiKeysRead lets `langchain-ashby doctor` check them.",
        )
    if not re.fullmatch("[!-9;-~]+", key.get_secret_value()):  # printable ASCII without space and colon
        raise ConfigurationError("The API key has characters in it that no key has", remedy="Copy it again from Ashby.")


def _checked_timeout(timeout: float | tuple[float, float]) -> tuple[float, float]:
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if not (connect > 0 and read > 0):
        raise ConfigurationError("timeout takes seconds above 0, or a pair of them")
    return connect, read


def _checked_url(url: str) -> str:
    url = url.strip()
    try:
        parts = urlsplit(url)
        well_formed = parts.port != 0 and url.isprintable() and " " not in url
    except ValueError:
        raise ConfigurationError("The base URL is not a web address", remedy=f"Such as {BASE_URL}.") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("The base URL has a user or password in it", remedy="Give the key as api_key.")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or not well_formed:
        raise ConfigurationError(f"The base URL {url!r} is not a web address", remedy=f"Such as {BASE_URL}.")
    if parts.scheme == "http" and not _is_loopback(url):
        raise ConfigurationError(
            f"The base URL {url!r} is not https", remedy="Use https; plain http is for this machine only."
        )
    return url.rstrip("/")


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _checked_user(user_id: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", user_id):
        raise ConfigurationError("on_behalf_of takes a user's id", remedy="Ids are listed by ashby_list_users.")
    return user_id
