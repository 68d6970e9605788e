"""The section `tracking`."""

from aecluster.config.keys import OptionalText, Section, key


class Tracking(Section):
    """Where MLflow keeps the runs."""

    uri: OptionalText = key(
        None,
        effect="Tracking URI of MLflow.",
        choose="`null`: the variable MLFLOW_TRACKING_URI, else `sqlite:///mlflow.db`.",
    )
