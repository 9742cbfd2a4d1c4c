"""The parts that several frames share: an entry of the log, a conversation, people and addresses.

Instants on the wire are milliseconds since 1970 in UTC, as browsers count them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

CMID = r"^[A-Za-z0-9_-]{8,64}$"
ID = r"^[0-9a-z]{1,40}$"
NO_NUL = r"^[^\x00]*$"  #: PostgreSQL stores every character but this one
MOST_BODY = 10_000  #: characters in one message
MOST_ATTACHED = 10  #: files of one message that a client sends

Id = Annotated[str, Field(pattern=ID)]
Cmid = Annotated[str, Field(pattern=CMID)]
Body = Annotated[str, Field(min_length=1, max_length=MOST_BODY)]
Seq = Annotated[int, Field(ge=0, le=2**53)]
Instant = Annotated[int, Field(ge=0, le=2**53)]
ChannelName = Literal["chat", "sms", "email", "whatsapp", "push", "app"]
AddressChannel = Literal["sms", "email", "whatsapp", "push", "app"]
SideName = Literal["shopper", "staff"]
PresenceName = Literal["reading", "on_page", "hidden", "gone"]
DutyName = Literal["online", "away", "do_not_disturb"]


class Wire(BaseModel):
    """Base of everything on the wire: frozen, and an undeclared field is an error."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )


class Author(Wire):
    """Who wrote an entry; never an address. ``face`` is the path of an agent's picture."""

    side: Literal["shopper", "staff", "system"]
    id: str
    name: str
    face: str | None = None


class Message(Wire):
    """What every message has: a ``cmid`` that makes a repeat harmless, and words or files.

    ``attachments`` name files that this author uploaded and has put into no message yet.
    """

    cmid: Cmid
    body: Annotated[str, Field(max_length=MOST_BODY)]
    # A list's default would be copied, deeply, for each message.
    attachments: Annotated[tuple[Id, ...], Field(max_length=MOST_ATTACHED)] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.body and not self.attachments:
            raise ValueError("a message has a body or attachments")
        return self


class Attachment(Wire):
    """A file of a message, ``size`` in bytes; ``type`` is what its bytes are.

    A picture that may be shown has a width and a height, in pixels; anything else is a download.
    """

    id: Id
    name: str
    type: str
    size: int
    width: int | None
    height: int | None


class Entry(Wire):
    """One row of a conversation's log, as one audience sees it.

    ``prev`` is the seq before it that this audience may see, 0 for the first. ``event`` and
    ``data`` are set for events, ``body`` for messages and notes. ``original`` tells that the mail
    as it came is kept and can be asked for. What was ``taken_back`` has no words any more; an
    ``edited`` one has its newest, and so has the event that tells of it.
    """

    id: str
    seq: Seq
    prev: Seq
    at: Instant
    kind: Literal["message", "note", "event"]
    author: Author
    channel: ChannelName
    body: str | None = None
    event: str | None = None
    data: dict[str, Any] = {}
    cmid: str | None = None
    original: bool = False
    automatic: bool = False
    edited: bool = False
    taken_back: bool = False
    attachments: list[Attachment] = []


class Cursor(Wire):
    """The last entry that a client holds; a mismatch of any of the three gets a snapshot."""

    epoch: int
    seq: Seq
    entry_id: str


class Head(Wire):
    """A conversation without its entries; the seen marks are seqs."""

    store_id: str
    conversation_id: str
    number: int
    state: Literal["open", "resolved"]
    last_seq: Seq
    seen_shopper: Seq
    seen_staff: Seq
    assignee_id: str | None = None


class AddressFact(Wire):
    """An address as its owner (masked) or an agent (whole) may see it."""

    address_id: str
    channel: AddressChannel
    value: str
    proven: bool
    consented: bool
    stopped: bool
    failed: str | None = None  #: in words, when the provider said never
    failed_at: Instant | None = None  #: agents only
    proven_at: Instant | None = None  #: agents only
    code_sent: bool = False  #: a code is under way and can be typed in
    sentence: str | None = None  #: the consent sentence agreed to; agents only
    consented_at: Instant | None = None


