"""The LanceDB view of the lake that searches read."""
