"""`python -m twin`: the command line, where the `twin` script is not on the path."""

from twin.cli import main

main()