class Sentence(Wire):
    """A consent sentence to show before an address is left; its id goes back as evidence.

    ``prefixes`` are what a number of its countries begins with after the ``+``; none: it is for any
    other. Show the one whose prefix is the longest that fits; until a number begins with ``+``,
    and for what is no number, the one that is at ``home``.
    """

    id: str
    channel: Literal["sms", "email", "whatsapp"]
    text: str
    prefixes: list[str] = []
    home: bool = True


class PushOffer(Wire):
    """What a browser needs to let this store notify it; consent is to ``words``, by ``sentence``.

    ``key`` is the store's public key for it (RFC 8292), 65 bytes as base64url without padding: the
    ``applicationServerKey``.
    """

    key: str
    sentence: str
    words: str


class Alert(Wire):
    """A channel of a store carries nothing, or less, until somebody changes something.

    ``about`` is the country or the sender that it is true of, empty: of all.
    """

    store_id: str
    channel: ChannelName
    code: str
    about: str
    words: str
    count: int
    since: Instant
    last: Instant


class Colleague(Wire):
    """An agent, as colleagues and shoppers see one.

    ``face`` is the path of their picture on the gateway: square, and the same for everybody. Only
    colleagues are told ``until`` when the duty holds and whether it goes ``by_schedule``.
    """

    agent_id: str
    name: str
    duty: DutyName
    connected: bool
    face: str | None = None
    until: Instant | None = None
    by_schedule: bool = False


class Expected(Wire):
    """When a shopper may honestly expect an answer.

    ``back_at``: nobody is there, and the store opens then. ``usual_ms``: what half of the first
    answers of the last weeks took; None while there are too few to tell.
    """

    back_at: Instant | None
    usual_ms: int | None


class Step(Wire):
    """One step of the forecast for an answer that nobody reads."""

    channel: ChannelName
    to: str
    at: Instant
    form: Literal["words", "knock"]
    sentence: str


class Way(Wire):
    """One address, and what the decision thinks of it; ``until`` when time alone opens it."""

    address_id: str
    channel: ChannelName
    to: str
    verdict: str
    sentence: str
    until: Instant | None


class TraitFact(Wire):
    """Something that was said of a shopper and is not proven; ``value`` in words."""

    name: str
    value: str
    at: Instant


class TrackedFact(Wire):
    """Something that the store's page saw a shopper do."""

    name: str
    data: dict[str, str] = {}
    at: Instant


class IdentityFact(Wire):
    """Who a shopper is by the store's signature, and what its pages say without one."""

    sub: str | None = None  #: the store's own id of its customer; null when it has signed nothing
    signed_at: Instant | None = None
    vouched: list[str] = []  #: the addresses that the signature proves, by their ids
    claims: list[TraitFact] = []
    attributes: list[TraitFact] = []
    tracked: list[TrackedFact] = []  #: the last first


class AnsweredFact(Wire):
    """What a shopper answered to a question of the store's; None: they would rather not say."""

    asked: str
    value: str | None
    at: Instant


class BlockedFact(Wire):
    """Since when a shopper is blocked, by which agent, and what that agent said of it."""

    since: Instant
    by: str
    because: str


class ShopperFact(Wire):
    """What the console's right column shows."""

    shopper_id: str
    name: str
    verified: bool
    presence: PresenceName
    since: Instant
    lost: bool
    page_url: str | None
    page_title: str | None
    addresses: list[AddressFact]
    earlier: int  #: their other conversations
    preference: list[ChannelName] = []  #: where they like to be answered, best first
    language: str = ""  #: a tag
    zone: str = ""  #: their browser's (IANA), empty when it never said
    identity: IdentityFact = IdentityFact()
    answers: list[AnsweredFact] = []  #: to the store's questions, the newest first
    blocked: BlockedFact | None = None
