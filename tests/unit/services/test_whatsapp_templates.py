"""A template filled in: what WhatsApp takes of what people write."""

from __future__ import annotations

import pytest

from gateway.services.whatsapp_templates import MOST, filled
from gateway.store.tables import WhatsappTemplateRow

SID = "HX" + "0" * 32


def template(body: str, purpose: str = "words") -> WhatsappTemplateRow:
    return WhatsappTemplateRow(
        store_id="acme", purpose=purpose, language="en", content_sid=SID, body=body
    )


def test_only_the_places_that_a_template_has_are_filled_in() -> None:
    found = filled(template("{{1}}: {{3}}"), ["Ada", "Acme", "It is back."])
    assert found.variables == (("1", "Ada"), ("3", "It is back."))
    assert found.text == "Ada: It is back."


@pytest.mark.parametrize(
    ("said", "filled_in"),
    [
        ("It is back.\nIn 38.", "It is back. In 38."),
        ("a\t b      c", "a b c"),
        ("  ", "-"),
        ("{{1}}", "{{1}}"),
    ],
)
def test_what_whatsapp_refuses_in_a_place_is_made_one_line(said: str, filled_in: str) -> None:
    found = filled(template("{{3}}"), ["Ada", "Acme", said])
    assert found.variables == (("3", filled_in),)
    assert found.text == filled_in


def test_what_is_too_long_ends_in_a_link_and_fits_to_the_letter() -> None:
    body, link = "{{1}} at {{2}}: {{3}}", "https://chat.acme.example/t/1"
    found = filled(template(body), ["Ada", "Acme", "Back " * 400], rest=link)
    assert len(found.text) <= MOST
    assert found.text.endswith(link)
    exact = "x" * (MOST - len("Ada at Acme: "))
    assert filled(template(body), ["Ada", "Acme", exact], rest=link).text.endswith(exact)
