"""Output to the terminal, and questions to the person at it.

Color is never the only cue, and only signs have one, so output is readable on light and dark backgrounds.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping
from shutil import get_terminal_size
from textwrap import fill

from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from langchain_ashby.text.safe import visible

try:
    import readline
except ModuleNotFoundError:  # Windows has none; its console keeps a history itself
    readline = None  # type: ignore[assignment]
else:
    # Answers to prompts do not belong in the history; `remember` adds what does.
    readline.set_auto_history(False)

DONE, FAILED, NEXT, CAUTION = Text("✓", "green"), Text("✗", "red"), Text("→"), Text("!", "bold")

_THEME = Theme(
    {
        "markdown.code": "bold",
        "markdown.code_block": "none",
        "markdown.block_quote": "italic",
        "markdown.list": "none",
        "markdown.item.number": "bold",
        "markdown.h2": "bold underline",
        "markdown.h3": "bold",
        "markdown.h4": "bold italic",
        "markdown.link": "underline",
        "markdown.link_url": "underline",
        "markdown.table.border": "dim",
        "markdown.table.header": "bold",
        "markdown.kbd": "bold",
        "rule.line": "none",
        "progress.elapsed": "none",
    }
)


def console(*, stderr: bool = False) -> Console:
    """A console that does not interpret Rich markup. Without a terminal it writes no color."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        # An encoding that lacks a sign gets its name instead: ✓ as \\N{CHECK MARK}.
        stream.reconfigure(errors="namereplace")
    made = Console(stderr=stderr, markup=False, emoji=False, highlight=False, theme=_THEME)
    if made.width < _NARROWEST:  # including COLUMNS=0, which Rich takes literally
        made.width = _columns()
    return made


_NARROWEST = 24
"""Below this width, Rich leaves parts of a card out; a narrower terminal wraps the lines itself."""


def _columns() -> int:
    return max(get_terminal_size().columns, _NARROWEST)


def say(out: Console, text: Text | str) -> None:
    """Prints text, wrapped at the edge of a terminal and unwrapped in a file or pipe."""
    out.print(text, soft_wrap=not out.is_interactive)


def can_ask() -> bool:
    """True if a person can see the output and answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str, *, bold: bool = False) -> str:
    """Reads one line, stripped.

    Raises:
        EOFError: at the end of input (Ctrl-D).
    """
    if bold and readline is not None:
        # The marks tell readline what takes no room on the line.
        question = f"\x01\x1b[1m\x02{question}\x01\x1b[0m\x02"
    return input(question).strip()


def choose(question: str, choices: Mapping[str, str]) -> str:
    """Asks until one of the choices is given, by its letter or in a word, and returns its letter.

    There is no default: an empty answer repeats the question.

    Args:
        question: The prompt.
        choices: What each letter does. The letter, the first word of the description and the synonyms of `_WORDS` are
            understood.

    Raises:
        EOFError: at the end of input (Ctrl-D).
    """
    # A no-break space keeps each letter on one line with its words.
    offer = "  ".join(f"[{letter}]\N{NO-BREAK SPACE}{words}" for letter, words in choices.items())
    print(fill(offer, _columns()).replace("\N{NO-BREAK SPACE}", " "))
    understood = {words.split()[0]: letter for letter, words in choices.items()} | _WORDS
    while True:
        answer = ask(f"{question} ").lower()
        letter = understood.get(answer, answer)
        if letter in choices:
            return letter
        print(f"Answer with {_either(choices)}.")


_WORDS = {"y": "a", "yes": "a", "n": "r", "no": "r", "exit": "q", "/quit": "q", "h": "?", "/help": "?"}
"""Answers that people give without reading the menu."""


def confirm(question: str) -> bool:
    """Asks for yes or no. An empty answer is no."""
    try:
        return ask(f"{question} [y/N]: ").lower() in ("y", "yes")
    except EOFError:
        print()
        return False


def remember(lines: Iterable[str]) -> None:
    """Adds lines to the history of the arrow keys, which is kept in memory only."""
    if readline is not None:
        for line in lines:
            readline.add_history(line)


def harmless(text: str) -> str:
    """Text with control characters spelled out, so that none can act on the terminal."""
    return visible(text.replace("\r\n", "\n").replace("\t", "    "))


def _either(letters: Iterable[str]) -> str:
    *others, last = letters
    return f"{', '.join(others)} or {last}"
