"""What a file is, by its bytes alone."""

from __future__ import annotations

import pytest

from gateway.files.kinds import BYTES, HEAD, kind_of
from tests.unit.files.drawing import SCRIPT, moving, photo


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (photo(kind="PNG"), "a.txt", "image/png"),
        (photo(), "a", "image/jpeg"),
        (moving(2), "a", "image/gif"),
        (photo(kind="WEBP"), "a", "image/webp"),
        (b"%PDF-1.7\n", "a", "application/pdf"),
        (b"PK\x03\x04\x14\x00", "order.docx", "application/zip"),
        (b"\x00\x00\x00\x18ftypheic", "a.jpg", "image/heic"),
        (b"\x00\x00\x00\x18ftypisom", "a", "video/mp4"),
        (b"ID3\x04", "a", "audio/mpeg"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "a", "audio/wav"),
        ("Grüße\n".encode(), "a.html", "text/plain"),
        (b"sku,size\n1,38\n", "sizes.CSV", "text/csv"),
        (("ä" * HEAD).encode()[:HEAD], "a", "text/plain"),
        (b"", "a.png", BYTES),
        (b"MZ\x90\x00", "a.png", BYTES),
        (b"<!doctype html>" + SCRIPT, "photo.png", BYTES),
        (b"  <svg onload='x()'>", "photo.svg", BYTES),
        (b"<?xml version='1.0'?>", "a.txt", BYTES),
        (b"Hello " + SCRIPT, "a.txt", BYTES),
        ("<html>".encode("utf-16"), "a.txt", BYTES),
        (b"caf\xe9 \x00", "a.txt", BYTES),
    ],
)
def test_a_file_is_what_its_bytes_say_and_no_document(head: bytes, name: str, kind: str) -> None:
    assert kind_of(head[:HEAD], name) == kind
