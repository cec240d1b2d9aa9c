"""Writing runs, one by one, so that none is lost."""
