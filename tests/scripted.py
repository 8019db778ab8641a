"""An annotator that is a script: it answers by a rule, and says so in every response.

It keeps an answer that its source backs and rejects the rest. No opinion of it is a person's; its
name is `scripted`, and so stands in every record that it let pass.
"""

from tests.annotators import Annotator

NAME = "scripted"
NOTE = "scripted: kept if words of the answer stand in the source, one after the other"
AT_ONCE = 100


def work(url: str, key: str) -> int:
    """Answer the examples that wait; how many records that were.

    Where sources contradict one another it says nothing: a script cannot know who is right.
    """
    annotator = Annotator(url, key)
    dataset = annotator.datasets()["examples"]
    done = 0
    while waiting := list(annotator.pending(dataset, limit=AT_ONCE)):
        for record in waiting:
            annotator.answer(record, _values(record["fields"]))
        done += len(waiting)
    return done


def _values(fields: dict[str, str]) -> dict[str, object]:
    if "<mark>" in fields["source"]:
        return {"verdict": "keep", "note": NOTE}
    return {"verdict": "reject", "reasons": ["not-in-source"], "note": NOTE}
