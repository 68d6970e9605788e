import io

import pytest

from aecluster.cli import main
from terminal import Terminal


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verify", "--results", "nowhere"], "Reading every file ...\n"),
        (["predict", "nowhere/k2-s0.h5", "a.png"], "Loading what made the clustering, some 10 s"),
    ],
)
def test_who_waits_at_a_terminal_is_told_what_for(monkeypatch, tmp_path, arguments, said):
    monkeypatch.chdir(tmp_path)
    outcomes = []
    for stderr in (Terminal(), io.StringIO()):
        monkeypatch.setattr("sys.stderr", stderr)
        outcomes.append((main(arguments), stderr.getvalue()))

    (code, told), (same_code, untold) = outcomes
    assert code == same_code
    assert told.startswith(said)
    assert told.endswith(untold)
    assert "some 10 s" not in untold
