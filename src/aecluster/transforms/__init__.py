"""Spaces that are made of another in one go, without a model that is kept.

Each is a function of the open store of its base, its options and a seed, in a module of its own:
what is changed in one module makes the vectors of its method anew and no other's. The registry
`aecluster.config.METHODS` names them.
"""
