"""``python -m workbench.apart``: begun by `process.Child`, never typed by a person."""

from workbench.apart.child import main

main()
