"""Runs `langgraph dev` as a user would, in its own directory."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import requests

PROJECT = Path(__file__).parents[2]
# The server ends with the test process, however that dies: its standard input closes then.
_WITH_PARENT = 'exec 3<&0; "$@" < /dev/null & server=$!; (cat <&3 > /dev/null; kill -KILL 0) & wait $server'
STARTING = 120
"""Seconds after which a silent server counts as failed."""


def why_not() -> str | None:
    """The reason why a server cannot be started, or None."""
    if find_spec("langgraph_cli") is None or find_spec("langgraph_api") is None:
        return 'langgraph dev is not installed: pip install "langchain-ashby[server]"'
    return None


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def kill(self) -> None:
        """Kills it and its children with SIGKILL, without any cleanup."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)


@contextmanager
def serving(directory: Path, environment: Mapping[str, str], *, authenticated: bool = True) -> Iterator[Server]:
    """Serves the project's `langgraph.json` from a directory for its files.

    Args:
        directory: The directory.
        environment: Variables for the server, in which `{url}` is its address.
        authenticated: True for the authentication and the door of `deploy/`, False for those of `make serve`.

    Raises:
        RuntimeError: It does not start; the message has its output.
    """
    settings = json.loads((PROJECT / "langgraph.json").read_text("utf-8"))
    if authenticated:
        settings |= {name: deployed(name) for name in ("auth", "http")}
        for setting, name in (settings["auth"], "path"), (settings["http"], "app"):
            setting[name] = f"{PROJECT}/deploy/{setting[name].removeprefix('./')}"
    (directory / "langgraph.json").write_text(json.dumps(settings), "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url, log = f"http://127.0.0.1:{port}", directory / "log"
    command = [str(Path(sys.executable).with_name("langgraph")), "dev", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("ab") as said:
        process = subprocess.Popen(
            ["sh", "-c", _WITH_PARENT, "sh", *command, "--no-browser", "--no-reload"],
            cwd=directory,
            env={
                **os.environ,
                "LANGSMITH_TRACING": "false",
                "LANGGRAPH_CLI_NO_ANALYTICS": "1",
                "PYTHONPATH": os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")])),
                **{name: it.replace("{url}", url) for name, it in environment.items()},
            },
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            start_new_session=True,  # its own process group, so that everything can be killed
        )
    server = Server(process, url, log)
    try:
        _wait_for(server)
        yield server
    finally:
        if process.poll() is None:
            server.kill()


def deployed(name: str) -> Any:
    """A setting of `deploy/langgraph.json`."""
    return json.loads((PROJECT / "deploy" / "langgraph.json").read_text("utf-8"))[name]


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if requests.get(f"{server.url}/ok", timeout=5).status_code in (
                200,
                401,
            ):  # it is there, and may want a token
                return
        except requests.ConnectionError:
            time.sleep(0.1)  # not up yet
    raise RuntimeError(f"langgraph dev does not start: {server.log.read_text()[-3000:]}")
