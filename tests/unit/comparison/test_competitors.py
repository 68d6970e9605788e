from aecluster.comparison.competitors import competitor, named, partition_notes, parts_of


def test_name_of_a_competitor_says_what_it_is_of():
    for representation, clusterer in (("pixels", "kmeans"), ("pca-n=4", "ward")):
        row = {"representation": representation, "clusterer": clusterer}

        assert parts_of(competitor(row)) == (representation, clusterer)
    assert named("pixels", None) == "pixels"


def test_notes_say_what_differs_from_what_was_asked_over_seeds():
    rows = [
        {"representation": "x", "clusterer": name, "k": k, "n": "10", "n_clusters": found,
         "n_noise": noise}
        for name, k, found, noise in (
            ("kmeans", "3", "3", "0"), ("mix", "3", "2", "0"), ("mix", "3", "3", "0"),
            ("dense", "0", "1", "4"), ("dense", "0", "1", "6"),
        )
    ]  # fmt: skip

    assert list(partition_notes(rows)) == [
        "x by mix: 2 to 3 of 3 clusters",
        "x by dense: 1 cluster, 50 % of the images in none",
    ]
