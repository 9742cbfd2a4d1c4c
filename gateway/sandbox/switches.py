"""How the phone company and the post office behave: well, or in one of the known bad ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from gateway.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

Mode = Literal["ok", "reject", "timeout", "bounce", "slow", "down"]
MODES: Final[tuple[str, ...]] = get_args(Mode)
SLOW: Final = 3.0
"""Seconds that ``slow`` takes to answer: longer than people like, shorter than time-outs."""

_LOWEST_CODE, _HIGHEST_CODE = 10_000, 99_999


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """One mode per channel.

    ``sms_code`` is Twilio's error code for ``reject`` (else 21211) and ``bounce`` (else 30005).
    """

    sms: Mode = "ok"
    mail: Mode = "ok"
    sms_code: int | None = None

    def changed(self, wish: Mapping[str, object]) -> Switches:
        """Return the switches with those named in ``wish`` set; setting sms forgets the code.

        Raises:
            BadInput: for an unknown switch, mode or code.
        """
        unknown = set(wish) - {"sms", "mail", "sms_code"}
        if unknown or not wish:
            raise BadInput("Switches are sms, mail and sms_code.")
        code = wish.get("sms_code", None if "sms" in wish else self.sms_code)
        return Switches(
            sms=_mode(wish.get("sms", self.sms)),
            mail=_mode(wish.get("mail", self.mail)),
            sms_code=_code(code),
        )


def _mode(value: object) -> Mode:
    if not isinstance(value, str) or value not in MODES:
        raise BadInput(f"A switch is one of {', '.join(MODES)}.")
    return cast("Mode", value)


def _code(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput("sms_code is a whole number.")
    if not _LOWEST_CODE <= value <= _HIGHEST_CODE:
        raise BadInput("sms_code has five digits.")
    return value
