"""Every table.

Columns hold integers, text and bytes only: instants are microseconds UTC, states text with a
CHECK, JSON text that we encode; so ORM and compiled statements read them alike.

``store_id`` leads every primary key and index but the clockwork's and the house's own tables, and
no query crosses stores. Foreign keys are deliberately absent: rows of one store are written in one
transaction by one service, and a later shard must not meet a reference across stores.
"""

from __future__ import annotations

from gateway.store.tables.alerts import AlertRow
from gateway.store.tables.apps import AppRow
from gateway.store.tables.files import AttachmentRow
from gateway.store.tables.forms import FormAnswerRow, FormsRow, RatingRow
from gateway.store.tables.handles import HandleRow
from gateway.store.tables.hooks import HookTokenRow
from gateway.store.tables.house import (
    AgentRow,
    AgentSessionRow,
    CommitMarkRow,
    FaceRow,
    HouseRow,
    NodeRow,
    PolicyRow,
    StoreLogoRow,
    StoreRow,
    TicketRow,
)
from gateway.store.tables.identity import (
    IdentityRow,
    IdentitySecretRow,
    IdentityTokenRow,
    ToldRow,
    TrackedRow,
    TraitRow,
)
from gateway.store.tables.labels import ConversationLabelRow, LabelRow, SavedFilterRow
from gateway.store.tables.mail import MailboxRow
from gateway.store.tables.mentions import MentionRow
from gateway.store.tables.merging import MergeRow
from gateway.store.tables.people import (
    ActRow,
    AddressRow,
    CodeRow,
    ConsentRow,
    ConversationStopRow,
    CountRow,
    PresenceRow,
    ShopperRow,
    ShopperSessionRow,
)
from gateway.store.tables.push import PushKeyRow, SubscriptionRow
from gateway.store.tables.reaching import (
    CircuitRow,
    DecisionRow,
    DeliveryRow,
    FactRow,
    OverrideRow,
    ReachRow,
    ReceiptRow,
)
from gateway.store.tables.search import SearchDueRow, SearchRebuildRow, SearchTextRow
from gateway.store.tables.senders import SenderRow
from gateway.store.tables.thread import ConversationRow, EntryRow, InboundRow
from gateway.store.tables.whatsapp import WhatsappTemplateRow
from gateway.store.tables.writing import CannedRow, DraftRow, ScheduledRow

__all__ = [
    "ActRow",
    "AddressRow",
    "AgentRow",
    "AgentSessionRow",
    "AlertRow",
    "AppRow",
    "AttachmentRow",
    "CannedRow",
    "CircuitRow",
    "CodeRow",
    "CommitMarkRow",
    "ConsentRow",
    "ConversationLabelRow",
    "ConversationRow",
    "ConversationStopRow",
    "CountRow",
    "DecisionRow",
    "DeliveryRow",
    "DraftRow",
    "EntryRow",
    "FaceRow",
    "FactRow",
    "FormAnswerRow",
    "FormsRow",
    "HandleRow",
    "HookTokenRow",
    "HouseRow",
    "IdentityRow",
    "IdentitySecretRow",
    "IdentityTokenRow",
    "InboundRow",
    "LabelRow",
    "MailboxRow",
    "MentionRow",
    "MergeRow",
    "NodeRow",
    "OverrideRow",
    "PolicyRow",
    "PresenceRow",
    "PushKeyRow",
    "RatingRow",
    "ReachRow",
    "ReceiptRow",
    "SavedFilterRow",
    "ScheduledRow",
    "SearchDueRow",
    "SearchRebuildRow",
    "SearchTextRow",
    "SenderRow",
    "ShopperRow",
    "ShopperSessionRow",
    "StoreLogoRow",
    "StoreRow",
    "SubscriptionRow",
    "TicketRow",
    "ToldRow",
    "TrackedRow",
    "TraitRow",
    "WhatsappTemplateRow",
]
