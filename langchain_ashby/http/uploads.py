"""Local files on their way to Ashby: which ones may be read, and reading them without being led elsewhere."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from langchain_ashby.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that was read: its name, its media type and its bytes."""

    name: str
    content_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of its bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


_only_hash: ContextVar[str | None] = ContextVar("only_hash", default=None)


@contextmanager
def only_with_hash(sha256: str) -> Iterator[None]:
    """While this is on, in this thread or task, reading a file that has another SHA-256 for upload is refused.

    A person approves a file that they were shown. What is read again for the upload must be that file.
    """
    token = _only_hash.set(sha256)
    try:
        yield
    finally:
        _only_hash.reset(token)


def read_upload(path: str, allowed: Iterable[Path], limit: int) -> LocalFile:
    """Read a file for upload.

    Args:
        path: Where it is; relative paths start at the first allowed directory that has the file.
        allowed: The directories below which files may be read. A symbolic link that leads out of them is refused.
        limit: The most bytes that it may have.

    Raises:
        ArgumentError: if it may not be read, is missing, is no plain file, is empty or is too large, or if it is not
            the one that `only_with_hash` asks for.
    """
    directories = [directory.expanduser().resolve() for directory in allowed]
    if not directories:
        raise _refusal(
            "local files cannot be uploaded here",
            "The application has to name the directories: AshbyClient(upload_dirs=[...]).",
        )
    if "\0" in path:
        raise _refusal("the path has a null character in it", "Give a plain path.")
    for directory in directories:
        try:
            resolved = (directory / os.path.expanduser(path)).resolve()
            found = resolved.is_relative_to(directory) and resolved != directory and resolved.exists()
        except (OSError, RuntimeError, ValueError):  # a name that is too long or no text, links round in a circle
            continue
        if found:
            return _checked(_read(directory, resolved, limit))
    raise _refusal(
        f"{path!r} is not a file below an allowed directory", f"Allowed: {', '.join(map(str, directories))}."
    )


def _checked(file: LocalFile) -> LocalFile:
    wanted = _only_hash.get()
    if wanted is None or file.sha256 == wanted:
        return file
    raise ArgumentError(
        f"file_path: {file.name!r} is not the file that was approved: its content has changed since",
        code="file_changed",
        remedy="Propose the upload again, so that a person sees the file as it is now.",
    )


def _read(directory: Path, resolved: Path, limit: int) -> LocalFile:
    try:
        descriptor = _open_below(directory, resolved.relative_to(directory).parts)
    except OSError as error:
        raise _refusal(f"{resolved.name!r} cannot be opened: {error.strerror}", "Check the path.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _refusal(f"{resolved.name!r} is not a plain file", "Give the path of a file.")
    with open(descriptor, "rb") as file:
        content = file.read(limit + 1)
    if not content:
        raise _refusal(f"{resolved.name!r} is empty", "Give a file that has something in it.")
    if len(content) > limit:
        raise _refusal(
            f"{resolved.name!r} is too large: at most {limit:,} bytes can be uploaded", "Give a smaller file."
        )
    content_type = mimetypes.guess_type(resolved.name)[0] or "application/octet-stream"
    name = resolved.name.encode(errors="replace").decode()  # a file's name need not be Unicode
    return LocalFile(name, content_type, content)


def _open_below(directory: Path, parts: tuple[str, ...]) -> int:
    """Open a file step by step from the directory, following no link: the path cannot be swapped on the way.

    Reading a FIFO must not wait for a writer, hence O_NONBLOCK. Windows has neither flag; there the resolved path is
    opened as it is.
    """
    if os.open not in os.supports_dir_fd:
        return os.open(directory.joinpath(*parts), os.O_RDONLY | getattr(os, "O_BINARY", 0))
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for position, part in enumerate(parts):
            kind = os.O_NONBLOCK if position == len(parts) - 1 else os.O_DIRECTORY
            below = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | kind, dir_fd=opened)
            os.close(opened)
            opened = below
    except OSError:
        os.close(opened)
        raise
    return opened


def _refusal(what: str, remedy: str) -> ArgumentError:
    return ArgumentError(f"file_path: {what}", code="upload_refused", remedy=remedy)
