"""What a project needs of the world, tried before anything runs: one module for each kind of place.

Each check is independent of the others. It reads, and leaves nothing behind.
"""
