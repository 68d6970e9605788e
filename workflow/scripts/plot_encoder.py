"""Draw a contrastively trained network, and how its training went by epoch."""

from typing import TYPE_CHECKING

from aecluster.figures import draw_agreement, draw_architecture
from aecluster.records.record import read_record
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    training = read_record(snakemake.input.model_record)
    title = snakemake.wildcards.representation
    draw_architecture(snakemake.output.architecture, training.details["layers"], title)
    draw_agreement(snakemake.output.curves, training.curves)
    job.record()
