"""What every command begins with: the settings, the log, the event loop, the database."""

from __future__ import annotations

import logging
import sys
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
import structlog
import uvloop

from gateway import bootstrap
from gateway.clock import SystemClock
from gateway.settings import Settings, read_settings
from gateway.store.tx import Store


def settings() -> Settings:
    """The environment's settings; from here on the log is as they say."""
    found = read_settings()
    _set_up_logging(found.log_level)
    return found


def database() -> AbstractAsyncContextManager[Store]:
    """The database that the settings name, open."""
    return bootstrap.opened(settings(), SystemClock())


def run(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401  # whatever the work gives
    """Run a command's work to its end."""

    async def go() -> Any:  # noqa: ANN401
        return await work

    return anyio.run(go, backend_options={"loop_factory": uvloop.new_event_loop})


def _set_up_logging(level: str) -> None:
    # Not our level: below a warning some libraries log what they carry (aiosmtpd each address and
    # line), and Alembic would talk into an error that has to be one line.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
