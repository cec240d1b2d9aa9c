"""``python -m workbench.workers``: begun by `process.Child`, never typed by a person."""

from workbench.workers.child import main

main()
