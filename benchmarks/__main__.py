"""Measure what the workbench costs, and print the tables that the README quotes.

Everything happens in a temporary home, which is removed at the end, its PostgreSQL stopped. About twenty minutes, or
with --quick about four; what else the machine does meanwhile is in the numbers.
"""

from benchmarks import cost_of_recording, first_answer, memory
from benchmarks.report import run

if __name__ == "__main__":
    run(
        {
            "first_answer": first_answer.measure,
            "memory": memory.measure,
            "cost_of_recording": cost_of_recording.measure,
        },
        __doc__,
    )
