"""Write the report of an experiment, one file to send."""

from typing import TYPE_CHECKING

from aecluster.records.lineage import records_behind
from aecluster.report import write_report
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    write_report(
        snakemake.output.report,
        experiment=snakemake.params.step["options"],
        scores=snakemake.input.scores,
        controls=snakemake.input.controls,
        summary=snakemake.input.summary,
        differences=snakemake.input.differences,
        score_curves=snakemake.input.score_curves,
        cka=snakemake.input.cka,
        records=[*records_behind(snakemake.input.scores_record), *snakemake.input.gaps],
        figures=snakemake.input.figures,
        citation=snakemake.input.citation,
    )
    job.record()
