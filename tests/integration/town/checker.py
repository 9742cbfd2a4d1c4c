"""The invariants, read off the database and the providers' ledgers after a test."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from gateway.core.consent import may
from gateway.core.conversation import ConversationState
from gateway.core.delivery import (
    BY_COMPARE_AND_SET,
    ENDED_BADLY,
    NOT_NOW,
    RANK,
    RECEIPTED,
    held_until,
)
from gateway.core.log import Entry, fold
from gateway.core.merging import PAST
from gateway.core.model import DeliveryState, Form
from gateway.services.views import delivery_of
from gateway.store.tables import (
    ConversationRow,
    DeliveryRow,
    EntryRow,
    ReachRow,
)
from gateway.store.tx import unpack
from tests.integration.town.books import Books, books_of
from tests.integration.town.building import Town

NO_ROUTE = 21612


async def faults(town: Town) -> list[str]:
    """What breaks an invariant, each led by the invariant's number; empty when nothing does."""
    books = await books_of(town)
    every = [each for sent in books.deliveries.values() for each in sent]
    return [*broken(books), *_ledger(town, every)]


def broken(books: Books) -> list[str]:
    """The same as far as the database alone tells."""
    found: list[str] = []
    for conversation in books.conversations:
        log = books.entries[conversation.conversation_id]
        sent = books.deliveries[conversation.conversation_id]
        found += _gaps(conversation, log)
        found += _unfolded(conversation, log, sent)
        found += _backward(log)
        if conversation.continued_in is None:
            thread = list(_carriers(books, conversation))
            for side in ("shopper", "staff"):
                found += _interruptions(books, [each for each in thread if each[0].side == side])
    found += _threads(books)
    found += _forgotten(books)
    every = [each for sent in books.deliveries.values() for each in sent]
    found += [fault for row in every for fault in _trespass(books, row)]
    return found


def _gaps(conversation: ConversationRow, log: Sequence[EntryRow]) -> Iterator[str]:
    seqs = [row.seq for row in log]
    if seqs != list(range(1, conversation.last_seq + 1)):
        yield f"3: #{conversation.number} has the seqs {seqs} and says {conversation.last_seq}"
    shown = 0
    for row in log:
        if row.prev != shown:
            yield f"3: #{conversation.number}/{row.seq} follows {row.prev}, not {shown}"
        shown = row.seq if row.audience == "all" else shown
    came = Counter(row.inbound_key for row in log if row.inbound_key is not None)
    yield from (f"2: {key} became {n} entries" for key, n in came.items() if n > 1)


def _unfolded(
    conversation: ConversationRow, log: Sequence[EntryRow], sent: Sequence[DeliveryRow]
) -> Iterator[str]:
    told = fold(folded_entry(row) for row in log)
    row = {
        "state": ConversationState(conversation.state),
        "resolved_at": conversation.resolved_at,
        "assignee_id": conversation.assignee_id,
        "snoozed_until": conversation.snoozed_until,
        "last_seq": conversation.last_seq,
        "last_all": conversation.last_all,
        "rating": conversation.rating,
        "rating_of": conversation.rating_of,
        "deliveries": {each.delivery_id: DeliveryState(each.state) for each in sent},
    }
    for name, value in row.items():
        if getattr(told, name) != value:
            yield f"12: #{conversation.number}.{name}: {getattr(told, name)} folded, {value} kept"


def folded_entry(row: EntryRow) -> Entry:
    """A row as the fold reads it: without its body."""
    return Entry(
        seq=row.seq,
        kind=row.kind,  # type: ignore[arg-type]  # the column's CHECK says so
        audience=row.audience,  # type: ignore[arg-type]
        at=row.at,
        side=row.side,  # type: ignore[arg-type]
        event=row.event,
        data=unpack(row.data),
        automatic=bool(row.automatic),
    )


