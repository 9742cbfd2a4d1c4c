"""The processes: the gateway, a worker of its own, the demo."""

from __future__ import annotations

from gateway import bootstrap
from gateway import demo as demonstration
from gateway.cli.environment import run, settings


def serve() -> None:
    """Serve sockets, hooks, console and widget, with the clockwork inside."""
    run(bootstrap.serve(settings()))


def worker() -> None:
    """Run the clockwork alone, beside gateways on the same PostgreSQL."""
    run(bootstrap.work(settings()))


def demo() -> None:
    """Serve gateway, console, a demo storefront and a sandbox with phones and mailboxes."""
    found = settings()
    run(
        demonstration.run(
            found.port,
            found.data,
            log_level=found.log_level,
            database_url=found.database_url,
        )
    )
