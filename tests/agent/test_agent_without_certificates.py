"""Certificates that cannot be read any more when an approved write is due."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from writing_room import opened

from langchain_ashby import AshbyClient


class Breaks(HTTPAdapter):
    """Raises what requests raises if a file is missing, but for the write alone."""

    broken = True

    def cert_verify(self, conn: Any, url: str, *settings: Any) -> None:
        if self.broken and url.endswith("candidate.createNote"):
            raise OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /nothing.pem")
        super().cert_verify(conn, url, *settings)  # type: ignore[no-untyped-call]


def test_the_write_is_answered_as_not_executed_and_can_be_made_later(tmp_path: Path) -> None:
    with opened(tmp_path) as room, requests.Session() as session:
        session.trust_env = False
        adapter = Breaks()
        session.mount("http://", adapter)
        room.client = AshbyClient(room.sandbox.api_key, room.sandbox.url, session=session)
        with room.agent(room.note()) as graph:
            room.start(graph)
            answer = room.answer(room.resume(graph))
        assert answer.text.startswith("Not executed. configuration: The certificates")
        assert [entry.outcome for entry in room.trail()] == ["not applied"]
        assert room.notes() == room.sent() == 0
        adapter.broken = False
        room.config["configurable"]["thread_id"] += " again"
        with room.agent(room.note()) as graph:
            room.start(graph)
            room.resume(graph)
        assert room.notes() == 1