def _histories(log: Iterable[EntryRow]) -> dict[str, list[tuple[int, DeliveryState]]]:
    found: defaultdict[str, list[tuple[int, DeliveryState]]] = defaultdict(list)
    for row in log:
        if row.event == "delivery":
            data = unpack(row.data)
            found[data["delivery_id"]].append((row.at, DeliveryState(data["state"])))
    return found


def _backward(log: Sequence[EntryRow]) -> Iterator[str]:
    for delivery_id, history in _histories(log).items():
        states = [state for _, state in history]
        for one, other in itertools.pairwise(states):
            taken = other in BY_COMPARE_AND_SET.get(one, frozenset())
            if not taken and not (one in RANK and other in RANK and RANK[other] > RANK[one]):
                yield f"8: {delivery_id} went from {one} to {other}"


def _interruptions(
    books: Books, sent: Sequence[tuple[DeliveryRow, frozenset[int]]]
) -> Iterator[str]:
    """Of a whole thread: what was merged was carried under other names."""
    whole: dict[str, tuple[DeliveryRow, frozenset[int]]] = {}
    for each, seqs in sent:
        if each.form == Form.WORDS:
            known = whole.get(each.delivery_id, (each, frozenset[int]()))
            whole[each.delivery_id] = (each, known[1] | seqs)
    live = [each for each, _ in whole.values() if each.state in ("queued", "submitting")]
    if len(live) > 1:
        yield f"5: {len(live)} deliveries of words are under way at once"
    histories = _histories(
        entry
        for which in {each.conversation_id for each, _ in whole.values()}
        for entry in books.entries[which]
    )
    handed = sorted(
        (each for each in whole.values() if each[0].handed_at),
        key=lambda each: each[0].handed_at or 0,
    )
    for place, (later, carries) in enumerate(handed):
        for earlier, carried in handed[:place]:
            if earlier.person_id == later.person_id and carried & carries:
                yield from _second_time(books, earlier, later, histories)


def _second_time(
    books: Books,
    earlier: DeliveryRow,
    later: DeliveryRow,
    histories: dict[str, list[tuple[int, DeliveryState]]],
) -> Iterator[str]:
    """The same entry to the same person once more: was there a reason by then?"""
    at = later.handed_at or 0
    # Of two in the same instant the later one: what no store can send ends in its hand-over.
    since, state = [each for each in histories[earlier.delivery_id] if each[0] <= at][-1]
    names = f"{later.delivery_id} ({later.channel}) after {earlier.delivery_id} ({earlier.channel})"
    resent = earlier.message_id is not None and earlier.message_id == later.message_id
    if state is DeliveryState.UNKNOWN and _wished(books, earlier, later):
        return
    if state is DeliveryState.UNKNOWN:
        if at < since + min(each.on_unknown for each in books.policies):
            yield f"5: {names}, whose outcome had been unknown for too short"
        if earlier.channel == later.channel == "sms":
            yield f"7: {names}, whose outcome was unknown"
    elif state in (DeliveryState.ACCEPTED, DeliveryState.SENT) and earlier.channel in RECEIPTED:
        taken = earlier.accepted_at or since
        if at < taken + min(each.receipt_deadline for each in books.policies):
            yield f"5: {names}, whose receipt was not late yet"
    elif state not in ENDED_BADLY:
        yield f"5: {names}, which was {state}"
    if later.address_id == earlier.address_id and state not in NOT_NOW and not resent:
        yield f"5: {names}, through the same address"


def _wished(books: Books, earlier: DeliveryRow, later: DeliveryRow) -> bool:
    """Whether an agent had wanted that one more delivery there, knowing of the first."""
    return any(
        wish.delivery_id == earlier.delivery_id
        and wish.address_id == later.address_id
        and wish.at <= later.queued_at
        and (wish.kind == "resend" or later.address_id != earlier.address_id)
        and set(unpack(later.seqs)) & set(unpack(earlier.seqs)) <= set(unpack(wish.seqs))
        for wish in books.overrides[earlier.conversation_id]
    )


