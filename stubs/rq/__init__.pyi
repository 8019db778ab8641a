from rq.job import Job

class Queue:
    name: str
    def enqueue_job(self, job: Job, pipeline: object = ..., at_front: bool = ...) -> Job: ...
