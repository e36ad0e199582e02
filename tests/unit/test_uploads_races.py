"""Files swapped while being read, endless files, and names that file systems barely accept."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langchain_ashby import AshbyClient
from langchain_ashby.errors import ArgumentError
from langchain_ashby.http.uploads import only_with_hash, read_upload

GOOD, SECRET = b"a life in engines", b"a secret"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "cv.pdf").write_bytes(SECRET)
    (tmp_path / "allowed" / "inner").mkdir(parents=True)
    (tmp_path / "allowed" / "inner" / "cv.pdf").write_bytes(GOOD)
    return tmp_path / "allowed"


def to_a_link_out(folder: Path) -> None:
    (folder / "new").symlink_to(folder.parent / "secret" / "cv.pdf")
    os.replace(folder / "new", folder / "inner" / "cv.pdf")


def to_the_file(folder: Path) -> None:
    (folder / "new").write_bytes(GOOD)
    os.replace(folder / "new", folder / "inner" / "cv.pdf")


def to_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "new")
    os.replace(folder / "new", folder / "inner" / "cv.pdf")


def to_nothing(folder: Path) -> None:
    (folder / "inner" / "cv.pdf").unlink()


def to_a_directory_out(folder: Path) -> None:
    (folder / "inner").rename(folder / "aside")
    (folder / "inner").symlink_to(folder.parent / "secret")


def to_the_directory(folder: Path) -> None:
    (folder / "inner").unlink()
    (folder / "aside").rename(folder / "inner")


@contextmanager
def swapping(folder: Path, *steps: Callable[[Path], None]) -> Iterator[None]:
    """Keeps changing the folder's contents as fast as possible."""
    over = threading.Event()

    def swap() -> None:
        while not over.is_set():
            for step in steps:
                step(folder)

    thread = threading.Thread(target=swap, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(10)


@pytest.mark.slow
@pytest.mark.parametrize(
    "steps",
    [
        (to_a_link_out, to_the_file),
        (to_a_pipe, to_the_file),
        (to_nothing, to_the_file),
        (to_a_directory_out, to_the_directory),
    ],
    ids=["a link out", "a pipe", "nothing", "a directory elsewhere"],
)
def test_a_swapped_file_is_read_whole_or_not_at_all(folder: Path, steps: tuple[Callable[[Path], None], ...]) -> None:
    came: Counter[str] = Counter()
    began = time.monotonic()
    with swapping(folder, *steps):
        while time.monotonic() - began < 0.7 or (len(came) < 2 and time.monotonic() - began < 10):
            try:
                content = read_upload("inner/cv.pdf", [folder], 1000).content
            except ArgumentError as error:
                assert error.code == "upload_refused"
                came["refused"] += 1
            else:
                assert content == GOOD
                came["read"] += 1
    assert came.keys() == {"read", "refused"}, came


@pytest.mark.slow
def test_only_the_approved_file_is_uploaded_while_another_is_written_over_it(folder: Path) -> None:
    approved = read_upload("inner/cv.pdf", [folder], 1000).sha256

    def write_over(folder: Path) -> None:
        for content in (SECRET, GOOD):
            (folder / "new").write_bytes(content)
            os.replace(folder / "new", folder / "inner" / "cv.pdf")
            (folder / "inner" / "cv.pdf").write_bytes(content)

    came: Counter[str] = Counter()
    began = time.monotonic()
    with swapping(folder, write_over), only_with_hash(approved):
        while time.monotonic() - began < 0.7 or (not came.keys() >= ALL and time.monotonic() - began < 10):
            try:
                assert read_upload("inner/cv.pdf", [folder], 1000).content == GOOD
                came["read"] += 1
            except ArgumentError as error:
                came[error.code] += 1
    assert came.keys() >= ALL, came


ALL = {"read", "file_changed"}


@pytest.mark.parametrize("size", [10**10, 2**40])
def test_a_sparse_file_is_refused_without_reading_it_all(folder: Path, size: int) -> None:
    file = folder / "huge.bin"
    file.touch()
    try:
        os.truncate(file, size)
    except OSError:
        pytest.skip("this file system has no such files")
    began = time.monotonic()
    with pytest.raises(ArgumentError, match="is too large: at most 20,000,000 bytes"):
        AshbyClient("key", upload_dirs=[folder]).local_file("huge.bin")
    assert time.monotonic() - began < 5


def test_a_file_that_grows_while_it_is_read_has_an_end(folder: Path) -> None:
    def grow(folder: Path) -> None:
        with (folder / "log.txt").open("ab") as file:
            file.write(b"x" * 100_000)

    (folder / "log.txt").write_bytes(b"x")
    with swapping(folder, grow), suppress(ArgumentError):
        for _ in range(20):
            assert len(read_upload("log.txt", [folder], 1_000_000).content) <= 1_000_000


names = st.text(st.characters(exclude_characters="/\0", exclude_categories=[]), min_size=1, max_size=90)
encodings = st.binary(min_size=1, max_size=255).filter(lambda name: not set(name) & {0, ord("/")}).map(os.fsdecode)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(names | encodings | st.sampled_from(["x" * 255, "é" * 127, "~", "~root", "-", "CON", "a:b", "C:\\x", "..."]))
def test_a_name_that_the_file_system_accepts_is_read_and_no_other_hangs(folder: Path, name: str) -> None:
    try:
        (folder / name).write_bytes(b"x")
    except (OSError, ValueError):
        with pytest.raises(ArgumentError):
            read_upload(name, [folder], 100)
        return
    try:
        file = read_upload(str(folder / name), [folder], 100)
        assert file.content == b"x"
        file.name.encode()
        with suppress(ArgumentError):  # a leading ~ may expand to a home directory
            assert read_upload(name, [folder], 100).content == b"x"
    finally:
        (folder / name).unlink()


@given(
    st.text(st.characters(exclude_categories=[]), max_size=40)
    | st.sampled_from(["/dev/zero", "/dev/stdin", "/proc/self/mem", "/proc/kmsg", "//etc/passwd"])
)
def test_whatever_the_path_is_it_is_refused_or_below_the_directory(path: str) -> None:
    with pytest.raises(ArgumentError, match="file_path: "):
        read_upload(path, [Path(__file__).parent / "snapshots" / "nothing-is-here"], 100)
