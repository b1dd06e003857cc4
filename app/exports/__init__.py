"""The room of exports: what jobs write into files, row by row in the order of the log, and how it is fetched."""
