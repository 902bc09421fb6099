package io.streamkeeper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.server.http.route.Route;
import io.streamkeeper.server.wire.TestConnection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages of metrics that cannot be created, over a socket. */
@Timeout(60)
class MetricsHandlerTest {
    @Test
    @LogsFaults("a page of metrics cannot be created")
    void pagesThatCannotBeginDoNotCountAsBeingCreated() throws Exception {
        MetricsHandler handler = new MetricsHandler(
                () -> {
                    throw new IllegalStateException("broken on purpose");
                },
                Runnable::run);
        try (SmallServer server = new SmallServer(64, List.of(Route.reading("/metrics", handler)));
                TestConnection connection = server.connect()) {
            for (int i = 0; i < 10; i++) {
                assertThat(connection.exchange("GET", "/metrics", "").is(503).text())
                        .contains("the metrics cannot be read now");
            }
        }
    }
}
