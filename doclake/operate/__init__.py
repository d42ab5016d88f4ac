"""Acts on the lake: maintenance, repair, replay, removal, incidents."""
