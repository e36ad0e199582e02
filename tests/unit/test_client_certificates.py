"""Certificates that cannot be used: an error that says so, certain that nothing was sent."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from recorder import KEY, Recorder, success, unused_port
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from langchain_ashby import AshbyClient, AshbyError, errors
from langchain_ashby.endpoints.candidates import CreateCandidate, GetCandidate, UploadCandidateFile
from langchain_ashby.http import certificates

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
REQUESTS = [GetCandidate(candidate_id=ID), CreateCandidate(name="Ada Lovelace")]
both = pytest.mark.parametrize("request_", REQUESTS, ids=["read", "write"])


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch) -> str:
    """An address where nobody listens, in an environment without settings for requests."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return f"https://127.0.0.1:{unused_port()}"


def failing(client: AshbyClient, request: Any) -> AshbyError:
    with pytest.raises(AshbyError) as failed:
        client.call(request)
    return failed.value


def assert_says(error: AshbyError, what: str) -> None:
    """Asserts that an error is about the settings, in words, and certain."""
    assert type(error) is errors.ConfigurationError
    assert what in error.message
    assert error.endpoint
    assert not error.outcome_unknown
    assert not error.retryable


@both
@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_authorities_of_the_environment_that_cannot_be_read(
    https: str, request_: Any, name: str, own: bool, content: str | None,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv(name, str(file))
    client = AshbyClient(KEY, https, max_retries=0, session=requests.Session() if own else None)
    error = failing(client, request_)
    assert_says(error, "certificates for the secure connection cannot be read")
    assert str(file) in error.message
    assert name in error.remedy


@both
@pytest.mark.parametrize("content", [None, "not a certificate"])
@pytest.mark.parametrize("setting", ["verify", "cert", "key"])
def test_files_of_a_session_that_cannot_be_read(
    https: str, request_: Any, setting: str, content: str | None, tmp_path: Path
) -> None:
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_text(content)
    session = requests.Session()
    session.trust_env = False
    if setting == "verify":
        session.verify = str(file)
    else:
        session.cert = str(file) if setting == "cert" else (DEFAULT_CA_BUNDLE_PATH, str(file))
    error = failing(AshbyClient(KEY, https, max_retries=0, session=session), request_)
    assert_says(error, "certificates for the secure connection cannot be read")
    assert str(file) in error.message


def test_files_that_can_be_read_are_no_trouble(https: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for authorities in (DEFAULT_CA_BUNDLE_PATH, str(Path(DEFAULT_CA_BUNDLE_PATH).parent)):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", authorities)
        for request_ in REQUESTS:
            assert type(failing(AshbyClient(KEY, https, max_retries=0), request_)) is errors.UnreachableError


def test_a_file_that_goes_missing_between_two_calls(recorder: Recorder) -> None:
    class Breaks(HTTPAdapter):
        broken = False

        def cert_verify(self, *_: Any) -> None:
            if self.broken:
                raise OSError("Could not find a suitable TLS CA certificate bundle")

    session, adapter = requests.Session(), Breaks()
    session.mount("http://", adapter)
    client = AshbyClient(KEY, recorder.url, session=session)
    client.call(REQUESTS[1])
    adapter.broken = True
    for request_ in REQUESTS:
        assert_says(failing(client, request_), "certificates for the secure connection cannot be read")
    assert len(recorder.requests) == 1


def test_a_file_for_the_storage_that_is_missing_leaves_ashby_unchanged(
    recorder: Recorder, https: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cv.pdf").write_text("x")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "nothing.pem"))
    recorder.answers["file.createFileUploadHandle"] = [success({"handle": "h", "url": https, "fields": {}})]
    client = AshbyClient(KEY, recorder.url, upload_dirs=[tmp_path])
    error = failing(client, UploadCandidateFile(candidate_id=ID, file_path="cv.pdf"))
    assert type(error) is errors.ConfigurationError
    assert not error.outcome_unknown
    assert recorder.endpoints() == ["file.createFileUploadHandle"]


def test_a_key_with_a_password_is_left_to_the_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: Any, password: Callable[[], str], **__: Any) -> None:
        password()

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", locked)
    (tmp_path / "own.pem").write_text("x")
    certificates.check(True, str(tmp_path / "own.pem"))
