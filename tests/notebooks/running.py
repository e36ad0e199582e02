"""Runs a notebook in a fresh kernel, and tells which of its outputs are stable."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

Notebook = Any
Output = dict[str, Any]

_OF_THE_RUN = {
    # New records have random ids; the invented company's are derived from names and never change.
    "<id>": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "<request>": r"\b[0-9A-HJKMNP-TV-Z]{26}\b",
    "<time>": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?",
    "<compact day>": r"\b20\d{6}\b",
    "<day>": r"\b(Mon|Tue|Wed|Thu|Fri) \d{1,2} \w{3} \d{4}\b",
    "<sandbox>": r"http://127\.0\.0\.1:\d+",
    "<token>": r"\b(cursor|sync)\.[\w.-]+",
}


def run(notebook: Notebook, directory: Path) -> Notebook:
    """The notebook with the outputs of a run in its own kernel and the given working directory.

    Raises:
        CellExecutionError: A cell raised an error.
    """
    fresh = nbformat.from_dict(notebook)
    NotebookClient(
        fresh,
        kernel_name="python3",
        timeout=120,
        coalesce_streams=True,
        record_timing=False,
        resources={"metadata": {"path": str(directory)}},
    ).execute()
    return fresh


def plain(notebook: Notebook) -> Notebook:
    """The notebook without traces of its last run or its editor, keeping only the richest form of each output."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [it for it in cell.outputs if it.get("name") != "stderr"]
            for output in cell.outputs:
                if "data" in output:
                    output.metadata = {}
                    richest = next(kind for kind in ("text/html", "image/png", "text/plain") if kind in output.data)
                    output.data = {richest: output.data[richest]}
                if "execution_count" in output:
                    output.execution_count = None
    return notebook


def lasting(outputs: list[Output]) -> list[Any]:
    """The stable part of outputs; pictures are only noted as present."""
    return [
        _lasting_text(output["text"])
        if output["output_type"] == "stream"
        else {kind: "a picture" if kind == "image/png" else _lasting_text(it) for kind, it in output["data"].items()}
        for output in outputs
    ]


def _lasting_text(text: str | list[str]) -> str:
    text = "".join(text)
    for name, pattern in _OF_THE_RUN.items():
        text = re.sub(pattern, name, text)
    return text


def with_outputs_that_last(stored: Notebook, fresh: Notebook) -> Notebook:
    """The fresh notebook, keeping equivalent stored outputs, so that rebuilding it changes nothing."""
    before = {cell.id: cell for cell in stored.cells if cell.cell_type == "code"}
    for cell in fresh.cells:
        old = before.get(cell.id) if cell.cell_type == "code" else None
        if old and lasting(old.outputs) == lasting(cell.outputs) and _pictures(old) == _pictures(cell):
            cell.outputs = old.outputs
    return fresh


def _pictures(cell: Any) -> list[str]:
    return [it.data["image/png"] for it in cell.outputs if "image/png" in it.get("data", {})]
