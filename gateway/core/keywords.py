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


_STOP_ALONE = ("cancel", "end", "quit", "revoke")
"""Only without any other word: "cancel please" and "end please" are answers to an agent's question
more often than commands."""

_STOP: dict[str, tuple[str, ...]] = {
    "en": (
        *("stop", "stop all", "stopall", "unsubscribe", "unsubscribe me", "optout", "opt out"),
        *("opt me out", "stop texting", "stop texting me", "stop messaging me", "stop sms"),
        *("stop the texts", "stop these texts", "stop the messages", "stop these messages"),
        *("stop sending me texts", "stop sending me messages", "no more texts", "no more messages"),
        *("do not text me", "don't text me", "do not text me again", "don't text me again"),
        *("remove me from your list", "take me off your list"),
    ),
    "es": (
        *("baja", "parar", "dame de baja", "darme de baja", "cancelar suscripción"),
        *("no más mensajes", "no más sms", "no me escribas más", "no me escriban más"),
        *("no me envíes más mensajes", "no me envíe más mensajes", "no me envíen más mensajes"),
        *("deja de escribirme", "dejen de escribirme", "deja de enviarme mensajes"),
        *("dejen de enviarme mensajes",),
    ),
    "fr": (
        *("arrêt", "arrêter", "désabonner", "me désabonner", "désabonnez-moi", "désabonnement"),
        *("désinscrivez-moi", "désinscription", "plus de sms", "plus de messages"),
        *("arrêtez les sms", "arrêtez de m'écrire", "arrêtez de m'envoyer des sms"),
        *("arrêtez de m'envoyer des messages", "ne m'écrivez plus", "ne m'envoyez plus de sms"),
        *("ne m'envoyez plus de messages",),
    ),
    "de": (
        *("stopp", "abmelden", "abbestellen", "keine sms mehr", "keine nachrichten mehr"),
        *("melde mich ab", "melden sie mich ab", "schreib mir nicht mehr"),
        *("schreiben sie mir nicht mehr", "schreibt mir nicht mehr", "hör auf mir zu schreiben"),
        *("hören sie auf mir zu schreiben", "hört auf mir zu schreiben"),
    ),
    "it": (
        *("ferma", "disiscrivimi", "disiscrivetemi", "cancellatemi dalla lista", "basta sms"),
        *("basta messaggi", "niente più sms", "niente più messaggi", "smetti di scrivermi"),
        *("smettete di scrivermi", "smetta di scrivermi", "non scrivermi più"),
        *("non scrivetemi più", "non inviatemi più messaggi"),
    ),
    "pt": (
        *("pare", "sair", "descadastrar", "me descadastre", "cancelar inscrição"),
        *("não quero mais mensagens", "não me envie mais mensagens", "chega de mensagens"),
        *("não me enviem mais mensagens", "pare de me enviar mensagens"),
        *("parem de me enviar mensagens", "pare de me escrever", "parem de me escrever"),
    ),
    "nl": (
        *("afmelden", "uitschrijven", "meld me af", "schrijf me uit", "geen sms meer"),
        *("geen sms'jes meer", "geen berichten meer", "stop met sms'en", "stop met berichten"),
        *("stuur me geen berichten meer", "stuur me geen sms meer"),
    ),
    "sv": (
        *("stoppa", "avregistrera", "avregistrera mig", "inga fler sms", "inga fler meddelanden"),
        *("sluta skicka sms", "sluta skicka meddelanden", "sluta skriva till mig"),
        *("sluta sms:a mig",),
    ),
    "da": (
        *("afmeld", "afmeld mig", "frameld", "frameld mig", "ikke flere sms", "ikke flere sms'er"),
        *("ikke flere beskeder", "stop med at skrive til mig", "stop med at sende sms"),
        *("stop med at sende beskeder",),
    ),
    "no": (
        *("avmeld", "meld meg av", "ikke flere sms", "ikke flere meldinger"),
        *("slutt å sende sms", "slutt å sende meldinger", "slutt å skrive til meg"),
    ),
    "ar": (
        *("توقف", "قف", "إيقاف", "إلغاء الاشتراك", "إلغاء اشتراكي", "أوقف الرسائل"),
        *("أوقفوا الرسائل", "لا ترسل لي رسائل", "لا ترسلوا لي رسائل", "توقف عن مراسلتي"),
        *("توقفوا عن مراسلتي",),
    ),
}
"""What ends the texts when it is all that is said, by language; with a "please" or without one."""

_PLEASE = (
    *("please", "pls", "plz", "por favor", "s'il vous plaît", "s'il te plaît", "svp", "stp"),
    *("bitte", "per favore", "per piacere", "alstublieft", "alsjeblieft", "aub", "snälla", "tack"),
    *("venligst", "tak", "takk", "vær så snill", "من فضلك", "رجاء", "لو سمحت"),
)
_START_AGAIN = frozenset({"yes", "start", "unstop"})

_WORD = re.compile(r"[^\W_]+")


def _folded(text: str) -> str:
    """The words of a text, without case, accents, width and punctuation."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    visible = "".join(char for char in folded if unicodedata.category(char) not in ("Mn", "Cf"))
    return " ".join(_WORD.findall(visible))


def _commands() -> dict[str, Keyword]:
    asked = [_folded(phrase) for phrases in _STOP.values() for phrase in phrases]
    pleases = [_folded(please) for please in _PLEASE]
    return {
        **dict.fromkeys(_STOP_ALONE, Keyword.STOP),
        **dict.fromkeys(asked, Keyword.STOP),
        **{f"{words} {please}": Keyword.STOP for words in asked for please in pleases},
        **{f"{please} {words}": Keyword.STOP for words in asked for please in pleases},
        **dict.fromkeys(("start", "unstop"), Keyword.START),
        **dict.fromkeys(("help", "info", "aide", "hilfe", "ayuda"), Keyword.HELP),
        **dict.fromkeys(("y", "yes", "ja", "oui", "si", "sim"), Keyword.YES),
    }


_WORDS = _commands()

_LONGEST = 1_600
"""Characters of the longest SMS: a STOP may trail many exclamation marks, but no essay is one."""


def keyword(text: str) -> Keyword | None:
    """Read a message as a command, or ``None`` if it is ordinary words.

    Case, accents, width, surrounding space and punctuation do not matter; ``"STOP!"``, ``"Arrêt"``
    and ``"Stop, please."`` are commands, ``"please stop sending me blue ones"`` is not.
    """
    stripped = text.strip()
    return _WORDS.get(_folded(stripped)) if len(stripped) <= _LONGEST else None


def starts_again(text: str) -> bool:
    """Whether these words give the texts back to who has stopped them; to others they are words.

    Twilio takes a YES for that too, and from then on lets our texts by.
    """
    return len(text) <= _LONGEST and _folded(text) in _START_AGAIN
