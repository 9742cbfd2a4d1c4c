"""What a machine says of a mail of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["hard", "soft", "delayed", "relayed", "complaint", "auto_reply", "read_receipt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a machine says of a mail of ours.

    ``reason`` is for people. ``recipient`` is the normalised address that it is about: the one not
    reached, or the one that answers by itself. ``message_ids`` are the ids named in it, with
    brackets, the likeliest first; which of them are ours is for the caller to know. Not
    ``understood``: a machine wrote, and what it says is not known.
    """

    kind: Kind
    reason: str
    recipient: str | None
    message_ids: tuple[str, ...]
    understood: bool = True
