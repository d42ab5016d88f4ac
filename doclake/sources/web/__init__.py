"""Web sites and HTTP folders: crawled from a start page, within bounds and with manners."""
