"""Where this workflow lies, where its files go, and which experiment it runs.

It may be a module of another workflow, be run in another folder, or come from a server.
"""

from pathlib import Path

# The folder of this file: `workflow.basedir` is that of a workflow that uses this one as a module.
HERE = workflow.current_basedir
# What a module's `prefix` makes of a path.
PLACES = workflow.modifier.path_modifier


def own(name):
    """Return the path of a file that comes with this workflow; of a copy, if that is on a server."""
    if not HERE.is_local:
        return workflow.source_path(f"../../{name}")
    path = Path(HERE.get_path_or_uri(secret_free=True)).parents[1] / name
    return local(
        str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    )


def origin():
    """Return where the experiment comes from, to begin errors with."""
    if workflow.modifier.namespace:
        return f"config of the module {workflow.modifier.namespace}"
    return ", ".join(map(str, workflow.configfiles))


def given():
    """Return what `--config` says of the experiment, which errors then blame instead of a file."""
    if workflow.modifier.namespace:
        return {}
    return dict(workflow.config_settings.config)


def placed(path):
    """Return where a file lies that rules name without the prefix of a module."""
    return PLACES.replace_prefix(path)


if not workflow.configfiles:
    # A file that is named replaces this one: `configfile:` alone would merge it into this one.
    here = "config/config.yaml"

    configfile: here if Path(here).exists() else own(here)


def open_mlflow():
    """Return the command for it in the folder of this workflow, or in any other."""
    return "make ui" if own("Makefile") == "Makefile" else "aecluster ui"
