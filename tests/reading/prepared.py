"""Calls tools with replies written by hand: the whole way from the arguments to the text, without a server."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlsplit

import requests
from examples import EXAMPLES, Company
from langchain_core.messages import ToolMessage
from recorder import KEY
from requests.adapters import HTTPAdapter
from shapes import is_listing

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.results.redaction import CATEGORIES
from langchain_ashby.sandbox import AshbySandbox

Reply = tuple[int, bytes]
ALL = tuple(CATEGORIES)
"""Every category of private data."""


class Prepared(HTTPAdapter):
    """Answers from memory, and sends nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.replies: Mapping[str, Reply] = {}

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, content = self.replies[_endpoint(request)]
        response.headers["Content-Type"] = "application/json"
        response.raw, response.url, response.request = io.BytesIO(content), request.url or "", request
        return response


def _endpoint(request: requests.PreparedRequest) -> str:
    return urlsplit(request.url or "").path.strip("/").partition("/")[0]


@dataclass
class Asked:
    """What is needed to call a tool again: its arguments, and the sandbox's replies to all that it asks for."""

    args: dict[str, Any]
    replies: dict[str, Reply] = field(default_factory=dict)


@cache
def examples() -> tuple[str, Path, dict[str, Asked]]:
    """The address of a sandbox, the folder for uploads, and the example of each tool as it was asked there."""
    files = Path(mkdtemp())
    asked: dict[str, Asked] = {}
    now: dict[str, Reply] = {}

    def note(response: requests.Response, **_: Any) -> None:
        now[_endpoint(response.request)] = response.status_code, response.content

    with AshbySandbox() as sandbox, requests.Session() as session:
        session.hooks["response"].append(note)
        client = AshbyClient(sandbox.api_key, sandbox.url, session=session, upload_dirs=[files])
        tools = {tool.name: tool for tool in AshbyToolkit(client, toolsets="all").get_tools()}
        company = Company(sandbox.state(), client, files)
        for name, example in EXAMPLES.items():
            sandbox.reset()
            asked[name] = Asked(example(company))
            now.clear()
            tools[name].invoke({"type": "tool_call", "id": "1", "name": name, "args": asked[name].args})
            asked[name].replies = dict(now)
        return sandbox.url, files, asked


class Reader:
    """Reads hand-made records through the tools.

    Args:
        private: The categories of private data that the texts may hold.
    """

    def __init__(self, private: tuple[str, ...] = ALL, **options: Any) -> None:
        url, files, self._asked = examples()
        self._ashby = Prepared()
        session = requests.Session()
        session.mount("http://", self._ashby)
        client = AshbyClient(KEY, url, session=session, upload_dirs=[files], max_retries=0)
        self._tools = {
            it.name: it for it in AshbyToolkit(client, toolsets="all", private=private, **options).get_tools()
        }

    def args(self, tool: str) -> dict[str, Any]:
        """The arguments of the example."""
        return dict(self._asked[tool].args)

    def method(self, tool: str) -> str:
        """The method whose reply has the record: the tool's own, unless the example takes another way to it."""
        replies = self._asked[tool].replies
        return OPERATIONS[tool].path if OPERATIONS[tool].path in replies else [*replies][-1]

    def message(self, tool: str, *records: Any, **more: Any) -> ToolMessage:
        """The tool's answer if these are the records in Ashby's reply; `more` are further arguments."""
        asked, method = self._asked[tool], self.method(tool)
        results = list(records) if is_listing(method) else records[0]
        content = json.dumps({"success": True, "results": results, "moreDataAvailable": False}).encode()
        self._ashby.replies = asked.replies | {method: (200, content)}
        call = {"type": "tool_call", "id": "1", "name": tool, "args": asked.args | more}
        said: ToolMessage = self._tools[tool].invoke(call)
        assert said.status == "success", f"{tool}: {said.text}"
        return said

    def text(self, tool: str, *records: Any, **more: Any) -> str:
        """The text that a model reads."""
        return self.message(tool, *records, **more).text


@cache
def reader(private: tuple[str, ...] = ALL, **options: Any) -> Reader:
    """A reader, the same one for the same settings."""
    return Reader(private, **options)
