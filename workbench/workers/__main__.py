"""``python -m workbench.workers [pool]``: begun by `process.Child`, never typed by a person."""

import gc
import sys

gc.disable()  # until all is imported, none of which is garbage: to look for some takes a fifth of the time

from workbench.workers import child, pool_worker  # noqa: E402

if __name__ == "__main__":
    (pool_worker.main if sys.argv[1:] == ["pool"] else child.main)()
