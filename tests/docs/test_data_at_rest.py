"""The page on data at rest: what it encrypts cannot be read in the files, and its other statements hold."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from pages import blocks
from test_page_examples import ashby, reader  # noqa: F401

from langchain_ashby.sandbox import AshbySandbox

PAGE = "docs/data-at-rest.md"


def run_page(variables: dict[str, Any], sealed: bool = True) -> None:
    code = "\n".join(block.code for block in blocks(PAGE, "python"))
    if not sealed:
        code = code.replace("saver.serde = sealed", "").replace("EncryptedStore(kept, sealed)", "kept")
    exec(compile(code, PAGE, "exec"), variables)


def in_files(directory: Path, *texts: str) -> dict[str, set[str]]:
    """The texts found in each database, including its side files."""
    found: dict[str, set[str]] = {"threads": set(), "journal": set()}
    for file in directory.glob("*.db*"):
        content = file.read_bytes().decode("latin-1")
        found[file.name.partition(".")[0]] |= {text for text in texts if text in content}
    return found


def about_ada(sandbox: AshbySandbox) -> list[str]:
    ada = next(it for it in sandbox.records("candidate") if it["name"] == "Ada Lovelace")
    # Longer than "Ada", which encrypted bytes in base64 may spell by chance.
    return ["Lovelace", ada["id"], ada["emailAddresses"][0]["value"], "ashby_add_candidate_tag", "referral"]


def test_nothing_about_a_candidate_is_in_the_files(
    ashby: AshbySandbox,  # noqa: F811
    reader: dict[str, Any],  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    texts = about_ada(ashby)
    with caplog.at_level(logging.DEBUG):
        run_page(reader)
    assert [it["endpoint"] for it in ashby.requests()].count("candidate.addTag") == 1
    assert "applied Tag Ada Lovelace" in capsys.readouterr().out
    assert in_files(tmp_path, *texts) == {"threads": set(), "journal": set()}
    assert not [it for it in caplog.records if "unregistered" in it.getMessage() or "Blocked" in it.getMessage()]
    # What remains readable, according to the page.
    assert in_files(tmp_path, reader["thread"]["configurable"]["thread_id"])["threads"]


def test_without_it_everything_is(
    ashby: AshbySandbox,  # noqa: F811
    reader: dict[str, Any],  # noqa: F811
    tmp_path: Path,
) -> None:
    texts = about_ada(ashby)
    run_page(reader, sealed=False)
    found = in_files(tmp_path, *texts)
    assert {"Lovelace", "ashby_add_candidate_tag"} <= found["threads"] & found["journal"]


def test_tampered_data_fails_to_decrypt(reader: dict[str, Any]) -> None:  # noqa: F811
    exec(next(blocks(PAGE, "python")).code, reader)
    kind, content = reader["sealed"].dumps_typed({"a": 1})
    assert reader["sealed"].loads_typed((kind, content)) == {"a": 1}
    with pytest.raises(ValueError, match="MAC check failed"):
        reader["sealed"].loads_typed((kind, content[:-1] + bytes([content[-1] ^ 1])))


async def test_a_sealed_store_works_in_async_too(reader: dict[str, Any], tmp_path: Path) -> None:  # noqa: F811
    from langgraph.store.memory import InMemoryStore

    first, second, *_ = blocks(PAGE, "python")
    exec(first.code + second.code, reader)
    store = reader["EncryptedStore"](kept := InMemoryStore(), reader["sealed"])
    await store.aput(("a",), "1", {"name": "Ada"})
    for _ in range(2):
        item = await store.aget(("a",), "1")
        assert item is not None and item.value == {"name": "Ada"}
    assert [it.value for it in await store.asearch(("a",))] == [{"name": "Ada"}]
    assert await store.alist_namespaces() == [("a",)]
    assert "Ada" not in repr(kept.get(("a",), "1"))
    await store.adelete(("a",), "1")
    assert await store.aget(("a",), "1") is None
