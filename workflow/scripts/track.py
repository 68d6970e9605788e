"""Bring MLflow up to date from the records of all steps."""

from typing import TYPE_CHECKING

from aecluster.records.lineage import records_behind
from aecluster.tracking import track, write_receipt
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake):
    receipt = track(
        records=[
            *records_behind(snakemake.input.scores_record),
            *snakemake.input.gaps,
            *snakemake.input.figures,
        ],
        # Not from `step`, where the URI is without credentials.
        **snakemake.config["tracking"],
        **snakemake.params.step["options"],
    )
    write_receipt(snakemake.output.receipt, receipt)
