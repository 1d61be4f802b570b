"""What leaves the house: the outbox, feeds read by position, signed webhooks, and notices to people.

A payload is rendered when it is sent; what is stored until then names the vault, never words or addresses.
"""
