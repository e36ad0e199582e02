"""Candidates, notes, tags and files."""

from typing import Any

import pytest
import requests
from caller import Caller
from small_company import ident

CARA = ident("Cara Ruiz")


def upload(call: Caller, context: str = "CandidateResume", content: bytes = b"%PDF-1.7") -> dict[str, Any]:
    handle: dict[str, Any] = call(
        "file.createFileUploadHandle",
        fileUploadContext=context,
        filename="resume.pdf",
        contentType="application/pdf",
        contentLength=len(content),
    )
    return handle


def send(handle: dict[str, Any], content: bytes = b"%PDF-1.7", **more: Any) -> requests.Response:
    files = {"file": ("resume.pdf", content, "application/pdf")}
    return requests.post(handle["url"], data=handle["fields"], files=files, timeout=10, **more)


def test_a_candidate_is_found_by_its_id_or_by_another_systems(call: Caller) -> None:
    by_id = call("candidate.info", id=CARA)
    assert by_id == call("candidate.info", externalMappingId="crm-17")
    assert by_id["applicationIds"] == [ident("Cara Ruiz for engineer")]
    assert by_id["primaryEmailAddress"]["value"] == "cara@mail.example"
    assert "externalMappingIds" not in by_id
    assert call.refused("candidate.info", id=ident("nobody")).startswith("candidate_not_found")
    assert call.refused("candidate.info", externalMappingId="crm-18").startswith("candidate_not_found")
    assert call.refused("candidate.info", candidateId=CARA).startswith("invalid_input")


def test_a_search_joins_its_conditions_and_ignores_case(call: Caller) -> None:
    def names(**body: str) -> list[str]:
        return [found["name"] for found in call("candidate.search", **body)]

    assert names(name="RUIZ") == ["Cara Ruiz"]
    assert names(email="Cara@WORK.example") == ["Cara Ruiz"]
    assert names(email="cara@work") == []
    assert names(name="lind", email="cara@work.example") == []
    assert len(names()) == 4


def test_a_search_gives_at_most_a_hundred(call: Caller) -> None:
    for number in range(105):
        call("candidate.create", name=f"Twin {number}")
    assert len(call("candidate.search", name="twin")) == 100


def test_a_candidate_is_created_even_if_the_address_is_known(call: Caller) -> None:
    body = {
        "name": "Cara Ruiz",
        "email": "cara@mail.example",
        "alternateEmailAddresses": ["cara@work.example", "CARA@mail.example"],
        "linkedInUrl": "https://www.linkedin.com/in/cara",
        "website": "https://cara.example",
        "location": {"city": "Rome", "country": "Italy"},
        "sourceId": ident("referral"),
    }
    created = call("candidate.create", **body)
    assert created["id"] != CARA
    assert [email["value"] for email in created["emailAddresses"]] == ["cara@mail.example", "cara@work.example"]
    assert {link["type"] for link in created["socialLinks"]} == {"LinkedIn", "Website"}
    assert created["location"]["locationSummary"] == "Rome, Italy"
    assert created["source"]["title"] == "Referral"
    assert len(call("candidate.search", email="cara@mail.example")) == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("email", "no address"),
        ("email", "a@b"),
        ("linkedInUrl", "javascript:alert(1)"),
        ("website", "cara.example"),
        ("createdAt", "2026-01-01"),
        ("createdAt", "2026-01-01T00:00:00"),
        ("sourceId", ident("nothing")),
        ("creditedToUserId", ident("nobody")),
        ("name", " "),
    ],
)
def test_invalid_profile_fields_are_refused_by_name(call: Caller, key: str, value: str) -> None:
    before = call.sandbox.state()
    assert call.refused("candidate.create", **({"name": "X"} | {key: value})).startswith(f"invalid_input {key}")
    assert call.sandbox.state() == before


def test_an_update_changes_what_it_names_and_leaves_the_rest(call: Caller) -> None:
    call("candidate.update", candidateId=CARA, linkedInUrl="https://in.example/cara", alternateEmail="c@x.example")
    updated = call("candidate.update", candidateId=CARA, email="new@mail.example")
    assert updated["name"] == "Cara Ruiz"
    addresses = [email["value"] for email in updated["emailAddresses"]]
    assert addresses == ["new@mail.example", "cara@work.example", "c@x.example"]
    assert [email["isPrimary"] for email in updated["emailAddresses"]] == [True, False, False]
    assert call("candidate.search", email="cara@mail.example") == []
    assert updated["updatedAt"] > updated["createdAt"]


def test_social_links_replace_every_link_and_override_the_urls(call: Caller) -> None:
    call("candidate.update", candidateId=CARA, githubUrl="https://github.example/cara")
    links = [{"type": "Medium", "url": "https://medium.example/cara"}]
    updated = call("candidate.update", candidateId=CARA, socialLinks=links, websiteUrl="https://cara.example")
    assert updated["socialLinks"] == links


def test_a_note_is_text_unless_it_says_it_is_html(call: Caller) -> None:
    plain = call("candidate.createNote", candidateId=CARA, note="1 < 2")
    assert (plain["content"], plain["isPrivate"], plain["author"]["firstName"]) == ("1 < 2", False, "API")
    html = (
        '<p>Good <b onclick="x()">work</b> &amp; <script>alert(1)</script>'
        '<a href="https://x.example" target="_top">link</a> <a href="javascript:x()">bad</a> <ul><li>one</ul> <i>open'
    )
    note = call("candidate.createNote", candidateId=CARA, note={"type": "text/html", "value": html})
    assert note["content"] == (
        'Good <b>work</b> &amp; <a href="https://x.example">link</a> <a>bad</a> <ul><li>one</li></ul> <i>open</i>'
    )
    assert len(call("candidate.listNotes", candidateId=CARA)) == 4


