"""The notebooks run from top to bottom on the sandbox, and their stored outputs are current."""

from __future__ import annotations

import os
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import nbformat
import pytest
from running import lasting, plain, run, with_outputs_that_last

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
LARGEST_PICTURE = 60_000
ORDER = ["Overview", "Setup", "Instantiation", "API reference"]

each = pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)


def read(file: Path) -> Any:
    return nbformat.read(file, as_version=4)


def test_there_are_three() -> None:
    assert [file.stem for file in NOTEBOOKS] == ["pipeline_in_pictures", "recruiting_agent", "toolkit_tour"]


@each
def test_it_runs_and_its_stored_output_is_current(file: Path, tmp_path: Path) -> None:
    stored = read(file)
    fresh = plain(run(stored, tmp_path))
    assert list(tmp_path.iterdir()) == [], "it left files behind"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        stored = with_outputs_that_last(stored, fresh)
        nbformat.write(stored, file)
    for before, after in zip(stored.cells, fresh.cells, strict=True):
        if before.cell_type == "code":
            assert lasting(before.outputs) == lasting(after.outputs), f"run `make notebooks`: {before.source}"


@each
def test_it_is_stored_without_traces_of_a_run_or_a_machine(file: Path) -> None:
    text = file.read_text("utf-8")
    stored = read(file)
    assert nbformat.writes(plain(read(file))) + "\n" == text, "run `make notebooks`"
    assert not re.search(r"/(home|root|tmp|work|usr|Users)/|site-packages|Traceback", text)
    outputs = [output for cell in stored.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs and not [it for it in outputs if it.output_type == "error" or it.get("name") == "stderr"]
    pictures = [output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    assert all(len(b64decode(picture)) < LARGEST_PICTURE for picture in pictures)
    nbformat.validate(stored)


@each
def test_it_begins_with_no_account_needed_and_keeps_the_order_of_langchains_notebooks(file: Path) -> None:
    words = [cell.source for cell in read(file).cells if cell.cell_type == "markdown"]
    assert words[0].splitlines()[0].startswith("# ") and "**No account needed.**" in words[0]
    heads = [line[3:] for text in words for line in text.splitlines() if line.startswith("## ")]
    assert [head for head in heads if head in ORDER] == ORDER and heads[-1] == "API reference"


@each
def test_its_links_to_other_files_lead_somewhere(file: Path) -> None:
    words = "".join(cell.source for cell in read(file).cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\((?!https:)([^)#]+)", words)
    assert links and not [link for link in links if not (file.parent / link).is_file()]
