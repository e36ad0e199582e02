"""`langchain-ashby sandbox` ignores keys that a request does not have, and refuses them with `--strict`."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests


@pytest.mark.parametrize(("options", "refused"), [([], False), (["--strict"], True)])
def test_a_key_that_a_request_does_not_have_is_ignored_unless_the_sandbox_is_strict(
    options: list[str], refused: bool
) -> None:
    command = [str(Path(sys.executable).with_name("langchain-ashby")), "sandbox", "--candidates", "0", *options]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    ready = json.loads(server.stdout.readline())
    answer = requests.post(f"{ready['url']}/user.list", json={"role": "any"}, auth=(ready["api_key"], ""), timeout=20)
    (entry,) = requests.get(f"{ready['url']}/_sandbox/requests", timeout=20).json()
    assert (not answer.json()["success"], not entry["warnings"]) == (refused, refused)
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=20) == 0
