"""Flagstaff is a self-hosted Trust & Safety service for marketplaces and communities.

Users raise flags; flags become cases; people decide, helped by detectors and by guidelines kept as data; decisions
have consequences, reasons and a way back; and what users write under "It's something else" changes the options
themselves. Read a folder's first paragraph to know what that room does; imports run downhill only.
"""
