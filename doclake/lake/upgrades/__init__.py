"""Steps that bring a lake of an older version up to date, each in a module of its own.

A step can be killed and taken again at any point, changes only rows that are still as the older
version wrote them, and is written down in the table `upgrades` when it is done.
"""
