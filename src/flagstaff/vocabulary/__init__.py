"""References and enums that stand in the API, the console and the database alike, and nothing else.

Import from the file that names the idea: `vocabulary.states`, `vocabulary.references`, ...
"""
