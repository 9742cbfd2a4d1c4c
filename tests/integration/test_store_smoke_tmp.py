from sqlalchemy import text
from gateway.store.tables import CommitMarkRow
async def test_it(store, database_url):
    await store.write(lambda tx: tx.session.add(CommitMarkRow(slot="x", n=5)), on=("b","a"))
    assert await store.read(lambda tx: tx.session.execute(text("select n from commit_mark where slot='x'")).scalar_one()) == 5
async def test_it2(store, database_url):
    print(database_url)
    assert await store.read(lambda tx: tx.session.execute(text("select count(*) from entry")).scalar_one()) == 0
