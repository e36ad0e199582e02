"""Requests to Ashby and its file storage, through a session of the client's or of the caller's own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from requests.utils import select_proxy
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from langchain_ashby.endpoint import Access, Endpoint
from langchain_ashby.errors import AshbyError, ConfigurationError, ReplyTooLargeError
from langchain_ashby.http import certificates, connections

CONNECTIONS = 32
"""The number of connections that a client keeps open for reuse, by default."""

_PIECE = 256 * 1024


def session(url: str, kept_open: int = 1) -> requests.Session:
    """Opens a session for `url`.

    Args:
        url: The address, or its beginning.
        kept_open: The number of connections that are kept open for reuse. Others are closed after use. With 0,
            each request has one of its own.
    """
    made = _Session()
    made.trust_env = urlsplit(url).scheme != "http"  # plain http is for this machine, which needs no proxy
    adapter = _Adapter(pool_connections=4, pool_maxsize=kept_open)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    # Ashby sets no cookies that matter, and a shared cookie jar is the one part of a session that threads fight over.
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return made


def refuse_to_repeat(given: requests.Session, url: str) -> None:
    """Refuses a session that would repeat a POST to `url` by itself: then a write could be made twice.

    Raises:
        ConfigurationError: if its adapter does so.
    """
    adapter = _adapter(given, url)
    if isinstance(adapter, HTTPAdapter):
        methods = adapter.max_retries.allowed_methods
        if adapter.max_retries.total != 0 and (not methods or "POST" in methods):
            raise ConfigurationError(
                "The session's adapter repeats POST requests, so a write could be made twice",
                remedy="Leave POST out of its allowed_methods; AshbyClient retries by itself where that is safe.",
            )


def prepare(given: requests.Session, url: str) -> None:
    """Prepares a session for a request to `url`, whose reply then ends by the deadline of the call.

    It takes the same steps as the session will, but without the key and without sending anything.

    Raises:
        ConfigurationError: if its proxy cannot be one, or a file with its certificates is missing or none.
    """
    adapter = _adapter(given, url)
    if not isinstance(adapter, HTTPAdapter):
        return
    target = requests.PreparedRequest()
    try:
        target.prepare_url(url, None)
    except requests.RequestException:
        raise ConfigurationError("No request can be sent to this address") from None
    if isinstance(given, _Session) and not given.trust_env:  # no proxy, no certificates
        return
    try:
        how = given.merge_environment_settings(url, {}, True, None, None)
        verify, cert, proxies = how["verify"], how["cert"], how["proxies"]
        _check_host(select_proxy(url, proxies))
        pool = adapter.get_connection_with_tls_context(target, verify, proxies=proxies, cert=cert)
    except (requests.RequestException, HTTPError, ValueError):
        raise ConfigurationError(  # without the proxy's address, which may hold a password
            "The proxy cannot be used: its address is malformed or of a kind that is not supported",
            remedy="Check HTTPS_PROXY, ALL_PROXY and the session's proxies; SOCKS needs langchain-ashby[socks].",
        ) from None
    try:
        adapter.cert_verify(pool, url, verify, cert)  # type: ignore[no-untyped-call]
        if url.startswith("https:"):
            certificates.check(verify, cert)
    except OSError:
        files = " or ".join(map(repr, certificates.files(verify, cert)))
        raise ConfigurationError(
            f"The certificates for the secure connection cannot be read{files and f' from {files}'}",
            remedy="Check REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE and the session's verify and cert.",
        ) from None
    for manager in (adapter.poolmanager, *list(adapter.proxy_manager.values())):
        connections.bound(manager)


def fault(of: requests.Session, url: str) -> ConfigurationError | None:
    """Says what is wrong with the settings of a session, if anything is."""
    try:
        prepare(of, url)
    except ConfigurationError as error:
        return error
    return None


def drop_idle_connections(of: requests.Session, url: str) -> None:
    """Closes the connections that a session keeps open for `url`, so that the next request opens a new one."""
    of.get_adapter(url).close()


def post(through: requests.Session, url: str, *, auth: AuthBase, **more: Any) -> requests.Response:
    """Sends a POST, follows no redirect, and returns the reply with its body unread.

    The reply counts even if a hook of the session raises, as `raise_for_status` does: it tells what became of a write.
    Errors of other kinds are not about requests, and go to the caller.
    """
    noting = _Noting(auth)
    try:
        # A redirect would carry the key elsewhere.
        return through.post(url, auth=noting, allow_redirects=False, stream=True, **more)
    except (requests.RequestException, HTTPError, AshbyError):
        if noting.reply is None:
            raise
        return noting.reply
    finally:
        noting.reply = None


def get(through: requests.Session, url: str, **more: Any) -> requests.Response:
    """Sends a GET without any key, follows no redirect, and returns the reply with its body unread."""
    noting = _Noting(NoAuth())
    try:
        return through.get(url, auth=noting, allow_redirects=False, stream=True, **more)
    except (requests.RequestException, HTTPError, AshbyError):
        if noting.reply is None:
            raise
        return noting.reply
    finally:
        noting.reply = None


def body(response: requests.Response, limit: int, request: Endpoint[Any]) -> bytes:
    """Reads the body of a reply that was requested with `stream=True`, and decompresses it.

    Args:
        response: The reply.
        limit: The most bytes that it may have.
        request: The request.

    Raises:
        ReplyTooLargeError: if it has more bytes than `limit`. The rest is not read.
        requests.RequestException: if the connection breaks or the time is up.
    """
    pieces, size = [], 0
    for piece in response.iter_content(_PIECE):
        size += len(piece)
        if size > limit:
            raise ReplyTooLargeError(
                f"The reply is larger than {limit:,} bytes",
                status=response.status_code,
                remedy="Ask for less at a time, or give AshbyClient a larger reply_limit.",
                outcome_unknown=request.access is Access.WRITE,
            )
        pieces.append(piece)
    return b"".join(pieces)


class KeyAuth(AuthBase):
    """Basic authentication with the key as user name. The key leaves its wrapper only for the request's header."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key

    def __getstate__(self) -> None:
        raise TypeError("an object that holds a key cannot be copied or pickled")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Adds the header."""
        HTTPBasicAuth(self._key.get_secret_value(), "")(request)
        return request


class NoAuth(AuthBase):
    """No authentication: it keeps requests from looking for credentials in the session or in a netrc file."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Leaves the request as it is."""
        return request


