"""The shell that runs the person's client inside a browser: one worker, one thread, one store."""
