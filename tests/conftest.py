"""What all tests share: settings for Hypothesis, a clean environment, a server that records."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from recorder import KEY, Recorder

from langchain_ashby import AshbyClient

settings.register_profile(
    "fixed", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("random", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may depend on, or reach, what the person who runs it has set up."""
    for name in ("ASHBY_API_KEY", "ASHBY_BASE_URL", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


@pytest.fixture
def client(recorder: Recorder) -> Iterator[AshbyClient]:
    with AshbyClient(KEY, recorder.url, timeout=60, max_retries=0) as connected:
        yield connected
