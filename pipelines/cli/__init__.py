"""The command line. One module per command; `main` turns errors into messages and exit codes.

0: done. 1: something failed, or the ledger does not balance. 2: wrong usage or settings.
3: done, but an alarm waits for a person.
"""

from doclake_dagster.pipelines.cli.app import main

__all__ = ["main"]
