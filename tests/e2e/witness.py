"""Sees what hostile words do in a browser: what ran, was refused, or left for elsewhere."""

from __future__ import annotations

from typing import Any

from playwright.async_api import BrowserContext, Frame

# In every frame of every page before anything else: who runs or is refused is written down.
_WITNESS = """
window.pwned = (n) => witnessed(`ran ${n} at ${location.href}`);
document.addEventListener('securitypolicyviolation', (event) =>
  witnessed(`${event.violatedDirective} ${event.blockedURI} at ${location.href}`));
"""


class Witness:
    """What ran, was refused by a policy, or left for a stranger's server, in one browser.

    With ``own`` every request is a stranger's that does not begin so.
    """

    def __init__(self, own: tuple[str, ...] = ()) -> None:
        self.saw: list[str] = []
        self._own = own

    async def watch(self, context: BrowserContext) -> None:
        """Before the browser has its first page."""
        await context.expose_function("witnessed", self._witnessed)
        await context.add_init_script(_WITNESS)
        context.on("request", self._asked)
        context.on("dialog", self._told)
        context.on("console", self._told)

    async def rehearse(self, page: Frame) -> None:
        """What ran and what was refused is seen; nothing of it is remembered."""
        await page.evaluate("() => pwned('a rehearsal')")
        await page.evaluate(
            """() => new Promise((done) => {
              document.addEventListener('securitypolicyviolation', done, { once: true });
              document.body.append(Object.assign(document.createElement('script'), { text: '0' }));
            })"""
        )
        assert len(self.saw) >= 2, self.saw
        self.saw.clear()

    def _witnessed(self, what: str) -> None:
        self.saw.append(what)

    def _asked(self, request: Any) -> None:
        known = request.url.startswith((*self._own, "data:", "blob:", "about:"))
        if "evil.example" in request.url or (self._own and not known):
            self.saw.append(request.url)

    def _told(self, one: Any) -> None:
        if "Content Security Policy" in str(getattr(one, "text", "")) or hasattr(one, "accept"):
            self.saw.append(str(one))
