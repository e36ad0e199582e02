"""The map of the code in CONTRIBUTING."""

from __future__ import annotations

import re

from pages import PROJECT, read

PACKAGE = PROJECT / "langchain_ashby"


def places() -> list[str]:
    """The places on the map, from top to bottom."""
    rows = re.findall(r"^\| (`[\w/.]+`(?:, `[\w/.]+`)*) \|", read("CONTRIBUTING.md"), re.MULTILINE)
    return [place for row in rows for place in re.findall(r"`([^`]+)`", row)]


def test_every_part_of_the_package_is_on_the_map_once_and_nothing_else_is() -> None:
    parts = {file.name for file in PACKAGE.glob("*.py")} - {"__init__.py"}
    parts |= {f"{file.parent.name}/" for file in PACKAGE.glob("*/__init__.py")}
    assert sorted(places()) == sorted(parts)


def test_each_file_in_which_to_change_something_is_there_and_does_what_is_said() -> None:
    rows = re.findall(r"^\| (wh[^|]+|how [^|]+) \| (`[^|]+) \|$", read("CONTRIBUTING.md"), re.MULTILINE)
    named = {place for _, places in rows for place in re.findall(r"`([\w/]+\.py)`", places)}
    assert len(named) > 10
    assert [place for place in named if not (PACKAGE / place).is_file()] == []
    said = {what: (PACKAGE / places.split("`")[1]).read_text("utf-8") for what, places in rows}
    assert "e-mail" in said["what a card says about e-mails to the candidate"]
    assert "429" in said["how a 429 is handled"]
    assert "class UnusableAnswer" in said["which decisions are accepted"]
    assert "records.Candidate" in said["what a candidate's row shows"]


def test_the_map_has_the_parts_in_the_order_in_which_they_may_know_one_another() -> None:
    tests = read("tests/unit/test_imports.py")
    [listed] = re.findall(r"^ORDER = \[(.*?)\]", tests, re.DOTALL | re.MULTILINE)
    order = re.findall(r'"(\w+)"', listed)
    mapped = [place.removesuffix("/").removesuffix(".py") for place in places()]
    assert [part for part in mapped if part in order] == order


def test_every_module_on_the_map_exists() -> None:
    rows = re.findall(r"^\| `(\w+/)` \| (.*) \|$", read("CONTRIBUTING.md"), re.MULTILINE)
    named = [(part, name) for part, text in rows for name in re.findall(r"`(\w+(?:\.py|/))`", text)]
    assert named
    assert [(part, name) for part, name in named if not (PACKAGE / part / name).exists()] == []
