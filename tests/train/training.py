"""Real trainings for the claims, in this process: the worker's own task without its pipe."""

from data import store
from data.workspace import Workspace
from train import fitting, job, runs, session
from train.runs import RunManifest, Step


def run(space: Workspace, name: str = "first") -> RunManifest:
    order = session.ordered(space, space.split, name)
    with runs.making(space, name) as folder:
        job.write(order, folder)
        fitting.train(order, folder, "trl", lambda event: None)
    return runs.read_manifest(space.runs / name)


def steps(space: Workspace, name: str = "first") -> list[Step]:
    return list(store.read(space.runs / name / "metrics.jsonl", Step))
