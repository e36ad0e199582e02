"""What the inbox refuses: other sites' requests, other people's forms, names and bodies that no browser sends."""

from __future__ import annotations

import asyncio
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore
from people import HOME, Browser, browser_of
from starlette.applications import Starlette
from starlette.testclient import TestClient

from langchain_ashby.agent.execution.store import _CLOCK
from langchain_ashby.inbox import LocalToken, Reviewer, TrustedHeader, create_app
from langchain_ashby.inbox.outbox import Agent
from langchain_ashby.inbox.security import MOST_BYTES, Attempts, BrokenOffError, Place
from langchain_ashby.inbox.sessions import ROOT, FormKey, Sessions

pytestmark = pytest.mark.slow

OWN = {"origin": HOME, "sec-fetch-site": "same-origin"}


def known(name: str = "Grace") -> Any:
    person = Reviewer(name)
    return lambda _: person


def plain(app: Starlette, base_url: str = HOME) -> TestClient:
    """A client that sends only what it is told to."""
    return TestClient(app, base_url=base_url, follow_redirects=False)


@pytest.fixture
def agent(undecided_agent: Agent) -> Agent:
    return undecided_agent


@pytest.fixture
def client(agent: Agent) -> Iterator[TestClient]:
    with plain(create_app(agent, reviewers=known(), undo=timedelta(hours=1))) as it:
        yield it


def form_of(client: TestClient) -> tuple[str, dict[str, str]]:
    """The address and the fields of the form on the card that waits."""
    [address] = set(re.findall(r'href="[^"]*(/approvals/[^"/]+/\d+)"', client.get("/").text))
    page = client.get(address).text
    fields = {name: re.findall(rf'name="{name}" value="(\w+)"', page)[0] for name in ("csrf", "fingerprint")}
    return f"{address}/decision", fields | {"decision": "approve"}


def is_kept(client: TestClient) -> bool:
    return bool(client.app.state.inbox.outbox.all())  # type: ignore[attr-defined]


def test_a_form_from_its_own_page_is_accepted(client: TestClient) -> None:
    address, fields = form_of(client)
    assert client.post(address, data=fields, headers=OWN).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999", "sec-fetch-site": "same-site"},
        {"origin": "https://127.0.0.1"},
        {"origin": f"{HOME}.evil.example"},
        {"origin": HOME, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {},
    ],
    ids=str,
)
def test_a_form_from_elsewhere_is_refused_even_with_the_right_token(
    client: TestClient, headers: dict[str, str]
) -> None:
    address, fields = form_of(client)
    answer = client.post(address, data=fields, headers=headers)
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text
    assert not is_kept(client)


@pytest.mark.parametrize("token", [None, "", "0" * 64, "ü"], ids=str)
def test_a_form_without_its_token_is_refused(client: TestClient, token: str | None) -> None:
    address, fields = form_of(client)
    wrong = {name: it for name, it in fields.items() if name != "csrf"} | ({} if token is None else {"csrf": token})
    assert client.post(address, data=wrong, headers=OWN).status_code == 403
    assert not is_kept(client)


@pytest.mark.parametrize("field", ["decision=reject", "fingerprint=0"])
def test_a_form_with_two_values_for_a_field_decides_nothing(client: TestClient, field: str) -> None:
    address, fields = form_of(client)
    form = OWN | {"content-type": "application/x-www-form-urlencoded"}
    answer = client.post(address, content=f"{field}&{urlencode(fields)}", headers=form)
    assert answer.status_code in (409, 422) and not is_kept(client)


def test_the_token_of_another_session_is_refused(agent: Agent, client: TestClient) -> None:
    address, fields = form_of(client)
    with browser_of(agent, "Mallory") as other:
        stolen = other.csrf_token
    assert client.post(address, data=fields | {"csrf": stolen}, headers=OWN).status_code == 403
    assert client.post(address, data=fields, headers=OWN | {"x-csrf-token": stolen}).status_code == 403


def stored(store: BaseStore) -> set[tuple[tuple[str, ...], str]]:
    """What is stored, but for the items that are put for a moment to read the clock."""
    items = store.search(("langchain_ashby",), limit=1000)
    return {(it.namespace, it.key) for it in items if it.namespace != _CLOCK}


