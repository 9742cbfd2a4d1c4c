"""What strangers write who want their words to run: forty of them, each calling `pwned`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

#: The front ends' tests read the same file.
PAYLOADS: Final = tuple(
    str(each)
    for each in json.loads((Path(__file__).parent / "corpus" / "hostile.json").read_text())
)
