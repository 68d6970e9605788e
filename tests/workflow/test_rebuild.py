"""The table of what a change reruns, each row by a real change and a dry run."""

import copy
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from once import once
from project import Project
from zoo import OWN, ZOO

pytestmark = pytest.mark.workflow

OF_A_CLUSTERING = {"kmeans": 1, "evaluate": 1, "plot_clusters": 1}
SUMMARY = dict.fromkeys(("collect_scores", "compare", "plot_scores", "report", "track"), 1)
OF_A_TRAINING = {"train": 1, "embed": 1, "plot_training": 1}


@pytest.fixture
def representations() -> dict:
    """The representations of that experiment, to change."""
    return copy.deepcopy(ZOO["representations"])


def test_no_change_reruns_nothing(project):
    assert project.schedule().rules == {}


def test_another_k_leaves_training_and_the_old_k(project, experiment):
    experiment["clustering"]["k"] = [10, 5]
    project.write(experiment)

    scheduled = project.schedule()

    assert scheduled.rules == {"kmeans": 2, "evaluate": 2} | SUMMARY
    assert scheduled.of("k=10") == set()


def test_epochs_leave_everything_of_pixels(project, experiment):
    experiment["representations"]["sparse_ae"]["epochs"] = 3
    project.write(experiment)

    scheduled = project.schedule()

    assert scheduled.rules == OF_A_TRAINING | OF_A_CLUSTERING | SUMMARY
    assert scheduled.of("pixels") == set()


def test_another_representation_leaves_the_others(project, experiment):
    experiment["representations"]["another_ae"] = {"method": "autoencoder", "l1": 0.0}
    project.write(experiment)

    scheduled = project.schedule()

    assert scheduled.rules == OF_A_TRAINING | OF_A_CLUSTERING | SUMMARY
    assert scheduled.of("sparse_ae") == scheduled.of("pixels") == set()


def test_another_value_of_a_grid_runs_its_own_chain_alone(menagerie, representations):
    representations["reduced"]["grid"]["n_components"] = [4, 8]
    menagerie.write(ZOO | {"representations": representations})

    scheduled = menagerie.schedule()

    assert scheduled.rules == {"transform": 1} | OF_A_CLUSTERING | SUMMARY
    assert scheduled.of("reduced-n_components=8") == {
        title for title in scheduled.titles if "zoo" not in title
    }


def test_another_space_scores_again_and_clusters_nothing(project, experiment):
    experiment["evaluation"] = {"spaces": ["pixels", "sparse_ae"]}
    project.write(experiment)

    scheduled = project.schedule()

    assert scheduled.rules == {"evaluate": 2, "plot_clusters": 2} | SUMMARY


def test_code_of_the_users_function_makes_its_vectors_anew(menagerie):
    (menagerie.folder / "own.py").write_text("# A comment.\n" + OWN)
    after_comment = menagerie.schedule().rules
    (menagerie.folder / "own.py").write_text(OWN.replace("[:, ::step]", "[:, 1::step]"))

    scheduled = menagerie.schedule()

    assert after_comment == {}
    assert scheduled.rules == {"transform": 1} | OF_A_CLUSTERING | SUMMARY


def test_base_reruns_what_stands_on_it_and_its_code_no_other_method(menagerie, representations):
    pictures = list((menagerie.folder / "results/stripes/manifold/s0").glob("atoms.png"))
    scaled = menagerie.record("results/stripes/scaled/s0/store.json")
    menagerie.change("src/aecluster/transforms/umap.py", "n_jobs=1", "n_jobs=2")
    after_code_of_another = menagerie.schedule().rules
    representations["sparse_ae"]["epochs"] = 3
    menagerie.write(ZOO | {"representations": representations})

    scheduled = menagerie.schedule()

    four = {name: 4 * n for name, n in OF_A_CLUSTERING.items()}
    assert after_code_of_another == {}
    assert list(scaled["inputs"]) == ["results/stripes/pca/s0/store.h5"]
    assert len(pictures) == 1
    assert scheduled.rules == OF_A_TRAINING | {"transform": 3} | four | SUMMARY
    assert scheduled.of("pixels") == scheduled.of("manifold") == set()

    menagerie.write(ZOO)
    menagerie.change("src/aecluster/transforms/sklearn_transformer.py", "seeded | options", "{}")

    scheduled = menagerie.schedule()

    assert scheduled.rules == {"transform": 1} | OF_A_CLUSTERING | SUMMARY
    assert scheduled.of("pca") == scheduled.of("sparse_ae") == set()


def test_code_of_kmeans_leaves_preprocess_train_and_embed(project):
    project.change(
        "src/aecluster/clustering/_plan.py", "MIN_RESTARTS_EACH = 4", "MIN_RESTARTS_EACH = 5"
    )

    assert project.schedule().rules == dict.fromkeys(OF_A_CLUSTERING, 2) | SUMMARY


def test_code_of_training_leaves_everything_of_pixels(project):
    project.change(
        "src/aecluster/networks/images.py", "UINT8_SCALE = 1 / 255", "UINT8_SCALE = 1 / 256"
    )

    scheduled = project.schedule()

    assert scheduled.rules == OF_A_TRAINING | OF_A_CLUSTERING | SUMMARY
    assert scheduled.of("pixels") == set()


