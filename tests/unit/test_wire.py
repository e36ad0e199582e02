"""Turning replies into results or errors. The replies are ones that Ashby, or a proxy in front of it, can send."""

import json
import pickle
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr
from requests.structures import CaseInsensitiveDict

from langchain_ashby import errors
from langchain_ashby.endpoint import Endpoint, Page
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.endpoints.applications import ChangeApplicationStage
from langchain_ashby.endpoints.candidates import CreateCandidate, GetCandidate, ListCandidates
from langchain_ashby.endpoints.internal import CreateFileUploadHandle, StartOffer, StartOfferProcess
from langchain_ashby.errors import AshbyError
from langchain_ashby.http import wire

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
READ = GetCandidate(candidate_id=ID)
WRITE = CreateCandidate(name="Ada Lovelace")
LISTING = ListCandidates()


def decode(request: Endpoint[Any], body: Any, status: int = 200, **headers: str) -> wire.Reply[Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return wire.decode(request, status, CaseInsensitiveDict({"Content-Type": "application/json"} | named), content)


def error(request: Endpoint[Any], body: Any, status: int = 200, **headers: str) -> AshbyError:
    with pytest.raises(AshbyError) as caught:
        decode(request, body, status, **headers)
    return caught.value


def refusal(code: str, message: str | None = None, **info: Any) -> dict[str, Any]:
    said = {"message": message} if message else {}
    return {"success": False, "errors": [code], "errorInfo": {"code": code, **said, **info}}


def test_a_success_gives_the_results_the_warnings_and_the_request_id() -> None:
    body = {"success": True, "results": {"id": ID}, "warnings": ["The tag was left out."]}
    reply = decode(READ, body, x_ashby_request_id="01JSJ8")
    assert reply == wire.Reply({"id": ID}, ("The tag was left out.",), ("01JSJ8",))


@pytest.mark.parametrize("warnings", [None, [], {}, 7, True])
def test_warnings_that_are_not_a_list_of_texts_are_ignored(warnings: Any) -> None:
    assert decode(READ, {"success": True, "results": {}, "warnings": warnings}).warnings == ()


def test_a_single_warning_stays_in_one_piece() -> None:
    assert decode(READ, {"success": True, "results": {}, "warnings": "No e-mail was sent."}).warnings == (
        "No e-mail was sent.",
    )


def test_results_may_be_null_or_empty() -> None:
    assert decode(READ, {"success": True, "results": None}).result is None
    assert decode(READ, {"success": True, "results": []}).result == []


def test_a_read_without_results_is_an_unreadable_reply() -> None:
    assert type(error(READ, {"success": True})) is errors.BrokenJSONError


def test_a_write_without_results_has_worked() -> None:
    assert decode(WRITE, {"success": True}).result is None


@pytest.mark.parametrize(
    ("request_", "results"),
    [
        (StartOfferProcess(application_id=ID), {}),
        (StartOffer(offer_process_id=ID), {"formDefinition": {}}),
        (
            CreateFileUploadHandle(
                file_upload_context="CandidateFiles", filename="a", content_type="text/plain", content_length=1
            ),
            {"handle": "h", "url": "https://files.example"},
        ),
    ],
)
@pytest.mark.parametrize("shape", ["as it is", "null", "a list", "left out"])
def test_a_step_whose_result_is_needed_later_fails_at_once_without_it(
    request_: Endpoint[Any], results: Any, shape: str
) -> None:
    body = {"success": True, "results": {"as it is": results, "null": None, "a list": ["id"]}.get(shape)}
    if shape == "left out":
        del body["results"]
    wrong = error(request_, body)
    assert type(wrong) is errors.BrokenJSONError
    assert wrong.outcome_unknown


@pytest.mark.parametrize("results", [{"id": ID}, "text", 7, True])
def test_a_page_whose_results_are_no_list_is_an_unreadable_reply(results: Any) -> None:
    assert type(error(LISTING, {"success": True, "results": results})) is errors.BrokenJSONError


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"moreDataAvailable": True, "nextCursor": "c2"}, Page([1], "c2", None)),
        ({"nextCursor": "c2"}, Page([1], "c2", None)),
        ({"moreDataAvailable": False, "nextCursor": "c2"}, Page([1])),
        ({"moreDataAvailable": False, "syncToken": "s1"}, Page([1], None, "s1")),
        ({"moreDataAvailable": True, "nextCursor": 7}, Page([1], "7", None)),
        ({"nextCursor": "", "syncToken": ""}, Page([1])),
        ({}, Page([1])),
    ],
)
def test_a_page_says_how_to_continue(more: dict[str, Any], expected: Page[int]) -> None:
    assert decode(LISTING, {"success": True, "results": [1], **more}).result == expected


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (refusal("candidate_not_found", "Candidate not found"), "candidate_not_found", "Candidate not found"),
        ({"success": False, "errorInfo": {"code": "opening_in_use"}}, "opening_in_use", "Ashby refused"),
        ({"success": False, "errors": ["job_not_found"], "errorInfo": None}, "job_not_found", "Ashby refused"),
        (
            {"success": False, "errors": [{"message": "is no UUID", "parameter": "jobId"}]},
            "invalid_input",
            "jobId: is no UUID",
        ),
        (
            {"success": False, "errors": [{"code": "offer_not_found", "message": "No such offer"}]},
            "offer_not_found",
            "No such offer",
        ),
        ({"success": False}, "refused", "Ashby refused without a reason"),
        ({"success": False, "errorInfo": {"message": "Not today."}}, "refused", "Not today."),
        ({"success": False, "errors": ["Something went wrong."]}, "refused", "Something went wrong."),
        ({"success": False, "errors": "Something went wrong."}, "refused", "Something went wrong."),
        ({"success": False, "errorInfo": "Something went wrong."}, "refused", "Something went wrong."),
        ({"success": False, "errors": [], "errorInfo": {}}, "refused", "Ashby refused"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 422])
