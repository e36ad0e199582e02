"""What the package costs beside what one would do without it, as ratios.

    python -m benchmarks.cost                  # all of it
    python -m benchmarks.cost -k listing       # or anything else that pytest takes

It fails if something is wrong, not if something is slow: that stands in the table.
"""

import os
import sys
from pathlib import Path

import pytest

COLUMNS = "--benchmark-columns=min,median,iqr,rounds"

if __name__ == "__main__":
    # From a test among others it would take itself for one of pytest-xdist's workers, in which nothing is measured.
    os.environ.pop("PYTEST_XDIST_WORKER", None)
    sys.exit(pytest.main([str(Path(__file__).parent), "-q", "-p", "no:cacheprovider", COLUMNS, *sys.argv[1:]]))
