"""A run in a process of its own: the kernel stays free, Cancel really stops it, a crash is one run and not the kernel.

    job = begin(JobRequest(verb="run", arguments={"strategy": "momentum", "instrument": "AAPL"}, settings=wb.where))
    job.wait()

The child records its run as everybody does. It dies with the process that began it.
Many specs, one after another: `Pool`.
"""

from workbench.workers.carried import Carried, carried
from workbench.workers.job import Job, JobRequest, Report, begin
from workbench.workers.pool import Pool
from workbench.workers.pool_worker import Ground, Outcome
from workbench.workers.template import dismiss, prepare

__all__ = [
    "Carried",
    "Ground",
    "Job",
    "JobRequest",
    "Outcome",
    "Pool",
    "Report",
    "begin",
    "carried",
    "dismiss",
    "prepare",
]
