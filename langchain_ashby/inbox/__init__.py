"""The approval inbox: everything that waits for a person, in a browser. Needs the extra `inbox`."""

from __future__ import annotations

from langchain_ashby.inbox.app import create_app

__all__ = ["create_app"]
