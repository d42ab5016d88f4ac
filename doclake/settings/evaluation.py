"""How search is evaluated, and what that decides."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from doclake.settings.fields import Model


class EvaluationSettings(Model):
    """Questions whose answers are known, and what follows from how they are answered."""

    questions: int = Field(
        100, ge=1, le=2000, description="Golden questions that are asked of a source at most"
    )
    generated: int = Field(
        50, ge=0, le=2000, description="Questions made for a source without golden ones; 0: none"
    )
    ask_chat_server: bool = Field(
        False,
        description="Whether the server of `chat` writes the generated questions. It is sent a "
        "passage of each document that is asked about, once, of restricted sources too",
    )
    promote: Literal["gate", "auto", "manual"] = Field(
        "gate",
        description="When the index of a new model or chunk recipe takes over. `gate`: if it "
        "answers the golden questions no worse, or there are none; `auto`: at once; `manual`: by "
        "`doclake index promote`",
    )
