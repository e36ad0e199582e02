"""Long runs and comparisons, as commands such as `python -m benchmarks.crashes`; see README.md."""

import sys
from pathlib import Path

# The harness belongs to the tests, which are not an installed package.
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
