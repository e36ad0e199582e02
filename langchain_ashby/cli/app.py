"""The commands: their arguments, and nothing that another module can do for them."""

from __future__ import annotations

import json
import signal
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from langchain_ashby.client import AshbyClient
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.errors import AshbyError
from langchain_ashby.render.text import one_line
from langchain_ashby.toolkit import AshbyToolkit

app = typer.Typer(
    name="langchain-ashby",
    help="LangChain tools and a LangGraph agent for Ashby that asks before it writes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show local variables, and those are people's data
)

NOT_APPROVED = 3
"""The exit status when a change was proposed and nobody could be asked, or somebody said no."""

Yes = Annotated[bool, typer.Option("--yes", help="Approve every change without asking.")]
Sandbox = Annotated[bool, typer.Option("--sandbox", help="Use the built-in sandbox instead of Ashby.")]


@app.command()
def demo(yes: Yes = False) -> None:
    """Watch the agent work on a sandbox: no key, no model, no account."""
    from langchain_ashby.agent.afternoon import recruiters_afternoon
    from langchain_ashby.agent.scripted import ScriptedChatModel
    from langchain_ashby.cli.changes import changes
    from langchain_ashby.cli.session import Session

    console = _console()
    with ExitStack() as stack:
        sandbox, client = _sandbox(stack)
        before = sandbox.state()
        console.print(
            f"A sandbox stands in for Ashby at {sandbox.url}. No language model is used: the agent follows a script."
        )
        session = Session(
            ScriptedChatModel(script=recruiters_afternoon), AshbyToolkit(client), console, approve_all=yes
        )
        question = (
            "Who is in the Onsite stage for Staff Engineer? Read their feedback, move the strongest on, leave a note, "
            "and set up an interview for another one."
        )
        console.print(f"You: {question}")
        finished = session.say(question)
        console.rule("What changed in the sandbox", align="left")
        lines = changes(before, sandbox.state())
        console.print("\n".join(lines) if lines else "Nothing.", markup=False)
        if not finished:
            console.print("The agent is still waiting for an answer. Run this in a terminal, or with --yes.")


@app.command()
def chat(
    model: Annotated[str, typer.Option(help="PROVIDER:MODEL, as langchain's init_chat_model takes it.")],
    sandbox: Sandbox = False,
    yes: Yes = False,
) -> None:
    """Talk to the agent about your Ashby. Each change is shown, and made only if you approve it."""
    from langchain_ashby.cli.session import Session

    try:
        from langchain.chat_models import init_chat_model
    except ModuleNotFoundError:
        raise _stop('langchain is missing. Install it with: pip install "langchain-ashby[chat]"') from None
    console = _console()
    with ExitStack() as stack:
        client = _sandbox(stack)[1] if sandbox else _client(stack)
        try:
            chosen = init_chat_model(model)
        except (ImportError, ValueError) as error:
            raise _stop(str(error)) from None
        session = Session(chosen, AshbyToolkit(client), console, approve_all=yes)
        console.print("Ask about candidates, jobs, interviews or offers. An empty line ends the conversation.")
        while question := console.input("[bold]You:[/bold] ").strip():
            try:
                finished = session.say(question)
            except AshbyError as error:
                console.print(Text(f"{error}", style="red"))
                continue
            if not finished:
                console.print("A change waits for approval. Run this in a terminal, or with --yes.")
                raise typer.Exit(NOT_APPROVED)


@app.command()
def tools(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON Lines.")] = False,
    tokens: Annotated[bool, typer.Option("--tokens", help="What their definitions cost a model, about.")] = False,
) -> None:
    """List the tools with what they do to Ashby and the permissions that they need."""
    if tokens:
        _print_costs(as_json)
        return
    if as_json:
        for name, operation in OPERATIONS.items():
            facts = {
                "name": name,
                "access": operation.access,
                "permissions": operation.permissions(),
                "toolset": operation.toolset(),
                "endpoint": operation.path,
            }
            typer.echo(json.dumps(facts))
        return
    table = Table("tool", "access", "permissions", box=None, pad_edge=False)
    for name, operation in OPERATIONS.items():
        table.add_row(name, operation.access, ", ".join(operation.permissions()))
    _console().print(table)
    writes = sum(operation.access is Access.WRITE for operation in OPERATIONS.values())
    typer.echo(f"{len(OPERATIONS)} tools, {writes} of which write.")


