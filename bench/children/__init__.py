"""Programs that a measure runs in processes of their own: ``python -m bench.children.NAME``."""
