"""``python -m workbench.workers [pool]``: begun by `process.Child`, never typed by a person."""

import sys

from workbench.workers import child, pool_worker

if __name__ == "__main__":
    (pool_worker.main if sys.argv[1:] == ["pool"] else child.main)()
