"""A gateway that takes no message of these words: the frames between are what they are."""

from __future__ import annotations

import json

from playwright.async_api import BrowserContext, WebSocketRoute

UNWANTED = "Nobody takes this one."


async def refuse_unwanted(context: BrowserContext) -> None:
    """Answer ``UNWANTED`` for the gateway from now on, with an error as it would send one."""

    def between(panel: WebSocketRoute) -> None:
        gateway = panel.connect_to_server()

        def says(message: str | bytes) -> None:
            frame = json.loads(message)
            if frame.get("body") != UNWANTED:
                gateway.send(message)
                return
            refusal = {"t": "error", "code": "too_many", "message": "", "about": "send"}
            panel.send(json.dumps({**refusal, "cmid": frame["cmid"]}))

        panel.on_message(says)

    await context.route_web_socket("**/ws/shopper", between)
