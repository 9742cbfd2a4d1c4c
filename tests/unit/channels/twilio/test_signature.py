"""Only Twilio can tell us what Vera texted. twilio.com/docs/usage/webhooks/webhooks-security."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator
from typing_extensions import override

from gateway.channels.twilio.signature import valid

TOKEN = "12345"
OLD_TOKEN = "the one before"
URL = "https://mycompany.example/myapp.php?foo=1&bar=2"
PARAMS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
SHARED = "a shared key's secret"
KEY = "webhooks_sharedkey_1"
SETTINGS = f"key={KEY},algorithm=HMAC_SHA256"


def sign(
    url: str, params: list[tuple[str, str]], token: str = TOKEN, algorithm: str = "sha1"
) -> str:
    """Write the signature as Twilio's page describes it, for lists without repeated names."""
    text = url + "".join(name + value for name, value in sorted(params))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), algorithm)).decode()


def test_the_example_of_twilio_s_own_page() -> None:
    """The vector that all of Twilio's SDKs test with."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert valid(url, PARAMS, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", [TOKEN])


def test_a_text_from_twilio_is_believed() -> None:
    assert valid(URL, PARAMS, sign(URL, PARAMS), [TOKEN])


def test_a_blank_value_counts() -> None:
    params = [*PARAMS, ("FromZip", "")]
    assert valid(URL, params, sign(URL, params), [TOKEN])
    assert not valid(URL, PARAMS, sign(URL, params), [TOKEN])


def test_repeated_values_count_once_and_in_order() -> None:
    """The SDKs' vector for ``MultiValue``."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    digits = [("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
    flat = [("Sid", "CA123"), ("SidAccount", "AC123"), *digits]
    assert valid(url, flat, "IK+Dwps556ElfBT0I3Rgjkr1wJU=", [TOKEN])


@pytest.mark.parametrize(
    ("url", "params", "token"),
    [
        (URL.replace("https", "http"), PARAMS, TOKEN),
        (URL + "&x=1", PARAMS, TOKEN),
        (URL.replace("mycompany", "elsewhere"), PARAMS, TOKEN),
        (URL, PARAMS[:-1], TOKEN),
        (URL, [*PARAMS, ("Body", "forged")], TOKEN),
        (URL, [*PARAMS, ("From", "+14158675310")], TOKEN),
        (URL, PARAMS, "another"),
        (URL, PARAMS, ""),
    ],
)
def test_anything_changed_is_not_believed(
    url: str, params: list[tuple[str, str]], token: str
) -> None:
    assert not valid(url, params, sign(URL, PARAMS), [token])


def test_both_tokens_are_good_while_one_is_being_replaced() -> None:
    signature = sign(URL, PARAMS, OLD_TOKEN)
    assert valid(URL, PARAMS, signature, [TOKEN, OLD_TOKEN])
    assert not valid(URL, PARAMS, signature, [TOKEN])
    assert not valid(URL, PARAMS, signature, [])


def test_an_empty_token_does_not_open_the_door() -> None:
    def forged(url: str) -> str:
        return base64.b64encode(hmac.digest(b"", url.encode(), hashlib.sha1)).decode()

    assert not valid(URL, [], forged(URL), [""])
    assert not valid(URL, [], forged(URL), ["", TOKEN])
    assert not valid(URL, [], forged(URL), {"": ""})


def test_a_lone_token_is_not_a_list_of_letters() -> None:
    assert valid(URL, PARAMS, sign(URL, PARAMS), TOKEN)
    assert not valid(URL, PARAMS, sign(URL, PARAMS, "1"), TOKEN)


@pytest.mark.parametrize(
    ("signed", "seen"),
    [
        ("https://shop.example:443/hook", "https://shop.example/hook"),
        ("https://shop.example/hook", "https://shop.example:443/hook"),
        ("https://shop.example/hook", "https://shop.example:8443/hook"),
        ("http://shop.example:80/hook", "http://shop.example/hook"),
        ("https://u:p@shop.example/hook", "https://u:p@shop.example:8443/hook"),
        ("https://[::1]:443/hook", "https://[::1]/hook"),
        ("https://shop.example/hook?a=%27b%27", "https://shop.example/hook?a='b'"),
        ("https://shop.example/hook?a='b'", "https://shop.example/hook?a='b'"),
        ("https://shop.example", "https://shop.example:443"),
    ],
)
def test_spellings_of_one_address_are_one(signed: str, seen: str) -> None:
    assert valid(seen, PARAMS, sign(signed, PARAMS), [TOKEN])


@pytest.mark.parametrize(
    ("signed", "seen"),
    [
        ("https://shop.example:8443/hook", "https://shop.example/hook"),
        ("https://shop.example:80/hook", "https://shop.example/hook"),
        ("https://shop.example/it%27s", "https://shop.example/it's"),
    ],
)
def test_different_addresses_are_different(signed: str, seen: str) -> None:
    assert not valid(seen, PARAMS, sign(signed, PARAMS), [TOKEN])


# JSON

BODY = '{"hello": "Věra"}'
HASHED = f"{URL}&bodySHA256={hashlib.sha256(BODY.encode()).hexdigest()}"


def test_a_json_body_is_believed_by_its_hash() -> None:
    assert valid(HASHED, BODY, sign(HASHED, []), [TOKEN])


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (HASHED, BODY + " "),
        (HASHED, ""),
        (HASHED.replace("bodySHA256", "bodysha256"), BODY),
        (URL, BODY),
        (f"{URL}&bodySHA256=", BODY),
        (f"{URL}#bodySHA256={hashlib.sha256(BODY.encode()).hexdigest()}", BODY),
    ],
)
def test_a_json_body_that_nothing_vouches_for_is_not_believed(url: str, body: str) -> None:
    assert not valid(url, body, sign(url, []), [TOKEN])


