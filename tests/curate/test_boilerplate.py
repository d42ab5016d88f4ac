"""What stands on every page, by its words."""

from __future__ import annotations

from benchmarks.curation import flags_of


def test_a_footer_under_a_text_does_not_make_it_boilerplate():
    footer = "© 2025 Noeul Cooperative. All rights reserved."
    text = (
        f"The harbour was dredged in May, and the two boats of the club lay at the pier.\n{footer}"
    )
    assert flags_of("boilerplate", {"text": text}) == ()
    assert flags_of("boilerplate", {"text": footer}) == ("copyright",)


def test_a_signature_says_how_to_reach_somebody():
    assert flags_of("boilerplate", {"text": "Best regards,\nAnna Lee\n+44 1752 555019"}) == (
        "signature",
    )
    assert flags_of("boilerplate", {"text": "감사합니다.\n김민지 드림"}) == ()
