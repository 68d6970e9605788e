from aecluster.records.record import write_record
from aecluster.tracking.table import compare_variants
from toy import ToyProject


def test_variants_are_best_first_with_what_differs_from_the_one_above(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    project = ToyProject().all()
    project.cluster("pixels", k=5, max_iter=7)

    lines = compare_variants("results").splitlines()

    assert lines[0].split() == [
        "variant", "dataset", "experiment", "silhouette", "dunn", "nmi",
        "differs", "from", "the", "one", "above", "in",
    ]  # fmt: skip
    assert [line.split("  ")[0] for line in lines[1:]] == [
        "pixels k=10 seed=0", "pixels k=5 seed=0", "sparse_ae k=10 seed=0",
    ]  # fmt: skip
    assert lines[1].endswith("0.0650")
    assert lines[2].endswith("max_iter 300 -> 7")
    assert lines[3].endswith("max_iter 7 -> 300")


def test_variants_stand_beside_the_experiments_that_have_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    project = ToyProject().all()
    rows = {"first": ["toy,pixels,test,10,0"], "other": ["toy,pixels,test,10,0", "toy,pca,all,3,1"]}
    for name, lines in rows.items():
        path = tmp_path / "results" / name / "scores.csv"
        path.parent.mkdir()
        path.write_text("\n".join(["dataset,representation,split,k,seed", *lines]))
        made_of = [f"results/toy/pixels/test/k10-s0{kind}.json" for kind in ("", ".scores")]
        project.step("collect_scores", path.with_suffix(".json"), inputs=made_of, params={})

    lines = compare_variants("results").splitlines()
    project.cluster("pixels", max_iter=7)
    after = compare_variants("results").splitlines()

    assert lines[1].startswith("pixels k=10 seed=0     toy      first, other  ")
    assert lines[2].startswith("sparse_ae k=10 seed=0  toy                    ")
    assert "first" not in "".join(after[:3])
    assert after[3:] == [
        "",
        "results/first/scores.csv: of other results than are there, run it again",
        "results/other/scores.csv: of other results than are there, run it again",
    ]


def test_functions_of_this_package_are_no_difference_that_a_user_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    project = ToyProject().all()
    for representation, made_by in {"pca": "pca:principal_components", "own": "own:made"}.items():
        folder = f"results/toy/{representation}"
        subject = {"representation": representation, "seed": 0}
        project.step(
            "transform",
            f"{folder}/s0/store.json",
            inputs=["results/toy/pixels/store.h5"],
            outputs=[f"{folder}/s0/store.h5"],
            params={
                "method": representation,
                "made_by": f"aecluster.transforms.{made_by}",
                "function": f"mine:{representation}",
            },
            **subject,
        )
        project.cluster(representation)

    said = compare_variants("results")

    assert "method own -> pca, function mine:own -> mine:pca" in said
    assert "aecluster." not in said


def test_scores_of_what_was_made_anew_since_are_left_out(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    project = ToyProject().all()
    project.train(epochs=7)

    assert "sparse_ae" not in compare_variants("results")


def test_results_of_several_versions_and_codes_are_named_below_the_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = "results/toy/pixels/test/k10-s0.scores.json"
    found = ToyProject().all().records[path]
    assert "Not all" not in compare_variants("results")
    run = found.run.model_copy(update={"versions": {"python": "3.12.1"}})
    write_record(path, found.model_copy(update={"run": run, "code": "other"}))

    assert compare_variants("results").splitlines()[-4:] == [
        "",
        "Not all of these were made by the same (number of results in brackets):",
        "  python 3.11.9 (6), 3.12.1 (1)",
        "  2 states of the source code of evaluate",
    ]


def test_folder_without_results_says_what_makes_some(tmp_path):
    assert compare_variants(tmp_path) == (
        f"{tmp_path}: no scored clusterings yet, expected those of `make demo` or `make run`"
    )
    assert list(tmp_path.iterdir()) == []
