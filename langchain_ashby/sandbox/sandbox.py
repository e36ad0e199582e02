"""The sandbox as tests use it."""

import secrets
import threading
from collections.abc import Callable, Iterable
from functools import cache, partial, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from langchain_ashby.sandbox.control import Control
from langchain_ashby.sandbox.engine import Company, Engine, found
from langchain_ashby.sandbox.faults import Fault
from langchain_ashby.sandbox.server import Server
from langchain_ashby.sandbox.store import Store

Arguments = ParamSpec("Arguments")
Made = TypeVar("Made")
Owner = TypeVar("Owner")


def _made_from_arguments(
    make: Callable[Arguments, Made],
) -> Callable[[Callable[[Owner, Made], None]], Callable[Concatenate[Owner, Arguments], None]]:
    """Gives a method that takes one value the arguments that this value is made from."""

    def decorate(method: Callable[[Owner, Made], None]) -> Callable[Concatenate[Owner, Arguments], None]:
        @wraps(method)
        def call(self: Owner, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
            method(self, make(*args, **kwargs))

        return call

    return decorate


class AshbySandbox:
    """A stand-in for Ashby over real HTTP on 127.0.0.1.

    `with AshbySandbox() as sandbox:` serves an invented company at `sandbox.url` to holders of `sandbox.api_key`.

    `candidates` is the size of the company; `company` replaces it with your own records. With `db` the state is
    kept in a file, and a file that has a company already is continued (cursors and sync tokens are good for the same
    `api_key` only; keys, faults and the log are not kept). `rate_limit` is the number of requests that a
    key may make in a minute; `sync_page_cap` is the number of pages that an incremental sync may have. A connection on
    which no other request comes for `keep_alive` seconds is closed; without it, connections stay open. Keys that a
    request does not have are ignored, as Ashby does, with a warning in `requests()`; a `strict` sandbox refuses them.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        port: int = 0,
        db: str | Path | None = None,
        candidates: int = 60,
        company: Callable[[], Company] | None = None,
        rate_limit: int | None = None,
        sync_page_cap: int | None = None,
        keep_alive: float | None = None,
        strict: bool = False,
    ) -> None:
        if keep_alive is not None and not 0 < keep_alive <= threading.TIMEOUT_MAX:
            raise ValueError("keep_alive: must be a number of seconds above 0")
        self.api_key = api_key or secrets.token_hex(32)
        self._port = port
        self._keep_alive = keep_alive
        self._server: Server | None = None
        self._engine = Engine(
            partial(_invented, candidates) if company is None else lambda store: found(store, company()),
            api_key=self.api_key,
            db=db,
            rate_limit=rate_limit,
            sync_page_cap=sync_page_cap,
            strict=strict,
        )
        self._control = Control(self._engine)

    def start(self) -> Self:
        """Begins to listen; the system chooses the port unless one was given."""
        if self._server is not None:
            raise RuntimeError("the sandbox is running already")
        self._server = Server(self._port, self._engine, self._control, self._keep_alive)
        # Stopping waits for a poll, so the server polls often.
        listen = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="ashby-sandbox", daemon=True)
        listen.start()
        return self

    def stop(self) -> None:
        """Closes every connection and the database. A stopped sandbox does not start again."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        self._engine.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address at which it listens."""
        if self._server is None:
            raise RuntimeError("the sandbox is not running: call start(), or use it in a with statement")
        return f"http://127.0.0.1:{self._server.port}"

    def state(self) -> dict[str, list[Any]]:
        """Every record by kind, in the order of creation."""
        return self._control.state()

    def records(self, kind: str) -> list[Any]:
        """Every record of one of the kinds in `state()`, in the order of creation; much quicker than `state()`.

        Raises:
            ValueError: if there is no such kind.
        """
        return self._control.records(kind)

    def requests(self, after: int = 0) -> list[dict[str, Any]]:
        """The calls so far: endpoint, body, status, ok, request_id, key, on_behalf_of, fault, warnings.

        `ok` is whether the call was carried out, whatever became of the reply; the warnings name the keys of the body
        that were ignored. The first `after` calls are left out, so a long run can be followed in parts: only the last
        100,000 are kept.
        """
        return self._control.requests(after)

    def reset(self) -> None:
        """Goes back to the start: the company, one key, no faults, no log, the computer's time."""
        self._control.reset()

    @_made_from_arguments(Fault)
    def fault(self, fault: Fault) -> None:
        """Makes the next calls of an endpoint go wrong; the arguments are those of `Fault`, the endpoint first."""
        self._control.fault(fault)

    def add_key(
        self,
        api_key: str | None = None,
        *,
        permissions: Iterable[str] | None = None,
        confidential: bool = True,
        private: bool = True,
        act_on_behalf: bool = True,
    ) -> str:
        """Adds an API key and returns it; without `permissions` (`candidatesRead`…) it has all of them."""
        return self._control.add_key(
            api_key,
            permissions=permissions,
            confidential=confidential,
            private=private,
            act_on_behalf=act_on_behalf,
        )

    def delete_candidate(self, candidate_id: str) -> None:
        """Deletes a candidate with all applications. As in Ashby, no list says that they are gone."""
        self._control.depart(delete=candidate_id)

    def delete_application(self, application_id: str) -> None:
        """Deletes an application with its offers, meetings and feedback."""
        self._control.depart(delete_application=application_id)

    def anonymize_candidate(self, candidate_id: str) -> None:
        """Takes everything from a candidate that tells who it is; the applications stay."""
        self._control.depart(anonymize=candidate_id)

    def merge_candidates(self, candidate_id: str, *, into: str) -> None:
        """Gives a candidate's applications to another one and deletes it."""
        self._control.depart(merge=candidate_id, into=into)

    def advance_clock(self, seconds: float) -> None:
        """Moves the sandbox's clock forward, so that handles, cursors and tokens expire."""
        self._control.advance_clock(seconds)


def _invented(candidates: int, store: Store) -> None:
    """Founds the invented company. Small ones are kept, because a copy takes a fraction of the time."""
    if candidates <= _SMALL:
        store.become(_kept(candidates))
    else:
        _found_invented(candidates, store)


@cache
def _kept(candidates: int) -> Store:
    store = Store()
    _found_invented(candidates, store)
    return store


def _found_invented(candidates: int, store: Store) -> None:
    # Only a sandbox without a company of its own needs the invented one.
    from langchain_ashby.sandbox.company import company

    found(store, company(candidates))


_SMALL = 60
