"""`python -m flagstaff` is the command `flagstaff`."""

from flagstaff.cli import main

main()
