"""Who really wrote a mail: whether the domain in From vouches for it.

Our border server's word counts if the operator names one, else what we find out ourselves: DKIM,
SPF and DMARC. A verdict is about the domain alone; whose mailbox it is, its provider checks.

``fail`` is only said when the domain's owner asks that such mail be refused, and both a signature
and the sending machine could be looked at. What cannot be found out is ``unknown`` and never an
error: a mail is not lost, and nobody is called a forger, because a name server is down.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import anyio

from gateway.channels.email.dmarc import Standing, may_share, standing_of
from gateway.channels.email.resolver import NoAnswerNow
from gateway.channels.email.sender_policy import is_from_the_world, may_send
from gateway.channels.email.signatures import question
from gateway.channels.email.trusted_results import BorderSays, border_says
from gateway.core.inbound import Authenticity
from gateway.errors import OnethreadError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from gateway.channels.email.claims import Claims, Signature
    from gateway.channels.email.resolver import Resolver

SECONDS: Final = 8.0
"""For all questions about one mail; a stranger's slow name server holds up only their own mail."""

AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vouching:
    """Who vouches for a mail. ``complete``: both ways could be looked at, so silence says a lot."""

    signed_by: Sequence[str] = ()
    sent_by: str | None = None
    complete: bool = False
    trouble: bool = False


class SenderCheck:
    """Finds out whether the domain in From vouches for a mail.

    ``verify`` hands a question of ``signatures.question`` to the killable child. ``trusted`` are
    the ids (RFC 8601 section 2.5) of the servers whose Authentication-Results count.
    """

    def __init__(
        self,
        resolver: Resolver,
        verify: Callable[[bytes], Awaitable[Any]],
        *,
        trusted: Sequence[str] = (),
    ) -> None:
        self._resolver = resolver
        self._verify = verify
        self._trusted = frozenset(each.lower() for each in trusted)
        self._turn = anyio.Semaphore(AT_ONCE)

    async def check(self, raw: bytes, claims: Claims) -> Authenticity:
        """The verdict on a mail; trouble of every kind is ``unknown``."""
        async with self._turn:
            with anyio.move_on_after(SECONDS), contextlib.suppress(NoAnswerNow):
                return await self._found_out(raw, claims)
        return _unasked(claims.domain)

    async def _found_out(self, raw: bytes, claims: Claims) -> Authenticity:
        border = border_says(claims.results, self._trusted) if self._trusted else None
        if border is not None:
            said = await self._by_the_border(border, claims.domain)
            if said is not None:
                return said
            vouching = _Vouching(
                signed_by=border.signed_by,
                sent_by=border.sent_by,
                complete=border.saw_signatures and border.saw_sender,
                trouble=border.dmarc == "temperror",
            )
        else:
            vouching = await self._ourselves(raw, claims)
        return await self._weighed(claims.domain, vouching)

    async def _by_the_border(self, border: BorderSays, domain: str) -> Authenticity | None:
        if border.dmarc_domain not in (None, domain):
            return None
        if border.dmarc == "pass":
            return _vouched(f"Our mail server says that {domain} vouches for it", domain)
        if border.dmarc != "fail":
            return None
        if border.asks_nothing or await self._asks_for_nothing(domain):
            return _nothing(domain)
        return _disowned(domain)

    async def _asks_for_nothing(self, domain: str) -> bool:
        try:
            # Where we find no policy, or no answer, the border's word stands: it had one.
            return (await standing_of(self._resolver, domain)).policy == "none"
        except NoAnswerNow:
            return False

    async def _ourselves(self, raw: bytes, claims: Claims) -> _Vouching:
        mine = [each for each in claims.signatures if may_share(each.domain, claims.domain)]
        keys, trouble = await self._keys(mine)
        signed = await self._good(raw, keys) if keys else []
        if signed is None:
            signed, trouble = [], True
        # With a border of ours in front, the peer is that border and says nothing of the sender.
        askable = not self._trusted and is_from_the_world(claims.peer)
        sender_domain = claims.sender.rpartition("@")[2].lower()
        sent = None
        if askable and not signed and sender_domain and may_share(sender_domain, claims.domain):
            result = await may_send(self._resolver, peer=claims.peer, sender=claims.sender)
            sent = sender_domain if result == "pass" else None
            trouble = trouble or result == "temperror"
        return _Vouching(signed_by=signed, sent_by=sent, complete=askable, trouble=trouble)

    async def _keys(self, signatures: Sequence[Signature]) -> tuple[dict[str, str], bool]:
        """The keys by their DNS name, and whether the DNS could not tell of one."""
        keys: dict[str, str] = {}
        trouble = False
        for name in dict.fromkeys(each.key_name for each in signatures):
            try:
                texts = await self._resolver.ask(name, "TXT")
            except NoAnswerNow:
                trouble = True
                continue
            if len(texts) == 1:  # RFC 6376 section 3.6.2.2: more than one is undefined
                keys[name] = texts[0].decode("ascii", "replace")
        return keys, trouble

    async def _good(self, raw: bytes, keys: dict[str, str]) -> list[str] | None:
        """The domains whose signatures are good; None when the sums could not be done."""
        try:
            return [str(each) for each in await self._verify(question(raw, keys))]
        except OnethreadError:
            return None

    async def _weighed(self, domain: str, vouching: _Vouching) -> Authenticity:
        """DMARC: what vouches has to be of the same organisation as From."""
        if domain in vouching.signed_by:
            return _vouched(f"Signed by {domain}", domain)
        if domain == vouching.sent_by:
            return _vouched(f"Sent by a server of {domain}", domain)
        if not (vouching.signed_by or vouching.sent_by or vouching.complete or vouching.trouble):
            return _nothing(domain)
        standing = await standing_of(self._resolver, domain)
        for each in vouching.signed_by:
            if not standing.strict_signature and await self._same(each, standing):
                return _vouched(f"Signed by {each}", domain)
        sent_by = vouching.sent_by
        if sent_by and not standing.strict_sender and await self._same(sent_by, standing):
            return _vouched(f"Sent by a server of {sent_by}", domain)
        if vouching.trouble:
            return _unasked(domain)
        if vouching.complete and standing.policy in ("quarantine", "reject"):
            return _disowned(domain)
        return _nothing(domain)

    async def _same(self, domain: str, standing: Standing) -> bool:
        if not may_share(domain, standing.domain):
            return False
        return (await standing_of(self._resolver, domain)).organisation == standing.organisation


def _vouched(words: str, domain: str) -> Authenticity:
    return Authenticity(verdict="pass", words=words, domain=domain)


def _unasked(domain: str) -> Authenticity:
    return Authenticity(
        verdict="unknown", words=f"{domain} could not be asked about it", domain=domain
    )


def _nothing(domain: str) -> Authenticity:
    words = f"Nothing shows whether it comes from {domain}"
    return Authenticity(verdict="none", words=words, domain=domain)


def _disowned(domain: str) -> Authenticity:
    words = f"It says that it comes from {domain}, and {domain} says that it does not"
    return Authenticity(verdict="fail", words=words, domain=domain)
