"""When modules are imported, and which may import which."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import langchain_ashby

PACKAGE = Path(langchain_ashby.__file__).parent
HEAVY = {
    "langgraph",
    "langchain",
    "typer",
    "rich",
    "werkzeug",
    "sqlite3",
    "sqlalchemy",
    "pandas",
    "pytest",
    "starlette",
    "jinja2",
    "uvicorn",
    "authlib",
}

# From the bottom up: a module imports only from those before it in this list.
ORDER = [
    "errors", "records", "scoped", "text", "ids", "spelling", "effect", "endpoint", "bulk", "schema", "field_values",
    "forms", "endpoints", "http", "client", "results", "toolkit", "mirror", "agent", "demo", "inbox", "server", "cli",
]  # fmt: skip


def imported_by(program: str) -> set[str]:
    """The top-level packages imported by a fresh process that ran the program."""
    program += "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-I", "-c", program], check=True, capture_output=True, text=True)
    return set(run.stdout.split())


def test_importing_the_package_imports_next_to_nothing() -> None:
    loaded = imported_by("import langchain_ashby")
    assert not loaded & (HEAVY | {"langchain_core", "pydantic", "requests"})


def test_using_the_tools_imports_neither_the_agent_nor_the_extras() -> None:
    loaded = imported_by(
        "from langchain_ashby import AshbyClient, AshbyError, AshbyToolkit\n"
        "assert AshbyToolkit(AshbyClient('key')).get_tools()"
    )
    assert {"langchain_core", "requests"} <= loaded
    assert not loaded & HEAVY


def test_using_the_agent_does_not_import_the_extras() -> None:
    loaded = imported_by("from langchain_ashby import create_recruiting_agent")
    assert "langgraph" in loaded
    assert not loaded & {"langchain", "typer", "werkzeug"}  # LangSmith, which LangGraph needs, may load rich


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(module: str) -> str:
    """`langchain_ashby.endpoints.jobs` is part of `endpoints`; the package itself is part of nothing."""
    return module.split(".")[1] if "." in module else ""


@cache
def statements(file: Path) -> list[ast.Import | ast.ImportFrom]:
    """The imports, anywhere in the file."""
    return [it for it in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(it, ast.Import | ast.ImportFrom)]


def imports_of(file: Path) -> set[str]:
    """The parts of the package that a file imports."""
    found = set()
    for node in statements(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            assert node.level == 0, f"{file}: a relative import"
            module = node.module or ""
            # `from langchain_ashby import wire` imports the module, not the package
            found |= {f"{module}.{alias.name}" for alias in node.names} if module == "langchain_ashby" else {module}
    homes = langchain_ashby._HOME
    ours = {name for name in found if name.partition(".")[0] == "langchain_ashby"}
    return {part_of(homes.get(part_of(name), name)) for name in ours} - {"", "__version__"}


def test_imports_run_one_way() -> None:
    for file in modules():
        part = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
        known = imports_of(file) - {part}
        if part == "__init__":
            continue  # it names them all and loads each on first use
        if part == "pytest_plugin":
            assert known == {"client", "sandbox", "toolkit"}, "it knows what its fixtures hand out"
        elif part == "sandbox":
            assert known == set(), f"{file}: the sandbox stands alone, so that a client can be checked against it"
        else:
            assert part in ORDER, f"{part} has no place in the order of modules"
            allowed = set(ORDER[: ORDER.index(part)]) | ({"sandbox"} if part in ("server", "cli") else set())
            assert known <= allowed, file


def test_endpoint_imports_neither_http_nor_langchain() -> None:
    for file in [
        PACKAGE / "effect.py",
        PACKAGE / "endpoint.py",
        PACKAGE / "field_values.py",
        PACKAGE / "forms.py",
        PACKAGE / "http/wire.py",
        *PACKAGE.glob("endpoints/*.py"),
    ]:
        text = file.read_text("utf-8")
        for stranger in ("import requests", "from requests", "langchain_core", "langgraph", "urllib3"):
            assert stranger not in text, file


# The same for the agent's folders and files, from the bottom up.
AGENT = [
    "cards",
    "state",
    "messages",
    "provenance",
    "approval",
    "run",
    "execution",
    "undo",
    "nodes",
    "graph",
    "__init__",
]


def agent_imports(file: Path) -> set[str]:
    """The modules of the agent that a file imports, below `langchain_ashby.agent`."""
    prefix = "langchain_ashby.agent."
    found = [node.module or "" for node in statements(file) if isinstance(node, ast.ImportFrom)]
    return {name.removeprefix(prefix) for name in found if name.startswith(prefix)}


def test_inside_the_agent_imports_run_one_way() -> None:
    for file in (PACKAGE / "agent").rglob("*.py"):
        within = file.relative_to(PACKAGE / "agent").with_suffix("").parts
        known = {name.partition(".")[0] for name in agent_imports(file)} - {within[0]}
        assert known <= set(AGENT[: AGENT.index(within[0])]), file
        if within[0] == "nodes":
            libraries = [name for name in agent_imports(file) if name.startswith("nodes")]
            assert not libraries, f"{file}: a node is no library for another"


@pytest.mark.parametrize("room", ["messages", "approval", "run", "execution", "undo"])
def test_no_files_of_a_folder_import_each_other_in_a_circle(room: str) -> None:
    order = TopologicalSorter(
        {f"{room}.{file.stem}": agent_imports(file) for file in (PACKAGE / "agent" / room).glob("*.py")}
    )
    order.prepare()  # raises CycleError


def test_the_journal_and_the_executor_know_nothing_of_html() -> None:
    seen: set[str] = set()
    ahead = {"execution.journal", "execution.executor"}
    while ahead:
        name = ahead.pop()
        seen.add(name)
        ahead |= {
            it for it in agent_imports(PACKAGE / "agent" / f"{name.replace('.', '/')}.py") if "execution." in it
        } - seen
    assert not {"execution.audit", "execution.audit_html"} & seen
