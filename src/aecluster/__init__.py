"""Clustering of images in pixel space, and in spaces that are learned without labels.

The parts are a library of their own right: `aecluster.clustering`, `aecluster.metrics`,
`aecluster.autoencoder` and `aecluster.store` are imported by name, so that importing the package
itself loads none of their dependencies.
"""
