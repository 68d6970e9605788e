"""Write the code of every image by a network that rebuilds none."""

from typing import TYPE_CHECKING

from aecluster.networks.model import load_model
from aecluster.networks.runtime import configure_threads
from aecluster.steps.embed import embed
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    configure_threads(snakemake.threads)
    model, representation = load_model(snakemake.input.model), snakemake.wildcards.representation
    embed(model, snakemake.input.pixels, snakemake.output.store, representation=representation)
    job.record()
