"""Write the code of every image, and some images beside their reconstructions."""

from typing import TYPE_CHECKING

from aecluster.networks.model import load_model
from aecluster.networks.runtime import configure_threads
from aecluster.steps.embed import embed, reconstruct_examples
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    configure_threads(snakemake.threads)
    model, pixels = load_model(snakemake.input.model), snakemake.input.pixels
    representation = snakemake.wildcards.representation
    embed(model, pixels, snakemake.output.store, representation=representation)
    reconstruct_examples(model, pixels, snakemake.output.reconstructions)
    job.record()
