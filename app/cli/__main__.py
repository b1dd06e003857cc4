"""`python -m app.cli` is `tearoff`."""

from app.cli import main

main()
