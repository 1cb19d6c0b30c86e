"""What every app stands on: money, actors, errors, events and outbox, jobs, audit, refs, clock, http client.

The kernel knows no business noun and holds no HTTP view; a thing is admitted only when two apps need it.
"""
