"""The demo: an empty house is given a platform, a policy with its past, people, six months of decisions, and a queue.

Nothing here reaches round the flows: every decision was claimed, decided and carried out as a person would, with the
clock set back. It imports `flagstaff` freely, and `examples.marketplace` for what that host shows.
"""