def test_every_shape_of_refusal_is_read(body: dict[str, Any], code: str, message: str, status: int) -> None:
    refused = error(READ, body, status)
    assert isinstance(refused, errors.Refused)
    assert refused.code == code
    assert message in refused.message
    assert refused.endpoint == "candidate.info"
    assert refused.permission == "candidatesRead"
    assert refused.status == status
    assert not refused.retryable
    assert not refused.outcome_unknown


def test_a_refused_write_has_certainly_changed_nothing() -> None:
    assert not error(WRITE, refusal("invalid_input", "Request payload is malformed")).outcome_unknown


def test_the_request_id_comes_from_the_header_or_the_body() -> None:
    body = refusal("candidate_not_found", requestId="01BODY")
    assert error(READ, body).request_id == "01BODY"
    assert error(READ, body, x_ashby_request_id="01HEADER").request_id == "01HEADER"
    assert "[request 01BODY]" in str(error(READ, body))


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500, 502])
@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_a_key_that_an_error_repeats_is_not_told(status: int, request_: Endpoint[Any]) -> None:
    key = "8f3a//?>~~9c5b1e"
    sent = b64encode(f"{key}:".encode()).decode()
    info = {"message": f"Bad header: Authorization: Basic {sent}", "user": key, "meta": {"headers": [sent, key]}}
    body = {"success": False, "errors": [f"user {key}", sent], "errorInfo": {"code": f"refused.{key}", **info}}
    for content in (json.dumps(body), json.dumps(body).replace("/", "\\/")):
        with pytest.raises(AshbyError) as refused:
            wire.decode(request_, status, CaseInsensitiveDict(), content.encode(), SecretStr(key))
        told = f"{refused.value}{refused.value.for_model()}{vars(refused.value)!r}"
        assert key not in told and sent.rstrip("=") not in told
        assert "[API key]" in told or not refused.value.meta


