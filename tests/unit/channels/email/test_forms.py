"""Forms as bytes: RFC 7578 and the URL's own kind."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import forms
from gateway.channels.email.posted import NotAMail, Request
from tests.posting import multipart


def asked(body: bytes, kind: str = "multipart/form-data; boundary=b") -> Request:
    return Request(headers={"content-type": kind}, body=body)


def test_bytes_come_out_as_they_went_in() -> None:
    every = bytes(range(256)) + b"\r\n\r\n--\r\n"
    form = forms.read(multipart({"mail": every}, {"a": ("Ü.bin", "image/png", every)}))
    assert form.values == {"mail": every}
    file = form.files["a"]
    assert (file.data, file.name, file.content_type) == (every, "Ü.bin", "image/png")


def test_the_first_of_two_fields_of_one_name_counts() -> None:
    body = b"recipient=ada%40acme.example&recipient=mallory%40evil.example&empty="
    form = forms.read(asked(body, "application/x-www-form-urlencoded"))
    assert form.text("recipient") == "ada@acme.example"
    assert form.text("empty") == form.text("absent") == ""


def test_a_preamble_and_padding_are_passed_over() -> None:
    part = b'--b  \r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    body = b"preamble\r\n" + part + b"--b--\r\nepilogue"
    assert forms.read(asked(body)).values == {"a": b"1"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b--",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\n',
        b'--b\r\nContent-Disposition: attachment; name="a"\r\n\r\n1\r\n--b--',
        b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--",
        b"--b\r\n\r\n1\r\n--b--",
        b'--bb\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--',
        b"--b\r\n" + b"X: y\r\n" * 10_000 + b"\r\n1\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 1_001 + b"--b--",
    ],
)
def test_a_form_that_is_cut_off_or_overlong_is_refused(body: bytes) -> None:
    with pytest.raises(NotAMail):
        forms.read(asked(body))


def test_too_many_fields_are_refused() -> None:
    with pytest.raises(NotAMail):
        forms.read(asked(b"a=1&" * 2_000, "application/x-www-form-urlencoded"))


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data", "multipart/mixed; boundary=b",
             f"multipart/form-data; boundary={'b' * 999}"]
)  # fmt: skip
def test_another_type_is_refused(kind: str) -> None:
    with pytest.raises(NotAMail):
        forms.read(asked(b"--b--", kind))


@given(
    body=st.lists(
        st.binary(max_size=20)
        | st.sampled_from([b"--b", b"\r\n", b"--", b"\r\n\r\n", b"\r\n--b",
                           b'Content-Disposition: form-data; name="a"', b"; filename=x"])
    ).map(b"".join)
)  # fmt: skip
def test_any_body_is_a_form_or_a_refusal(body: bytes) -> None:
    with contextlib.suppress(NotAMail):
        assert forms.read(asked(body)).values is not None
