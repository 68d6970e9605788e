"""Draw how alike the spaces of an experiment are."""

from typing import TYPE_CHECKING

from aecluster.figures.cka import draw_cka
from aecluster.steps.cka import read_similarities
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    draw_cka(snakemake.output.cka, read_similarities(snakemake.input.similarities))
    job.record()
