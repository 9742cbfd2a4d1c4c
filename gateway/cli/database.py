"""``onethread db …``."""

from __future__ import annotations

import typer

from gateway.cli.environment import database, run, settings
from gateway.store import house as houses
from gateway.store import search_rebuild
from gateway.store.migrate import upgrade

app = typer.Typer(no_args_is_help=True, help="The database.")


@app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema; harmless when it is."""
    run(upgrade(settings().database))


@app.command("reindex")
def db_reindex() -> None:
    """Make the search index anew while the gateway serves; goes on where one was broken off."""

    async def work() -> int:
        async with database() as opened:
            return await search_rebuild.rebuild(opened)

    typer.echo(f"{run(work())} rows can be found again.")


@app.command("restored")
def db_restored() -> None:
    """Say that this database came from a backup: browsers then take each conversation anew."""

    async def work() -> int:
        async with database() as opened:
            return await opened.write(houses.begin_epoch)

    typer.echo(f"Epoch {run(work())} has begun.")
