"""Steps that bring a lake of an older version up to date, each in a module of its own.

A step can be killed and taken again at any point. It changes only rows that are still as the older
version wrote them. The table `upgrades` records it when it is done.
"""
