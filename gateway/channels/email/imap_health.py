"""Whether the mailbox that ``IMAP_URL`` names can be read; nothing in it is changed."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final

import anyio
import anyio.to_thread

from gateway.channels.email.imap_client import dial
from gateway.channels.email.imap_line import Line
from gateway.channels.email.imap_trouble import Kind, Trouble
from gateway.channels.email.imap_url import Place, place_from
from gateway.core.finding import Finding, ok, warning, wrong

if TYPE_CHECKING:
    from gateway.settings import Settings

IMAP: Final = "IMAP_URL"
PATIENCE: Final = 15.0
_ADVICE: Final[dict[Kind, str]] = {
    "unreachable": "correct host and port in IMAP_URL (993 for imaps, 143 for imap)",
    "untrusted": "use the name that its certificate is for; an authority of your own goes into the"
    " file that SSL_CERT_FILE names",
    "no_tls": "write imaps:// instead of imap://",
    "refused": "correct user and password; many providers want a password made for this (an app"
    " password)",
    "no_folder": "correct the folder at the end of IMAP_URL, such as /INBOX",
}


async def look_at_mailbox(
    settings: Settings, *, patience: float = PATIENCE, trust: ssl.SSLContext | None = None
) -> list[Finding]:
    """Connect, protect, sign in and open the folder; ``patience`` is seconds for all of it.

    Raises:
        Misconfigured: ``IMAP_URL`` is none; what was given is not shown.
    """
    place = place_from(settings)
    if place is None:
        return []
    if trust is None and place.tls != "none":
        trust = await anyio.to_thread.run_sync(ssl.create_default_context)
    try:
        with anyio.fail_after(patience):
            wire = await dial(place)
            return await _opened(place, Line(place, wire, trust))
    except TimeoutError:
        return [wrong(IMAP, "the mail server does not answer in time", _ADVICE["unreachable"])]
    except Trouble as trouble:
        return [wrong(IMAP, trouble.words, _ADVICE.get(trouble.kind, "look at that mail server"))]


async def _opened(place: Place, line: Line) -> list[Finding]:
    ended = anyio.Event()
    failure: list[Trouble] = []

    async def work() -> None:
        try:
            await anyio.to_thread.run_sync(line.open)
        except Trouble as trouble:
            failure.append(trouble)
        ended.set()

    try:
        async with anyio.create_task_group() as group:
            group.start_soon(work)
            try:
                await ended.wait()
            except BaseException:
                # The thread blocks on the socket, and cannot be cancelled otherwise.
                line.cut()
                raise
        if failure:
            raise failure[0]
        return _told(place, line)
    finally:
        line.close()


def _told(place: Place, line: Line) -> list[Finding]:
    found = [ok(IMAP, "signs in, and the folder opens")]
    if place.tls == "none":
        found.append(
            warning(IMAP, "the password crosses the network in the clear", "write imaps://")
        )
    if not line.can_idle:
        found.append(
            warning(IMAP, "the server offers no IDLE", "nothing to do: it is asked now and then")
        )
    return found
