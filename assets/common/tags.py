"""Run tags that Doclake and Dagster read."""

ALLOW_DELETIONS_TAG = "doclake/allow_deletions"
RETRY_NOW_TAG = "doclake/retry_now"
DATA_VERSION_TAG = "dagster/data_version"
JOB_TAG = "doclake/job"  # marks the runs of jobs without assets
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"
OFFSETS_TAG = "doclake/offsets"  # which messages of its topic a run is about
