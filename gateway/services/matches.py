"""Deliveries as the matching reads them."""

from __future__ import annotations

from gateway.core.matching import Sent
from gateway.core.model import DeliveryState, Form
from gateway.store.tables import DeliveryRow


def sent_of(row: DeliveryRow, *, proven: bool) -> Sent:
    """An earlier delivery, as far as an answer to it is concerned; ``proven``: its address is."""
    return Sent(
        delivery_id=row.delivery_id,
        conversation_id=row.conversation_id,
        person_id=row.person_id,
        side="staff" if row.side == "staff" else "shopper",
        form=Form(row.form),
        state=DeliveryState(row.state),
        handed_at=row.handed_at or row.queued_at,
        to=row.value,
        proven=proven,
        proven_agent=proven and row.side == "staff",
    )
