"""Whether results are, to the last byte, what their records say, and made of what is there."""

import os
from pathlib import Path

from aecluster.errors import AeclusterError, RecordError
from aecluster.records.copies import records_and_copies
from aecluster.records.record import describe_file, read_record


def verify(results: str | os.PathLike[str]) -> tuple[int, list[str]]:
    """Read every file that the records of a folder describe.

    Parameters
    ----------
    results : path-like
        Folder of results; its records are read, wherever they lie in it.

    Returns
    -------
    n_verified : int
        Number of outputs that are as recorded.
    problems : list of str
        One line for each file that is not, for each input that is no longer what was read, for each
        copy of a record, and for each record that a run has set aside and not made anew.

    Raises
    ------
    AeclusterError
        If there are no records.
    """
    paths, copies = records_and_copies(results)
    if not paths:
        raise AeclusterError(f"{results}: no records, expected those of `make demo` or `make run`")
    n_verified, problems = 0, []
    digests: dict[str, str] = {}

    def digest_of(name: str) -> str:
        if name not in digests:
            digests[name] = describe_file(name).sha256
        return digests[name]

    for path in paths:
        try:
            record = read_record(path)
        except RecordError as error:
            problems.append(str(error))
            continue
        for name, file in record.outputs.items():
            if not Path(name).exists():
                problems.append(f"{name}: lost, expected what {path} describes")
            elif digest_of(name) != file.sha256:
                problems.append(f"{name}: other content than {path} describes")
            else:
                n_verified += 1
        problems += [
            f"{path}: made of another {name} than is there"
            for name, file in record.inputs.items()
            if Path(name).exists() and digest_of(name) != file.sha256
        ]
    problems += [f"{copy}: a copy under another name, which no step reads" for copy in copies]
    problems += [
        f"{aside}: set aside by a run, what it describes is still there"
        for aside in sorted(Path(results).rglob("*.json.outdated"))
        if not aside.with_suffix("").exists()
    ]
    return n_verified, problems
