"""Tables, transactions, claims and migrations, on SQLite and PostgreSQL alike."""
