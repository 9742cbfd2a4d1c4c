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
_LOWEST_STATUS, _HIGHEST_STATUS = 400, 599


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """One mode per channel.

    ``sms_code`` is Twilio's error code for ``reject`` (else 21211) and ``bounce`` (else 30005).
    ``push_code`` is the HTTP status for ``reject`` (else 410); what bounces, no browser shows.
    Nor does the app then: it says that it failed.
    """

    sms: Mode = "ok"
    mail: Mode = "ok"
    sms_code: int | None = None
    push: Mode = "ok"
    push_code: int | None = None
    app: Mode = "ok"

    def changed(self, wish: Mapping[str, object]) -> Switches:
        """Return the switches with those named in ``wish`` set; setting one forgets its code.

        Raises:
            BadInput: for an unknown switch, mode or code.
        """
        unknown = set(wish) - {"sms", "mail", "sms_code", "push", "push_code", "app"}
        if unknown or not wish:
            raise BadInput("Switches are sms, mail, push, app, sms_code and push_code.")
        code = wish.get("sms_code", None if "sms" in wish else self.sms_code)
        push_code = wish.get("push_code", None if "push" in wish else self.push_code)
        return Switches(
            sms=_mode(wish.get("sms", self.sms)),
            mail=_mode(wish.get("mail", self.mail)),
            sms_code=_code(code),
            push=_mode(wish.get("push", self.push)),
            push_code=_status(push_code),
            app=_mode(wish.get("app", self.app)),
        )


def _mode(value: object) -> Mode:
    if not isinstance(value, str) or value not in MODES:
        raise BadInput(f"A switch is one of {', '.join(MODES)}.")
    return cast("Mode", value)


def _status(value: object) -> int | None:
    if value is None or (type(value) is int and _LOWEST_STATUS <= value <= _HIGHEST_STATUS):
        return value
    raise BadInput("push_code is an HTTP status from 400 to 599.")


def _code(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput("sms_code is a whole number.")
    if not _LOWEST_CODE <= value <= _HIGHEST_CODE:
        raise BadInput("sms_code has five digits.")
    return value
