"""The stages of the flow, one module per table: read rows, work, write rows, count them back.

Each has `run(context) -> StageReport`, does only what its fingerprints say is missing, and can be
killed and run again at any point. Dagster's assets are thin wrappers over these.
"""
