package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.server.DurableStreams;
import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.security.Action;
import io.streamkeeper.server.security.Authentication;
import io.streamkeeper.server.security.Credentials;
import io.streamkeeper.server.security.Principal;
import io.streamkeeper.server.security.SecurityPolicy;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The right to list, of one who follows a listing. */
class LiveListingAccessTest {
    private static final String ANNA = "Authorization: Bearer anna";

    private final Rights rights = new Rights();
    private DurableStreams streams;
    private DurableStreamsServer server;

    /** Everybody is who the token says, and may do everything except list some streams. */
    private static final class Rights implements SecurityPolicy {
        private final Set<String> hidden = ConcurrentHashMap.newKeySet();
        private volatile long expiresAtMillis = Long.MAX_VALUE;
        private volatile boolean revoked;
        private volatile Runnable changed = () -> {};

        @Override
        public CompletableFuture<Authentication> authenticate(Credentials credentials) {
            return CompletableFuture.completedFuture(
                    credentials.authorization() == null || revoked
                            ? Authentication.refused("there is no such token")
                            : Authentication.of(new Principal("anna", expiresAtMillis, List.of(), true)));
        }

        @Override
        public boolean allows(Principal principal, Action action, StreamPath path) {
            return action != Action.LIST || !hidden.contains(path.value());
        }

        @Override
        public void onChange(Runnable newChanged) {
            changed = newChanged;
        }
    }

    @BeforeEach
    void start() throws IOException {
        streams = DurableStreams.open(TestServer.config());
        server = DurableStreamsServer.start(streams, rights);
    }

    @AfterEach
    void stop() {
        server.stop();
        streams.close();
        LeakRecorder.assertNothingLeaked();
    }

    private TestConnection connect() throws IOException {
        return new TestConnection(server.address());
    }

    private void create(String name) throws IOException {
        try (TestConnection connection = connect()) {
            connection.exchange("PUT", ROOT + name, "[1]", JSON, ANNA).is(201);
        }
    }

    @Test
    void aStreamThatTheReaderMayNotListIsNotReported() throws IOException {
        rights.hidden.add("hidden");
        try (EventReader reader = connect().events(ROOT + "?live=sse", ANNA)) {
            reader.next("control");
            create("hidden");
            create("shown");
            assertThat(reader.next("data").data()).contains("\"shown\"").doesNotContain("hidden");
        }
    }

    @Test
    void thePrefixNeedsTheRight() throws IOException {
        rights.hidden.add("a/");
        try (TestConnection connection = connect()) {
            connection.exchange("GET", ROOT + "?live=sse&prefix=a/", "", ANNA).isError(403, "forbidden");
            connection.exchange("GET", ROOT + "?live=sse&prefix=a/", "").isError(401, "unauthenticated");
        }
    }

    @Test
    void theEndOfTheRightEndsTheResponse() throws IOException {
        try (EventReader reader = connect().events(ROOT + "?live=sse&prefix=a/", ANNA)) {
            reader.next("control");
            rights.hidden.add("other");
            rights.changed.run();
            create("a/1");
            assertThat(reader.next("data").data()).contains("a/1");
            reader.next("control");
            rights.hidden.add("a/");
            rights.changed.run();
            assertThat(reader.next("control").data()).isEqualTo("{\"authorizationEnded\":true}");
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void revokedAndExpiredCredentialsEndTheResponse() throws IOException {
        try (EventReader reader = connect().events(ROOT + "?live=sse", ANNA)) {
            reader.next("control");
            rights.revoked = true;
            rights.changed.run();
            assertThat(reader.next("control").data()).isEqualTo("{\"authorizationEnded\":true}");
            assertThat(reader.next()).isNull();
        }
        rights.revoked = false;
        rights.expiresAtMillis = System.currentTimeMillis() + 700;
        rights.changed.run();
        try (EventReader reader = connect().events(ROOT + "?live=sse", ANNA)) {
            reader.next("control");
            assertThat(reader.next("control").data()).isEqualTo("{\"authorizationEnded\":true}");
            assertThat(reader.next()).isNull();
        }
    }
}
