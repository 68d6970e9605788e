import pytest

from aecluster.comparison.experiments import compare_experiments
from aecluster.errors import AeclusterError
from aecluster.records.record import File, Record, write_record
from circumstances import RUN
from variants import variant, write_table


def experiment(folder, nmis, *, dataset="toy", digest="d", pixels="p", **subject):
    """Write an experiment with one clustering per seed."""
    (folder / "records").mkdir(parents=True)
    write_table(
        folder / "records",
        *(
            variant(
                folder / "records", 10, seed=seed, dataset=dataset, scores={
                    "nmi": nmi, "silhouette_in_pixels": nmi / 2,
                }, **subject,
            )
            for seed, nmi in nmis.items()
        ),
    )  # fmt: skip
    (folder / "records" / "scores.csv").rename(folder / "scores.csv")
    made = Record(
        step="preprocess", dataset=dataset, representation="pixels", params={}, code="c", inputs={},
        outputs={"store.h5": File(bytes=1, sha256=pixels)}, run=RUN,
        details={"source_digest": digest, "n": {"train": 60, "test": 30}},
    )  # fmt: skip
    write_record(folder.parent / dataset / "pixels" / "store.json", made)
    return folder


def row_of(text, score):
    [line] = [line for line in text.splitlines() if f" {score} " in line]
    return " ".join(line.split())


def test_difference_is_paired_over_the_seeds_of_both(tmp_path):
    first = experiment(tmp_path / "old", {0: 0.1, 1: 0.5, 2: 0.3})
    second = experiment(tmp_path / "new", {1: 0.6, 2: 0.4, 3: 0.9})
    text = compare_experiments(first, second)

    assert text.splitlines()[1].split() == [
        "representation", "score", "k", "old", "new", "difference", "95", "%", "interval",
    ]  # fmt: skip
    # Seeds 1 and 2 are in both, and both differ by 0.1.
    assert row_of(text, "NMI ↑") == (
        "pixels NMI ↑ 10 0.3000 (0.0000 to 0.7968) 0.6333 (0.0082 to 1.0000) "
        "+0.1000 +0.1000 to +0.1000"
    )
    assert row_of(text, "silhouette in pixels ↑").endswith("+0.0500 +0.0500 to +0.0500")


def test_without_a_seed_of_both_there_is_no_difference(tmp_path):
    first, second = (
        experiment(tmp_path / str(seed), {seed: 0.5, seed + 1: 0.7}) for seed in (0, 2)
    )

    assert row_of(compare_experiments(first, second), "NMI ↑").endswith("(0.0000 to 1.0000)")


def test_other_images_are_not_paired_and_other_pixels_have_no_common_space(tmp_path):
    seeds = {0: 0.1, 1: 0.5}
    first = experiment(tmp_path / "a", seeds, dataset="gray")
    colour = experiment(tmp_path / "b", seeds, dataset="colour", pixels="other")
    other = experiment(tmp_path / "c", seeds, dataset="third", digest="other")

    in_colour, of_others = compare_experiments(first, colour), compare_experiments(first, other)
    assert row_of(in_colour, "NMI ↑").endswith("+0.0000 +0.0000 to +0.0000")
    assert "silhouette in pixels ↑" not in in_colour
    assert in_colour.startswith("colour against gray; the pixels are not the same, so that")
    assert row_of(of_others, "NMI ↑").endswith("0.3000 (0.0000 to 1.0000)")
    assert of_others.startswith("third against gray; the images are not the same, so that")


def test_what_only_one_has_is_named(tmp_path):
    first = experiment(tmp_path / "a", {0: 0.1})
    both = experiment(tmp_path / "b", {0: 0.1})
    rows = (tmp_path / "b/scores.csv").read_text()
    (tmp_path / "b/scores.csv").write_text(rows + rows.splitlines()[1].replace("pixels", "pca"))

    assert compare_experiments(first, both).endswith("\n\nOnly in b: pca with k=10 on test.")


def test_experiments_that_share_nothing_are_told_in_one_line(tmp_path):
    first = experiment(tmp_path / "a", {0: 0.1})
    second = experiment(tmp_path / "b", {0: 0.1}, representation="pca")

    with pytest.raises(AeclusterError, match="no representation with the same split and k in both"):
        compare_experiments(first, second)


def test_experiment_without_scores_is_told_in_one_line(tmp_path):
    with pytest.raises(AeclusterError, match=r"nothing/scores.csv: No such file or directory, exp"):
        compare_experiments(tmp_path / "nothing", tmp_path / "nothing")
