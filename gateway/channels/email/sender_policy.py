"""SPF (RFC 7208): whether the machine that brought a mail may send for the domain it names.

The library decides, and asks the DNS as it goes. Here it never waits: it is run on the answers that
there are, says what it lacks, and is run again. Its own limits (ten lookups, two of them void)
bound how often.
"""

from __future__ import annotations

import ipaddress
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from anyio import to_thread
from typing_extensions import override

from gateway.channels.email.resolver import NoAnswerNow

with warnings.catch_warnings():
    # Its docstrings hold backslashes that newer Pythons complain of.
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    import spf  # type: ignore[import-untyped]  # published without types

if TYPE_CHECKING:
    from gateway.channels.email.resolver import Kind, Resolver

MOST_ROUNDS: Final = 150
"""Ten lookups may name ten hosts each, and each host is one more question."""

_KINDS: Final = frozenset({"A", "AAAA", "MX", "PTR", "TXT"})


def is_from_the_world(peer: str) -> bool:
    """Whether the peer can be a sender's own server: our relay's private address tells nothing."""
    try:
        return ipaddress.ip_address(peer).is_global
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """SPF's result, the lookups that it took, and what is wrong with a record that is broken."""

    result: str
    lookups: int = 0
    words: str = ""


async def may_send(resolver: Resolver, *, peer: str, sender: str) -> str:
    """SPF's result for an envelope sender: ``pass``, ``fail``, ``none`` … ``temperror``."""
    return (await judged(resolver, peer=peer, sender=sender)).result


async def judged(resolver: Resolver, *, peer: str, sender: str) -> Judged:
    """The same, and how it came about."""
    answers: dict[tuple[str, str], list[Any] | None] = {}
    for _ in range(MOST_ROUNDS):
        asked = _Question(peer, sender, answers)
        try:
            found = await to_thread.run_sync(asked.result)
        except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
            # The library trips over some malformed records.
            return Judged(result="permerror", words="it is malformed")
        if not asked.missing:
            return found
        for name, kind in asked.missing:
            try:
                answers[name, kind] = await resolver.ask(name, cast("Kind", kind))
            except NoAnswerNow:
                answers[name, kind] = None
    return Judged(result="permerror", words="it names too many hosts")


class _Question(spf.query):  # type: ignore[misc]  # published without types
    def __init__(
        self, peer: str, sender: str, answers: dict[tuple[str, str], list[Any] | None]
    ) -> None:
        super().__init__(i=peer, s=sender, h=sender.rpartition("@")[2], querytime=0)
        self._answers = answers
        self.missing: dict[tuple[str, str], None] = {}

    def result(self) -> Judged:
        result, _, words = self.check()
        return Judged(result=str(result), lookups=int(self.lookups), words=str(words))

    @override
    def dns(
        self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False
    ) -> list[Any]:
        wanted = (str(name).rstrip(".").lower(), qtype)
        if qtype not in _KINDS or not wanted[0]:
            return []
        if wanted not in self._answers:
            self.missing[wanted] = None
            raise spf.TempError("not asked yet")
        found = self._answers[wanted]
        if found is None:
            raise spf.TempError("no answer")
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("too many names without an answer")
        # The library wants a text in its pieces.
        return [(each,) for each in found] if qtype == "TXT" else list(found)

    @override
    def get_explanation(self, spec: str) -> None:
        """Ask for none: it is a stranger's sentence, and nobody here shows it."""
