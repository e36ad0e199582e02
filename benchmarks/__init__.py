"""Long runs and comparisons, as commands: `python -m benchmarks.crashes` and its neighbours; see README.md."""

import sys
from pathlib import Path

# The harness belongs to the tests, which are no package of ours.
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
