"""The shell that shows the person's pages to a browser on this machine, and to nobody else."""
