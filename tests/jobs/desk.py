"""What a job has to work with: the tools, and their answers as a model reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![\w-])[\w-]{22}(?![\w-])"
_NOTE = re.compile(r" \(.*?\)| UTC\b")
_YEAR = re.compile(r": (\d{4})\d{4}\)")  # of days written without one, such as 630: 20260630

Row = Mapping[str, str]


class StuckError(Exception):
    """Raised if a job cannot go on: there is no such tool, it failed, or its answer lacks what the job needs."""


class Answer:
    """The text of a tool's answer, and what can be read in it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def rows(self) -> list[Row]:
        """The rows of the table: cells by heading without notes, legends read, and the record's own id as `id`."""
        (heading, found), *legends = self._tables() or [("", [])]
        heads = heading.partition("; below")[0].split("|")
        names = [_NOTE.sub("", head) for head in heads]
        keys = {legend.split(" ")[0]: dict(entries) for legend, entries in legends}
        letters = keys.get("letter", {})
        keys |= {"source": letters, "archive reason": letters}
        usual = {
            heading.partition(",")[0]: " ".join(entry).strip()
            for heading, [entry, *_] in legends
            if heading.endswith((", where blank", ", of all"))
        }
        years = {name: _YEAR.findall(head) for name, head in zip(names, heads, strict=True)}
        rows: list[Row] = []
        for own_id, line in found:
            cells = dict(zip(names, line.split("|"), strict=False))
            for name, cell in cells.items():
                cells[name] = keys.get(name, {}).get(cell, cell).rpartition("|")[2]
                if years[name] and 3 <= len(cell) <= 4:
                    cells[name] = f"{years[name][0]}{cell:0>4}"
            rows.append({"id": own_id, **cells, **{name: it for name, it in usual.items() if not cells.get(name)}})
        return rows

    def _tables(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The heading of each table without its first word, and its lines as the first word and the rest."""
        tables: list[tuple[str, list[tuple[str, str]]]] = []
        for line in self.text.splitlines():
            key, _, rest = line.removeprefix("# ").partition(" ")
            if line.startswith("# "):
                tables.append((rest if key.endswith("_id") else f"{key} {rest}", []))
            elif tables and not line.startswith(" "):
                tables[-1][1].append((key, rest))
        return [(heading, entries) for heading, entries in tables if entries]

    def id_after(self, words: str) -> str:
        """The first id that follows these words on a line."""
        found = re.search(f"{re.escape(words)}.*?({_ID})", self.text)
        if not found:
            raise StuckError(f"no id follows {words!r}:\n{self.text}")
        return found[1]

    def path_of(self, title: str) -> str:
        """The path of a form's field."""
        found = re.search(rf"{re.escape(title)} \(path (\S+)\)", self.text)
        if not found:
            raise StuckError(f"no form has a field {title!r}:\n{self.text}")
        return found[1]

    def lines(self, *words: str) -> list[str]:
        """The lines with all of these words."""
        return [line for line in self.text.splitlines() if all(word in line for word in words)]


class Desk:
    """Calls the tools and keeps count.

    Attributes:
        today: The day of the job, which whoever asks a model tells it.
        exchanges: Each call and its answer, as texts.
    """

    def __init__(self, tools: Sequence[BaseTool], today: str) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self.today = today
        self.exchanges: list[tuple[str, str]] = []

    def __call__(self, name: str, /, **arguments: Any) -> Answer:
        """Calls the tool `ashby_<name>`, which must succeed."""
        answer, status = self._called(name, arguments)
        if status == "error":
            raise StuckError(f"ashby_{name} failed: {answer.text}")
        return answer

    def attempt(self, name: str, /, **arguments: Any) -> Answer:
        """Calls a tool whose error says how to go on."""
        return self._called(name, arguments)[0]

    def application_of(self, name: str) -> str:
        """Finds a candidate by name, and in the hit the id of the only application."""
        (hit,) = self("search_candidates", name=name).rows() or [{}]
        application_id = "".join(re.findall(_ID, hit.get("application_ids", ""))[:1])
        if not application_id:
            raise StuckError(f"the search for {name} says no application's id: {hit}")
        return application_id

    def _called(self, name: str, arguments: dict[str, Any]) -> tuple[Answer, str]:
        tool = self._tools.get(f"ashby_{name}")
        if tool is None:
            raise StuckError(f"there is no tool ashby_{name}")
        call = {"type": "tool_call", "id": "1", "name": tool.name, "args": arguments}
        message: ToolMessage = tool.invoke(call)
        text = message.text
        self.exchanges.append((json.dumps({"name": tool.name, "arguments": arguments}, ensure_ascii=False), text))
        return Answer(text), message.status


class State:
    """The sandbox's records, for the check afterwards."""

    def __init__(self, records: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._records = records

    def all(self, kind: str, **having: Any) -> list[Mapping[str, Any]]:
        """The records of a kind with these values."""
        return [it for it in self._records[kind] if all(it.get(key) == value for key, value in having.items())]

    def one(self, kind: str, **having: Any) -> Mapping[str, Any]:
        """The only such record."""
        (record,) = self.all(kind, **having)
        return record

    def application(self, candidate: str) -> Mapping[str, Any]:
        """The only application of the candidate with this name."""
        return self.one("application", candidateId=self.one("candidate", name=candidate)["id"])

    def in_stage(self, job: str, *titles: str) -> Iterator[Mapping[str, Any]]:
        """The applications for a job that are in one of the stages."""
        job_id = self.one("job", title=job)["id"]
        for application in self.all("application", jobId=job_id):
            if self.one("interviewStage", id=application["currentInterviewStageId"])["title"] in titles:
                yield application
