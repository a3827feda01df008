"""``python -m framewall``."""

from framewall.cli import main

main()
