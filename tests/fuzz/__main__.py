"""``python -m tests.fuzz mime|quoting|bounces --minutes 5``: hunt for what no input may do.

What is found is kept in ``build/fuzz/``; the exit code is 1 then. The same ``--seed`` draws the
same changes as long as the code and the corpus are the same.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from tests.fuzz.guided import Fuzzer
from tests.fuzz.targets import NAMES, OURS, target

FOUND = Path(__file__).parents[2] / "build" / "fuzz"


def main() -> int:
    """Fuzz one target and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    hunted = target(asked.target)
    fuzzer = Fuzzer(hunted.check, hunted.seeds, hunted.words, OURS, asked.seed)
    run = fuzzer.go(asked.minutes * 60)
    print(
        f"{asked.target}: {run.tried:,} inputs from {len(hunted.seeds)} seeds,"
        f" {run.kept:,} kept, {run.edges:,} edges, {len(run.findings)} findings"
    )
    for each in run.findings:
        FOUND.mkdir(parents=True, exist_ok=True)
        file = FOUND / f"{asked.target}-{hashlib.sha256(each.data).hexdigest()[:12]}.bin"
        file.write_bytes(each.data)
        print(f"\n{file}\n{each.what}")
    return 1 if run.findings else 0


if __name__ == "__main__":
    sys.exit(main())
