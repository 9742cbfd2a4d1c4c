from tests.integration.town.building import VERA_PHONE, Town


async def test_smoke(town: Town) -> None:
    await town.vera.writes("Hello?")
    await town.vera.proves_number()
    await town.vera.leaves()
    await town.ada.answers("Hi Vera")
    await town.tick(29)
    assert len(town.carrier.to(VERA_PHONE)) == 1
    await town.tick(2)
    print(town.carrier.to(VERA_PHONE))
    assert await town.text_in(VERA_PHONE, "thanks") == 200
    print(await town.vera.said(), await town.vera.why())
    await town.tick(600)
    print([x.words for x in town.post.taken])
