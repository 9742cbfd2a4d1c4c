"""A provider tells that a mail of ours came back: a receipt of the delivery that it names."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from gateway.auth.passwords import Passwords
from gateway.channels.email.posted import Request
from gateway.egress import Egress
from gateway.services.presence import Presences
from gateway.web.app import build_app
from gateway.web.mail_hooks import MailHooks
from gateway.web.mail_keys import MailKeys
from tests.integration.town.building import Town
from tests.integration.town.leaving import hops, vera_asks_and_leaves
from tests.integration.town.outside import BASE_URL, KEY
from tests.integration.town.post_office import Letter
from tests.integration.town.townspeople import VERA_MAIL
from tests.posting import (
    MAILGUN_KEY,
    POSTMARK_SECRET,
    SENDGRID_SECRET,
    basic,
    mailgun_signature,
    post,
)

KEYS = MailKeys(postmark=[POSTMARK_SECRET], mailgun=[MAILGUN_KEY], sendgrid=[SENDGRID_SECRET])


async def ready() -> dict[str, str]:
    return {}


async def posted(town: Town, provider: str, request: Request) -> int:
    """The provider posts to the town's gateway."""
    app = build_app(
        town.house,
        Presences(town.house),
        Passwords(),
        twilio_tokens=(),
        ready=ready,
        mail_hooks=MailHooks(town.house, KEYS, Egress()),
    )
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url=BASE_URL
    ) as provider_side:
        answer = await provider_side.post(
            f"/hooks/mail/{KEY}/{provider}",
            content=request.body,
            headers=dict(request.headers),
        )
    await town.tick(1)
    return answer.status_code


def mailgun_event(town: Town, letter: Letter, number: int = 1) -> Request:
    return post(
        {
            "signature": mailgun_signature(town.clock.now(), f"{number:050d}"),
            "event-data": {
                "event": "failed",
                "id": "G9Bn5sl1TC6nu79C8C0bwg",
                "severity": "permanent",
                "message": {"headers": {"message-id": letter.head("Message-ID").strip("<>")}},
                "delivery-status": {"code": 550, "message": "5.1.1 no such user"},
            },
        }
    )


def sendgrid_event(letter: Letter, **more: Any) -> Request:
    event = {
        "event": "bounce",
        "sg_event_id": "Ym91bmNl",
        "smtp-id": letter.head("Message-ID"),
        "type": "bounce",
        "reason": "550 5.1.1 no such user",
        "status": "5.1.1",
        **more,
    }
    return post([event], basic(SENDGRID_SECRET))


async def mailed_to_vera(town: Town) -> Letter:
    """Ada's answer went to Vera's mailbox."""
    await town.policy(ladder=["email", "sms"])
    await vera_asks_and_leaves(town, mailbox=True)
    await town.ada.answers("Yes, in 38.")
    await town.tick(31)
    return town.post.to(VERA_MAIL)[-1]


@pytest.mark.parametrize("provider", ["mailgun", "sendgrid"])
async def test_a_mail_that_came_back_for_good_is_followed_by_a_text(
    town: Town, provider: str
) -> None:
    letter = await mailed_to_vera(town)
    for number in (1, 2):
        request = (
            mailgun_event(town, letter, number) if provider == "mailgun" else sendgrid_event(letter)
        )
        assert await posted(town, provider, request) == 200
    await town.tick(31)
    assert (await hops(town))[0] == ("email", "bounced")
    assert (await hops(town))[1][0] == "sms"
    (words,) = [row.error_words for row in await town.vera.deliveries() if row.state == "bounced"]
    assert "no such user" in words
    assert len(town.post.to(VERA_MAIL)) == 1


async def test_a_full_mailbox_is_a_mail_that_came_back_for_now(town: Town) -> None:
    letter = await mailed_to_vera(town)
    told = json.loads(mailgun_event(town, letter).body)
    told["event-data"]["delivery-status"] = {"code": 552, "message": "5.2.2 mailbox full"}
    request = post(told)
    assert await posted(town, "mailgun", request) == 200
    assert (await hops(town))[0] == ("email", "returned")


async def test_a_complaint_ends_mail_to_that_mailbox(town: Town) -> None:
    letter = await mailed_to_vera(town)
    assert await posted(town, "sendgrid", sendgrid_event(letter, event="spamreport")) == 200
    assert (await hops(town))[0] == ("email", "bounced")
    await town.vera.writes("Hello again?")
    await town.vera.leaves()
    await town.ada.answers("Still here.")
    await town.tick(24 * 3_600)
    assert len(town.post.to(VERA_MAIL)) == 1


async def test_postmark_names_the_mail_by_the_id_that_it_gave_when_it_took_it(town: Town) -> None:
    await mailed_to_vera(town)
    (row,) = [each for each in await town.vera.deliveries() if each.channel == "email"]
    assert row.provider_id
    told = {"RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "MessageID": row.provider_id}
    assert await posted(town, "postmark", post(told, basic(POSTMARK_SECRET))) == 200
    assert (await hops(town))[0] == ("email", "bounced")


async def test_a_failure_of_somebody_elses_mail_moves_nothing(town: Town) -> None:
    letter = await mailed_to_vera(town)
    foreign = sendgrid_event(letter, **{"smtp-id": "<another@elsewhere.example>"})
    assert await posted(town, "sendgrid", foreign) == 200
    unsigned = Request(headers={"content-type": "application/json"}, body=foreign.body)
    assert await posted(town, "sendgrid", unsigned) == 401
    forged = json.loads(mailgun_event(town, letter).body)
    forged["signature"]["signature"] = "0" * 64
    assert await posted(town, "mailgun", post(forged)) == 401
    assert await hops(town) == [("email", "accepted")]