class _Noting(AuthBase):
    """Authentication that also notes the reply, before the hooks of the session see it."""

    def __init__(self, auth: AuthBase) -> None:
        self._auth = auth
        self.reply: requests.Response | None = None

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.register_hook("response", self._note)  # type: ignore[no-untyped-call]
        return self._auth(request)

    def _note(self, response: requests.Response, **_: Any) -> None:
        self.reply = response


class _Session(requests.Session):
    """Takes authorities from SSL_CERT_FILE as well, as the SDKs of model providers do.

    Nobody sets hooks, cookies, parameters or authentication on it, so `request` does not merge them.
    """

    def request(  # type: ignore[override]  # only this module calls it
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str | None],
        auth: AuthBase,
        timeout: Any,
        stream: bool,
        allow_redirects: bool,
        data: Any = None,
        files: Any = None,
        json: None = None,
        params: None = None,
    ) -> requests.Response:
        """Sends a request without merging the session's settings, which saves an eighth of its time."""
        prepared = requests.PreparedRequest()
        own = {**self.headers, **{name: it for name, it in headers.items() if it is not None}}
        prepared.prepare(method, url, own, files, data, auth=auth)
        how = self.merge_environment_settings(prepared.url, {}, stream, True, None)
        return self.send(prepared, timeout=timeout, allow_redirects=allow_redirects, **how)

    def merge_environment_settings(self, *arguments: Any, **more: Any) -> Any:
        how = super().merge_environment_settings(*arguments, **more)
        if self.trust_env and how["verify"] is True:
            how["verify"] = os.environ.get("SSL_CERT_FILE") or True
        return how


class _Adapter(HTTPAdapter):
    """Opens bounded connections and repeats nothing by itself."""

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        super().init_poolmanager(*arguments, **more)
        connections.bound(self.poolmanager)

    def proxy_manager_for(self, *arguments: Any, **more: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **more)
        connections.bound(manager)
        return manager


def _adapter(of: requests.Session, url: str) -> BaseAdapter:
    try:
        return of.get_adapter(url)
    except requests.exceptions.InvalidSchema:
        raise ConfigurationError(f"The session has no adapter for {urlsplit(url).scheme} addresses") from None


def _check_host(proxy: str | None) -> None:
    """Raises a ValueError or an error of urllib3's if no proxy can have this address."""
    if proxy:
        if any(it.isspace() or not it.isprintable() for it in proxy):
            raise ValueError("a proxy's address has no spaces")  # which older versions of urllib3 let pass
        # As urllib3 does when it connects: an empty or overlong label raises.
        (parse_url(proxy if "://" in proxy else f"http://{proxy}").host or "").encode("idna")
