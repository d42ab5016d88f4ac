"""Whether quality fell: a paired bootstrap over the questions that two evaluations share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from doclake.evaluate.measures import FEWEST, JUDGED_BY, Estimate, estimate


@dataclass(frozen=True)
class Verdict:
    """`change` is the mean gain or loss of a question; None if too few are shared to say."""

    change: Estimate | None
    before: float = 0.0
    after: float = 0.0

    @property
    def fell(self) -> bool:
        """Whether 95 % of bootstrap samples show a loss."""
        return self.change is not None and self.change.high < 0

    @property
    def rose(self) -> bool:
        """Whether 95 % of bootstrap samples show a gain."""
        return self.change is not None and self.change.low > 0

    @property
    def message(self) -> str:
        if self.change is None:
            return f"fewer than {FEWEST} questions to compare"
        between = f"{self.change.low:+.3f} to {self.change.high:+.3f}"
        return (
            f"{JUDGED_BY} {self.before:.3f} before, {self.after:.3f} now over {self.change.n} "
            f"questions ({between})"
        )


def judge(before: Mapping[str, float], after: Mapping[str, float]) -> Verdict:
    """Compare the gains of two evaluations, by question, over the questions of both."""
    shared = sorted(before.keys() & after.keys())
    if len(shared) < FEWEST:
        return Verdict(None)
    old, new = ([gains[key] for key in shared] for gains in (before, after))
    change = estimate([b - a for a, b in zip(old, new, strict=True)])
    return Verdict(change, sum(old) / len(old), sum(new) / len(new))
