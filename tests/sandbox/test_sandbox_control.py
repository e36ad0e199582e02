"""Keys, faults, the control surface, and databases in files."""

import base64
import gzip
import json
import socket
import sqlite3
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import requests
import small_company
from caller import Caller
from small_company import ident

from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.sandbox.methods import METHODS
from langchain_ashby.sandbox.records import KINDS

CARA = ident("Cara Ruiz")


def test_a_key_without_the_permission_is_refused_with_403(sandbox: AshbySandbox) -> None:
    reader = Caller(sandbox, sandbox.add_key(permissions=["candidatesRead"]))
    assert reader("candidate.list")
    response = reader.post("candidate.createNote", {"candidateId": CARA, "note": "x"})
    assert response.status_code == 403
    assert response.json()["errorInfo"]["code"] == "missing_endpoint_permission"
    assert reader.refused("job.list").startswith("missing_endpoint_permission")


def test_a_key_reports_its_permissions(sandbox: AshbySandbox) -> None:
    key = sandbox.add_key(permissions=["apiKeysRead", "candidatesWrite"])
    assert Caller(sandbox, key)("apiKey.info")["scopes"] == ["apiKeys:read", "candidates:write"]


def test_confidential_jobs_and_all_that_belongs_to_them_are_invisible_without_the_toggle(call: Caller) -> None:
    application = ident("Saul Secret for secret")
    call("interviewSchedule.create", applicationId=application, interviewEvents=[EVENT])
    call("applicationFeedback.submit", applicationId=application, **FEEDBACK)
    call("offerProcess.start", applicationId=application)
    outsider = Caller(call.sandbox, call.sandbox.add_key(confidential=False))
    assert [job["title"] for job in outsider("job.list")] == ["engineer", "closed"]
    assert "Saul Secret" not in [found["name"] for found in outsider("candidate.list")]
    assert outsider("candidate.search", name="saul") == []
    assert len(outsider("application.list")) == 3
    assert outsider("interviewSchedule.list") == []
    assert outsider("applicationFeedback.list") == []
    assert outsider.refused("job.info", id=ident("secret")).startswith("job_not_found")
    assert outsider.refused("candidate.info", id=ident("Saul Secret")).startswith("candidate_not_found")
    assert outsider.refused("application.info", applicationId=application).startswith("application_not_found")
    body = {"candidateId": CARA, "jobId": ident("secret")}
    assert outsider.refused("application.create", **body).startswith("job_not_found")


def test_a_candidate_shows_only_the_applications_that_the_key_may_see(call: Caller) -> None:
    call("application.create", candidateId=CARA, jobId=ident("secret"))
    outsider = Caller(call.sandbox, call.sandbox.add_key(confidential=False))
    assert len(call("candidate.info", id=CARA)["applicationIds"]) == 2
    assert len(outsider("candidate.info", id=CARA)["applicationIds"]) == 1


def test_private_notes_and_fields_are_invisible_without_the_toggle(call: Caller) -> None:
    wish = {"fieldId": ident("salary wish"), "fieldValue": {"value": 1, "currencyCode": "EUR"}}
    owner = {"objectType": "Candidate", "objectId": CARA}
    call("customField.setValue", **owner, **wish)
    outsider = Caller(call.sandbox, call.sandbox.add_key(private=False))
    assert [note["content"] for note in outsider("candidate.listNotes", candidateId=CARA)] == ["Fine."]
    assert outsider("candidate.info", id=CARA)["customFields"] == []
    assert len(call("candidate.info", id=CARA)["customFields"]) == 1
    assert "salary wish" not in [field["title"] for field in outsider("customField.list")]
    assert "fieldId" in outsider.refused("customField.setValue", **owner, **wish)


def test_acting_on_behalf_of_a_user_makes_him_the_author(sandbox: AshbySandbox) -> None:
    ben = Caller(sandbox, sandbox.api_key, {"X-On-Behalf-Of": ident("ben")})
    assert ben("candidate.createNote", candidateId=CARA, note="x")["author"]["firstName"] == "Ben"
    for nobody in (ident("gone"), ident("none"), "x"):
        caller = Caller(sandbox, sandbox.api_key, {"X-On-Behalf-Of": nobody})
        assert "X-On-Behalf-Of" in caller.refused("user.list")
    forbidden = Caller(sandbox, sandbox.add_key(act_on_behalf=False), {"X-On-Behalf-Of": ident("ben")})
    assert forbidden.post("user.list", {}).status_code == 403


