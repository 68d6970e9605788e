"""What comes once, before anything runs: who holds the results, and which of them are wanted."""

RECORDS = [*map(placed, [*computed_records(), *figure_records(), *table_records()])]
# Beside the rules of this workflow there may be those of one that uses it.
RECORDED = [
    (one, one.output.record)
    for one in workflow.rules
    if one.output.get("record") and "code" in one.params.keys()
]
HELD = [placed(f"results/{name}") for name in {*DATASETS, experiment.experiment}]


def wanted_of(record):
    """Return what the step that leaves a record would be run with."""
    for made_by, pattern in RECORDED:
        if found := pattern.match(record):
            wildcards = Wildcards(fromdict=found.groupdict())
            step, code = (
                value(wildcards) if callable(value) else value
                for value in (made_by.params.step, made_by.params.code)
            )
            return outdated.Wanted(
                flat_params(step),
                code,
                {"step": own_name(str(made_by.log[0]))} | params.subject(wildcards),
            )


def benchmark_of(record):
    """Return the benchmark of the step that leaves a record."""
    for made_by, pattern in RECORDED:
        if made_by.benchmark and (found := pattern.match(record)):
            return made_by.benchmark.apply_wildcards(found.groupdict())


def rerun_reasons(record):
    """Return the versions for which a result is made anew, if the experiment asks for that."""
    if not experiment.rerun_on_new_versions:
        return ""
    return ", ".join(versions.other_versions(record))


def review():
    """Set aside what is damaged or not of what is wanted; return a line about each kind."""
    wanted = {record: functools.partial(wanted_of, record) for record in RECORDS}
    aside = outdated.put_back(wanted)
    records, damages = damage.inspect(RECORDS, benchmark_of=benchmark_of)
    found = outdated.find_outdated(records, wanted, differs=rerun_reasons)
    outdated.set_aside(found)
    kept = records.keys() - {str(one.record) for one in found}
    found += aside
    outdated.tell(found)
    return [
        *damage.set_aside(damages),
        *outdated.in_lines(found),
        *versions.in_lines(records[name] for name in kept),
    ]


def replaced_meanwhile():
    """Return a line about each kind of result that something else replaced while the run went on.

    What the run was not asked for is not there, which is no change.
    """
    wanted = {record: functools.partial(wanted_of, record) for record in RECORDS}
    records, damages = damage.inspect(RECORDS, benchmark_of=benchmark_of)
    return [
        *(one.problem for one in damages),
        *outdated.in_lines(outdated.find_outdated(records, wanted)),
    ]


def steps_of_rules():
    """Return the name of each rule's step, which a module renames; None of what is no step."""
    return {
        one.name: Path(str(one.benchmark)).parent.name if one.benchmark else None
        for one in workflow.rules
    }


def slow_starts():
    """Return what jobs do before their work begins, by rule, where it takes over 5 seconds."""
    slow = dict.fromkeys(
        ("train", "embed", "encode"), "TensorFlow loads first, some 10 s"
    )
    slow["track"] = "MLflow loads first, some 5 s"
    return {name: slow[step] for name, step in steps_of_rules().items() if step in slow}


def earlier_seconds():
    """Return the mean time of a job by rule, in seconds, from earlier runs on the same data."""
    subjects = {*DATASETS, experiment.experiment}
    taken = checked(
        functools.partial(times.seconds_of_steps, most=times.MOST_FOR_A_MEAN),
        placed("results/"),
        lambda job: job.partition(".")[0] in subjects,
    )
    steps = steps_of_rules()
    return {name: 0.0 for name, step in steps.items() if step is None} | {
        name: sum(taken[step]) / len(taken[step])
        for name, step in steps.items()
        if step in taken
    }


def check_store():
    """Return what is to be said of MLflow's store; raise an error if it can never take the runs."""
    named, origin = experiment.tracking.uri, "MLFLOW_TRACKING_URI"
    if named:
        origin = f"{blamed('tracking.uri', FILE, given())}: tracking.uri"
    unreached = tracking.check_store(
        tracking.resolve_uri(named),
        origin=origin,
        migrate=experiment.tracking.migrate,
        connects=not holder.only_looks(sys.argv[1:]),
        experiments=tracking.both_names(experiment.experiment).values(),
    )
    return [
        f"{line}; all is computed, and tracked once it can be" for line in unreached
    ]


def take_hold():
    """Hold the results, and return what was done to them; leave them alone if another run does."""
    if not holder.only_looks(sys.argv[1:]):
        checked(holder.hold, HELD)
    elif other := holder.holder_of(HELD):
        return [f"{other}: what follows may have changed when it has ended"]
    return [
        *checked(lock.release_stale),
        *review(),
        *tracking.discard_if_store_is_lost(
            placed(f"results/{experiment.experiment}/tracked.json")
        ),
    ]


# Of this process and, elsewhere, of those that run single jobs.
shield_jobs(os.environ)

if workflow.is_main_process:
    checked(
        check_same_data,
        placed(f"results/{experiment.experiment}/scores.csv"),
        experiment.experiment,
        DATASETS,
    )
    # Four lines a job about how TensorFlow was built.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    # A password may stand in it, records are for others to read.
    os.environ[COMMAND_VARIABLE] = shlex.join(
        tracking.public_command(["snakemake", *sys.argv[1:]])
    )
    # Not hours later, when all is computed.
    for line in [*checked(check_store), *take_hold()]:
        print(line, file=sys.stderr)
