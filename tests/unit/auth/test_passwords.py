"""Agents' passwords: how they are kept, and what an unknown agent costs."""

from __future__ import annotations

import anyio
import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from gateway.auth import passwords
from gateway.auth.passwords import SHORTEST, Passwords, hash_password
from gateway.errors import BadInput

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def stored() -> str:
    """What is kept of Ada's password."""
    return hash_password(PASSWORD)


async def test_ada_is_let_in_by_her_password_alone(stored: str) -> None:
    check = Passwords()
    assert await check.matches(stored, PASSWORD)
    for wrong in ("", "Correct horse battery", PASSWORD + " ", PASSWORD[:-1], stored):
        assert not await check.matches(stored, wrong)


async def test_nobody_has_no_password(stored: str) -> None:
    check = Passwords()
    assert not await check.matches(None, PASSWORD)
    assert not await check.matches("not a hash", PASSWORD)
    assert not await check.matches("", PASSWORD)


def test_the_same_password_is_kept_differently_each_time(stored: str) -> None:
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert hash_password(PASSWORD) != stored


def test_an_unknown_e_mail_costs_as_much_as_a_known_one(stored: str) -> None:
    nobody, ada = extract_parameters(passwords._NOBODY), extract_parameters(stored)
    assert nobody == ada
    assert ada.type is Type.ID
    assert ada.memory_cost >= 19 * 1024  # OWASP's least for argon2id, in KiB


def test_a_short_password_is_refused() -> None:
    with pytest.raises(BadInput, match=str(SHORTEST)):
        hash_password("x" * (SHORTEST - 1))
    assert hash_password("x" * SHORTEST)


async def test_many_sign_ins_at_once_all_get_their_answer(stored: str) -> None:
    check, answers = Passwords(), list[bool]()

    async def sign_in(password: str) -> None:
        answers.append(await check.matches(stored, password))

    async with anyio.create_task_group() as group:
        for number in range(6):
            group.start_soon(sign_in, PASSWORD if number % 2 else "wrong horse battery")
    assert sorted(answers) == [False] * 3 + [True] * 3
