"""Reads local files for upload: only allowed ones, and never by way of a link that leads elsewhere."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import stat
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from langchain_ashby.errors import ArgumentError
from langchain_ashby.scoped import scoped


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that was read, with its name, media type and bytes."""

    name: str
    content_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The SHA-256 of its bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


_ANY = "any"

_only_hash: ContextVar[str | None] = ContextVar("only_hash", default=_ANY)


def only_with_hash(sha256: str | None) -> scoped[str | None]:
    """Refuses to read any file with another SHA-256 for upload within the block, in this thread or task.

    A person approves the file that they were shown, and the file that is read for the upload must be the same. With
    None, no file was shown, and none is read.
    """
    return scoped(_only_hash, sha256)


def read_upload(path: str, allowed: Iterable[Path], limit: int) -> LocalFile:
    """Reads a file for upload.

    Args:
        path: Its path; a relative path starts at the first allowed directory that has the file.
        allowed: The directories below which files may be read. A symbolic link that leads out of them is refused.
        limit: The most bytes that it may have.

    Raises:
        ArgumentError: if it may not be read, is missing, is not a plain file, is empty or too large, or is not the
            one that `only_with_hash` requires.
    """
    directories = [directory.expanduser().resolve() for directory in allowed]
    if not directories:
        raise _refusal(
            "local files cannot be uploaded here",
            "The application has to name the directories: AshbyClient(upload_dirs=[...]).",
        )
    if "\0" in path:
        raise _refusal("the path contains a null character", "Give a plain path.")
    for directory in directories:
        try:
            resolved = (directory / os.path.expanduser(path)).resolve()
            found = resolved.is_relative_to(directory) and resolved != directory and resolved.exists()
        except (OSError, RuntimeError, ValueError):  # a name that is too long or not text, a circle of links
            continue
        if found:
            return _checked(_read(directory, resolved, limit))
    raise _refusal(
        f"{path!r} is not a file below an allowed directory", f"Allowed: {', '.join(map(str, directories))}."
    )


def _checked(file: LocalFile) -> LocalFile:
    wanted = _only_hash.get()
    if wanted in (_ANY, file.sha256):
        return file
    if wanted is None:
        raise ArgumentError(
            f"file_path: {file.name!r} could not be read when this was approved, so no one has seen which file it is",
            code="file_not_shown",
            remedy="Propose the upload again, so that a person sees the file.",
        )
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
        raise _refusal(f"{resolved.name!r} is empty", "Give a file with content.")
    if len(content) > limit:
        raise _refusal(
            f"{resolved.name!r} is too large: at most {limit:,} bytes can be uploaded", "Give a smaller file."
        )
    content_type = mimetypes.guess_type(resolved.name)[0] or "application/octet-stream"
    name = resolved.name.encode(errors="replace").decode()  # a file's name need not be Unicode
    return LocalFile(name, content_type, content)


def _open_below(directory: Path, parts: tuple[str, ...]) -> int:
    """Opens a file step by step from the directory and follows no link, so that no one can swap the path meanwhile.

    O_NONBLOCK keeps a FIFO from waiting for a writer. Windows has neither flag; there the resolved path is opened.
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
