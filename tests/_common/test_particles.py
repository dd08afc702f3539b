import pytest

from badak._common.particles import final_of, fitted


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("모델", "은(는)", "은"),
        ("가중치", "은(는)", "는"),
        ("뉴런", "이(가)", "이"),
        ("층 수", "이(가)", "가"),
        ("표본", "을(를)", "을"),
        ("배치", "과(와)", "와"),
        ("열", "으로(로)", "로"),  # ㄹ counts as a vowel here
        ("값", "으로(로)", "으로"),
        ("폴더", "으로(로)", "로"),
        ("열", "(으)로", "로"),
        ("이름", "(이)", "이"),
        ("크기", "이어야(여야)", "여야"),
    ],
)
def test_a_particle_follows_the_last_sound_of_a_korean_word(word, particle, expected):
    assert fitted(word, f"{particle} x") == f"{expected} x"


@pytest.mark.parametrize(
    ("number", "expected"),  # 영 일 이 삼 사 오 육 칠 팔 구
    [(n, "이" if n in "013678" else "가") for n in "0123456789"] + [("10", "이"), ("1,000", "이")],
)
def test_digits_are_read_aloud(number, expected):
    assert fitted(number, "이(가)") == expected


@pytest.mark.parametrize(
    ("number", "expected"), [("1", "로"), ("3", "으로"), ("7", "로"), ("0", "으로")]
)
def test_il_chil_and_pal_end_in_rieul(number, expected):
    assert fitted(number, "으로(로)") == expected


@pytest.mark.parametrize(
    ("word", "closed"),
    [
        ("relu", False),  # 렐루
        ("sigmoid", False),  # 시그모이드
        ("Adam", True),  # 애덤
        ("label", True),  # 레이블
        ("column", True),  # 칼럼
        ("None", True),  # 난
        ("name", True),  # 네임
        ("training", True),  # 트레이닝
        ("input", True),  # 인풋
        ("dropout", True),  # 드롭아웃
        ("weight", False),  # 웨이트
        ("CSV", False),  # 시에스브이
        ("XML", True),  # 엑스엠엘
        ("JSON", True),  # 제이슨
        ("png", False),  # 피엔지
    ],
)
def test_latin_words_and_abbreviations_are_read_as_koreans_read_them(word, closed):
    assert bool(final_of(word)) is closed


def test_quotes_and_brackets_are_not_read():
    assert [fitted(text, "은(는)") for text in ("'값'", "(3, 4)", '"모델"')] == ["은", "는", "은"]
    assert fitted("12 %", "은(는)") == "는"


def test_both_forms_stay_where_the_reading_is_not_known():
    assert fitted("α", "은(는)") == "은(는)"
    assert fitted("", "은(는)") == "은(는)"


def test_only_a_particle_at_the_start_is_fitted():
    assert fitted("모델", " 은(는)") == " 은(는)"
