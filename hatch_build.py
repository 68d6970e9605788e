"""What hatchling puts into a wheel beside the package: the workflow, for who has no clone."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The top level of a clone stays as it is; in a wheel it lies inside of the package.
PARTS = ("CITATION.cff", "Snakefile", "config", "envs", "profiles", "workflow")


class CustomBuildHook(BuildHookInterface):
    """Adds the parts to a wheel, but not to an editable installation, which is of a clone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name what is added, and where it goes."""
        if version == "standard":
            build_data["force_include"] |= {part: f"aecluster/bundled/{part}" for part in PARTS}
