import json

from aecluster.comparison.scores import write_controls
from aecluster.config import load_experiment
from aecluster.workflow.console import closing, opening
from variants import variant, write_table


def test_closing_has_the_best_first_and_leaves_out_what_there_is_not(tmp_path):
    many = {"labelled": False, "details": {"n": 600}}
    write_table(tmp_path, variant(tmp_path, 2, **many), variant(tmp_path, 30, **many))

    without_report = closing(tmp_path / "scores.csv").splitlines()
    (tmp_path / "report.html").touch()
    said = closing(tmp_path / "scores.csv").splitlines()

    assert without_report == [line for line in said if "report" not in line]
    assert said == [
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
    write_table(
        tmp_path,
        *(
            variant(
                tmp_path,
                10,
                representation=name,
                seed=seed,
                scores={"nmi": value},
                details={"n": 200},
            )
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
    write_table(tmp_path, *paths)
    write_controls(tmp_path / "controls.csv", [scores for _, scores in paths])

    last = closing(tmp_path / "scores.csv").splitlines()[5]
    assert last.split() == ["(random", "labels)", "10", "0", "0.0100", "0.0000", "0.1500"]


def test_closing_has_one_table_per_data_set_with_what_is_true_of_it_alone(tmp_path):
    sampled = {
        "details": {"n": 3000, "n_sampled": 2000},
        "scores": {"se_silhouette": 0.002, "nmi": 0.2},
    }
    write_table(
        tmp_path,
        variant(tmp_path, 10, details={"n": 200}),
        variant(tmp_path, 10, dataset="other", **sampled),
    )

    said = closing(tmp_path / "scores.csv").splitlines()

    assert said[1] == "toy:"
    assert said[4].split()[:3] == ["pixels", "10", "0"]
    assert said[5:7] == ["", "other:"]
    assert said[9].split()[5] == "0.2000"
    assert said[11].startswith("Silhouettes are those of 2,000 of 3,000 points")


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
    write_table(tmp_path, *paths)
    write_controls(tmp_path / "controls.csv", [scores for _, scores in paths])

    said = closing(tmp_path / "scores.csv").splitlines()

    random = [line.split()[4] for line in said if line.startswith("(random labels) ")]
    assert random == ["0.0100", "0.0500"]
    assert "(random labels): chance, by labels drawn for clusters of the same sizes" in said


def test_sampled_silhouettes_are_said_with_their_error_on_the_terminal(tmp_path):
    sampled = {"details": {"n_sampled": 2000}, "scores": {"se_silhouette": 0.0021}}
    [row] = write_table(tmp_path, variant(tmp_path, 10, **sampled))

    assert (row["n_sampled"], row["se_silhouette"]) == ("2000", "0.0021")
    assert "Silhouettes are those of 2,000 of 30 points" in closing(tmp_path / "scores.csv")


def test_closing_without_a_table_says_so(tmp_path):
    path = tmp_path / "scores.csv"

    assert closing(path) == f"\nDone as far as asked; without {path} there is no table to show."


def test_closing_shows_no_table_of_other_clusterings_than_are_there(tmp_path):
    paths = variant(tmp_path, 2)
    write_table(tmp_path, paths)
    variant(tmp_path, 2, params={"n_init": 2})

    assert closing(tmp_path / "scores.csv") == (
        "\nDone as far as asked; there is no table to show. "
        f"{tmp_path / 'scores.json'}: made of another {paths[0]} than is there, run again"
    )


def test_closing_shows_no_table_of_results_that_were_replaced_while_the_run_went_on(tmp_path):
    write_table(tmp_path, variant(tmp_path, 2))

    assert closing(tmp_path / "scores.csv", replaced=["a.h5: found 1 bytes", "b.h5: lost"]) == (
        "\nResults were replaced while the run went on, there is no table to show; run again. "
        "a.h5: found 1 bytes, and 1 more"
    )


def write_sizes(results, **sizes):
    path = results / "toy" / "pixels" / "store.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"details": {"n": sizes}}))


def test_closing_says_how_many_of_the_images_were_clustered_and_that_they_are_few(tmp_path):
    (tmp_path / "exp").mkdir()
    write_sizes(tmp_path, train=120, test=30)
    write_table(tmp_path / "exp", variant(tmp_path / "exp", 2), variant(tmp_path / "exp", 10))

    said = closing(tmp_path / "exp" / "scores.csv").splitlines()

    assert "Clustered: 30 of 150 images of toy" in said
    assert (
        "warning: toy: 30 images in 10 clusters, fewer than 20 per cluster: scores say little"
        in said
    )


EXPERIMENT = {
    "experiment": "exp",
    "dataset": {"name": "toy", "source": "digits"},
    "representations": {"pixels": {"method": "pixels"}},
    "clustering": {"k": [10]},
}


def test_opening_says_how_many_of_the_images_are_clustered_where_it_is_known():
    experiment = load_experiment(EXPERIMENT, "exp.yaml")

    known = {"toy": {"train": 239, "test": 61}}
    before = opening(experiment, {"toy": "test"}, {"toy": {}})

    assert "K-Means on pixels of toy (split test), k = 10" in before
    assert "warning" not in before
    after = opening(experiment, {"toy": "test"}, known).splitlines()
    assert "K-Means on pixels of toy (61 of 300 images), k = 10" in after[0]
    assert after[1].startswith("warning: toy: 61 images in 10 clusters, fewer than 20 per cluster")
    assert "toy (all 300 images), k" in opening(experiment, {"toy": "all"}, known)
