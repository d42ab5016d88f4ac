"""Questions whose answers are known, asked, and how well they were answered."""
