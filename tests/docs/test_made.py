"""What the pages say about the tools, generated from the declarations; `make regenerate` rewrites it."""

from __future__ import annotations

import re

from pages import PROJECT, read
from snapshot import check
from tools_page import page

from langchain_ashby.agent.undo import described
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import BY_DEFAULT, OPERATIONS

COUNT = re.compile(r"\*\*\d+ tools\*\*(, each with a typed argument schema): \d+ read, \d+ write\.")


def test_the_page_of_tools_is_what_the_declarations_say() -> None:
    check(PROJECT / "docs" / "reference" / "tools.md", page() + "\n")


def test_the_readme_counts_the_tools() -> None:
    assert COUNT.search(read("README.md")), "the README has lost the sentence that counts the tools"
    writes = sum(operation.access is Access.WRITE for operation in BY_DEFAULT.values())
    counts = rf"**{len(BY_DEFAULT)} tools**\1: {len(BY_DEFAULT) - writes} read, {writes} write."
    check(PROJECT / "README.md", COUNT.sub(counts, read("README.md")))


def test_the_guide_says_what_can_be_undone() -> None:
    page, heads = read("docs/approvals.md"), "| write | how it is undone |\n|---|---|\n"
    before, _, after = page.partition(heads)
    assert after, "the page has lost the table"
    rows = "".join(f"| `{name}` | {described(it)} |\n" for name, it in OPERATIONS.items() if it.access is Access.WRITE)
    rest = re.sub(r"^(\|.*\n)*", "", after)
    check(PROJECT / "docs" / "approvals.md", before + heads + rows + rest)


def test_no_other_page_counts_the_tools() -> None:
    counted = re.compile(r"\b\d+ tools?\b|\ball \d+ (?:tools|cost)\b|\bthe \d+ that read\b")
    pages = ["CHANGELOG.md", "CONTRIBUTING.md", "docs/index.md", "docs/toolsets.md", "docs/figures.md", "docs/cost.md"]
    assert [(page, found) for page in pages for found in counted.findall(read(page))] == []


def test_getting_started_says_to_grant_what_the_tools_that_read_need() -> None:
    paragraph = read("docs/getting-started.md").partition("grant the read permissions:")[2].partition("\n\n")[0]
    reads = [operation for operation in BY_DEFAULT.values() if operation.access is Access.READ]
    needed = {permission for operation in reads for permission in operation.permissions()}
    assert set(re.findall(r"`(\w+Read)`", paragraph)) == needed | {"apiKeysRead"}
