package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of a position, and which texts are none. */
class ListingPositionTest {
    private static final long NUMBER_MAX = 999_999_999_999_999_999L;

    @Test
    void aTextHasTheStartAndTheNumbers() {
        ListingPosition position = new ListingPosition(0xabc, 0, 7, NUMBER_MAX);

        assertThat(position.toString()).isEqualTo("0000000000000abc.0.7." + NUMBER_MAX);
        assertThat(ListingPosition.parse("after", position.toString())).isEqualTo(position);
    }

    @Test
    void thatOfAThousandShardsIsAccepted() {
        String text = "0123456789abcdef" + ("." + NUMBER_MAX).repeat(1_000);

        assertThat(ListingPosition.parse("after", text).shards()).isEqualTo(1_000);
        assertRefused(text + ".1");
        assertRefused("0123456789abcdef" + ".1".repeat(1_001));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0123456789abcde",
                "0123456789abcdef",
                "0123456789abcdef1",
                "0123456789abcdef.",
                "0123456789abcdef..1",
                "0123456789abcdef.1.",
                "0123456789abcdef.1x",
                "0123456789abcdef1.1",
                "0123456789abcdef.-1",
                "0123456789abcdef.+1",
                "0123456789abcdef.\u0661",
                "0123456789abcdef.1000000000000000000",
                "0123456789ABCDEF.1",
                "0123456789abcde.1",
                "-123456789abcdef.1"
            })
    void anythingElseIsRefused(String text) {
        assertRefused(text);
    }

    private static void assertRefused(String text) {
        assertThatThrownBy(() -> ListingPosition.parse("after", text))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("expected the position of a page");
    }
}
