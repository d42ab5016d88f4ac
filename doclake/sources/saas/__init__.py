"""Services that connectors of unstructured-ingest list and read: one adapter for all of them, and
beside it what some connectors leave open."""
