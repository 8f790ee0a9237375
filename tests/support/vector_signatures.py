"""Test vectors of signatures that verifiers disagree about, and of some that all refuse."""

from typing import Final

from tests.support.vector_inputs import File
from trailmark_adapters.nacl import NaclCipher

_KEY: Final = "555f469c22188e90015bdd85b889678d459f86bdf8f7bd34971b10b9b3858609"
_R: Final = "7c13d74c16f5918949307aa76feb588cc2394b8672da744ea5bfe7e77386f134"
_S: Final = "c6b71a891bde1653baef51a35b400a16961f9c0b4b24837119c3cae666e16f08"
_WORDS: Final = "trailmark-statement/1 these words"

_CASES: Final[dict[str, tuple[str, str, str, str]]] = {
    "as RFC 8032 signs": (_KEY, _WORDS, _R, _S),
    "another message": (_KEY, f"{_WORDS}!", _R, _S),
    "S is not reduced": (
        _KEY,
        _WORDS,
        _R,
        "b38b10e6354129ab908c49463a3ae92a961f9c0b4b24837119c3cae666e16f18",
    ),
    "S has its top bit set": (
        _KEY,
        _WORDS,
        _R,
        "c6b71a891bde1653baef51a35b400a16961f9c0b4b24837119c3cae666e16f88",
    ),
    "R with torsion: only cofactored": (
        _KEY,
        _WORDS,
        "4f0984872891c01cc51ed5d91d12c51799d66d4d8332c31e40a20720b9222a7e",
        "be1f679b97f14f265904a602628cea3de4e4f6f37c2f91fcbd9dfa370334350c",
    ),
    "a key with torsion: only cofactored": (
        "3d271404861999710640ab7022c75456a86dead6869f2c716494b4ebeac42223",
        _WORDS,
        _R,
        "094ad80464354f9870a16200177ebb0493e34bf35e4c39438cf8e4695c2c060f",
    ),
    "a key with torsion that cancels out: both equations hold": (
        "3d271404861999710640ab7022c75456a86dead6869f2c716494b4ebeac42223",
        f"{_WORDS} 11",
        "b22c9a0ebbab863111fbdcc4843946a464bfe0358485db7050e44578e117a8ce",
        "a2a31c1a338ffffab4e946e9046fa9a8cef0c11d26decb3c9db90ef0232eb106",
    ),
    "key and R with torsion: both equations hold": (
        "3d271404861999710640ab7022c75456a86dead6869f2c716494b4ebeac42223",
        _WORDS,
        _R,
        "094ad80464354f9870a16200177ebb0493e34bf35e4c39438cf8e4695c2c060f",
    ),
    "R is the neutral point: both equations hold": (
        _KEY,
        _WORDS,
        "0100000000000000000000000000000000000000000000000000000000000000",
        "4ba3a864734c95b1d6276bb220a21b85e493285eb0f4b231e7abbd30a4480e04",
    ),
    "R is the neutral point, not reduced": (
        _KEY,
        _WORDS,
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "6e20dfa2cfe4c85f1ad1e239991586aeb83ae42c410fd5b57c6a492dc76a6e0b",
    ),
    "R is of order 8": (
        _KEY,
        _WORDS,
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "211645b1ae8a7bfa22c17cceb2374f7da8d1688cbe2508cfa047af27d4248600",
    ),
    "the key is the neutral point: both equations hold": (
        "0100000000000000000000000000000000000000000000000000000000000000",
        _WORDS,
        _R,
        "20a7cf169b1d2b69d4a8149b0217ff3981018567546a1f0df4fe607456149c00",
    ),
    "the key is the neutral point, with the sign of x": (
        "0100000000000000000000000000000000000000000000000000000000000080",
        _WORDS,
        _R,
        "20a7cf169b1d2b69d4a8149b0217ff3981018567546a1f0df4fe607456149c00",
    ),
    "the key is the neutral point, not reduced": (
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        _WORDS,
        _R,
        "20a7cf169b1d2b69d4a8149b0217ff3981018567546a1f0df4fe607456149c00",
    ),
    "the key is of order 8: both equations hold": (
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        f"{_WORDS} 3",
        "cdffdb67b6173d023e5dfcf72a345c5da1859215e9e1a640c5e512056ac3019a",
        "9ab1b81e5a704338437ddaa8ea5c81335da482902203722c2668ce87c2a80b00",
    ),
    "the key is of order 2: both equations hold": (
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        f"{_WORDS} 0",
        "e24931b979def755741497373b039fa4e7f09ed7dbc0840ce0e9cc0191511ea9",
        "e957c75d4ab3775e5a3c84d71b0f588ba4efd9c73083eee115094d7294ca7307",
    ),
    "the key is no point": (
        "0200000000000000000000000000000000000000000000000000000000000000",
        _WORDS,
        _R,
        _S,
    ),
    "R is no point": (
        _KEY,
        _WORDS,
        "0200000000000000000000000000000000000000000000000000000000000000",
        _S,
    ),
    "all is zero": (
        "0000000000000000000000000000000000000000000000000000000000000000",
        _WORDS,
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ),
    "a byte is missing": (
        _KEY,
        _WORDS,
        _R,
        "c6b71a891bde1653baef51a35b400a16961f9c0b4b24837119c3cae666e16f",
    ),
    "a byte too many": (
        _KEY,
        _WORDS,
        _R,
        "c6b71a891bde1653baef51a35b400a16961f9c0b4b24837119c3cae666e16f0800",
    ),
    "a byte of the key is missing": (
        "555f469c22188e90015bdd85b889678d459f86bdf8f7bd34971b10b9b38586",
        _WORDS,
        _R,
        _S,
    ),
    "a byte of the key too many": (
        "555f469c22188e90015bdd85b889678d459f86bdf8f7bd34971b10b9b385860900",
        _WORDS,
        _R,
        _S,
    ),
}
"""Key, message, and the two halves of the signature; made by whoever knows the key's secret."""


def signatures_file() -> File:
    """Return what is a signature and what is none, wherever it is checked."""
    cipher = NaclCipher()
    return {
        "about": "Ed25519: points of prime order only, each encoded in its one way",
        "cases": [
            {
                "name": name,
                "public_key": key,
                "message": words.encode().hex(),
                "signature": first + second,
                "is_signed": cipher.is_signed(
                    bytes.fromhex(key), words.encode(), bytes.fromhex(first + second)
                ),
            }
            for name, (key, words, first, second) in _CASES.items()
        ],
    }
