"""Every frame on both sockets, as closed unions told apart by ``t``.

Clients send ``ShopperSays`` or ``AgentSays``; they hear ``ShopperHears`` or ``AgentHears``. The
schema exported from here is the contract; ``README.md`` beside it tells it in prose.
"""

from __future__ import annotations

from gateway.protocol.entry import Wire
from gateway.protocol.hears import (
    Ack,
    Addresses,
    AgentHears,
    AgentWelcome,
    Alerts,
    Colleagues,
    Drain,
    Failed,
    InboxPage,
    NewEntry,
    Page,
    Ping,
    Reach,
    Ring,
    Route,
    Row,
    Seen,
    Shopper,
    ShopperHears,
    Snapshot,
    SomeoneTyping,
    Staff,
    Welcome,
)
from gateway.protocol.says import (
    AgentEarlier,
    AgentHello,
    AgentSay,
    AgentSays,
    AgentSeen,
    AgentTyping,
    AskInbox,
    AskToRing,
    Assign,
    Bye,
    Close,
    Duty,
    Earlier,
    Edit,
    Hello,
    Open,
    Override,
    Pong,
    Reopen,
    Resolve,
    Say,
    SeenTo,
    ShopperSays,
    Tab,
    TakeBack,
    Typing,
    Wish,
)
from gateway.protocol.says_where import GiveCode, LeaveAddress, Prefer, Subscribe, Unsubscribe

__all__ = [
    "Ack",
    "Addresses",
    "AgentEarlier",
    "AgentHears",
    "AgentHello",
    "AgentSay",
    "AgentSays",
    "AgentSeen",
    "AgentTyping",
    "AgentWelcome",
    "Alerts",
    "AskInbox",
    "AskToRing",
    "Assign",
    "Bye",
    "Close",
    "Colleagues",
    "Contract",
    "Drain",
    "Duty",
    "Earlier",
    "Edit",
    "Failed",
    "GiveCode",
    "Hello",
    "InboxPage",
    "LeaveAddress",
    "NewEntry",
    "Open",
    "Override",
    "Page",
    "Ping",
    "Pong",
    "Prefer",
    "Reach",
    "Reopen",
    "Resolve",
    "Ring",
    "Route",
    "Row",
    "Say",
    "Seen",
    "SeenTo",
    "Shopper",
    "ShopperHears",
    "ShopperSays",
    "Snapshot",
    "SomeoneTyping",
    "Staff",
    "Subscribe",
    "Tab",
    "TakeBack",
    "Typing",
    "Unsubscribe",
    "Welcome",
    "Wish",
]


class Contract(Wire):
    """The whole contract, so that one schema holds the four unions."""

    shopper_says: ShopperSays
    shopper_hears: ShopperHears
    agent_says: AgentSays
    agent_hears: AgentHears
