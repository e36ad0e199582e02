"""Shared by all tests: marks, Hypothesis settings, a clean environment, short waits, a recording server."""

import gc
import os
from collections.abc import Generator, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from recorder import KEY, Recorder

import langchain_ashby
from langchain_ashby import AshbyClient

settings.register_profile(
    "fixed",
    derandomize=True,
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("random", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

TESTS = Path(__file__).parent


def pytest_configure() -> None:
    """Refuses to test a copy of the package that is installed somewhere else."""
    tested = Path(langchain_ashby.__file__).resolve().parents[1]
    if tested != TESTS.resolve().parent:
        raise pytest.UsageError(f"this would test the langchain_ashby in {tested}, not this clone: pip install -e .")


@cache
def folder_mark(path: Path, config: pytest.Config) -> str | None:
    """The mark of the tests in a folder: its name, if pyproject.toml lists it."""
    folder = path.relative_to(TESTS).parts[0]
    return folder if any(line.startswith(f"{folder}:") for line in config.getini("markers")) else None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Saves `-m "not slow"` from importing modules that it would deselect entirely."""
    if config.option.markexpr != "not slow":
        return None  # which defers to the other plugins
    if collection_path.is_dir():
        left_out = collection_path.parent == TESTS and folder_mark(collection_path, config) is not None
    else:
        left_out = "\npytestmark = pytest.mark.slow\n" in collection_path.read_text("utf-8", "replace")
    return left_out or None


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> Generator[None, int, int]:
    """Doubles the workers of `-n auto` for the slow tests, which often wait for terminals, processes and clocks."""
    cores = yield
    return cores if config.option.markexpr == "not slow" else 2 * cores


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks the tests of slow folders before any are selected by mark, and puts them in their order."""
    for item in items:
        if mark := folder_mark(item.path, config):
            item.add_marker(mark)
            item.add_marker("slow")
    items[:] = shared_out(items, getattr(config, "workerinput", {}).get("workercount", 1))


def shared_out(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """The tests, as many for each worker: first its share of the slow modules, then fast tests.

    The short ones at the end keep all workers busy until all are done.
    """
    slow, fast = [it for it in items if "slow" in it.keywords], [it for it in items if "slow" not in it.keywords]
    shares: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for number, (_, module) in enumerate(groupby(slow, key=lambda it: it.path)):
        shares[number % workers] += module
    for share in shares:
        missing = max(0, len(items) // workers - len(share))
        share += fast[:missing]
        del fast[:missing]
    return [it for share in shares for it in share] + fast


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spares the garbage collector what lives as long as the run: the modules, and thousands of tests.

    Collecting again and again while tests are gathered takes a fifth of that time. Afterwards the collector runs less
    often: reference counting frees most of what a test makes, and collecting would take a fifth of the tests' time too.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000)


@pytest.fixture(scope="session", autouse=True)
def short_waits() -> Iterator[None]:
    """Shortens the client's own pauses, so that retries do not slow tests down."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("langchain_ashby.http.sender._BACKOFF", 0.005)
        patch.setattr("langchain_ashby.http.rate_limit._USUAL_PAUSE", 0.05)
        yield


@pytest.fixture(scope="session", autouse=True)
def strict_sandboxes() -> Iterator[None]:
    """Makes every sandbox of the tests refuse keys that a request does not have: this package must send none."""
    from langchain_ashby.sandbox import AshbySandbox

    defaults = AshbySandbox.__init__.__kwdefaults__
    assert defaults is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(defaults, "strict", True)
        yield


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Isolates tests from the developer's own configuration."""
    with pytest.MonkeyPatch.context() as patch:
        # Each new client of httpx would load the certificates of all authorities, and nothing here needs one.
        patch.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("no_authorities")))
        for name in ("ASHBY_API_KEY", "ASHBY_BASE_URL", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


@pytest.fixture
def client(recorder: Recorder) -> Iterator[AshbyClient]:
    with AshbyClient(KEY, recorder.url, timeout=60, max_retries=0) as connected:
        yield connected