def test_no_method_that_reads_can_write(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """A method with a Read permission that tried to write would fail: its store is read-only."""
    writer = METHODS["candidate.create"]
    disguised = type(writer)("candidate.create", "candidatesRead", writer.request, writer.rule)
    monkeypatch.setitem(METHODS, "candidate.create", disguised)
    before = call.sandbox.state()
    assert call.post("candidate.create", {"name": "x"}).status_code == 500
    assert call.sandbox.state() == before


# Faults


def test_a_fault_happens_as_often_as_was_asked_and_to_its_endpoint_only(call: Caller) -> None:
    call.sandbox.fault("user.list", times=2, status=503, headers={"Retry-After": "1"})
    assert call("job.list")
    for _ in range(2):
        response = call.post("user.list", {})
        assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert call("user.list")


def test_a_status_or_a_body_replaces_the_reply_without_the_effect(call: Caller) -> None:
    before = call.sandbox.state()
    call.sandbox.fault("*", status=429)
    limited = call.post("candidate.create", {"name": "x"})
    assert limited.json()["errorInfo"]["code"] == "rate_limit_exceeded"
    call.sandbox.fault("*", body="<html>", content_type="text/html")
    page = call.post("candidate.create", {"name": "x"})
    assert (page.status_code, page.text, page.headers["Content-Type"]) == (200, "<html>", "text/html")
    assert call.sandbox.state() == before


def test_a_connection_is_dropped_before_the_effect_or_after_it(call: Caller) -> None:
    for drop, count in (("before", 4), ("after", 5)):
        call.sandbox.fault("candidate.create", drop=drop)
        with pytest.raises(requests.ConnectionError) as dropped:
            call.post("candidate.create", {"name": "Lost"})
        assert "reset" in str(dropped.value).lower() or "aborted" in str(dropped.value).lower()
        assert len(call.sandbox.records("candidate")) == count
    assert [(entry["status"], entry["ok"]) for entry in call.sandbox.requests()] == [(None, False), (None, True)]


def test_a_delay_delays_and_headers_alone_are_added(call: Caller) -> None:
    call.sandbox.fault("user.list", delay=0.2, headers={"X-Extra": "1"})
    started = time.monotonic()
    response = call.post("user.list", {})
    assert time.monotonic() - started >= 0.2
    assert response.json()["success"]
    assert response.headers["X-Extra"] == "1"


def test_a_fault_may_lie_about_the_length_of_the_reply(call: Caller) -> None:
    call.sandbox.fault("user.list", headers={"content-length": "100000", "Connection": "close"})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        call.post("user.list", {})
    assert call("user.list")


def test_a_replaced_reply_can_come_after_the_effect(call: Caller) -> None:
    call.sandbox.fault("candidate.create", status=502, effect=True)
    call.sandbox.fault("candidate.create", body="<html>", effect=True)
    call.sandbox.fault("candidate.create", status=502)
    statuses = [call.post("candidate.create", {"name": "Once"}).status_code for _ in range(3)]
    assert statuses == [502, 200, 502]
    assert len(call.sandbox.records("candidate")) == 6
    assert [entry["ok"] for entry in call.sandbox.requests()] == [True, True, False]


def test_a_connection_is_reset_in_the_middle_of_the_reply(call: Caller) -> None:
    call.sandbox.fault("candidate.create", drop="during")
    received = b""
    with (
        call.session.post(f"{call.sandbox.url}/candidate.create", json={"name": "Lost"}, stream=True) as response,
        pytest.raises(requests.exceptions.ChunkedEncodingError, match="reset"),
    ):
        for byte in response.iter_content(1):
            received += byte
    assert received.startswith(b'{"success":true') and len(received) == int(response.headers["Content-Length"]) // 2
    assert len(call.sandbox.records("candidate")) == 5
    assert call("user.list")


def test_a_body_is_cut_where_asked_and_the_connection_ends(call: Caller) -> None:
    call.sandbox.fault("user.list", cut=7)
    with socket.create_connection(("127.0.0.1", int(call.sandbox.url.rpartition(":")[2]))) as connection:
        head = f"POST /user.list HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {coded(call.sandbox.api_key)}\r\n"
        connection.sendall(f"{head}Content-Length: 2\r\n\r\n{{}}".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.partition(b"\r\n\r\n")[2] == b'{"succe'


def test_a_body_may_be_bytes_and_over_http_they_come_in_base64(call: Caller) -> None:
    packed = gzip.compress(b'{"success":true,"results":[]}')
    call.sandbox.fault("user.list", body=packed, headers={"Content-Encoding": "gzip"})
    what = {"endpoint": "user.list", "body_base64": base64.b64encode(b"\xff\xfe").decode(), "content_type": "x/y"}
    assert requests.post(f"{call.sandbox.url}/_sandbox/faults", json=what, timeout=10).status_code == 200
    assert call("user.list") == []
    plain = call.post("user.list", {})
    assert (plain.content, plain.headers["Content-Type"]) == (b"\xff\xfe", "x/y")


def test_a_reply_is_padded_to_any_size_and_means_the_same(call: Caller) -> None:
    users = call("user.list")
    call.sandbox.fault("user.list", size=3_000_000)
    padded = call.post("user.list", {})
    assert (len(padded.content), padded.headers["Content-Length"]) == (3_000_000, "3000000")
    assert padded.json()["results"] == users
    call.sandbox.fault("user.list", size=5)
    assert call("user.list") == users


def test_fifty_megabytes_are_sent_without_being_held(call: Caller) -> None:
    call.sandbox.fault("user.list", size=50_000_000)
    tracemalloc.start()
    try:
        with call.session.post(f"{call.sandbox.url}/user.list", json={}, stream=True, timeout=10) as response:
            received = sum(map(len, response.iter_content(1 << 16)))
        assert received == 50_000_000
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("part", ["drip_head", "drip_body"])
def test_a_reply_drips_byte_by_byte(call: Caller, part: str) -> None:
    slowly: dict[str, Any] = {part: 0.002}
    call.sandbox.fault("user.list", body="0123456789" * 5, **slowly)
    started = time.monotonic()
    with call.session.post(f"{call.sandbox.url}/user.list", json={}, stream=True, timeout=10) as response:
        head = time.monotonic() - started
        pieces = list(response.iter_content(None))
    body = time.monotonic() - started - head
    assert b"".join(pieces) == b"0123456789" * 5
    slow, fast = (head, body) if part == "drip_head" else (body, head)
    assert slow >= 0.09 and fast < slow


def test_the_type_of_a_reply_can_be_a_lie(call: Caller) -> None:
    call.sandbox.fault("user.list", content_type="text/plain; charset=utf-16")
    response = call.post("user.list", {})
    assert response.headers["Content-Type"] == "text/plain; charset=utf-16"
    assert json.loads(response.content)["success"]


def test_uploads_can_suffer_faults_of_their_own(call: Caller) -> None:
    call.sandbox.fault("_storage", status=503)
    assert call("user.list")
    assert requests.post(f"{call.sandbox.url}/_storage", timeout=10).status_code == 503


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({"endpoint": "user.invent", "status": 500}, "endpoint"),
        ({"status": 500}, "endpoint"),
        ({"endpoint": ["*"], "status": 500}, "endpoint"),
        ({"endpoint": "*"}, "at least one"),
        ({"endpoint": "*", "status": 99}, "status"),
        ({"endpoint": "*", "status": "500"}, "status"),
        ({"endpoint": "*", "delay": -1}, "delay"),
        ({"endpoint": "*", "drop": "sometimes"}, "drop"),
        ({"endpoint": "*", "effect": True}, "at least one"),
        ({"endpoint": "*", "status": 500, "effect": "yes"}, "effect"),
        ({"endpoint": "*", "size": 1.5}, "size"),
        ({"endpoint": "*", "size": 2_000_000_000}, "size"),
        ({"endpoint": "*", "cut": -1}, "cut"),
        ({"endpoint": "*", "drip_head": True}, "drip_head"),
        ({"endpoint": "*", "drip_body": 601}, "drip_body"),
        ({"endpoint": "*", "content_type": "a\r\nb"}, "content_type"),
        ({"endpoint": "*", "body_base64": "?"}, "body_base64"),
        ({"endpoint": "*", "body_base64": 5}, "body_base64"),
        ({"endpoint": "*", "body_base64": "", "body": ""}, "body_base64"),
        ({"endpoint": "*", "body": {}}, "body"),
        ({"endpoint": "*", "headers": {"a": 1}}, "headers"),
        ({"endpoint": "*", "headers": {"a": "1\r\nb: 2"}}, "headers"),
        ({"endpoint": "*", "status": 500, "times": 0}, "times"),
        ({"endpoint": "*", "status": 500, "often": 2}, "often"),
    ],
)
def test_a_fault_that_makes_no_sense_is_400(sandbox: AshbySandbox, fault: dict[str, Any], named: str) -> None:
    response = requests.post(f"{sandbox.url}/_sandbox/faults", json=fault, timeout=10)
    assert response.status_code == 400
    assert named in response.json()["error"]


