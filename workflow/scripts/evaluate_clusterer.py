"""Score one clustering beside K-Means, of which some images may be noise."""

from typing import TYPE_CHECKING

from aecluster.steps.evaluate_clusterer import evaluate_clusterer, write_all_points
from aecluster.store import write_silhouettes
from aecluster.workflow.job import Job

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with Job(snakemake) as job:
    files, split = snakemake.input, snakemake.wildcards.split
    names = snakemake.params.step["watched"]["spaces"]
    spaces = dict(zip(names, files.spaces, strict=True))
    options = snakemake.params.step["options"]
    evaluation = evaluate_clusterer(files.store, files.clustering, split, spaces, **options)
    write_silhouettes(snakemake.output.silhouettes, evaluation.silhouettes)
    # One, or none where the experiment wants no tables of points.
    for points in snakemake.output.points:
        write_all_points(points, files.store, files.clustering, split, evaluation.silhouettes)
    job.record(metrics=evaluation.scores, details=evaluation.details)
