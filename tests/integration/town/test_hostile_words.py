"""Words that want to run, in what the gateway writes as HTML: mails, and the pages behind links."""

from __future__ import annotations

from functools import partial
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
from typing_extensions import override

from gateway.store import house as houses
from gateway.store.tx import Tx
from tests.hostile import PAYLOADS
from tests.integration.town.building import Town
from tests.integration.town.outside import KEY
from tests.integration.town.test_letters import html_of
from tests.integration.town.townspeople import VERA_MAIL

LEADS = {"http", "https", "mailto"}
FORBIDDEN = {"script", "img", "svg", "iframe", "object", "embed", "form", "input", "base", "link"}
FORBIDDEN |= {"template", "video", "audio", "marquee", "details", "math"}


class Elements(HTMLParser):
    """Which elements a page has, with which attributes, and where it leads."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[tuple[str, str]] = set()
        self.schemes: set[str] = set()
        self.scripts: list[dict[str, str]] = []
        self.words = ""
        self.feed(page)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        if tag == "script":
            self.scripts.append({name: value or "" for name, value in attrs})
        for name, value in attrs:
            if name in {"href", "src", "action", "background", "content"} and ":" in (value or ""):
                self.schemes.add(urlsplit((value or "").strip()).scheme)

    @override
    def handle_data(self, data: str) -> None:
        self.words += data


async def a_mail(town: Town, asked: str, answered: tuple[str, ...]) -> Elements:
    """Vera asks and leaves her mailbox; Ada answers; what the mail is made of."""
    await town.vera.writes(asked)
    await town.vera.leaves_mailbox()
    await town.vera.leaves()
    for words in answered:
        await town.ada.answers(words)
    await town.tick(40)
    return Elements(html_of(town.post.to(VERA_MAIL)[-1]))


@pytest.mark.parametrize("first", range(0, len(PAYLOADS), 10))
async def test_nothing_in_a_mail_is_more_than_words(town: Town, first: int) -> None:
    some = PAYLOADS[first : first + 10]
    mail = await a_mail(town, some[0], some)
    assert not {tag for tag, _ in mail.found} & FORBIDDEN
    assert not [name for _, name in mail.found if name.startswith("on")]
    assert mail.schemes <= LEADS
    for words in some:
        # Shown to the letter, but for white space, which HTML folds.
        assert "".join(words.split()) in "".join(mail.words.split())


async def test_a_mail_of_hostile_words_is_made_of_what_a_mail_of_kind_words_is(town: Town) -> None:
    hostile = await a_mail(town, PAYLOADS[0], PAYLOADS[:38])
    await town.vera.returns()
    await town.vera.sees()
    await town.vera.leaves()
    await town.ada.answers("See https://acme.example/blue, please.")
    await town.tick(40)
    kind = Elements(html_of(town.post.to(VERA_MAIL)[-1]))
    assert hostile.found <= kind.found


async def test_no_page_runs_what_the_stores_name_or_a_link_holds(town: Town) -> None:
    for name in (PAYLOADS[0], PAYLOADS[4], PAYLOADS[29], PAYLOADS[30]):
        await town.house.store.write(partial(_rename, town.store_id, name))
        link = quote(PAYLOADS[2])
        for path in (f"/widget/panel?key={KEY}", f"/p/{KEY}/{link}", f"/t/{KEY}/{link}"):
            answer = await town.web.get(path)
            page = Elements(answer.text)
            assert not {tag for tag, _ in page.found} & FORBIDDEN - {"script", "link"}
            assert not [each for _, each in page.found if each.startswith("on")]
            for script in page.scripts:
                ours = script.get("src", "").startswith("/widget/assets/")
                assert ours or script.get("type") == "application/json"
            assert "unsafe" not in answer.headers["content-security-policy"]


def _rename(store_id: str, name: str, tx: Tx) -> None:
    row = houses.store(tx, store_id)
    row.name = name
    tx.session.add(row)
