"""The key is only in each request's header: a program never logs, shows, stores or forwards it."""

from __future__ import annotations

import copy
import http.client
import json
import logging
import pickle
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.load import dumpd, dumps
from langchain_core.tracers.langchain import LangChainTracer
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command
from langsmith import Client
from leaks import KEY, assert_without_key, spellings, tellings
from recorder import Answer, Recorder, failure, raw_server, success, unused_port
from requests.adapters import HTTPAdapter
from typer.testing import CliRunner

from langchain_ashby import AshbyClient, AshbyError, AshbyToolkit, errors
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.cli.app import app
from langchain_ashby.demo.afternoon import recruiters_afternoon
from langchain_ashby.demo.scripted import ScriptedChatModel
from langchain_ashby.endpoints.candidates import CreateCandidate, GetCandidate, UploadCandidateFile
from langchain_ashby.sandbox import AshbySandbox

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
READ = GetCandidate(candidate_id=ID)
WRITE = CreateCandidate(name="Ada Lovelace")


class Everything(BaseCallbackHandler):
    """Records everything that LangChain and LangGraph pass to a callback."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("on_"):
            return super().__getattribute__(name)
        return lambda *arguments, **more: self.told.append(f"{name} {arguments!r} {more!r}")


@pytest.fixture
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox(api_key=KEY) as running:
        yield running


@pytest.fixture
def talkative(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.LogCaptureFixture]:
    """Turns on all logging, and has http.client print what it sends."""
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    with caplog.at_level(logging.DEBUG):
        yield caplog


def afternoon(graph: Any, config: dict[str, Any]) -> Any:
    """Runs the agent and approves all its proposals."""
    result = graph.invoke({"messages": [{"role": "user", "content": "Go."}]}, config)
    while interrupts := result.get("__interrupt__"):
        decisions = [{"type": "approve"} for _ in interrupts[0].value["action_requests"]]
        result = graph.invoke(Command(resume={"decisions": decisions}), config)
    return result


def test_is_in_no_output_of_an_afternoons_work(
    sandbox: AshbySandbox,
    tmp_path: Path,
    talkative: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGSMITH_DISABLE_RUN_COMPRESSION", "true")
    everything = Everything()
    with (
        Recorder() as langsmith,
        AshbyClient(KEY, sandbox.url) as client,
        SqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver,
        SqliteStore.from_conn_string(str(tmp_path / "journal.db")) as store,
    ):
        store.setup()
        traces = Client(api_url=langsmith.url, api_key="a key of LangSmith's", info={})
        tracer = LangChainTracer(client=traces, project_name="test")
        model = ScriptedChatModel(script=recruiters_afternoon)
        graph = create_recruiting_agent(model, AshbyToolkit(client), checkpointer=saver, store=store)
        config = {"configurable": {"thread_id": "1"}, "callbacks": [everything, tracer]}
        result = afternoon(graph, config)
        sandbox.fault("candidate.info", status=500, times=9)
        tool = AshbyToolkit(client, include=["ashby_get_candidate"], on_error="raise").get_tools()[0]
        with pytest.raises(AshbyError):
            tool.invoke({"candidate_id": ID}, {"callbacks": [everything, tracer]})
        tracer.wait_for_futures()
        traces.flush()
        history = [str(state) for state in graph.get_state_history({"configurable": {"thread_id": "1"}})]
        sent_on = b"".join(sent.content + str(sent.headers).encode() for sent in langsmith.requests)
    assert any(message.type == "tool" and message.artifact for message in result["messages"])
    assert_without_key("the messages and their artifacts", repr(result))
    assert_without_key("the history", "".join(history))
    assert len(everything.told) > 50
    assert_without_key("what callbacks are told", "".join(everything.told))
    assert b"ashby_search_jobs" in sent_on, "nothing was traced"
    assert_without_key("what LangSmith is sent", sent_on)
    for file in sorted(tmp_path.iterdir()):
        assert_without_key(file.name, file.read_bytes())
    assert {file.name for file in tmp_path.iterdir()} >= {"threads.db", "journal.db"}
    assert "candidate.info" in talkative.text, "urllib3 logs the address of each request"
    for record in talkative.records:
        assert_without_key(f"the log of {record.name}", f"{record.getMessage()} {vars(record)}")
    printed = capfd.readouterr()
    assert_without_key("what is printed", printed.out + printed.err)


FAULTS: dict[str, Answer] = {
    "401": Answer(status=401),
    "403": Answer(status=403),
    "404": Answer(status=404),
    "429": Answer(status=429, headers={"Retry-After": "0"}),
    "500": Answer(status=500),
    "302": Answer(status=302, headers={"Location": "https://example.com/"}),
    "HTML": Answer(b"<html>"),
    "empty": Answer(b""),
    "cut off": Answer(b"x" * 9, cut=3),
    "no gzip": Answer(b"abcd", headers={"Content-Encoding": "gzip"}),
    "too large": Answer(b" " * 5_000 + b"{}"),
    "refused": failure("invalid_input", "No."),
    "not found": failure("candidate_not_found"),
    "no shape": success(3),
    "no address": success({"handle": "h", "url": "ftp://example.com/", "fields": {}}),
    "nobody at the address": success({"handle": "h", "url": f"http://127.0.0.1:{unused_port()}/x", "fields": {}}),
}
REQUESTS = {"read": READ, "write": WRITE, "upload": UploadCandidateFile(candidate_id=ID, file_path="cv.pdf")}


def failed(client: AshbyClient, name: str) -> BaseException | None:
    """The errors of the client and of the tool."""
    request = REQUESTS[name]
    [tool] = AshbyToolkit(client, include=[request.tool_name()]).get_tools()
    with suppress(AshbyError):
        tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": request.model_dump(exclude_none=True)})
    try:
        client.call(request)
    except AshbyError as error:
        return error
    return None


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("request_name", REQUESTS)
def test_is_in_no_traceback(tmp_path: Path, fault: str, request_name: str) -> None:
    (tmp_path / "cv.pdf").write_text("x")
    with Recorder() as ashby:
        for endpoint in ("candidate.info", "candidate.create", "file.createFileUploadHandle"):
            ashby.answers[endpoint] = [FAULTS[fault]]
        with AshbyClient(KEY, ashby.url, timeout=5, max_retries=0, upload_dirs=[tmp_path], reply_limit=4_000) as client:
            error = failed(client, request_name)
    assert ashby.requests
    for where, text in () if error is None else tellings(error):
        assert_without_key(f"{where} of {fault}", text)


@pytest.mark.parametrize("request_name", REQUESTS)
@pytest.mark.parametrize(
    "fault",
    [
        *("nobody", "no such host", "no TLS", "silence", "hung up", "half a head", "no authorities"),
        *("no proxy", "nobody at the proxy"),
    ],
)
def test_is_in_no_traceback_of_a_connection(
    tmp_path: Path, fault: str, request_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cv.pdf").write_text("x")
    if fault == "no authorities":
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nothing.pem")
    if "proxy" in fault:
        monkeypatch.setenv("HTTPS_PROXY", "http://a..b" if fault == "no proxy" else f"http://127.0.0.1:{unused_port()}")
    closing = threading.Event()

    def talk(connection: Any) -> None:
        connection.recv(65536)
        if fault == "half a head":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-")
        if fault == "silence":
            closing.wait(5)

    with raw_server(talk) as url:
        url = {
            "nobody": f"http://127.0.0.1:{unused_port()}",
            "no such host": "https://no-such-host.invalid",
            "no TLS": url.replace("http:", "https:"),
            "no authorities": "https://127.0.0.1",
            "no proxy": "https://127.0.0.1",
            "nobody at the proxy": "https://127.0.0.1",
        }.get(fault, url)
        with AshbyClient(KEY, url, timeout=0.3, budget=1, max_retries=0, upload_dirs=[tmp_path]) as client:
            error = failed(client, request_name)
        closing.set()
    assert error is not None
    for where, text in tellings(error):
        assert_without_key(f"{where} of {fault}", text)


class Confused(HTTPAdapter):
    """Takes a failure for something else."""

    def send(self, *arguments: Any, **more: Any) -> requests.Response:
        try:
            return super().send(*arguments, **more)
        except requests.RequestException as error:
            raise LookupError("nobody foresaw this") from error


@pytest.mark.parametrize("request_name", ["read", "write"])
@pytest.mark.parametrize("where", ["the resolver", "the resolver of a session", "an adapter"])
def test_is_in_no_traceback_of_an_error_that_nobody_foresaw(
    request_name: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_: Any, **__: Any) -> None:
        raise LookupError("nobody foresaw this")

    session = None if where == "the resolver" else requests.Session()
    if session is not None and where == "an adapter":
        session.mount("https://", Confused())
    else:
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
    client = AshbyClient(KEY, f"https://localhost:{unused_port()}", session=session)
    with pytest.raises(errors.UnreachableError, match=r"unforeseen LookupError in test_key\.py") as caught:
        client.call(REQUESTS[request_name])
    assert caught.value.outcome_unknown == (request_name == "write" and where == "an adapter")
    assert not caught.value.retryable
    for place, text in tellings(caught.value):
        assert_without_key(f"{place} of {where}", text)


def test_an_error_at_the_storage_that_nobody_foresaw_is_one_of_ours(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_text("x")
    storage = f"https://localhost:{unused_port()}"
    session = requests.Session()
    session.mount(storage, Confused())
    with Recorder() as ashby:
        handle = {"handle": "h", "url": storage, "fields": {}}
        ashby.answers["file.createFileUploadHandle"] = [success(handle)]
        client = AshbyClient(KEY, ashby.url, session=session, upload_dirs=[tmp_path])
        with pytest.raises(errors.UnreachableError, match="unforeseen LookupError") as caught:
            client.call(REQUESTS["upload"])
        assert ashby.endpoints() == ["file.createFileUploadHandle"]
    assert not caught.value.outcome_unknown
    for place, text in tellings(caught.value):
        assert_without_key(f"{place} of the storage", text)


@pytest.mark.parametrize("request_name", ["read", "write"])
def test_is_in_no_traceback_of_an_interrupted_call(request_name: str) -> None:
    came = threading.Event()

    def talk(connection: Any) -> None:
        connection.recv(65536)
        came.set()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        connection.recv(65536)

    with raw_server(talk) as url, AshbyClient(KEY, url, timeout=10) as client:
        with pytest.raises(KeyboardInterrupt) as caught:
            client.call(REQUESTS[request_name])
        client.close()
    assert came.is_set()
    for where, text in tellings(caught.value):
        assert_without_key(f"{where} of Ctrl-C", text)


def test_is_in_no_text_about_its_holders(sandbox: AshbySandbox) -> None:
    with AshbyClient(KEY, sandbox.url) as client:
        toolkit = AshbyToolkit(client)
        graph = create_recruiting_agent(ScriptedChatModel(script=recruiters_afternoon), toolkit)
        tool = toolkit.get_tools()[0]
        session = client._sender.session
        shown = [client, toolkit, tool, toolkit.get_tools(), graph, session, client._sender.auth, graph.get_graph()]
        for it in shown:
            for how in (repr, str, lambda it: repr(getattr(it, "__dict__", "")), lambda it: f"{it!r:.9999}"):
                assert_without_key(f"{how} of {type(it)}", how(it))
        serialized = [dumps(tool), dumps(graph), json.dumps(dumpd(toolkit), default=repr), repr(tool.model_dump())]
        serialized += [graph.get_graph().draw_mermaid(), json.dumps(graph.get_graph().to_json(), default=repr)]
        serialized += [tool.get_input_jsonschema().__repr__(), repr(toolkit.model_dump()), repr(toolkit.describe())]
        assert_without_key("what is serialized", "".join(serialized))
        for it in (client, toolkit, tool, client._sender.auth, graph):
            for attempt in (pickle.dumps, copy.deepcopy, copy.copy, JsonPlusSerializer().dumps_typed):
                try:
                    kept = attempt(it)
                except Exception as error:
                    assert_without_key(f"the error of {attempt} of {type(it)}", f"{error!r}")
                else:
                    assert_without_key(f"{attempt} of {type(it)}", repr(kept))
        with pytest.raises(TypeError):
            pickle.dumps(client)


COMMANDS = [
    *([name, "--help"] for name in ("demo", "chat", "tools", "call", "doctor", "audit", "sandbox")),
    ["--help"],
    ["doctor"],
    ["tools"],
    ["tools", "--json"],
    ["tools", "--tokens"],
    ["call", "ashby_list_jobs"],
    ["call", "ashby_get_candidate", f'{{"candidate_id": "{ID}"}}'],
    ["call", "ashby_create_candidate", '{"name": "Ada"}'],
    ["call", "ashby_create_candidate", '{"name": "Ada"}', "--yes"],
    ["call", "ashby_list_jobs", "{"],
    ["audit", "--store", "sqlite:///nothing-there.db"],
    ["demo", "--yes"],
]


def printed(command: list[str], url: str) -> str:
    runner = CliRunner(env={"ASHBY_API_KEY": KEY, "ASHBY_BASE_URL": url, "COLUMNS": "200"})
    return runner.invoke(app, command).output


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_is_not_in_what_commands_print(sandbox: AshbySandbox, command: list[str]) -> None:
    text = printed(command, sandbox.url)
    assert text.strip()
    assert_without_key(" ".join(command), text)


@pytest.mark.parametrize("command", [["doctor"], ["call", "ashby_list_jobs"]], ids=" ".join)
def test_is_not_in_what_commands_print_when_they_fail(command: list[str]) -> None:
    text = printed(command, f"http://127.0.0.1:{unused_port()}")
    assert "unreachable" in text
    assert_without_key(" ".join(command), text)


def test_a_key_is_found_wherever_it_is() -> None:
    for spelling in spellings():
        with pytest.raises(AssertionError, match="the key is in a text"):
            assert_without_key("a text", f"before {spelling} behind")
    try:
        # In a file outside the tests, whose frames are not left out.
        exec(compile("raise ValueError(len(secret))", "elsewhere.py", "exec"), {}, {"secret": KEY})
    except ValueError as error:
        found = {where for where, text in tellings(error) if KEY in text}
    assert found == {"the traceback with its variables", "rich's traceback with its variables"}
