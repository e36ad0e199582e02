"""How the package may spell a value of Ashby's JSON in a text: the one list of what is done to values.

* A text stands as it is, on one line: breaks become ¶, spaces of all kinds one space, what is invisible its code point,
  as in `[U+202E]`. What would look like a separator may be quoted, escaped or replaced, but no letter or digit is lost.
* A time stands to the minute or, in rows, as its day; with dashes or without; in UTC.
* An id stands in the short spelling; in what people wrote, and in links, as it is.
* A number stands without its decimal point if it is whole, and may have commas between thousands.
* An enumerated word stands as it is or in words: `FullTime`, `full time`.
* An interval of pay stands in words: `2 WEEK`, `every 2 weeks`.
* True and false stand as yes, no, or a word of the package for the one of them that matters.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from replies import ways

import langchain_ashby
from langchain_ashby.ids import IDS, short

GAP = r"(?:\[U\+[0-9A-F]{4,6}\]|[^\w\n]|_)*"
"""What may stand between the letters of a text, whatever was written there."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+")


def pattern(text: str) -> str:
    """A pattern of how a text may be spelled: all its letters and digits in their order, and no others."""
    return GAP + "".join(f"{re.escape(it)}{GAP}" for it in text if it.isalnum())


def spellings(value: Any) -> Iterator[str]:
    """The spellings of a value, without what is said of it in words."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        whole = int(value) if float(value).is_integer() else value
        for number in (whole, abs(whole)):
            yield from (str(number), f"{number:,}", f"{number:,.2f}")
    elif isinstance(value, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        yield from (value, short(value))
    elif isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d(T|$)", value):
        yield from (value, f"{value[:16]}Z", value[11:16], value[:10], value[:10].replace("-", ""), value[5:10])
    elif isinstance(value, str) and re.fullmatch(r"[\d.]+ [A-Z]+", value):
        yield from (value, value.lower(), f"{value.lower()}s")
    elif isinstance(value, str):
        words = _CAMEL.sub(" ", value)
        yield from (value, words, words.lower())


def spelled(record: Any) -> re.Pattern[str]:
    """A pattern of the values in the JSON, as they may be spelled."""
    found = {it for _, value in ways(record) for it in spellings(value) if it}
    found |= set(_keys(record))
    values = "|".join(map(re.escape, sorted(found, key=len, reverse=True)))
    return re.compile(rf"(?<![^\W_])(?:{values})(?![^\W_])" if values else r"(?!)")


def left_over(line: str, values: re.Pattern[str]) -> list[str]:
    """The words of a line that stand neither for one of the values nor in the package's vocabulary."""
    line = values.sub(" ", line)
    numbers = [it for it in re.findall(r"\d[\d.,]*\d|\d", line) if not re.fullmatch(r"\d{1,2}", it)]
    return [it for it in _WORD.findall(line) if it.lower() not in vocabulary() and len(it) > 1] + numbers


def _keys(value: Any) -> Iterator[str]:
    """Keys that are data, such as a form's paths and a meeting's `extraData`."""
    if isinstance(value, dict):
        for key, entry in value.items():
            if key.startswith("Zq"):
                yield key
            yield from _keys(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _keys(entry)


@cache
def vocabulary() -> frozenset[str]:
    """The words that the package itself may say in a result: those in its code, and Ashby's keys in words.

    Names in camelCase in the code are Ashby's keys, and raw keys are no words.
    """
    package = Path(langchain_ashby.__file__).parent
    others = ("forms.py", "field_values.py", "text/words.py")
    files = [*(package / "results").glob("*.py"), *(package / name for name in others)]
    files += (package / "toolkit" / "beside").glob("*.py")
    said = [text for file in files for text in _constants(ast.parse(file.read_text("utf-8")))]
    said += [*IDS, *(word for kind in IDS.values() for word in kind.keys.values())]
    words = {word.lower() for text in said if not _CAMEL.search(text) for word in _WORD.findall(text)}
    return frozenset(words | _keys_in_words())


def _constants(tree: ast.Module) -> Iterator[str]:
    """The texts in code, but for its documentation."""
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


def _keys_in_words() -> set[str]:
    from ashby import load_contract
    from shapes import places, record_shapes

    from langchain_ashby.endpoints import OPERATIONS

    known = {it.path for it in OPERATIONS.values()} & load_contract().responses.keys()
    keys = {key for path in known for place in places(record_shapes(path)) for key in place}
    words = {word.lower() for key in [*keys, "newInAshby"] for word in _CAMEL.sub(" ", key).split()}
    return words | {word.removesuffix("s") for word in words}
