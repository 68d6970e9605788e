"""The section `evaluation`."""

from typing import Annotated

from pydantic import AfterValidator

from aecluster.config.keys import Section, key, without_repeats


class Evaluation(Section):
    """In which spaces clusterings are scored."""

    spaces: Annotated[list[str], AfterValidator(without_repeats)] = key(
        ["pixels"],
        effect="Representations in which every clustering is scored beside its own space.",
        choose="`[pixels]` makes all clusterings comparable; each more costs as much as the scores "
        "themselves.",
    )
