"""
MLflow, brought up to date from the records by one job, the only writer.

INPUTS
    scores_record = results/{experiment}/scores.json, by which the records behind it are found
    gaps          = records of how many clusters there are
    figures       = records of the pictures; pictures and models are reached by their records
OUTPUTS
    receipt       = results/{experiment}/tracked.json

While the workflow runs, a process beside it tracks what has finished and how far trainings are.
"""

live = tracking.Follower(
    experiment.experiment,
    map(placed, [*computed_records(), *figure_records()]),
    expand(
        placed("logs/train/{dataset}.{representation}.s{seed}.progress.jsonl"),
        dataset=DATASETS,
        representation=TRAINED,
        seed=config["seeds"],
    ),
    **config["tracking"],
    log=placed(f"logs/track/{experiment.experiment}.live.log"),
)


rule track:
    input:
        scores_record="results/{experiment}/scores.json",
        gaps=gaps(),
        figures=figure_records(),
    output:
        receipt="results/{experiment}/tracked.json",
    log:
        "logs/track/{experiment}.log",
    benchmark:
        "results/benchmarks/track/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=30,
    params:
        step=params.track(experiment),
        code=code("track"),
    message:
        "Bringing MLflow up to date with {wildcards.experiment}"
    script:
        "../scripts/track.py"
