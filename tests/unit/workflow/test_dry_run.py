from aecluster.workflow.dry_run import Step, explain, read_steps, write_steps

TRAINING = Step(
    "train",
    "Training sparse_ae on digits, seed=0",
    "Missing output files: a, b, c, d; Input files updated by another job: e",
    "results/benchmarks/train/digits.sparse_ae.s0.tsv",
    2,
)
READING = Step("preprocess", "Reading images", "Updated input files: a, b, c, d")


def changed(before, now):
    return (
        "Params have changed since last execution: Union of exclusive params before and now "
        f"across all output: before: {before} now: {now}"
    )


def explained(reason):
    return explain([Step("it", "It", reason)], [Step("it", "It", "")]).splitlines()[3:]


def test_steps_are_read_as_they_were_written(tmp_path):
    write_steps(tmp_path / "steps.json", [TRAINING, READING])

    assert read_steps(tmp_path / "steps.json") == [TRAINING, READING]


def test_plan_has_what_runs_and_why_then_what_is_kept():
    plan = explain([TRAINING], [TRAINING, READING])

    assert plan.splitlines() == [
        "1 of 2 steps would run.",
        "",
        "  Training sparse_ae on digits, seed=0",
        "      its result is not there yet",
        "      a step before it runs",
        "",
        "Kept as they are: 1 preprocess (--all lists them).",
    ]


def test_plan_names_the_kept_steps_if_asked():
    plan = explain([TRAINING], [TRAINING, READING], list_all=True)

    assert plan.splitlines()[-2:] == ["Kept as they are:", "  Reading images"]


def test_files_that_a_step_reads_are_named_up_to_two():
    assert explained(READING.reason) == ["      what it reads has changed: a, b and 2 more"]


def test_many_steps_that_run_for_the_same_reason_are_one_entry():
    steps = [Step("kmeans", f"K-Means, k={k}", "Missing output files: a") for k in range(1_200)]
    few = [Step("evaluate", f"Scoring, k={k}", "Missing output files: a") for k in range(2)]

    assert explain([*steps, *few], [*steps, *few]).splitlines() == [
        "1202 of 1202 steps would run.",
        "",
        "  K-Means, k=0, and 1,199 more like it",
        "      its result is not there yet",
        "",
        "  Scoring, k=0",
        "  Scoring, k=1",
        "      its result is not there yet",
    ]
    assert len(explain(steps, steps, list_all=True).splitlines()) > 3_000


def test_plan_says_what_it_takes_and_what_was_never_run():
    times = {"train": 90.0, "preprocess": 5.0}.get
    new = Step("kmeans", "K-Means", "Missing output files: a")

    said = explain(
        [TRAINING, READING, new],
        [TRAINING, READING, new],
        seconds=lambda step: times(step.rule),
    )

    assert said.startswith(
        "3 of 3 steps would run, in about 1 min 35 s by the times of earlier runs, besides 1 that "
        "never ran here.\n"
    )


def test_nothing_to_do_is_said():
    assert explain([], [TRAINING, READING]) == ("Nothing would run: all 2 steps are up to date.")


def params(**options):
    return str({"options": options, "watched": {}})


def test_changed_parameters_are_named_with_both_values():
    reason = changed(params(epochs=5, l1=1e-05), params(epochs=7, l1=1e-05, seed=0))

    assert explained(reason) == ["      changed: epochs 5 -> 7, seed None -> 0"]


def test_changed_options_and_what_is_watched_are_named_alike():
    before = "{'options': {'epochs': 5, 'seed': 0}, 'watched': {'method': 'dec'}}"
    now = "{'options': {'epochs': 7, 'seed': 0}, 'watched': {'method': 'idec'}}"

    assert explained(changed(before, now)) == ["      changed: method dec -> idec, epochs 5 -> 7"]


def test_changed_code_is_named():
    before, now = repr("ab" * 16), repr("cd" * 16)

    assert explained(changed(before, now)) == ["      changed: its source code"]
    assert explained(changed(f"{before},{params(k=1)}", f"{params(k=2)},{now}")) == [
        "      changed: its source code, k 1 -> 2"
    ]


def test_parameters_of_a_rule_beside_this_workflow_are_told_in_snakemakes_words():
    assert explained(changed("0.5", "'high'"))[0].endswith("before: 0.5 now: 'high'")


def test_step_without_parameters_before_is_explained():
    assert explained(changed("<nothing exclusive>", params(k=2))) == ["      changed: k None -> 2"]


def test_unknown_reasons_are_kept_in_snakemakes_words():
    assert explained("Code has changed") == ["      Code has changed"]
    assert explained(changed("(", ")"))[0].endswith("before: ( now: )")
