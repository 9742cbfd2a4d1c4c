"""A conversation that was drawn, as rows: what the gateway would have written by and by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.clock import MILLISECOND
from gateway.core import log as events
from gateway.core.inbox_order import order_of
from gateway.services import seed_words as words
from gateway.services.seed_draws import Drawn, Said
from gateway.services.wire import ms, shopper_name
from gateway.store.tables import (
    AgentRow,
    ConversationLabelRow,
    ConversationRow,
    EntryRow,
    MentionRow,
    ReachRow,
    ShopperRow,
)
from gateway.store.tables.columns import Row
from gateway.store.thread import MOST_PREVIEW, SYSTEM
from gateway.store.tx import pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where they are to be kept, and whose names they bear; ``seed`` begins their dice."""

    store_id: str
    agents: Sequence[AgentRow]
    labels: Sequence[str]
    first_number: int
    now: int
    seed: str


def rows_of(place: Place, drawn: Drawn) -> list[Row]:
    """Everything that one conversation is made of."""
    began = drawn.said[0].at
    shopper_id, conversation_id = drawn.new_id(began), drawn.new_id(began)
    shopper = ShopperRow(
        store_id=place.store_id,
        shopper_id=shopper_id,
        name=drawn.name,
        verified=int(drawn.verified),
        language=drawn.language,
        created_at=began,
    )
    row = ConversationRow(
        store_id=place.store_id,
        conversation_id=conversation_id,
        number=place.first_number + drawn.number,
        shopper_id=shopper_id,
        last_at=began,
        last_channel=drawn.channel,
        created_at=began,
    )
    book = _Log(place, drawn, row, shopper)
    book.write()
    return [shopper, row, *book.rows]


class _Log:
    """Writes one conversation's log, and its row as the log goes on."""

    def __init__(
        self, place: Place, drawn: Drawn, row: ConversationRow, shopper: ShopperRow
    ) -> None:
        self.rows: list[Row] = []
        self._place = place
        self._drawn = drawn
        self._row = row
        self._shopper = shopper
        self._agent = None if drawn.agent is None else place.agents[drawn.agent]

    def write(self) -> None:
        """From the opening to what became of it."""
        row, drawn = self._row, self._drawn
        opened = {"shopper_id": row.shopper_id, "number": row.number}
        self._event("opened", drawn.said[0].at, opened, audience="staff")
        for said in drawn.said:
            self._say(said)
            if said is drawn.said[0]:
                self._give()
        self._settle()
        self.rows += [
            ReachRow(
                store_id=row.store_id,
                conversation_id=row.conversation_id,
                side=side,
                head_seq=head,
                seen_seq=head,
            )
            for side, head in (("shopper", self._last("staff")), ("staff", self._last("shopper")))
        ]

    def _give(self) -> None:
        row, drawn, at = self._row, self._drawn, self._drawn.said[0].at
        if self._agent is not None:
            row.assignee_id = self._agent.agent_id
            given = {"agent_id": self._agent.agent_id, "name": self._agent.name}
            self._event(events.ASSIGNED, at, given, by=self._agent)
        if drawn.labels:
            ids = [self._place.labels[each] for each in drawn.labels]
            names = [words.LABELS[each][0] for each in drawn.labels]
            row.labels = pack(ids)
            told = {"added": ids, "added_names": names, "removed": [], "removed_names": []}
            self._event(events.LABELLED, at, told, by=self._agent)

    def _settle(self) -> None:
        row, drawn, now = self._row, self._drawn, self._place.now
        end = drawn.said[-1].at
        if drawn.resolved:
            row.state, row.resolved_at, row.waiting_since = "resolved", end, None
            self._event(events.RESOLVED, end, {}, by=self._agent, audience="all")
        elif drawn.snoozed_for is not None:
            until = ms(now + drawn.snoozed_for)
            row.snoozed_until = until * MILLISECOND
            self._event(events.SNOOZED, end, {"until": until}, by=self._agent)
        row.unreachable = int(drawn.unreachable)
        row.seen_shopper = row.last_all
        row.seen_staff = row.seen_staff if row.unread else row.last_seq
        row.inbox_order = order_of(
            state=row.state,
            last_at=row.last_at,
            waiting_since=row.waiting_since,
            snoozed_until=row.snoozed_until,
        )
        self.rows += [
            ConversationLabelRow(
                store_id=row.store_id,
                conversation_id=row.conversation_id,
                label_id=self._place.labels[each],
                inbox_order=row.inbox_order,
            )
            for each in drawn.labels
        ]

    def _say(self, said: Said) -> None:
        row, agents = self._row, self._place.agents
        author = self._agent or agents[0]
        if said.note:
            named = agents[(row.number + row.last_seq) % len(agents)]
            entry = self._entry("note", "staff", said.at, author, "staff", body=said.body)
            entry.data = pack({"mentions": [named.agent_id]})
            self.rows.append(
                MentionRow(
                    store_id=row.store_id,
                    agent_id=named.agent_id,
                    conversation_id=row.conversation_id,
                    seq=entry.seq,
                    at=said.at,
                    seen_at=said.at if self._drawn.resolved else None,
                )
            )
            return
        by = author if said.side == "staff" else None
        entry = self._entry("message", said.side, said.at, by, "all", body=said.body)
        entry.channel = self._drawn.channel
        row.last_at, row.preview = said.at, " ".join(said.body.split())[:MOST_PREVIEW]
        if said.side == "staff":
            row.waiting_since, row.unread, row.seen_staff = None, 0, entry.seq
        else:
            row.waiting_since = row.waiting_since or said.at
            row.unread += int(self._drawn.unread)

    def _event(
        self,
        name: str,
        at: int,
        data: Mapping[str, object],
        *,
        by: AgentRow | None = None,
        audience: str = "staff",
    ) -> None:
        side = "system" if by is None else "staff"
        entry = self._entry("event", side, at, by, audience)
        entry.event, entry.data = name, pack(dict(data))

    def _entry(
        self,
        kind: str,
        side: str,
        at: int,
        by: AgentRow | None,
        audience: str,
        body: str | None = None,
    ) -> EntryRow:
        row = self._row
        author = SYSTEM if side == "system" else row.shopper_id
        row.last_seq += 1
        entry = EntryRow(
            store_id=row.store_id,
            conversation_id=row.conversation_id,
            seq=row.last_seq,
            entry_id=self._drawn.new_id(at),
            prev=row.last_all,
            at=at,
            kind=kind,
            audience=audience,
            side=side,
            author_id=by.agent_id if by else author,
            author_name=by.name if by else self._named(side),
            channel="chat",
            body=body,
        )
        if audience == "all":
            row.last_all = row.last_seq
        self.rows.append(entry)
        return entry

    def _named(self, side: str) -> str:
        return shopper_name(self._shopper, self._row.number) if side == "shopper" else ""

    def _last(self, side: str) -> int:
        seqs = (
            each.seq
            for each in self.rows
            if isinstance(each, EntryRow) and each.kind == "message" and each.side == side
        )
        return max(seqs, default=0)
