"""All due background work in one place: what the worker's beat, `manage.py drain` and tests call."""

from backoffice.kernel import events, jobs, periodic


def do_due_work() -> int:
    """One round: deliveries, jobs, periodic work that is due. Returns how much was done."""
    done = events.deliver_due()
    done += sum(jobs.run_job(job_id) for job_id in jobs.due_jobs())
    return done + periodic.run_due()


def drain(max_rounds: int = 100) -> int:
    """Do all due work in the foreground until nothing is left; periodic work runs once, due or not."""
    total = periodic.run_due(everything=True)
    for _round in range(max_rounds):
        done = events.deliver_due()
        done += sum(jobs.run_job(job_id) for job_id in jobs.due_jobs())
        total += done
        if not done:
            break
    return total
