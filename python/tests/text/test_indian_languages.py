"""Hindi in words; the other languages in what their voice reads itself."""

import pytest

from tests.text.spoken import spoken
from tritone_models.text.numbers import HindiNumbers
from tritone_models.text.regional import REGIONAL


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "शून्य"),
        ("19", "उन्नीस"),
        ("२९", "उनतीस"),
        ("45", "पैंतालीस"),
        ("69", "उनहत्तर"),
        ("79", "उन्यासी"),
        ("89", "नवासी"),
        ("99", "निन्यानवे"),
        ("100", "एक सौ"),
        ("12345678", "एक करोड़ तेईस लाख पैंतालीस हज़ार छह सौ अठहत्तर"),
        ("3.14", "तीन दशमलव एक चार"),
        ("₹1,23,456", "एक लाख तेईस हज़ार चार सौ छप्पन रुपये"),
        ("रु. 50.50", "पचास रुपये पचास पैसे"),
        ("₹5 करोड़", "पाँच करोड़ रुपये"),
        ("25%", "पच्चीस प्रतिशत"),
        ("-5 °C", "ऋण पाँच डिग्री सेल्सियस"),
        ("१२/११/२०२६", "बारह नवंबर दो हज़ार छब्बीस"),
        ("1999 में", "उन्नीस सौ निन्यानवे में"),
        ("10:30 बजे", "दस बजकर तीस मिनट"),
        ("10:00", "दस बजे"),
        ("10-20 लोग", "दस से बीस लोग"),
        ("5वाँ दिन", "पाँचवाँ दिन"),
        ("डॉ. शर्मा", "डॉक्टर शर्मा"),
        ("PM का API", "पी एम का ए पी आई"),
        ("98765 43210", "नौ आठ सात छह पाँच चार तीन दो एक शून्य"),
        ("यह meeting है।", "यह meeting है।"),
    ],
)
def test_hindi(text: str, said: str):
    assert spoken(text, "hi") == said


def test_hindi_has_a_word_of_its_own_for_each_number_below_a_hundred():
    words = [HindiNumbers().cardinal(value, indian=True) for value in range(100)]
    assert len(set(words)) == 100
    assert not any(" " in word for word in words)


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("ta", "௧௨", "12"),
        ("bn", "১,২৩,৪৫৬", "123456"),
        ("te", "₹1,23,456", "123456 రూపాయలు"),
        ("mr", "25%", "25 टक्के"),
        ("gu", "12/11/2026", "12 નવેમ્બર 2026"),
        ("kn", "5 km", "5 ಕಿಲೋಮೀಟರ್"),
        ("ml", "3.5", "3.5"),
        ("pa", "23 Nov 2026", "23 ਨਵੰਬਰ 2026"),
        ("or", "9876543210", "9 8 7 6 5 4 3 2 1 0"),
        ("as", "₹50.50", "50 টকা 50 পইচা"),
        ("ur", "قیمت ₹500 ہے۔", "قیمت 500 روپے ہے۔"),
    ],
)
def test_other_languages_keep_digits_for_their_voice(language: str, text: str, said: str):
    assert spoken(text, language) == said


@pytest.mark.parametrize("language", REGIONAL)
def test_every_language_has_twelve_months(language: str):
    assert len(set(REGIONAL[language].months)) == 12


def test_an_unknown_language_is_read_as_it_is_written():
    assert spoken("bonjour 12", "fr") == "bonjour 12"
