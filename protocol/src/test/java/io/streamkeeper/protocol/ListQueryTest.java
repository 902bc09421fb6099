package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListQueryTest {
    @Test
    void withoutParametersItIsTheFirstPageOfAllStreams() {
        assertThat(ListQuery.parse(null, null, null, null)).isEqualTo(new ListQuery("", null, 100, false));
        assertThat(ListQuery.parse("", "", null, null)).isEqualTo(new ListQuery("", null, 100, false));
    }

    @Test
    void eachParameterCounts() {
        assertThat(ListQuery.parse("chat/", "chat/4", "1000", "/"))
                .isEqualTo(new ListQuery("chat/", "chat/4", 1000, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1001", "-1", "+5", "05", "1e2", "", " 5", "99999999999999999999", "\u0665"})
    void aLimitOutOfRangeIsRefused(String limit) {
        assertThatThrownBy(() -> ListQuery.parse(null, null, limit, null))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("parameter limit is " + Quoted.of(limit))
                .hasMessageContaining("expected a number from 1 to 1000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "//", "-"})
    void aDelimiterOtherThanASlashIsRefused(String delimiter) {
        assertThatThrownBy(() -> ListQuery.parse(null, null, null, delimiter))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("expected /");
    }

    @Test
    void aTextLongerThanAnyPathIsRefused() {
        assertThatThrownBy(() -> ListQuery.parse("\u00e4".repeat(513), null, null, null))
                .hasMessageContaining("parameter prefix has 1026 bytes, expected at most 1024");
        assertThatThrownBy(() -> ListQuery.parse(null, "a".repeat(1025), null, null))
                .hasMessageContaining("parameter after has 1025 bytes, expected at most 1024");
    }
}
