"""Credentials, verbs, envelopes and headers, common to all calls."""

import ast
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import small_company
from caller import Caller
from small_company import ident

import langchain_ashby.sandbox
from langchain_ashby.sandbox import AshbySandbox


def test_a_call_succeeds_with_an_envelope_and_the_headers_of_every_reply(call: Caller) -> None:
    response = call.post("user.info", {"userId": ident("anna")})
    assert response.json()["results"]["firstName"] == "Anna"
    assert len(response.headers["x-ashby-request-id"]) == 26
    assert response.headers["Ashby-Version"] == "2026-01-01"
    assert response.headers["Ashby-Version-Status"] == "active"


@pytest.mark.parametrize(("auth", "status"), [(None, 401), (("", ""), 401), (("wrong", ""), 403)])
def test_no_key_is_401_and_a_wrong_key_is_403(sandbox: AshbySandbox, auth: tuple[str, str] | None, status: int) -> None:
    response = requests.post(f"{sandbox.url}/user.list", json={}, auth=auth, timeout=10)
    assert response.status_code == status
    assert response.json()["success"] is False


def test_a_bearer_token_is_no_key(sandbox: AshbySandbox) -> None:
    headers = {"Authorization": f"Bearer {sandbox.api_key}"}
    assert requests.post(f"{sandbox.url}/user.list", json={}, headers=headers, timeout=10).status_code == 401


def test_an_unknown_method_is_404_and_another_verb_405(call: Caller) -> None:
    assert call.post("user.invent", {}).status_code == 404
    response = call.session.get(f"{call.sandbox.url}/user.list", timeout=10)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"name": "\\ud800"}', b'{"limit": NaN}', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused_at_200(call: Caller, body: bytes) -> None:
    response = call.session.post(f"{call.sandbox.url}/candidate.search", data=body, timeout=10)
    assert response.status_code == 200
    assert response.json()["errorInfo"]["code"] == "invalid_input"


def test_a_nesting_without_end_is_refused(call: Caller) -> None:
    body = b'{"name":' * 100_000
    response = call.session.post(f"{call.sandbox.url}/candidate.search", data=body, timeout=10)
    assert response.json()["errorInfo"]["code"] == "invalid_input"


def test_a_body_above_ten_megabytes_is_413_and_the_sandbox_lives_on(call: Caller) -> None:
    response = call.session.post(f"{call.sandbox.url}/user.list", data=b" " * 11_000_000, timeout=10)
    assert response.status_code == 413
    assert call("user.list")


def test_a_body_may_come_in_chunks(call: Caller) -> None:
    for _ in range(2):
        chunks = (chunk for chunk in (b'{"limit"', b": 1}"))
        response = call.session.post(f"{call.sandbox.url}/user.list", data=chunks, timeout=10)
        assert len(response.json()["results"]) == 1


def test_only_the_one_version_can_be_asked_for(sandbox: AshbySandbox) -> None:
    assert Caller(sandbox, sandbox.api_key, {"Ashby-Version": "2026-01-01"})("user.list")
    old = Caller(sandbox, sandbox.api_key, {"Ashby-Version": "2025-01-01"})
    assert old.refused("user.list").startswith("invalid_input Ashby-Version")


def test_unknown_keys_and_wrong_types_are_refused_by_name(call: Caller) -> None:
    assert "candidateId: is not a key" in call.refused("candidate.info", id=ident("Cara Ruiz"), candidateId="x")
    assert "name: must be a string" in call.refused("candidate.search", name=5)
    assert "id: is required" in call.refused("job.info")
    assert "id: must be a UUID" in call.refused("job.info", id="7")
    assert "status[0]: must be one of" in call.refused("job.list", status=["Opened"])


def test_numbers_and_booleans_may_come_in_quotes_and_tokens_may_be_null(call: Caller) -> None:
    found = call("user.list", limit="2", includeDeactivated="true", cursor=None, syncToken=None)
    assert len(found) == 2


def test_a_keep_alive_call_does_not_wait_for_delayed_acknowledgments(call: Caller) -> None:
    call("user.info", userId=ident("anna"))
    times = []
    for _ in range(50):
        started = time.perf_counter()
        call("user.info", userId=ident("anna"))
        times.append(time.perf_counter() - started)
    assert min(times) < 0.02  # each would take 0.04, however idle the machine is


