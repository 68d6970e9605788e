"""Write the code of every image, and some images beside what the model makes of them."""

from typing import TYPE_CHECKING

from aecluster.networks.model import load_model
from aecluster.networks.runtime import configure_threads
from aecluster.steps.embed import embed
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    configure_threads(snakemake.threads)
    embed(
        load_model(snakemake.input.model),
        snakemake.input.pixels,
        snakemake.output.store,
        # None of a network that rebuilds no image.
        snakemake.output.get("reconstructions"),
        representation=snakemake.wildcards.representation,
        **snakemake.params.step["options"],
    )
    job.record()
