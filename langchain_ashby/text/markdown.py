"""A proposed call in words, as Markdown.

The arguments come from a model, which may have read text by people outside. They are shown so that they cannot pass for
anything else: no argument can end its own quotation, start a heading or a link, or hide a character.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_DEEPEST = 4


def tool_title(name: str, metadata: Mapping[str, Any] | None) -> str:
    """A tool's name in words: its declared title, or made from `ashby_create_job`."""
    declared = (metadata or {}).get("title")
    return declared if isinstance(declared, str) and declared else _in_words(name.removeprefix("ashby_")).capitalize()


def described(title: str, args: Mapping[str, Any]) -> str:
    """A call as Markdown: the title, then the arguments, one per line."""
    return "\n".join([f"**{title}**", "", *fields(args)]) if args else f"**{title}**\n\nNo arguments."


def fields(args: Mapping[str, Any], depth: int = 0) -> list[str]:
    """Arguments as lines of a Markdown list, exactly as they are."""
    return [line for name, value in args.items() for line in _item(_label(name), value, depth)]


def _item(label: str, value: Any, depth: int) -> list[str]:
    margin = "  " * depth
    if depth < _DEEPEST and isinstance(value, Mapping) and value:
        return [f"{margin}- {label}:", *fields(value, depth + 1)]
    if depth < _DEEPEST and isinstance(value, list) and value:
        if any(isinstance(entry, (Mapping, list)) or _is_text(entry) for entry in value):
            entries = [_item(str(number), entry, depth + 1) for number, entry in enumerate(value, 1)]
            return [f"{margin}- {label}:", *(line for entry in entries for line in entry)]
        return [f"{margin}- {label}: {', '.join(map(_plain, value))}"]
    if _is_text(value):
        return [f"{margin}- {label}:", "", *block(value, margin + "  "), ""]
    return [f"{margin}- {label}: {_plain(value)}"]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value


def _plain(value: Any) -> str:
    if value is None or value == [] or value == {}:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value == "":
        return "empty text"
    if isinstance(value, str):
        return quoted(visible(value))
    return str(value) if isinstance(value, (int, float)) else quoted(visible(json.dumps(value, ensure_ascii=False)))


def quoted(text: str) -> str:
    """Text as a Markdown code span that it cannot end."""
    text = text.replace("\n", "\\n")
    fence = "`" * (_longest_run_of_backticks(text) + 1)
    # A space keeps backticks at the ends apart from the fence; Markdown takes it away again.
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def block(text: str, margin: str = "") -> list[str]:
    """Text as a Markdown code block that it cannot end."""
    fence = "`" * max(3, _longest_run_of_backticks(text) + 1)
    return [margin + line for line in [f"{fence}text", *visible(text).split("\n"), fence]]


def _longest_run_of_backticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def visible(text: str) -> str:
    """Text with its control and direction characters spelled out, which could hide or reorder what is read."""
    return "".join(f"\\u{ord(char):04x}" if _hides(char) else char for char in text)


def _hides(char: str) -> bool:
    # The joiners U+200C and U+200D are left alone: some scripts and emoji are written with them, and they hide nothing.
    return char not in "\n\u200c\u200d" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _label(name: Any) -> str:
    return _in_words(name) if isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]*", name) else _plain(name)


def _in_words(name: str) -> str:
    return name.replace("_", " ")
