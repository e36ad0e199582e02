"""Checks what `make dist` built: its files, and that the wheel works without the rest of the project.

    python tests/distribution DIRECTORY

Ends with status 1 and the reason if a file is missing or unexpected, or a command fails. Git tells which files belong
to the project.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, build_opener

PROJECT = Path(__file__).parents[2]
METADATA = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}

MOST_BYTES = 1_000_000

WITHOUT_EXTRAS = """
import sys
from langchain_ashby import AshbyClient, AshbyToolkit, __version__, create_recruiting_agent

assert "site-packages" in sys.modules["langchain_ashby"].__file__, "this is not the installed one"
assert __version__ == {version!r}, __version__
tools = AshbyToolkit(AshbyClient("key")).get_tools()
assert tools, "it has no tools"
try:
    from langchain_ashby.sandbox import AshbySandbox
except ImportError as error:
    assert "langchain-ashby[sandbox]" in str(error)
else:
    raise AssertionError("Werkzeug is not a dependency, yet the sandbox found it")
"""


def main(directory: Path) -> None:
    """Checks the one wheel and the one sdist in a directory."""
    [wheel], [sdist] = directory.glob("*.whl"), directory.glob("*.tar.gz")
    tracked = tracked_files()
    version = wheel.name.split("-")[1]

    info = f"langchain_ashby-{version}.dist-info"
    in_package = {name for name in tracked if name.startswith("langchain_ashby/")}
    with zipfile.ZipFile(wheel) as archive:
        compare(wheel.name, set(archive.namelist()), in_package | {f"{info}/{name}" for name in METADATA})
        check_links(archive.read(f"{info}/METADATA").decode())

    if wheel.stat().st_size >= MOST_BYTES:
        sys.exit(f"{wheel.name} has {wheel.stat().st_size:,} bytes, and should have less than {MOST_BYTES:,}")

    with tarfile.open(sdist) as archive:
        names = {PurePosixPath(it.name).relative_to(f"langchain_ashby-{version}").as_posix() for it in archive}
    compare(sdist.name, names, tracked | {"PKG-INFO"})

    with tempfile.TemporaryDirectory() as elsewhere:
        programs = Path(elsewhere) / "venv" / "bin"
        venv.create(programs.parent, with_pip=True)
        install: list[str | Path] = [programs / "pip", "install", "--quiet", "--disable-pip-version-check"]
        run(elsewhere, *install, wheel)
        run(elsewhere, programs / "python", "-I", "-c", WITHOUT_EXTRAS.format(version=version))
        run(elsewhere, *install, f"{wheel}[cli]")
        run(elsewhere, programs / "langchain-ashby", "tools")
        told = run(elsewhere, programs / "langchain-ashby", "demo", "--yes")
        assert "Changes in the sandbox" in told, told
        run(elsewhere, *install, f"{wheel}[cli,inbox]")
        check_inbox(elsewhere, programs / "langchain-ashby")
    print(f"{wheel.name} and {sdist.name} hold what belongs there, and the wheel works.")


def check_inbox(directory: str, program: Path) -> None:
    """Checks that the inbox starts, lets in who has its address, and brings all of its files."""
    command = [str(program), "inbox", "--sandbox", "--no-open", "--port", "0"]
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=directory, **streams) as serving:
        try:
            assert serving.stdout is not None
            address = serving.stdout.readline().split()[-1]
            browser = build_opener(HTTPCookieProcessor())
            page = browser.open(address, timeout=60).read().decode()
            if "20" not in page or "waiting" not in page.lower():
                sys.exit(f"the inbox of the wheel does not show what waits:\n{page}")
            for file in re.findall(r'(?:href|src)="([^"]*/static/[^"]*)"', page):
                browser.open(urljoin(address, file), timeout=60).close()
        finally:
            serving.send_signal(signal.SIGINT)
            ended = serving.wait(60)
    if ended:
        sys.exit(f"the inbox of the wheel ended with status {ended}")


def check_links(metadata: str) -> None:
    """Checks that all links in the README will work on PyPI."""
    relative = [link for link in re.findall(r"\]\(([^)\s]+)\)", metadata) if not link.startswith("https://")]
    if relative:
        sys.exit(f"relative links in the wheel's README: {', '.join(relative)}")


def tracked_files() -> set[str]:
    """The project's files, according to Git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    return {name for name in listed.split("\0") if name}


def compare(archive: str, found: set[str], expected: set[str]) -> None:
    """Checks that an archive has the required files."""
    problems = [f"  {name} is not in it" for name in sorted(expected - found)]
    problems += [f"  {name} does not belong there" for name in sorted(found - expected)]
    if problems:
        sys.exit("\n".join([f"{archive}:", *problems]))


def run(directory: str, *command: Path | str) -> str:
    """Runs a command outside the project and returns its output."""
    done = subprocess.run([str(part) for part in command], cwd=directory, capture_output=True, text=True, timeout=300)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command[:4]))} ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
