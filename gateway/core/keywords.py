"""The few words that are commands when somebody texts them alone.

STOP words: CTIA's list and what the FCC names as sufficient in itself (47 CFR 64.1200(a)(10)).
They turn up in ordinary chats too ("cancel", "end", "yes"), so only a message that holds nothing
else is a command, and whoever acts on it shows it to the agent as well.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Keyword(StrEnum):
    """What the sender asks for."""

    STOP = "stop"  #: withdraw consent for this address
    START = "start"  #: give it back
    HELP = "help"  #: who is this, and how do I stop it
    YES = "yes"  #: answers a knock; means nothing when none is open


_STOP = (
    "stop",
    "stop all",
    "stopall",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "revoke",
    "optout",
    "opt out",
    "arret",
    "stopp",
    "abmelden",
    "baja",
)
# "cancel please" and "end please" are answers to an agent's question more often than commands.
_STOP_POLITELY = ("stop", "stop all", "stopall", "unsubscribe", "optout", "opt out", "arret")
_PLEASE = ("please", "pls", "plz")

_WORDS: dict[str, Keyword] = {
    **dict.fromkeys(_STOP, Keyword.STOP),
    **{f"{word} {please}": Keyword.STOP for word in _STOP_POLITELY for please in _PLEASE},
    **{f"{please} {word}": Keyword.STOP for word in _STOP_POLITELY for please in _PLEASE},
    **dict.fromkeys(("start", "unstop"), Keyword.START),
    **dict.fromkeys(("help", "info", "aide", "hilfe", "ayuda"), Keyword.HELP),
    **dict.fromkeys(("y", "yes", "ja", "oui", "si", "sim"), Keyword.YES),
}

_LONGEST = 1_600
"""Characters of the longest SMS: a STOP may trail many exclamation marks, but no essay is one."""

_WORD = re.compile(r"[^\W_]+")


def keyword(text: str) -> Keyword | None:
    """Read a message as a command, or ``None`` if it is ordinary words.

    Case, accents, width, surrounding space and punctuation do not matter; ``"STOP!"``, ``"Arrêt"``
    and ``"Stop, please."`` are commands, ``"please stop sending me blue ones"`` is not.
    """
    stripped = text.strip()
    if len(stripped) > _LONGEST:
        return None
    folded = unicodedata.normalize("NFKD", stripped).casefold()
    visible = "".join(char for char in folded if unicodedata.category(char) not in ("Mn", "Cf"))
    return _WORDS.get(" ".join(_WORD.findall(visible)))
