"""Sealed persons and sealed words, the tags that stand for them, and the few openers that may read them again.

Intake seals with a public key and can open nothing. Opening takes a purpose, a log entry that is committed first, and
a database role of its own. This is the only room that reads `vault.storage`.
"""
