"""Read-only pages across rooms (queue, case page, search, dashboards), under a database role of their own.

No rules of their own, and never the vault.
"""