def test_a_key_that_a_result_or_a_warning_repeats_is_not_told() -> None:
    key = SecretStr("0123456789abcdef")
    said = f"use {key.get_secret_value()}"
    body = json.dumps({"success": True, "results": {"id": ID, "name": said}, "warnings": [said]}).encode()
    reply = wire.decode(READ, 200, CaseInsensitiveDict(), body, key)
    assert (reply.result["name"], reply.warnings) == ("use [API key]", ("use [API key]",))


def test_extra_details_from_ashby_in_an_error_are_kept() -> None:
    assert error(READ, refusal("invalid_input", meta={"path": ["id"]})).meta == {"path": ["id"]}
    assert error(READ, refusal("invalid_input", meta="text")).meta == {}


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        ("next_cursor_expired", errors.CursorExpiredError, "Drop `cursor`"),
        ("invalid_next_cursor", errors.CursorExpiredError, "Drop `cursor`"),
        ("cursor_invalid", errors.CursorExpiredError, "Drop `cursor`"),
        ("sync_token_expired", errors.SyncTokenExpiredError, "Drop `sync_token`"),
        ("sync_token_invalid", errors.SyncTokenExpiredError, "Drop `sync_token`"),
        ("incremental_sync_too_large", errors.SyncTooLargeError, "Drop `sync_token`"),
        ("missing_endpoint_permission", errors.PermissionDeniedError, "Grant the key candidatesRead"),
        ("candidate_not_found", errors.Refused, "ashby_search_candidates"),
    ],
)
def test_known_codes_have_their_own_kind_and_remedy(code: str, kind: type[AshbyError], says: str) -> None:
    refused = error(LISTING, refusal(code))
    assert type(refused) is kind
    assert refused.code == code
    assert says in refused.for_model()


@pytest.mark.parametrize(
    ("code", "means"),
    [
        ("next_cursor_expired", "The cursor is too old"),
        ("sync_token_expired", "The sync token is too old"),
        ("incremental_sync_too_large", "More has changed since the sync token"),
        ("candidate_not_found", "Ashby refused and gave only this code"),
    ],
)
def test_a_code_without_a_message_is_explained(code: str, means: str) -> None:
    assert error(LISTING, refusal(code)).for_model().startswith(f"{code}: {means}")
    assert "Said so." in error(LISTING, refusal(code, "Said so")).for_model()


WRONG = [{"message": "must be an e-mail", "parameter": "email"}, {"message": "must be a UUID", "parameter": "sourceId"}]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"errors": WRONG}, "email: must be an e-mail; sourceId: must be a UUID"),
        (
            {"errors": WRONG, "errorInfo": {"code": "invalid_input", "requestId": "01K"}},
            "email: must be an e-mail; sourceId: must be a UUID",
        ),
        (
            {"errors": WRONG, "errorInfo": {"code": "invalid_input", "message": "Two are wrong"}},
            "Two are wrong; email: must be an e-mail; sourceId: must be a UUID",
        ),
        (
            {"errors": ["invalid_input", "email_taken"], "errorInfo": {"code": "invalid_input", "message": "No"}},
            "No; email_taken",
        ),
        (
            {"errors": ["invalid_input"], "errorInfo": {"code": "invalid_input", "meta": {"path": ["email"]}}},
            '{"meta": {"path": ["email"]}}',
        ),
        ({"errors": [{"code": "invalid_input", "message": "Bad", "value": 7}]}, 'Bad {"value": 7}'),
        ({"errors": ["invalid_input"], "errorInfo": {"code": "invalid_input", "message": "No"}}, "No"),
    ],
)
def test_all_details_of_an_error_are_told_once(body: dict[str, Any], told: str) -> None:
    refused = error(WRITE, {"success": False, **body})
    assert (refused.code, refused.message) == ("invalid_input", told)


def test_every_remedy_names_tools_that_exist() -> None:
    for remedy in wire._REMEDIES.values():
        named = {word.strip(".,;") for word in remedy.split() if word.startswith("ashby_")}
        assert named <= set(OPERATIONS)