# The control surface


def test_the_control_surface_offers_the_methods_over_http(sandbox: AshbySandbox) -> None:
    def control(path: str, **body: Any) -> Any:
        response = requests.post(f"{sandbox.url}/_sandbox/{path}", json=body, timeout=10)
        assert response.status_code == 200, response.text
        return response.json()

    key = control("keys", permissions=["organizationRead"])["api_key"]
    caller = Caller(sandbox, key)
    cursor = caller.envelope("user.list", limit=1)["nextCursor"]
    control("clock", advance=15 * 24 * 3600)
    assert caller.refused("user.list", limit=1, cursor=cursor).startswith("next_cursor_expired")
    control("faults", endpoint="user.list", status=500, times=2)
    assert caller.post("user.list", {}).status_code == 500
    logged = requests.get(f"{sandbox.url}/_sandbox/requests", timeout=10).json()
    assert logged == sandbox.requests()
    assert requests.get(f"{sandbox.url}/_sandbox/requests?after=2", timeout=10).json() == logged[2:]
    assert [entry["ok"] for entry in logged] == [True, False, False]
    assert requests.get(f"{sandbox.url}/_sandbox/state", timeout=10).json() == sandbox.state()
    control("reset")
    assert sandbox.requests() == []
    assert caller.post("user.list", {}).status_code == 403
    assert Caller(sandbox, sandbox.api_key)("user.list")


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=", "before=1"])
def test_the_log_is_followed_from_a_whole_number_on(sandbox: AshbySandbox, query: str) -> None:
    response = requests.get(f"{sandbox.url}/_sandbox/requests?{query}", timeout=10)
    assert response.status_code == 400
    assert query.partition("=")[0] in response.json()["error"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("keys", b'{"permissions": "candidatesRead"}'),
        ("keys", b'{"permissions": ["candidatesFly"]}'),
        ("keys", b'{"permissions": [[]]}'),
        ("keys", b'{"private": 1}'),
        ("keys", b'{"api_key": ""}'),
        ("departures", b"{}"),
        ("departures", b'{"delete": 1}'),
        ("departures", b'{"delete": "nobody"}'),
        ("departures", b'{"anonymize": "nobody", "delete": "nobody"}'),
        ("departures", b'{"merge": "nobody"}'),
        ("clock", b"{}"),
        ("clock", b'{"advance": -1}'),
        ("clock", b'{"advance": NaN}'),
        ("clock", b"[]"),
        ("clock", b"{"),
    ],
)
def test_the_control_surface_refuses_invalid_requests(sandbox: AshbySandbox, path: str, body: bytes) -> None:
    response = requests.post(f"{sandbox.url}/_sandbox/{path}", data=body, timeout=10)
    assert response.status_code == 400
    assert response.json()["error"]


