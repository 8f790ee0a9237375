"""Events to read models: pure folds of one subject at a time, the same on every replica."""
