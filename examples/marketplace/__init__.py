"""Harborlane, an invented marketplace with a community: the demo host of Flagstaff and its end-to-end test bed.

It is written as any host would be: it knows Flagstaff by its public contract over HTTP alone and imports nothing of it.
`settings` what the two share · `content` people and what they posted · `access` who may do what after a measure ·
`flagstaff` tokens, tickets and calls · `hooks` what arrives from Flagstaff · `market`, `community`, `messages`,
`plain_form`, `trust` the pages · `app` puts it together.
"""
