"""A Ray cluster: the way into it, what its nodes have, and that they are like this machine."""
