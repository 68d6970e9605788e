"""Transforms: representations made of another one in one go, without a model that is kept.

Each is a function of the open store of its base, its options and a seed, in a module of its own, so
that a change in one module makes anew the vectors of its own method and of no other. The registry
`aecluster.config.METHODS` names these functions.
"""