def test_many_calls_share_one_connection(sandbox: AshbySandbox) -> None:
    request = b"POST /user.list HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as connection:
        connection.sendall(request * 3)
        received = b""
        while received.count(b'"success":false') < 3:
            chunk = connection.recv(65536)
            assert chunk
            received += chunk
    assert received.count(b"HTTP/1.1 401") == 3


def test_an_idle_connection_is_closed_in_time() -> None:
    with AshbySandbox(company=small_company.company, keep_alive=0.2) as sandbox:
        request = b"POST /user.list HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
        with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as connection:
            time.sleep(0.3)  # a new one is not idle yet
            for _ in range(3):
                time.sleep(0.1)
                connection.sendall(request)
                received = b""
                while not received.endswith(b"}}"):
                    received += connection.recv(65536)
                assert received.startswith(b"HTTP/1.1 401")
            started = time.monotonic()
            assert connection.recv(65536) == b""
            assert 0.1 < time.monotonic() - started < 2
        # A long call is not idle.
        sandbox.fault("user.list", delay=0.5)
        assert Caller(sandbox, sandbox.api_key)("user.list")


@pytest.mark.parametrize("keep_alive", [0, -1, float("nan"), float("inf")])
def test_a_connection_is_not_kept_for_no_time_or_for_ever(keep_alive: float) -> None:
    with pytest.raises(ValueError, match="keep_alive"):
        AshbySandbox(company=small_company.company, keep_alive=keep_alive)


def test_stopping_hangs_up_on_clients_that_keep_the_connection() -> None:
    sandbox = AshbySandbox(company=small_company.company).start()
    caller = Caller(sandbox, sandbox.api_key)
    url = sandbox.url
    caller("user.list")
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        caller.session.post(f"{url}/user.list", json={}, timeout=10)


def test_a_port_that_is_taken_is_an_error_and_not_the_end_of_the_program(sandbox: AshbySandbox) -> None:
    other = AshbySandbox(port=int(sandbox.url.rpartition(":")[2]), company=small_company.company)
    with pytest.raises(OSError, match="in use"):
        other.start()
    other.stop()


def test_thirty_two_threads_write_at_once_without_losing_a_record(sandbox: AshbySandbox) -> None:
    barrier = threading.Barrier(32)

    def work(number: int) -> list[str]:
        caller = Caller(sandbox, sandbox.api_key)
        barrier.wait()
        return [caller("candidate.create", name=f"Candidate {number}-{turn}")["id"] for turn in range(5)]

    with ThreadPoolExecutor(32) as threads:
        ids = [created for batch in threads.map(work, range(32)) for created in batch]
    assert len(set(ids)) == 160
    stored = [record["id"] for record in sandbox.records("candidate")]
    assert set(ids) <= set(stored)
    assert len(sandbox.requests()) == 160


def test_the_rate_limit_counts_each_key_and_says_when_to_come_back() -> None:
    with AshbySandbox(company=small_company.company, rate_limit=2) as sandbox:
        caller = Caller(sandbox, sandbox.api_key)
        caller("user.list")
        caller("user.list")
        response = caller.post("user.list", {})
        assert response.status_code == 429
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert Caller(sandbox, sandbox.add_key())("user.list")
        sandbox.advance_clock(61)
        assert caller("user.list")


def test_a_client_that_loses_patience_leaves_no_trace(
    sandbox: AshbySandbox, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.fault("user.list", delay=0.5)
    sandbox.fault("user.list", delay=30)
    for _ in range(2):
        with pytest.raises(requests.Timeout):
            requests.post(f"{sandbox.url}/user.list", json={}, auth=(sandbox.api_key, ""), timeout=0.05)
    time.sleep(0.5)
    sandbox.stop()
    time.sleep(0.1)
    assert capfd.readouterr().err == ""
    assert caplog.records == []


def test_the_sandbox_imports_no_other_part_of_the_package() -> None:
    root = Path(langchain_ashby.sandbox.__file__).parent
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                assert not module.startswith("langchain") or module.startswith("langchain_ashby.sandbox"), path


def test_without_werkzeug_the_import_says_what_to_install() -> None:
    program = "import sys; sys.modules['werkzeug'] = None; import langchain_ashby.sandbox"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert 'pip install "langchain-ashby[sandbox]"' in result.stderr
