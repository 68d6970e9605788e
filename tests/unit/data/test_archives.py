import hashlib
import stat
from dataclasses import replace

import pytest

from aecluster.config import load_experiment
from aecluster.data import SOURCES
from aecluster.data.archives import fetch_archive
from aecluster.errors import ConfigError, DataError
from aecluster.workflow import params

CONTENT = bytes(range(256)) * 4096
NOWHERE = "http://127.0.0.1:9/toy.tar.gz"


@pytest.fixture(autouse=True)
def archive(monkeypatch):
    """CIFAR-10 as an archive of another content, which no mirror has."""
    known = replace(
        SOURCES["cifar10"].archive,
        n_bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        mirrors=(NOWHERE,),
    )
    monkeypatch.setitem(SOURCES, "cifar10", replace(SOURCES["cifar10"], archive=known))
    return known


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """An empty home and an empty working directory."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KERAS_HOME", raising=False)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "home"


@pytest.fixture
def out_path(tmp_path):
    return tmp_path / "resources" / "cifar-10-python.tar.gz"


def put(path, content=CONTENT):
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def fetch(out_path, **options):
    fetch_archive(out_path, source="cifar10", **options)


@pytest.mark.parametrize(
    "name",
    [
        # Keras 3, Keras 2 and the first of Keras 3, a download by hand
        "home/.keras/datasets/cifar-10-batches-py-target_archive",
        "home/.keras/datasets/cifar-10-batches-py.tar.gz",
        "home/.keras/datasets/cifar-10-python.tar.gz",
        # torchvision
        "project/data/cifar-10-python.tar.gz",
    ],
)
def test_archive_is_copied_from_caches_that_stay_as_they_are(tmp_path, out_path, name):
    cached = put(tmp_path / name)
    before = cached.stat()

    fetch(out_path)

    assert out_path.read_bytes() == CONTENT
    assert stat.S_IMODE(out_path.stat().st_mode) == 0o444
    assert list(out_path.parent.iterdir()) == [out_path]
    after = cached.stat()
    for field in ("st_ino", "st_mode", "st_nlink", "st_size", "st_mtime_ns", "st_ctime_ns"):
        assert getattr(after, field) == getattr(before, field)


def test_home_of_keras_may_be_elsewhere(monkeypatch, tmp_path, out_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "elsewhere"))
    put(tmp_path / "elsewhere" / "datasets" / "cifar-10-batches-py.tar.gz")

    fetch(out_path)

    assert out_path.read_bytes() == CONTENT


def test_copy_with_another_checksum_is_passed_over_by_name(home, out_path, caplog):
    cached = put(home / ".keras" / "datasets" / "cifar-10-batches-py.tar.gz", CONTENT[:-1])
    put(home.parent / "project" / "data" / "cifar-10-python.tar.gz")

    fetch(out_path)

    assert out_path.read_bytes() == CONTENT
    assert f"{cached}: passed over (another checksum)" in caplog.text


def test_mirrors_are_asked_where_no_cache_has_it(out_path):
    with pytest.raises(DataError, match=r"127\.0\.0\.1:9: no connection"):
        fetch(out_path)

    assert not out_path.exists()


def test_mirrors_can_be_named(out_path):
    with pytest.raises(DataError, match=r"\(127\.0\.0\.1:7: no connection"):
        fetch(out_path, mirrors=["http://127.0.0.1:7/toy.tar.gz"])


def test_archive_that_is_there_is_left_as_it_is(home, out_path):
    put(out_path)
    put(home / ".keras" / "datasets" / "cifar-10-batches-py.tar.gz")
    before = out_path.stat()

    fetch(out_path)

    assert out_path.stat() == before


def test_wrong_archive_is_replaced_from_a_cache(home, out_path):
    put(out_path, b"wrong")
    put(home / ".keras" / "datasets" / "cifar-10-batches-py.tar.gz")

    fetch(out_path)

    assert out_path.read_bytes() == CONTENT


def experiment(**dataset):
    return load_experiment(
        {
            "experiment": "e",
            "dataset": {"name": "d", "source": "cifar10", **dataset},
            "representations": {"pixels": {"method": "pixels"}},
        },
        "e.yaml",
    )


@pytest.mark.parametrize("mirrors", [None, "null", ["https://a.example/x", "http://b:80/y?z=1"]])
def test_mirrors_in_an_experiment_file_are_addresses_or_null(mirrors):
    expected = None if mirrors == "null" else mirrors

    assert experiment(mirrors=mirrors).dataset.mirrors == expected


@pytest.mark.parametrize("mirrors", [[], ["ftp://a.example/x"], ["a.example"], "https://a/x"])
def test_other_mirrors_are_refused(mirrors):
    with pytest.raises(ConfigError, match=r"^e\.yaml: dataset\.mirrors"):
        experiment(mirrors=mirrors)


def test_another_mirror_reruns_nothing():
    before, after = experiment(), experiment(mirrors=["https://a.example/x"])

    assert params.preprocess(after.dataset) == params.preprocess(before.dataset)
    assert params.source_path(after.dataset) == "resources/cifar-10-python.tar.gz"
    assert params.download("cifar-10-python.tar.gz") == {
        "options": {"source": "cifar10"},
        "watched": {},
    }
