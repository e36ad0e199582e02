"""The client logs each request, retry and pause, and never the key, a body or personal data."""

import json
import logging
import re
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import requests
from recorder import KEY, Answer, Recorder, failure, success, unused_port

from langchain_ashby import AshbyClient, AshbyError
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints.candidates import (
    CreateCandidate,
    GetCandidate,
    SearchCandidates,
    UploadCandidateFile,
)

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
READ = GetCandidate(candidate_id=ID)
CODED = b64encode(f"{KEY}:".encode()).decode()
PRIVATE = ("Ada", "Lovelace", "ada@example.com", "curriculum", ID, KEY, CODED)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, logger="langchain_ashby")
    return caplog


def lines(log: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Level and text of each of our lines, with all durations set to 0."""
    ours = [record for record in log.records if record.name.startswith("langchain_ashby")]
    return [(it.levelname, re.sub(r"[\d.]+(?= m?s\b)", "0", it.getMessage())) for it in ours]


def test_a_request_is_a_line_with_status_time_attempt_and_request_id(
    client: AshbyClient, recorder: Recorder, log: pytest.LogCaptureFixture
) -> None:
    recorder.answers["candidate.info"] = [
        Answer(success({"id": ID}).content, headers={"x-ashby-request-id": "01JSJ8"}),
        failure("candidate_not_found"),
    ]
    client.call(READ)
    with pytest.raises(AshbyError):
        client.call(READ)
    assert lines(log) == [
        ("INFO", "candidate.info 200 in 0 ms, attempt 1, request 01JSJ8"),
        ("INFO", "candidate.info 200 in 0 ms, attempt 1, request 01JSJ8FDK5ZN4XQBZP7DBKK7ZC"),
    ]
    assert {record.name for record in log.records if record.name.startswith("langchain_ashby")} == {
        "langchain_ashby.http"
    }


def test_a_retry_is_a_warning_and_counts_the_attempts(recorder: Recorder, log: pytest.LogCaptureFixture) -> None:
    recorder.answers["candidate.info"] = [Answer(status=503), success({"id": ID})]
    with AshbyClient(KEY, recorder.url) as client:
        client.call(READ)
    assert lines(log) == [
        ("INFO", "candidate.info 503 in 0 ms, attempt 1, request -"),
        ("WARNING", "candidate.info failed with ServerError: attempt 2 in 0 s"),
        ("INFO", "candidate.info 200 in 0 ms, attempt 2, request -"),
    ]


def test_a_pause_is_a_warning(recorder: Recorder, log: pytest.LogCaptureFixture) -> None:
    recorder.answers["candidate.info"] = [Answer(status=429, headers={"Retry-After": "0"}), success({"id": ID})]
    with AshbyClient(KEY, recorder.url) as client:
        client.call(READ)
    assert ("WARNING", "Ashby asked for fewer requests (HTTP 429): all requests pause for 0 s") in lines(log)


def test_a_request_without_a_reply_is_a_line_with_the_kind_of_error(log: pytest.LogCaptureFixture) -> None:
    with (
        AshbyClient(KEY, f"http://127.0.0.1:{unused_port()}", max_retries=0) as client,
        pytest.raises(AshbyError),
    ):
        client.call(READ)
    assert lines(log) == [("INFO", "candidate.info UnreachableError in 0 ms, attempt 1, request -")]


@pytest.mark.parametrize("raised", [KeyboardInterrupt, ValueError, SystemExit])
@pytest.mark.parametrize("upload", [False, True])
def test_a_request_that_is_interrupted_is_a_line_as_well(
    recorder: Recorder, log: pytest.LogCaptureFixture, tmp_path: Path, raised: type[BaseException], upload: bool
) -> None:
    def interrupt(response: requests.Response, **_: Any) -> None:
        if not upload or (response.url or "").endswith("/store"):
            raise raised

    (tmp_path / "Ada Lovelace.pdf").write_text("curriculum vitae")
    handle = {"handle": "h", "url": f"{recorder.url}/store", "fields": {}}
    recorder.answers["file.createFileUploadHandle"] = [success(handle)]
    session = requests.Session()
    session.hooks["response"].append(interrupt)
    client = AshbyClient(KEY, recorder.url, session=session, upload_dirs=[tmp_path])
    with pytest.raises(raised):
        client.call(UploadCandidateFile(candidate_id=ID, file_path="Ada Lovelace.pdf") if upload else READ)
    method = "file storage" if upload else "candidate.info"
    assert lines(log)[-1] == ("INFO", f"{method} {raised.__name__} in 0 ms, attempt 1, request -")
    assert len(lines(log)) == len(recorder.requests)


def test_a_request_whose_reply_is_too_large_is_a_line_as_well(
    recorder: Recorder, log: pytest.LogCaptureFixture
) -> None:
    recorder.answers["candidate.info"] = [success("x" * 5_000)]
    with AshbyClient(KEY, recorder.url, reply_limit=4_000) as client, pytest.raises(AshbyError):
        client.call(READ)
    assert lines(log) == [("INFO", "candidate.info 200 in 0 ms, attempt 1, request -")]


@pytest.mark.parametrize(
    "said",
    [KEY, f"id-{KEY}", CODED, CODED.rstrip("="), "ada@example.com", "Ada", "Ada-Lovelace", "1 Ada", "1" * 65, "é1"],
)
def test_what_is_not_an_id_is_not_taken_for_one(recorder: Recorder, log: pytest.LogCaptureFixture, said: str) -> None:
    recorder.answers["candidate.info"] = [
        Answer(success({"id": ID}).content, headers={"x-ashby-request-id": said}),
        Answer(json.dumps({"success": False, "errorInfo": {"code": "not_found", "requestId": said}}).encode()),
    ]
    with AshbyClient(KEY, recorder.url) as client:
        assert client.exchange(READ).request_ids == ()
        with pytest.raises(AshbyError) as refused:
            client.call(READ)
    assert refused.value.request_id is None
    assert lines(log) == [("INFO", "candidate.info 200 in 0 ms, attempt 1, request -")] * 2


def test_an_upload_is_three_lines_without_address_and_file_name(
    recorder: Recorder, log: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "Ada Lovelace.pdf").write_text("curriculum vitae")
    handle = {"handle": "h", "url": f"{recorder.url}/store?signature=5f", "fields": {"policy": "5f"}}
    recorder.answers["file.createFileUploadHandle"] = [success(handle)]
    with AshbyClient(KEY, recorder.url, upload_dirs=[tmp_path]) as client:
        client.call(UploadCandidateFile(candidate_id=ID, file_path="Ada Lovelace.pdf"))
    assert [text.split(" in ")[0] for _, text in lines(log)] == [
        "file.createFileUploadHandle 200", "file storage 200", "candidate.uploadFile 200",
    ]  # fmt: skip


TROUBLES = {
    "none": success({"id": ID, "name": "Ada Lovelace", "primaryEmailAddress": {"value": "ada@example.com"}}),
    "429": Answer(status=429, headers={"Retry-After": "0"}),
    "500": Answer(b"Ada Lovelace", status=500),
    "302": Answer(status=302, headers={"Location": "https://example.com/ada@example.com"}),
    "refused": failure("Ada Lovelace", "ada@example.com is taken"),
    "cut off": Answer(b'{"success": true, "results": "Ada"}', cut=20),
    "request id": Answer(success([]).content, headers={"x-ashby-request-id": f"{KEY} " * 9}),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize(
    "request_",
    [
        READ,
        SearchCandidates(name="Ada Lovelace", email="ada@example.com"),
        CreateCandidate(name="Ada Lovelace", email="ada@example.com"),
        UploadCandidateFile(candidate_id=ID, file_path="Ada Lovelace.pdf"),
    ],
    ids=lambda it: type(it).__name__,
)
def test_no_line_holds_the_key_a_body_or_personal_data(
    request_: Operation[Any], trouble: str, recorder: Recorder, log: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "Ada Lovelace.pdf").write_text("curriculum vitae")
    for endpoint in ("candidate.info", "candidate.search", "candidate.create", "file.createFileUploadHandle"):
        recorder.answers[endpoint] = [TROUBLES[trouble]]
    with AshbyClient(KEY, recorder.url, max_retries=1, upload_dirs=[tmp_path], on_behalf_of=ID) as client:
        try:
            client.call(request_)
        except AshbyError as error:
            assert error.code  # the error may quote Ashby; the log must not
    assert lines(log)
    for record in log.records:
        if record.name.startswith("langchain_ashby"):
            told = f"{record.getMessage()} {record.args} {record.exc_info}"
            assert not [it for it in PRIVATE if it in told], told


def test_a_program_that_sets_up_no_logging_sees_nothing(recorder: Recorder) -> None:
    recorder.answers["candidate.info"] = [Answer(status=429, headers={"Retry-After": "0"}), success({})]
    program = (
        "from langchain_ashby import AshbyClient\n"
        "from langchain_ashby.endpoints import GetCandidate\n"
        f"AshbyClient('key', {recorder.url!r}).call(GetCandidate(candidate_id={ID!r}))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout + run.stderr == ""
    assert len(recorder.requests) == 2
