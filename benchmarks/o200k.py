"""Counts tokens with the o200k vocabulary of the npm package gpt-tokenizer; tiktoken would have to download its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

PACKAGE = "gpt-tokenizer@3"
PROGRAM = """
const {encode} = require('gpt-tokenizer/cjs/encoding/o200k_base');
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(Object.fromEntries(Object.entries(texts).map(([k, v]) => [k, encode(v).length]))));
"""


class NoCounter(Exception):
    """Raised if tokens cannot be counted here; the message says what is missing."""


class Counter:
    """Counts tokens in texts, many at once.

    Args:
        directory: The directory of the npm package, which is installed if missing; defaults to a temporary one.

    Raises:
        NoCounter: There is no node or npm, or the package cannot be installed.
    """

    def __init__(self, directory: Path | None = None) -> None:
        missing = [program for program in ("node", "npm") if shutil.which(program) is None]
        if missing:
            raise NoCounter(f"{' and '.join(missing)} cannot be found: install Node.js (https://nodejs.org).")
        self._temporary = tempfile.TemporaryDirectory() if directory is None else None
        self._directory = Path(self._temporary.name) if self._temporary else Path(directory or ".")
        if not (self._directory / "node_modules" / "gpt-tokenizer").exists():
            self._directory.mkdir(parents=True, exist_ok=True)
            install = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--silent", PACKAGE]
            done = subprocess.run(install, cwd=self._directory, capture_output=True, text=True)
            if done.returncode:
                raise NoCounter(f"npm could not install {PACKAGE}: {done.stderr.strip() or done.stdout.strip()}")

    def __call__(self, texts: Mapping[str, str]) -> dict[str, int]:
        """The number of tokens in each text, by name."""
        counted = subprocess.run(
            ["node", "-e", PROGRAM],
            cwd=self._directory,
            input=json.dumps(dict(texts)),
            capture_output=True,
            text=True,
            check=True,
        )
        return {name: int(tokens) for name, tokens in json.loads(counted.stdout).items()}
