"""Reads what a run has left, counts it, and says what must not be: ``python -m … DIRECTORY``.

Standard library only, and nothing of the gateway. The last line is JSON: ``{"counts", "findings"}``
with the findings by kind; the exit code is 1 when there is one.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from tests.kill import reach_checks, talk_checks
from tests.kill.evidence import Evidence, Finding, read

SHOWN = 40  #: findings printed in words


def check(found: Evidence) -> list[Finding]:
    """Every finding of every check."""
    checks = (*talk_checks.CHECKS, *reach_checks.CHECKS)
    return [finding for each in checks for finding in each(found)]


def counts(found: Evidence) -> dict[str, int]:
    """How much there was to check."""
    lines = Counter(line["what"] for client in found.clients for line in client.lines)
    dups = sum(bool(ack["dup"]) for client in found.clients for ack in client.all("acked"))
    named = {
        entry["data"]["delivery_id"]
        for entry in found.entries
        if entry["event"] == "delivery" and entry["data"]["state"] == "accepted"
    }
    states = Counter(row["state"] for row in found.deliveries.values())
    return {
        "clients": len(found.clients),
        "conversations": len(found.conversations),
        "entries": sum(len(rows) for rows in found.log.values()),
        "written": lines["said"],
        "acknowledged": lines["acked"],
        "acknowledged_again": dups,
        "refused": lines["refused"],
        "entries_received": lines["took"],
        "received_again": lines["known"],
        "gaps_resumed": lines["gap"],
        "sockets_lost": lines["down"],
        "texts_in": len(found.carrier.received),
        "texts_in_taken": sum(status == 200 for status in found.carrier.taken.values()),
        "texts_out": len(found.carrier.accepted),
        "texts_out_known_by_receipt": sum(
            text["delivery"] not in named for text in found.carrier.accepted
        ),
        "receipts_taken": sum(len(lines) for lines in found.carrier.told.values()),
        **{f"deliveries_{state}": times for state, times in sorted(states.items())},
    }


def main(directory: str) -> int:
    """Check one directory and print what was found."""
    found = read(Path(directory))
    findings = check(found)
    for finding in findings[:SHOWN]:
        print(finding.sentence)
    if len(findings) > SHOWN:
        print(f"… and {len(findings) - SHOWN} more")
    kinds = Counter(finding.kind for finding in findings)
    print(json.dumps({"counts": counts(found), "findings": dict(kinds)}))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
