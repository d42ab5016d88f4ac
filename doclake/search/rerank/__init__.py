"""What puts the best candidates of a search in order."""
