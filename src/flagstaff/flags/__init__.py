"""One report by one reporter in one case, with one option: its receipt, its addenda, its outcome.

A flag carries a tag instead of its reporter; who that is, and what they wrote, lies in the vault.
"""
