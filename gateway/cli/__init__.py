"""The command line: ``onethread …``. Errors are one line on stderr, with an exit code of 1 or 2."""

from __future__ import annotations

import typer

from gateway.cli import agents, database, doctor, mail, stores
from gateway.cli.running import demo, serve, worker
from gateway.cli.seeding import seed
from gateway.cli.simulating import simulate
from gateway.errors import Misconfigured, OnethreadError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="One conversation between a store and its shopper, over chat, SMS and e-mail.",
)
for _command in (serve, worker, demo, simulate, seed):
    app.command()(_command)
app.command("doctor")(doctor.doctor)
app.add_typer(database.app, name="db")
app.add_typer(agents.app, name="agent")
app.add_typer(stores.app, name="store")
app.add_typer(mail.app, name="mail")


def main() -> None:
    """The entry point."""
    try:
        app()
    except Misconfigured as error:
        typer.echo(f"onethread: {error.message}", err=True)
        raise SystemExit(2) from None
    except (OnethreadError, OSError) as error:
        typer.echo(f"onethread: {error}", err=True)
        raise SystemExit(1) from None
