from portal.mail.models import Letter
from portal.mail.post import deliver
import pytest
from .conftest import Post, write
pytestmark = pytest.mark.django_db

def test_a_letter_arrives(post: Post) -> None:
    letter = write()
    print(letter.text); print(letter.html)
    assert deliver() == 1
    m = post.messages[0]
    print(post.envelopes[0].content.decode())
