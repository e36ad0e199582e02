"""A web page in the browser of a sandbox's user gets no access to Ashby's methods, to the control surface, which takes
no key, or to the storage."""

import socket
from typing import Any

import pytest
import requests

from langchain_ashby.sandbox import AshbySandbox

EVERYWHERE = [
    ("POST", "/user.list"),
    ("GET", "/_sandbox/state"),
    ("GET", "/_sandbox/requests"),
    ("POST", "/_sandbox/reset"),
    ("POST", "/_sandbox/faults"),
    ("POST", "/_sandbox/keys"),
    ("POST", "/_sandbox/departures"),
    ("POST", "/_sandbox/clock"),
    ("POST", "/_storage"),
    ("GET", "/_storage/1"),
]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PLAIN = {"Content-Type": "text/plain"}

PAGES: dict[str, dict[str, str]] = {
    "a script's request": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "a frame or a file, which has no origin": {"Origin": "null", "Sec-Fetch-Site": "cross-site", **PLAIN},
    "a form that is sent as plain text": {"Origin": "https://evil.example", **PLAIN},
    "a form": {"Origin": "https://evil.example", **FORM},
    "a page that another server on this machine gave": {"Origin": "http://127.0.0.1:8000"},
    "a page that says to be ours": {"Origin": "http://localhost"},
    "an image or a script": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
    "an image in a page of this machine": {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    "a link": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    "an extension's page": {"Origin": "chrome-extension://abcdefghijklmnop", "Sec-Fetch-Site": "none"},
    "a name that was bound to this machine": {"Host": "evil.example"},
    "such a name with our port": {"Host": "evil.example:80"},
    "a name that begins like ours": {"Host": "127.0.0.1.evil.example"},
    "a name that ends like ours": {"Host": "evil-localhost"},
    "an address of all networks": {"Host": "0.0.0.0"},
}


def sent(
    sandbox: AshbySandbox, verb: str, path: str, headers: dict[str, str], content: str = "{}"
) -> requests.Response:
    return requests.request(verb, sandbox.url + path, headers=headers, data=content.encode(), timeout=10)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_refused_everywhere_even_with_the_key(sandbox: AshbySandbox, page: str) -> None:
    sandbox.fault("candidate.list", status=500)
    before, calls = sandbox.state(), len(sandbox.requests())
    for verb, path in EVERYWHERE:
        answer = requests.request(
            verb, sandbox.url + path, headers=PAGES[page], data=b"{}", auth=(sandbox.api_key, ""), timeout=10
        )
        assert answer.status_code == 403, (verb, path)
        assert answer.json()["errorInfo"]["code"] == "forbidden"
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert sandbox.state() == before
    assert len(sandbox.requests()) == calls


@pytest.mark.parametrize(("verb", "path"), EVERYWHERE)
def test_a_preflight_is_not_granted(sandbox: AshbySandbox, verb: str, path: str) -> None:
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": verb,
        "Access-Control-Request-Headers": "authorization, content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    answer = sent(sandbox, "OPTIONS", path, asked, "")
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_web_socket_is_not_opened(sandbox: AshbySandbox) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    asked = {**upgrade, "Sec-WebSocket-Key": "x", "Origin": "https://evil.example"}
    assert sent(sandbox, "GET", "/_sandbox/state", asked).status_code == 403


@pytest.mark.parametrize(
    "head",
    [
        "GET http://evil.example/_sandbox/state HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /_sandbox/state HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        "GET /_sandbox/state HTTP/1.1\r\nHost: evil.example\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /_sandbox/state HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: 127.0.0.1\r\n\r\n",
        "GET /_sandbox/state HTTP/1.1\r\nHost: 127.0.0.1\r\norigin: null\r\n\r\n",
        "GET /_sandbox/state HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin:\r\n\r\n",
    ],
)
def test_a_request_that_says_two_things_is_refused(sandbox: AshbySandbox, head: str) -> None:
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2])), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}])
def test_programs_and_a_person_who_types_the_address_need_no_key_for_the_control_surface(
    sandbox: AshbySandbox, headers: dict[str, Any]
) -> None:
    assert sent(sandbox, "GET", "/_sandbox/state", headers).json() == sandbox.state()


def test_the_bodies_that_programs_send_to_the_control_surface_are_taken_whatever_they_are_called(
    sandbox: AshbySandbox,
) -> None:
    for kind in ({}, FORM, {"Content-Type": "application/json"}):  # the second is curl's default
        answer = sent(sandbox, "POST", "/_sandbox/faults", kind, '{"endpoint": "user.list", "status": 500}')
        assert answer.json() == {"ok": True}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]:5"])
def test_every_name_of_the_loopback_will_do(sandbox: AshbySandbox, host: str) -> None:
    assert sent(sandbox, "GET", "/_sandbox/state", {"Host": host}).status_code == 200


def test_it_listens_on_the_loopback_alone_and_makes_a_new_key_each_time(sandbox: AshbySandbox) -> None:
    address, port = sandbox.url.removeprefix("http://").split(":")
    assert address == "127.0.0.1"
    outward = next((str(it[4][0]) for it in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)), address)
    if not outward.startswith("127."):
        with pytest.raises(OSError):
            socket.create_connection((outward, int(port)), timeout=2).close()
    with AshbySandbox(candidates=0) as one, AshbySandbox(candidates=0) as other:
        assert one.api_key != other.api_key
        assert len(one.api_key) >= 32