def _threads(books: Books) -> Iterator[str]:
    opened = Counter(
        (row.store_id, row.shopper_id) for row in books.conversations if row.state == "open"
    )
    yield from (f"4: {who} has {n} open conversations" for who, n in opened.items() if n > 1)


def _forgotten(books: Books) -> Iterator[str]:
    by_id = {row.conversation_id: row for row in books.conversations}
    states: defaultdict[str, set[str]] = defaultdict(set)
    for row in books.reaches:
        conversation = by_id[row.conversation_id]
        name = f"#{conversation.number}'s {row.side}"
        log = {each.seq: each for each in books.entries[row.conversation_id]}
        head = log.get(row.head_seq)
        # The entry that tells of a merge stands for what persons wrote in the younger.
        stands = head is not None and head.event == "merged"
        if head is not None and not stands and (head.automatic or head.kind != "message"):
            yield f"11: {name} has the head {head.seq}, which no person wrote"
        states[row.conversation_id].add(row.state)
        written = [
            each.seq
            for each in log.values()
            if each.kind == "message"
            and not each.automatic
            and each.side in ("shopper", "staff")
            and each.side != row.side
        ]
        if max(written, default=0) > row.head_seq:
            yield f"6: {name} was written {max(written)} and knows of {row.head_seq}"
        if conversation.continued_in is not None:
            if row.state != "settled":
                yield f"4: {name} goes on elsewhere and is {row.state} here"
        elif row.head_seq > row.seen_seq:
            yield from _unreached(books, row, name, _unseen(books, conversation, row.side))
    for conversation in books.conversations:
        found = states[conversation.conversation_id]
        # While a side waits, what was shown before is still what is known.
        if not conversation.unreachable and "unreachable" in found:
            yield f"6: that #{conversation.number} cannot be reached is not shown to agents"
        if conversation.unreachable and not found & {"unreachable", "waiting"}:
            yield f"6: that #{conversation.number} cannot be reached is still shown to agents"


def _unseen(books: Books, conversation: ConversationRow, side: str) -> list[int]:
    """What a side of a thread has not seen, by the names that its elder's deliveries give it."""
    which = conversation.conversation_id
    (reach,) = (row for row in books.reaches if (row.conversation_id, row.side) == (which, side))
    found = [
        each.seq
        for each in books.entries[which]
        if each.kind == "message"
        and not each.automatic
        and each.side in ("shopper", "staff")
        and each.side != side
        and each.seq > reach.seen_seq
        and each.taken_back_at is None
    ]
    for younger in books.conversations:
        if younger.continued_in == which and younger.continued_seq > reach.seen_seq:
            names = _unseen(books, younger, side)
            found += [seq + younger.continued_as * PAST for seq in names]
    return found


def _carriers(books: Books, row: ConversationRow) -> Iterator[tuple[DeliveryRow, frozenset[int]]]:
    """Every delivery of a thread, with what it carries as the elder calls it."""
    for each in books.deliveries[row.conversation_id]:
        yield each, frozenset(unpack(each.seqs))
    for merge in books.merges:
        ended = merge.ended_at is not None and merge.conversation_id == row.conversation_id
        for each in books.deliveries[merge.continued_in or ""] if ended else ():
            low, high = merge.place * PAST, (merge.place + row.places + 1) * PAST
            yield (
                each,
                frozenset(seq - low for seq in unpack(each.seqs) if low <= seq < high),
            )
    for younger in books.conversations:
        if younger.continued_in == row.conversation_id:
            for each, seqs in _carriers(books, younger):
                yield each, frozenset(seq + younger.continued_as * PAST for seq in seqs)