def test_the_control_surface_knows_its_paths_and_verbs(sandbox: AshbySandbox) -> None:
    assert requests.get(f"{sandbox.url}/_sandbox/nothing", timeout=10).status_code == 404
    assert requests.get(f"{sandbox.url}/_sandbox/reset", timeout=10).status_code == 405
    assert requests.post(f"{sandbox.url}/_sandbox/state", timeout=10).status_code == 405


def test_every_call_is_logged_with_its_request_and_outcome(call: Caller) -> None:
    response = call.post("candidate.search", {"name": "cara"})
    call.post("candidate.search", {"nam": "cara"})
    call.post("candidate.invent", {})
    first, second, third = call.sandbox.requests()
    assert first == {
        "endpoint": "candidate.search",
        "body": {"name": "cara"},
        "status": 200,
        "ok": True,
        "request_id": response.headers["x-ashby-request-id"],
        "key": "key-1",
        "on_behalf_of": None,
        "fault": False,
        "warnings": [],
    }
    assert (second["status"], second["ok"]) == (200, False)
    assert (third["status"], third["ok"]) == (404, False)
    assert call.sandbox.api_key not in str(call.sandbox.requests()) + str(call.sandbox.state())


def test_a_reset_brings_back_the_company_and_the_same_ids(call: Caller) -> None:
    start = call.sandbox.state()
    first = call("candidate.create", name="New One")
    call.sandbox.reset()
    assert call.sandbox.state() == start
    assert call("candidate.create", name="New One")["id"] == first["id"]