def test_people_named_by_each_request_need_no_cookie_and_no_stored_session(agent: Agent) -> None:
    assert agent.store is not None
    app = create_app(agent, reviewers=known(), undo=timedelta(hours=1))
    before = stored(agent.store)  # also sessions that other tests began on this agent
    with plain(app) as client:
        address, fields = form_of(client)
        kept = stored(agent.store)
        for _ in range(20):
            assert not client.get("/").headers.get_list("set-cookie")
        assert stored(agent.store) == kept
        assert client.post(address, data=fields, headers=OWN).status_code == 303
    assert ROOT not in {namespace for namespace, _ in stored(agent.store) - before}


def test_a_form_token_is_valid_for_a_day_at_most_and_only_for_its_person() -> None:
    now = [datetime(2026, 11, 29, 11, 59, tzinfo=UTC)]
    store = InMemoryStore()
    key, other = FormKey(store, now=lambda: now[0]), FormKey(store, now=lambda: now[0] + timedelta(minutes=5))
    token, ahead = key.tokens("Grace")[0], other.tokens("Grace")[0]
    assert token in other.tokens("Grace") and ahead in key.tokens("Grace") and token != ahead
    assert token not in key.tokens("grace")
    now[0] += timedelta(hours=12)
    assert token in key.tokens("Grace")
    now[0] += timedelta(hours=12)
    assert token not in key.tokens("Grace")


def test_the_form_may_come_in_parts_as_well(client: TestClient) -> None:
    address, fields = form_of(client)
    parts = {name: (None, it) for name, it in fields.items()}
    assert client.post(address, files=parts, headers=OWN).status_code == 303


@pytest.mark.parametrize("body", [b"--x\r\nbroken", b"\xff\x00", b"%" * 100, b"[]"], ids=str)
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "multipart/form-data", "application/json", "a/b", ""]
)
def test_a_body_that_is_no_form_is_refused_in_words(client: TestClient, kind: str, body: bytes) -> None:
    address, _ = form_of(client)
    answer = client.post(address, content=body, headers=OWN | {"content-type": kind})
    assert answer.status_code in (400, 403)
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "", "localhost@evil", "[::2]"]
)
def test_a_name_that_is_not_this_machine_s_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:8000", "[::1]:8000", "127.0.0.1:65535"])
def test_the_names_of_this_machine_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


def test_two_names_at_once_are_refused(client: TestClient) -> None:
    assert client.get("/", headers=[("host", "127.0.0.1"), ("host", "evil.example")]).status_code == 421


def test_with_an_address_only_that_name_is_answered_and_links_lead_there(agent: Agent) -> None:
    app = create_app(agent, reviewers=known(), base_url="https://hire.example.com/inbox")
    with plain(app, "http://hire.example.com") as client:
        page = client.get("/")
        assert page.status_code == 200
        assert 'href="/inbox/static/style.css"' in page.text
        assert client.get("/inbox/static/style.css").status_code == 200
        assert client.get("/inbox/").status_code == 200
        assert client.get("/", headers={"host": "127.0.0.1"}).status_code == 421
        # Whatever it says: where the inbox is stands in its address.
        spoofed = client.get("/", headers={"x-forwarded-host": "evil.example", "x-forwarded-proto": "http"})
        assert "evil" not in spoofed.text


@pytest.mark.parametrize(
    ("address", "netloc"),
    [
        ("https://Hire.Example.com:443/a/", "hire.example.com"),
        ("http://hire.example.com:8080", "hire.example.com:8080"),
        ("https://bücher.example", "xn--bcher-kva.example"),
        ("http://[::1]:80", "[::1]"),
    ],
)
def test_an_address_is_written_as_browsers_write_it(address: str, netloc: str) -> None:
    assert Place.at(address).netloc == netloc


@pytest.mark.parametrize("wrong", ["hire.example.com", "ftp://x", "https://", "https://a@b/", "https://a/?b", ""])
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="base_url must be the address"):
        Place.at(wrong)


