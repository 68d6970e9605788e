from pkgutil import resolve_name

import numpy as np
import pytest

from aecluster.errors import ConfigError
from aecluster.store import Store


@pytest.mark.parametrize(
    ("name", "options"),
    [("decomposition.FastICA", {"n_components": 3}), ("preprocessing.Normalizer", {}),
     ("ensemble.RandomTreesEmbedding", {"n_estimators": 2})],
)  # fmt: skip
def test_transformer_of_sklearn_is_fitted_to_train_with_the_seed(
    make, tmp_path, pixels, images, name, options
):
    make(pixels, tmp_path / "a.h5", "sklearn", transformer=f"sklearn.{name}", options=options)

    X = images.reshape(60, 16) * np.float32(1 / 255)
    kind = resolve_name(f"sklearn.{name}")
    seeded = {"random_state": 0} if "random_state" in kind().get_params() else {}
    expected = kind(**options, **seeded).fit(X[:40]).transform(X[40:])
    expected = expected.toarray() if hasattr(expected, "toarray") else expected
    with Store(tmp_path / "a.h5") as store:
        np.testing.assert_allclose(store["test"].matrix(), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("manifold.TSNE", {}, "sklearn.manifold.TSNE has no method `transform`"),
        ("decomposition.PKA", {}, "found 'sklearn.decomposition.PKA', expected a class of scikit"),
        ("decomposition.PCA", {"m": 1}, "options: sklearn.decomposition.PCA takes no 'm', only"),
        ("discriminant_analysis.LinearDiscriminantAnalysis", {}, "needs labels"),
    ],
)
def test_unfit_transformers_are_refused(make, tmp_path, pixels, name, options, message):
    with pytest.raises(ConfigError, match=message):
        make(pixels, tmp_path / "a.h5", "sklearn", transformer=f"sklearn.{name}", options=options)

    assert not (tmp_path / "a.h5").exists()
