import pytest

from aecluster.config.grid import expand_grids
from aecluster.errors import ConfigError


def test_every_combination_is_a_representation_of_its_own():
    grid = {"epochs": [5, 10], "output_activation": ["relu", "linear"]}
    expanded = expand_grids({"pixels": {"method": "pixels"}, "ae": {"l1": 0.1, "grid": grid}})

    assert list(expanded) == [
        "pixels",
        "ae-epochs=5-output_activation=relu",
        "ae-epochs=5-output_activation=linear",
        "ae-epochs=10-output_activation=relu",
        "ae-epochs=10-output_activation=linear",
    ]
    assert expanded["pixels"] == {"method": "pixels"}
    assert expanded["ae-epochs=10-output_activation=relu"] == {
        "l1": 0.1, "epochs": 10, "output_activation": "relu",
    }  # fmt: skip


def test_the_same_number_has_one_name_however_it_is_written():
    names = [
        list(expand_grids({"ae": {"grid": {"l1": [value]}}})) for value in (1e-5, "1e-5", "0.00001")
    ]

    assert names == [["ae-l1=1e-05"]] * 3


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ([1], "representations.ae.grid: found [1], expected keys with lists of values"),
        ({}, "representations.ae.grid: found {}, expected keys with lists of values"),
        ({"l1": 0.1}, "representations.ae.grid.l1: found 0.1, expected a list of values"),
        ({"l1": []}, "representations.ae.grid.l1: found [], expected a list of values"),
        ({"l1": ["1e-5", 1e-5]}, "expected every value once"),
        ({"l1": ["a/b"]}, "found 'a/b', expected a value that can be part of a name"),
        (
            {name: list(range(100)) for name in "abcdef"},
            "grid: found 1,000,000,000,000 combinations, expected at most 10,000",
        ),
        ({"seed": [1]}, "representations.ae.grid.seed: the key stands beside the grid too"),
    ],
)
def test_bad_grid_is_named(grid, message):
    with pytest.raises(ConfigError) as error:
        expand_grids({"ae": {"seed": 0, "grid": grid}})

    assert message in str(error.value)
