"""Forms as providers post them: ``multipart/form-data`` (RFC 7578) and ``x-www-form-urlencoded``.

Written by hand because a mail in a form is bytes in an unknown charset: each field stays bytes
here, and its reader knows better than the form what they are. Linear in the size of the body.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from gateway.channels.email.headers import parameters
from gateway.channels.email.posted import NotAMail, Request

MOST_PARTS = 1_000
_MOST_HEAD = 16_000  #: bytes of one part's head
_MOST_BOUNDARY = 200  # RFC 2046 section 5.1.1 allows 70


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A field that came as a file; ``name`` and ``content_type`` are what the sender claims."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The first value of each field, and the files by the names of their fields."""

    values: dict[str, bytes]
    files: dict[str, File]

    def text(self, name: str) -> str:
        """A field that is UTF-8, or empty."""
        return self.values.get(name, b"").decode("utf-8", "replace")


def read(request: Request) -> Form:
    """Read the body as the form that its Content-Type says.

    Raises:
        NotAMail: another type, no boundary, a part without a name, or too many parts.
    """
    kind, said = parameters(request.headers.get("content-type", ""))
    if kind == "application/x-www-form-urlencoded":
        return _urlencoded(request.body)
    if kind != "multipart/form-data":
        raise NotAMail("this is not a form")
    boundary = said.get("boundary", "").encode("utf-8", "replace")
    if not 0 < len(boundary) <= _MOST_BOUNDARY:
        raise NotAMail("the form does not say where its parts begin")
    return _multipart(request.body, boundary)


def _urlencoded(body: bytes) -> Form:
    try:
        # Latin-1 both ways: a field's bytes come out as they went in.
        pairs = parse_qsl(
            body.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=MOST_PARTS,
        )
    except ValueError:
        raise NotAMail("the form has too many fields") from None
    values: dict[str, bytes] = {}
    for name, value in pairs:
        values.setdefault(name, value.encode("latin-1"))
    return Form(values=values, files={})


def _multipart(body: bytes, boundary: bytes) -> Form:
    delimiter = b"\r\n--" + boundary
    pieces = (b"\r\n" + body).split(delimiter, MOST_PARTS + 1)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise NotAMail("the form is cut off, or has too many parts")
    form = Form(values={}, files={})
    for piece in pieces[1:-1]:
        _take(form, piece)
    return form


def _take(form: Form, piece: bytes) -> None:
    # Spaces after a boundary are transport padding (RFC 2046 section 5.1.1).
    padding, _, rest = piece.partition(b"\r\n")
    if padding.strip(b" \t"):
        raise NotAMail("the form's boundary is also within it")
    head, blank, data = rest.partition(b"\r\n\r\n")
    if not blank or len(head) > _MOST_HEAD:
        raise NotAMail("a part of the form has no end of its head")
    fields = dict(_fields(head))
    kind, said = parameters(fields.get("content-disposition", ""))
    name = said.get("name")
    if kind != "form-data" or not name:
        raise NotAMail("a part of the form has no name")
    if "filename" not in said:
        form.values.setdefault(name, data)
    else:
        content_type = fields.get("content-type", "application/octet-stream")
        file = File(name=said["filename"], content_type=content_type, data=data)
        form.files.setdefault(name, file)


def _fields(head: bytes) -> list[tuple[str, str]]:
    lines = head.decode("utf-8", "replace").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return [(name.strip().lower(), value.strip()) for name, _, value in pairs]
