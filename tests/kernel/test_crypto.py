"""What is sealed opens only for its purpose; what is hashed is found and never read."""

import pytest

from espace.kernel.crypto import Unreadable, keyed_hash, seal, unseal

pytestmark = pytest.mark.pure


def test_a_sealed_text_opens_for_its_purpose() -> None:
    assert unseal("pai", seal("pai", "allergie à l’arachide")) == "allergie à l’arachide"


def test_a_sealed_text_does_not_open_for_another_purpose_nor_altered() -> None:
    sealed = seal("pai", "secret")
    with pytest.raises(Unreadable):
        unseal("cle-enfance", sealed)
    with pytest.raises(Unreadable):
        unseal("pai", sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_the_same_text_is_never_sealed_twice_alike() -> None:
    assert seal("pai", "secret") != seal("pai", "secret")


def test_a_keyed_hash_depends_on_its_purpose() -> None:
    assert keyed_hash("cle-enfance", "ABC") == keyed_hash("cle-enfance", "ABC")
    assert keyed_hash("cle-enfance", "ABC") != keyed_hash("code", "ABC")
