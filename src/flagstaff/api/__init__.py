"""The door for platforms and the people they vouch for: parse, authenticate, call one flow or view, render.

Begin at `build`; what an author could observe through any route is listed in `channels`.
"""
