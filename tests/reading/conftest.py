"""Makes Ashby's contract importable, which the tests of reading share with those of tests/contract."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "contract"))
