"""Read-only pages across rooms: the queue, a case, decisions, second looks, the log, figures.

Views have a database role of their own, no rules of their own, and never reach the vault. Each statement is told by
`Sight` what exists for the account that looks.
"""
