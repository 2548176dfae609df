"""The question against robots: a person gets through, a machine does not, and nothing typed is lost."""

from collections.abc import Callable
from time import time as now

import pytest
from django import forms
from django.core import signing

from portal.web import challenge


class Ask(challenge.Challenged):
    text = forms.CharField(label="Text")


def number(token: str) -> int:
    found: int = signing.loads(token, salt=challenge.SALT)[1]
    return found


def sent(**more: str) -> dict[str, str]:
    token = challenge.ask()
    answer = str(number(token))
    return {"text": "Chybí nám lavička.", "question_token": token, "question_answer": answer, "website": "", **more}


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let so many seconds pass between a question and its answer."""

    started = now()

    def pass_by(seconds: int) -> None:
        monkeypatch.setattr("django.core.signing.time.time", lambda: started + seconds)

    return pass_by


@pytest.mark.django_db
def test_a_person_answers_in_digits_or_in_a_word() -> None:
    assert Ask(sent()).is_valid()
    told = sent()
    told["question_answer"] = f" {challenge.NUMBERS[number(told['question_token'])]} ".upper()
    assert Ask(told).is_valid()


@pytest.mark.django_db
def test_a_wrong_answer_gets_another_question_and_keeps_what_was_typed() -> None:
    told = sent(question_answer="99")
    form = Ask(told)
    assert list(form.errors) == ["question_answer"]
    assert form["text"].value() == "Chybí nám lavička."
    assert form["question_token"].value() != told["question_token"]
    assert form["question_answer"].value() == ""
    assert form.fields["question_answer"].label == challenge.asked(str(form["question_token"].value()))


@pytest.mark.django_db
def test_an_answer_is_used_once_and_not_by_a_form_with_another_fault() -> None:
    told = sent()
    faulty = Ask({**told, "text": ""})
    assert list(faulty.errors) == ["text"]
    assert faulty["question_token"].value() == told["question_token"]
    assert Ask(told).is_valid()
    assert not Ask(told).is_valid()


@pytest.mark.django_db
def test_an_old_or_a_made_up_question_is_refused(wait: Callable[[int], None]) -> None:
    told = sent()
    for token in ("", "nesmysl", signing.dumps(["x", 5], salt="jiné"), signing.dumps("x", salt=challenge.SALT)):
        assert not Ask(sent(question_token=token, question_answer="5")).is_valid()
    wait(challenge.MOST_SECONDS + 1)
    assert not Ask(told).is_valid()


@pytest.mark.django_db
def test_machines_are_told_by_the_hidden_field_and_by_haste(wait: Callable[[int], None]) -> None:
    told = sent()
    assert Ask(told).from_machine
    wait(challenge.LEAST_SECONDS + 1)
    assert not Ask(told).from_machine
    assert Ask({**told, "website": "https://spam.example"}).from_machine
