package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.BINARY;
import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {
    private static final String GZIP = "Accept-Encoding: gzip";
    private static final String LONG = "a long text ".repeat(1_000);

    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    @Test
    void aLongTextIsCompressedForWhoAsks() throws IOException {
        String path = SERVER.create(TEXT, LONG);

        Answer read = SERVER.get(path, "Accept-Encoding: br, gzip;q=0.5").is(200);

        assertThat(read.field("Content-Encoding")).isEqualTo("gzip");
        assertThat(read.field("Vary")).isEqualTo("Accept-Encoding");
        assertThat(read.body().length).isLessThan(LONG.length() / 10);
        assertThat(read.unzipped()).isEqualTo(LONG);
        assertThat(read.nextOffset()).isEqualTo(SERVER.head(path).nextOffset());
    }

    @Test
    void messagesAreCompressedAsOneArray() throws IOException {
        String path = SERVER.create(JSON, "[\"" + LONG + "\",2]");

        assertThat(SERVER.get(path, GZIP).unzipped()).isEqualTo("[\"" + LONG + "\",2]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip;q=0", "br", "*;q=0"})
    void nobodyGetsWhatHeDoesNotTake(String accepted) {
        Answer read = SERVER.get(SERVER.create(TEXT, LONG), "Accept-Encoding: " + accepted);

        assertThat(read.field("Content-Encoding")).isNull();
        assertThat(read.field("Vary")).isEqualTo("Accept-Encoding");
        assertThat(read.text()).isEqualTo(LONG);
    }

    @Test
    void octetsAndShortTextsAreLeftAsTheyAre() {
        assertThat(SERVER.get(SERVER.create(BINARY, LONG), GZIP).field("Content-Encoding"))
                .isNull();
        assertThat(SERVER.get(SERVER.create(TEXT, "short"), GZIP).field("Content-Encoding"))
                .isNull();
    }

    @Test
    void theCompressedFormHasATagOfItsOwn() {
        String path = SERVER.create(TEXT, LONG);
        String plain = SERVER.get(path).field("ETag");
        String zipped = SERVER.get(path, GZIP).field("ETag");

        assertThat(zipped).isNotEqualTo(plain);
        assertThat(SERVER.get(path, GZIP, "If-None-Match: " + zipped).is(304).field("ETag"))
                .isEqualTo(zipped);
        SERVER.get(path, "If-None-Match: " + zipped).is(200);
        SERVER.get(path, GZIP, "If-None-Match: " + plain).is(200);
    }

    @Test
    void headIsAnsweredWithoutABody() {
        assertThat(SERVER.exchange("HEAD", SERVER.create(TEXT, LONG), "", GZIP)
                        .is(200)
                        .body())
                .isEmpty();
    }

    @Test
    void answersKeepTheirOrderBehindACompressedOne() throws IOException {
        String path = SERVER.create(TEXT, LONG);
        try (TestConnection connection = SERVER.connect()) {
            for (int i = 0; i < 20; i++) {
                connection.request("GET", path, "", GZIP);
                connection.request("GET", path + "?offset=now", "");
            }
            for (int i = 0; i < 20; i++) {
                assertThat(connection.receive().is(200).unzipped()).isEqualTo(LONG);
                assertThat(connection.receive().is(200).text()).isEmpty();
            }
        }
    }

    @Test
    void aClientThatGoesAwayMeanwhileLeavesNothingBehind() throws IOException {
        String path = SERVER.create(TEXT, LONG);
        for (int i = 0; i < 50; i++) {
            try (TestConnection connection = SERVER.connect()) {
                connection.request("GET", path, "", GZIP);
            }
        }
        SERVER.get(path, GZIP).is(200);
    }

    @Test
    void theOperatorMaySwitchItOff() throws IOException {
        try (TestServer server =
                TestServer.started(TestServer.config(config -> config.read(read -> read.gzip(false))))) {
            assertThat(server.get(server.create(TEXT, LONG), GZIP).field("Content-Encoding"))
                    .isNull();
        }
    }

    @Test
    void whoAsksForMuchOnManyConnectionsDoesNotKeepOthersFromCompressedAnswers() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < 500_000; i++) {
            text.append(Integer.toHexString(i * 0x9e3779b9));
        }
        String large = SERVER.create(TEXT, text.toString());
        String small = SERVER.create(TEXT, LONG);
        List<TestConnection> abuser = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            TestConnection connection = SERVER.connect(4_096);
            abuser.add(connection);
            for (int j = 0; j < 60; j++) {
                connection.request("GET", large, "", GZIP);
            }
        }
        for (int i = 0; i < 20; i++) {
            assertThat(SERVER.get(small, GZIP).is(200).unzipped()).isEqualTo(LONG);
        }
        for (TestConnection each : abuser) {
            each.close();
        }
        assertThat(SERVER.get(large, GZIP).is(200).unzipped().contentEquals(text))
                .isTrue();
    }
}
