"""Download an archive from its mirrors and verify it."""

from typing import TYPE_CHECKING

from aecluster.data import SOURCES, download
from aecluster.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake):
    source = SOURCES[snakemake.params.step["source"]]
    download(snakemake.output.archive, urls=source.mirrors, sha256=source.sha256)