@pytest.mark.parametrize("request_", [READ, WRITE])
def test_a_failure_of_ashby_at_http_200_is_no_refusal(request_: Endpoint[Any]) -> None:
    failed = error(request_, refusal("internal_server_error", "Something broke"))
    assert type(failed) is errors.ServerError
    assert failed.retryable
    assert failed.outcome_unknown is (request_ is WRITE)
    assert "Something broke" in str(failed)


@pytest.mark.parametrize(
    ("status", "kind", "retryable", "unknown_for_a_write"),
    [
        (204, errors.UnexpectedStatusError, False, True),
        (301, errors.UnexpectedStatusError, False, False),
        (302, errors.UnexpectedStatusError, False, False),
        (303, errors.UnexpectedStatusError, False, True),
        (307, errors.UnexpectedStatusError, False, False),
        (400, errors.UnexpectedStatusError, False, False),
        (401, errors.AuthenticationError, False, False),
        (403, errors.PermissionDeniedError, False, False),
        (404, errors.EndpointNotFoundError, False, False),
        (408, errors.UnexpectedStatusError, False, True),
        (409, errors.UnexpectedStatusError, False, True),
        (413, errors.UnexpectedStatusError, False, False),
        (418, errors.UnexpectedStatusError, False, True),
        (429, errors.RateLimitError, True, False),
        (499, errors.UnexpectedStatusError, False, True),
        (500, errors.ServerError, True, True),
        (502, errors.ServerError, True, True),
        (503, errors.ServerError, True, True),
        (599, errors.ServerError, True, True),
    ],
)
@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>Bad gateway</body></html>", b"upstream timed out", b'{"message": "no"}', b"[" * 10],
    ids=["empty", "html", "text", "no envelope", "broken"],
)
def test_the_status_decides_whatever_the_body_is(
    status: int, kind: type[AshbyError], retryable: bool, unknown_for_a_write: bool, body: bytes
) -> None:
    for request in (READ, WRITE):
        failed = error(request, body, status)
        assert type(failed) is kind
        assert failed.status == status
        assert failed.retryable is retryable
        assert failed.outcome_unknown is (request is WRITE and unknown_for_a_write)
        assert failed.permission == request.permission
        assert str(failed).startswith(f"{request.path}: {failed.code}: ")


def test_a_web_page_at_403_may_be_a_proxys() -> None:
    refused = error(WRITE, b"<!doctype html><title>Blocked</title>", 403)
    assert type(refused) is errors.PermissionDeniedError
    assert "A proxy on the way refused the request, or Ashby refused the API key" in refused.message
    assert not refused.outcome_unknown


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_a_status_with_ashbys_envelope_keeps_its_code_and_message(status: int) -> None:
    failed = error(READ, refusal("some_code", "Some words", requestId="01X"), status)
    assert (failed.code, failed.request_id) == ("some_code", "01X")
    assert "Some words" in failed.message


@pytest.mark.parametrize(
    ("header", "seconds", "says"),
    [
        ("7", 7, "in 7 seconds"),
        ("1.5", 1.5, "in 1.5 seconds"),
        ("0", 0, "later"),
        ("-3", 0, "later"),
        ("soon", None, "later"),
        ("nan", None, "later"),
        ("inf", None, "later"),
        (None, None, "later"),
    ],
)
def test_too_many_requests_says_when_to_come_back(header: str | None, seconds: float | None, says: str) -> None:
    limited = error(WRITE, b"", 429, **({"Retry_After": header} if header else {}))
    assert limited.retry_after == seconds
    assert limited.for_model().endswith(f"The same call can succeed {says}.")


def test_retry_after_may_be_a_date() -> None:
    limited = error(WRITE, b"", 429, Retry_After="Tue, 24 Nov 2026 03:00:30 GMT", Date="Tue, 24 Nov 2026 03:00:00 GMT")
    assert limited.retry_after == 30


def test_a_missing_permission_says_which_one_and_where_to_grant_it() -> None:
    denied = error(WRITE, refusal("missing_endpoint_permission", "You may not"), 403)
    assert denied.code == "missing_endpoint_permission"
    assert "Grant the key candidatesWrite, in Ashby under Admin" in denied.for_model()


