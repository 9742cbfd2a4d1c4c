"""Reads what a webhook answered."""

from __future__ import annotations

from xml.etree import ElementTree


def messages(document: str) -> list[str]:
    """Return the texts that a TwiML document asks to send back, in order.

    ``<Message>words</Message>`` and ``<Message><Body>words</Body></Message>`` are understood;
    other verbs are none of a phone company's text service. An empty document asks for nothing.

    Raises:
        ValueError: when the document is not TwiML (Twilio's error 12100).
    """
    if not document.strip():
        return []
    try:
        # The parser's expat bounds entity expansion itself, and the document is our own gateway's.
        root = ElementTree.fromstring(document)  # noqa: S314
    except ElementTree.ParseError as broken:
        raise ValueError("the webhook's answer is not XML") from broken
    if root.tag != "Response":
        raise ValueError("the webhook's answer is not a Response")
    return [words for words in map(_words, root.findall("Message")) if words]


def _words(message: ElementTree.Element) -> str:
    bodies = message.findall("Body")
    if bodies:
        return "".join("".join(body.itertext()) for body in bodies).strip()
    return (message.text or "").strip()