def test_the_same_note_twice_is_two_notes(call: Caller) -> None:
    for _ in range(2):
        call("candidate.createNote", candidateId=CARA, note="Again", isPrivate=True)
    assert [note["content"] for note in call("candidate.listNotes", candidateId=CARA)].count("Again") == 2


def test_a_note_needs_a_known_type(call: Caller) -> None:
    markdown = {"type": "text/markdown", "value": "x"}
    assert "note.type" in call.refused("candidate.createNote", candidateId=CARA, note=markdown)
    assert "note" in call.refused("candidate.createNote", candidateId=CARA, note=7)


def test_a_tag_must_exist_and_is_put_on_once(call: Caller) -> None:
    for _ in range(2):
        tagged = call("candidate.addTag", candidateId=CARA, tagId=ident("python"))
    assert [tag["title"] for tag in tagged["tags"]] == ["Python"]
    assert "tagId" in call.refused("candidate.addTag", candidateId=CARA, tagId=ident("nothing"))
    assert "archived" in call.refused("candidate.addTag", candidateId=CARA, tagId=ident("old tag"))


def test_creating_a_tag_that_exists_returns_it(call: Caller) -> None:
    assert call("candidateTag.create", title="python")["id"] == ident("python")
    new = call("candidateTag.create", title="Rust")
    assert call("candidateTag.create", title="Rust") == new


def test_a_resume_is_uploaded_attached_and_downloaded(call: Caller) -> None:
    handle = upload(call)
    assert send(handle).status_code == 204
    candidate = call("candidate.uploadResume", candidateId=CARA, resumeHandle=handle["handle"])
    assert candidate["resumeFileHandle"]["name"] == "resume.pdf"
    url = call("file.info", fileHandle=candidate["resumeFileHandle"]["handle"])["url"]
    response = requests.get(url, timeout=10)
    assert (response.content, response.headers["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
    application = call("application.info", applicationId=ident("Cara Ruiz for engineer"))
    assert application["resumeFileHandle"] == candidate["resumeFileHandle"]


def test_a_resume_replaces_the_last_and_files_add_up(call: Caller) -> None:
    for _ in range(2):
        handle = upload(call)
        send(handle)
        resume = call("candidate.uploadResume", candidateId=CARA, resumeHandle=handle["handle"])["resumeFileHandle"]
        assert resume["handle"] == handle["handle"]
        handle = upload(call, "CandidateFiles")
        send(handle)
        candidate = call("candidate.uploadFile", candidateId=CARA, fileHandle=handle["handle"])
    assert len(candidate["fileHandles"]) == 2


def test_a_handle_is_good_for_one_use_of_its_own_kind(call: Caller) -> None:
    handle = upload(call)
    body = {"candidateId": CARA, "resumeHandle": handle["handle"]}
    assert "no file has been uploaded" in call.refused("candidate.uploadResume", **body)
    assert "no file has been uploaded" in call.refused("file.info", fileHandle=handle["handle"])
    send(handle)
    wrong = call.refused("candidate.uploadFile", candidateId=CARA, fileHandle=handle["handle"])
    assert "CandidateResume" in wrong
    call("candidate.uploadResume", **body)
    assert "used already" in call.refused("candidate.uploadResume", **body)
    assert send(handle).status_code == 403
    assert "no file" in call.refused("candidate.uploadResume", candidateId=CARA, resumeHandle="invented")


def test_a_handle_expires_after_ten_minutes(call: Caller) -> None:
    in_time, late = upload(call), upload(call)
    send(in_time)
    call.sandbox.advance_clock(601)
    assert send(late).status_code == 403
    refusal = call.refused("candidate.uploadResume", candidateId=CARA, resumeHandle=in_time["handle"])
    assert "expired" in refusal


def test_the_storage_takes_only_what_was_promised(call: Caller) -> None:
    handle = upload(call)
    assert send(handle, b"too much for it").status_code == 400
    assert send(handle, b"short").status_code == 400
    assert send(handle, auth=("key", "")).status_code == 400
    fields = handle["fields"] | {"Content-Type": "text/html"}
    assert send(handle | {"fields": fields}).status_code == 403
    assert send(handle | {"fields": {}}).status_code == 403
    assert requests.post(handle["url"], data=handle["fields"], timeout=10).status_code == 412
    no_file = {name: (None, value) for name, value in handle["fields"].items()}
    assert requests.post(handle["url"], files=no_file, timeout=10).status_code == 400
    file_first = {"file": ("a", b"%PDF-1.7")} | no_file
    assert requests.post(handle["url"], files=file_first, timeout=10).status_code == 403
    assert send(handle).status_code == 204


def test_a_download_needs_a_fresh_and_unaltered_link(call: Caller) -> None:
    handle = upload(call)
    send(handle)
    url = call("file.info", fileHandle=handle["handle"])["url"]
    assert requests.get(url, timeout=10).status_code == 200
    assert requests.get(url + "0", timeout=10).status_code == 403
    assert requests.get(url.partition("?")[0], timeout=10).status_code == 403
    call.sandbox.advance_clock(601)
    assert requests.get(url, timeout=10).status_code == 403
