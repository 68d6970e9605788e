"""Train a model on the train images, from where a killed job left it."""

from typing import TYPE_CHECKING

from aecluster.records.progress import ProgressWriter
from aecluster.steps.train import train
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    training = train(
        snakemake.input.pixels,
        snakemake.output.model,
        code=snakemake.params.code,
        threads=snakemake.threads,
        on_epoch=ProgressWriter(snakemake),
        **snakemake.params.step["options"],
    )
    job.record(metrics=training.metrics, curves=training.curves, details=training.details)
