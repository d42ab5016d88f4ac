"""doclake memory"""

from __future__ import annotations

import typer

from doclake_dagster.pipelines import interrupts
from doclake_dagster.pipelines.cli.memory import changing, keeping, looking

app = typer.Typer(help="What agents remember.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """What agents remember."""


for _command in (
    *(keeping.remember, keeping.recall, keeping.correct, keeping.learn),
    *(changing.forget, changing.restore, changing.share, changing.unshare),
    *(changing.pin, changing.tier),
    *(looking.pool, looking.history, looking.audit, looking.contradictions, looking.export),
):
    app.command(_command.__name__)(_command)
for _task in (keeping.consolidate, keeping.rebuild, changing.erase):
    app.command(_task.__name__)(interrupts.tidying()(_task))
