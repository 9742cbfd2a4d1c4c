"""A mail's head on its own, for who has to know it before the mail is read."""

from __future__ import annotations

from gateway.channels.email.headers import Headers, read

MOST_HEAD = 64 * 1024  #: bytes


def head_of(raw: bytes) -> Headers:
    """The fields of a mail with CRLF line ends, up to ``MOST_HEAD``, and nothing of its words.

    Words that look like fields would pass for an id, and megabytes of them stop every socket.
    """
    return read(raw[:MOST_HEAD].partition(b"\r\n\r\n")[0])[0]
