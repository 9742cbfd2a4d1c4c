"""RFC 8292: who calls a push service, told by a signature."""

from __future__ import annotations

import re

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from gateway.channels.push.encryption import from_base64url
from gateway.channels.push.vapid import TOKEN_LASTS, VapidKey
from gateway.clock import DAY, SECOND
from tests.integration.town.moving_clock import NOON

ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/gAAA?x=1"
CONTACT = "mailto:ops@acme.example"


def test_the_token_is_for_the_endpoint_s_origin_for_less_than_a_day_and_names_the_operator() -> (
    None
):
    key = VapidKey.make()
    header = key.authorization(ENDPOINT, CONTACT, NOON)
    found = re.fullmatch(r"vapid t=([\w.-]+), k=([\w-]{87})", header)
    assert found is not None
    assert found.group(2) == key.public
    point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), from_base64url(key.public))
    claims = jwt.decode(
        found.group(1),
        point,
        algorithms=["ES256"],
        audience="https://updates.push.services.mozilla.com",
        options={"verify_exp": False},
    )
    assert claims["sub"] == CONTACT
    assert claims["exp"] == (NOON + TOKEN_LASTS) // SECOND
    assert TOKEN_LASTS < DAY
    assert jwt.get_unverified_header(found.group(1))["alg"] == "ES256"


def test_the_port_belongs_to_the_origin_where_it_is_not_the_usual_one() -> None:
    header = VapidKey.make().authorization("http://127.0.0.1:8081/push/a", CONTACT, NOON)
    token = header.removeprefix("vapid t=").partition(",")[0]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["aud"] == "http://127.0.0.1:8081"


def test_a_key_is_the_same_after_it_was_kept_and_never_shows_itself() -> None:
    key = VapidKey.make()
    assert VapidKey(key.private).public == key.public
    assert len(from_base64url(key.public)) == 65
    assert key.private.hex() not in repr(key)
    assert repr(key.private) not in repr(key)
    assert VapidKey.make() != key
