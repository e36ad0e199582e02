"""HTML without styles or scripts: its elements, its links, its readable text."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "meta", "link"}

# Outside input that a page must show as plain words.
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></tr></table></details></div><h1>Approved</h1>",
    '" onmouseover="alert(1)" x=\'',
    "<!-- hidden",
    "<style>*{display:none}</style>",
    "&lt;script&gt; &amp; &#60;b&#62;",
    "<a href='javascript:alert(1)'>Ashby</a>",
]


class Page(HTMLParser):
    """A piece of HTML. It is balanced if every opened element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.addresses: list[str | None] = []
        self.text = ""
        self.is_balanced = True
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.is_balanced = self.is_balanced and not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.is_balanced = self.is_balanced and bool(self._open) and self._open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")

    def handle_data(self, data: str) -> None:
        self.text += data
