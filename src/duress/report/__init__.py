"""Reports of an assessment: on a terminal, and as one HTML file that needs nothing else."""
