"""The door for time: what runs without anybody asking, claimed in batches by any number of workers.

`tasks` lists the jobs with what wakes them, `run` keeps them going until the process is told to stop.
"""