def _print_costs(as_json: bool) -> None:
    with AshbyClient("no-key-is-needed-to-look-at-tools") as client:
        costs = AshbyToolkit(client).describe()
    if as_json:
        for tool in costs.tools:
            facts = {"name": tool.name, "toolset": tool.toolset, "access": tool.access, **tool.cost._asdict()}
            typer.echo(json.dumps(facts))
        return
    table = Table("tool", "access", "characters", "tokens, about", box=None, pad_edge=False)
    for tool in costs.tools:
        table.add_row(tool.name, tool.access, str(tool.cost.characters), str(tool.cost.tokens))
    table.add_section()
    for toolset, cost in costs.toolsets.items():
        table.add_row(toolset, "", str(cost.characters), str(cost.tokens))
    _console().print(table)
    typer.echo(
        f"All {len(costs.tools)} together: {costs.total.characters} characters, about {costs.total.tokens} tokens."
    )


@app.command()
def call(
    tool: Annotated[str, typer.Argument(help="A tool's name, such as ashby_search_candidates.")],
    arguments: Annotated[str, typer.Argument(help="Its arguments as JSON.")] = "{}",
    sandbox: Sandbox = False,
    yes: Yes = False,
) -> None:
    """Run one tool. A tool that writes asks first."""
    from langchain_ashby.cli.asking import can_ask, confirm

    operation = OPERATIONS.get(tool)
    if operation is None:
        raise _stop(f"There is no tool {tool!r}. See: langchain-ashby tools")
    try:
        given = json.loads(arguments)
    except (ValueError, RecursionError) as error:
        raise _stop(f"The arguments are not JSON: {error}") from None
    if not isinstance(given, dict):
        raise _stop('The arguments have to be a JSON object, such as {"name": "Ada"}.')
    console = _console()
    if operation.access is Access.WRITE and not yes:
        if not can_ask():
            raise _stop(f"{tool} writes and nobody can be asked. Run it in a terminal, or with --yes.", NOT_APPROVED)
        console.print_json(json.dumps(given))
        if not confirm(console, f"{operation.tool_title()}?"):
            raise _stop("Not done.", NOT_APPROVED)
    with ExitStack() as stack:
        client = _sandbox(stack)[1] if sandbox else _client(stack)
        (found,) = AshbyToolkit(client, include=[tool]).get_tools()
        try:
            answer = found.invoke({"type": "tool_call", "id": "call", "name": tool, "args": given})
        except AshbyError as error:
            raise _stop(str(error)) from None
    typer.echo(answer.content)
    if answer.status == "error":
        raise typer.Exit(1)


@app.command()
def doctor(sandbox: Sandbox = False) -> None:
    """Check the key, its permissions for each toolset, and the connection."""
    from langchain_ashby.cli.doctor import examine

    with ExitStack() as stack:
        client = _sandbox(stack)[1] if sandbox else _client(stack)
        healthy = examine(client, _console())
    raise typer.Exit(0 if healthy else 1)


@app.command()
def audit(
    store: Annotated[str, typer.Option(help="Where the agent's store is: sqlite:///FILE or postgresql://…")],
    thread: Annotated[str | None, typer.Option(help="Only this thread.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="All that is known, as JSON Lines.")] = False,
) -> None:
    """Show what was proposed, who decided, and what became of it."""
    from langchain_ashby.agent import audit_trail, to_jsonl
    from langchain_ashby.cli.audit import opened, table

    try:
        with opened(store) as found:
            entries = list(audit_trail(found, thread))
    except ValueError as error:
        raise _stop(str(error)) from None
    if jsonl:
        for line in to_jsonl(entries):
            typer.echo(line)
    elif entries:
        _console().print(table(entries))
    else:
        typer.echo("Nothing is recorded.")


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="0 lets the system choose.")] = 0,
    api_key: Annotated[str | None, typer.Option(help="The key to accept; a random one if left out.")] = None,
    candidates: Annotated[int, typer.Option(min=0, help="How many candidates to invent.")] = 60,
    db: Annotated[Path | None, typer.Option(help="Keep the state in this file.")] = None,
) -> None:
    """Serve a stand-in for Ashby on this machine, until interrupted.

    Prints one line of JSON when it is ready: {"url", "api_key"}.
    """
    from langchain_ashby.sandbox import AshbySandbox

    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        server = AshbySandbox(api_key=api_key, port=port, candidates=candidates, db=db)
        with server:
            typer.echo(json.dumps({"url": server.url, "api_key": server.api_key}))
            stopped.wait()
    except OSError as error:
        raise _stop(f"The sandbox cannot listen on port {port}: {error.strerror}") from None


def _console() -> Console:
    return Console(highlight=False, soft_wrap=False)


def _client(stack: ExitStack) -> AshbyClient:
    try:
        return stack.enter_context(AshbyClient())
    except AshbyError as error:
        raise _stop(str(error)) from None


def _sandbox(stack: ExitStack) -> tuple[Any, AshbyClient]:
    from langchain_ashby.sandbox import AshbySandbox

    server = stack.enter_context(AshbySandbox())
    return server, stack.enter_context(AshbyClient(server.api_key, server.url))


def _stop(message: str, status: int = 1) -> typer.Exit:
    typer.echo(one_line(message), err=True)
    return typer.Exit(status)
