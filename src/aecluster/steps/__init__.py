"""From the files of one step to those of the next, one module per rule.

Here an algorithm and the files meet; a formula belongs to the packages below.
"""
