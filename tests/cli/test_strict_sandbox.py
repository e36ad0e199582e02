"""`langchain-ashby sandbox` ignores keys that a request does not have, and refuses them with `--strict`."""

from __future__ import annotations

import json
import os
import signal

import pytest
import requests
from command_line import Piped


@pytest.mark.parametrize(("options", "refused"), [([], False), (["--strict"], True)])
def test_a_key_that_a_request_does_not_have_is_ignored_unless_the_sandbox_is_strict(
    options: list[str], refused: bool
) -> None:
    with Piped("sandbox", "--candidates", "0", *options, env=os.environ) as server:
        ready = json.loads(server.stdout.readline())
        address, key = ready["url"], ready["api_key"]
        answer = requests.post(f"{address}/user.list", json={"role": "any"}, auth=(key, ""), timeout=20)
        (entry,) = requests.get(f"{address}/_sandbox/requests", timeout=20).json()
        assert (not answer.json()["success"], not entry["warnings"]) == (refused, refused)
        server.send_signal(signal.SIGTERM)
        server.communicate(20)
        assert server.returncode == 0
