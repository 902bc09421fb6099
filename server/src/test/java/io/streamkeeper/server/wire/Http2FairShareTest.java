package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.FrameClient.END_HEADERS;
import static io.streamkeeper.server.wire.FrameClient.HEADERS;
import static io.streamkeeper.server.wire.FrameClient.fields;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static io.streamkeeper.server.wire.TestServer.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.MayLogFaults;
import io.streamkeeper.server.config.LimitsConfig;
import java.io.IOException;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits of clients and tenants over HTTP/2, where the streams of a connection share them. */
@Timeout(120)
@MayLogFaults("a limit refuses requests")
class Http2FairShareTest {
    private static final int CANCEL = 8;

    private static TestServer limited(Consumer<LimitsConfig.Builder> change) throws IOException {
        return TestServer.started(TestServer.config(config -> config.limits(change)));
    }

    @Test
    void theStreamsOfAConnectionShareTheLimitOfTheirClient() throws Exception {
        try (TestServer server = limited(set -> set.client("requests=3/1h"));
                FrameClient client = FrameClient.begun(server)) {
            for (int stream = 1; stream < 7; stream += 2) {
                client.exchange(stream, "GET", ROOT + "none", null).is(404);
            }
            Answer refused = client.exchange(7, "GET", ROOT + "none", null).isError(429, "request_limit");
            assertThat(refused.field("RateLimit-Policy")).isEqualTo("\"client-requests\";q=3;w=3600;qu=\"requests\"");
            assertThat(refused.field("Retry-After")).isNotNull();
            client.exchange(9, "GET", ROOT + "none", null).isError(429, "request_limit");
        }
    }

    @Test
    void aRefusedBodyIsNotReadAndOtherStreamsGoOn() throws Exception {
        try (TestServer server = limited(set -> set.tenants("*").tenant("in=10/1h"));
                FrameClient client = FrameClient.begun(server)) {
            client.exchange(1, "PUT", ROOT + "acme/a", "x".repeat(100), TEXT).is(201);
            client.send(HEADERS, END_HEADERS, 3, client.block(fields("POST", ROOT + "acme/a", TEXT)));
            assertThat(client.head(3).status()).isEqualTo(429);
            client.exchange(5, "PUT", ROOT + "other/a", "x", TEXT).is(201);
        }
    }

    @Test
    void aLiveReadThatIsResetMakesRoomForAnother() throws Exception {
        try (TestServer server = limited(set -> set.client("live=1"));
                FrameClient client = FrameClient.begun(server)) {
            String path = server.create(TEXT, "first");
            client.request(1, "GET", path + "?live=sse&offset=now", null);
            client.head(1).is(200);
            client.exchange(3, "GET", path + "?live=long-poll&offset=-1", null).isError(429, "live_limit");
            client.reset(1, CANCEL);
            int[] stream = {5};
            Awaitility.await().untilAsserted(() -> {
                int next = stream[0];
                stream[0] += 2;
                client.exchange(next, "GET", path + "?live=long-poll&offset=-1", null)
                        .is(200);
            });
        }
    }
}
