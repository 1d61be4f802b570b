"""What users write under Other, and how the menus are used: deep dives, themes, estimates, before and after.

Usage and confusion are counted per day by a job, again and again from the flags themselves (`storage`), and become
figures in `rules`: a row per option, a cell per option and clause, what is rarely used and what is often confused.
"""
