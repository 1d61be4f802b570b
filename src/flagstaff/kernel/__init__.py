"""Give every room its ids, its clocks, its errors and its settings.

The ground floor: it imports nothing of the house, and everything random or temporal is injected from here.
"""
