"""What the assets share."""
