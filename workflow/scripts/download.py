"""Download the archive of a source from its mirrors and verify it."""

from typing import TYPE_CHECKING

from aecluster.data.archives import fetch_archive
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake):
    fetch_archive(
        snakemake.output.archive,
        # Not from `step`: another mirror for the same bytes is no reason to run again.
        mirrors=snakemake.config["mirrors"].get(snakemake.wildcards.archive),
        **snakemake.params.step["options"],
    )
