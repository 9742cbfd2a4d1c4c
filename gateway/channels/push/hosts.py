"""Whose push services are called: an endpoint is an address that a client names.

Only those of the browsers' vendors, unless the operator names others. An origin of the operator's
own (``http://127.0.0.1:8081``) is for a pretend push service and is called as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

VENDORS = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "*.push.apple.com",
)
"""Chrome and its kin, Firefox, Edge, Safari."""

MOST_ENDPOINT = 2_048  #: characters


@dataclass(frozen=True, slots=True)
class PushHosts:
    """``names`` may begin with ``*.`` for any name below; ``origins`` are called whatever they are.

    Raises:
        ValueError: one of them is neither a host nor an origin.
    """

    names: tuple[str, ...] = VENDORS
    origins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would never match, or match everything."""
        for name in self.names:
            bare = name.removeprefix("*.")
            if "." not in bare or not bare.replace("-", "a").replace(".", "a").isalnum():
                raise ValueError(f"{name!r} is no host; write it like *.push.example")
        for origin in self.origins:
            found = urlsplit(origin)
            if found.scheme not in ("http", "https") or not found.hostname or found.path:
                raise ValueError(f"{origin!r} is no origin; write it like http://127.0.0.1:8081")

    @classmethod
    def named(cls, parts: Iterable[str]) -> PushHosts:
        """From the words of a setting: hosts, and origins where ``://`` tells one."""
        words = [part.strip().lower().rstrip("/") for part in parts if part.strip()]
        return cls(
            names=tuple(each for each in words if "://" not in each),
            origins=tuple(each for each in words if "://" in each),
        )

    def take(self, endpoint: str) -> bool:
        """Whether this is an endpoint of one of them."""
        if len(endpoint) > MOST_ENDPOINT or not endpoint.isascii() or not endpoint.isprintable():
            return False
        try:
            found = urlsplit(endpoint)
            port = found.port
        except ValueError:
            return False
        if found.username is not None or found.password is not None or not found.hostname:
            return False
        if origin_of(found) in self.origins:
            return True
        # Vendors answer at the usual port: another one could be another server of that machine.
        return found.scheme == "https" and port in (None, 443) and self._knows(found.hostname)

    def _knows(self, host: str) -> bool:
        return any(
            host.endswith(name[1:]) if name.startswith("*.") else host == name
            for name in self.names
        )


def origin_of(found: SplitResult) -> str:
    """``https://push.example``, and the port where it is not the usual one (RFC 6454 section 6)."""
    usual = {"https": 443, "http": 80}.get(found.scheme)
    port = "" if found.port in (None, usual) else f":{found.port}"
    host = f"[{found.hostname}]" if ":" in (found.hostname or "") else found.hostname
    return f"{found.scheme}://{host}{port}"
