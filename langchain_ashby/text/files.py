"""The text of a file that a candidate sent: PDF, Word (.docx) or plain text.

PDF and Word files are read by libraries of the extra `files`, in a process of its own with bounded time and memory: a
hostile file can end that process, but neither hang nor fill the application.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from langchain_ashby.errors import ArgumentError, ConfigurationError
from langchain_ashby.records import FileText
from langchain_ashby.text.extract import MOST_CHARACTERS

PATIENCE = 30.0
"""The seconds that reading a file may take."""

_LIBRARIES: Mapping[str, str] = {"pdf": "pypdf", "docx": "docx"}
_PROGRAM = Path(__file__).with_name("extract.py")
_KEPT = ("PATH", "SYSTEMROOT", "PYTHONPATH", "LD_LIBRARY_PATH", "TMPDIR", "TEMP")
"""What the process gets of the environment: enough to start, and no keys."""


def text_of(content: bytes, name: str, patience: float = PATIENCE) -> FileText:
    """Takes the text out of a file.

    Args:
        content: Its bytes.
        name: Its name.
        patience: The seconds that it may take.

    Raises:
        ArgumentError: if it is of another kind, cannot be read or has no text.
        ConfigurationError: if the library for its kind is not installed.
    """
    kind = _kind(content)
    found: dict[str, Any] = {"text": _plain(content)} if kind == "text" else _extracted(kind, content, patience)
    text = str(found.get("text", ""))
    if not text.strip():
        raise _unreadable("there is no text in the file: it may be a scan", "A person has to look at it.")
    record: FileText = {"fileName": name, "extractedText": text[:MOST_CHARACTERS]}
    if "pages" in found:
        record["pageCount"] = found["pages"]
    if len(text) >= MOST_CHARACTERS or found.get("read", 0) < found.get("pages", 0):
        record["isComplete"] = False
    return record


def _kind(content: bytes) -> Literal["pdf", "docx", "text"]:
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if "word/document.xml" in archive.namelist():
                    return "docx"
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            pass  # then it is of no kind that can be read
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in content:
        return "text"
    raise _unreadable("the file is not a PDF, Word (.docx) or plain text file")


def _plain(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _extracted(kind: Literal["pdf", "docx"], content: bytes, patience: float) -> dict[str, Any]:
    if find_spec(_LIBRARIES[kind]) is None:
        raise ConfigurationError(
            "The library that reads such files is missing",
            remedy='Install it with: pip install "langchain-ashby[files]"',
        )
    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(_PROGRAM), kind],
            input=content,
            capture_output=True,
            env=kept,
            timeout=patience,
            check=False,
        )
        found = json.loads(done.stdout) if done.returncode == 0 else {"error": "Ended"}
    except subprocess.TimeoutExpired:
        raise _unreadable("reading the file took too long and was stopped") from None
    except ValueError:
        found = {"error": "Ended"}
    if "error" in found:
        raise _unreadable(f"the file cannot be read ({found['error']}): it is damaged, encrypted or too large")
    return dict(found)


def _unreadable(what: str, remedy: str = "Read another file, or ask a person to look at it.") -> ArgumentError:
    return ArgumentError(f"file_name: {what}", code="file_not_readable", remedy=remedy)
