"""Every error that Onethread raises on purpose, as one tree.

    OnethreadError
    ├── BadInput                 they erred: the message says what to change
    │   ├── BadFrame             a socket frame that is malformed, oversized or out of place
    │   ├── CmidConflict         the same client id with another body
    │   ├── BadPolicy            a policy document that names a wrong field
    │   └── BadForms             a document of forms that does
    ├── Refused                  they may not
    │   ├── NotSignedIn
    │   ├── Forbidden
    │   └── TooMany              a cap or a rate limit, says when to come back
    ├── NotFound                 absent, or not theirs: both read the same from outside
    ├── Conflict                 the state moved on under the caller
    ├── StorageRefused           the disk or the database cannot take it now; nothing was kept
    └── Misconfigured            we erred: the operator must change a setting

Each class has a stable ``code`` for clients, an HTTP ``status`` and a socket ``close`` code.
"""

from __future__ import annotations


class OnethreadError(Exception):
    """Something went wrong that has a name."""

    code = "internal"
    status = 500
    close = 1011

    def __init__(self, message: str = "", **details: object) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().split("\n")[0])
        self.details = details

    @property
    def message(self) -> str:
        """The sentence a person may read."""
        return str(self.args[0])

    @property
    def why(self) -> str | None:
        """What it is, closer than ``code``, for clients that say it in words of their own."""
        why = self.details.get("why")
        return why if isinstance(why, str) else None


class BadInput(OnethreadError):
    """The request cannot be understood."""

    code = "bad_input"
    status = 400
    close = 1008


class BadFrame(BadInput):
    """The frame cannot be understood."""

    code = "bad_frame"


class CmidConflict(BadInput):
    """This client id was already used for another body."""

    code = "cmid_conflict"
    status = 409


class BadPolicy(BadInput):
    """The policy is not valid."""

    code = "bad_policy"


class BadForms(BadInput):
    """These forms are not valid."""

    code = "bad_forms"


class Refused(OnethreadError):
    """This is not allowed."""

    code = "refused"
    status = 403
    close = 4403


class NotSignedIn(Refused):
    """Sign in first."""

    code = "not_signed_in"
    status = 401
    close = 4401


class Forbidden(Refused):
    """This is not yours to do."""

    code = "forbidden"


class TooMany(Refused):
    """Too many of these; try again later."""

    code = "too_many"
    status = 429
    close = 4429


class NotFound(OnethreadError):
    """There is nothing here."""

    code = "not_found"
    status = 404
    close = 4404


class Conflict(OnethreadError):
    """It changed while you were looking at it."""

    code = "conflict"
    status = 409
    close = 4409


class Stale(Conflict):
    """Somebody else wrote in between; look, and then send it anyway or not."""

    code = "stale"


class Blocked(Conflict):
    """What is written to a blocked shopper is brought nowhere; write it anyway or not."""

    code = "blocked"


class StorageRefused(OnethreadError):
    """It could not be stored; nothing was kept. Try again."""

    code = "storage_refused"
    status = 503
    close = 1013


class Misconfigured(OnethreadError):
    """A setting is missing or wrong."""

    code = "misconfigured"
