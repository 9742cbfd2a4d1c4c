"""A merge, as reaching sees it: the elder conversation's view follows the link to the younger.

No entry moves. In the merged view the younger's entries are named past every seq of the elder, so
that what holds them, and what has been tried for them, goes on counting.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway.core.model import (
        Address,
        Delivery,
        Interruption,
        Message,
        Override,
        Person,
        View,
    )

PAST: Final = 1 << 32
"""No conversation has so many entries; the name of a younger one's entry is its seq and this."""


def name_of(seq: int, place: int = 1) -> int:
    """What the entry of a younger one is called in the merged view; each has a place of its own."""
    return seq + place * PAST


def place_of(name: int) -> tuple[int, int]:
    """Whose entry a name of the merged view is, by place (0: its own), and its seq there."""
    return divmod(name, PAST)


def typed_later(address: Address, seq: int) -> bool:
    """Whether an address that is not proven was typed after this entry was written.

    What was typed in one log says nothing of when it was typed in another, so it carries nothing of
    that one: a claim never reveals what is older than itself.
    """
    if address.proven:
        return False
    return not any(
        typed < seq and typed // PAST == seq // PAST
        for typed in (address.typed_seq, *address.typed_also)
    )


def merged(elder: View, younger: View, place: int = 1) -> View:
    """The elder's view once the younger continues in it.

    People are the elder's; the shopper also keeps what they have of addresses in the younger, and
    is one person, whose phone rang for both. Of several that continue in one elder each has a
    ``place`` of its own, so that no two entries have one name. What continues in a younger one has
    been merged into it first, ``merged(elder, merged(second, third))``, and has the places after.
    """
    view = replace(
        elder,
        messages=tuple(
            sorted(
                (*elder.messages, *(_message(each, place) for each in younger.messages)),
                key=lambda each: (each.at, each.seq),
            )
        ),
        deliveries=_deliveries(elder, younger, place),
        interruptions=_rang(elder, younger),
        overrides=tuple(
            sorted(
                (*elder.overrides, *(_override(each, place) for each in younger.overrides)),
                key=lambda each: each.at,
            )
        ),
    )
    if elder.side == "staff" or not elder.people or not younger.people:
        return view
    return _one_shopper(view, elder.people[0], younger.people[0], place)


def _one_shopper(view: View, elder: Person, younger: Person, place: int) -> View:
    """Let everything in the merged view be the elder's shopper's."""
    mine = {each.address_id: each for each in elder.addresses}
    for address in younger.addresses:
        known = mine.get(address.address_id)
        mine[address.address_id] = (
            _address(address, place) if known is None else _both(known, address, place)
        )
    return replace(
        view,
        people=(replace(elder, addresses=tuple(mine.values())),),
        deliveries=tuple(replace(each, person_id=elder.person_id) for each in view.deliveries),
    )


def _both(mine: Address, other: Address, place: int) -> Address:
    """An address that they have in both: whoever it is proven to be there, it is here too.

    Whoever wants nothing of either conversation there wants nothing of the one that they are now.
    """
    also = tuple(name_of(seq, place) for seq in (other.typed_seq, *other.typed_also))
    stops = (mine.stopped_here_at, other.stopped_here_at)
    return replace(
        mine,
        proven=mine.proven or other.proven,
        typed_also=(*mine.typed_also, *also),
        stopped_here_at=min((each for each in stops if each is not None), default=None),
    )


def _address(address: Address, place: int) -> Address:
    return replace(
        address,
        typed_seq=name_of(address.typed_seq, place),
        typed_also=tuple(name_of(seq, place) for seq in address.typed_also),
    )


def _rang(elder: View, younger: View) -> tuple[Interruption, ...]:
    """Every interruption of the people in the merged view, once.

    Each view has all of a person's, over whatever conversations, so the younger's count only where
    it knows another shopper; they are the elder's from now on.
    """
    known = {person.person_id for person in elder.people}
    if elder.side == "staff" or not elder.people:
        return elder.interruptions
    mine = elder.people[0].person_id
    more = [
        replace(each, person_id=mine)
        for each in younger.interruptions
        if each.person_id not in known
    ]
    return tuple(sorted((*elder.interruptions, *more), key=lambda each: each.at))


def _message(message: Message, place: int) -> Message:
    return replace(message, seq=name_of(message.seq, place))


def _deliveries(elder: View, younger: View, place: int) -> tuple[Delivery, ...]:
    """Those of both; one that carries entries of either is one."""
    found = {each.delivery_id: each for each in elder.deliveries}
    for each in younger.deliveries:
        both = found.get(each.delivery_id)
        mine = frozenset() if both is None else both.seqs
        seqs = mine | {name_of(seq, place) for seq in each.seqs}
        found[each.delivery_id] = replace(each, seqs=seqs)
    return tuple(found.values())


def _override(override: Override, place: int) -> Override:
    return replace(override, seqs=frozenset(name_of(seq, place) for seq in override.seqs))
