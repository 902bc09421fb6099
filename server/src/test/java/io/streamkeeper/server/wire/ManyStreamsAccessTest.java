package io.streamkeeper.server.wire;

import static io.streamkeeper.server.wire.TestServer.JSON;
import static io.streamkeeper.server.wire.TestServer.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.leak.LeakRecorder;
import io.streamkeeper.protocol.output.LogsFaults;
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

/** The rights to the streams that one response follows. */
class ManyStreamsAccessTest {
    private static final String ANNA = "Authorization: Bearer anna";
    private static final String BEN = "Authorization: Bearer ben";

    private static final int LONG = 2_000_000;

    private final Rights rights = new Rights();
    private DurableStreams streams;
    private DurableStreamsServer server;

    /** Everybody is who the token says, and may read everything except some streams. */
    private static final class Rights implements SecurityPolicy {
        private final Set<String> secret = ConcurrentHashMap.newKeySet();
        private final Set<String> broken = ConcurrentHashMap.newKeySet();
        private final Set<String> revoked = ConcurrentHashMap.newKeySet();
        private volatile Runnable changed = () -> {};

        @Override
        public CompletableFuture<Authentication> authenticate(Credentials credentials) {
            String name = String.valueOf(credentials.authorization());
            return CompletableFuture.completedFuture(
                    credentials.authorization() == null || revoked.contains(name)
                            ? Authentication.refused("there is no such token")
                            : Authentication.of(Principal.named(name)));
        }

        @Override
        public boolean allows(Principal principal, Action action, StreamPath path) {
            if (broken.contains(path.value())) {
                throw new IllegalStateException("the policy fails for a test");
            }
            return action != Action.READ || !secret.contains(path.value());
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

    private void created(String name) throws IOException {
        try (TestConnection connection = connect()) {
            connection.exchange("PUT", ROOT + name, "[1]", JSON, ANNA).is(201);
        }
    }

    @Test
    void aStreamWithoutARightLooksLikeOneThatDoesNotExist() throws IOException {
        created("open");
        created("secret");
        rights.secret.add("secret");
        try (EventReader reader =
                connect().events(ROOT + "?live=sse&stream=secret@-1&stream=absent@-1&stream=open@-1", ANNA)) {
            List<String> controls = List.of(
                    reader.next("control").data(),
                    reader.next("control").data(),
                    reader.next("control").data(),
                    reader.next("control").data());
            assertThat(controls)
                    .contains(
                            "{\"stream\":\"secret\",\"error\":\"stream_not_found\"}",
                            "{\"stream\":\"absent\",\"error\":\"stream_not_found\"}");
            assertThat(controls.toString()).contains("\"stream\":\"open\"", "\"upToDate\":true");
        }
    }

    @Test
    void theEndOfARightEndsOneStreamOnly() throws IOException {
        created("one");
        created("two");
        try (EventReader reader = connect().events(ROOT + "?live=sse&stream=one@now&stream=two@now", ANNA)) {
            reader.next("control");
            reader.next("control");
            rights.secret.add("one");
            rights.changed.run();
            Event end = reader.next("control");
            assertThat(end.data()).contains("\"stream\":\"one\"", "\"error\":\"stream_not_found\"");
            try (TestConnection writer = connect()) {
                writer.exchange("POST", ROOT + "one", "[2]", JSON, ANNA).is(204);
                writer.exchange("POST", ROOT + "two", "[3]", JSON, ANNA).is(204);
            }
            assertThat(reader.next("data").data()).isEqualTo("[3]");
            rights.revoked.add("Bearer anna");
            rights.revoked.add("anna");
            rights.changed.run();
            Event last = reader.next();
            while (last != null) {
                last = reader.next();
            }
        }
    }

    /** The right ends without a change that the policy reports: it is required again when the stream is read again. */
    @Test
    void aStreamThatWaitsForItsTurnIsNotReadWithoutTheRight() throws IOException {
        created("open");
        try (TestConnection writer = connect()) {
            writer.exchange("PUT", ROOT + "long", "x".repeat(LONG), TestServer.TEXT, ANNA)
                    .is(201);
        }
        try (EventReader reader =
                new TestConnection(server.address(), 4 << 10).events(ROOT + "?live=sse&stream=long@-1", ANNA)) {
            int received = reader.next("data").data().length();
            rights.secret.add("long");
            Event event = reader.next();
            while (event.isData()) {
                received += event.data().length();
                event = reader.next();
            }
            assertThat(event.data()).contains("\"stream\":\"long\"", "\"error\":\"stream_not_found\"");
            assertThat(received).isLessThan(LONG);
        }
    }

    @Test
    @LogsFaults("the security policy has failed")
    void aStreamAboutWhichThePolicyFailsEndsAndTheOthersContinue() throws IOException {
        created("one");
        created("two");
        try (EventReader reader = connect().events(ROOT + "?live=sse&stream=one@now&stream=two@now", ANNA)) {
            reader.next("control");
            reader.next("control");
            rights.broken.add("one");
            rights.changed.run();
            assertThat(reader.next("control").data()).contains("\"stream\":\"one\"", "\"error\":\"stream_not_found\"");
            rights.broken.clear();
            try (TestConnection writer = connect()) {
                writer.exchange("POST", ROOT + "one", "[2]", JSON, ANNA).is(204);
                writer.exchange("POST", ROOT + "two", "[3]", JSON, ANNA).is(204);
            }
            assertThat(reader.next("data").data()).isEqualTo("[3]");
        }
    }

    @Test
    void onlyItsOwnerChangesASession() throws IOException {
        created("one");
        rights.secret.add("one");
        try (EventReader reader = connect().events(ROOT + "?live=sse&stream=absent@-1", ANNA);
                TestConnection other = connect()) {
            String id = reader.next("session").data().replaceAll(".*:\"(.*)\".*", "$1");
            String target = ROOT + "?session=" + id;
            String add = "{\"add\":[\"one@-1\"]}";
            other.exchange("POST", target, add, JSON, BEN).isError(404, "not_found");
            other.exchange("POST", target, add, JSON, ANNA).is(200);
            reader.next("control");
            assertThat(reader.next("control").data()).isEqualTo("{\"stream\":\"one\",\"error\":\"stream_not_found\"}");
        }
    }

    @Test
    void aRequestWithoutCredentialsIsRefused() throws IOException {
        try (TestConnection connection = connect()) {
            connection.exchange("GET", ROOT + "?live=sse&stream=one@-1", "").isError(401, "unauthenticated");
            connection.exchange("POST", ROOT + "?live=sse", "[]", JSON).isError(401, "unauthenticated");
            connection.exchange("POST", ROOT + "?session=x", "{}", JSON).isError(401, "unauthenticated");
        }
    }
}
