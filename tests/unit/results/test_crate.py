"""An experiment is packed with how each file was made, as its profile wants it."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from aecluster.atomic import atomic_write
from aecluster.cli import main
from toy import SCORES, ToyProject

rocrate = pytest.importorskip("rocrate", reason="rocrate is not installed")

REPOSITORY = Path(__file__).parents[3]
PROFILE = "provenance-run-crate-0.5"
# The package has the context of RO-Crate 1.3, which names one term otherwise than that of 1.1.
CONTEXT = json.loads((Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text())
CONTEXT["@context"]["ComputationalWorkflow"] = "https://bioschemas.org/ComputationalWorkflow"
CONTEXT["@id"] = "https://w3id.org/ro/crate/1.1/context"


@pytest.fixture
def packed(tmp_path, monkeypatch):
    """A project in a folder with the workflow, whose experiment `exp` has been summarized."""
    monkeypatch.chdir(tmp_path)
    for name in ("Snakefile", "CITATION.cff", "LICENSE"):
        shutil.copy(REPOSITORY / name, name)
    shutil.copytree(REPOSITORY / "workflow", "workflow")
    project = ToyProject().all()
    scored = [path for path in project.records if path.endswith(".scores.json")]
    project.step(
        "collect_scores",
        "results/exp/scores.json",
        inputs=scored,
        outputs=["results/exp/scores.csv"],
        params={"experiment": "exp"},
    )
    return project


def read(path):
    with zipfile.ZipFile(path) as archive:
        described = json.loads(archive.read("ro-crate-metadata.json"))
        return {entity["@id"]: entity for entity in described["@graph"]}, archive.namelist()


def named(entities, references):
    return {entities[one["@id"]]["name"]: entities[one["@id"]] for one in references}


def test_every_step_has_its_parameters_files_scores_and_versions(packed, capsys):
    code = main(["crate", "exp"])

    entities, files = read("exp.crate.zip")
    path = "results/toy/sparse_ae/test/k10-s0.scores.json"
    action = entities[f"#{path}"]
    read_by, left = named(entities, action["object"]), named(entities, action["result"])
    clustering = "results/toy/sparse_ae/test/k10-s0.h5"
    steps = {path for path in packed.records if f"#{path}" in entities}
    assert code == 0
    assert capsys.readouterr().out.startswith("exp.crate.zip: 11 steps")
    assert steps == set(packed.records)
    assert action["instrument"] == {"@id": "workflow/scripts/evaluate.py"}
    assert read_by["seed"]["value"] == 0
    assert read_by[clustering]["sha256"] == packed.records[path].inputs[clustering].sha256
    assert {name: left[name]["value"] for name in SCORES} == SCORES
    assert named(entities, action["environment"])["keras"]["value"] == "3.15.1"
    assert {path, clustering, "results/exp/scores.csv", "CITATION.cff", "LICENSE"} <= set(files)
    assert entities["./"]["license"] == {"@id": "https://spdx.org/licenses/MIT"}
    assert "E. Alpaydin" in json.dumps(entities)


def test_images_and_vectors_are_described_and_left_out(packed):
    main(["crate", "exp", "--output", "there.zip"])

    entities, files = read("there.zip")
    store = entities["#file/results/toy/pixels/store.h5"]
    made = packed.records["results/toy/pixels/store.json"].outputs["results/toy/pixels/store.h5"]
    assert (store["sha256"], store["contentSize"]) == (made.sha256, str(made.bytes))
    assert not [name for name in files if name.endswith("store.h5")]


@pytest.mark.slow
def test_validator_of_the_profile_finds_nothing_that_is_required(packed, monkeypatch):
    services = pytest.importorskip("rocrate_validator.services", reason="needs roc-validator")
    from requests import Response
    from rocrate_validator.utils.http import HttpRequester

    def answer(_, url, **__):
        """Answer with the context, the only thing that is asked of the network."""
        assert url == CONTEXT["@id"]
        response = Response()
        response.status_code = 200
        response.headers["Content-Type"] = "application/ld+json"
        response._content = json.dumps(CONTEXT).encode()
        return response

    monkeypatch.setattr(HttpRequester, "get", answer, raising=False)
    main(["crate", "exp"])

    result = services.validate(
        services.ValidationSettings(
            rocrate_uri="exp.crate.zip",
            profile_identifier=PROFILE,
            requirement_severity="REQUIRED",
            cache_path=Path("cache"),
        )
    )

    assert [issue.message for issue in result.get_issues()] == []


def test_file_that_is_another_one_than_recorded_is_refused_and_nothing_is_left(packed, capsys):
    with atomic_write("results/exp/scores.csv") as temporary:
        temporary.write_text("edited")

    code = main(["crate", "exp"])

    assert code == 1
    assert capsys.readouterr().err.startswith(
        "aecluster: results/exp/scores.csv: lost or other than recorded"
    )
    assert list(Path().glob("*.zip")) == list(Path().glob(".partial*")) == []


def test_results_of_several_runs_are_refused(packed, capsys):
    packed.train(epochs=7)

    assert main(["crate", "exp"]) == 1
    assert "made of another results/toy/sparse_ae/s0/store.h5 than is there" in (
        capsys.readouterr().err
    )


def test_unknown_experiment_is_told_with_those_there_are(packed, capsys):
    assert main(["crate", "epx"]) == 1
    assert capsys.readouterr().err == (
        "aecluster: results/epx: no results, expected an experiment that has run: exp\n"
    )
