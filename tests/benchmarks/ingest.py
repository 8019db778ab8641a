"""Reading sources: what is found, how fast, in how much memory, and whether anything breaks it.

`GRISTMILL_BENCH_LONG=1` takes 400 MB for the growth; `GRISTMILL_CHAT_FOLDER` names a folder of
annotated chats, without which nothing is said of conversations outside threads.
"""

from tests.benchmarks import chats, mutants, pages, scale, secrets, viewer


def measure() -> dict[str, float]:
    return {
        **pages.measure(),
        **secrets.measure(),
        **scale.measure(),
        **viewer.measure(),
        **mutants.measure(),
        **chats.measure(),
    }
