"""Mark texts that people read, where they stand: the catalogs hold them, and they are translated where they leave.

Apart from the catalogs themselves, so that a rule or a model, which reads no file, may mark its words too.
"""


def marked(message: str) -> str:
    """Return a message as it is."""
    return message


def marked_count(one: str, many: str) -> tuple[str, str]:
    """Return both English forms of a message with a number."""
    return one, many