def test_another_format_of_the_store_reruns_everything(project):
    project.change("src/aecluster/store/_file.py", "FORMAT_VERSION = 1", "FORMAT_VERSION = 2")

    assert project.schedule().rules.items() >= {"preprocess": 1, "train": 1, "kmeans": 2}.items()


def test_comments_docstrings_and_formatting_rerun_nothing(project):
    for path in sorted((project.folder / "src").rglob("*.py")):
        path.write_text("# A comment.\n" + path.read_text() + "\n\n# Another one.\n")
    project.change(
        "src/aecluster/clustering/__init__.py",
        '"""K-Means that gives',
        '"""K-Means, which gives',
    )

    assert project.schedule().rules == {}


def test_deleted_output_reruns_its_step_and_what_follows(project):
    (project.folder / "results/digits/pixels/test/k10-s0.h5").unlink()

    scheduled = project.schedule()

    assert scheduled.rules == OF_A_CLUSTERING | SUMMARY
    assert scheduled.of("sparse_ae") == set()


def test_output_cut_short_reruns_its_step_and_what_follows(project):
    path = project.folder / "results/digits/pixels/test/k10-s0.h5"
    os.truncate(path, 100)

    scheduled = project.schedule()

    assert scheduled.rules == OF_A_CLUSTERING | SUMMARY
    assert path.with_name("k10-s0.h5.damaged").stat().st_size == 100


def test_changed_tracking_uri_reruns_tracking_alone(project, experiment):
    experiment["tracking"] = {"uri": "sqlite:///elsewhere.db"}
    project.write(experiment)

    assert project.schedule().rules == {"track": 1}


def test_deleted_database_is_rebuilt_from_the_records(project):
    (project.folder / "mlflow.db").unlink()

    scheduled = project.schedule()
    project.make("--no-hooks")

    assert scheduled.rules == {"track": 1}
    assert (project.folder / "mlflow.db").stat().st_size > 0
    assert project.schedule().rules == {}


# --- images in a folder ---


def write_images(folder, n, seed=0):
    rng = np.random.default_rng(seed)
    for name in ("cats", "dogs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i in range(n):
            Image.fromarray(rng.integers(256, size=(8, 8), dtype=np.uint8)).save(
                folder / name / f"{i}.png"
            )


@pytest.fixture(scope="module")
def finished_folder(tmp_path_factory):
    """An experiment on a folder of images, run to its end; not to be changed."""
    experiment = {
        "experiment": "own",
        "dataset": {"name": "own", "source": "images", "path": "pictures", "size": 8},
        "representations": {"pixels": {"method": "pixels"}},
        "clustering": {"k": [2]},
    }

    def make(folder):
        project = Project.create(folder, experiment)
        write_images(folder / "pictures", 20)
        project.make("--no-hooks")

    return Project(once(tmp_path_factory, "images", make))


def test_images_of_a_folder_rerun_everything_of_the_dataset(finished_folder, tmp_path):
    project = finished_folder.copy(tmp_path / "project")
    unchanged = project.schedule().rules
    (project.folder / "pictures" / "cats" / "0.png").unlink()

    scheduled = project.schedule()

    assert unchanged == {}
    assert scheduled.rules == {"preprocess": 1} | OF_A_CLUSTERING | SUMMARY


def test_other_datasets_are_left_alone(finished_folder, project, experiment):
    shutil.copytree(finished_folder.folder / "pictures", project.folder / "pictures")

    assert project.schedule().rules == {}


# --- Snakemake's traps ---


def test_swapped_parameters_are_seen(project, experiment):
    experiment["representations"]["sparse_ae"] |= {"epochs": 32, "batch_size": 2}
    project.write(experiment)

    assert project.schedule().rules["train"] == 1


def test_value_that_another_parameter_has_is_seen(project, experiment):
    experiment["clustering"]["n_init"] = 10  # as many as there are clusters
    project.write(experiment)

    assert project.schedule().rules["kmeans"] == 2


def test_strings_from_the_command_line_are_the_same_values(project):
    same = project.schedule("--config", "seeds=[0]", "clustering={k: [10], tol: 0.0}")
    other = project.schedule("--config", "clustering={k: [5, 10]}")

    assert same.rules == {}
    assert {"kmeans": 2, "evaluate": 2}.items() <= other.rules.items()
    assert not {"preprocess", "train", "embed"} & set(other.rules)


def test_null_from_the_command_line_is_null(project):
    scheduled = project.schedule("--config", "tracking={uri: null}")

    assert scheduled.rules == {}


def test_experiment_file_replaces_the_default_instead_of_merging_into_it(project, experiment):
    del experiment["representations"]["sparse_ae"]
    project.write(experiment, "pixels.yaml")

    scheduled = project.schedule("--forceall", file="pixels.yaml")

    assert "train" not in scheduled.rules
    assert scheduled.rules["kmeans"] == 1


def test_files_written_again_with_the_same_content_rerun_nothing(project):
    for folder in ("src", "workflow", "config", "results"):
        for path in sorted((project.folder / folder).rglob("*")):
            if path.is_file():
                path.touch()

    assert project.schedule().rules == {}
