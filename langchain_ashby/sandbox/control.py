"""The control surface of the sandbox, in Python and over HTTP alike."""

import binascii
import json
import math
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from langchain_ashby.sandbox import departures
from langchain_ashby.sandbox.engine import Engine
from langchain_ashby.sandbox.faults import ANY, STORAGE, Fault
from langchain_ashby.sandbox.messages import Response
from langchain_ashby.sandbox.methods import METHODS


class Control:
    """Inspects the sandbox and changes how it behaves; invalid values raise `ValueError`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._routes: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
            "/_sandbox/state": ("GET", lambda _: self.state()),
            "/_sandbox/requests": ("GET", lambda query: self.requests(**_after(query))),
            "/_sandbox/reset": ("POST", lambda _: self.reset()),
            "/_sandbox/faults": ("POST", lambda body: self.fault(_fault(body))),
            "/_sandbox/keys": ("POST", lambda body: {"api_key": self.add_key(**_only(body, "api_key", *_KEY))}),
            "/_sandbox/departures": ("POST", lambda body: self.depart(**_only(body, *_DEPARTURES))),
            "/_sandbox/clock": ("POST", lambda body: self.advance_clock(**_clock(body))),
        }

    def state(self) -> dict[str, list[Any]]:
        """Every record by kind, in the order of creation."""
        return self._engine.store.state()

    def records(self, kind: str) -> list[Any]:
        """Every record of a kind, in the order of creation."""
        return self._engine.store.records(kind)

    def requests(self, after: Any = 0) -> list[dict[str, Any]]:
        """The calls after the first `after`."""
        if isinstance(after, bool) or not isinstance(after, int) or after < 0:
            raise ValueError("after: must be a whole number from 0")
        return self._engine.requests(after)

    def reset(self) -> None:
        """Goes back to the start."""
        self._engine.reset()

    def fault(self, fault: Fault) -> None:
        """Makes a fault strike the next calls of its endpoint."""
        if not isinstance(fault.endpoint, str) or fault.endpoint not in {ANY, STORAGE, *METHODS}:
            raise ValueError(f"endpoint: there is no method {fault.endpoint!r} (use {ANY!r} for every method)")
        if fault.endpoint in METHODS:
            # A deprecated spelling means the same method.
            fault = replace(fault, endpoint=METHODS[fault.endpoint].name)
        self._engine.faults.add(fault)

    def add_key(
        self,
        api_key: Any = None,
        *,
        permissions: Any = None,
        confidential: Any = True,
        private: Any = True,
        act_on_behalf: Any = True,
    ) -> str:
        """Adds an API key and returns it."""
        if not (api_key is None or (isinstance(api_key, str) and api_key)):
            raise ValueError("api_key: must be a string that is not empty")
        if isinstance(permissions, str) or not isinstance(permissions, Iterable | None):
            raise ValueError("permissions: must be a list of permissions")
        toggles = {"confidential": confidential, "private": private, "act_on_behalf": act_on_behalf}
        for name, value in toggles.items():
            if not isinstance(value, bool):
                raise ValueError(f"{name}: must be true or false")
        return self._engine.keys.add(api_key, permissions=permissions, **toggles)

    def advance_clock(self, seconds: Any) -> None:
        """Moves the clock forward."""
        is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        if not is_number or not math.isfinite(seconds) or not 0 <= seconds <= _LONGEST_ADVANCE:
            raise ValueError(f"advance: must be a number of seconds from 0 to {_LONGEST_ADVANCE}")
        self._engine.clock.advance(seconds)

    def depart(
        self,
        *,
        delete: Any = None,
        delete_application: Any = None,
        anonymize: Any = None,
        merge: Any = None,
        into: Any = None,
    ) -> None:
        """Deletes, anonymizes or merges people, or deletes an application, by id."""
        given = [value for value in (delete, delete_application, anonymize, merge) if value is not None]
        if len(given) != 1 or not all(isinstance(value, str) for value in [*given, into or ""]):
            raise ValueError("give the id of one: delete, delete_application, anonymize, or merge with into")
        if (merge is None) != (into is None):
            raise ValueError("merge, into: they need each other")
        store, now = self._engine.store, self._engine.clock.iso()
        with store.transaction():
            if delete is not None:
                departures.delete_candidate(store, delete)
            elif delete_application is not None:
                departures.delete_application(store, delete_application)
            elif anonymize is not None:
                departures.anonymize_candidate(store, anonymize, now)
            else:
                departures.merge_candidates(store, merge, into, now)

    def respond(self, verb: str, path: str, query: Mapping[str, str], content: bytes) -> Response:
        """Answers a request to the control surface: a GET has its arguments in the query, a POST in the body."""
        if path not in self._routes:
            return self.json({"error": f"there is no {path}; there are {', '.join(self._routes)}"}, 404)
        allowed, act = self._routes[path]
        if verb != allowed:
            return self.json({"error": f"use {allowed}"}, 405)
        try:
            if allowed == "GET":
                return self.json(act(dict(query)))
            body = json.loads(content or b"{}")
            if not isinstance(body, dict):
                raise ValueError("the body must be a JSON object")
            return self.json({"ok": True, **(act(body) or {})})
        except (ValueError, RecursionError) as error:
            return self.json({"error": str(error)}, 400)

    @staticmethod
    def json(value: Any, status: int = 200) -> Response:
        """A reply in JSON."""
        return Response(status, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


_FAULT = tuple(field.name for field in fields(Fault))
_DEPARTURES = ("delete", "delete_application", "anonymize", "merge", "into")
_KEY = ("permissions", "confidential", "private", "act_on_behalf")
_LONGEST_ADVANCE = 10 * 365 * 24 * 3600


def _only(body: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in body:
        if key not in keys:
            raise ValueError(f"{key}: unknown; there are {', '.join(keys)}")
    return body


def _fault(body: dict[str, Any]) -> Fault:
    """Reads a fault; a body that is not text comes in base64."""
    what = dict(_only(body, *_FAULT, "body_base64"))
    if "body_base64" in what:
        if "body" in what:
            raise ValueError("body, body_base64: give one of them")
        try:
            what["body"] = b64decode(what.pop("body_base64"), validate=True)
        except (binascii.Error, TypeError):
            raise ValueError("body_base64: must be bytes in base64") from None
    return Fault(**{"endpoint": None, **what})


def _after(query: dict[str, Any]) -> dict[str, Any]:
    after = _only(query, "after").get("after", "0")
    return {"after": int(after) if after.isdecimal() else after}


def _clock(body: dict[str, Any]) -> dict[str, Any]:
    return {"seconds": _only(body, "advance").get("advance")}
