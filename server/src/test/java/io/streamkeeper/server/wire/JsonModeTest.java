package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonModeTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private final String path = SERVER.create(JSON, "");

    private String text() {
        return SERVER.get(path).is(200).text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-1.50e+3", "true", "null", "\"a,b\"", "{}", "{\"a\":[1,2]}", "12345678901234567890"})
    void aValueIsAMessageAndKeepsItsBytes(String value) {
        SERVER.appendJson(path, value);

        assertThat(text()).isEqualTo("[" + value + "]");
    }

    @Test
    void anArrayIsABatchOfMessages() {
        SERVER.appendJson(path, "[1,\"two\",{\"three\":3}]");

        assertThat(text()).isEqualTo("[1,\"two\",{\"three\":3}]");
        String tail = SERVER.head(path).nextOffset();
        SERVER.appendJson(path, "4");
        assertThat(SERVER.get(path + "?offset=" + tail).text()).isEqualTo("[4]");
    }

    @Test
    void onlyTheOuterArrayIsOpened() {
        SERVER.appendJson(path, "[[1,2],[[3]]]");

        assertThat(text()).isEqualTo("[[1,2],[[3]]]");
    }

    @Test
    void spaceIsKeptOnlyInStrings() {
        SERVER.appendJson(path, " [ {\"a \" : 1} ,\n 2 ] ");

        assertThat(text()).isEqualTo("[{\"a \":1},2]");
    }

    @Test
    void anEmptyArrayCreatesAStreamWithoutMessagesButAppendsNothing() {
        String empty = SERVER.create(JSON, "[]");

        assertThat(SERVER.get(empty).text()).isEqualTo("[]");
        SERVER.post(empty, "[]", JSON).isError(400, "empty_body");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{", "[1,", "[1,]", "1 2", "{\"a\":1}{\"b\":2}", "{'a':1}", "NaN", "[1]x", "undefined", " "})
    void whatIsNotOneValueIsRefusedWhole(String body) {
        SERVER.post(path, body, JSON).isError(400, "invalid_json");

        assertThat(text()).isEqualTo("[]");
    }

    @Test
    void aBatchWithOneBadMessageAppendsNoneOfThem() {
        SERVER.post(path, "[1,2,{\"a\":}]", JSON).isError(400, "invalid_json");

        assertThat(text()).isEqualTo("[]");
    }

    @Test
    void deepNestingIsRefusedAndTheServerGoesOn() {
        SERVER.post(path, "[".repeat(100_000), JSON).isError(400, "invalid_json");

        SERVER.appendJson(path, "1");
    }

    @Test
    void aParameterOfTheTypeChangesNothing() {
        SERVER.post(path, "1", "Content-Type: application/json; charset=utf-8").is(204);

        assertThat(text()).isEqualTo("[1]");
    }

    @Test
    void textBeyondAsciiIsKept() {
        SERVER.appendJson(path, "\"\u00e4\u2603\ud83d\ude00 \\u0041\"");

        assertThat(text()).isEqualTo("[\"\u00e4\u2603\ud83d\ude00 \\u0041\"]");
    }
}
