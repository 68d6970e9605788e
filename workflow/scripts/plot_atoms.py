"""Draw the pictures that a representation is built from."""

from typing import TYPE_CHECKING

from aecluster.figures.registry import draw
from aecluster.store import Store
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job, Store(snakemake.input.store) as store:
    pictures, options = dict(snakemake.output.items()), snakemake.params.step["options"]
    draw(pictures, atoms=store.atoms, representation=store.representation, **options)
    job.record()
