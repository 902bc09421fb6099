package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentTypeTest {
    @ParameterizedTest
    @CsvSource({
        "application/json, application/json",
        "Application/JSON, application/json",
        "application/json; charset=utf-8, application/json",
        "application/json;charset=utf-8, application/json",
        "application/json ; x=1, application/json",
        "text/plain, text/plain",
        "TEXT/Event-Stream, text/event-stream",
        "application/vnd.api+json, application/vnd.api+json",
        "a!#$%&'*+-.^_`|~/b, a!#$%&'*+-.^_`|~/b",
    })
    void essenceIsTypeAndSubtypeInLowerCase(String text, String essence) {
        assertThat(ContentType.parse(text).essence()).isEqualTo(essence);
        assertThat(ContentType.parse(text).value()).isEqualTo(text);
        assertThat(ContentType.parse(text)).hasToString(text);
    }

    @Test
    void parametersAndCaseMakeNoDifferenceToAComparison() {
        ContentType given = ContentType.parse("Text/Plain; charset=utf-8");
        assertThat(given.matches(ContentType.parse("text/plain"))).isTrue();
        assertThat(ContentType.parse("text/plain").matches(given)).isTrue();
        assertThat(given.matches(ContentType.parse("text/html"))).isFalse();
        assertThat(given).isNotEqualTo(ContentType.parse("text/plain"));
        assertThat(given)
                .isEqualTo(ContentType.parse("Text/Plain; charset=utf-8"))
                .hasSameHashCodeAs(ContentType.parse("Text/Plain; charset=utf-8"));
    }

    @Test
    void onlyApplicationJsonHasMessages() {
        assertThat(ContentType.parse("application/json;profile=x").isJson()).isTrue();
        assertThat(ContentType.parse("application/ndjson").isJson()).isFalse();
        assertThat(ContentType.parse("application/vnd.api+json").isJson()).isFalse();
        assertThat(ContentType.parse("text/json").isJson()).isFalse();
    }

    @Test
    void eventsCarryTextAndJsonAsText() {
        assertThat(ContentType.parse("text/csv").isText()).isTrue();
        assertThat(ContentType.JSON.isText()).isTrue();
        assertThat(ContentType.OCTET_STREAM.isText()).isFalse();
        assertThat(ContentType.parse("application/vnd.api+json").isText()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "json",
                "/",
                "application/",
                "/json",
                "text/plain/x",
                "text plain",
                "text /plain",
                "text/ plain",
                "text/plain, text/html",
                ";charset=utf-8",
                "text/pläin",
                "text/plain;x=é",
                "text/plain;x=\u0001",
                "text/plain;\r\nX: y",
            })
    void whatIsNotTypeAndSubtypeIsRefused(String text) {
        Refusal refusal = Refusals.of(() -> ContentType.parse(text));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_HEADER);
        assertThat(refusal.message()).contains(Quoted.of(text)).contains("expected type/subtype");
    }

    @Test
    void aTypeIsTakenUpToItsLimit() {
        String longest = "text/" + "x".repeat(ContentType.LENGTH_MAX - 5);
        assertThat(ContentType.parse(longest).value()).isEqualTo(longest);
        assertThat(Refusals.of(() -> ContentType.parse(longest + "x")).message())
                .contains("at most 256 characters");
    }
}
