"""Stored images, given as new ones, get their stored clusters in every representation."""

import pytest

import aecluster
from aecluster.steps.predict import images_in, placed
from zoo import ZOO


@pytest.mark.workflow
def test_stored_images_get_their_stored_clusters_in_every_representation(zoo, monkeypatch):
    monkeypatch.chdir(zoo.folder)  # to which the path of a function of one's own is relative
    experiment, found = aecluster.load("zoo"), {}
    with experiment.clustering("pixels").pixels() as store:
        images = store["test"].X[:]
    by_kmeans = (found for found in experiment.clusterings if found.clusterer == "kmeans")
    for clustering in by_kmeans:
        path = f"results/stripes/{clustering.representation}/all/k2-s0.h5"
        with placed(path, images_in(images)) as new:
            clusters = [cluster for _, cluster, _ in new.clusters()]
            is_same = clusters == clustering.labels[-len(images) :].tolist()
            found[clustering.representation] = (is_same, new.n_same, new.n_checked)

    assert found == dict.fromkeys(found, (True, 200, 200))
    assert len(found) == len(ZOO["representations"])
