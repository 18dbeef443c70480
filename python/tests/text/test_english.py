"""Signs and numbers in English words."""

import pytest

from tests.text.spoken import spoken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "zero"),
        ("13", "thirteen"),
        ("40", "forty"),
        ("115", "one hundred fifteen"),
        ("1000001", "one million one"),
        ("123,456", "one hundred twenty three thousand four hundred fifty six"),
        ("1,23,456", "one lakh twenty three thousand four hundred fifty six"),
        (
            "12,34,56,789",
            "twelve crore thirty four lakh fifty six thousand seven hundred eighty nine",
        ),
        ("3.14", "three point one four"),
        ("-5", "minus five"),
        ("007", "zero zero seven"),
        (
            "12345678901234567",
            "one two three four five six seven eight nine zero one two three four five six seven",
        ),
        ("१२", "twelve"),
        ("21st 3rd 12th 30th 100th", "twenty first third twelfth thirtieth one hundredth"),
        ("pages 10-20", "pages ten to twenty"),
        ("12.5 %", "twelve point five percent"),
        ("in 1999", "in nineteen ninety nine"),
        ("in 2005", "in two thousand five"),
        ("since 1905", "since nineteen oh five"),
        ("No. 5 and #1", "number five and number one"),
        ("version 1.2.3", "version one point two point three"),
    ],
)
def test_numbers(text: str, said: str):
    assert spoken(text) == said


def test_whoever_is_in_india_counts_in_lakhs():
    assert spoken("1234567", "en-IN").startswith("twelve lakh thirty four thousand")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("₹1,23,456", "one lakh twenty three thousand four hundred fifty six rupees"),
        ("Rs. 1", "one rupee"),
        ("Rs 500.50", "five hundred rupees fifty paise"),
        ("500/-", "five hundred rupees"),
        ("$1", "one dollar"),
        ("$3.5 million", "three point five million dollars"),
        ("$0.99", "ninety nine cents"),
        ("-£2.01", "two pounds one penny"),
        ("20 USD", "twenty dollars"),
        ("€5", "five euros"),
        ("₹2.5 lakh crore", "two point five lakh crore rupees"),
    ],
)
def test_money(text: str, said: str):
    assert spoken(text) == said


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("12/11/2026", "en", "twelfth November twenty twenty six"),
        ("12/11/2026", "en-US", "December eleventh twenty twenty six"),
        ("23/11/26", "en-US", "November twenty third twenty twenty six"),
        ("2026-11-23", "en", "twenty third November twenty twenty six"),
        ("23 Nov 2026", "en", "twenty third November twenty twenty six"),
        ("Nov 5th, 2026", "en", "November fifth twenty twenty six"),
        ("March 2026", "en", "March twenty twenty six"),
        ("10:30", "en", "ten thirty"),
        ("5 pm", "en", "five P-M"),
        ("10:05 a.m. now", "en", "ten oh five A-M now"),
        ("9:00", "en", "nine o'clock"),
        ("17:00:05", "en", "seventeen oh zero and five seconds"),
    ],
)
def test_dates_and_times(text: str, language: str, said: str):
    assert spoken(text, language) == said


def test_what_is_no_date_is_not_read_as_one():
    assert "November" not in spoken("45/11/2026")
    assert "o'clock" not in spoken("99:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10 km", "ten kilometres"),
        ("1 kg", "one kilogram"),
        ("-5 °C", "minus five degrees Celsius"),
        ("64MB", "sixty four megabytes"),
        ("Dr. Smith of St. Mary", "doctor Smith of saint Mary"),
        ("Main St. is long", "Main street is long"),
        ("figs, e.g. ripe", "figs, for example ripe"),
        ("the USA and APIs", "the U-S-A and A-P-I's"),
        ("NASA uses HTTP", "NASA uses H-T-T-P"),
        ("do NOT go", "do NOT go"),
        ("STOP SHOUTING ABC NOW", "STOP SHOUTING ABC NOW"),
        ("COVID-19 in 4K", "COVID nineteen in four K"),
        ("R&D", "R and D"),
        ("a + b = c", "a plus b equals c"),
        ("**bold** _it_ `code` 😀👍🏽 # ~~gone~~", "bold it code gone"),
        ("it's well-known", "it's well-known"),
        ("see https://www.example.com/a-b?x=1.", "see example dot com slash a dash b."),
        ("joe.b@example.co.in", "joe dot b at example dot co dot in"),
        ("+91 98765 43210", "plus nine one nine eight seven six five four three two one zero"),
        ("9876543210", "nine eight seven six five four three two one zero"),
    ],
)
def test_units_abbreviations_acronyms_and_addresses(text: str, said: str):
    assert spoken(text) == said


def test_no_digit_is_left_to_an_english_voice():
    text = (
        "7 77 7,777 7.7 7/7 7-7-7 7:77 7th 7% a7 7a $7 7$ 7km 7² ٧ ७ 7777777777 +7 77 7 7e7 №7 .7"
    )
    assert not any(character.isdecimal() for character in spoken(text))