def test_a_sandbox_in_a_file_can_be_reset_again_and_again_and_the_file_keeps_the_start(tmp_path: Path) -> None:
    where: dict[str, Any] = {"db": tmp_path / "ashby.db", "api_key": "mine", "company": small_company.company}
    with AshbySandbox(**where) as sandbox:
        start, call = sandbox.state(), Caller(sandbox, "mine")
        for _ in range(3):
            call("candidate.create", name="New One")
            sandbox.reset()
            assert sandbox.state() == start
    with AshbySandbox(**where) as sandbox:
        assert sandbox.state() == start


def test_the_invented_company_is_there_without_asking() -> None:
    with AshbySandbox(candidates=3) as sandbox:
        assert len(Caller(sandbox, sandbox.api_key)("candidate.list")) == 3


def test_each_sandbox_has_an_invented_company_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "ashby.db"
    with AshbySandbox(candidates=3) as one, AshbySandbox(candidates=3, db=file) as other:
        start = one.state()
        assert other.state() == start
        Caller(one, one.api_key)("candidate.create", name="New One")
        assert other.state() == start
    with AshbySandbox(candidates=3) as one, AshbySandbox(db=file) as other:
        assert one.state() == other.state() == start


def test_an_api_key_may_be_given() -> None:
    with AshbySandbox(api_key="mine", company=small_company.company) as sandbox:
        assert Caller(sandbox, "mine")("user.list")


# Databases in files


def test_a_file_is_continued_where_it_was_left(tmp_path: Path) -> None:
    where: dict[str, Any] = {"db": tmp_path / "ashby.db", "api_key": "mine", "company": small_company.company}
    with AshbySandbox(**where) as sandbox:
        call = Caller(sandbox, "mine")
        token = call.envelope("candidate.list")["syncToken"]
        first = call("candidate.create", name="Kept")
    with AshbySandbox(**where) as sandbox:
        call = Caller(sandbox, "mine")
        assert [found["id"] for found in call("candidate.list", syncToken=token)] == [first["id"]]
        assert call("candidate.create", name="Next")["id"] != first["id"]


def test_the_records_of_one_kind_are_those_in_the_state(call: Caller) -> None:
    assert {kind: call.sandbox.records(kind) for kind in KINDS} == call.sandbox.state()
    call.sandbox.records("candidate")[0]["name"] = "Somebody else"
    assert "Somebody else" not in str(call.sandbox.records("candidate"))
    with pytest.raises(ValueError, match=r"kind: there is no 'candidates'; the kinds are .*candidate"):
        call.sandbox.records("candidates")


def test_a_file_that_is_no_sandbox_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("These are my notes. " * 100)
    with pytest.raises(ValueError, match=r"notes\.txt"):
        AshbySandbox(db=text)
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE things (id)")
    connection.close()
    with pytest.raises(ValueError, match="not a sandbox's"):
        AshbySandbox(db=foreign)
    assert text.read_text().startswith("These are my notes.")


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ashby.db"
    AshbySandbox(db=path, company=small_company.company).stop()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ValueError, match="another version"):
        AshbySandbox(db=path)


def test_a_file_serves_one_sandbox_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "ashby.db"
    with AshbySandbox(db=path, company=small_company.company), pytest.raises(ValueError, match="locked"):
        AshbySandbox(db=path)


def coded(key: str) -> str:
    return base64.b64encode(f"{key}:".encode()).decode()


EVENT = {
    "startTime": "2027-01-01T10:00:00Z",
    "endTime": "2027-01-01T11:00:00Z",
    "interviewers": [{"email": "ben@acme.example"}],
}
FEEDBACK = {
    "formDefinitionId": ident("scorecard"),
    "feedbackForm": {"fieldSubmissions": [{"path": "rating", "value": {"score": 3}}]},
}