def _unreached(books: Books, row: ReachRow, name: str, seqs: Sequence[int]) -> Iterator[str]:
    match row.state:
        case "waiting":
            if row.due_at is None or row.due_at <= books.now - 1_000:
                yield f"6: {name} is overdue"
        case "unreachable":
            why = books.decisions.get(row.decision_id or "")
            if why is None or not unpack(why.because):
                yield f"6: {name} is unreachable without a reason"
        case "carried":
            policy = books.policies[-1]
            held = _left_alone(books, row)
            (conversation,) = (
                each for each in books.conversations if each.conversation_id == row.conversation_id
            )
            for each, carried in _carriers(books, conversation):
                if each.side != row.side or each.form not in (Form.WORDS, Form.KNOCK):
                    continue
                until = held_until(delivery_of(each), policy, row.side)  # type: ignore[arg-type]
                if until is not None and until > books.now:
                    held |= set(seqs) if row.side == "staff" else carried
                if each.state in ("queued", "submitting"):
                    held |= set(seqs)
            if set(seqs) - held:
                yield f"6: nothing carries {sorted(set(seqs) - held)} for {name}"
        case "settled" if not seqs:
            return  # what was unread has been taken back
        case _:
            yield f"6: {name} is {row.state} with {list(seqs)} unread"


def _trespass(books: Books, row: DeliveryRow) -> Iterator[str]:
    """Consent and proof as they were at hand-over."""
    if row.handed_at is None or row.form == Form.CONFIRMATION:
        return
    at = row.handed_at
    address = books.addresses.get(row.address_id)
    given = may(each for each in books.consents[row.address_id] if each.at <= at)
    purpose = "verify" if row.form == Form.CODE else "support"
    if purpose not in given:
        yield f"9: {row.delivery_id} ({row.form}) went out without consent"
    proven = min(books.proofs[row.address_id], default=at + 1) <= at
    if row.form != Form.WORDS or proven:
        return
    if row.side == "staff":
        yield f"10: {row.delivery_id} went to an agent's unproven address"
    if row.channel == "sms" and all(each.prove_first_sms == "knock" for each in books.policies):
        yield f"10: {row.delivery_id} took words to a number that nobody had proven"
    if address is None:
        return
    older = [seq for seq in unpack(row.seqs) if seq <= address.typed_seq]
    if older and address.typed_conversation_id == row.conversation_id:
        yield f"10: {row.delivery_id} took {older} to an address typed after them"


def _named(callback: str) -> str:
    return parse_qs(urlsplit(callback).query).get("delivery", [""])[0]


def _ledger(town: Town, every: Sequence[DeliveryRow]) -> Iterator[str]:
    rows = {each.delivery_id: each for each in every}
    asked = Counter(_named(each.get("StatusCallback", "")) for each in town.carrier.asked)
    # Where no route leads from one number another is tried, in the same attempt.
    asked -= Counter(_named(url) for code, url in town.carrier.refused if code == NO_ROUTE)
    for delivery_id, n in asked.items():
        if n > 1:
            yield f"8: the phone company was called {n} times for {delivery_id}"
        if delivery_id not in rows:
            yield f"8: a text went out for {delivery_id}, which does not exist"
        elif rows[delivery_id].handed_at is None:
            yield f"8: a text went out for {delivery_id}, which was never handed over"
    for text in town.carrier.taken:
        if text.outside:
            yield "5: free words went out by WhatsApp to somebody who had not written for a day"
    letters = Counter(each.head("Message-ID") for each in town.post.taken)
    named = Counter(row.message_id for row in every if row.handed_at is not None)
    for message_id, n in letters.items():
        if n > named[message_id]:
            yield f"8: {n} mails went out as {message_id} for {named[message_id]} deliveries"


def _left_alone(books: Books, row: ReachRow) -> set[int]:
    """What an agent wants in the chat only, or not before an instant that is still to come."""
    wishes = {
        seq: wish
        for wish in books.overrides[row.conversation_id]
        if wish.side == row.side
        for seq in unpack(wish.seqs)
    }
    return {
        seq
        for seq, wish in wishes.items()
        if wish.kind == "chat_only" or (wish.until is not None and wish.until > books.now)
    }
