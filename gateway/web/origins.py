"""Where a browser may come from; anything else is refused before the upgrade."""

from __future__ import annotations

from urllib.parse import urlsplit


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, as browsers write an Origin."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port and parts.port != default else ""
    return f"{parts.scheme}://{(parts.hostname or '').lower()}{port}"


def allowed(origin: str | None, listed: frozenset[str]) -> bool:
    """Whether an Origin header is exactly one of these; none at all and ``null`` never are."""
    return origin is not None and origin != "null" and origin in listed
