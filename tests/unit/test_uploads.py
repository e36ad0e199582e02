"""Uploading local files to Ashby: which files may be read, and how they are sent."""

import os
import socket
import threading
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from recorder import KEY, Answer, Recorder, failure, success, unused_port

from langchain_ashby import AshbyClient, AshbyToolkit, errors
from langchain_ashby.endpoints.candidates import UploadCandidateFile, UploadCandidateResume
from langchain_ashby.errors import ArgumentError
from langchain_ashby.http.uploads import LocalFile, read_upload

ID = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The allowed directory, next to a forbidden one."""
    (tmp_path / "allowed" / "inner").mkdir(parents=True)
    (tmp_path / "allowed" / "cv.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "allowed" / "inner" / "notes.txt").write_text("Notes")
    (tmp_path / "allowed-too").mkdir()
    (tmp_path / "allowed-too" / "cv.pdf").write_bytes(b"not allowed")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "allowed"


def read(path: str | Path, *allowed: Path, limit: int = 100) -> LocalFile:
    return read_upload(str(path), allowed, limit)


def refusal(path: str | Path, *allowed: Path, limit: int = 100) -> str:
    with pytest.raises(ArgumentError) as caught:
        read(path, *allowed, limit=limit)
    assert caught.value.code == "upload_refused"
    assert caught.value.message.startswith("file_path: ")
    assert "secret" not in caught.value.message.replace("secret.txt", "")
    return caught.value.for_model()


def test_nothing_is_read_unless_the_application_allows_a_directory(folder: Path) -> None:
    text = refusal(folder / "cv.pdf")
    assert "local files cannot be uploaded here" in text
    assert "upload_dirs" in text


@pytest.mark.parametrize("kind", [str, Path])
def test_a_directory_that_stands_alone_is_not_taken_for_a_list_of_its_letters(kind: type) -> None:
    with pytest.raises(
        errors.ConfigurationError, match=r"upload_dirs takes a list of directories\. Give \['/srv/cvs'\]"
    ):
        AshbyClient(KEY, upload_dirs=kind("/srv/cvs"))


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_under_which_no_file_would_pass_is_refused(limit: int) -> None:
    with pytest.raises(errors.ConfigurationError, match="upload_limit takes a number above 0"):
        AshbyClient(KEY, upload_limit=limit)


def test_a_file_below_an_allowed_directory_is_read(folder: Path) -> None:
    assert read(folder / "cv.pdf", folder) == LocalFile("cv.pdf", "application/pdf", b"%PDF-1.7")
    assert read(folder / "inner" / "notes.txt", folder) == LocalFile("notes.txt", "text/plain", b"Notes")


@pytest.mark.parametrize("path", ["cv.pdf", "./cv.pdf", "inner/../cv.pdf", "inner//notes.txt"])
def test_a_relative_path_starts_at_an_allowed_directory(folder: Path, path: str) -> None:
    assert read(path, folder.parent / "not there", folder).content in (b"%PDF-1.7", b"Notes")


def test_the_first_allowed_directory_that_has_the_file_counts(folder: Path) -> None:
    assert read("cv.pdf", folder, folder.parent / "allowed-too").content == b"%PDF-1.7"
    assert read("cv.pdf", folder.parent / "allowed-too", folder).content == b"not allowed"


def test_a_tilde_is_a_home_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    assert read("~/cv.pdf", folder).name == "cv.pdf"
    assert read("cv.pdf", Path("~")).name == "cv.pdf"
    assert "is not a file below an allowed directory" in refusal("~nobody-has-this-name/cv.pdf", folder)


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "inner/../../secret.txt",
        "../allowed-too/cv.pdf",
        "/etc/passwd",
        "../../../../../../etc/passwd",
        "..",
        ".",
        "",
        "missing.pdf",
        "cv.pdf/more",
        "file://cv.pdf",
        "x" * 300,
        "x/" * 3000,
    ],
)
def test_nothing_else_is_read(folder: Path, path: str) -> None:
    assert "is not a file below an allowed directory" in refusal(path, folder)


def test_an_absolute_path_has_to_be_below_the_directory_itself(folder: Path) -> None:
    for path in (folder.parent / "secret.txt", folder.parent / "allowed-too" / "cv.pdf", folder):
        assert "is not a file below an allowed directory" in refusal(path, folder)


@pytest.mark.parametrize("path", ["cv.pdf\0.txt", "\0", "/etc/passwd\0cv.pdf"])
def test_a_null_character_is_refused(folder: Path, path: str) -> None:
    assert "null character" in refusal(path, folder)


class TestLinks:
    def test_that_lead_out_are_refused(self, folder: Path) -> None:
        (folder / "out.txt").symlink_to(folder.parent / "secret.txt")
        (folder / "up").symlink_to(folder.parent)
        (folder / "relative.txt").symlink_to("../secret.txt")
        (folder / "twice.txt").symlink_to("out.txt")
        for path in ("out.txt", "up/secret.txt", "relative.txt", "twice.txt", "up/allowed-too/cv.pdf"):
            assert "is not a file below an allowed directory" in refusal(path, folder)

    def test_that_stay_inside_are_followed(self, folder: Path) -> None:
        (folder / "link.pdf").symlink_to("cv.pdf")
        (folder / "way").symlink_to("inner")
        assert read("link.pdf", folder) == LocalFile("cv.pdf", "application/pdf", b"%PDF-1.7")
        assert read("way/notes.txt", folder).name == "notes.txt"
        assert read("up/../cv.pdf", folder).name == "cv.pdf"

    def test_to_the_allowed_directory_are_followed(self, folder: Path) -> None:
        (folder.parent / "entrance").symlink_to(folder)
        assert read(folder.parent / "entrance" / "cv.pdf", folder).name == "cv.pdf"
        assert read(folder / "cv.pdf", folder.parent / "entrance").name == "cv.pdf"

    def test_that_lead_nowhere_or_round_in_circles_are_refused(self, folder: Path) -> None:
        (folder / "nowhere").symlink_to("missing")
        (folder / "circle").symlink_to("circle")
        for path in ("nowhere", "circle", "circle/cv.pdf"):
            assert "is not a file below an allowed directory" in refusal(path, folder)

    def test_that_are_put_there_at_the_last_moment_are_not_followed(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_at = Path.exists

        def swap(path: Path, **more: Any) -> bool:
            there = looked_at(path)
            if path.name == "cv.pdf" and not path.is_symlink():
                path.unlink()
                path.symlink_to(folder.parent / "secret.txt")
            return there

        monkeypatch.setattr(Path, "exists", swap)
        assert "cannot be opened" in refusal("cv.pdf", folder)

    def test_in_place_of_a_directory_are_not_followed_either(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder.parent / "notes.txt").write_text("secret")
        looked_at = Path.exists

        def swap(path: Path, **more: Any) -> bool:
            there = looked_at(path)
            if path.name == "notes.txt" and not (folder / "inner").is_symlink():
                (folder / "inner").rename(folder / "moved")
                (folder / "inner").symlink_to(folder.parent)
            return there

        monkeypatch.setattr(Path, "exists", swap)
        assert "cannot be opened" in refusal("inner/notes.txt", folder)


class TestKinds:
    def test_a_directory_is_no_file(self, folder: Path) -> None:
        before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
        assert "'inner' is not a plain file" in refusal("inner", folder)
        if before is not None:
            assert len(os.listdir("/proc/self/fd")) == before

    def test_a_fifo_is_no_file_and_is_not_waited_for(self, folder: Path) -> None:
        os.mkfifo(folder / "pipe")
        texts: list[str] = []
        reading = threading.Thread(target=lambda: texts.append(refusal("pipe", folder)), daemon=True)
        reading.start()
        reading.join(5)
        assert texts and "'pipe' is not a plain file" in texts[0]

    def test_a_socket_is_no_file(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("sock")
            assert "'sock'" in refusal("sock", folder)

    @pytest.mark.parametrize("device", ["null", "zero"])
    def test_a_device_is_no_file(self, device: str) -> None:
        assert "is not a plain file" in refusal(device, Path("/dev"))

    def test_a_file_that_may_not_be_read_is_refused(self, folder: Path) -> None:
        (folder / "cv.pdf").chmod(0)
        if not os.access(folder / "cv.pdf", os.R_OK):
            assert "cannot be opened" in refusal("cv.pdf", folder)

    def test_an_empty_file_is_refused(self, folder: Path) -> None:
        (folder / "empty.pdf").touch()
        assert "'empty.pdf' is empty" in refusal("empty.pdf", folder)

    def test_the_limit_is_the_most_that_may_be_sent(self, folder: Path) -> None:
        (folder / "big.bin").write_bytes(b"x" * 101)
        assert "is too large: at most 100 bytes can be uploaded" in refusal("big.bin", folder, limit=100)
        assert len(read("big.bin", folder, limit=101).content) == 101

    @pytest.mark.parametrize(
        ("name", "content_type"),
        [
            ("cv.PDF", "application/pdf"),
            ("cv", "application/octet-stream"),
            ("Zoë Ł, Lebenslauf.txt", "text/plain"),
            ("two\nlines.txt", "text/plain"),
            ('quo"te;.txt', "text/plain"),
            (" blank .txt", "text/plain"),
            ("..hidden", "application/octet-stream"),
        ],
    )
    def test_any_name_will_do(self, folder: Path, name: str, content_type: str) -> None:
        (folder / name).write_text("x")
        assert read(name, folder) == LocalFile(name, content_type, b"x")

    def test_a_name_that_is_no_unicode_is_made_into_one(self, folder: Path) -> None:
        (folder / os.fsdecode(b"caf\xe9.txt")).write_text("x")
        (folder / "link.txt").symlink_to(os.fsdecode(b"caf\xe9.txt"))
        assert read("link.txt", folder).name == "caf?.txt"


class Storage:
    """A recorder whose upload handles point to itself."""

    def __init__(self, recorder: Recorder, folder: Path) -> None:
        self.recorder = recorder
        self.client = AshbyClient(KEY, recorder.url, timeout=5, upload_dirs=[folder], on_behalf_of=ID)
        self.gives(f"{recorder.url}/store?signed=1")

    def gives(self, url: str) -> None:
        fields = {"key": "uploads/1", "policy": "p+/=", "x-amz-signature": "s"}
        self.recorder.answers["file.createFileUploadHandle"] = [
            success({"handle": "handle-1", "url": url, "fields": fields})
        ]
        self.recorder.answers["store?signed=1"] = [Answer(status=204)]

    @property
    def stored(self) -> tuple[Message, list[tuple[str | None, str | None, str, bytes]]]:
        """The headers of the presigned POST, and its parts: name, file name, content type, content."""
        [sent] = [request for request in self.recorder.requests if request.path.startswith("/store")]
        form = message_from_bytes(
            b"Content-Type: " + sent.headers["Content-Type"].encode() + b"\r\n\r\n" + sent.content
        )
        parts: list[Any] = form.get_payload()  # type: ignore[assignment]
        return sent.headers, [
            (
                part.get_param("name", header="content-disposition"),
                part.get_filename(),
                part.get_content_type(),
                part.get_payload(decode=True),
            )
            for part in parts
        ]


@pytest.fixture
def storage(recorder: Recorder, folder: Path) -> Storage:
    return Storage(recorder, folder)


class TestSending:
    def test_asks_for_a_handle_stores_the_file_and_finishes(self, storage: Storage) -> None:
        storage.client.call(UploadCandidateResume(candidate_id=ID, file_path="cv.pdf"))
        asked, _, finished = storage.recorder.requests
        assert storage.recorder.endpoints() == [
            "file.createFileUploadHandle", "store?signed=1", "candidate.uploadResume",
        ]  # fmt: skip
        assert asked.body == {
            "fileUploadContext": "CandidateResume",
            "filename": "cv.pdf",
            "contentType": "application/pdf",
            "contentLength": 8,
        }
        assert finished.body == {"candidateId": ID, "resumeHandle": "handle-1"}

    def test_of_another_file_has_its_own_context(self, storage: Storage) -> None:
        storage.client.call(UploadCandidateFile(candidate_id=ID, file_path="inner/notes.txt"))
        assert storage.recorder.requests[0].body["fileUploadContext"] == "CandidateFiles"
        assert storage.recorder.last.body == {"candidateId": ID, "fileHandle": "handle-1"}

    def test_puts_the_fields_first_and_the_file_last(self, storage: Storage) -> None:
        storage.client.call(UploadCandidateFile(candidate_id=ID, file_path="cv.pdf"))
        headers, parts = storage.stored
        assert headers.get_content_type() == "multipart/form-data"
        assert parts == [
            ("key", None, "text/plain", b"uploads/1"),
            ("policy", None, "text/plain", b"p+/="),
            ("x-amz-signature", None, "text/plain", b"s"),
            ("file", "cv.pdf", "application/pdf", b"%PDF-1.7"),
        ]

    def test_carries_nothing_of_ashbys(self, storage: Storage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "netrc").write_text("default login somebody password else\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        storage.client.call(UploadCandidateFile(candidate_id=ID, file_path="cv.pdf"))
        headers, _ = storage.stored
        for name in ("Authorization", "Ashby-Version", "X-On-Behalf-Of", "Cookie"):
            assert headers[name] is None

    @pytest.mark.parametrize("name", ["two\nlines.txt", 'quo"te.txt', "Zoë.txt", "a\r\nAuthorization: x"])
    def test_keeps_a_strange_name_in_its_place(self, storage: Storage, folder: Path, name: str) -> None:
        (folder / name).write_text("x")
        storage.client.call(UploadCandidateFile(candidate_id=ID, file_path=name))
        _, parts = storage.stored
        assert [part[0] for part in parts] == ["key", "policy", "x-amz-signature", "file"]
        assert storage.recorder.requests[0].body["filename"] == name

    @pytest.mark.parametrize("status", [301, 302, 307, 400, 403, 500])
    def test_that_fails_changes_nothing_in_ashby(self, storage: Storage, status: int) -> None:
        elsewhere = {"Location": f"{storage.recorder.url}/elsewhere"}
        storage.recorder.answers["store?signed=1"] = [Answer(b"<Error/>", status, elsewhere)]
        with pytest.raises(errors.UnexpectedStatusError, match="nothing was changed in Ashby") as caught:
            storage.client.call(UploadCandidateFile(candidate_id=ID, file_path="cv.pdf"))
        assert caught.value.status == status
        assert not caught.value.outcome_unknown
        assert storage.recorder.endpoints() == ["file.createFileUploadHandle", "store?signed=1"]

    def test_to_nobody_changes_nothing_in_ashby(self, storage: Storage) -> None:
        storage.gives(f"http://127.0.0.1:{unused_port()}/store")
        with pytest.raises(errors.UnreachableError) as caught:
            storage.client.call(UploadCandidateFile(candidate_id=ID, file_path="cv.pdf"))
        assert not caught.value.outcome_unknown
        assert storage.recorder.endpoints() == ["file.createFileUploadHandle"]

    @pytest.mark.parametrize(
        "url",
        ["http://storage.example/", "http://127.0.0.1.evil.com/", "ftp://127.0.0.1/", "http://[::1", "", "file:///x"],
    )
    def test_to_an_address_that_is_not_safe_is_refused(self, storage: Storage, url: str) -> None:
        storage.gives(url)
        with pytest.raises(errors.UnexpectedStatusError, match="the file was not sent"):
            storage.client.call(UploadCandidateFile(candidate_id=ID, file_path="cv.pdf"))
        assert storage.recorder.endpoints() == ["file.createFileUploadHandle"]

    def test_is_not_begun_for_a_file_that_may_not_be_read(self, storage: Storage) -> None:
        with pytest.raises(ArgumentError):
            storage.client.call(UploadCandidateFile(candidate_id=ID, file_path="../secret.txt"))
        assert storage.recorder.requests == []

    def test_is_left_out_where_there_is_a_handle(self, storage: Storage) -> None:
        storage.client.call(UploadCandidateResume(candidate_id=ID, resume_handle="mine"))
        storage.client.call(UploadCandidateFile(candidate_id=ID, file_handle="mine"))
        assert storage.recorder.endpoints() == ["candidate.uploadResume", "candidate.uploadFile"]

    @pytest.mark.parametrize("tool", ["ashby_upload_candidate_resume", "ashby_upload_candidate_file"])
    @pytest.mark.parametrize("handle", ["", "  "])
    def test_takes_no_empty_handle_or_path(self, storage: Storage, tool: str, handle: str) -> None:
        [upload] = AshbyToolkit(storage.client, include=[tool]).get_tools()
        argument = f"{tool.rpartition('_')[2]}_handle"
        assert f"{argument}: must not be empty" in upload.invoke({"candidate_id": ID, argument: handle})
        assert "file_path: must not be empty" in upload.invoke({"candidate_id": ID, "file_path": handle})
        assert storage.recorder.requests == []

    def test_says_what_ashby_refuses(self, storage: Storage) -> None:
        storage.recorder.answers["candidate.uploadFile"] = [failure("invalid_input", "The handle has expired")]
        [upload] = AshbyToolkit(storage.client, include=["ashby_upload_candidate_file"]).get_tools()
        assert upload.invoke({"candidate_id": ID, "file_path": "cv.pdf"}) == (
            "invalid_input: The handle has expired. The file is uploaded. Within ten minutes it can be attached with "
            "file_handle handle-1 instead of file_path."
        )

    def test_can_be_done_alone(self, storage: Storage) -> None:
        assert storage.client.upload("cv.pdf", "ApplicationForm") == "handle-1"
