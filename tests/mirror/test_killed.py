"""Processes that are killed in the middle of a run, and others that go on where they were."""

from __future__ import annotations

import os
import signal
import time
from random import Random

import pytest
from changes import Company
from command_line import Piped
from expected import differences, expected
from postgres import own_schema
from test_interleavings import as_of, check_whole

from langchain_ashby import AshbyClient
from langchain_ashby.mirror import Mirror, MirrorBusyError
from langchain_ashby.sandbox import AshbySandbox

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="its runs are forks")]


@pytest.mark.parametrize(("database", "seed"), [("sqlite", 0), ("postgres", 1)])
def test_a_process_that_is_killed_leaves_a_whole_mirror_that_the_next_one_finishes(
    database: str, seed: int, url: str, sandbox: AshbySandbox, client: AshbyClient, request: pytest.FixtureRequest
) -> None:
    random, company = Random(seed), Company(sandbox, seed)
    if database == "postgres":
        url = own_schema(request.getfixturevalue("postgres"))
    mirror = Mirror(url, client)
    theirs, ours = os.pipe()
    arguments = (url, sandbox.url, sandbox.api_key)
    with (
        open(theirs),
        open(ours, "w") as told,
        Piped(*arguments, env=os.environ, stdin=theirs, module="killed_run") as forking,
    ):
        for _ in range(5):
            for _ in range(3):
                company.change(random.randrange(10**6))
            print(file=told, flush=True)
            run = int(forking.stdout.readline())
            time.sleep(random.uniform(0, 1.5))
            os.kill(run, signal.SIGKILL)
            if as_of(mirror):
                check_whole(mirror)
    for _ in range(20):  # the server may need a moment to see that its client is gone
        try:
            mirror.sync(full=True, history=None)
            break
        except MirrorBusyError:
            time.sleep(0.5)
    mirror.sync(history=None)
    assert differences(mirror, expected(sandbox)) == {}
