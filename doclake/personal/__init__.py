"""Personal data: finds it in texts and writes something else in its place. Knows no document."""
