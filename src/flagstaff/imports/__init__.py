"""Read history from before Flagstaff: row by row in little memory, each row with what it means.

What a row becomes is kept by the rooms it belongs to; `flows/import_file` is the story.
"""
