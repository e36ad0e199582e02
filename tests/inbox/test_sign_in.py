"""Signing in and out: with the token of a local start, and with OpenID Connect at a real provider."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from openid_provider import CLIENT, SECRET, Provider, provider
from people import HOME
from starlette.testclient import TestClient

from langchain_ashby.inbox import LocalToken, OpenIDConnect, create_app
from langchain_ashby.inbox.outbox import Agent

pytestmark = pytest.mark.slow

BY_A_LINK = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
AT_ONCE_AGAIN = BY_A_LINK | {"sec-fetch-site": "same-origin"}


def plain(app: Any) -> TestClient:
    return TestClient(app, base_url=HOME, follow_redirects=False, headers={"accept": "text/html,*/*"})


@pytest.fixture
def agent(undecided_agent: Agent) -> Agent:
    return undecided_agent


@pytest.fixture
def token() -> LocalToken:
    return LocalToken("Grace", clock=lambda: 0.0)


@pytest.fixture
def local(agent: Agent, token: LocalToken) -> Iterator[TestClient]:
    with plain(create_app(agent, reviewers=token)) as it:
        yield it


def test_the_address_signs_in_once_and_the_token_leaves_it(local: TestClient, token: LocalToken) -> None:
    address = token.address_of(HOME)
    answer = local.get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}/")
    page = local.get("/")
    assert "/approvals/" in page.text and "Grace" in page.text
    secret = parse_qs(urlsplit(address).query)["token"][0]
    assert secret not in page.text + str(answer.headers)
    local.cookies.clear()
    again = local.get(address)
    assert again.status_code == 401 and "has been used" in again.text
    assert local.get("/").status_code == 303


def test_what_only_looks_at_the_address_does_not_use_it_up(local: TestClient, token: LocalToken) -> None:
    address = token.address_of(HOME)
    assert local.head(address).status_code == 401
    assert local.get(address, headers={"sec-purpose": "prefetch;prerender"}).status_code == 401
    assert local.get(address).status_code == 303


def test_a_new_address_makes_the_old_one_useless(local: TestClient, token: LocalToken) -> None:
    old, new = token.address_of(HOME), token.address_of(HOME)
    assert local.get(old).status_code == 401
    assert local.get(new).status_code == 303


def test_wrong_tokens_are_limited_and_keep_nobody_out(local: TestClient, token: LocalToken) -> None:
    address = token.address_of(HOME)
    statuses = [local.get("/sign-in", params={"token": f"wrong {it} ü"}).status_code for it in range(100)]
    assert statuses == [401] * 10 + [429] * 90
    assert local.get(address).status_code == 303


def test_a_session_does_not_outlive_the_process(agent: Agent, local: TestClient, token: LocalToken) -> None:
    local.get(token.address_of(HOME))
    cookies = dict(local.cookies)
    with plain(create_app(agent, reviewers=LocalToken("Grace"))) as restarted:
        restarted.cookies.update(cookies)
        assert restarted.get("/").status_code == 303


def test_signing_out_ends_the_session_for_whoever_has_its_cookie(local: TestClient, token: LocalToken) -> None:
    local.get(token.address_of(HOME))
    cookies = dict(local.cookies)
    csrf = re.findall(r'name="csrf" value="(\w+)"', local.get("/").text)[0]
    assert local.post("/sign-out", headers={"origin": HOME}).status_code == 403
    assert local.post("/sign-out", data={"csrf": csrf}, headers={"origin": HOME}).status_code == 303
    local.cookies.update(cookies)
    assert local.get("/").status_code == 303


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\n/evil",
        "/sign-in",
        "",
        "/../x",
        "/a/%2E./..",
        "/..",
    ],
)
def test_the_way_back_never_leads_elsewhere(local: TestClient, token: LocalToken, back: str) -> None:
    answer = local.get("/sign-in", params={"token": token.address_of(HOME).partition("token=")[2], "back": back})
    assert answer.headers["location"] == f"{HOME}/"


def test_whoever_wanted_to_see_a_card_gets_there_after_signing_in(local: TestClient, token: LocalToken) -> None:
    sent = local.get("/approvals/abc/1?x=y").headers["location"]
    back = parse_qs(urlsplit(sent).query)["back"][0]
    answer = local.get("/sign-in", params={"token": token.address_of(HOME).partition("token=")[2], "back": back})
    assert answer.headers["location"] == f"{HOME}/approvals/abc/1?x=y"


def test_who_comes_by_a_link_is_known_when_the_page_loads_itself_again(local: TestClient, token: LocalToken) -> None:
    local.get(token.address_of(HOME))
    cookies = dict(local.cookies)
    local.cookies.clear()  # as browsers do with a strict cookie
    page = local.get("/?from=mail", headers=BY_A_LINK)
    assert page.status_code == 200 and 'http-equiv="refresh" content="0"' in page.text
    assert "/approvals/" not in page.text
    local.cookies.update(cookies)
    assert "/approvals/" in local.get("/?from=mail", headers=AT_ONCE_AGAIN).text


def test_scripts_are_told_where_to_sign_in_and_get_no_redirect(local: TestClient) -> None:
    answer = local.get("/", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, f"{HOME}/sign-in")
    assert local.get("/", headers={"sec-fetch-dest": "empty"}).status_code == 401
    assert local.get("/", headers={"accept": "text/event-stream"}).status_code == 401


@pytest.fixture(scope="module")
def company() -> Iterator[Provider]:
    with provider() as it:
        yield it


@pytest.fixture
def at(company: Provider) -> Iterator[Provider]:
    before = {name: it for name, it in vars(company).items() if name not in ("codes", "problems")}
    yield company
    vars(company).update(before)


@pytest.fixture
def remote(agent: Agent, at: Provider) -> Iterator[TestClient]:
    oidc = OpenIDConnect(at.url, CLIENT, SECRET, roles=lambda claims: claims.get("groups", ["reviewer"]))
    with plain(create_app(agent, reviewers=oidc)) as it:
        yield it


def sign_in(client: TestClient, back: str = "/", change: Callable[[str], str] = str) -> Any:
    """Goes to the provider as a browser does, and comes back from there."""
    start = client.get("/sign-in/start", params={"back": back})
    assert start.status_code == 302, start.text
    returned = httpx.get(start.headers["location"]).headers["location"]
    return client.get(change(returned), headers=AT_ONCE_AGAIN)


def test_one_signs_in_at_the_provider_and_comes_back(remote: TestClient, at: Provider) -> None:
    before = remote.get("/approvals/abc/1")
    page = remote.get(before.headers["location"])
    assert "Sign in with 127.0.0.1" in page.text
    [link] = re.findall(r'href="([^"]*/sign-in/start[^"]*)"', page.text)
    back = parse_qs(urlsplit(link.replace("&amp;", "&")).query)["back"][0]
    answer = sign_in(remote, back)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}/approvals/abc/1")
    assert "grace@example.com" in remote.get("/").text
    assert at.problems == []


def test_the_way_back_from_the_provider_loads_itself_again_first(remote: TestClient) -> None:
    start = remote.get("/sign-in/start")
    returned = httpx.get(start.headers["location"]).headers["location"]
    cookies = dict(remote.cookies)
    remote.cookies.clear()
    assert 'http-equiv="refresh"' in remote.get(returned, headers=BY_A_LINK).text
    remote.cookies.update(cookies)
    assert remote.get(returned, headers=AT_ONCE_AGAIN).status_code == 303


def test_a_sign_in_counts_once_and_only_in_the_browser_that_began_it(remote: TestClient, at: Provider) -> None:
    start = remote.get("/sign-in/start")
    returned = httpx.get(start.headers["location"]).headers["location"]
    codes, cookies = dict(at.codes), dict(remote.cookies)
    remote.cookies.clear()
    assert remote.get(returned, headers=AT_ONCE_AGAIN).status_code == 401  # a victim's browser
    remote.cookies.update(cookies)
    assert remote.get(returned, headers=AT_ONCE_AGAIN).status_code == 303
    remote.cookies.clear()
    remote.cookies.update(cookies)
    at.codes.update(codes)  # a provider that forgets what it took
    assert remote.get(returned, headers=AT_ONCE_AGAIN).status_code == 401


def changed(name: str, value: str) -> Callable[[str], str]:
    return lambda url: str(httpx.URL(url).copy_set_param(name, value))


@pytest.mark.parametrize(
    "change",
    [
        changed("state", "another"),
        changed("code", "another"),
        changed("iss", "https://evil.example"),
        changed("error", "access_denied"),
        changed("error", "server_error"),
        lambda url: url.partition("?")[0],
    ],
)
def test_an_answer_that_is_not_the_provider_s_lets_nobody_in(remote: TestClient, change: Callable[[str], str]) -> None:
    assert sign_in(remote, change=change).status_code == 401
    assert remote.get("/").status_code == 303


def lie(**lies: Any) -> Callable[[Provider], None]:
    def tell(at: Provider) -> None:
        at.claims = at.claims | lies

    return tell


def foreign_key(at: Provider) -> None:
    at.signing_key = RSAKey.generate_key(2048, {"kid": "one"})


def unsigned(at: Provider) -> None:
    at.algorithm = "none"


def no_id_token(at: Provider) -> None:
    at.token = {"id_token": None}


@pytest.mark.parametrize(
    "lying",
    [
        lie(iss="https://evil.example"),
        lie(aud="another client"),
        lie(nonce="another"),
        lie(exp=1),
        lie(iat=99999999999),
        lie(sub=None),
        foreign_key,
        unsigned,
        no_id_token,
    ],
    ids=["iss", "aud", "nonce", "exp", "iat", "sub", "key", "none", "no id token"],
)
def test_a_token_that_is_not_good_lets_nobody_in(
    remote: TestClient, at: Provider, lying: Callable[[Provider], None], caplog: pytest.LogCaptureFixture
) -> None:
    lying(at)
    assert sign_in(remote).status_code == 401
    assert remote.get("/").status_code == 303
    assert SECRET not in caplog.text and "grace" not in caplog.text


@pytest.mark.parametrize(
    "lies",
    [{"email_verified": False}, {"email_verified": None}, {"email": None}, {"groups": []}, {"groups": ["other"]}],
    ids=str,
)
def test_somebody_without_a_verified_address_or_a_role_may_not_enter(
    remote: TestClient, at: Provider, lies: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    lie(**lies)(at)
    answer = sign_in(remote)
    assert answer.status_code == 403 and "no access" in answer.text
    lacking = "a role" if "groups" in lies else "a name (by default a verified address)"
    assert f"signed in somebody without {lacking}" in caplog.text and "grace" not in caplog.text
    assert remote.get("/").status_code == 303


def test_a_provider_that_calls_itself_otherwise_is_not_used(agent: Agent, at: Provider) -> None:
    at.metadata = {"issuer": "https://evil.example"}
    with plain(create_app(agent, reviewers=OpenIDConnect(at.url, CLIENT, SECRET, roles=lambda _: ["reviewer"]))) as it:
        assert it.get("/sign-in/start").status_code == 401


def test_a_provider_that_cannot_be_reached_is_said_in_words(agent: Agent) -> None:
    oidc = OpenIDConnect("http://127.0.0.1:9", CLIENT, SECRET, roles=lambda _: ["reviewer"])
    with plain(create_app(agent, reviewers=oidc)) as it:
        answer = it.get("/sign-in/start")
        assert answer.status_code == 401 and "failed" in answer.text
    assert SECRET not in repr(oidc)


def test_a_provider_without_https_is_refused() -> None:
    with pytest.raises(ValueError, match="https"):
        OpenIDConnect("http://login.example.com", CLIENT, SECRET, roles=lambda _: ["reviewer"])