@pytest.mark.parametrize("body", [b"", b"<html>Forbidden</html>", refusal("invalid_api_key", "Deactivated")])
def test_any_other_403_says_to_check_the_key(body: Any) -> None:
    denied = error(READ, body, 403)
    assert type(denied) is errors.PermissionDeniedError
    assert "Check that the key is active and may use candidatesRead" in denied.for_model()


@pytest.mark.parametrize(
    ("body", "headers", "kind", "code"),
    [
        (b"", {}, errors.EmptyReplyError, "empty_reply"),
        (b" \r\n\t ", {}, errors.EmptyReplyError, "empty_reply"),
        (b"<!DOCTYPE html><html></html>", {}, errors.HTMLReplyError, "html_reply"),
        (b"\n  <HTML lang=en>", {}, errors.HTMLReplyError, "html_reply"),
        (b"Sign in", {"Content_Type": "text/html; charset=utf-8"}, errors.HTMLReplyError, "html_reply"),
        (b'{"success": true, "results": [{"id": "1', {}, errors.BrokenJSONError, "broken_json"),
        (b'{"success": true, "results": {}', {}, errors.BrokenJSONError, "broken_json"),
        (b"OK", {}, errors.BrokenJSONError, "broken_json"),
        (b"\xff\xfe\x00", {}, errors.BrokenJSONError, "broken_json"),
        (b"[" * 200_000, {}, errors.BrokenJSONError, "broken_json"),
        (b"[]", {}, errors.BrokenJSONError, "broken_json"),
        (b"null", {}, errors.BrokenJSONError, "broken_json"),
        (b"{}", {}, errors.BrokenJSONError, "broken_json"),
        (b'{"results": {}}', {}, errors.BrokenJSONError, "broken_json"),
        (b'{"success": "true", "results": {}}', {}, errors.BrokenJSONError, "broken_json"),
        (b'{"success": 1, "results": {}}', {}, errors.BrokenJSONError, "broken_json"),
        (b'{"success": false, "success": true, "results": {}}', {}, errors.BrokenJSONError, "broken_json"),
        (b'{"success": true, "success": false, "errors": ["no"]}', {}, errors.BrokenJSONError, "broken_json"),
        (b'{"success": true, "results": {}, "results": {}}', {}, errors.BrokenJSONError, "broken_json"),
    ],
)
def test_an_unreadable_reply_says_what_it_is(
    body: bytes, headers: dict[str, str], kind: type[AshbyError], code: str
) -> None:
    for request in (READ, WRITE):
        unreadable = error(request, body, **headers)  # type: ignore[arg-type]
        assert type(unreadable) is kind
        assert isinstance(unreadable, errors.UnreadableReplyError)
        assert unreadable.code == code
        assert unreadable.retryable
        assert unreadable.outcome_unknown is (request is WRITE)


def test_keys_of_the_envelope_may_be_in_the_results_as_well() -> None:
    results = {"success": True, "results": [{"results": 1, "note": '"success": "results"'}]}
    assert decode(READ, json.dumps({"success": True, "results": results}).encode()).result == results


def test_a_byte_order_mark_does_no_harm() -> None:
    assert decode(READ, b'\xef\xbb\xbf{"success": true, "results": {}}').result == {}


