"""An OpenID provider over real HTTP, which checks what a client sends and can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "inbox", "a secret between the two"


class Provider:
    """The provider's state. `claims` go into the id token, `lies` replace parts of what it says."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.signing_key = self.key
        self.claims: dict[str, Any] = {"sub": "42", "email": "grace@example.com", "email_verified": True}
        self.metadata: dict[str, Any] = {}
        self.token: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.codes: dict[str, dict[str, str]] = {}
        self.problems: list[str] = []

    def describe(self) -> dict[str, Any]:
        """What it says of itself."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        } | self.metadata

    def authorize(self, asked: dict[str, str]) -> str:
        """Signs in whoever comes, and returns the way back."""
        for name in ("state", "nonce", "code_challenge"):
            if len(asked.get(name, "")) < 20:
                self.problems.append(f"no {name}")
        if asked.get("code_challenge_method") != "S256" or asked["response_type"] != "code":
            self.problems.append("not the code flow with PKCE")
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The tokens for a code; None if it is not good."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None:
            return None
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if proof != asked["code_challenge"] or given != f"{CLIENT}:{SECRET}":
            self.problems.append("a code for somebody else")
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"]} | self.claims
        header = {"alg": self.algorithm, "kid": "one"}
        if self.algorithm == "none":
            parts = [json.dumps(it).encode() for it in (header, claims)]
            signed = ".".join(base64.urlsafe_b64encode(it).rstrip(b"=").decode() for it in parts) + "."
        else:
            signed = jwt.encode(header, claims, self.signing_key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed} | self.token


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that listens on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                asked = {name: it[0] for name, it in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("location", here.authorize(asked))
                self.send_header("content-length", "0")
                self.end_headers()
            elif parts.path == "/keys":
                self._answer(200, {"keys": [here.key.as_dict(private=False)]})
            else:
                self._answer(200, here.describe())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: it[0] for name, it in parse_qs(body).items()}
            tokens = here.exchange(form, self.headers.get("authorization", ""))
            self._answer(200 if tokens else 400, tokens or {"error": "invalid_grant"})

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
