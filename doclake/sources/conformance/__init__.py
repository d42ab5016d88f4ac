"""What every kind of source must do, as cases that a test runs against a real place.

    @pytest.mark.parametrize("case", conformance.CASES, ids=conformance.name)
    def test_a_wiki(case):
        case(WikiPlace())

A `Place` says how a test puts documents into the place and takes them away. What a kind cannot
have, a listing with limits say, its place refuses with `NotOffered` and the reason.
"""

from doclake.sources.conformance.cases import CASES, Case, large, name
from doclake.sources.conformance.place import NAME, NotOffered, Place

__all__ = ["CASES", "NAME", "Case", "NotOffered", "Place", "large", "name"]
