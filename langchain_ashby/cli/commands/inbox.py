"""`langchain-ashby inbox`."""

from __future__ import annotations

import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from langchain_ashby.cli.connect import connected, sandboxed
from langchain_ashby.cli.exits import Status, even_if_unread, stop
from langchain_ashby.cli.options import (
    OptionalModel,
    OptionalStore,
    Reviewer,
    UploadDirs,
    chat_model,
    reviewer_or_user,
)

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from langchain_ashby.inbox.outbox import Agent


def inbox(
    store: OptionalStore = None,
    model: OptionalModel = None,
    reviewer: Reviewer = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 picks a free one.")] = 0,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Print the sign-in link instead of opening a browser.")
    ] = False,
    upload_dir: UploadDirs = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Try it on a sandbox with twenty waiting changes.")
    ] = False,
) -> None:
    """Decide about changes in the browser: everything that waits for approval in a store.

    It answers browsers on this machine only, and lets in the one that it opened. Without --model the agent sees your
    decisions when the conversation resumes.
    """
    if sandbox == bool(store):
        raise stop("Give either --store, such as sqlite:///agent.db, or --sandbox.", Status.USAGE)
    try:
        from langchain_ashby.inbox import LocalToken, create_app
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("langchain_ashby"):
            raise
        raise stop(f'The inbox needs {error.name}: pip install "langchain-ashby[inbox]"') from None

    token = LocalToken(reviewer_or_user(reviewer) or "local user")
    with ExitStack() as stack:
        if sandbox:
            agent, has_model = _demo(stack), True
        else:
            agent, has_model = _agent(stack, str(store), model, upload_dir), model is not None
        listening = stack.enter_context(_listening(port))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(agent, reviewers=token, stop_before_model=not has_model)
        _serve(app, listening, lambda: _announce(stack, address, lambda: token.address_of(address), no_open))


def _demo(stack: ExitStack) -> Agent:
    from langchain_ashby.inbox.demo import waiting_agent

    server, client = stack.enter_context(sandboxed())
    return waiting_agent(client, server.state())


def _agent(stack: ExitStack, store: str, model: str | None, upload_dir: list[Path] | None) -> Agent:
    from langchain_ashby.agent import create_recruiting_agent
    from langchain_ashby.cli.stores import open_database
    from langchain_ashby.demo.scripted import ScriptedChatModel, lines
    from langchain_ashby.toolkit import AshbyToolkit

    client = stack.enter_context(connected(False, upload_dir))
    try:
        database = stack.enter_context(open_database(store, create=False, for_long=True))
    except ValueError as error:
        raise stop(str(error)) from None
    language_model = chat_model(model) if model else ScriptedChatModel(script=lines())
    return create_recruiting_agent(
        language_model, AshbyToolkit(client), checkpointer=database.checkpointer, store=database.store
    )


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise stop(f"The inbox cannot listen on port {port}: {error.strerror}") from None
    with listening:
        yield listening


def _serve(app: Starlette, listening: socket.socket, started: Callable[[], None]) -> None:
    """Serves until interrupted. What is being written then is finished; a second Ctrl-C does not wait for it."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                started()

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            # uvicorn would raise the signal again when all is done, and end the command as if it had failed.
            before = {it: signal.signal(it, self.handle_exit) for it in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

    # The access log would hold the token. Whoever is on this machine may send any header: none speaks of a proxy.
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=3,
    )
    Server(config).run(sockets=[listening])


def _announce(stack: ExitStack, address: str, sign_in: Callable[[], str], no_open: bool) -> None:
    """Says where the inbox is, and opens it."""
    with even_if_unread():
        if no_open or not _opened(stack, sign_in()):
            typer.echo(f"Inbox: {sign_in()}")
            typer.echo("The link works once. Press Enter for another one, Ctrl-C to stop.")
        else:
            typer.echo(f"Inbox: {address} (opened in your browser)")
            typer.echo("Press Enter for a link to open yourself, Ctrl-C to stop.")
    if sys.stdin is not None and sys.stdin.isatty():
        threading.Thread(target=_on_enter, args=(sign_in,), daemon=True).start()


def _on_enter(sign_in: Callable[[], str]) -> None:
    while sys.stdin.readline():
        with even_if_unread():
            typer.echo(sign_in())


def _opened(stack: ExitStack, address: str) -> bool:
    """Opens the address in the browser, through a file: other users of this machine see what commands are given."""
    page = Path(stack.enter_context(TemporaryDirectory(prefix="langchain-ashby-"))) / "inbox.html"
    page.touch(0o600)
    page.write_text(
        f'<meta http-equiv="refresh" content="0; url={address}"><a href="{address}">Open the inbox</a>', "utf-8"
    )
    try:
        return webbrowser.open(page.as_uri())
    except webbrowser.Error:
        return False
