"""Draw a network, its loss by epoch, and what it makes of some images."""

from typing import TYPE_CHECKING

from aecluster.figures import draw_architecture, draw_curves, draw_reconstructions
from aecluster.records.record import read_record
from aecluster.store import read_reconstructions
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    training = read_record(snakemake.input.model_record)
    title = snakemake.wildcards.representation
    draw_architecture(snakemake.output.architecture, training.details["layers"], title)
    draw_curves(snakemake.output.curves, training.curves)
    draw_reconstructions(
        snakemake.output.reconstructions, *read_reconstructions(snakemake.input.reconstructions)
    )
    job.record()
