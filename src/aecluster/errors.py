"""The errors that a user can mend, each told in one line: where, what was found, what was expected.

```
AeclusterError(ValueError)
├── ConfigError    a key of an experiment file
├── StoreError     an HDF5 file of images, vectors or a clustering
├── RecordError    the JSON record of a step
└── DataError      a source of images: a path, an archive, an image
```
"""


class AeclusterError(ValueError):
    """An error that its one-line message lets the user mend."""


class ConfigError(AeclusterError):
    """A key of an experiment file is unknown, missing or has a value that cannot be."""


class StoreError(AeclusterError):
    """An HDF5 file is missing, cut short, of another version, or holds something else."""


class RecordError(AeclusterError):
    """A record is missing, cut short or not a record."""


class DataError(AeclusterError):
    """A source of images is missing or holds something that cannot be read as images."""
