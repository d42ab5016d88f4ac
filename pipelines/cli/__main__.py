"""`python -m pipelines.cli` is `doclake`."""

from pipelines.cli import main

main()
