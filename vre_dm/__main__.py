"""`python -m vre_dm` is the command `vre-dm`."""

from vre_dm.cli import main

main()
