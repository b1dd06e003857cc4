"""`python -m app.cli` is `tearoff`."""

from app.cli import main

if __name__ == "__main__":  # the worker processes of `serve` import this file too
    main()
