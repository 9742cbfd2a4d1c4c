"""A Postfix of our own: its queue, its port and its configuration are in one folder."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio

SIZE = 60_000  #: octets of a mail, as announced by SIZE (RFC 1870)

_MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/spool
data_directory = {home}/data
maillog_file = {home}/mail.log
maillog_file_prefixes = {home}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.shopper.example
mydestination =
alias_maps =
local_recipient_maps =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
  check_policy_service inet:127.0.0.1:{policy}, permit_mynetworks, reject
transport_maps = texthash:{home}/transport
message_size_limit = {size}
notify_classes =
# Mail that cannot go is tried again, and told of as late, within seconds.
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
delay_warning_time = 1s
"""
_SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
pickup unix n - n 60 1 pickup
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postfix:
    """``routes``: next hop by mail domain. ``policy``: the port that is asked about recipients."""

    home: Path
    port: int
    policy: int
    routes: dict[str, str]

    def said(self) -> str:
        """The end of its log."""
        log = self.home / "mail.log"
        return log.read_text()[-3000:] if log.exists() else ""


@asynccontextmanager
async def running(postfix: Postfix) -> AsyncIterator[None]:
    """Start it, and stop it at the end."""
    home = postfix.home
    for folder in (home, home / "spool", home / "data"):
        folder.mkdir(mode=0o755)
    shutil.chown(home / "data", "postfix", "postfix")
    (home / "main.cf").write_text(_MAIN.format(home=home, policy=postfix.policy, size=SIZE))
    (home / "master.cf").write_text(_SERVICES.format(port=postfix.port))
    routes = "".join(f"{domain} {hop}\n" for domain, hop in postfix.routes.items())
    (home / "transport").write_text(routes)
    await _order(postfix, "start")
    try:
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await _order(postfix, "abort")


async def _order(postfix: Postfix, what: str) -> None:
    told = postfix.home / "told"
    # Not by a pipe: what goes on in the background would keep it open.
    with told.open("wb") as out:
        ran = await anyio.run_process(
            ["postfix", "-c", str(postfix.home), what], stdout=out, stderr=out, check=False
        )
    if ran.returncode != 0:
        raise RuntimeError(f"postfix {what}: {told.read_text()[-500:]}\n{postfix.said()}")
