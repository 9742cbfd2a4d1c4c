"""In which language somebody is spoken to."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from gateway.store.tables import StoreRow
from gateway.web.languages import accepted, language_for, loader_words


def asks(page: str = "", browser: str = "") -> Request:
    """A request from a page that says its language, by a browser that says its own."""
    return Request(
        {
            "type": "http",
            "query_string": f"lang={page}".encode() if page else b"",
            "headers": [(b"accept-language", browser.encode())] if browser else [],
        }
    )


@pytest.mark.parametrize(
    ("page", "browser", "store", "spoken"),
    [
        ("fr", "de-AT,en;q=0.5", "it", "fr"),
        ("pt-BR", "de", "it", "pt-BR"),
        ("tlh", "de-AT,en;q=0.5", "it", "de-AT"),
        ("", "tlh, ja;q=0.9, en;q=0.8", "it", "ja"),
        ("", "en;q=0.2, es-MX;q=0.9", "it", "es-MX"),
        ("", "tlh", "it", "it"),
        ("", "*", "it", "it"),
        ("", "", "it", "it"),
        ("", "", "tlh", "en"),
        ("", "fr;q=0, de;q=0.1", "it", "de"),
        ("de' onload=x", "", "it", "it"),
        ("de-" + "a" * 500, "", "it", "it"),
    ],
)
def test_the_page_is_asked_first_then_the_browser_then_the_store(
    page: str, browser: str, store: str, spoken: str
) -> None:
    assert language_for(asks(page, browser), store) == spoken


def test_a_browser_may_ask_for_any_number_of_languages_and_is_heard_to_twenty() -> None:
    assert len(accepted(asks(browser=",".join(["de"] * 5_000)))) == 20


def test_a_weight_that_is_none_counts_as_none_given() -> None:
    assert accepted(asks(browser="de;q=x, fr;q=0.5, es;q=9")) == ["de", "es", "fr"]


def test_the_button_on_the_shops_page_speaks_the_shoppers_language() -> None:
    acme = StoreRow(store_id="st1", key="pk_acme", name="Acme", language="en")
    told = loader_words(asks("ar"), acme)
    assert told["dir"] == "rtl"
    assert told["panel"] == "/widget/panel?key=pk_acme&lang=ar"
    assert "Acme" in told["chat"]
    english = loader_words(asks(), acme)
    assert (english["dir"], english["chat"]) == ("ltr", "Chat with Acme")
