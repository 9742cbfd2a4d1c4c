"""Twilio's errors, in Twilio's words and form."""

from __future__ import annotations

from typing import Final

from starlette.responses import JSONResponse

_WORDS: Final = {
    20001: "Unknown parameters",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20503: "Service unavailable",
    21211: "Invalid 'To' Phone Number",
    21212: "Invalid From Number (caller ID)",
    21266: "'To' and 'From' number cannot be the same",
    21602: "Message body is required",
    21603: "A 'From' phone number is required",
    21604: "A 'To' phone number is required",
    21609: "Invalid 'StatusCallback' URL",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number is not a valid mobile number",
    21620: "Invalid media URL(s)",
    21623: "Number of media files exceeds allowed limit",
    21655: "The ContentSid is invalid",
    21656: "The ContentVariables parameter is invalid",
    21910: "Invalid 'From' and 'To' pair. They are of different channels",
    63007: "Twilio could not find a Channel with the specified From address",
    21617: "The concatenated message body exceeds the 1600 character limit",
}


class Fault(Exception):
    """A call that Twilio answers with an error; ``code`` is Twilio's, ``status`` HTTP's."""

    def __init__(self, code: int, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status

    def response(self) -> JSONResponse:
        """Return the error as Twilio's JSON."""
        more_info = f"https://www.twilio.com/docs/errors/{self.code}"
        headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if self.status == 401 else None
        return JSONResponse(
            {
                "code": self.code,
                "message": _WORDS.get(self.code, f"Error {self.code}"),
                "more_info": more_info,
                "status": self.status,
            },
            self.status,
            headers,
        )
