"""The agent's answer as it is written: whole paragraphs stay, the last one grows."""

from __future__ import annotations

from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown
from rich.segment import Segment
from rich.text import Text

from langchain_ashby.cli.progress import Watch
from langchain_ashby.cli.terminal import harmless


class Answer:
    """An answer that comes in pieces. It comes from a model which has read texts of strangers: no piece of it can act.

    In a terminal it is laid out from its Markdown. Elsewhere it is the Markdown itself, when it is complete.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._whole = ""
        self._shown = 0
        self._begun = False

    def add(self, piece: str) -> None:
        """What the model has written since."""
        self._whole += piece
        if not self._whole.strip() or not self._watch.console.is_interactive:
            return
        growing = self._whole[self._shown :]
        if done := _finished(growing):
            self._print(growing[:done])
            self._shown += done
            growing = growing[done:]
        if growing.strip():
            self._begin()
            self._watch.tail(_Block(harmless(growing)))
        else:
            self._watch.tail(None)

    def end(self, whole: str) -> None:
        """The answer is complete: `whole` is what it came to be, which counts, whatever came before."""
        self._watch.tail(None)
        if whole != self._whole and self._shown:
            self._watch.console.print(Text("  (begun anew)", "dim"))
            self._shown = 0
        if rest := whole[self._shown :].strip():
            self._print(rest)
        if self._begun:
            self._watch.console.print()

    def _begin(self) -> None:
        if not self._begun:
            self._watch.console.print(Text("\nAgent:", style="bold"))
            self._begun = True

    def _print(self, text: str) -> None:
        console = self._watch.console
        if not console.is_interactive:
            console.print(Text(f"Agent: {harmless(text)}"), soft_wrap=True)
            return
        self._begin()
        if self._shown:
            console.print()
        console.print(_Block(harmless(text)))


class _Block:
    """A piece of Markdown as it is laid out, a little to the right, without blank lines around it."""

    def __init__(self, text: str) -> None:
        # A link shows where it leads: an address behind words could lead anywhere.
        self._markdown = Markdown(text, hyperlinks=False, code_theme="ansi_dark")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(self._markdown, options.update_width(options.max_width - 2), pad=False)
        texts = ["".join(segment.text for segment in line) for line in lines]
        filled = [number for number, text in enumerate(texts) if text.strip()]
        for line in lines[filled[0] : filled[-1] + 1] if filled else []:
            yield Segment("  ")
            yield from line
            yield Segment.line()


def _finished(text: str) -> int:
    """How many characters from the start belong to paragraphs, lists, … that no further text can change."""
    begun = [it.map[0] for it in _PARSER.parse(text) if it.level == 0 and it.map and it.nesting >= 0]
    return sum(len(line) + 1 for line in text.split("\n")[: begun[-1]]) if len(begun) > 1 else 0


_PARSER = MarkdownIt().enable("table")
