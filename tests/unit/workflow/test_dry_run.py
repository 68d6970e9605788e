from aecluster.workflow.dry_run import Step, explain, read_dry_run

DRY_RUN = """\
[Tue Nov 24 20:11:39 2026]
Job 2: Training sparse_ae on digits, seed=0
Reason: Missing output files: a, b, c, d; Input files updated by another job: e
[Tue Nov 24 20:11:39 2026]
Job 0: Every result of the experiment is up to date
Reason: Input files updated by another job: f
"""


def changed(before, now):
    return (
        "Params have changed since last execution: Union of exclusive params before and now "
        f"across all output: before: {before} now: {now}"
    )


def explained(reason):
    return explain([Step("It", reason)], [Step("It", "")]).splitlines()[3:]


def test_steps_and_reasons_are_read_without_the_rule_all():
    assert read_dry_run(DRY_RUN) == [
        Step(
            "Training sparse_ae on digits, seed=0",
            "Missing output files: a, b, c, d; Input files updated by another job: e",
        )
    ]


def test_plan_has_what_runs_and_why_then_what_is_kept():
    plan = explain(read_dry_run(DRY_RUN), [*read_dry_run(DRY_RUN), Step("Reading images", "")])

    assert plan.splitlines() == [
        "1 of 2 steps would run.",
        "",
        "  Training sparse_ae on digits, seed=0",
        "      its result is not there yet: a, b and 2 more",
        "      a step before it runs",
        "",
        "Kept as they are:",
        "  Reading images",
    ]


def test_nothing_to_do_is_said():
    assert explain([], [Step("a", ""), Step("b", "")]) == (
        "Nothing would run: all 2 steps are up to date."
    )


def test_changed_parameters_are_named_with_both_values():
    reason = changed("{'epochs': 5, 'l1': 1e-05}", "{'epochs': 7, 'l1': 1e-05, 'seed': 0}")

    assert explained(reason) == ["      changed: epochs 5 -> 7, seed None -> 0"]


def test_changed_options_and_what_is_watched_are_named_alike():
    before = "{'options': {'epochs': 5, 'seed': 0}, 'watched': {'method': 'dec'}}"
    now = "{'options': {'epochs': 7, 'seed': 0}, 'watched': {'method': 'idec'}}"

    assert explained(changed(before, now)) == ["      changed: method dec -> idec, epochs 5 -> 7"]


def test_parameters_of_a_version_that_had_them_in_one_dict_are_compared_by_name():
    before, now = "{'k': 5, 'seed': 0}", "{'options': {'k': 5, 'seed': 1}, 'watched': {}}"

    assert explained(changed(before, now)) == ["      changed: seed 0 -> 1"]


def test_changed_code_is_named():
    assert explained(changed("'abc'", "'def'")) == ["      changed: its source code"]
    assert explained(changed("'abc',{'k': 1}", "{'k': 2},'def'")) == [
        "      changed: its source code, k 1 -> 2"
    ]


def test_step_without_parameters_before_is_explained():
    assert explained(changed("<nothing exclusive>", "{'k': 2}")) == ["      changed: k None -> 2"]


def test_unknown_reasons_are_kept_in_snakemakes_words():
    assert explained("Forced execution") == ["      Forced execution"]
    assert explained(changed("(", ")"))[0].endswith("before: ( now: )")
