"""Train an autoencoder on the train images."""

from typing import TYPE_CHECKING

from aecluster.autoencoder.model import describe, save_model
from aecluster.autoencoder.training import train_autoencoder
from aecluster.job import Job
from aecluster.progress import ProgressWriter
from aecluster.record import curves_of
from aecluster.store import Store

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    options = {name: value for name, value in snakemake.params.step.items() if name != "method"}
    with Store(snakemake.input.pixels) as pixels:
        train, test = pixels["train"].X[:], pixels["test"].X[:]
    options |= {"threads": snakemake.threads, "on_epoch": ProgressWriter(snakemake)}
    trained = train_autoencoder(train, test, **options)
    save_model(trained.model, snakemake.output.model)
    curves = curves_of(trained.history)
    job.record(
        metrics={name: points[-1].value for name, points in curves.items()},
        curves=curves,
        details={"layers": describe(trained.model), "n_params": trained.model.count_params()},
    )
