"""Draw the pictures that a representation is built from."""

from typing import TYPE_CHECKING

from aecluster.figures.atoms import draw_atoms
from aecluster.store import Store
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job, Store(snakemake.input.store) as store:
    title = f"Each row: an atom of {snakemake.wildcards.representation}, and those nearest to it"
    draw_atoms(snakemake.output.atoms, store.atoms, title)
    job.record()
