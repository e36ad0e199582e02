"""Streams the agent's answer to the terminal: finished paragraphs stay, the last one grows."""

from __future__ import annotations

from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown
from rich.segment import Segment
from rich.text import Text

from langchain_ashby.cli.progress import ProgressDisplay
from langchain_ashby.cli.terminal import harmless


class StreamedAnswer:
    """An answer that arrives in pieces. Its model has read untrusted text, so control characters are shown, not sent.

    A terminal gets the Markdown laid out, a pipe the Markdown itself once it is complete.
    """

    def __init__(self, progress: ProgressDisplay) -> None:
        self._progress = progress
        self._whole = ""
        self._shown = 0
        self._begun = False

    def add(self, piece: str) -> None:
        """Appends what the model has written since."""
        self._whole += piece
        if not self._whole.strip() or not self._progress.console.is_interactive:
            return
        growing = self._whole[self._shown :]
        if done := _finished(growing):
            self._print(growing[:done])
            self._shown += done
            growing = growing[done:]
        if growing.strip():
            self._begin()
            self._progress.tail(_Block(harmless(growing)))
        else:
            self._progress.tail(None)

    def end(self, whole: str) -> None:
        """Completes the answer. `whole` counts, even where it differs from the pieces before."""
        self._progress.tail(None)
        if whole[: self._shown] != self._whole[: self._shown]:
            self._progress.console.print(Text("  (starting over)", "dim"))
            self._shown = 0
        if rest := whole[self._shown :].strip():
            self._print(rest)
        if self._begun:
            self._progress.console.print()

    def _begin(self) -> None:
        if not self._begun:
            self._progress.console.print(Text("\nAgent:", style="bold"))
            self._begun = True

    def _print(self, text: str) -> None:
        console = self._progress.console
        if not console.is_interactive:
            console.print(Text(f"Agent: {harmless(text)}"), soft_wrap=True)
            return
        self._begin()
        if self._shown:
            console.print()
        console.print(_Block(harmless(text)))


class _Block:
    """Markdown laid out with an indent, without blank lines around it."""

    def __init__(self, text: str) -> None:
        # Links show their address: behind words it could lead anywhere.
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
    """The number of leading characters in blocks (paragraphs, lists, …) that no further text can change."""
    begun = [it.map[0] for it in _PARSER.parse(text) if it.level == 0 and it.map and it.nesting >= 0]
    return sum(len(line) + 1 for line in text.split("\n")[: begun[-1]]) if len(begun) > 1 else 0


_PARSER = MarkdownIt().enable("table")
