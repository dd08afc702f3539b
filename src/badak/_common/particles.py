"""Korean particles that fit the word before them: 모델은, but 은닉층은; 파일로, but 열로.

Which one it is depends on the last sound of the word: whether a consonant closes its last
syllable, and for 으로 whether that is ㄹ. A sentence of the catalogue has both forms after a field,
as in ``{name}은(는)``.
"""

import re

PARTICLES = {
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "과(와)": ("과", "와"),
    "으로(로)": ("으로", "로"),
    "(으)로": ("으로", "로"),
    "이어야(여야)": ("이어야", "여야"),
    "이라(라)": ("이라", "라"),
    "(이)": ("이", ""),
}
"""Both forms together, and the one after a consonant and the one after a vowel."""

FINALS = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}
"""What closes a digit as it is read: 영, 일, 삼, 육, 칠, 팔; also 십, 백, 천 and 만 for zeros."""

LETTERS = {"l": "ㄹ", "r": "ㄹ", "m": "ㅁ", "n": "ㄴ"}
"""What closes a letter that is read by its name: 엘, 알, 엠, 엔."""

CONSONANTS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
"""What closes a syllable, in the order of Unicode's syllables."""

SYLLABLES = 19 * 21 * len(CONSONANTS)
"""How many there are from 가 on, by first consonant and vowel."""

CLOSING = "'\"`”’)]}>»」』"
"""What may stand between a word and its particle, and is not read."""


def fitted(before: str, text: str) -> str:
    """Return the text with the particle at its start, if it has one, as it fits what stands before.

    Both forms stay where it is not known how the word before is read.

    >>> fitted("모델", "은(는) 없습니다"), fitted("units 3", "으로(로)"), fitted("'Adam'", "을(를)")
    ('은 없습니다', '으로', '을')
    """
    for both, (after_consonant, after_vowel) in PARTICLES.items():
        if text.startswith(both):
            final = final_of(before)
            if final is None:
                return text
            closed = bool(final) and not (both.endswith(("으로(로)", "(으)로")) and final == "ㄹ")
            return (after_consonant if closed else after_vowel) + text.removeprefix(both)
    return text


def final_of(text: str) -> str | None:
    """Return the consonant that closes the text as it is read, "" for a vowel; None if unknown.

    English words are read as they are written in Korean, by a rule that is right for most.

    >>> final_of("열"), final_of("relu"), final_of("column"), final_of("CSV"), final_of("α")
    ('ㄹ', '', 'ㄴ', '', None)
    """
    read = text.rstrip(CLOSING)
    last = read[-1:]
    place = ord(last or " ") - ord("가")
    if 0 <= place < SYLLABLES:
        return CONSONANTS[place % len(CONSONANTS)]
    if last.isascii() and last.isdigit():
        return FINALS.get(last, "")
    if last == "%":
        return ""
    word = re.search("[A-Za-z]+$", read)
    return _of_word(word[0]) if word else None


def _of_word(word: str) -> str:
    lower = word.lower()
    if word.isupper() or not re.search("[aeiouy]", lower):  # read letter by letter, as CSV and txt
        return LETTERS.get(lower[-1], "")
    if re.search("[lmn]e$", lower):  # file, name, None: the e is silent
        lower = lower[:-1]
    if lower.endswith("ng"):
        return "ㅇ"
    if lower[-1] in "lmn":
        return LETTERS[lower[-1]]
    if re.search("[^aeiou][aeiou][kpt]$|out$|ck$", lower):  # input, step, dropout, block: short
        return {"k": "ㄱ", "p": "ㅂ", "t": "ㅅ"}[lower[-1]]
    return ""
