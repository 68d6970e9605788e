"""The section `tracking`."""

from aecluster.config.keys import OptionalText, Section, key


class Tracking(Section):
    """Where MLflow keeps the runs."""

    uri: OptionalText = key(
        None,
        effect="Tracking URI of MLflow.",
        choose="`null`: the variable MLFLOW_TRACKING_URI, else `sqlite:///mlflow.db`.",
    )
    migrate: bool = key(
        False,
        effect="Whether the database of an older MLflow is brought to the form of the installed "
        "one; of an SQLite file a copy stays beside it.",
        choose="true once nobody needs the older MLflow for it, which cannot open it any more.",
    )
