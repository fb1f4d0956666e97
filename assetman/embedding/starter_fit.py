"""Make `starter.npz`: run `python -m assetman.embedding.starter_fit` after changing this.

The starter's two towers know nothing of each other. What joins them is the names of the
1,000 things the vision tower was trained to tell apart, put through the sentence tower.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from assetman.embedding import operators
from assetman.embedding.sentences import SentenceTower


def fit() -> dict[str, np.ndarray]:
    """Compute the arrays that join the towers."""
    operators.prepare()
    from open_clip.zero_shot_metadata import IMAGENET_CLASSNAMES

    classes = SentenceTower().encode([f"a photo of a {name}" for name in IMAGENET_CLASSNAMES])
    return {"classes": classes.astype(np.float16)}


def main() -> None:
    """Write the arrays beside this file."""
    target = Path(__file__).with_name("starter.npz")
    np.savez_compressed(target, **fit())  # type: ignore[arg-type]
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
