"""The shopper of a view, as the story goes on."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

from gateway.core.model import Act, Address, Person, Presence
from gateway.core.window import WINDOWED, closes

if TYPE_CHECKING:
    from gateway.core.policy import Policy
    from gateway.simulation.story import Known, Moved, Story


class Shopper:
    """Who is to be reached, as far as the story has been told.

    What the replay itself made of an address (a knock, a failure) is kept beside how the record
    says that it stands.
    """

    __slots__ = (
        "_addresses",
        "_failed",
        "_groups",
        "_knocked",
        "_person",
        "_wrote",
        "act",
        "known",
        "moved",
    )

    def __init__(self, policy: Policy) -> None:
        self._groups = policy.page_groups
        self._addresses: dict[str, Address] = {}
        self._failed: dict[str, int] = {}
        self._knocked: dict[str, int] = {}
        self._wrote: dict[str, int] = {}  #: by WhatsApp, the last time
        self._person: Person | None = None
        self.act: Act | None = None
        self.known: Known | None = None
        self.moved: Moved | None = None

    def changed(self) -> None:
        """What was built before is old."""
        self._person = None

    def stands(self, address: Address, *, proved: bool) -> None:
        """The record says how an address stands."""
        self._addresses[address.address_id] = address
        if proved:
            self._failed.pop(address.address_id, None)
        self._person = None

    def acts(self, act: Act) -> None:
        """They did something there; by WhatsApp that opens its window."""
        self.act = act
        if act.channel in WINDOWED and act.address_id is not None:
            self._wrote[act.address_id] = act.at
        self._person = None

    def fails(self, address_id: str, at: int) -> None:
        """A delivery found the address to be bad."""
        self._failed.setdefault(address_id, at)
        self._person = None

    def knocked(self, address_id: str, at: int | None) -> None:
        """A knock was handed over here, or (None) it turned out to have ended badly."""
        if at is None:
            self._knocked.pop(address_id, None)
        else:
            self._knocked[address_id] = at
        self._person = None

    def country(self, address_id: str) -> str:
        """Where an address is, for the price."""
        found = self._addresses.get(address_id)
        return "" if found is None else found.country

    def person(self, story: Story) -> Person:
        """The shopper as ``plan`` is told of them."""
        if self._person is None:
            moved, known = self.moved, self.known
            self._person = Person(
                person_id=story.shopper_id,
                presence=moved.presence if moved else Presence.GONE,
                since=moved.since if moved else 0,
                lost_at=moved.lost_at if moved else None,
                last_act=self.act,
                addresses=tuple(map(self._standing, self._addresses.values())),
                known=known.known if known else False,
                preference=known.preference if known else (),
                page=_group(self._groups, moved.page if moved else None),
                zones=story.zones,
                awake=story.awake,
            )
        return self._person

    def _standing(self, address: Address) -> Address:
        failed = self._failed.get(address.address_id)
        knocked = self._knocked.get(address.address_id)
        wrote = self._wrote.get(address.address_id)
        if failed is None and knocked is None and wrote is None:
            return address
        return replace(
            address,
            window_until=None if wrote is None else closes(wrote),
            failed_at=failed if address.failed_at is None else address.failed_at,
            knocked_at=max(knocked or 0, address.knocked_at or 0) or None,
        )


@lru_cache(maxsize=4096)
def _group(groups: tuple[tuple[str, tuple[str, ...]], ...], page: str | None) -> str | None:
    """The first group that names the page."""
    if page is None:
        return None
    for name, paths in groups:
        if any(fnmatchcase(page, path) for path in paths):
            return name
    return None
