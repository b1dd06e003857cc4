"""The room of jobs: work that goes on after its request, step by step, wherever a runner is; it knows no export."""
