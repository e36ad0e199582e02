"""The command line with absurd arguments: an exit status, a line with the reason, and never a traceback."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hypothesis import strategies as st
from langgraph.store.sqlite import SqliteStore
from typer.testing import CliRunner

from fuzz.target import Target
from fuzz.tools import by_schema
from fuzz.values import wild
from langchain_ashby.cli.app import app
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.sandbox import AshbySandbox

# Strings that a shell can pass: no null character; bytes that are not UTF-8 appear as surrogates.
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20) | st.sampled_from(
    ["", "-", "--", "-x", "--no-such", "\udcff", "\udcff\n", "[red]x[/]", "%s", "{}", "a" * 5000, "\x1b[2J", "--help"]
)
_json = st.one_of(
    words,
    wild.map(json.dumps),
    st.just("[" * 20_000),
    st.just("9" * 5000),
    st.sampled_from(list(OPERATIONS.values())).flatmap(lambda it: by_schema(it.argument_schema())).map(json.dumps),
)
_flags = st.lists(
    st.sampled_from(["--yes", "--json", "--jsonl", "--tokens", "--thread", "x", "--sandboxes"]), max_size=2
)
# An unused port, so that no real database is contacted.
_databases = st.sampled_from(
    [
        "postgresql://u:hunter2@127.0.0.1:9/db", "postgres://u:hunter2@127.0.0.1:9/db?connect_timeout=1&x=hunter2",
        "postgresql://u:hunter2@127.0.0.1:hunter2/db", "postgresql://127.0.0.1:9/%ff?hunter2", "sqlite://", "sqlite:///",
        "sqlite:////", "sqlite:///.", "mysql://u:hunter2@127.0.0.1/", "sqlite:///\udcff", "sqlite:///" + "x" * 5000,
    ]
)  # fmt: skip


@contextmanager
def command_lines() -> Iterator[Target]:
    """Commands that exit on their own."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sandbox = stack.enter_context(AshbySandbox(candidates=2))
        runner = CliRunner(env={"ASHBY_API_KEY": sandbox.api_key, "ASHBY_BASE_URL": sandbox.url, "COLUMNS": "100"})
        files = st.sampled_from(_files(directory)).map(lambda file: f"sqlite:///{file}")

        def check(line: list[str]) -> str:
            result = runner.invoke(app, line)
            if result.exception is not None and not isinstance(result.exception, SystemExit):
                raise result.exception
            assert result.exit_code in (0, 1, 2, 3), result.exit_code
            assert "Traceback" not in result.output
            assert "hunter2" not in result.output.replace(" ".join(line), "")
            assert sandbox.api_key not in result.output
            if result.exit_code in (1, 3):
                assert result.output.strip(), "it does not say why"
                assert len(result.stderr.splitlines()) <= 1, result.stderr
            return f"exit {result.exit_code}"

        tools = st.sampled_from(list(OPERATIONS)) | words
        lines = st.one_of(
            st.builds(lambda tool, args, flags: ["call", tool, args, *flags], tools, _json, _flags),
            st.builds(lambda flags: ["tools", *flags], _flags),
            st.builds(
                lambda name, store, flags: [name, "--store", store, *flags],
                st.sampled_from(["audit", "pending"]),
                files | _databases | words,
                _flags,
            ),
            st.lists(st.sampled_from(["call", "tools", "audit", "doctor"]) | words, max_size=3),
        )
        yield Target(lines, check)


def _files(directory: Path) -> list[Path]:
    """Files that are not stores, and two that are: an empty one, and one with foreign entries."""
    (directory / "empty.db").touch()
    (directory / "text.db").write_text("no database\n" * 1000)
    (directory / "odd\nname.db").write_bytes(b"\xff" * 5000)
    (directory / "folder.db").mkdir()
    with sqlite3.connect(directory / "other.db") as other:
        other.execute("CREATE TABLE store (a)")
    other.close()
    with SqliteStore.from_conn_string(str(directory / "fresh.db")) as store:
        store.setup()
    with SqliteStore.from_conn_string(str(directory / "foreign.db")) as store:
        store.setup()
        store.put(("langchain_ashby", "audit", "x"), "1", {"version": 99})
        store.put(("langchain_ashby", "audit"), "2", {"a": 1})
    return [*directory.iterdir(), directory / "missing.db"]
