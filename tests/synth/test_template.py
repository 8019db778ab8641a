from synth import template


def test_a_how_to_is_reworded_by_rule_first() -> None:
    wordings = template.reword("How do I reset my password?", 3)

    assert wordings[0] == "what is the right way to reset my password?"
    assert len(set(wordings)) == 3


def test_the_same_question_gets_the_same_wordings_every_time() -> None:
    assert template.reword("Where are invoices?", 6) == template.reword("Where are invoices?", 6)


def test_of_a_long_message_only_the_asking_sentence_is_reworded() -> None:
    message = "Hi all. The tray icon spins since Monday. Can I restart only the sync engine?"

    wordings = template.reword(message, 3)

    assert wordings[0] == "is it possible to restart only the sync engine?"
    assert not any("Monday" in wording for wording in wordings)


def test_key_words_are_left_out_where_too_few_would_remain() -> None:
    wordings = template.reword("Why is it so?", 10)

    assert all(len(wording.split()) > 2 for wording in wordings)
