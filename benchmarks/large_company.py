"""A server in its own process that plays a company of any size and does almost no work.

Its replies are those of a small sandbox: a page of people, and a hundred of their applications, are given again and
again, each time under other ids. After `change()` the next list of changes has the first page once more.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.serving import CURSOR, Serving, further, listen, reply
from langchain_ashby import AshbyClient
from langchain_ashby.endpoint import Paged
from langchain_ashby.endpoints.candidates import ListCandidates
from langchain_ashby.endpoints.interviews import ListInterviewPlans, ListInterviewStages
from langchain_ashby.mirror.lists import mirrored_lists
from langchain_ashby.sandbox import AshbySandbox

_ID = re.compile(rb'"(?:applicationId|interviewPlanId)": ?"([^"]+)"')
_OF_PEOPLE = ("candidate", "application", "offer", "interviewSchedule", "feedback")
_FEWER = {"interviewSchedule.list": 5, "applicationFeedback.list": 5, "offer.list": 20}
"""So many applications there are for one of these records."""


@contextmanager
def serving(applications: int, latency: float = 0.0) -> Iterator[tuple[str, Any]]:
    """Serves so many applications, a multiple of 100; yields the address and a function that makes 100 changes.

    Every reply comes `latency` seconds after its request.
    """
    with TemporaryDirectory() as directory:
        replies = Path(directory) / "replies.json"
        replies.write_text(json.dumps(_recorded()))
        command = [sys.executable, "-m", __name__, str(replies), str(applications // 100), str(latency)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin and process.stdout
            port = int(process.stdout.readline())

            def change() -> None:
                assert process.stdin and process.stdout
                process.stdin.write(b"!")
                process.stdin.flush()
                process.stdout.readline()

            try:
                yield f"http://127.0.0.1:{port}", change
            finally:
                process.stdin.close()


def _recorded() -> dict[str, Any]:
    """The replies of a sandbox, and the ids that stand for others on every page."""
    with AshbySandbox(candidates=120) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        state = sandbox.state()
        ids = [record["id"] for kind in _OF_PEOPLE for record in state[kind]]
        ids += [event["id"] for schedule in state["interviewSchedule"] for event in schedule["interviewEvents"]]
        recorded: dict[str, Any] = {"ids": ids}
        for wanted in mirrored_lists(answers=False):
            request = wanted.request
            if isinstance(request, Paged):
                recorded[wanted.name] = next(client.pages(request.model_copy(update={"limit": 100}))).results
            else:
                recorded[wanted.name] = client.call(request)
        owners = {application["candidate"]["id"] for application in recorded["application.list"]}
        people = client.items(ListCandidates(limit=100))
        recorded["candidate.list"] = [person for person in people if person["id"] in owners]
        for plan in client.items(ListInterviewPlans(include_archived=True)):
            recorded[plan["id"]] = client.call(ListInterviewStages(interview_plan_id=plan["id"]))
    return recorded


class _Serving(Serving):
    """The company's side."""

    def __init__(self, recorded: dict[str, Any], pages: int, latency: float) -> None:
        self._latency = latency
        self._ids = re.compile("|".join(sorted({each[:8] + "(?=" + each[8:] + ")" for each in recorded.pop("ids")})))
        self._pages = pages
        self._changed: set[str] = set()
        self._lists = {name: self._pieces(results) for name, results in recorded.items()}

    def change(self) -> None:
        self._changed = {"candidate.list", "application.list"}

    def _pieces(self, results: list[Any]) -> list[bytes]:
        """The results as JSON, in the pieces between which the number of the page stands."""
        return [piece.encode() for piece in self._ids.split(json.dumps(results, ensure_ascii=False))]

    def answer(self, method: str, body: bytes) -> bytes:
        time.sleep(self._latency)
        return self._reply(method, body)

    def _reply(self, name: str, body: bytes) -> bytes:
        if name in ("interviewStage.list", "application.listHistory"):
            found = _ID.search(body)
            assert found
            of = found[1].decode()
            return reply(_history(of) if name == "application.listHistory" else b"".join(self._lists.get(of, [b"[]"])))
        if b'"syncToken"' in body:
            if name not in self._changed:
                return reply(b"[]", b'"syncToken":"t"')
            self._changed.discard(name)
            page = b"%08x" % 0
            changed = page.join(self._lists[name]).replace(b'"updatedAt": "2026', b'"updatedAt": "2027')
            return reply(changed, b'"syncToken":"t"')
        cursor = CURSOR.search(body)
        number = int(cursor[1]) if cursor else 0
        pages = max(1, self._pages // _FEWER.get(name, 1)) if len(self._lists[name]) > 1 else 1
        last = number + 1 >= pages
        more = b'"syncToken":"t"' if last else further(number + 1)
        return reply((b"%08x" % number).join(self._lists[name]), more)


def _history(application_id: str) -> bytes:
    """Three stays."""
    stays = [
        {
            "id": f"{application_id[:-1]}{number}",
            "stageId": application_id,
            "stageNumber": number,
            "enteredStageAt": f"2026-0{number + 1}-01T09:00:00.000Z",
            "title": "A stage",
            "allowedActions": ["none"],
        }
        for number in range(3)
    ]
    return json.dumps(stays).encode()


def _serve(replies: Path, pages: int, latency: float) -> None:
    serving = _Serving(json.loads(replies.read_text()), pages, latency)
    print(listen(serving), flush=True)
    while sys.stdin.buffer.read(1):
        serving.change()
        print(flush=True)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
