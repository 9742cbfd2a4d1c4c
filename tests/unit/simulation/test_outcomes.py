"""What becomes of a delivery that never was, rule by rule."""

from __future__ import annotations

from binascii import crc32

from gateway.core.model import DeliveryState, Form, Send
from gateway.simulation.outcomes import RecordedFates
from gateway.simulation.story import Course, Rate, Step
from tests.unit.simulation.shop import ACCEPTED, DELIVERED, Shop, at, step

FAILED = step(5, DeliveryState.FAILED, condemns=True)
REFUSED = Step(after=0, state=DeliveryState.FAILED, refuses=True)
NEVER_BAD = Rate(channel="sms", bad=0.0, accepted_after=1, delivered_after=2, failed_after=3)
ALWAYS_BAD = Rate(channel="sms", bad=1.0, accepted_after=1, delivered_after=2, failed_after=3)


def send(channel: str = "sms", *seqs: int, address: str = "") -> Send:
    return Send(
        person_id="vera",
        address_id=address or f"vera-{channel}",
        channel=channel,
        form=Form.WORDS,
        seqs=seqs or (2,),
    )


def course(shop: Shop, seconds: float, *rates: Rate, wanted: Send | None = None) -> Course:
    return RecordedFates(shop.story(), rates).of(wanted or send(), at(seconds))[0]


def states(found: Course) -> list[str]:
    return [str(each.state) for each in found]


def test_a_delivery_that_was_really_made_goes_as_it_went_but_only_once() -> None:
    shop = Shop().really(50, "sms", step(1, DeliveryState.DEFERRED))
    shop.really(80, "sms", ACCEPTED, DELIVERED)
    fates = RecordedFates(shop.story(), ())
    assert states(fates.of(send(), at(51))[0]) == ["deferred"]
    assert states(fates.of(send(), at(52))[0]) == ["accepted", "delivered"]
    # Neither is left, and a provider's bad minute says nothing about the address.
    third, recorded = fates.of(send(), at(53))
    assert (states(third), recorded) == (["accepted", "delivered"], None)


def test_a_minute_later_it_is_another_delivery_to_an_address_that_is_good() -> None:
    shop = Shop().really(
        50, "sms", step(1, DeliveryState.UNKNOWN), step(9, DeliveryState.DELIVERED)
    )
    found, recorded = RecordedFates(shop.story(), ()).of(send(), at(200))
    assert (states(found), recorded) == (["delivered"], None)


def test_an_address_is_bad_from_when_it_failed_and_good_while_it_was() -> None:
    shop = Shop().really(100, "sms", ACCEPTED, DELIVERED).really(5_000, "sms", ACCEPTED, FAILED)
    assert states(course(shop, 300))[-1] == "delivered"
    assert states(course(shop, 4_000))[-1] == "delivered"
    assert states(course(shop, 9_000))[-1] == "failed"
    # Before anything was sent there, what came first is the best that is known.
    assert states(course(Shop().really(5_000, "sms", ACCEPTED, FAILED), 10))[-1] == "failed"


def test_words_that_a_provider_refused_are_refused_again_and_others_are_not() -> None:
    shop = Shop().really(100, "sms", REFUSED, seqs=(2,)).really(900, "sms", ACCEPTED, DELIVERED)
    assert course(shop, 500, wanted=send("sms", 2, 3))[0].refuses
    assert states(course(shop, 500, wanted=send("sms", 3)))[-1] == "delivered"


def test_an_address_of_which_nothing_is_recorded_follows_the_channels_rate() -> None:
    assert states(course(Shop(), 0, NEVER_BAD)) == ["accepted", "delivered"]
    bad = course(Shop(), 0, ALWAYS_BAD)
    assert states(bad) == ["accepted", "failed"]
    assert bad[-1].condemns
    half = Rate(channel="sms", bad=0.5, accepted_after=1, delivered_after=2, failed_after=3)
    names = [f"phone-{n}" for n in range(400)]
    found = [
        states(course(Shop(), 0, half, wanted=send("sms", address=name)))[-1] for name in names
    ]
    drawn = ["failed" if crc32(each.encode()) < 2**31 else "delivered" for each in names]
    assert found == drawn
    assert 150 < found.count("failed") < 250


def test_a_mail_that_is_taken_has_arrived_and_nothing_more_is_heard() -> None:
    assert states(course(Shop(), 0, wanted=send("email"))) == ["accepted"]


def test_the_clockwork_comes_when_it_came_then_else_soon() -> None:
    shop = Shop().really(52, "sms", ACCEPTED)
    fates = RecordedFates(shop.story(), ())
    assert fates.looked_at("shopper", at(50)) == at(52)
    assert fates.looked_at("shopper", at(40)) == at(40.001)
    assert fates.looked_at("staff", at(50)) == at(50.001)
