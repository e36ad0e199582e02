"""Compares the package's cost with that of doing without it, as ratios.

    python -m benchmarks.cost                  # everything
    python -m benchmarks.cost -k listing       # or any other pytest option

It fails if something is wrong; what is slow only shows in the table.
"""

import os
import sys
from pathlib import Path

import pytest

COLUMNS = "--benchmark-columns=min,median,iqr,rounds"

if __name__ == "__main__":
    # Otherwise, run from a test, it would think it is a pytest-xdist worker and measure nothing.
    os.environ.pop("PYTEST_XDIST_WORKER", None)
    sys.exit(pytest.main([str(Path(__file__).parent), "-q", "-p", "no:cacheprovider", COLUMNS, *sys.argv[1:]]))
