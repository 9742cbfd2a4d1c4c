"""Whether a webhook is from Twilio. Source: twilio.com/docs/usage/webhooks/webhooks-security.

The signature is base64(HMAC(secret, URL + each key and value, sorted)). The SDK's validator is not
used: it raises on a missing header and on JSON without a hash (so a stranger could cause 500s),
does not compare in constant time, and takes half a second to import.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl

Tokens = Sequence[str] | Mapping[str, str]
"""Auth tokens, two while one is being replaced; or, with shared keys, secrets by key id, the auth
token under the empty id."""

_ALGORITHMS = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
_LEGACY = "HMAC_SHA1"
_PORTS = {"https": "443", "http": "80"}

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[^/?#]*?)(?P<port>:\d+)?(?P<path>[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)


def valid(
    url: str,
    params: Iterable[tuple[str, str]] | str,
    signature: str | None,
    tokens: Tokens,
    settings: str | None = None,
) -> bool:
    """Say whether Twilio signed this request; never raises, whatever it is handed.

    ``url`` is the public one, as configured at Twilio, with the query exactly as it came.
    ``params``: every pair of the form, blank values and unknown names too; or the raw JSON body,
    whose hash is in the URL (``bodySHA256``). ``settings`` is the header
    X-Twilio-Webhooks-Signature-Settings; it may name a key and HMAC_SHA256, but with secrets by
    key id only the named one is tried, and a shared key never serves the older algorithm.
    """
    try:
        return _valid(url, params, signature, tokens, settings)
    except Exception:
        # A stranger's input of any shape. There is nothing to tell them but no.
        return False


def _valid(
    url: str,
    params: Iterable[tuple[str, str]] | str,
    signature: str | None,
    tokens: Tokens,
    settings: str | None,
) -> bool:
    if not isinstance(signature, str):
        return False
    key, algorithm = _settings(settings)
    secrets = _secrets(tokens, key, algorithm)
    form = _form(params, url)
    given = signature.encode()
    # Every secret and spelling is tried, also after a match: the time taken tells nothing.
    matches = [
        hmac.compare_digest(_sign(secret, spelling + form, algorithm), given)
        for secret in secrets
        for spelling in _spellings(url)
    ]
    return any(matches)


def _settings(header: str | None) -> tuple[str, str]:
    """Read ``key=<id>,algorithm=<name>``; without the header it is the auth token and SHA-1."""
    found: dict[str, str] = {}
    for part in header.split(",") if header else ():
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value:
            continue
        if name in found:
            raise ValueError("named twice")
        found[name] = value
    return found.get("key", ""), found.get("algorithm", _LEGACY).upper()


def _secrets(tokens: Tokens, key: str, algorithm: str) -> list[str]:
    if algorithm not in _ALGORITHMS:
        return []
    if isinstance(tokens, Mapping):
        # No key named: no secret, rather than the auth token under another algorithm.
        chosen = [tokens.get("") if algorithm == _LEGACY else key and tokens.get(key)]
    else:
        # A lone string is one token, not a sequence of one-letter tokens.
        chosen = [tokens] if isinstance(tokens, str) else list(tokens)
    # With an empty secret anybody could sign.
    return [secret for secret in chosen if isinstance(secret, str) and secret]


def _form(params: Iterable[tuple[str, str]] | str, url: str) -> str:
    if isinstance(params, str):
        _check_body(params, url)
        return ""
    return "".join([name + value for name, value in sorted(set(params))])


def _check_body(body: str, url: str) -> None:
    query = url.partition("?")[2].partition("#")[0]
    hashes = [value for name, value in parse_qsl(query) if name == "bodySHA256"]
    if not hashes:
        if body:
            raise ValueError("a body that nothing vouches for")
        return
    if not hmac.compare_digest(hashlib.sha256(body.encode()).hexdigest(), hashes[0]):
        raise ValueError("another body")


def _spellings(url: str) -> set[str]:
    """Give the URL with and without its port, since Twilio signs either, and ``'`` as ``%27``."""
    parts = _URL.fullmatch(url)
    if parts is None:
        return {url}
    scheme, host, path = parts["scheme"], parts["host"], parts["path"] or ""
    port = parts["port"] or f":{_PORTS[scheme.lower()]}"
    resource, mark, query = path.partition("?")
    paths = {path, resource + mark + query.replace("'", "%27")}
    return {f"{scheme}://{host}{shown}{rest}" for shown in ("", port) for rest in paths}


def _sign(secret: str, text: str, algorithm: str) -> bytes:
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), _ALGORITHMS[algorithm]))
