"""
What the scores of all variants say together, as tables, as a picture, and as one file to send.

INPUTS
    scores, controls            = results/{experiment}/scores.csv, controls.csv
    clusterings                 = labels, for their stability over seeds
    scores_record               = by which the records of all computing steps are found
    gaps                        = records of how many clusters there are
    figures                     = records of the figures of the first k and seed
OUTPUTS
    summary, differences, latex = results/{experiment}/summary.csv, differences.csv, summary.tex
    score_curves                = results/{experiment}/scores.png
    similarities, cka           = results/{experiment}/cka.csv, cka.png     if `evaluation.probe`
    report                      = results/{experiment}/report.html
"""


rule compare:
    input:
        scores="results/{experiment}/scores.csv",
        clusterings=clusterings(".h5"),
    output:
        summary=report(
            "results/{experiment}/summary.csv",
            caption="../report/summary.rst",
            category="Comparison",
            labels={"table": "scores over seeds"},
        ),
        differences=report(
            "results/{experiment}/differences.csv",
            caption="../report/differences.rst",
            category="Comparison",
            labels={"table": "differences"},
        ),
        latex="results/{experiment}/summary.tex",
        record="results/{experiment}/summary.json",
    log:
        "logs/compare/{experiment}.log",
    benchmark:
        "results/benchmarks/compare/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        step=params.compare(experiment),
        code=code("compare"),
    message:
        "Comparing the representations of {wildcards.experiment}"
    script:
        "../scripts/compare.py"


rule plot_scores:
    input:
        summary="results/{experiment}/summary.csv",
    output:
        score_curves=report(
            "results/{experiment}/scores.png",
            caption="../report/scores.rst",
            category="Comparison",
            labels={"table": PICTURES["scores"].label},
        ),
        record="results/{experiment}/scores.figures.json",
    log:
        "logs/plot_scores/{experiment}.log",
    benchmark:
        "results/benchmarks/plot_scores/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        step=params.plot_scores(experiment),
        code=code("plot_scores"),
    message:
        "Drawing the scores of {wildcards.experiment}"
    script:
        "../scripts/plot_scores.py"


rule cka:
    input:
        stores=compared_spaces(),
    output:
        similarities="results/{experiment}/cka.csv",
        record="results/{experiment}/cka.json",
    log:
        "logs/cka/{experiment}.log",
    benchmark:
        "results/benchmarks/cka/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    resources:
        mem_mb=cka_mb,
        runtime=30,
    params:
        step=params.cka(experiment),
        code=code("cka"),
    message:
        "Comparing the spaces of {wildcards.experiment}"
    script:
        "../scripts/cka.py"


rule plot_cka:
    input:
        similarities="results/{experiment}/cka.csv",
    output:
        cka=report(
            "results/{experiment}/cka.png",
            caption="../report/cka.rst",
            category="Comparison",
            labels={"table": PICTURES["cka"].label},
        ),
        record="results/{experiment}/cka.figures.json",
    log:
        "logs/plot_cka/{experiment}.log",
    benchmark:
        "results/benchmarks/plot_cka/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        step=params.plot_cka(experiment),
        code=code("plot_cka"),
    message:
        "Drawing how alike the spaces of {wildcards.experiment} are"
    script:
        "../scripts/plot_cka.py"


rule report:
    input:
        scores="results/{experiment}/scores.csv",
        controls="results/{experiment}/controls.csv",
        summary="results/{experiment}/summary.csv",
        differences="results/{experiment}/differences.csv",
        score_curves="results/{experiment}/scores.png",
        cka=cka(".png"),
        scores_record="results/{experiment}/scores.json",
        gaps=gaps(),
        figures=[*training_records(config["seeds"][:1]), *clustering_records()],
        citation=own("CITATION.cff"),
    output:
        report="results/{experiment}/report.html",
        record="results/{experiment}/report.json",
    log:
        "logs/report/{experiment}.log",
    benchmark:
        "results/benchmarks/report/{experiment}.tsv"
    conda:
        "../../envs/cpu.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        step=params.report(experiment, SPLITS),
        code=code("report"),
    message:
        "Writing the report of {wildcards.experiment}"
    script:
        "../scripts/report.py"
