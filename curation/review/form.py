"""What annotators are asked, in which words, and what they are told beforehand."""

from typing import Literal

Queue = Literal["examples", "pairs", "adjudication", "comparisons"]

VERDICTS = {
    "keep": "Keep: right as it stands",
    "fix": "Fix: right after my correction below",
    "reject": "Reject: must not be learnt",
    "unsure": "Unsure: I cannot tell",
}

REASONS = {
    "wrong": "Says something wrong",
    "outdated": "Was right once",
    "incomplete": "Leaves out what matters",
    "off-topic": "Answers another question",
    "not-in-source": "The source does not say so",
    "private": "Tells about a person or a secret",
    "style": "Not how we speak to customers",
    "unclear-question": "Nobody would ask this, or not in these words",
}

ABOUT_THE_QUESTION = frozenset({"unclear-question"})
"""Reasons that say nothing about the answer, nor about other wordings of the question."""

USABLE = {
    "a": "A only",
    "b": "B only",
    "both": "Both, each where it belongs",
    "neither": "Neither",
}

BETTER = {
    "a": "A is better",
    "b": "B is better",
    "good": "Both are equally good",
    "bad": "Both are equally bad",
}

WHY = {
    "conflict": "Two sources say different things.",
    "judge-disagreement": "Automatic judges disagree about it.",
    "low-grounding": "Much of the answer does not stand in its source.",
    "unresolved-thread": "In the thread nobody confirmed that this helped.",
    "probe": "The finished model will be examined with it.",
    "audit": "Drawn at random, to see how good the rest is.",
    "disagreement": "Annotators disagree; your word settles it.",
}
"""Why a record was chosen, in the order of urgency, as an annotator reads it."""

GUIDELINES: dict[Queue, str] = {
    "examples": """
You decide what a model will learn to say to customers.

* **Keep** an answer that is right, complete and would be sent as it stands.
* **Fix** it when a change makes it right: write the *whole* corrected answer.
* **Reject** it when it is wrong, out of date, or answers another question; tick why.
* **Unsure** is an honest answer; somebody else will look.

*Made from* is the source. What the answer shares with it is marked. Believe the source, not the
wording; where the source itself is wrong, reject and say so.

*Quality* is how good the answer is, whatever your verdict: 1 useless, 3 would do, 5 could not be
better. A number that is there already was put there by a program: change it where you disagree.

A record may stand for others with the same answer: your verdict on the answer holds for them too.
Records of the most urgent kind come first when you sort by *urgency*.
""",
    "pairs": """
Two answers stand side by side. Often they come from two sources that contradict one another: the
dates tell which is newer, and newer is not always right.

* Rank the better answer first; equal ranks mean that they are equally good.
* Then say which of them a model may learn. *Neither* is an honest answer.
""",
    "adjudication": """
Annotators did not agree. What each of them said stands below the answer, without names.

Your word settles it and replaces theirs. Judge the record, not the opinions: both may be wrong.
*Unsure* leaves the record out.
""",
    "comparisons": """
Two answers to one question. Which would you rather send to the customer?

* What is wrong or made up weighs most, then what is missing, then how it is said.
* *What the sources say* tells what is right. An answer may be as good in other words.
* Longer is not better, and it means nothing which of the two is called A.
* Where you see no difference that matters, say so: *equally good* and *equally bad* are honest answers.
""",
}
