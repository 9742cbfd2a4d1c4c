from sqlalchemy import text
async def test_it(store, database_url):
    print(database_url)
    assert await store.read(lambda tx: tx.session.execute(text("select count(*) from entry")).scalar_one()) == 0
async def test_it2(store, database_url):
    print(database_url)
    assert await store.read(lambda tx: tx.session.execute(text("select count(*) from entry")).scalar_one()) == 0
