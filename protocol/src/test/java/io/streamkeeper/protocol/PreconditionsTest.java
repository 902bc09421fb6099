package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreconditionsTest {
    private static final StreamPath PATH = new StreamPath("a");
    private static final Offset TAIL = new Offset(2748, 9);

    private static String field(String word) {
        return word.replace("TAIL", "\"" + TAIL + "\"").replace("OTHER", "\"x\"");
    }

    /** The table of RFC 9110 section 13.2.2 for writes: If-Match first, then If-None-Match. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, true, -",
                "-, -, false, -",
                "*, -, true, -",
                "*, -, false, PRECONDITION_FAILED",
                "TAIL, -, true, -",
                "TAIL, -, false, PRECONDITION_FAILED",
                "W/TAIL, -, true, OFFSET_MISMATCH",
                "OTHER, -, true, OFFSET_MISMATCH",
                "-, *, true, PRECONDITION_FAILED",
                "-, *, false, -",
                "-, TAIL, true, PRECONDITION_FAILED",
                "-, W/TAIL, true, PRECONDITION_FAILED",
                "-, TAIL, false, -",
                "-, OTHER, true, -",
                "TAIL, TAIL, true, PRECONDITION_FAILED",
                "OTHER, *, true, OFFSET_MISMATCH",
                "*, OTHER, true, -"
            })
    void conditionsAreEvaluatedAsTheRfcSays(String ifMatch, String ifNoneMatch, boolean exists, ErrorCode expected) {
        Preconditions conditions = Preconditions.parse(
                ifMatch == null ? null : field(ifMatch), ifNoneMatch == null ? null : field(ifNoneMatch));

        Refusal refusal = conditions.evaluate(PATH, exists ? TAIL : null);

        assertThat(refusal == null ? null : refusal.code()).isEqualTo(expected);
        if (refusal != null && exists) {
            assertThat(refusal.nextOffset()).isEqualTo(TAIL);
        }
    }

    @Test
    void noFieldIsNoCondition() {
        assertThat(Preconditions.parse(null, null)).isSameAs(Preconditions.NONE);
        assertThat(Preconditions.NONE.isNone()).isTrue();
        assertThat(Preconditions.tailAt(TAIL).isNone()).isFalse();
        assertThat(Preconditions.tailAt(TAIL).evaluate(PATH, TAIL)).isNull();
    }
}
