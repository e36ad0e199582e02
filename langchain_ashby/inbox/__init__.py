"""The approval inbox: changes waiting for approval, in a browser. Needs the extra `inbox`."""

from __future__ import annotations

from langchain_ashby.inbox.app import create_app
from langchain_ashby.inbox.local_token import LocalToken
from langchain_ashby.inbox.oidc import OpenIDConnect
from langchain_ashby.inbox.reviewers import Reviewer, Routing, SignIn, TrustedHeader

__all__ = ["LocalToken", "OpenIDConnect", "Reviewer", "Routing", "SignIn", "TrustedHeader", "create_app"]
