"""The rules of the house as data: clauses, terms, exceptions of groups, measures, ladders and notice texts.

A published version never changes; a decision names clause and version.
"""
