package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagListTest {
    private static final String TAG = "\"a:b,c\"";
    private static final Offset TAIL = new Offset(2748, 9);

    private static EntityTagList list(String text) {
        return EntityTagList.parse("If-Match", text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", TAG, "\"x\", " + TAG + " ,\"y\"", ", ," + TAG + ",", "W/\"x\"," + TAG})
    void aListHasATagThatItNames(String text) {
        assertThat(list(text).hasStrong(TAG)).isTrue();
        assertThat(list(text).hasWeak(TAG)).isTrue();
    }

    @Test
    void aWeakTagIsTheSameByTheWeakComparisonOnly() {
        assertThat(list("W/" + TAG).hasWeak(TAG)).isTrue();
        assertThat(list("W/" + TAG).hasStrong(TAG)).isFalse();
        assertThat(list("W/\"" + TAIL + "\"").namesWeakly(TAIL)).isTrue();
        assertThat(list("W/\"" + TAIL + "\"").namesStrongly(TAIL)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\"a:b\"", "\"A:b,c\"", "\"a:b\",\"c\""})
    void aListDoesNotHaveATagThatItDoesNotName(String text) {
        assertThat(list(text).hasWeak(TAG)).isFalse();
    }

    @Test
    void aTailIsNamedByItsOffset() {
        assertThat(list("\"x\", \"" + TAIL + "\"").namesStrongly(TAIL)).isTrue();
        assertThat(list("\"" + new Offset(2748, 8) + "\"").namesStrongly(TAIL)).isFalse();
        assertThat(list("\"" + Offset.ZERO + "\"").namesStrongly(TAIL)).isFalse();
        assertThat(list("\"" + Offset.ZERO + "\"").namesStrongly(new Offset(2748, 0)))
                .isTrue();
        assertThat(EntityTagList.of(TAIL).namesStrongly(TAIL)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "a",
                "\"a",
                "a\"",
                "w/\"a\"",
                "W/",
                "W/a",
                "\"a\" \"b\"",
                "\"a\", *",
                "*, \"a\"",
                "\"a b\"",
                "\"\u007f\""
            })
    void whatIsNoListIsRefused(String text) {
        Refusal refusal = Refusals.of(() -> list(text));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_HEADER);
        assertThat(refusal.message()).startsWith("If-Match " + Quoted.of(text));
    }

    @Test
    void theTextIsTheFieldsValueWithoutQuotes() {
        assertThat(list("W/\"a\" ,\"b\",")).hasToString("W/a, b");
        assertThat(list("*")).hasToString("*");
    }
}
