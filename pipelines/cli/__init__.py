"""The command line. One module per command; `main` turns errors into messages and exit codes.

0: done. 1: something failed, or the ledger does not balance. 2: wrong usage or settings.
3: done, but an alarm waits for a person. 130: Ctrl-C. 143: SIGTERM.
"""

from doclake_dagster.pipelines import interrupts


def main() -> None:
    """A process of its own: it can be interrupted from here on, while it imports the commands."""
    interrupts.watch()
    from doclake_dagster.pipelines.cli.app import main as run

    run()