def test_a_form_is_not_passed_off_as_a_hashed_body() -> None:
    assert not valid(HASHED, PARAMS, sign(HASHED, []), [TOKEN])
    assert valid(HASHED, PARAMS, sign(HASHED, PARAMS), [TOKEN])


# Shared keys


def test_a_shared_key_signs_with_sha256() -> None:
    signature = sign(URL, PARAMS, SHARED, "sha256")
    assert valid(URL, PARAMS, signature, {KEY: SHARED, "": TOKEN}, SETTINGS)
    assert valid(URL, PARAMS, signature, [SHARED], SETTINGS)


def test_the_auth_token_still_serves_the_older_algorithm() -> None:
    for settings in (None, "", "algorithm=HMAC_SHA1"):
        assert valid(URL, PARAMS, sign(URL, PARAMS), {KEY: SHARED, "": TOKEN}, settings)


@pytest.mark.parametrize(
    ("secret", "algorithm", "settings"),
    [
        # The header names another key, none, or two.
        (SHARED, "sha256", "key=webhooks_sharedkey_2,algorithm=HMAC_SHA256"),
        (SHARED, "sha256", "algorithm=HMAC_SHA256"),
        (SHARED, "sha256", f"key={KEY},key={KEY},algorithm=HMAC_SHA256"),
        # A shared key under the older algorithm, or the auth token under the newer.
        (SHARED, "sha1", None),
        (SHARED, "sha1", f"key={KEY}"),
        (SHARED, "sha1", f"key={KEY},algorithm=HMAC_SHA1"),
        (TOKEN, "sha256", "algorithm=HMAC_SHA256"),
        (TOKEN, "sha256", SETTINGS),
        # Algorithms that are not Twilio's.
        (SHARED, "md5", f"key={KEY},algorithm=HMAC_MD5"),
        (SHARED, "sha256", f"key={KEY},algorithm=none"),
    ],
)
def test_the_header_cannot_choose_a_weaker_secret(
    secret: str, algorithm: str, settings: str | None
) -> None:
    tokens = {KEY: SHARED, "": TOKEN}
    assert not valid(URL, PARAMS, sign(URL, PARAMS, secret, algorithm), tokens, settings)


# Whatever a stranger sends


class Hostile:
    """Raises whatever it is asked."""

    @override
    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    @override
    def __hash__(self) -> int:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError

    def __iter__(self) -> NoReturn:
        raise RuntimeError


ODD: dict[str, Any] = {
    "none": None,
    "number": 7,
    "bytes": b"x",
    "half a pair": "\ud800",
    "letter": "ü",
    "empty": [],
    "list of none": [None],
    "short pairs": [("a",)],
    "hostile": Hostile(),
    "object": object(),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("place", ["url", "params", "signature", "tokens"])
def test_an_odd_argument_is_merely_not_valid(odd: str, place: str) -> None:
    arguments: dict[str, Any] = {
        "url": URL,
        "params": PARAMS,
        "signature": sign(URL, PARAMS),
        "tokens": [TOKEN],
    }
    assert valid(**arguments)
    assert not valid(**{**arguments, place: ODD[odd]})


@pytest.mark.parametrize("odd", ["number", "bytes", "list of none", "hostile", "object"])
def test_an_odd_header_is_merely_not_valid(odd: str) -> None:
    assert not valid(URL, PARAMS, sign(URL, PARAMS), [TOKEN], ODD[odd])


@given(
    url=st.text(),
    params=st.one_of(st.text(), st.lists(st.tuples(st.text(), st.text()))),
    signature=st.one_of(st.none(), st.text()),
    settings=st.one_of(st.none(), st.text()),
)
def test_nothing_made_up_is_valid(
    url: str, params: str | list[tuple[str, str]], signature: str | None, settings: str | None
) -> None:
    assert valid(url, params, signature, [TOKEN], settings) is False


# Against Twilio's own validator

hosts = st.sampled_from(["shop.example", "shop.example:8443", "shop.example:443", "127.0.0.1:8080"])
paths = st.text(alphabet="abcXYZ019/-_.~%+", max_size=20)
queries = st.text(alphabet="abc=&%20+;,", max_size=20)
values = st.text(st.characters(codec="utf-8"), max_size=20)
forms = st.lists(st.tuples(values, values), max_size=8)
changes = st.sampled_from(["", "url", "params", "signature"])


@given(
    st.sampled_from(["https", "http"]), hosts, paths, queries, forms,
    st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]), changes,
)  # fmt: skip
def test_it_agrees_with_twilio_s_validator(
    scheme: str,
    host: str,
    path: str,
    query: str,
    form: list[tuple[str, str]],
    algorithm: str,
    change: str,
) -> None:
    url = f"{scheme}://{host}/{path}" + (f"?{query}" if query else "")
    twilio = RequestValidator(TOKEN)
    signature = twilio.compute_signature(url, ImmutableMultiDict(form), algorithm)
    if change == "url":
        url += "x"
    elif change == "params":
        form = [*form, ("Added", "x")]
    elif change == "signature":
        signature = signature[::-1]
    settings = f"key=any,algorithm={algorithm}"
    theirs = twilio.validate(url, ImmutableMultiDict(form), signature, algorithm)
    assert valid(url, form, signature, [TOKEN], settings) is theirs


@given(values, st.booleans())
def test_it_agrees_with_twilio_s_validator_on_json(body: str, changed: bool) -> None:
    url = f"{URL}&bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    twilio = RequestValidator(TOKEN)
    signature = twilio.compute_signature(url, {})
    if changed:
        body += "x"
    assert valid(url, body, signature, [TOKEN]) is twilio.validate(url, body, signature)
    assert valid(url, body, signature, [TOKEN]) is not changed
