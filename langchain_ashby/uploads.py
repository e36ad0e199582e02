"""Local files on their way to Ashby: which ones may be read, and reading them without being led elsewhere."""

from __future__ import annotations

import mimetypes
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from langchain_ashby.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that was read: its name, its media type and its bytes."""

    name: str
    content_type: str
    content: bytes


def read_upload(path: str, allowed: Iterable[Path], limit: int) -> LocalFile:
    """Read a file for upload.

    Args:
        path: Where it is; relative paths start at the first allowed directory that has the file.
        allowed: The directories below which files may be read. A symbolic link that leads out of them is refused.
        limit: The most bytes that it may have.

    Raises:
        ArgumentError: if it may not be read, is missing, is no plain file, is empty or is too large.
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
        resolved = (directory / Path(path).expanduser()).resolve()
        if resolved.is_relative_to(directory) and resolved != directory and resolved.exists():
            return _read(directory, resolved, limit)
    raise _refusal(
        f"{path!r} is not a file below an allowed directory", f"Allowed: {', '.join(map(str, directories))}."
    )


def _read(directory: Path, resolved: Path, limit: int) -> LocalFile:
    try:
        descriptor = _open_below(directory, resolved.relative_to(directory).parts)
    except OSError as error:
        raise _refusal(f"{resolved.name!r} cannot be opened: {error.strerror}", "Check the path.") from None
    with open(descriptor, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise _refusal(f"{resolved.name!r} is not a plain file", "Give the path of a file.")
        content = file.read(limit + 1)
    if not content:
        raise _refusal(f"{resolved.name!r} is empty", "Give a file that has something in it.")
    if len(content) > limit:
        raise _refusal(
            f"{resolved.name!r} is too large: at most {limit:,} bytes can be uploaded", "Give a smaller file."
        )
    content_type = mimetypes.guess_type(resolved.name)[0] or "application/octet-stream"
    return LocalFile(resolved.name, content_type, content)


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
