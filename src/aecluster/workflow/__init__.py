"""What the rules ask for, and what stands around every job.

Callers name the module: a script that imported from the package itself would depend on all of it.
"""
