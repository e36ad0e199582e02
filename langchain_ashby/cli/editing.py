"""Lets the person edit the arguments of a call, in their editor or in a form line by line."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from langchain_ashby.cli.card import Hanging, argument_lines
from langchain_ashby.cli.step_line import title
from langchain_ashby.cli.terminal import CAUTION, ask, confirm, harmless
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.text.json import KeyTwiceError, read_typed
from langchain_ashby.text.safe import visible
from langchain_ashby.toolkit import explain_arguments

Arguments = dict[str, Any]


def edited(console: Console, tool: str, arguments: Arguments) -> Arguments | None:
    """Returns the edited and validated arguments, or None if the person gives up. Invalid ones can be edited again."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    body, remark = _as_text(arguments), ""
    while True:
        try:
            if editor:
                body = _without_comments(_in_editor(editor, _explained(tool, remark) + body))
                new = _read(body)
            else:
                new = arguments = _in_form(console, tool, arguments)
            if new is not None:
                _check(tool, new)
            return new
        except OSError as error:
            console.print(f"The editor {editor!r} cannot be started ({error.strerror}). Using a form instead.")
            editor = None
        except ValueError as problem:
            console.print(Text.assemble(CAUTION, f" {harmless(str(problem))}"))
            if not confirm("Edit it again?"):
                return None
            remark = str(problem)


def show_differences(console: Console, before: Arguments, after: Arguments) -> None:
    """Prints what an edit changes."""
    if before == after:
        console.print("No changes.")
    for name in dict.fromkeys([*before, *after]):
        if name not in after or before.get(name, ...) != after[name]:
            console.print(Text(f"{harmless(name)}:", "bold"))
            for sign, side in (("-", before), ("+", after)):
                if name in side:
                    lines = argument_lines({name: side[name]})
                    console.print(Hanging(f"  {sign} {line}" for line in lines))


def _check(tool: str, arguments: Arguments) -> None:
    """Validates the arguments. Tools of other packages validate theirs when they run.

    Raises:
        ValueError: if they are invalid; says why.
    """
    if tool in OPERATIONS:
        try:
            OPERATIONS[tool].model_validate(arguments)
        except ValidationError as error:
            raise ValueError(explain_arguments(error)) from None


# In an editor.


def _in_editor(editor: str, text: str) -> str:
    """The text as saved when the editor closes. The file lies in a directory that only its owner can read."""
    with TemporaryDirectory(prefix="langchain-ashby-") as directory:
        file = Path(directory) / "arguments.json"
        file.write_text(text, "utf-8")
        with _left_to_the_editor():
            ended = subprocess.run([*shlex.split(editor), str(file)], check=False)
        if ended.returncode:
            return ""
        return file.read_text("utf-8", errors="replace")


@contextmanager
def _left_to_the_editor() -> Iterator[None]:
    """Leaves Ctrl-C to the editor. If the terminal closes, exits in order, so that the file is deleted."""
    hang_ups = [getattr(signal, name) for name in ("SIGHUP", "SIGTERM") if hasattr(signal, name)]
    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    before |= {number: signal.signal(number, _leave) for number in hang_ups}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _read(text: str) -> Arguments | None:
    """Parses the text; None if it is empty.

    Raises:
        ValueError: if it is not a JSON object.
    """
    if not text.strip():
        return None
    try:
        read = read_typed(text)
    except json.JSONDecodeError as error:
        place = text.split("\n")[error.lineno - 1].strip()
        raise ValueError(f"This is not JSON: {error.msg}, at {place!r}.") from None
    except KeyTwiceError as error:
        raise ValueError(f"The arguments have {error}.") from None
    except RecursionError:
        raise ValueError("The arguments are nested too deeply.") from None
    if not isinstance(read, dict):
        raise ValueError('The arguments must be a JSON object, such as {"name": "Ada"}.')
    return read


def _as_text(arguments: Arguments) -> str:
    """The arguments as JSON, with invisible characters escaped."""
    text = json.dumps(arguments, indent=2, ensure_ascii=False) + "\n"
    return "".join(char if visible(char) == char else json.dumps(char)[1:-1] for char in text)


def _explained(tool: str, remark: str) -> str:
    """Comments on each argument, and on what is wrong with what was written."""
    lines = [
        f"{title(tool)}: arguments as JSON. Lines that start with // are ignored.",
        "Save and close to continue. Empty the file to change nothing.",
        "",
        *_fields(tool),
        *(["", *remark.split("\n")] if remark else []),
    ]
    return "".join(f"// {harmless(line)}".rstrip() + "\n" for line in lines)


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("//"))


def _fields(tool: str) -> list[str]:
    """A line for each argument that the tool takes."""
    if tool not in OPERATIONS:
        return []
    schema = OPERATIONS[tool].argument_schema()
    required = schema.get("required", [])
    return [
        f"{name}{'' if name in required else ' (optional)'}: {field.get('description') or _kind(field)}"
        for name, field in schema["properties"].items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_kind, schema["anyOf"])))
    return str(schema.get("type", "object"))


# In a form.


def _in_form(console: Console, tool: str, arguments: Arguments) -> Arguments:
    """Asks for each argument. Strings need no quotes; everything else is JSON."""
    console.print("Press Enter to keep a value, - to remove it. Set EDITOR to edit them all at once.")
    new: Arguments = {}
    for name, value in arguments.items():
        console.print(Hanging(argument_lines({name: value})))
        answer = ask("  new value: ")
        if not answer:
            new[name] = value
        elif answer != "-":
            new[name] = answer if isinstance(value, str) else _value(answer)
    while name := ask("Add an argument (name, or Enter to finish): "):
        new[name] = _value(ask("  value: "))
    return new


def _value(text: str) -> Any:
    """Parses JSON; anything else is a string, and validation says if that fits."""
    try:
        return read_typed(text)
    except (ValueError, RecursionError):
        return text
