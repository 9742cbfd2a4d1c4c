"""Setting up: stores, their policies, agents and the addresses at which agents are told."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import phonenumbers

from gateway.auth.passwords import hash_password
from gateway.core.policy_document import document_of
from gateway.errors import BadInput, BadPolicy, Conflict
from gateway.services import policies, senders
from gateway.services.addresses import normal
from gateway.store import house as houses
from gateway.store import people, whatsapps
from gateway.store.tables import AddressRow, AgentRow, StoreRow
from gateway.store.tx import Store, Tx, pack

_ORIGIN = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(:[0-9]{1,5})?/?")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_USUAL_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStore:
    """What a store is made from; ``sms_also`` are its other numbers, for whom they fit better.

    ``sms_rates``: by number, the texts a second that it may send where that is not what is usual.
    """

    key: str
    name: str
    origins: tuple[str, ...]
    sms_from: str | None = None
    sms_also: tuple[str, ...] = ()
    sms_rates: Mapping[str, float] = field(default_factory=dict)
    whatsapp_from: str | None = None
    mail_from: str | None = None
    mail_domain: str | None = None
    greeting: str = ""
    language: str = "en"
    region: str = "US"
    accent: str = "#2f5d50"


async def ensure_store(store: Store, new: NewStore) -> str:
    """Make the store, or bring its settings up to date; returns its id.

    Raises:
        BadInput: one of the origins, numbers or rates is none, or the region is no country.
        Conflict: another store has one of the numbers.
    """
    numbers = senders.checked([each for each in (new.sms_from, *new.sms_also) if each])
    rates = senders.checked_rates(numbers, new.sms_rates)
    whatsapp = _whatsapp_number(new.whatsapp_from)
    origins = [_origin(each) for each in new.origins]
    if new.region not in phonenumbers.SUPPORTED_REGIONS:
        raise BadInput(f"{new.region!r} is no country; write it like DE")

    def work(tx: Tx) -> str:
        houses.house(tx)
        row = next((each for each in houses.stores(tx) if each.key == new.key), None)
        row = row or StoreRow(store_id=tx.new_id(), key=new.key, name=new.name, created_at=tx.now)
        row.name, row.origins, row.greeting = new.name, pack(origins), new.greeting
        row.sms_from = numbers[0] if numbers else None
        _take_whatsapp(tx, row, whatsapp)
        row.mail_from, row.mail_domain = new.mail_from, new.mail_domain
        row.language, row.accent, row.region = new.language, new.accent, new.region
        tx.session.add(row)
        tx.session.flush()
        senders.put(tx, row, numbers, rates)
        return row.store_id

    return await store.write(work)


def _whatsapp_number(typed: str | None) -> str | None:
    """A number that writes by WhatsApp; the prefix of Twilio's own spelling may stand before it."""
    if not typed:
        return None
    number = re.sub(r"[ ().-]", "", typed.removeprefix("whatsapp:"))
    if not _E164.fullmatch(number):
        raise BadInput(
            f"{typed!r} is no number to write by WhatsApp from; write it like +14155550100"
        )
    return number


def _take_whatsapp(tx: Tx, row: StoreRow, number: str | None) -> None:
    held = whatsapps.holder(tx, number) if number else None
    if held is not None and held.store_id != row.store_id:
        raise Conflict(f"{number} is the WhatsApp number of {held.name} ({held.key}) already")
    row.whatsapp_from = number


def _origin(typed: str) -> str:
    """An origin as browsers write it: it is compared letter by letter.

    It also goes into ``frame-ancestors``, where a space or a semicolon would say something else.
    """
    found = _ORIGIN.fullmatch(typed.strip().lower())
    if found is None:
        raise BadInput(f"{typed!r} is no origin; write it like https://shop.example")
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" + ("" if port in (None, _USUAL_PORTS[scheme]) else port)


def read_policy(raw: bytes, name: str = "") -> dict[str, object]:
    """A policy file as a document: TOML when its ``name`` ends so, else JSON.

    Raises:
        BadPolicy: it is neither, or no table.
    """
    try:
        text = raw.decode("utf-8-sig")
        found = tomllib.loads(text) if name.endswith(".toml") else json.loads(text)
    except ValueError as wrong:
        kind = "TOML" if name.endswith(".toml") else "JSON"
        raise BadPolicy(f"the policy is not {kind}: {wrong}") from None
    if not isinstance(found, dict):
        raise BadPolicy("the policy must be one JSON object")
    return found


async def set_policy(store: Store, store_key: str, document: Mapping[str, object]) -> int:
    """Put a new version of a store's policy in force, as the operator; returns its number.

    Raises:
        BadPolicy: the document names a wrong field; the old version stays in force.
        NotFound: no store has this key.
    """
    policy = policies.read(document)
    store_id = await store.read(lambda tx: houses.store_by_key(tx, store_key).store_id)

    def work(tx: Tx) -> int:
        row = houses.store(tx, store_id)
        return policies.put_in_force(tx, row, policy, by=policies.OPERATOR)

    return await store.write(work, on=policies.lock_of(store_id))


async def policy_of(store: Store, store_key: str) -> dict[str, object]:
    """The document in force for a store, complete.

    Raises:
        NotFound: no store has this key.
    """
    return await store.read(
        lambda tx: document_of(houses.policy(tx, houses.store_by_key(tx, store_key)))
    )


async def add_agent(
    store: Store,
    *,
    email: str,
    name: str,
    password: str,
    on_call: int = 0,
    phones: Sequence[str] = (),
    mailboxes: Sequence[str] = (),
) -> str:
    """Add somebody who supports, the first as an owner; the operator vouches for their addresses.

    Raises:
        BadInput: a bad address or too short a password.
        Conflict: an agent with this e-mail exists.
    """
    hashed = hash_password(password)
    sign_in = normal("email", email)
    typed = [("email", normal("email", each)) for each in mailboxes]
    typed += [("sms", normal("sms", each)) for each in phones]

    def work(tx: Tx) -> str:
        if houses.agent_by_email(tx, sign_in) is not None:
            raise Conflict("an agent with this e-mail exists")
        row = AgentRow(
            agent_id=tx.new_id(),
            email=sign_in,
            name=name,
            password_hash=hashed,
            on_call=on_call,
            owner=0 if houses.agents(tx) else 1,
            created_at=tx.now,
        )
        tx.session.add(row)
        for channel, value in typed:
            _add_address(tx, row.agent_id, channel, value)
        return row.agent_id

    return await store.write(work)


def _add_address(tx: Tx, agent_id: str, channel: str, value: str) -> None:
    address = AddressRow(
        store_id=people.HOUSE,
        address_id=tx.new_id(),
        side="staff",
        person_id=agent_id,
        channel=channel,
        value=value,
        proven_at=tx.now,
        proof="operator",
        created_at=tx.now,
    )
    tx.session.add(address)
    tx.session.flush()
    people.record_consent(tx, address, purposes=("support",), granted=True, source="operator")
