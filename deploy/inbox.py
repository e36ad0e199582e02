"""Serves the approval inbox on the server, below `/inbox`. An example: sign people in as your company does.

`INBOX_URL` is the address that browsers use, such as `https://hire.example.com/inbox`; without it there is no inbox.
People sign in with OpenID Connect: `INBOX_ISSUER` is the provider's address, `INBOX_CLIENT_ID` and
`INBOX_CLIENT_SECRET` identify the client registered there. `INBOX_PEOPLE` is JSON: e-mail addresses with their roles.

The inbox does not use `auth.py`: its reviewers see the changes that are waiting in everyone's threads.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette

from langchain_ashby.server.door import closed


def _with_inbox(address: str) -> Starlette:
    from langchain_ashby.inbox import OpenIDConnect
    from langchain_ashby.server.inbox import serve_inbox

    people: dict[str, list[str]] = json.loads(os.environ["INBOX_PEOPLE"])

    def roles(claims: Mapping[str, Any]) -> list[str]:
        return people.get(str(claims.get("email")), [])

    issuer, client, secret = (os.environ[f"INBOX_{it}"] for it in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET"))
    return serve_inbox(OpenIDConnect(issuer, client, secret, roles=roles), base_url=address)


_address = os.environ.get("INBOX_URL")
app = _with_inbox(_address) if _address else closed
