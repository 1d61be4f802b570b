"""Keep everything in PostgreSQL: pools per database role, named statements, migrations, group commit, launcher.

The only floor that knows asyncpg and the server. Rooms keep their SQL in `storage.sql` beside them and are handed
a connection of the one transaction that a flow opened.
"""
