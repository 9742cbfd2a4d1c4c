"""What Vera may text to command, and what only sounds like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.keywords import Keyword, keyword, starts_again


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        " Stop. ",
        "STOP!!!",
        "*stop*",
        "“Stop”",
        "🛑 STOP 🛑",
        "STOP" + "!" * 200,
        "ＳＴＯＰ",
        "st\u200bop",
        "stopall",
        "STOP ALL",
        "Unsubscribe",
        "cancel",
        "END",
        "quit",
        "Revoke",
        "optout",
        "opt out",
        "Opt-Out",
        "ARRET",
        "Arrêt",
        "arre\u0302t",
        "stop please",
        "Please stop!",
        "pls stop",
        "Please, unsubscribe",
        "stop\n",
    ],
)
def test_vera_stops(text: str) -> None:
    assert keyword(text) is Keyword.STOP


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("START", Keyword.START),
        ("unstop.", Keyword.START),
        ("Help", Keyword.HELP),
        ("INFO?", Keyword.HELP),
        ("Y", Keyword.YES),
        ("y!", Keyword.YES),
        ("Yes", Keyword.YES),
        ("ja", Keyword.YES),
        ("OUI", Keyword.YES),
        ("sí", Keyword.YES),
        ("si", Keyword.YES),
    ],
)
def test_vera_commands(text: str, meant: Keyword) -> None:
    assert keyword(text) is meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "!!!",
        "please stop sending me blue ones",
        "please",
        "please please stop",
        "don't stop",
        "non-stop",
        "bus stop",
        "stop it",
        "stopping",
        "stop 2",
        "cancel please",
        "cancel my order",
        "the end",
        "yes please",
        "yes, the blue one",
        "y/n",
        "help me",
        "no",
        "restart",
        "STOP\nUnsubscribe",
        "e n d",
    ],
)
def test_vera_merely_talks(text: str) -> None:
    assert keyword(text) is None


def test_an_essay_in_punctuation_is_no_command() -> None:
    assert keyword("stop" + "!" * 2_000) is None


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert keyword(text) in (None, *Keyword)


@given(
    st.sampled_from(["stop", "start", "help", "yes"]), st.text(alphabet=" .!?*-\n\t", max_size=9)
)
def test_what_surrounds_a_command_does_not_matter(word: str, around: str) -> None:
    assert keyword(around + word.upper() + around) is keyword(word) is not None


@pytest.mark.parametrize(
    "text",
    [
        "stop please",
        "please stop texting me",
        "Please stop texting me!",
        "unsubscribe me",
        "Don't text me again, please",
        "Por favor, dejen de escribirme",
        "No me envíes más mensajes",
        "Arrêtez de m'écrire svp",
        "Désabonnez-moi, s'il vous plaît.",
        "Bitte keine SMS mehr",
        "Abmelden bitte",
        "Smettete di scrivermi, per favore",
        "Basta SMS",
        "Pare de me enviar mensagens por favor",
        "Não me envie mais mensagens",
        "Geen berichten meer aub",
        "Stuur me geen sms meer",
        "Inga fler sms, tack",
        "Avregistrera mig",
        "Ikke flere sms'er, tak",
        "Afmeld mig",
        "Ikke flere meldinger, takk",
        "Slutt å sende SMS",
        "إلغاء الاشتراك",
        "من فضلك توقف",
    ],
)
def test_vera_stops_in_a_sentence_of_her_own_language(text: str) -> None:
    assert keyword(text) is Keyword.STOP


@pytest.mark.parametrize(
    "text",
    [
        "can you stop by?",
        "Please stop by on Monday",
        "cancel my order",
        "unsubscribe me from the newsletter but keep the texts",
        "Stop texting me about the red ones",
        "No more texts from the courier came",
        "Kann ich mich abmelden?",
        "Keine SMS mehr bekommen seit Montag",
        "¿Puede parar el envío?",
        "Pouvez-vous arrêter la commande ?",
        "Basta così, grazie",
        "Pode parar o pedido?",
        "Kan ik stoppen met het abonnement?",
        "Kan ni stoppa leveransen?",
        "Kan I stoppe ordren?",
        "هل يمكنك إلغاء الطلب؟",
    ],
)
def test_the_same_words_in_an_ordinary_sentence_end_nothing(text: str) -> None:
    assert keyword(text) is None


@pytest.mark.parametrize(
    ("text", "again"),
    [("YES", True), ("start!", True), ("Unstop", True), ("yes please", False), ("ja", False)],
)
def test_what_gives_the_texts_back(text: str, again: bool) -> None:
    assert starts_again(text) is again
