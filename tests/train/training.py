"""Real trainings for the claims, in this process: the worker's own task without its pipe."""

import os
import signal

from data import store
from data.workspace import Workspace
from train import fitting, job, runs, session
from train.job import Event, Stepped
from train.runs import RunManifest, Step


def run(space: Workspace, name: str = "first", *, stop_after: int = 0) -> RunManifest:
    """Train by the settings of the workspace; stopped after a step and gone on with, if asked."""

    def hear(event: Event) -> None:
        if isinstance(event, Stepped) and event.step.step == stop_after:
            os.kill(os.getpid(), signal.SIGINT)

    order = session.ordered(space, space.split, name)
    with runs.making(space, name) as folder:
        job.write(order, folder)
        stopped = fitting.train(order, folder, "trl", hear)
        if stopped:
            fitting.train(order, folder, "trl", lambda event: None)
    return runs.read_manifest(space.runs / name)


def steps(space: Workspace, name: str = "first") -> list[Step]:
    return list(store.read(space.runs / name / "metrics.jsonl", Step))
