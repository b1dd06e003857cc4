"""The live layer: what a delivery costs, and how long it takes, beside a bare broadcast of the same bytes."""
