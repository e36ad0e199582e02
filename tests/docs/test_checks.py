"""One list of checks, shared by .ci/run, GitHub's workflow and CONTRIBUTING."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
import yaml
from pages import PROJECT, read

from langchain_ashby import __version__

WORKFLOW = yaml.safe_load(read(".github/workflows/ci.yml"))
FORMS = sorted((PROJECT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))


def run_by_ci() -> set[str]:
    """The targets that .ci/run makes, except the one that cleans up."""
    made = re.findall(r"^make (?:-j2 )?([a-z ]+)$", read(".ci/run"), re.MULTILINE)
    return {target for line in made for target in line.split()} - {"clean"}


def steps() -> list[str]:
    """The commands of the workflow."""
    return [step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step]


def test_make_alone_prints_every_target_and_what_it_does() -> None:
    printed = subprocess.run(["make", "--no-print-directory"], cwd=PROJECT, capture_output=True, text=True, check=True)
    said = dict(re.findall(r"^  make ([a-z]+) — (.+)$", printed.stdout, re.MULTILINE))
    assert said.keys() == targets()


def test_make_regenerate_runs_every_test_that_keeps_a_snapshot() -> None:
    tests = {file.relative_to(PROJECT).as_posix() for file in PROJECT.glob("tests/**/test_*.py")}
    keeping = {test for test in tests if re.search("^from snapshot import", read(test), re.MULTILINE)}
    assert len(keeping) > 5
    assert {test for test in keeping if test not in read("Makefile")} == set()


def test_the_workflow_makes_what_ci_makes() -> None:
    assert run_by_ci() <= targets()
    assert {command.removeprefix("make ") for command in steps() if command.startswith("make ")} == run_by_ci()


def test_the_workflow_tests_each_python_that_the_package_says_it_supports() -> None:
    supported = re.findall(r"Python :: (3\.\d+)", read("pyproject.toml"))
    assert WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["python"] == supported


@pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])
def test_each_form_for_an_issue_is_one_that_github_takes(form: Any) -> None:
    written = yaml.safe_load(form.read_text("utf-8"))
    if form.name == "config.yml":
        assert written.keys() <= {"blank_issues_enabled", "contact_links"}
        return
    assert {"name", "description", "body"} <= written.keys()
    fields = [part for part in written["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in fields} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert len({part["id"] for part in fields}) == len(fields) > 0
    assert all(part["attributes"]["label"] for part in fields)


@pytest.mark.parametrize("target", ["check", "test"])
def test_every_page_says_the_same_of_how_long_the_tests_take(target: str) -> None:
    lines = [line for page in ("README.md", "CONTRIBUTING.md") for line in read(page).splitlines()]
    said = [line for line in lines if re.match(rf" *make {target} +#", line)]
    said += re.findall(rf"^{target}: .*$", read("Makefile"), re.MULTILINE)
    assert len(said) == {"check": 2, "test": 3}[target]
    assert len({line.partition(" in about ")[2] for line in said}) == 1, said


def test_the_hooks_before_a_commit_run_programs_of_the_project() -> None:
    [repository] = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert repository["repo"] == "local", "hooks from elsewhere are other versions than CI's"
    for hook in repository["hooks"]:
        program, *words = hook["entry"].split()
        assert program.startswith(".venv/bin/")
        assert all((PROJECT / word).exists() for word in words if word.startswith("tests/"))


def test_the_changelog_has_a_section_for_the_version() -> None:
    assert re.search(rf"^## {re.escape(__version__)} - ", read("CHANGELOG.md"), re.MULTILINE)


def test_the_site_has_each_page_once() -> None:
    def entries(nav: Any) -> list[str]:
        if isinstance(nav, str):
            return [nav]
        return [page for part in (nav.values() if isinstance(nav, dict) else nav) for page in entries(part)]

    pages = {page.relative_to(PROJECT / "docs").as_posix() for page in (PROJECT / "docs").rglob("*.md")}
    listed = entries(yaml.safe_load(read("mkdocs.yml"))["nav"])
    assert sorted(listed) == sorted(pages)


def test_the_readme_names_each_guide() -> None:
    guides = {page.name for page in (PROJECT / "docs").glob("*.md")} - {"index.md"}
    assert {guide for guide in guides if f"(docs/{guide})" not in read("README.md")} == set()


def test_the_readme_is_short() -> None:
    assert len(read("README.md").split()) <= 900
