"""Runs the makers."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from .collect import FOLDER, Vectors
from .node import Node


def main() -> None:
    node = Node(Path(sys.argv[1]).resolve())
    here = Path(__file__).parent
    formats = sys.argv[2:] or sorted(path.stem for path in here.glob("*.py") if (FOLDER / path.stem).is_dir())
    for format in formats:
        vectors = Vectors(format)
        importlib.import_module(f".{format}", __package__).make(vectors, node)
        vectors.write()
        print(format, len(vectors.golden), "cases")
    node.close()


if __name__ == "__main__":
    main()