@pytest.mark.parametrize("base_url", [None, "https://hire.example.com"])
def test_the_cookie_is_only_for_this_site_and_hidden_from_scripts(agent: Agent, base_url: str | None) -> None:
    token = LocalToken("Grace")
    with plain(create_app(agent, reviewers=token, base_url=base_url), base_url or HOME) as client:
        [cookie] = client.get(token.address_of(base_url or HOME)).headers.get_list("set-cookie")
    assert {"httponly", "samesite=strict", "path=/"} <= {it.strip().lower() for it in cookie.split(";")}
    assert "domain" not in cookie.lower()
    assert (cookie.startswith("__Host-") and "secure" in cookie.lower()) is bool(base_url)


@pytest.mark.parametrize("address", ["/", "/nowhere", "/static/style.css", "/approvals/x/1", "/static/../app.py"])
def test_every_answer_forbids_everything_that_is_not_its_own(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    policy = dict(it.strip().split(" ", 1) for it in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert ("no-store" in headers.get("cache-control", "")) is not address.startswith("/static/style")


def test_pages_have_no_script_or_style_of_their_own_and_load_nothing_from_elsewhere(client: TestClient) -> None:
    address, _ = form_of(client)
    for page in (client.get("/"), client.get(address.removesuffix("/decision")), client.get("/nowhere")):
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)|javascript:", page.text)
        loaded = re.findall(r'<(?:script|link|img)[^>]* (?:src|href)="([^"]+)"', page.text)
        assert loaded and all(re.match(rf"({HOME})?/(?!/)|data:", it) for it in loaded)


def test_what_a_page_elsewhere_embeds_is_refused_but_a_link_leads_here(client: TestClient) -> None:
    embedded = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
    assert client.get("/", headers=embedded).status_code == 403
    linked = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/", headers=linked).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/..\\app.py"],
)
def test_no_other_files_are_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (403, 404)


def test_paths_beside_the_open_ones_are_not_open(agent: Agent) -> None:
    with plain(create_app(agent, reviewers=LocalToken("Grace"))) as client:
        for path in ("/", "/approvals/x/1", "/sign-inx", "/staticx", "//static/style.css", "/sign-out"):
            assert client.get(path).status_code in (303, 401, 404, 405), path
            assert "waiting" not in client.get(path).text


def test_a_body_that_is_too_large_is_refused_and_not_read_further(client: TestClient) -> None:
    address, fields = form_of(client)
    answer = client.post(address, data=fields | {"message": "x" * MOST_BYTES}, headers=OWN)
    assert answer.status_code == 413
    assert not is_kept(client)


async def test_a_body_that_comes_too_slowly_is_refused(agent: Agent) -> None:
    app = create_app(agent, reviewers=known())
    # The middleware of the application, with less patience.
    for it in app.user_middleware:
        if "body_within" not in it.kwargs and "place" in it.kwargs:
            it.kwargs["body_within"] = 0.05
    sent: list[Any] = []
    headers = [(b"host", b"127.0.0.1"), (b"origin", HOME.encode())]
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": "/", "raw_path": b"/", "query_string": b"",
        "headers": headers, "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip

    async def receive() -> Any:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
    assert sent[0]["status"] == 408


def test_an_inbox_that_was_not_started_says_so_instead_of_keeping_decisions_forever(agent: Agent) -> None:
    client = plain(create_app(agent, reviewers=known()))  # without `with`, no lifespan
    answer = client.get("/")
    assert answer.status_code == 503
    assert "lifespan" in answer.text


def test_an_error_is_a_page_without_details_and_its_words_are_not_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise RuntimeError("Ada Lovelace <ada@example.org>")

    client.app.state.inbox.questions.approvals = fails  # type: ignore[attr-defined]
    answer = client.get("/")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"]
    assert "Ada" not in answer.text and "RuntimeError" not in answer.text
    assert "RuntimeError" in caplog.text and "in fails" in caplog.text
    assert "Ada" not in caplog.text


def test_a_file_that_breaks_off_gives_no_words_of_its_error_to_the_log_of_the_server(agent: Agent) -> None:
    def fails(*_: object) -> Iterator[object]:
        raise RuntimeError("Ada Lovelace <ada@example.org>")
        yield

    app = create_app(agent, reviewers=known())
    app.state.inbox.trail.entries = fails
    with plain(app) as client, pytest.raises(BrokenOffError) as raised:
        client.get("/outcomes.csv")
    assert "Ada" not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("planted", ["planted", "x" * 5000, 'a"b'])
