"""Page tables: ruled ones and aligned ones."""
