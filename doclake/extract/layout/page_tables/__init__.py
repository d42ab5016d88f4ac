"""Tables on a page: ruled ones and aligned ones."""
