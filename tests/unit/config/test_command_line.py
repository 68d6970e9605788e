"""Errors of what the command line says blame the command line, all others the file."""

import pytest

from aecluster.config import load_experiment
from aecluster.errors import ConfigError

MINIMAL = {
    "experiment": "e",
    "dataset": {"name": "d", "source": "digits"},
    "representations": {"pixels": {"method": "pixels"}},
}


@pytest.mark.parametrize(
    ("in_file", "given", "line"),
    [
        ({}, {"seeds": "many"}, "--config: seeds: found 'many'"),
        ({}, {"sedes": "1"}, "--config: sedes: unknown key"),
        ({}, {"tracking": 5}, "--config: tracking: found 5"),
        ({}, {"clustering": {"k": [1]}}, "--config: clustering.k.0: found 1"),
        ({"clustering": {"k": [1]}}, {"seeds": [1]}, "e.yaml: clustering.k.0: found 1"),
        (
            {"representations": {"pca": {"method": "pca", "of": "nothing"}}},
            {"seeds": [1]},
            "e.yaml: representations.pca.of: found 'nothing'",
        ),
    ],
)
def test_blame_goes_where_the_value_is_from(in_file, given, line):
    with pytest.raises(ConfigError) as error:
        load_experiment(MINIMAL | in_file | given, "e.yaml", given)

    assert str(error.value).startswith(line)