def test_a_planted_cookie_is_of_no_use(agent: Agent, planted: str) -> None:
    token = LocalToken("Grace")
    app = create_app(agent, reviewers=token)
    with plain(app) as victim, plain(app) as again:
        victim.get(token.address_of(HOME))
        [name] = victim.cookies.keys()
        again.cookies.set(name, planted, domain="127.0.0.1")
        assert again.get("/").status_code == 401
        [given] = again.get(token.address_of(HOME)).headers.get_list("set-cookie")
        assert planted not in given


async def test_a_session_ends_in_time_and_is_swept_away() -> None:
    store = InMemoryStore()
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    clock = [now]
    sessions = Sessions(store, "test", now=lambda: clock[0])
    session = await sessions.begin(Reviewer("Grace"))
    clock[0] = now + timedelta(hours=11)
    assert await sessions.find(session.secret)
    clock[0] = now + timedelta(hours=12)
    assert await sessions.find(session.secret) is None
    await sessions.begin(Reviewer("Ben"))
    assert len(store.search(("langchain_ashby", "sessions"))) == 1


async def test_a_session_is_good_for_the_way_that_began_it_alone_and_its_secret_is_not_kept() -> None:
    store = InMemoryStore()
    session = await Sessions(store, "one").begin(Reviewer("Grace"))
    assert await Sessions(store, "other").find(session.secret) is None
    assert session.secret not in str([(it.key, it.value) for it in store.search(("langchain_ashby",))])
    assert session.secret not in session.csrf_token


def test_failures_are_counted_by_address_and_in_all() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0], each=2, in_all=3)
    for peer in ("a", "a", "b"):
        assert not attempts.are_too_many(peer)
        attempts.failed(peer)
    assert attempts.are_too_many("a")
    assert attempts.are_too_many("c")
    now[0] = 60
    assert not attempts.are_too_many("a")


def test_a_header_counts_only_from_its_proxy(agent: Agent) -> None:
    app = create_app(agent, reviewers=TrustedHeader("X-Forwarded-User", ["10.0.0.0/8", "fd00::/8"]))
    headers = {"x-forwarded-user": "Grace"}
    for peer, status in (("10.1.2.3", 200), ("::ffff:10.1.2.3", 200), ("fd00::1", 200), ("127.0.0.1", 403), ("x", 403)):
        with TestClient(app, base_url=HOME, client=(peer, 1)) as client:
            assert client.get("/", headers=headers).status_code == status, peer
            assert client.get("/", headers=headers | {"x-forwarded-for": "10.0.0.1"}).status_code == status
            assert client.get("/").status_code == 403
            assert (
                client.get("/", headers=[("x-forwarded-user", "Grace"), ("x-forwarded-user", "Eve")]).status_code == 403
            )


def test_someone_who_may_only_see_is_refused_a_decision(agent: Agent) -> None:
    with browser_of(agent) as other:
        address, fields = form_of(other)
    with browser_of(agent, "Vera", "viewer") as browser:
        assert browser.get(address.removesuffix("/decision")).status_code == 200
        answer = browser.post(address, data=fields | {"csrf": browser.csrf_token})
        assert answer.status_code == 403
        assert not is_kept(browser)


def test_someone_without_a_role_sees_nothing(agent: Agent) -> None:
    with browser_of(agent) as seeing:
        address, _ = form_of(seeing)
    with browser_of(agent, "Nobody", "guest") as browser:
        for path in ("/", address.removesuffix("/decision"), "/outcomes", "/events/poll", "/nowhere"):
            answer = browser.get(path)
            assert answer.status_code == 403
            assert "You have no role in this inbox" in answer.text and "Ada" not in answer.text


def test_the_reviewer_s_name_goes_with_the_decision(agent: Agent) -> None:
    with browser_of(agent, "Grace Hopper", undo=timedelta(hours=1)) as browser:
        address, fields = form_of(browser)
        browser.post(address, data=fields | {"reviewer": "Mallory"})
        [kept] = browser.app.state.inbox.outbox.all().values()  # type: ignore[attr-defined]
        assert kept.reviewer == "Grace Hopper"


def test_browsers_of_the_tests_are_like_real_ones(agent: Agent) -> None:
    with browser_of(agent) as browser:
        assert isinstance(browser, Browser)
        assert browser.csrf_token
