"""A keyed permutation of the decimal numbers of one length: no two become one, and none stays what it was."""

from hashlib import blake2b

ROUNDS = 8


class Permutation:
    """A Feistel network over decimal digits; with one key and one `tweak` it is always the same."""

    def __init__(self, key: bytes) -> None:
        self._key = blake2b(key, digest_size=32).digest()

    def moved(self, digits: str, tweak: str) -> str:
        """The digits that take the place of these; of the same length, and never the same.

        Permuted, one added, permuted back: that keeps different numbers different and leaves none in its place.
        """
        if not digits:
            return ""
        there = (int(self._forth(digits, tweak)) + 1) % 10 ** len(digits)
        return self._back(str(there).zfill(len(digits)), tweak)

    def _forth(self, digits: str, tweak: str) -> str:
        left, right = digits[: len(digits) // 2], digits[len(digits) // 2 :]
        for number in range(ROUNDS):
            left, right = right, self._mixed(left, right, f"{tweak}/{len(digits)}/{number}", 1)
        return left + right

    def _back(self, digits: str, tweak: str) -> str:
        left, right = digits[: len(digits) // 2], digits[len(digits) // 2 :]
        for number in reversed(range(ROUNDS)):
            left, right = self._mixed(right, left, f"{tweak}/{len(digits)}/{number}", -1), left
        return left + right

    def _mixed(self, half: str, other: str, tweak: str, sign: int) -> str:
        if not half:
            return half
        word = blake2b(f"{tweak}/{other}".encode(), key=self._key, digest_size=8).digest()
        size: int = 10 ** len(half)
        return str((int(half) + sign * int.from_bytes(word)) % size).zfill(len(half))
