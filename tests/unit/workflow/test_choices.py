import pytest

from aecluster.errors import ConfigError
from aecluster.workflow.choices import CHOICES_VARIABLE, announce_choices, check_choices


def test_job_of_another_experiment_than_its_run_is_refused(monkeypatch):
    monkeypatch.delenv(CHOICES_VARIABLE, raising=False)
    check_choices({"n_init": 2}, "experiment.yaml")  # a job that was started by hand
    announce_choices({"n_init": 1})
    check_choices({"n_init": 1}, "experiment.yaml")

    with pytest.raises(ConfigError, match=r"experiment.yaml: has changed since the run began"):
        check_choices({"n_init": 2}, "experiment.yaml")


def test_workflow_may_have_several_experiments_as_modules(monkeypatch):
    monkeypatch.delenv(CHOICES_VARIABLE, raising=False)
    announce_choices({"n_init": 1})
    announce_choices({"n_init": 2})

    check_choices({"n_init": 1}, "experiment.yaml")
    check_choices({"n_init": 2}, "experiment.yaml")
