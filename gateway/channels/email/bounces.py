"""Is this mail a person's, or a machine's answer to one of ours?

A machine's answer is a receipt of a delivery and never a message (invariants 8 and 11), so a miss
here makes an echo, and a false alarm hides a person's words. Standards come first, headers next,
known texts last; a subject alone decides nothing.

- ``notice``: what the mail says, apart from what it quotes and what of ours it brings back
- ``feedback``: read receipts and complaints (RFC 8098, RFC 5965)
- ``returned``: bounces and warnings (RFC 3464, and everything else)
- ``automatic``: answers of programs (RFC 3834)
"""

from __future__ import annotations

from gateway.channels.email import automatic, feedback, notice, parts, returned
from gateway.channels.email.verdict import Kind, Verdict

__all__ = ["Kind", "Verdict", "classify"]


def classify(raw: bytes) -> Verdict | None:
    """Judge a mail; ``None`` when a person wrote it, or when it cannot be read at all.

    Never raises, whatever the bytes.
    """
    try:
        mail = notice.read(raw)
    except parts.TooComplex:
        return None
    return feedback.read(mail) or returned.read(mail) or automatic.read(mail)