class TestText:
    """The text of an error for a model or a log: what happened, what to do, whether to retry, each said once."""

    def test_of_a_refusal(self) -> None:
        body = refusal("candidate_not_found", "Candidate not found", requestId="01JSJ8")
        assert str(error(READ, body)) == (
            "candidate.info: candidate_not_found: Candidate not found. Check candidate_id with "
            "ashby_search_candidates; ids change when candidates are merged. [request 01JSJ8]"
        )

    def test_of_a_write_whose_outcome_is_unknown(self) -> None:
        assert error(WRITE, b"", 502).for_model() == (
            "server_error: Ashby failed with HTTP 502. It is not known whether the change was made: "
            "look before you try it again."
        )

    def test_of_a_read_that_can_be_tried_again(self) -> None:
        assert error(READ, b"", 502).for_model() == (
            "server_error: Ashby failed with HTTP 502. The same call can succeed later."
        )

    def test_of_a_missing_key(self) -> None:
        assert error(READ, b"", 401).for_model() == (
            "unauthorized: Ashby rejected the API key (HTTP 401). Check ASHBY_API_KEY; keys are made in Ashby "
            "under Admin > Integrations > API Keys."
        )

    def test_does_not_double_the_full_stop(self) -> None:
        for message in ("It is so.", "Is it so?", "It is so!", " It is so. "):
            assert AshbyError(message).for_model() == f"error: {message.strip()}"

    def test_survives_pickling(self) -> None:
        original = error(WRITE, refusal("missing_endpoint_permission", "No", requestId="01X", meta={"a": 1}), 403)
        copy = pickle.loads(pickle.dumps(original))
        assert type(copy) is type(original)
        assert (str(copy), vars(copy)) == (str(original), vars(original))


def test_every_kind_of_error_has_its_own_code() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AshbyError)]
    assert len({kind.default_code for kind in kinds}) == len(kinds) >= 20
    assert all(kind.__doc__ for kind in kinds)


def test_nothing_to_say_is_an_empty_object() -> None:
    assert wire.encode(LISTING) == b"{}"


def test_text_is_sent_as_utf_8() -> None:
    assert wire.encode(CreateCandidate(name="Zoë Ł")) == '{"name":"Zoë Ł"}'.encode()


def test_omitted_values_and_none_are_not_sent() -> None:
    assert wire.encode(ChangeApplicationStage(application_id=ID, interview_stage_id=ID, archive_reason_id=None)) == (
        f'{{"applicationId":"{ID}","interviewStageId":"{ID}"}}'.encode()
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
error_entries = st.dictionaries(st.sampled_from(["code", "message", "parameter", "requestId", "meta"]), json_values)
envelopes = st.fixed_dictionaries(
    {},
    optional={
        "success": st.booleans() | json_values,
        "results": json_values,
        "errors": st.lists(error_entries | json_values, max_size=2) | json_values,
        "errorInfo": error_entries | json_values,
        "warnings": st.lists(json_values, max_size=2) | json_values,
        "nextCursor": json_values,
        "syncToken": json_values,
        "moreDataAvailable": json_values,
    },
)
headers = st.dictionaries(
    st.sampled_from(["Content-Type", "Retry-After", "Date", "x-ashby-request-id"]), st.text(max_size=20), max_size=3
)


@given(
    request=st.sampled_from([READ, WRITE, LISTING, StartOfferProcess(application_id=ID)]),
    status=st.sampled_from([200, 201, 302, 400, 401, 403, 404, 429, 500, 503]) | st.integers(100, 599),
    headers=headers,
    body=st.binary() | envelopes.map(lambda value: json.dumps(value).encode()),
)
@example(READ, 200, {}, b"[" * 100_000)
@example(READ, 200, {}, b"1" * 5_000)
@example(LISTING, 200, {}, b'{"success": true, "results": [], "nextCursor": ["x"]}')
def test_whatever_comes_is_a_result_or_an_ashby_error(
    request: Endpoint[Any], status: int, headers: dict[str, str], body: bytes
) -> None:
    try:
        reply = wire.decode(request, status, CaseInsensitiveDict(headers), body)
    except AshbyError as wrong:
        assert str(wrong).startswith(f"{request.path}: ")
        assert isinstance(wrong.message, str)
        assert isinstance(wrong.code, str)
        assert isinstance(wrong.meta, dict)
    else:
        assert status == 200
        assert all(isinstance(text, str) for text in (*reply.warnings, *reply.request_ids))
        if request is LISTING:
            assert isinstance(reply.result, Page)
            assert isinstance(reply.result.results, list)
            assert isinstance(reply.result.next_cursor, str | None)
            assert isinstance(reply.result.sync_token, str | None)
