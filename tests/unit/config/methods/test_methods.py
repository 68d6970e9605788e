from pkgutil import resolve_name

from aecluster.config import METHODS


def test_every_method_says_what_it_is_and_names_its_function():
    for name, method in METHODS.items():
        assert all([method.label, method.description, method.reference]), name
        assert (method.stage == "read") == (method.made_by == ""), name
        assert method.made_by == "" or callable(resolve_name(method.made_by)), name


def test_defaults_of_a_method_are_those_of_its_keys():
    assert METHODS["pca"].defaults == {
        "grid": {}, "of": "pixels", "n_components": 64, "whiten": False
    }  # fmt: skip
    assert "transformer" not in METHODS["sklearn"].defaults


def test_umap_alone_leaves_a_core_to_the_next_job():
    assert [name for name, method in METHODS.items() if method.n_threads == 1] == ["umap"]
