"""``onethread mail …``: what was set aside, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.environment import database, run
from gateway.clock import SECOND
from gateway.errors import Misconfigured
from gateway.services import quarantine
from gateway.services.quarantine import SetAside

app = typer.Typer(no_args_is_help=True, help="Mail that came in.")
aside = typer.Typer(help="Mails that nobody could read: what was set aside, and why.")
app.add_typer(aside, name="quarantine")

_Id = Annotated[str, typer.Argument(metavar="ID", help="As the list has it.")]


@aside.callback(invoke_without_command=True)
def listed(context: typer.Context) -> None:
    """List what was set aside; or show, release, discard one of them."""
    if context.invoked_subcommand is not None:
        return

    async def work() -> list[SetAside]:
        async with database() as opened:
            return await quarantine.listed(opened)

    found = run(work())
    for each in found:
        typer.echo(_line(each))
    if not found:
        typer.echo("Nothing is set aside.")


@aside.command("show")
def show(
    name: _Id,
    raw: Annotated[
        Path | None, typer.Option("--raw", help="Write its bytes to this file, as they came.")
    ] = None,
) -> None:
    """Show one of them; with --raw, keep its bytes in a file that only you can read."""

    async def work() -> tuple[SetAside, bytes]:
        async with database() as opened:
            return await quarantine.raw(opened, name)

    found, content = run(work())
    if raw is not None:
        raw.touch(mode=0o600)
        raw.write_bytes(content)
    typer.echo(_line(found))
    if raw is not None:
        typer.echo(f"Its {len(content)} bytes are in {raw}.")


@aside.command("release")
def release(name: _Id) -> None:
    """Have it read again, as though it had just come."""

    async def work() -> None:
        async with database() as opened:
            await quarantine.release(opened, name)

    run(work())
    typer.echo(f"{name} will be read again.")


@aside.command("discard")
def discard(
    name: _Id,
    yes: Annotated[bool, typer.Option("--yes", help="Really: its bytes are gone then.")] = False,
) -> None:
    """Let it go for good."""
    if not yes:
        raise Misconfigured(f"{name} would be gone for good; say so with --yes")

    async def work() -> None:
        async with database() as opened:
            await quarantine.discard(opened, name)

    run(work())
    typer.echo(f"{name} is gone.")


def _line(mail: SetAside) -> str:
    came = datetime.fromtimestamp(mail.came_at // SECOND, UTC).strftime("%Y-%m-%d %H:%M UTC")
    sender = mail.sender or "nobody (a bounce?)"
    tries = "1 attempt" if mail.attempts == 1 else f"{mail.attempts} attempts"
    return (
        f"{mail.name}  {came}  {mail.store_key}  from {sender}  {mail.size} bytes, {tries}:"
        f" {mail.why}"
    )
