package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that come in one piece after one whose answer fills the connection: all of them are executed and answered.
 */
class PipeliningTest {
    @RegisterExtension
    static final TestServer SERVER = new TestServer(TestServer.config());

    private static String get(String path) {
        return TestConnection.requestText("GET", path, "");
    }

    private static String post(String path) {
        return TestConnection.requestText("POST", path, "x", TEXT);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                1, 4_095, 4_096, 4_097, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 130_000, 131_071, 131_072,
                131_073, 262_144, 1_048_575, 1_048_576, 3_000_000
            })
    void whatFollowsAnAnswerOfAnySizeIsAnswered(int bytes) throws IOException {
        for (int shard = 0; shard < TestServer.SHARDS; shard++) {
            String large = TestServer.path(shard);
            SERVER.createAt(large, TEXT, "y".repeat(bytes));
            String log = SERVER.create(TEXT, "");
            try (TestConnection connection = SERVER.connect()) {
                connection.send(get(large) + get(log) + post(log) + get(large) + post(log) + get(large) + get(large));
                connection.receive().is(200);
                assertThat(connection.receive().is(200).text()).isEmpty();
                connection.receive().is(204);
                connection.receive().is(200);
                connection.receive().is(204);
                connection.receive().is(200);
                connection.receive().is(200);
                assertThat(connection.exchange("GET", log, "").is(200).text()).isEqualTo("xx");
            }
        }
    }

    @Test
    void manyLargeAnswersWithAppendsAmongThemComeInOrder() throws IOException {
        String large = SERVER.create(TEXT, "y".repeat(200_000));
        String log = SERVER.create(TEXT, "");
        int count = 300;
        try (TestConnection connection = SERVER.connect()) {
            connection.send((get(large) + post(log)).repeat(count));
            for (int i = 1; i <= count; i++) {
                connection.receive().is(200);
                connection.receive().is(204);
            }
            assertThat(connection.exchange("GET", log, "").text()).hasSize(count);
        }
    }

    @Test
    void mixedRequestsAreAllAnsweredHoweverTheyAreCut() throws IOException {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        int[] sizes = {0, 10, 5_000, 40_000, 140_000, 600_000};
        String[] paths = new String[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            paths[i] = SERVER.create(TEXT, "y".repeat(sizes[i]));
        }
        String log = SERVER.create(TEXT, "");
        int appends = 0;
        for (int round = 0; round < 20; round++) {
            StringBuilder text = new StringBuilder();
            int[] asked = new int[1 + random.nextInt(120)];
            for (int i = 0; i < asked.length; i++) {
                asked[i] = random.nextInt(-1, sizes.length);
                text.append(asked[i] < 0 ? post(log) : get(paths[asked[i]]));
            }
            try (TestConnection connection = SERVER.connect()) {
                int cut = random.nextInt(text.length());
                connection.send(text.substring(0, cut));
                connection.send(text.substring(cut));
                for (int which : asked) {
                    Answer answer = connection.receive();
                    int expected = which < 0 ? 0 : sizes[which];
                    assertThat(answer.body().length).as("seed " + seed).isEqualTo(expected);
                    appends += which < 0 ? 1 : 0;
                }
            }
        }
        assertThat(SERVER.get(log).text()).as("seed " + seed).hasSize(appends);
    }
}
