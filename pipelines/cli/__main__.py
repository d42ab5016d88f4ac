"""`python -m doclake_dagster.pipelines.cli` is `doclake`."""

from doclake_dagster.pipelines.cli import main

main()
