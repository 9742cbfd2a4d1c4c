"""What an agent is shown of a shopper who has more conversations than anybody honest comes to."""

from __future__ import annotations

from gateway.clock import SystemClock
from gateway.services import setup, shopper_finding
from gateway.services.merge_previews import MOST_LISTED
from gateway.store import people
from gateway.store.tables import ConversationRow
from gateway.store.tx import Store, Tx
from tests.integration.test_store_conversations import house_of


async def test_of_hundreds_of_conversations_the_last_begun_are_listed(
    store: Store, clock: SystemClock
) -> None:
    new = setup.NewStore(key="acme", name="Acme Shoes", origins=("https://acme.example",))
    acme = await setup.ensure_store(store, new)

    def work(tx: Tx) -> str:
        vera = people.new_shopper(tx, acme, language="en").shopper_id
        tx.session.add_all(
            ConversationRow(
                store_id=acme,
                conversation_id=f"c{n:04}",
                number=n + 1,
                shopper_id=vera,
                state="resolved",
                last_at=n,
                created_at=n,
            )
            for n in range(MOST_LISTED + 3)
        )
        return vera

    vera = await store.write(work)
    told = await shopper_finding.about(house_of(store, clock), acme, vera)
    listed = [each["conversation_id"] for each in told["conversations"]]
    assert listed == [f"c{n:04}" for n in reversed(range(3, MOST_LISTED + 3))]
