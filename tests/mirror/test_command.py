"""`langchain-ashby mirror`, in a process of its own as people run it."""

from __future__ import annotations

import os
import signal
import subprocess
from io import StringIO
from pathlib import Path

import command_line
import pytest
from rich.console import Console

from langchain_ashby.cli.progress import ProgressDisplay
from langchain_ashby.mirror import Mirror
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow


def environment(sandbox: AshbySandbox, url: str) -> dict[str, str]:
    ours = {"ASHBY_API_KEY": sandbox.api_key, "ASHBY_BASE_URL": sandbox.url, "LANGCHAIN_ASHBY_MIRROR": url}
    return {**os.environ, **ours}


def run(sandbox: AshbySandbox, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return command_line.run("mirror", *words, env=environment(sandbox, url))


def test_it_brings_a_mirror_up_to_date_says_its_state_and_forgets(sandbox: AshbySandbox, url: str) -> None:
    assert run(sandbox, url, "status").returncode == 1
    ran = run(sandbox, url, "sync", "--history", "2", "--words", "notes")
    assert ran.returncode == 0, ran.stderr
    known = Mirror(url).coverage()
    assert ran.stdout.strip() == f"{known}."
    assert known.histories == len(Mirror(url).frame("read_words")) == 2
    status = run(sandbox, url, "status")
    assert status.stdout.startswith(f"{known}.\nEverything was last read on ") and "MB" in status.stdout
    assert "at profiles and notes of 2 of 12 candidates; notes read since " in status.stdout
    person = sandbox.records("candidate")[0]["id"]
    assert run(sandbox, url, "forget", person).stdout == "Forgotten.\n"
    assert person not in set(Mirror(url).frame("candidates")["id"])
    assert "has no candidate with this id" in run(sandbox, url, "forget", person).stdout


def test_a_run_that_has_read_nothing_yet_does_not_claim_to_think() -> None:
    console = Console(force_terminal=True, record=True, file=StringIO())
    console.print(ProgressDisplay(console, "Reading Ashby"))
    assert "Reading Ashby" in console.export_text()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["forget", "nobody"], 1, "not an id"),
        (["sync", "--every", "often"], 2, "such as 5m"),
        (["sync", "--mirror", "mirror.db"], 2, "sqlite:///FILE"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(
    sandbox: AshbySandbox, url: str, words: list[str], status: int, said: str
) -> None:
    ran = run(sandbox, url, *words)
    assert (ran.returncode, said in ran.stderr, ran.stderr.count("\n")) == (status, True, 1), ran.stderr


def test_it_goes_on_until_it_is_interrupted_whatever_ashby_does(sandbox: AshbySandbox, url: str) -> None:
    with command_line.Piped("mirror", "sync", "--every", "0.2s", env=environment(sandbox, url)) as process:
        assert process.stdout.readline().startswith("as of ")
        sandbox.fault("application.list", status=503, times=4)
        assert "server_error" in process.stderr.readline()
        assert process.stdout.readline().startswith("as of ")
        process.send_signal(signal.SIGINT)
        process.communicate(30)
        assert process.returncode == 130


def test_a_key_is_not_in_the_file(sandbox: AshbySandbox, url: str, tmp_path: Path) -> None:
    run(sandbox, url, "sync")
    assert sandbox.api_key.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
