"""The view of a whole thread: a conversation, and the ones that have gone on in it since a merge.

No entry moves and no younger conversation is reached by itself any more. What its people have not
seen is part of the elder's view, under names of its own, until they have seen the entry there that
tells of it; what was sent of it counts as sent.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.core.holds import CARRIES
from gateway.core.merging import merged
from gateway.core.model import Override, Side, View
from gateway.core.policy import Policy
from gateway.services import views
from gateway.store import merging, reaching
from gateway.store.tables import ConversationRow
from gateway.store.tx import Tx


def view_of(tx: Tx, conversation: ConversationRow, side: Side, policy: Policy) -> View:
    """Everything that may be known of one side of a thread."""
    view = views.view_of(tx, conversation, side, policy)
    known = {each.delivery_id for each in view.deliveries}
    before = tuple(
        replace(views.delivery_of(row), seqs=seqs)
        for row, seqs in merging.carried_before(tx, conversation, side)
        if row.delivery_id not in known and row.form in CARRIES
    )
    view = replace(view, deliveries=(*view.deliveries, *before))
    youngers = merging.youngers(tx, conversation)
    seen = reaching.reach(tx, conversation, side).seen_seq if youngers else 0
    for each in youngers:
        younger = view_of(tx, each, side, policy)
        if each.continued_seq <= seen:
            younger = replace(younger, messages=())
        view = merged(view, younger, each.continued_as)
    return view if side == "shopper" else _laid_aside(view, conversation.snoozed_until)


def _laid_aside(view: View, until: int | None) -> View:
    """An agent knows what waits and has laid it aside: until then nobody is told of it."""
    if until is None or not view.messages:
        return view
    wish = Override(
        kind="snoozed",
        seqs=frozenset(each.seq for each in view.messages),
        at=view.messages[-1].at,
        until=until,
    )
    return replace(view, overrides=(*view.overrides, wish))
