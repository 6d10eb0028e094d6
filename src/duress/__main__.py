"""Run the command line as ``python -m duress``."""

from __future__ import annotations

from duress.cli import main

if __name__ == "__main__":
    main()
