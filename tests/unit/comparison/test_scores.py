import pytest

from aecluster.comparison.scores import COLUMNS, read_scores, write_controls, write_scores
from aecluster.errors import RecordError
from aecluster.records.record import Record, write_record
from aecluster.workflow.console import closing
from circumstances import RUN


def variant(folder, k, *, labelled=True, scores=None, details=None, **subject):
    """Write the two records of a variant and return their paths."""
    common = {
        "dataset": "toy", "representation": "pixels", "split": "test", "k": k, "seed": 0,
        "params": {}, "code": "c", "inputs": {}, "outputs": {}, "run": RUN, **subject,
    }  # fmt: skip
    metrics = {"silhouette": k / 100, "dunn": 0.5, "inertia": 12.0}
    if labelled:
        metrics |= {"nmi": 0.1, "ari": 0.2, "accuracy": 0.3}
    metrics |= scores or {}
    name = f"{common['dataset']}-{common['representation']}-{k}-{common['seed']}"
    paths = folder / f"{name}.json", folder / f"{name}.scores.json"
    write_record(paths[0], Record(step="kmeans", metrics={"n_iter": 7.0}, **common))
    write_record(
        paths[1],
        Record(
            step="evaluate",
            metrics=metrics,
            details={"n": 30, "d": 4} | (details or {}),
            **common,
        ),
    )
    return paths


def write(folder, *variants):
    clusterings, scores = zip(*variants, strict=True)
    write_scores(folder / "scores.csv", clusterings, scores)
    return read_scores(folder / "scores.csv")


def test_table_has_a_row_a_variant_and_the_columns_in_order(tmp_path):
    rows = write(tmp_path, variant(tmp_path, 2), variant(tmp_path, 3))

    assert [row["k"] for row in rows] == ["2", "3"]
    assert tuple(rows[0]) == COLUMNS
    assert rows[0] == dict(
        zip(
            COLUMNS,
            ["toy", "pixels", "test", "2", "0", "30", "4", "0.02", "0.5", "12.0", "7", "0.1", "0.2",
             "0.3"],
            strict=True,
        )
    )  # fmt: skip


def test_without_labels_external_scores_are_empty(tmp_path):
    [row] = write(tmp_path, variant(tmp_path, 2, labelled=False))

    assert (row["nmi"], row["ari"], row["accuracy"]) == ("", "", "")


def test_missing_record_leaves_no_table(tmp_path):
    with pytest.raises(RecordError, match="expected the record of a step"):
        write_scores(tmp_path / "scores.csv", [tmp_path / "a.json"], [tmp_path / "b.json"])

    assert list(tmp_path.iterdir()) == []


def test_closing_has_the_best_first_and_leaves_out_what_there_is_not(tmp_path):
    write(tmp_path, variant(tmp_path, 2, labelled=False), variant(tmp_path, 30, labelled=False))

    assert closing(tmp_path / "scores.csv").splitlines() == [
        "",
        "representation   k  seed  silhouette    dunn",
        "--------------  --  ----  ----------  ------",
        "pixels          30     0      0.3000  0.5000",
        "pixels           2     0      0.0200  0.5000",
        "",
        f"All scores: {tmp_path / 'scores.csv'}",
        f"The report, to send: {tmp_path / 'report.html'}",
        "Compare runs: make ui",
    ]


def test_closing_of_several_seeds_has_means_with_half_the_width_of_their_intervals(tmp_path):
    nmi = {"pixels": (0.1, 0.1, 0.1), "pca": (0.2, 0.3, 0.4)}
    write(
        tmp_path,
        *(
            variant(tmp_path, 10, representation=name, seed=seed, scores={"nmi": value})
            for name, values in nmi.items()
            for seed, value in enumerate(values)
        ),
    )

    said = closing(tmp_path / "scores.csv").splitlines()

    # Student's t: 4.3027 * 0.1 / sqrt(3) = 0.2484
    assert [" ".join(line.split()) for line in (said[1], said[3], said[4])] == [
        "representation k seeds silhouette dunn nmi ari accuracy",
        "pca 10 3 0.1000 +- 0.0000 0.5000 +- 0.0000 0.3000 +- 0.2484 0.2000 +- 0.0000 "
        "0.3000 +- 0.0000",
        "pixels 10 3 0.1000 +- 0.0000 0.5000 +- 0.0000 0.1000 +- 0.0000 0.2000 +- 0.0000 "
        "0.3000 +- 0.0000",
    ]
    assert said[5:7] == ["", "+-: 95 % interval over seeds"]


def test_closing_ends_with_what_random_labels_score(tmp_path):
    control = {"random": {"silhouette": -0.1, "nmi": 0.01, "ari": 0.0, "accuracy": 0.15}}
    paths = [
        variant(tmp_path, 10, representation=name, details={"controls": control})
        for name in ("pixels", "pca")
    ]
    write(tmp_path, *paths)
    write_controls(tmp_path / "controls.csv", [scores for _, scores in paths])

    last = closing(tmp_path / "scores.csv").splitlines()[5]
    assert last.split() == ["(random", "labels)", "10", "0", "0.0100", "0.0000", "0.1500"]


def test_closing_has_a_table_a_data_set_with_what_is_true_of_it_alone(tmp_path):
    sampled = {"details": {"n_sampled": 2000}, "scores": {"se_silhouette": 0.002, "nmi": 0.2}}
    write(tmp_path, variant(tmp_path, 10), variant(tmp_path, 10, dataset="other", **sampled))

    said = closing(tmp_path / "scores.csv").splitlines()

    assert said[1] == "toy:"
    assert said[4].split()[:3] == ["pixels", "10", "0"]
    assert said[5:7] == ["", "other:"]
    assert said[9].split()[5] == "0.2000"
    assert said[11].startswith("Silhouettes are those of 2,000 of 30 points")


def test_random_labels_are_those_of_the_data_set(tmp_path):
    found = {"toy": 0.01, "other": 0.05}
    paths = [
        variant(
            tmp_path,
            10,
            dataset=name,
            details={"controls": {"random": {"nmi": nmi, "ari": 0.0, "accuracy": 0.1}}},
        )
        for name, nmi in found.items()
    ]
    write(tmp_path, *paths)
    write_controls(tmp_path / "controls.csv", [scores for _, scores in paths])

    said = closing(tmp_path / "scores.csv").splitlines()

    random = [line.split()[4] for line in said if line.startswith("(random labels)")]
    assert random == ["0.0100", "0.0500"]


def test_sampled_silhouettes_are_said_with_their_error_on_the_terminal(tmp_path):
    sampled = {"details": {"n_sampled": 2000}, "scores": {"se_silhouette": 0.0021}}
    [row] = write(tmp_path, variant(tmp_path, 10, **sampled))

    assert (row["n_sampled"], row["se_silhouette"]) == ("2000", "0.0021")
    assert "Silhouettes are those of 2,000 of 30 points" in closing(tmp_path / "scores.csv")


def test_closing_without_a_table_says_so(tmp_path):
    path = tmp_path / "scores.csv"

    assert closing(path) == f"\nDone as far as asked; without {path} there is no table to show."
