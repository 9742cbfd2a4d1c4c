"""Export the contract as JSON Schema; ``--check`` fails when the committed file has drifted."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import override

from gateway.protocol.frames import Contract

HOME = Path(__file__).parent / "schema.json"


class _Untitled(GenerateJsonSchema):
    """Without titles, so that generated types are not aliased field by field."""

    @override
    def field_title_should_be_set(self, schema: Any) -> bool:  # pydantic's own type
        return False


def contract() -> str:
    """The schema of every frame, as the text that is committed."""
    schema = Contract.model_json_schema(mode="serialization", schema_generator=_Untitled)
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write ``schema.json``, or with ``--check`` compare it and say what to run."""
    if "--check" in sys.argv[1:]:
        if HOME.exists() and HOME.read_text() == contract():
            return 0
        sys.stderr.write("schema.json has drifted from frames.py: run `make schema`\n")
        return 1
    HOME.write_text(contract())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
