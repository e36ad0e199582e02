"""A private PostgreSQL: a cluster in a temporary directory, removed after use.

It listens only on a Unix socket in that directory. It does not wait for the disk (`fsync=off`): its data survives the
death of any process, which is what the tests need, but not a power failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

USER = "postgres"
"""The server's user when the tests run as root, which PostgreSQL refuses."""

_SWITCHES = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=50"]
# The server ends with the test process, however that dies: its standard input closes then.
_WITH_PARENT = '"$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server'


def binaries() -> Path | None:
    """The directory with initdb and postgres of the newest installed version."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    found += sorted(debian, key=lambda it: float(it.parent.name), reverse=True)
    return next((it for it in found if (it / "initdb").exists() and (it / "postgres").exists()), None)


def why_not() -> str | None:
    """The reason why PostgreSQL is unavailable, or None."""
    if binaries() is None:
        return "no PostgreSQL server is installed (Debian: apt-get install postgresql; see .ci/postgres)"
    return None


@contextmanager
def cluster() -> Iterator[str]:
    """Starts a cluster and yields its connection string; stops and removes it afterwards.

    Raises:
        RuntimeError: No server is installed, or it does not start.
    """
    with data() as home, server(home) as url:
        yield url


@contextmanager
def data() -> Iterator[Path]:
    """Yields the directory of an empty cluster for `server`; removes it afterwards."""
    directory = _binaries()
    home = Path(tempfile.mkdtemp(prefix="pg-"))  # the path of a socket is limited to about a hundred bytes
    user = _user()
    if user:
        shutil.chown(home, user)
    try:
        settings = ["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        _call([directory / "initdb", "-D", home / "data", *settings], user)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def own_schema(url: str) -> str:
    """Creates a schema, and returns its URL."""
    import psycopg

    name = f"own_{uuid4().hex}"
    with psycopg.connect(url) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{url}&options=-csearch_path%3D{name}"


@contextmanager
def server(home: Path) -> Iterator[str]:
    """Starts the server of a cluster and yields its connection string; ends all connections and stops it afterwards."""
    directory, user = _binaries(), _user()
    command = [directory / "postgres", "-D", home / "data", "-k", home, *_flags()]
    with (home / "log").open("ab") as log:
        running = subprocess.Popen(
            ["sh", "-c", _WITH_PARENT, "sh", *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=home,
            user=user,
        )
    try:
        _wait_for(directory, home, running, user)
        yield f"postgresql:///postgres?host={home}&user={USER}"
    finally:
        assert running.stdin is not None
        running.stdin.close()
        running.wait(timeout=60)


def _binaries() -> Path:
    directory = binaries()
    if directory is None:
        raise RuntimeError(why_not())
    return directory


def _user() -> str | None:
    return USER if os.geteuid() == 0 else None


def _flags() -> list[str]:
    return [flag for switch in _SWITCHES for flag in ("-c", switch)]


def _call(command: list[str | Path], user: str | None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, user=user, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")


def _wait_for(directory: Path, home: Path, running: subprocess.Popen[bytes], user: str | None) -> None:
    deadline = time.monotonic() + 60
    ready: list[str | Path] = [directory / "pg_isready", "-q", "-h", home]
    while subprocess.run(ready, user=user, cwd="/", timeout=30).returncode:
        if running.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL does not start: {(home / 'log').read_text()[-2000:]}")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The connection string of a private PostgreSQL.

    Without a server its tests are skipped; in CI, with LANGCHAIN_ASHBY_REQUIRE_POSTGRES=1, they fail.
    """
    reason = why_not()
    if reason and os.environ.get("CI") == "true" and os.environ.get("LANGCHAIN_ASHBY_REQUIRE_POSTGRES") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with cluster() as url:
        yield url
