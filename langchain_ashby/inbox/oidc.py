"""Signs in with OpenID Connect, through Authlib."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from langchain_ashby.inbox.door import way_back
from langchain_ashby.inbox.pages.shared import inbox_of
from langchain_ashby.inbox.pages.sign_in import problem, sign_in_page
from langchain_ashby.inbox.reviewers import Reviewer, SignIn
from langchain_ashby.inbox.security import LOOPBACK, Attempts
from langchain_ashby.inbox.sessions import Cookie, Session, Sessions

if TYPE_CHECKING:
    from authlib.integrations.starlette_client import StarletteOAuth2App

_log = logging.getLogger(__name__)

Claims = Mapping[str, Any]


class OpenIDConnect(SignIn):
    """Signs people in with a provider such as Google, Microsoft Entra, Okta or Keycloak. Needs the extra `oidc`.

    Register `<base_url>/sign-in/callback` with the provider as the redirect address. The code flow with PKCE, state and
    nonce is used; the provider's tokens are not kept.

    Args:
        issuer: The provider's address, below which its `/.well-known/openid-configuration` is.
        client_id: The client that is registered there.
        client_secret: Its secret.
        roles: The roles of someone with these claims; empty for people without access. There is no default: with
            many providers, anyone in the world can have an account.
        name: The person's name in the audit trail, by their claims. By default their e-mail address, if the provider
            has verified it; everyone else is refused.
        scope: What is asked of the provider.
        clock: A monotonic clock in seconds, for the limit on attempts.

    Raises:
        ImportError: without the extra.
        ValueError: if the issuer is not an https address.
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str | SecretStr,
        *,
        roles: Callable[[Claims], Collection[str]],
        name: Callable[[Claims], str | None] | None = None,
        scope: str = "openid email profile",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        parts = urlsplit(issuer)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ValueError("The issuer must be an https address, such as https://accounts.google.com.")
        secret = client_secret.get_secret_value() if isinstance(client_secret, SecretStr) else client_secret
        self._at = issuer
        self._host = parts.hostname or issuer
        self._client_id = client_id
        self._roles = roles
        self._name = name or _verified_email
        self._app = _client(issuer, client_id, secret, scope)
        self._cookie = Cookie("sign-in")
        self._attempts = Attempts(clock, each=60, in_all=300)
        self._under_way: Sessions | None = None

    @property
    def issuer(self) -> str:
        """Identifies the provider and the client."""
        return f"{self._at} {self._client_id}"

    def routes(self) -> Sequence[Route]:
        """The sign-in page, the redirect to the provider, and the callback."""
        return [
            Route("/sign-in", self._before, name="sign_in"),
            Route("/sign-in/start", self._start, name="sign_in_start"),
            Route("/sign-in/callback", self._callback, name="sign_in_callback"),
        ]

    async def _before(self, request: Request) -> Response:
        if request.state.session is not None:
            return RedirectResponse(way_back(request), 303)
        address = request.url_for("sign_in_start").include_query_params(back=request.query_params.get("back", "/"))
        return sign_in_page(request, str(address), f"Sign in with {self._host}")

    async def _start(self, request: Request) -> Response:
        if refusal := self._too_many(request):
            return refusal
        self._attempts.failed(_peer(request))
        request.scope["session"] = {}  # where Authlib puts what it needs to know on the way back
        try:
            await self._metadata()
            answer: Response = await self._app.authorize_redirect(request, request.url_for("sign_in_callback"))
        except Exception as error:  # the network's, or the provider's answers
            return self._failed(request, error)
        values = {"authlib": request.scope["session"], "back": way_back(request)}
        session = await self._sign_ins(request).keep(values, _PATIENCE)
        self._cookie.set(request, answer, session.secret)
        return answer

    async def _callback(self, request: Request) -> Response:
        sign_ins = self._sign_ins(request)
        begun = await sign_ins.find(self._cookie.read(request))
        if begun is None:
            return self._again(request, "This sign-in was started in another browser, or too long ago.")
        await sign_ins.end(begun)  # a code is good for one try
        answer = await self._received(request, begun)
        self._cookie.clear(request, answer)
        return answer

    async def _received(self, request: Request, begun: Session) -> Response:
        request.scope["session"] = begun.values["authlib"]
        if request.query_params.get("iss", self._at) != self._at:
            return self._again(request, "The answer came from a different provider.")
        if request.query_params.get("error") == "access_denied":
            return self._again(request, "The sign-in was not completed.")
        try:
            await self._metadata()
            token = await self._app.authorize_access_token(
                request, claims_options={"iss": {"essential": True, "value": self._at}, "sub": {"essential": True}}
            )
            claims = token["userinfo"]  # only there if the provider sent an id token
            name, roles = self._name(claims), frozenset(self._roles(claims))
        except Exception as error:  # the network's, Authlib's, or the application's own
            return self._failed(request, error)
        reviewer = Reviewer(name, roles, _verified_email(claims)) if name else None
        if reviewer is None or not reviewer.may_enter:
            # Without the name: personal data stays out of logs.
            lacks = "a role" if name else "a name (by default a verified address)"
            _log.warning("%s signed in somebody without %s", self._host, lacks)
            words = f"{self._host} signed you in, but you have no access to this inbox. Ask whoever runs it."
            return problem(request, 403, words)
        door = inbox_of(request).door
        session = await door.sessions.begin(reviewer)
        answer = RedirectResponse(begun.values["back"], 303)
        door.cookie.set(request, answer, session.secret)
        return answer

    async def _metadata(self) -> None:
        """Reads the provider's metadata, and refuses what no provider may claim."""
        metadata = await self._app.load_server_metadata()
        if metadata.get("issuer") != self._at:
            raise ValueError("the provider calls itself by another name")
        allowed = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [it for it in allowed if it in _SIGNATURES]

    def _sign_ins(self, request: Request) -> Sessions:
        if self._under_way is None:
            self._under_way = Sessions(inbox_of(request).store, f"{self.issuer}, under way")
        return self._under_way

    def _too_many(self, request: Request) -> Response | None:
        if not self._attempts.are_too_many(_peer(request)):
            return None
        answer = problem(request, 429, "Wait a minute, then try again.")
        answer.headers["retry-after"] = "60"
        return answer

    def _failed(self, request: Request, error: Exception) -> Response:
        _log.error("The sign-in with %s failed with %s", self._host, type(error).__name__)
        return self._again(request, f"The sign-in with {self._host} failed.")

    def _again(self, request: Request, words: str) -> Response:
        return sign_in_page(request, str(request.url_for("sign_in_start")), "Try again", words, 401)


def _client(issuer: str, client_id: str, secret: str, scope: str) -> StarletteOAuth2App:
    try:
        from authlib.integrations.starlette_client import OAuth
    except ModuleNotFoundError:
        raise ImportError('OpenID Connect needs: pip install "langchain-ashby[oidc]"') from None
    app: StarletteOAuth2App = OAuth().register(
        "inbox",
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": scope, "code_challenge_method": "S256", "timeout": 10},
    )
    return app


def _verified_email(claims: Claims) -> str | None:
    return str(claims["email"]) if claims.get("email") and claims.get("email_verified") is True else None


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


_SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_PATIENCE = timedelta(minutes=10)
