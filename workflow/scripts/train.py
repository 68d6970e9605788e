"""Train a model on the train images, from where a killed job left it."""

from pathlib import Path
from typing import TYPE_CHECKING

from aecluster.networks.model import describe, save_model
from aecluster.records.progress import ProgressWriter
from aecluster.records.record import curves_of
from aecluster.steps.train import fit
from aecluster.store import Store
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job, Store(snakemake.input.pixels) as pixels:
    model, code = Path(snakemake.output.model), snakemake.params.code
    # No output, since Snakemake deletes outputs before a job runs again: more epochs go on from it.
    checkpoint = model.with_suffix(f".{code}.checkpoint")
    options = {"threads": snakemake.threads, "on_epoch": ProgressWriter(snakemake)}
    step = snakemake.params.step["options"]
    trained = fit(
        train=pixels["train"], test=pixels["test"], checkpoint=checkpoint, **step, **options
    )
    save_model(trained.model, model)
    details = {"layers": describe(trained.model), "n_params": trained.model.count_params()}
    details["seed"] = trained.seed
    job.record(metrics=trained.metrics, curves=curves_of(trained.history), details=details)
    for other in {*model.parent.glob("*.checkpoint")} - {checkpoint}:
        other.unlink()
