"""How well do images cluster in pixel space, and how well in a space learned without labels?

resources/cifar-10-python.tar.gz                            downloaded, verified
results/<dataset>/pixels/store.h5                           results/cifar10/pixels/store.h5
results/<dataset>/<representation>/s<seed>/model.keras      .../sparse_ae/s0/model.keras
results/<dataset>/<representation>/s<seed>/store.h5         .../sparse_ae/s0/store.h5
results/<dataset>/<representation>/<split>/k<k>-s<seed>.h5  .../sparse_ae/test/k10-s0.h5
results/<dataset>/<representation>/<split>/k<k>-s<seed>.csv one row per image
results/<dataset>/<representation>/<split>/<clusterer>-k<k>-s<seed>.h5  .../test/ward-k10-s0.h5
results/<dataset>/<representation>/<split>/k<k>-s<seed>.scores.json
results/<experiment>/scores.csv                             results/cifar10/scores.csv
results/<experiment>/report.html                            results/cifar10/report.html
Each output has its record beside it: the same name with .json.
"""

from snakemake.utils import min_version

min_version("9.8")


include: "workflow/rules/common.smk"


wildcard_constraints:
    dataset=pattern(DATASETS),
    representation=pattern(config["representations"]),
    clusterer=pattern(experiment.clusterers),
    split="train|test|all",
    k=r"\d+",
    seed=r"\d+",


include: "workflow/rules/memory.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/representations.smk"
include: "workflow/rules/clustering.smk"
include: "workflow/rules/evaluation.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/tracking.smk"
include: "workflow/rules/start.smk"


rule all:
    default_target: True
    input:
        targets(),
    message:
        "Every result of the experiment is up to date"


onstart:
    tell(
        console.opening(experiment, SPLITS, known_sizes(), placed=placed),
        step_seconds=earlier_seconds(),
        slow_starts=slow_starts(),
    )
    live.start()


onsuccess:
    live.stop()
    tell(
        console.closing(
            placed(f"results/{experiment.experiment}/scores.csv"),
            ui=open_mlflow(),
            replaced=replaced_meanwhile(),
        )
    )


onerror:
    live.stop()
    tell(f"{console.failure(placed=placed)}\n{track_finished()}")
