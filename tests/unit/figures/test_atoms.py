"""Atoms, those nearest to each other in a row."""

import numpy as np
import pytest

from aecluster.figures.atoms import draw_atoms
from pictures import BLUE, RED, count


def test_atoms_stand_in_rows(tmp_path, texts):
    atoms = np.broadcast_to(np.array(RED) / 255, (2, 5, 4, 4, 3)).copy()
    atoms[1] = np.array(BLUE) / 255

    draw_atoms(tmp_path / "a.png", atoms, representation="smt")

    assert "Each row: an atom of smt, and those nearest to it" in texts
    assert count(tmp_path / "a.png", RED) == count(tmp_path / "a.png", BLUE) == 5 * 96 * 96
    with pytest.raises(ValueError, match=r"atoms: shape \(2, 4, 4, 3\), expected \(rows"):
        draw_atoms(tmp_path / "a.png", atoms[:, 0], representation="smt")
