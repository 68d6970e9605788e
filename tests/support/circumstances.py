"""What the records of tests say of the run of their step."""

from aecluster.records.record import Run

RUN = Run(
    started=1.0, finished=3.0, wall_s=2.0, peak_mem_mb=100.0, threads=2,
    versions={"python": "3.11"}, git_commit=None, git_dirty=None, command="snakemake --cores all",
)  # fmt: skip
