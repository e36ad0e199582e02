"""Texts kept in files, so that a review shows their changes: `make regenerate` rewrites them."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from pathlib import Path

HOW = "if this is meant: make regenerate"


def writing() -> bool:
    """True while the files are rewritten, not compared."""
    return bool(os.environ.get("UPDATE_SNAPSHOTS"))


def check(file: Path, now: str) -> None:
    """Compare a text with its file."""
    before = file.read_text("utf-8") if file.exists() else ""
    if writing() and now != before:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now, "utf-8")
        return
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), "before", "now", lineterm="")
    difference = "\n".join(lines)
    assert now == before, f"{file.name} is not as before; {HOW}\n{difference}"


def check_folder(folder: Path, names: Iterable[str]) -> None:
    """Check that a folder has no file but these."""
    stale = {file for file in folder.iterdir() if file.is_file()} - {folder / name for name in names}
    if writing():
        for file in stale:
            file.unlink()
        return
    assert not stale, f"{sorted(file.name for file in stale)} are of nothing that there is; {HOW}"
