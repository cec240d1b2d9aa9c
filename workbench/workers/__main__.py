"""``python -m workbench.workers SECONDS``: begun by `template.Template`, never typed by a person."""

import gc
import sys

gc.disable()  # until all is imported, none of which is garbage: to look for some takes a fifth of the time

from workbench.workers import child, pool_worker  # noqa: E402
from workbench.workers.forking import Forking  # noqa: E402

if __name__ == "__main__" and (role := Forking(float(sys.argv[1])).role()) is not None:
    {"job": child.main, "pool": pool_worker.main}[role]()
