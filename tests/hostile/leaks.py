"""Searches whatever a program stores or shows for the key in all its encodings."""

from __future__ import annotations

import base64
import traceback
from collections.abc import Iterator
from pathlib import Path

from rich.traceback import Traceback

KEY = "recognisable-key-3c1f9a7e5b2d4086"


def spellings(key: str = KEY) -> list[str]:
    """The key in plain form, as in the Authorization header, in base64 at any offset, in hexadecimal."""
    shifted = [base64.b64encode(b"x" * shift + key.encode()).decode().rstrip("=")[4:-2] for shift in (0, 1, 2)]
    header = base64.b64encode(f"{key}:".encode()).decode()
    return [key, key[:16], key[-16:], header, *shifted, key.encode().hex()]


def assert_without_key(where: str, text: str | bytes, key: str = KEY) -> None:
    """Fails if the key is in the text, without repeating it."""
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    found = [spelling for spelling in spellings(key) if spelling.lower() in text.lower()]
    if found:
        place = text.lower().index(found[0].lower())
        raise AssertionError(f"the key is in {where}: …{text[max(0, place - 200) : place]}<here>")


def tellings(error: BaseException) -> Iterator[tuple[str, str]]:
    """An error as the most verbose reporters show it: every frame with its variables, every link of the chain."""
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        told = traceback.TracebackException.from_exception(link, capture_locals=True)
        # The tests' own frames hold the key.
        told.stack[:] = [frame for frame in told.stack if not _is_test_code(frame.filename)]
        yield "the traceback with its variables", "".join(told.format(chain=False))
        yield "the error itself", f"{link!r} {link} {vars(link)} {getattr(link, '__notes__', '')}"
        shown = Traceback.extract(type(link), link, link.__traceback__, show_locals=True, locals_max_string=None)  # type: ignore[arg-type]
        frames = [it for stack in shown.stacks for it in stack.frames if not _is_test_code(it.filename)]
        variables = [node.render(max_width=400) for frame in frames for node in (frame.locals or {}).values()]
        yield "rich's traceback with its variables", "\n".join(variables)
        link = link.__cause__ or link.__context__  # even a suppressed one: reporters look at it


def _is_test_code(file: str) -> bool:
    return Path(file).resolve().is_relative_to(_TESTS)


_TESTS = Path(__file__).resolve().parents[1]
