"""What agents set for themselves: where they are told of who waits, and in which hours.

An address is used only once a code that went there has come back (behaviour 36): whoever types a
colleague's number, or a stranger's, makes nobody's phone ring but for that one code, within the
same caps as a shopper's. Hours are windows of the week in the agent's own zone; none means any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.duty import SCHEDULE
from gateway.core.hours import is_zone
from gateway.core.policy_kinds import write_window
from gateway.core.policy_readers import read_window
from gateway.errors import BadInput, NotFound, TooMany
from gateway.protocol.entry import AddressFact
from gateway.services import duty
from gateway.services.addresses import expect_code, normal, within_caps, wrong_code
from gateway.services.house import Change, House
from gateway.services.queueing import queue
from gateway.services.staff import announce, wake
from gateway.services.wire import address_fact, ms_or_none, path_to_face
from gateway.services.withdrawing import withdraw
from gateway.store import house as houses
from gateway.store import people, reaching
from gateway.store.tables import AddressRow, AgentRow, CodeRow, StoreRow
from gateway.store.tx import Tx, pack, unpack

MOST_ADDRESSES = 10
MOST_WINDOWS = 50
MOST_NAME = 60  #: characters of what an agent is called
MOST_QUEUED = 200
BY = "settings"  #: where an agent agreed to be told


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """An agent's settings; ``hours`` are texts like ``Mon-Fri 09:00-18:00``, ``zone`` an IANA name.

    An empty ``zone`` is the store's. ``on_call`` is the place in the house's order, 0 for none.
    ``picked`` holds when nothing holds ``for_now``; ``duty_until`` is milliseconds UTC. ``face`` is
    the path of their picture.
    """

    agent_id: str
    name: str
    email: str
    owner: bool
    duty: str
    picked: str
    for_now: str
    duty_until: int | None
    face: str | None
    hours: tuple[str, ...]
    zone: str
    on_call: int
    addresses: tuple[AddressFact, ...]


async def own(house: House, agent_id: str) -> Own:
    """An agent's settings.

    Raises:
        NotFound: there is no such agent.
    """
    return await house.store.read(lambda tx: _own(tx, agent_id))


async def set_hours(house: House, agent_id: str, hours: Sequence[str], zone: str) -> None:
    """Be told in these hours only; whatever waits for the staff is looked at again.

    Who is online by schedule is so by the new hours from now on.

    Raises:
        BadInput: a window or the zone is none (the message names the field), or the agent goes by
            schedule and there would be none.
        NotFound: there is no such agent.
    """
    if len(hours) > MOST_WINDOWS:
        raise BadInput(f"hours must be at most {MOST_WINDOWS} windows")
    if zone and not is_zone(zone):
        raise BadInput("zone must be the name of a time zone, like Europe/Berlin")
    windows = [
        write_window(read_window(text.strip(), f"hours[{place}]"))
        for place, text in enumerate(hours)
    ]

    def work(change: Change) -> None:
        row: AgentRow = houses.agent(change.tx, agent_id)
        row.hours, row.zone = pack(list(dict.fromkeys(windows))), zone
        if row.picked == SCHEDULE:
            duty.refuse_without_hours(row)
        change.tx.session.add(row)
        reaching.note_fact(change.tx, people.HOUSE, agent_id, "hours", hours=windows, zone=zone)
        duty.stand(change, row, duty.standing(row))
        wake(change)

    await house.change(work, on=agent_id)
    await announce(house)


async def rename(house: House, agent_id: str, name: str) -> None:
    """Be called so from now on, by shoppers and colleagues; what was written keeps its author.

    Raises:
        BadInput: the name says nothing, or is more than a line.
        NotFound: there is no such agent.
    """
    shown = " ".join(name.split())
    if not shown or len(shown) > MOST_NAME:
        raise BadInput(f"a name has 1 to {MOST_NAME} characters")

    def work(change: Change) -> None:
        row = houses.agent(change.tx, agent_id)
        row.name = shown
        change.tx.session.add(row)

    await house.change(work, on=agent_id)
    for socket in house.hub.sockets_of("staff", agent_id):
        socket.name = shown
    await announce(house)


async def add(house: House, agent_id: str, channel: str, typed: str) -> str:
    """Send a code to an address of an agent; returns the address's id.

    An agent belongs to the house, not to a store, but only stores have numbers and mailboxes to
    send from: the house's first store that has one for this channel sends the code. An address that
    is proven and works gets none.

    Raises:
        BadInput: no address, or nothing here can send to it.
        NotFound: there is no such agent.
        TooMany: a cap holds.
    """
    value = normal(channel, typed)
    if channel not in house.channels:
        raise BadInput("nothing can be sent there from here")

    def work(change: Change) -> str:
        tx = change.tx
        houses.agent(tx, agent_id)
        sender = next((each for each in houses.stores(tx) if _can_send(each, channel)), None)
        if sender is None:
            raise BadInput("nothing can be sent there from here")
        row = _typed(tx, agent_id, channel, value)
        if row.stopped_at is not None:
            raise BadInput("this address asked us to stop; text START from it first")
        if row.proven_at is not None and row.failed_at is None:
            return row.address_id
        within_caps(tx, people.HOUSE, agent_id, value)
        people.record_consent(tx, row, purposes=("verify",), granted=True, source=BY)
        expect_code(tx, row)
        queue(change, None, row, form="code", seqs=(), side="staff", store_id=sender.store_id)
        return row.address_id

    return await house.change(work, on=agent_id)


async def prove(house: House, agent_id: str, address_id: str, code: str) -> None:
    """The digits came back: from now on the agent is told there.

    Raises:
        BadInput: a wrong code, or one that has run out.
        NotFound: not this agent's address.
    """

    def work(change: Change) -> BadInput | None:
        tx = change.tx
        row = _mine(tx, agent_id, address_id)
        wrong = wrong_code(tx, row, house.secrets, code)
        if wrong is not None:
            return wrong
        row.proven_at, row.proof = tx.now, "code"
        row.failed_at, row.failed_because = None, ""
        tx.session.add(row)
        people.record_consent(tx, row, purposes=("support",), granted=True, source=BY)
        reaching.note_fact(
            tx,
            people.HOUSE,
            agent_id,
            "proven",
            address=address_id,
            proof="code",
            conversation=None,
        )
        wake(change)
        return None

    # Refused by value, not by raising: the failed try itself has to be committed.
    wrong = await house.change(work, on=agent_id)
    if wrong is not None:
        raise wrong


async def remove(house: House, agent_id: str, address_id: str) -> None:
    """Nothing goes there any more, nobody answers from there, and what waits is planned anew.

    What was sent stays on record, as does under the address's id that it was agreed to.

    Raises:
        NotFound: not this agent's address.
    """

    def work(change: Change) -> None:
        tx = change.tx
        row = _mine(tx, agent_id, address_id)
        stores = houses.store_ids(tx)
        for delivery in reaching.latest_to(tx, stores, [address_id], MOST_QUEUED):
            if delivery.state == "queued":
                withdraw(change, delivery)
        people.record_consent(tx, row, purposes=("support", "verify"), granted=False, source=BY)
        reaching.note_fact(
            tx, people.HOUSE, agent_id, "removed", address=address_id, proven_at=row.proven_at
        )
        held = tx.session.get(CodeRow, (people.HOUSE, address_id))
        if held is not None:
            tx.session.delete(held)
        tx.session.delete(row)
        tx.session.flush()
        wake(change)

    await house.change(work, on=agent_id)


def _own(tx: Tx, agent_id: str) -> Own:
    row = houses.agent(tx, agent_id)
    return Own(
        agent_id=row.agent_id,
        name=row.name,
        email=row.email,
        owner=bool(row.owner),
        duty=row.duty,
        picked=row.picked,
        for_now=row.for_now,
        duty_until=ms_or_none(row.duty_until),
        face=path_to_face(row.face),
        hours=tuple(unpack(row.hours)),
        zone=row.zone,
        on_call=row.on_call,
        addresses=tuple(
            _fact(tx, each) for each in people.addresses_of(tx, people.HOUSE, "staff", agent_id)
        ),
    )


def _fact(tx: Tx, row: AddressRow) -> AddressFact:
    held = tx.session.get(CodeRow, (people.HOUSE, row.address_id))
    return address_fact(
        row,
        # Whoever proves an address in these settings agrees to be told there.
        consented=row.proven_at is not None,
        whole=True,
        code_sent=held is not None and held.expires_at > tx.now,
    )


def _can_send(store: StoreRow, channel: str) -> bool:
    if channel == "sms":
        return store.sms_from is not None
    return store.mail_from is not None and store.mail_domain is not None


def _mine(tx: Tx, agent_id: str, address_id: str) -> AddressRow:
    row = people.address(tx, people.HOUSE, address_id)
    if row is None or row.side != "staff" or row.person_id != agent_id:
        raise NotFound
    return row


def _typed(tx: Tx, agent_id: str, channel: str, value: str) -> AddressRow:
    rows = people.addresses_of(tx, people.HOUSE, "staff", agent_id)
    for row in rows:
        if (row.channel, row.value) == (channel, value):
            return row
    if len(rows) >= MOST_ADDRESSES:
        raise TooMany(f"an agent has at most {MOST_ADDRESSES} addresses; remove one first")
    row = AddressRow(
        store_id=people.HOUSE,
        address_id=tx.new_id(),
        side="staff",
        person_id=agent_id,
        channel=channel,
        value=value,
        stopped_at=people.has_stopped(tx, people.HOUSE, channel, value),
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row
