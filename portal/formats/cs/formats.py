"""Czech formats as look-and-voice asks: 21. 11. 2026, 14.30, 12 480 (narrow numbers with a hard space)."""

DATE_FORMAT = "j. n. Y"
SHORT_DATE_FORMAT = "j. n. Y"
TIME_FORMAT = "G.i"
DATETIME_FORMAT = "j. n. Y G.i"
SHORT_DATETIME_FORMAT = "j. n. Y G.i"
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3
