"""`python -m ynpolicy` is the command `ynpolicy`."""

from ynpolicy.cli import main

main()
