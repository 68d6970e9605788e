import numpy as np
import pytest

from aecluster.errors import ConfigError
from aecluster.store import Store


@pytest.fixture
def call(make, tmp_path, pixels):
    def called(code, **options):
        (tmp_path / "own.py").write_text(code)
        path = str(tmp_path / "own.py")
        make(pixels, tmp_path / "own.h5", "function", path=path, options=options, seed=7)

    return called


def test_users_function_gets_train_images_seed_and_options(call, tmp_path, images):
    code = "def embed(train, images, *, seed, shift):\n    return images - train[0] + seed + shift"
    call(code, shift=2)

    X = images.reshape(60, 16) / 255
    with Store(tmp_path / "own.h5") as store:
        np.testing.assert_allclose(store["test"].matrix(), X[40:] - X[0] + 9, rtol=1e-5)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("other = 1", "own.py: no function 'embed' in it"),
        ("def embed(train, images, *, seed): return images[:3]",
         r"own.py: embed returned an array of shape \(3, 16\), expected \(40, d\)"),
        ("def embed(train, images, *, seed): return images[:, 0]", r"shape \(40,\), expected"),
        ("def embed(train, images, *, seed): return images / 0", "values that are not finite"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_what_the_users_function_gets_wrong_is_named(call, tmp_path, code, message):
    with pytest.raises(ConfigError, match=message):
        call(code)

    assert not (tmp_path / "own.h5").exists()
