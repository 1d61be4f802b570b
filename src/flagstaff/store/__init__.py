"""One pool per database role, one transaction per story, migrations, and the PostgreSQL that comes with the house.

Nothing here knows a word of the business: rooms bring their own named SQL, the store runs it and types the rows.
"""
