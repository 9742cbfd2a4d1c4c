"""The doctor looks web push over: who answers for it, and whether the keys can be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from gateway import bootstrap
from gateway.clock import SystemClock
from gateway.core.finding import Finding
from gateway.services import push_keys, setup
from gateway.services.doctor_push import look_at_push
from gateway.settings import Settings, read_settings
from gateway.store import house as houses
from gateway.store.migrate import upgrade

KEY = "pk_acme"
SECRET = "a made-up secret that is long enough"
GOOD = {"public_url": "https://chat.acme.example", "push_contact": "mailto:ops@acme.example"}


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """Acme notifies browsers, and does so first."""
    found = read_settings(data=tmp_path, secret_key=SECRET, **GOOD)
    await upgrade(found.database)
    async with bootstrap.opened(found, SystemClock()) as store:
        await setup.ensure_store(
            store, setup.NewStore(key=KEY, name="Acme", origins=("https://shop.example",))
        )
        await push_keys.turn_on(store, SECRET.encode(), KEY)
        await setup.set_policy(store, KEY, {"ladder": ["push", "sms", "email"]})
    return found


async def seen(settings: Settings, **changed: object) -> list[Finding]:
    changes = {
        name: read_settings(**{name: value}).__dict__[name] for name, value in changed.items()
    }
    looked = settings.model_copy(update=changes)

    def opened() -> object:
        return bootstrap.opened(settings, SystemClock())

    async with bootstrap.opened(settings, SystemClock()) as store:
        stores = await store.read(houses.stores)
    return await look_at_push(looked, opened, stores)  # type: ignore[arg-type]


def wrongs(found: Sequence[Finding]) -> list[str]:
    return [f"{each.about}: {each.words}" for each in found if each.level == "wrong"]


async def test_a_house_that_notifies_browsers_as_it_should(settings: Settings) -> None:
    found = await seen(settings)
    assert {each.level for each in found} == {"ok"}
    assert [each.about for each in found] == ["PUSH_CONTACT", f"{KEY}: push"]
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"push_contact": None}, "nobody answers for it"),
        ({"push_contact": "ops@acme.example"}, "written like mailto:"),
        ({"push_contact": "http://acme.example"}, "written like mailto:"),
        ({"push_hosts": "*"}, "no host"),
        ({"public_url": "http://chat.acme.example"}, "not https"),
        ({"secret_key": "another secret that is long enough too"}, "another SECRET_KEY"),
    ],
)
async def test_what_hinders_it_is_told_with_what_to_do(
    settings: Settings, changed: dict[str, object], says: str
) -> None:
    (line,) = wrongs(await seen(settings, **changed))
    assert says in line


async def test_a_key_that_was_replaced_is_looked_at_too(settings: Settings) -> None:
    async with bootstrap.opened(settings, SystemClock()) as store:
        await push_keys.rotate(store, b"the secret that comes after this one", KEY)
    (line,) = wrongs(await seen(settings))
    assert line == f"{KEY}: push: its key was locked by another SECRET_KEY"


async def test_a_policy_that_never_gets_to_it_is_a_warning(settings: Settings) -> None:
    async with bootstrap.opened(settings, SystemClock()) as store:
        await setup.set_policy(store, KEY, {"ladder": ["sms"]})
    (warned,) = [each for each in await seen(settings) if each.level == "warning"]
    assert "does not name push" in warned.words


async def test_a_pretend_push_service_is_pointed_out(settings: Settings) -> None:
    (warned,) = [
        each
        for each in await seen(settings, push_hosts="http://127.0.0.1:8081")
        if each.level == "warning"
    ]
    assert "http://127.0.0.1:8081" in warned.words


async def test_a_house_that_notifies_nobody_has_nothing_to_fix(settings: Settings) -> None:
    async with bootstrap.opened(settings, SystemClock()) as store:
        await push_keys.turn_off(store, KEY)
    found = await seen(settings, push_contact=None, public_url="http://chat.acme.example")
    assert [(each.about, each.level) for each in found] == [("PUSH_CONTACT", "ok")]
