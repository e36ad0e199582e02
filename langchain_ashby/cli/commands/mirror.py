"""`langchain-ashby mirror`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from langchain_ashby.cli.connect import connected
from langchain_ashby.cli.exits import Status, stop
from langchain_ashby.cli.options import MirrorUrl, open_mirror, seconds
from langchain_ashby.errors import AshbyError

if TYPE_CHECKING:
    from langchain_ashby.mirror import Coverage, Mirror

mirror = typer.Typer(help="Keep a local mirror of Ashby, for questions about the whole pipeline.", no_args_is_help=True)


@mirror.command()
def sync(
    url: MirrorUrl,
    every: Annotated[str | None, typer.Option(help="Repeat, waiting this long after each run: 30s, 5m, 1h.")] = None,
    history: Annotated[
        int,
        typer.Option(
            min=0,
            help="The most stage histories to read in a run, one call each. "
            "It also limits the people whose texts are read for --words, per kind.",
        ),
    ] = 500,
    all_history: Annotated[bool, typer.Option("--all-history", help="Read every stage history and all words.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Read everything again now instead of once a day.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Discard the mirror first, as for another API key.")] = False,
    answers: Annotated[bool, typer.Option("--answers", help="Also keep the answers in interview feedback.")] = False,
    words: Annotated[
        list[str] | None, typer.Option(help="Also keep the words of notes, feedback or resumes. Can be repeated.")
    ] = None,
) -> None:
    """Bring the mirror up to date: everything the first time, then what has changed.

    It can be interrupted at any point; the next run goes on from there.
    """
    pause = None if every is None else seconds(every, "--every", "5m")
    with connected(sandbox=False) as client:
        wanted = open_mirror(url, client, answers=answers, words=words or [])
        while True:
            failure = None
            try:
                known = _run(wanted, None if all_history else history, full=full, anew=anew)
                typer.echo(f"{known}.")
            except AshbyError as error:
                failure = error
            if pause is None or (failure is not None and not failure.retryable):
                break
            if failure is not None:
                stop(str(failure))  # prints it; the next run may fare better
            full = anew = False
            time.sleep(pause)
    if failure is not None:
        raise stop(str(failure))


@mirror.command()
def status(url: MirrorUrl) -> None:
    """Show how fresh the mirror is, what it lacks, and how large it is."""
    wanted = open_mirror(url, None)
    from langchain_ashby.mirror.texts import reach

    try:
        with wanted.connect() as connection:
            known, searched = wanted.coverage_of(connection), reach(connection)
    except AshbyError as error:
        raise stop(str(error)) from None
    typer.echo(f"{known}.")
    if known.complete_at is not None:
        typer.echo(f"Everything was last read on {known.complete_at:%Y-%m-%d at %H:%M} UTC.")
    typer.echo(f"A search for words looks at {searched}.")
    if (size := wanted.size()) is not None:
        typer.echo(f"It takes up {size / 1e6:.1f} MB.")


@mirror.command()
def forget(url: MirrorUrl, candidate_id: str) -> None:
    """Remove a person from the mirror at once; no later run reads them again."""
    try:
        held = open_mirror(url, None).forget(candidate_id)
    except AshbyError as error:
        raise stop(str(error)) from None
    typer.echo("Forgotten." if held else "The mirror has no candidate with this id, and no later run will read one.")


def _run(wanted: Mirror, history: int | None, *, full: bool, anew: bool) -> Coverage:
    """One run, with its progress at the bottom of the terminal. Ctrl-C ends it at once: nothing is lost."""
    from langchain_ashby.cli.background import BackgroundWork, Interrupted
    from langchain_ashby.cli.progress import ProgressDisplay
    from langchain_ashby.cli.terminal import console

    progress = ProgressDisplay(console(stderr=True), "Reading Ashby")
    showing = ""

    def show(name: str, records: int) -> None:
        nonlocal showing
        if name != showing:
            progress.end(showing)
        showing = name
        progress.begin(name, f"{name}: {records:,}")

    def run() -> list[Coverage]:
        return [wanted.sync(history=history, full=full or None, anew=anew, progress=show)]

    known: Coverage | None = None
    with BackgroundWork(run, progress.refresh) as work, progress:
        for step in work:
            if isinstance(step, Interrupted):
                work.abandon()
                break
            known = step
    if known is None:
        raise stop("Interrupted: the next run goes on from here.", Status.INTERRUPTED)
    return known
