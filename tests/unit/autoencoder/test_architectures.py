import subprocess
import sys

import pytest

from aecluster.autoencoder import ARCHITECTURES, build_autoencoder


def test_names_are_read_without_importing_tensorflow():
    code = (
        "import sys\n"
        "from aecluster.autoencoder import ARCHITECTURES\n"
        "assert 'sparse' in ARCHITECTURES\n"
        "print(sorted({'keras', 'tensorflow', 'numpy'} & set(sys.modules)))\n"
    )

    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (process.stdout.strip(), process.stderr) == ("[]", "")


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("shape", [(32, 32, 1), (8, 16, 3)])
def test_every_architecture_returns_the_shape_that_it_takes(name, shape):
    model = build_autoencoder(name, input_shape=shape)

    assert model.input_shape == model.output_shape == (None, *shape)
    assert [layer.name for layer in model.layers].count("code") == 1


def test_every_public_name_is_there():
    import aecluster.autoencoder as package

    assert all(getattr(package, name) is not None for name in package.__all__)


def test_unknown_attribute_of_the_package_is_an_attribute_error():
    import aecluster.autoencoder

    with pytest.raises(
        AttributeError, match=r"'aecluster\.autoencoder' has no attribute 'nothing'"
    ):
        aecluster.autoencoder.nothing  # noqa: B018
