"""Processes that are stopped and killed have a database of their own."""

from __future__ import annotations

import pytest


@pytest.fixture
def postgresql_url(fresh_postgresql_url: str) -> str:
    """Nobody was there before."""
    return fresh_postgresql_url
